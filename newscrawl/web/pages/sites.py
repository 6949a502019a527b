"""A site: how it does, in charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from newscrawl.monitoring.listings import ListingState, explain_listing
from newscrawl.outcomes import PENDING
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.queries.overview import count_outcomes_by_day, list_newest, list_runs
from newscrawl.storage.queries.statistics import count_listings, count_outcomes, get_fill_rates
from newscrawl.storage.queries.status import get_site_statuses
from newscrawl.web.context import Context
from newscrawl.web.pages.charts import get_percent
from newscrawl.web.pages.days import WINDOW, draw_outcomes
from newscrawl.web.pages.overview import count_days

router = APIRouter()
MAX_RUNS = 8
MAX_NEWEST = 6
MAX_REASONS = 12


@router.get("/sites/{site}")
def show_site(request: Request, context: Context, site: str) -> Response:
    """Show the articles, outcomes, fields and listings of a site."""
    now = datetime.now(UTC)
    since = now - timedelta(days=WINDOW)
    with connect_for_reading(context.engine) as connection:
        if site not in list_sites(connection) and site not in Registry(context.settings.sites_dir).names:
            raise HTTPException(404, f"The site {site} was never crawled and has no site file.")
        days = count_days(connection, now, site)
        outcomes = count_outcomes(connection, since, site)
        by_day = count_outcomes_by_day(connection, site, since)
        names: dict[str, object] = {
            "fill": get_fill_rates(connection, site),
            "listing_counts": {one.url: one for one in count_listings(connection, site, since)},
            "runs": list_runs(connection, MAX_RUNS, site),
            "newest": list_newest(connection, MAX_NEWEST, site),
        }
    [status] = get_site_statuses(context.engine, [site], now)
    finished = [one for one in outcomes if one.outcome != PENDING]
    total = sum(one.pages for one in finished)
    names |= {
        "now": now,
        "status": status,
        "days": days,
        "articles_chart": days.draw_site(site),
        "outcomes_chart": draw_outcomes(days.days, by_day),
        "reasons": [(one, get_percent(one.pages, total)) for one in finished[:MAX_REASONS]],
        "explain": explain_listing,
        "listings": sorted(status.known_listings, key=_rank_listing),
    }
    return context.templates.TemplateResponse(request, "site.html", names)


def _rank_listing(listing: ListingState) -> tuple[bool, bool, str, str]:
    """Sort failing listings first, then the front page."""
    return (not listing.is_failing, not listing.is_front, listing.kind, listing.url)
