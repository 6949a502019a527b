"""Fingerprints come from the worker, and give the same rows as those that the writer computes by itself."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article
from newscrawl.search.query import parse_query
from newscrawl.storage.operations import article_rows, stories
from newscrawl.storage.queries.search import find_article_ids
from newscrawl.storage.schema import articles
from newscrawl.workers.fingerprints import compute_fingerprints
from newscrawl.workers.tasks import PageInput, extract_article
from tests.support.store import Store

Make = Callable[..., Article]
BODY = "\n\n".join(
    f"Paragraph {n} says that the harbour of town {n} was flooded, and that {n} boats sank." for n in range(40)
)
PAGE = (
    f"<html lang=en><body><article><h1>Harbour flooded</h1><p>{'</p><p>'.join(BODY.split(chr(10) * 2))}</p></article>"
)


def test_extracted_article_brings_fingerprints_of_its_own_text() -> None:
    page = PageInput(PAGE.encode(), "https://example.org/2026/11/20/harbour-flooded", datetime.now(UTC))
    article = pickle.loads(pickle.dumps(extract_article(page))).article  # noqa: S301
    prints = article.fingerprints
    assert prints.describe(article)
    assert prints.source[3] is article.article_body
    assert prints.content_hash == content_hash(article.headline, article.article_body)
    assert prints.shingle_hashes == compute_shingle_hashes(article.article_body)


@pytest.mark.parametrize("name", ["headline", "description", "article_body", "in_language"])
def test_fingerprints_do_not_describe_a_changed_text(make_article: Make, name: str) -> None:
    article = make_article(article_body=BODY)
    prints = compute_fingerprints(article)
    assert prints.describe(article)
    setattr(article, name, "other")
    assert not prints.describe(article)


def test_fingerprints_do_not_describe_other_authors(make_article: Make) -> None:
    article = make_article(article_body=BODY)
    prints = compute_fingerprints(article)
    article.authors.append("Somebody Else")
    assert not prints.describe(article)


@pytest.mark.parametrize("language", ["en", "ja", None])
def test_rows_are_the_same_with_and_without_fingerprints(
    store: Store, make_article: Make, language: str | None
) -> None:
    body = "港が浸水し、船が沈んだ。" * 60 if language == "ja" else BODY
    values = {"article_body": body, "in_language": language, "authors": ["Ada Lovelace", "Ben Okri"]}
    with_prints = make_article("https://example.org/a", headline="Harbour flooded", **values)
    with_prints.fingerprints = compute_fingerprints(with_prints)
    without = make_article("https://example.org/b", headline="Harbour flooded again", **values)
    store.save(with_prints)
    store.save(without)
    first, second = store.rows(articles)
    assert first.word_count == second.word_count > 0
    assert second.story_id == first.story_id
    assert second.similarity == 1.0
    with store.engine.connect() as connection:
        for query in ("lovelace", "港が" if language == "ja" else "boats"):
            assert sorted(find_article_ids(connection, parse_query(query))) == [first.id, second.id]


def test_writer_looks_at_no_text_that_came_with_fingerprints(
    store: Store, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_article("https://example.org/a", headline="Harbour flooded", article_body=BODY)
    copy = make_article("https://example.net/b", headline="Flooded harbour", article_body=f"{BODY}\n\nMore of it.")
    for article in (first, copy):
        article.fingerprints = compute_fingerprints(article)

    def fail(*_: object) -> None:
        raise AssertionError("the writer looked at a text")

    for module, name in (
        (article_rows, "count_words"),
        (stories, "compute_shingle_hashes"),
        (stories.RECENT_TEXTS, "get"),
    ):
        monkeypatch.setattr(module, name, fail)
    monkeypatch.setattr("newscrawl.search.document.make_tokens", fail)
    store.save(first)
    # The copy is compared with the first article, whose shingles are those that came with it.
    monkeypatch.undo()
    monkeypatch.setattr("newscrawl.storage.operations.recent_texts.shingle_body", fail)
    store.save(copy)
    assert [row.story_id for row in store.rows(articles)] == [1, 1]
