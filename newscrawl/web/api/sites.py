"""How the sites do."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.queries.status import get_site_statuses
from newscrawl.web.api.models import Site, Sites, SiteWithListings, as_site
from newscrawl.web.context import Context
from newscrawl.web.openapi import describe_errors
from newscrawl.web.params import PREFIX, SiteName

router = APIRouter(prefix=PREFIX, tags=["sites"])


@router.get("/sites", summary="All sites, and how they do")
def list_all(context: Context) -> Sites:
    """Return every site of the database, as `scrapy status --json` does, without the listings."""
    with connect_for_reading(context.engine) as connection:
        names = list_sites(connection)
    now = datetime.now(UTC)
    statuses = get_site_statuses(context.engine, names, now)
    return Sites(sites=[Site.model_validate(as_site(status.as_json(now))) for status in statuses])


@router.get("/sites/{site}", responses=describe_errors(404), summary="One site")
def read_site(site: SiteName, context: Context) -> SiteWithListings:
    """Return how a site does, with each of its feeds, sitemaps and sections."""
    with connect_for_reading(context.engine) as connection:
        is_known = site in list_sites(connection)
    if not is_known:
        raise HTTPException(404, f"there is no site {site!r}; /api/v1/sites lists all")
    now = datetime.now(UTC)
    [status] = get_site_statuses(context.engine, [site], now)
    return SiteWithListings.model_validate(status.as_json(now))
