"""Figures for a monitoring system: their cost grows with the sites, or with entries of an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from newscrawl.outcomes import PENDING
from newscrawl.storage.schema import article_changes, articles, pages, site_checks


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """How a site did in its last run."""

    site: str
    checked_at: datetime
    """When a run last finished with it."""
    degraded_since: datetime | None


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
    newest: int | None = connection.execute(select(func.max(article_changes.c.change_id))).scalar_one()
    return Figures(
        {site: count for site, count in connection.execute(by_site)},  # noqa: C416
        {(site, name): count for site, name, count in connection.execute(by_outcome)},
        [SiteFigures(*row) for row in connection.execute(checks.order_by(site_checks.c.site))],
        newest or 0,
    )
