"""Figures for a monitoring system: their cost grows with the sites, or with entries of an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from newscrawl.items import Outcome
from newscrawl.outcomes import PENDING
from newscrawl.storage.schema import article_changes, articles, crawls, pages, site_checks, site_crawls

MAX_CRAWLS = 1_000
_GOT_ARTICLES = (Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """How a site did in its last run."""

    site: str
    checked_at: datetime
    """When a run last finished with it."""
    degraded_since: datetime | None
    articles_at: datetime | None
    """When a run last got an article from it, new or not; None where none of the last MAX_CRAWLS runs did."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The database at one moment."""

    articles: Mapping[str, int]
    """Site -> stored articles."""
    pages: Mapping[tuple[str, str], int]
    """(site, outcome) -> pages; the outcome of those that are not finished is `pending`."""
    sites: Sequence[SiteFigures]
    newest_change_id: int


def read_figures(connection: Connection) -> Figures:
    """Return all figures."""
    by_site = select(articles.c.site, func.count()).group_by(articles.c.site)
    outcome = func.coalesce(pages.c.outcome, PENDING)
    by_outcome = select(pages.c.site, outcome, func.count()).group_by(pages.c.site, pages.c.outcome)
    checks = select(site_checks.c.site, site_checks.c.checked_at, site_checks.c.degraded_since)
    last = _read_last_articles(connection)
    newest: int | None = connection.execute(select(func.max(article_changes.c.change_id))).scalar_one()
    return Figures(
        {site: count for site, count in connection.execute(by_site)},  # noqa: C416
        {(site, name): count for site, name, count in connection.execute(by_outcome)},
        [SiteFigures(*row, last.get(row.site)) for row in connection.execute(checks.order_by(site_checks.c.site))],
        newest or 0,
    )


def _read_last_articles(connection: Connection) -> dict[str, datetime]:
    """Return site -> end of the last run that got an article from it, of the last MAX_CRAWLS runs."""
    first = select(crawls.c.id).order_by(crawls.c.id.desc()).offset(MAX_CRAWLS - 1).limit(1).scalar_subquery()
    found = (
        select(site_crawls.c.site, func.max(crawls.c.finished_at))
        .select_from(site_crawls.join(crawls, crawls.c.id == site_crawls.c.crawl_id))
        .where(
            site_crawls.c.crawl_id >= func.coalesce(first, 0),
            site_crawls.c.kind == "article",
            site_crawls.c.outcome.in_(_GOT_ARTICLES),
            crawls.c.finished_at.is_not(None),
        )
        .group_by(site_crawls.c.site)
    )
    return {site: ended for site, ended in connection.execute(found)}  # noqa: C416
