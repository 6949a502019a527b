"""What an overview shows besides the status of the sites: last runs, oldest pending pages, outcomes by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from newscrawl.items import Outcome
from newscrawl.storage.schema import articles, crawls, pages, site_crawls


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run with what it yielded; `RunState` judges whether it did its work."""

    crawl_id: int
    spider: str
    started_at: datetime
    finished_at: datetime | None
    finish_reason: str | None
    exit_code: int | None
    pages: int
    """Articles' pages that ended with an outcome; 0 while it runs."""
    stored: int
    updated: int


@dataclass(frozen=True, slots=True)
class OldestPending:
    """The page of an article that has waited longest for its first fetch."""

    url: str
    site: str
    discovered_at: datetime


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article in a list of the newest."""

    id: int
    site: str
    headline: str
    in_language: str | None
    date_published: datetime | None
    date_published_day: date | None


def list_runs(connection: Connection, limit: int, site: str | None = None) -> list[PastRun]:
    """Return the last runs, the newest first; with *site*, those that asked it for articles, with its numbers."""
    names = ("spider", "started_at", "finished_at", "finish_reason", "exit_code")
    newest = select(crawls.c.id.label("crawl_id"), *(crawls.c[name] for name in names)).order_by(crawls.c.id.desc())
    counted = select(site_crawls.c.crawl_id, site_crawls.c.outcome, func.sum(site_crawls.c.pages))
    counted = counted.where(site_crawls.c.kind == "article").group_by(site_crawls.c.crawl_id, site_crawls.c.outcome)
    if site is not None:
        of_site = select(site_crawls.c.crawl_id).where(site_crawls.c.site == site)
        newest = newest.where(crawls.c.id.in_(of_site))
        counted = counted.where(site_crawls.c.site == site)
    rows = connection.execute(newest.limit(limit)).all()
    counts: dict[int, Counter[str]] = {row.crawl_id: Counter() for row in rows}
    for crawl_id, outcome, number in connection.execute(counted.where(site_crawls.c.crawl_id.in_(counts))):
        counts[crawl_id][outcome] = int(number)
    return [
        PastRun(**row._mapping, pages=found.total(), stored=found[Outcome.STORED], updated=found[Outcome.UPDATED])
        for row in rows
        for found in [counts[row.crawl_id]]
    ]


def find_oldest_pending(connection: Connection, sites: Sequence[str]) -> OldestPending | None:
    """Return the article page of *sites* that was discovered first and never fetched."""
    # For each site, because the index of pending pages begins with it.
    pending = (pages.c.outcome.is_(None), pages.c.kind == "article")
    oldest = [
        found
        for site in sites
        if (
            found := connection.execute(
                select(pages.c.url, pages.c.site, pages.c.discovered_at)
                .where(pages.c.site == site, *pending)
                .order_by(pages.c.discovered_at)
                .limit(1)
            ).first()
        )
    ]
    return OldestPending(*min(oldest, key=lambda row: row.discovered_at)) if oldest else None


def count_outcomes_by_day(connection: Connection, site: str, since: datetime) -> dict[date, Counter[str]]:
    """Return how the article pages of *site* ended: day (UTC) of the run -> outcome -> pages."""
    query = (
        select(crawls.c.started_at, site_crawls.c.outcome, func.sum(site_crawls.c.pages))
        .join(site_crawls, site_crawls.c.crawl_id == crawls.c.id)
        .where(crawls.c.started_at >= since, site_crawls.c.site == site, site_crawls.c.kind == "article")
        .group_by(crawls.c.id, crawls.c.started_at, site_crawls.c.outcome)
    )
    found: dict[date, Counter[str]] = {}
    for started_at, outcome, number in connection.execute(query):
        found.setdefault(started_at.date(), Counter())[outcome] += int(number)
    return found


def list_newest(connection: Connection, limit: int, site: str | None = None) -> list[NewArticle]:
    """Return the articles that were published last and are still online."""
    columns: list[Any] = [articles.c[name] for name in NewArticle.__slots__]
    query = select(*columns).where(articles.c.date_published.is_not(None), articles.c.withdrawn_at.is_(None))
    if site is not None:
        query = query.where(articles.c.site == site)
    newest = query.order_by(articles.c.date_published.desc(), articles.c.id.desc()).limit(limit)
    return [NewArticle(*row) for row in connection.execute(newest)]
