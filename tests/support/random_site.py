"""Simulate a site of six pages that change at random, for tests that need a long history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article, Image, Outcome, Precision
from newscrawl.storage.records import Claim
from newscrawl.urls.normalize import normalize
from tests.support.store import Store

PAGES = 6
HYPHEN = "\u00ad"


class RandomSite:
    """Pages that change their text and metadata, disappear and reappear, and declare each other canonical."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def _claims(self, store: Store) -> Iterator[Claim]:
        store.now += timedelta(minutes=self._random.randint(40, 300))
        store.start_crawl()
        for number in self._random.sample(range(PAGES), self._random.randint(1, 4)):
            yield from store.claim(f"https://example.org/a/{number}", force=True)

    def step(self, store: Store) -> None:
        """Fetch some of the pages."""
        for claim in self._claims(store):
            if (failed := self._outcome_without_article()) is not None:
                store.finish(claim, failed[0], "reason", http_status=failed[1])
            else:
                store.save(self._article(claim.url, store.now), claim)

    def _outcome_without_article(self) -> tuple[Outcome, int] | None:
        """Return outcome and status of a fetch without an article; None for one with an article."""
        if self._random.random() < 0.8:
            return None
        return self._random.choice([(Outcome.GONE, 404), (Outcome.GONE, 410), (Outcome.UNCHANGED, 304)])

    def _article(self, url: str, now: datetime) -> Article:
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
        article.url_key = normalize(article.canonical_url or url)
        article.content_hash = content_hash(article.headline, article.article_body)
        article.shingle_hashes = compute_shingle_hashes(article.article_body)
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
        source_metadata = {name: value for name, value in possible.items() if self._random.random() < 0.7}
        source_metadata["sources"] = {
            name: chosen(["json-ld", "dom", "text"]) for name in source_metadata if name != "images"
        }
        precision = {f"{name}_precision": Precision.INSTANT for name in source_metadata if name.startswith("date_")}
        return source_metadata | precision
