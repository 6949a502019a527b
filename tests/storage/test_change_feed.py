"""A consumer of the change feed keeps its copy of the articles equal to the table while a random site writes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.storage.operations.article_parts import stored_lists
from newscrawl.storage.schema import article_changes, article_revisions, article_shingles, articles
from tests.support.random_site import RandomSite
from tests.support.store import Store

CHANGED_WITHOUT_ENTRY = {
    "story_id",
    "similarity",
    "shingles_version",
    "url_key",
    "extractor_version",
    "date_downloaded",
}
"""Columns that change without an entry in the feed (docs/schema.md)."""
STEPS = 60


class Consumer:
    """Read only the articles named by new entries of the feed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = 0
        self.copy: dict[int, dict[str, Any]] = {}

    def read(self) -> list[Any]:
        entries = [entry for entry in self._store.rows(article_changes) if entry.change_id > self._last]
        if entries:
            self._last = entries[-1].change_id
            self.copy.update(read_articles(self._store, {entry.article_id for entry in entries}))
        return entries


def read_articles(store: Store, ids: set[int] | None = None) -> dict[int, dict[str, Any]]:
    """Return articles with their lists, without the columns that change silently."""
    with store.engine.connect() as connection:
        rows = [row for row in connection.execute(select(articles)).mappings() if ids is None or row["id"] in ids]
        lists = stored_lists(connection, {row["id"] for row in rows})
    return {
        row["id"]: {name: value for name, value in row.items() if name not in CHANGED_WITHOUT_ENTRY} | lists[row["id"]]
        for row in rows
    }


@pytest.mark.parametrize("seed", range(3))
def test_copy_updated_by_the_change_feed_equals_the_articles(store: Store, seed: int) -> None:
    site, consumer = RandomSite(seed), Consumer(store)
    for step in range(STEPS):
        site.step(store)
        consumer.read()
        assert consumer.copy == read_articles(store), f"seed {seed}, step {step}"
    assert {entry.kind for entry in store.rows(article_changes)} >= {"metadata", "revised", "withdrawn", "restored"}
    assert_consistent(store)


def assert_consistent(store: Store) -> None:
    """Check articles against the hashes, revisions and dates derived from them."""
    shingle_hashes: dict[int, set[int]] = {}
    for row in store.rows(article_shingles):
        shingle_hashes.setdefault(row.article_id, set()).add(row.shingle_hash)
    revisions: dict[int, int] = {}
    for row in store.rows(article_revisions):
        revisions[row.article_id] = revisions.get(row.article_id, 0) + 1
    for row in store.rows(articles):
        assert row.content_hash == content_hash(row.headline, row.article_body)
        assert shingle_hashes.get(row.id, set()) == set(compute_shingle_hashes(row.article_body))
        assert row.revision == revisions.get(row.id, 0) + 1
        assert row.date_modified is None or row.date_published is None or row.date_modified >= row.date_published
