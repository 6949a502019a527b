"""What a crawl of a site would fetch now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.frontier import select_due_listings, select_pending_articles
from newscrawl.storage.schema import pages


@dataclass(frozen=True, slots=True)
class PlannedFetch:
    """A page that a crawl would fetch."""

    url: str
    kind: str
    reason: str
    """`new` (never claimed), `unfinished` (claimed by a crawl that ended early) or `due`."""
    next_fetch_at: datetime | None


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What a crawl of a site would fetch of the recorded pages."""

    site: str
    listings: tuple[PlannedFetch, ...]
    articles: tuple[PlannedFetch, ...]
    next_fetch_at: datetime | None
    """When the first of the other pages is due."""
    cooldown_until: datetime | None = None
    """The site's host asked for a backoff until then: nothing is fetched, and the pages wait."""


def site_plan(
    engine: Engine, site: str, now: datetime, *, period: Period = ANY_TIME, limit: int | None = None
) -> SitePlan:
    """Return what a crawl of *site* would fetch at *now*, at most *limit* articles."""
    later = select(func.min(pages.c.next_fetch_at)).where(pages.c.site == site, pages.c.next_fetch_at > now)
    with connect_for_reading(engine) as connection:
        listings = [_planned(row) for row in connection.execute(select_due_listings(site, now))]
        articles = [
            _planned(row) for row in connection.execute(select_pending_articles(site, now, period).limit(limit))
        ]
        return SitePlan(site, tuple(listings), tuple(articles), connection.execute(later).scalar())


def _planned(row: Any) -> PlannedFetch:
    unfinished = "new" if row.crawl_id is None else "unfinished"
    reason = unfinished if row.outcome is None else "due"
    return PlannedFetch(row.url, row.kind, reason, row.next_fetch_at)
