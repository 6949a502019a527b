"""Making pages due at the request of a user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from newscrawl.storage.queries.frontier import has_failed, is_not_deleted
from newscrawl.storage.schema import pages


@dataclass(frozen=True, slots=True)
class Retry:
    """What became of the pages that a user wants to be fetched."""

    target: str
    """The name of a site, or the URL of a page."""
    articles: int
    """Article pages that were made due."""
    listings: int
    """Feeds, sitemaps and sections that were made due."""
    waiting: int
    """Pages that were pending or due already."""


def retry_site(connection: Connection, site: str, now: datetime) -> Retry | None:
    """Make the failed pages of *site* due; return None if no page of it is recorded."""
    if connection.execute(select(pages.c.id).where(pages.c.site == site).limit(1)).first() is None:
        return None
    return _make_due(connection, site, now, pages.c.site == site, has_failed)


def retry_page(connection: Connection, url: str, url_key: str, now: datetime) -> Retry | None:
    """Make the page with *url_key* due, whatever its outcome; return None if it is not recorded."""
    is_page = pages.c.url_key == url_key
    if connection.execute(select(pages.c.id).where(is_page)).first() is None:
        return None
    return _make_due(connection, url, now, is_page)


def _make_due(connection: Connection, target: str, now: datetime, *conditions: Any) -> Retry:
    is_later = (
        pages.c.outcome.is_not(None)
        & is_not_deleted
        & (pages.c.next_fetch_at.is_(None) | (pages.c.next_fetch_at > now))
    )
    # A page without an outcome is pending; it never counts as failed.
    is_waiting = pages.c.outcome.is_(None) | (pages.c.next_fetch_at <= now)
    waiting = connection.execute(select(func.count()).select_from(pages).where(conditions[0], is_waiting)).scalar_one()
    changed = update(pages).where(*conditions, is_later).values(next_fetch_at=now).returning(pages.c.kind)
    kinds = list(connection.execute(changed).scalars())
    articles = kinds.count("article")
    return Retry(target, articles, len(kinds) - articles, waiting)
