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
    """`new` (never claimed), `unfinished` (claimed by a crawl that ended early), `due`, or `forced` (due later)."""
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
    engine: Engine,
    site: str,
    now: datetime,
    *,
    period: Period = ANY_TIME,
    limit: int | None = None,
    force: bool = False,
) -> SitePlan:
    """Return what a crawl of *site* would fetch at *now*, at most *limit* articles; *force* as for `scrapy crawl`."""
    later = select(func.min(pages.c.next_fetch_at)).where(pages.c.site == site, pages.c.next_fetch_at > now)
    with connect_for_reading(engine) as connection:
        listings = [_planned(row, now) for row in connection.execute(select_due_listings(site, now, force=force))]
        articles = [
            _planned(row, now)
            for row in connection.execute(select_pending_articles(site, now, period, force=force).limit(limit))
        ]
        return SitePlan(site, tuple(listings), tuple(articles), connection.execute(later).scalar())


def _planned(row: Any, now: datetime) -> PlannedFetch:
    if row.outcome is None:
        reason = "new" if row.crawl_id is None else "unfinished"
    else:
        reason = "due" if row.next_fetch_at <= now else "forced"
    return PlannedFetch(row.url, row.kind, reason, row.next_fetch_at)
