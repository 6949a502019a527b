"""The history of a URL, as `scrapy why` prints it."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from newscrawl.exceptions import NewscrawlError, SiteFileError, UsageError
from newscrawl.monitoring.pages import describe_next_fetch, describe_origin, describe_state
from newscrawl.sites.absence import explain_absence
from newscrawl.sites.registry import Registry
from newscrawl.storage.queries.history import find_page_history
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url
from newscrawl.web.context import Context, WebContext

router = APIRouter()
MAX_FETCHES = 100
"""Fetches that are listed, the newest; the page of a listing has thousands."""


@router.get("/history")
def show_history(request: Request, context: Context, url: str = "") -> Response:
    """Show what happened to *url*, or ask for one."""
    asked = url.strip()
    names: dict[str, object] = {"now": datetime.now(UTC), "asked": asked, "error": None, "history": None, "absence": []}
    status = 200
    if asked:
        try:
            check_start_url(asked)
            history = names["history"] = find_page_history(context.engine, asked)
            if history is None:
                status, names["absence"] = 404, _explain_absence(context, asked)
        except UsageError as error:
            status, names["error"] = 422, str(error)
    names |= {
        "describe_state": describe_state,
        "describe_next_fetch": describe_next_fetch,
        "describe_origin": describe_origin,
        "max_fetches": MAX_FETCHES,
    }
    return context.templates.TemplateResponse(request, "history.html", names, status)


def _explain_absence(context: WebContext, url: str) -> list[str]:
    registry = Registry(context.settings.sites_dir)
    try:
        keys = UrlKeys(registry.url_key_rules())
        return list(explain_absence(check_start_url(url, keys.fetchable), registry))
    except SiteFileError as error:
        return [f"The site files cannot be read: {error}."]
    except NewscrawlError:
        return []
