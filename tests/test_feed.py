"""A consumer who keeps a copy of the articles by the feed of changes, while a random newsroom writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from newscrawl.identity.content_hash import content_hash
from newscrawl.identity.signature import bands_of
from newscrawl.items import Article, Image, Outcome, Precision
from newscrawl.storage.article_parts import stored_lists
from newscrawl.storage.records import Visit
from newscrawl.storage.schema import article_bands, article_changes, article_revisions, articles
from newscrawl.urls.normaliser import normalise
from tests.store import Store

MOVE_WITHOUT_A_CHANGE = {
    "story_id",
    "similarity",
    "signature_version",
    "key",
    "extractor_version",
    "date_downloaded",
}
"""As docs/schema.md says."""
PAGES, STEPS = 6, 60
HYPHEN = "\u00ad"


class Consumer:
    """Reads only the articles that new lines of the feed name."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = 0
        self.copy: dict[int, dict[str, Any]] = {}

    def read(self) -> list[Any]:
        lines = [line for line in self._store.rows(article_changes) if line.change_id > self._last]
        if lines:
            self._last = lines[-1].change_id
            self.copy.update(whole(self._store, {line.article_id for line in lines}))
        return lines


def whole(store: Store, ids: set[int] | None = None) -> dict[int, dict[str, Any]]:
    """Articles with their lists, but for what moves without a change."""
    with store.engine.connect() as connection:
        rows = [row for row in connection.execute(select(articles)).mappings() if ids is None or row["id"] in ids]
        lists = stored_lists(connection, {row["id"] for row in rows})
    return {
        row["id"]: {name: value for name, value in row.items() if name not in MOVE_WITHOUT_A_CHANGE} | lists[row["id"]]
        for row in rows
    }


class Newsroom:
    """Pages that change their texts and metadata, go and come back, and name each other as canonical."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def visits(self, store: Store) -> Iterator[Visit]:
        store.now += timedelta(minutes=self._random.randint(40, 300))
        store.start_crawl()
        for number in self._random.sample(range(PAGES), self._random.randint(1, 4)):
            yield from store.take(f"https://example.org/a/{number}", force=True)

    def ending(self) -> tuple[Outcome, int] | None:
        """How a visit ends that brings no article; None for one that does."""
        if self._random.random() < 0.8:
            return None
        return self._random.choice([(Outcome.GONE, 404), (Outcome.GONE, 410), (Outcome.UNCHANGED, 304)])

    def article(self, url: str, now: datetime) -> Article:
        chosen = self._random.choice
        number = int(url.rpartition("/")[2])
        topic = chosen([number, number, number, number + 100, self._random.randrange(PAGES)])
        words = Random(topic)
        body = "\n\n".join(" ".join(f"w{words.randrange(400)}" for _ in range(30)) + "." for _ in range(3))
        article = Article(
            url=url,
            canonical_url=chosen([None, None, None, f"https://example.org/a/{self._random.randrange(PAGES)}"]),
            headline=f"Headline {topic}",
            article_body=body.replace("w1", f"w{HYPHEN}1") if self._random.random() < 0.2 else body,
            site="example.org",
            date_downloaded=now - timedelta(hours=chosen([0, 0, 0, 30, 200])),
            extractor_version=chosen([3, 3, 3, 4]),
            **self._metadata(now),
        )
        article.key = normalise(article.canonical_url or url)
        article.content_hash = content_hash(article.headline, article.article_body)
        article.bands = bands_of(article.article_body)
        return article

    def _metadata(self, now: datetime) -> dict[str, Any]:
        chosen, published = self._random.choice, now - timedelta(hours=self._random.randint(0, 80))
        possible: dict[str, Any] = {
            "authors": self._random.sample(["Ann", "Bob", "Cem"], 2),
            "keywords": self._random.sample(["rain", "sun", "wind"], 2),
            "images": [Image(f"https://example.org/{chosen('ab')}.jpg", chosen([None, "A cloud"]))],
            "article_section": chosen(["Local", "World"]),
            "in_language": chosen(["en", "de"]),
            "description": chosen(["One", "Other"]),
            "is_truncated": chosen([True, False]),
            "date_published": published,
            "date_modified": published + timedelta(hours=self._random.randint(0, 30)),
        }
        stated = {name: value for name, value in possible.items() if self._random.random() < 0.7}
        stated["sources"] = {name: chosen(["json-ld", "dom", "text"]) for name in stated if name != "images"}
        precision = {f"{name}_precision": Precision.INSTANT for name in stated if name.startswith("date_")}
        return stated | precision


@pytest.mark.parametrize("seed", range(3))
def test_a_copy_that_is_kept_by_the_feed_equals_the_articles(store: Store, seed: int) -> None:
    newsroom, consumer = Newsroom(seed), Consumer(store)
    for step in range(STEPS):
        for visit in newsroom.visits(store):
            if (ended := newsroom.ending()) is not None:
                store.finish(visit, ended[0], "reason", http_status=ended[1])
            else:
                store.save(newsroom.article(visit.url, store.now), visit)
        consumer.read()
        assert consumer.copy == whole(store), f"seed {seed}, step {step}"
    assert {line.kind for line in store.rows(article_changes)} >= {"metadata", "revised", "withdrawn", "restored"}
    assert_sound(store)


def assert_sound(store: Store) -> None:
    """Rows of articles agree with what was made of them."""
    bands: dict[int, set[int]] = {}
    for row in store.rows(article_bands):
        bands.setdefault(row.article_id, set()).add(row.band)
    revisions: dict[int, int] = {}
    for row in store.rows(article_revisions):
        revisions[row.article_id] = revisions.get(row.article_id, 0) + 1
    for row in store.rows(articles):
        assert row.content_hash == content_hash(row.headline, row.article_body)
        assert bands.get(row.id, set()) == set(bands_of(row.article_body))
        assert row.revision == revisions.get(row.id, 0) + 1
        assert row.date_modified is None or row.date_published is None or row.date_modified >= row.date_published
