"""Storing articles, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from newscrawl.items import Article, Image, Outcome, Precision
from newscrawl.storage.schema import (
    article_authors,
    article_changes,
    article_images,
    article_keywords,
    article_revisions,
    articles,
    pages,
)
from tests.store import Store

Make = Callable[..., Article]


def test_an_article_comes_back_as_it_was_stored(store: Store, make_article: Make) -> None:
    published = datetime(2026, 11, 20, 23, 30, 15, tzinfo=UTC)
    article = make_article(
        headline="Прогноз — “good” 👍",
        authors=["Ada Lovelace", "Grace Hopper"],
        keywords=["weather", "погода"],
        images=[Image("https://example.org/a.jpg", "A cloud", "Reuters")],
        date_published=published,
        date_published_precision=Precision.INSTANT,
        is_accessible_for_free=False,
        is_truncated=True,
        disagreements=["headline", "authors"],
        sources={"headline": "json-ld"},
    )

    saved = store.save(article)

    assert (saved.outcome, saved.reason) == (Outcome.STORED, "new")
    [row] = store.rows(articles)
    assert row.headline == "Прогноз — “good” 👍"
    assert row.article_body == article.article_body
    assert row.date_published == published
    assert row.date_published.tzinfo is UTC
    assert row.is_accessible_for_free is False
    assert (row.is_truncated, row.disagreements) == (True, ["headline", "authors"])
    assert row.sources == {"headline": "json-ld"}
    assert row.revision == 1
    assert [(one.position, one.name) for one in store.rows(article_authors)] == [
        (0, "Ada Lovelace"),
        (1, "Grace Hopper"),
    ]
    assert [one.keyword for one in store.rows(article_keywords)] == ["weather", "погода"]
    assert [(one.url, one.caption, one.credit) for one in store.rows(article_images)] == [
        ("https://example.org/a.jpg", "A cloud", "Reuters")
    ]


def test_the_page_ends_in_the_transaction_that_stores_its_article(store: Store, make_article: Make) -> None:
    saved = store.save(make_article())
    [page] = store.rows(pages)
    assert (page.outcome, page.reason, page.http_status, page.article_id) == ("stored", "new", 200, saved.article_id)


def test_an_unchanged_article_makes_no_revision(store: Store, make_article: Make) -> None:
    store.save(make_article())
    store.start_crawl()
    saved = store.save(make_article(article_body="What happened  at https://example.org/one.\n\nAnd what it means."))
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "same_content")
    assert [row.revision for row in store.rows(articles)] == [1]
    assert store.rows(article_revisions) == []


def test_a_changed_body_becomes_a_revision_and_the_old_one_is_kept(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="first", authors=["A B", "C D"]))
    store.start_crawl()
    saved = store.save(make_article(article_body="second", authors=["A B"]))
    assert (saved.outcome, saved.reason) == (Outcome.UPDATED, "content_changed")
    [row] = store.rows(articles)
    assert (row.article_body, row.revision) == ("second", 2)
    assert [one.name for one in store.rows(article_authors)] == ["A B"]
    assert [(old.revision, old.article_body) for old in store.rows(article_revisions)] == [(1, "first")]


def test_consumers_can_follow_every_change(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="first"))
    store.start_crawl()
    store.save(make_article(article_body="second"))
    store.start_crawl()
    [visit] = store.take("https://example.org/one", force=True)
    store.finish(visit, Outcome.GONE, "http_410")
    changes = store.rows(article_changes)
    assert [(change.kind, change.revision) for change in changes] == [("inserted", 1), ("revised", 2), ("withdrawn", 2)]
    assert [change.change_id for change in changes] == sorted(change.change_id for change in changes)


def test_a_page_that_is_gone_withdraws_its_article_and_keeps_the_text(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="the text"))
    store.start_crawl()
    [visit] = store.take("https://example.org/one", force=True)
    store.finish(visit, Outcome.GONE, "http_404")
    [row] = store.rows(articles)
    assert (row.withdrawn_at, row.article_body) == (store.now, "the text")


def test_an_article_that_comes_back_is_no_longer_withdrawn(store: Store, make_article: Make) -> None:
    store.save(make_article())
    for crawl in ("gone", "back"):
        store.start_crawl()
        [visit] = store.take("https://example.org/one", force=True)
        if crawl == "gone":
            store.finish(visit, Outcome.GONE, "http_404")
        else:
            store.save(make_article(), visit)
    assert [row.withdrawn_at for row in store.rows(articles)] == [None]


def test_the_same_text_under_another_url_of_the_site_is_a_duplicate_that_points_to_the_first(
    store: Store, make_article: Make
) -> None:
    first = store.save(make_article(headline="News", article_body="the same"))
    second = store.save(make_article("https://example.org/two", headline="News", article_body="the  same"))
    assert (second.outcome, second.reason, second.article_id) == (
        Outcome.DUPLICATE,
        "same_content",
        first.article_id,
    )
    assert len(store.rows(articles)) == 1
    assert [page.article_id for page in store.rows(pages)] == [first.article_id] * 2


def test_a_page_whose_canonical_url_is_known_is_a_duplicate(store: Store, make_article: Make) -> None:
    first = store.save(make_article())
    copy = make_article("https://example.org/copy", canonical_url="https://example.org/one", article_body="other words")
    second = store.save(copy)
    assert (second.outcome, second.reason, second.article_id) == (Outcome.DUPLICATE, "same_url", first.article_id)


def test_duplicates_within_one_batch_are_found(store: Store, make_article: Make) -> None:
    urls = [f"https://example.org/{number}" for number in range(40)]
    copies = [make_article(url, headline="News", article_body=f"text {i % 4}") for i, url in enumerate(urls)]
    outcomes = [saved.outcome for saved in store.save_all(copies, store.take(*urls))]
    assert outcomes.count(Outcome.STORED) == 4
    assert outcomes.count(Outcome.DUPLICATE) == 36


def test_an_older_capture_never_replaces_a_newer_one(store: Store, make_article: Make) -> None:
    store.save(make_article(article_body="of today"))
    store.start_crawl()
    saved = store.save(make_article(article_body="of yesterday", date_downloaded=store.now - timedelta(days=1)))
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "older_capture")
    assert [row.article_body for row in store.rows(articles)] == ["of today"]


def test_an_article_that_the_database_refuses_fails_alone(store: Store, make_article: Make) -> None:
    good, bad, also_good = (make_article(f"https://example.org/{name}") for name in ("a", "b", "c"))
    bad.headline = None
    visits = store.take(*(str(article.url) for article in (good, bad, also_good)))
    with pytest.raises(IntegrityError):
        store.save_all([good, bad, also_good], visits)
    assert sorted(row.url for row in store.rows(articles)) == ["https://example.org/a", "https://example.org/c"]
    assert {page.url: page.outcome for page in store.rows(pages)}["https://example.org/b"] is None
