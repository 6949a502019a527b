"""The overview: is everything all right?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from newscrawl.exceptions import SiteFileError, UsageError
from newscrawl.monitoring.status import RunState, SiteStatus
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.queries.overview import find_oldest_pending, list_newest, list_runs
from newscrawl.storage.queries.statistics import count_articles_by_day
from newscrawl.storage.queries.status import get_last_run, get_site_statuses
from newscrawl.web.context import Context, WebContext
from newscrawl.web.pages.days import DayCounts, list_days

router = APIRouter()
MAX_RUNS = 8
MAX_NEWEST = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in one line."""

    level: str
    """`ok`, `warn` or `bad`."""
    text: str
    causes: Sequence[str] = field(default=())


@router.get("/")
def show_overview(request: Request, context: Context) -> Response:
    """Show how the sites and runs do."""
    now = datetime.now(UTC)
    with connect_for_reading(context.engine) as connection:
        sites = sorted({*list_sites(connection), *_list_enabled(context)})
        days = count_days(connection, now)
        pending = find_oldest_pending(connection, sites)
        runs, newest = list_runs(connection, MAX_RUNS), list_newest(connection, MAX_NEWEST)
    run = get_last_run(context.engine, now)
    statuses = get_site_statuses(context.engine, sites, now)
    ordered = sorted(statuses, key=lambda one: (one.degraded_since is None, one.site))
    names = {
        "now": now,
        "answer": check_all(run, statuses),
        "run": run,
        "statuses": ordered,
        "degraded": [one for one in ordered if one.degraded_since is not None],
        "days": days,
        "chart": days.draw_sites(),
        "pending": pending,
        "runs": runs,
        "newest": newest,
    }
    return context.templates.TemplateResponse(request, "overview.html", names)


def count_days(connection: Connection, now: datetime, site: str | None = None) -> DayCounts:
    """Return the articles of the last days by day of publication."""
    days = list_days(now.date())
    by_site: dict[str, dict[object, int]] = {}
    for one in count_articles_by_day(connection, days[0], days[-1], site):
        by_site.setdefault(one.site, {})[one.day] = one.articles
    return DayCounts(days, by_site)  # type: ignore[arg-type]


def _list_enabled(context: WebContext) -> list[str]:
    """Return the sites that have a site file, whether or not they were crawled."""
    try:
        return [site.name for site in Registry(context.settings.sites_dir).enabled()]
    except (SiteFileError, UsageError):
        return []


def check_all(run: RunState | None, statuses: Sequence[SiteStatus]) -> Answer:
    """Return the worst that is known about the last run and the sites."""
    degraded = sum(one.degraded_since is not None for one in statuses)
    if run is None:
        return Answer("warn", "Nothing has been crawled yet")
    if run.failure is not None:
        return Answer("bad", "The last run failed", [f"{run.failure[:1].upper()}{run.failure[1:]}."])
    if degraded and degraded == len(statuses):
        return Answer("bad", "The site is degraded" if degraded == 1 else f"All {degraded} sites are degraded")
    if degraded:
        verb = "is" if degraded == 1 else "are"
        return Answer("warn", f"{degraded} of {len(statuses)} sites {verb} degraded")
    return Answer("ok", "Everything is all right")
