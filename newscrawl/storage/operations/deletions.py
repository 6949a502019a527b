"""Deleting articles: text, versions and index entries go; URL, hashes and a line of the change feed stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.dedup.changes import Change
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Outcome
from newscrawl.storage.advisory_lock import lock_article_writes
from newscrawl.storage.operations.deleted_texts import remember_texts
from newscrawl.storage.operations.search_index import unindex_articles
from newscrawl.storage.operations.stories import leave_stories
from newscrawl.storage.schema import article_changes, article_revisions, article_shingles, articles, pages


class DeletionReason(StrEnum):
    """Why an article was deleted: `article_changes.reason`, and `pages.reason` of its page."""

    ON_REQUEST = "on_request"
    PRUNED = "pruned"
    SITE_REMOVED = "site_removed"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A deletion, as the change feed records it."""

    reason: DeletionReason
    at: datetime
    detail: str | None = None
    """What the user gave as the reason."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion removed."""

    articles: int = 0
    versions: int = 0
    """Older versions of them."""

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(self.articles + other.articles, self.versions + other.versions)


_COLUMNS = ("id", "url", "url_key", "canonical_url", "site", "headline", "article_body", "content_hash", "revision")
_FORGOTTEN = ("next_fetch_at", "source_metadata", "etag", "last_modified")
"""Columns of a page that say what its article was, or that would have it fetched again."""


def delete_articles(connection: Connection, ids: Sequence[int], deletion: Deletion) -> Deleted:
    """Delete the articles with these *ids*; ids of none are ignored.

    Their pages get the outcome `deleted`, and so does each URL that leads to them, so that no crawl fetches one again.
    Each article leaves one line in the change feed, `deleted`, in place of its earlier ones. The members that their
    story clusters keep stay together.
    """
    lock_article_writes(connection)
    query = select(*(articles.c[name] for name in _COLUMNS)).where(articles.c.id.in_(list(ids)))
    rows = connection.execute(query.order_by(articles.c.id)).all()
    if not rows:
        return Deleted()
    found = [row.id for row in rows]
    if deletion.reason is not DeletionReason.SITE_REMOVED:
        is_requested = deletion.reason is DeletionReason.ON_REQUEST
        remember_texts(connection, rows, deletion.reason, with_versions=is_requested)
    _close_pages(connection, rows, deletion)
    leave_stories(connection, found)
    unindex_articles(connection, found)
    for row in rows:
        of_article = article_shingles.c.article_id == row.id
        hashes = article_shingles.c.shingle_hash.in_(compute_shingle_hashes(row.article_body))
        connection.execute(delete(article_shingles).where(of_article, hashes))
    is_older = article_revisions.c.article_id.in_(found)
    versions = connection.execute(select(func.count()).select_from(article_revisions).where(is_older)).scalar_one()
    _replace_changes(connection, rows, deletion)
    # Lists, versions and merged ids go with the article, by their foreign keys.
    connection.execute(delete(articles).where(articles.c.id.in_(found)))
    return Deleted(len(found), versions)


def close_page(connection: Connection, page_id: int, reason: DeletionReason) -> None:
    """Keep a page without an article from ever being fetched (again)."""
    connection.execute(update(pages).where(pages.c.id == page_id).values(_closed(reason)))


def _close_pages(connection: Connection, rows: Sequence[Any], deletion: Deletion) -> None:
    """Close all pages that lead to the articles, and those that have their URL keys."""
    is_article = pages.c.kind == "article"
    of_articles = pages.c.article_id.in_([row.id for row in rows])
    connection.execute(update(pages).where(of_articles, is_article).values(_closed(deletion.reason)))
    connection.execute(update(pages).where(of_articles).values(article_id=None))
    if deletion.reason is DeletionReason.SITE_REMOVED:
        return
    # The key of an article comes from its canonical URL, which may not have been discovered yet.
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    canonical = [
        {
            "url": row.canonical_url or row.url,
            "url_key": row.url_key,
            "site": row.site,
            "kind": "article",
            "discovered_from": row.url,
            "discovered_at": deletion.at,
            "outcome": Outcome.DELETED.value,
            "reason": deletion.reason.value,
        }
        for row in rows
    ]
    connection.execute(dialect.insert(pages).on_conflict_do_nothing(index_elements=["url_key"]), canonical)
    has_key = (pages.c.url_key.in_([row.url_key for row in rows]), pages.c.article_id.is_(None), is_article)
    connection.execute(update(pages).where(*has_key).values(_closed(deletion.reason)))


def _closed(reason: DeletionReason) -> dict[str, Any]:
    cleared = dict.fromkeys((*_FORGOTTEN, "article_id"))
    return {"outcome": Outcome.DELETED.value, "reason": reason.value, **cleared}


def _replace_changes(connection: Connection, rows: Sequence[Any], deletion: Deletion) -> None:
    lines = [
        {
            "article_id": row.id,
            "kind": Change.DELETED.value,
            "revision": row.revision,
            "changed_at": deletion.at,
            "url": row.url,
            "site": row.site,
            "reason": deletion.reason.value,
            "detail": deletion.detail,
        }
        for row in rows
    ]
    # First: SQLite gives the largest `change_id` out again once it is deleted, and consumers would miss the line.
    connection.execute(insert(article_changes), lines)
    earlier = (
        article_changes.c.article_id.in_([row.id for row in rows]),
        article_changes.c.kind != Change.DELETED.value,
    )
    connection.execute(delete(article_changes).where(*earlier))
