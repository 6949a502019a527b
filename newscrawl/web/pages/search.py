"""Search with filters, facets and highlighted results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import Match

from newscrawl.search.query import InvalidQuery, SearchQuery, parse_query
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.search import Facets, Order, SearchPage, count_facets, search_articles
from newscrawl.web.context import Context
from newscrawl.web.pages.charts import BarChart, Series, stack_bars
from newscrawl.web.pages.days import label_day
from newscrawl.web.pages.search_form import FILTERS, ORDERS, SearchForm

router = APIRouter()
PAGE_SIZE = 20
MAX_VALUES = 8
"""Values of a facet that are listed; the chosen one always is."""
MAX_DAYS = 30
FEEDS = (
    ("Atom", "application/atom+xml", "/feeds/atom"),
    ("JSON Feed", "application/feed+json", "/feeds/json"),
)
EXAMPLES = (
    ("harbour expansion", "articles with both words, in any form"),
    ('"harbour expansion"', "the words side by side"),
    ("harbour -expansion", "the first word without the second"),
    ("harb*", "words that begin so"),
    ("harbour OR port", "one of the words"),
    ('site:example.org author:"Ada Moreno"', "of a site, by an author"),
    ("lang:de section:politics", "in a language, in a section"),
    ("from:2026-11-01 to:2026-11-30", "published in these days"),
)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A filter to set or, if it is chosen, to remove."""

    label: str
    count: int | None
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """A search to subscribe to."""

    name: str
    media_type: str
    url: str


@router.get("/search")
def show_search(request: Request, context: Context, after: str | None = None) -> Response:
    """Show the results of a search; without words and filters the newest articles."""
    form = SearchForm.parse(request.query_params)
    names: dict[str, object] = {"form": form, "error": None, "page": None, "facets": {}, "chart": None}
    status = 200
    try:
        query = parse_query(form.query)
        with connect_for_reading(context.engine) as connection:
            names["page"] = find_page(connection, form, query, after)
            facets = count_facets(connection, query)
        names |= {"facets": list_facets(form, facets), "counted": facets, "chart": _draw_days(facets)}
    except InvalidQuery as error:
        status, names["error"] = 422, str(error)
    names |= {
        "now": datetime.now(UTC),
        "is_first": after is None,
        "orders": ORDERS,
        "filters": [(FILTERS[name], value, form.having(name, "").url) for name, value in form.filters.items()],
        "examples": EXAMPLES,
        "feeds": list_feeds(request, form.query) if form.query else [],
    }
    return context.templates.TemplateResponse(request, "search.html", names, status)


def list_feeds(request: Request, query: str) -> list[Feed]:
    """Return the feeds of *query* that the application offers."""
    return [
        Feed(name, media_type, f"{path}?{urlencode({'q': query})}")
        for name, media_type, path in FEEDS
        if any(
            route.matches({"type": "http", "method": "GET", "path": path})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


def find_page(connection: Connection, form: SearchForm, query: SearchQuery, after: str | None) -> SearchPage:
    """Return a page of results. Raises InvalidQuery."""
    order = form.order or ("relevance" if query.groups else "newest")
    return search_articles(connection, query, order=cast(Order, order), limit=PAGE_SIZE, after=after or None)


def list_facets(form: SearchForm, facets: Facets) -> dict[str, list[FacetValue]]:
    """Return the filters that the matches offer, by the name of the facet."""
    found = {
        "Site": _list_values(form, "site", facets.sites),
        "Language": _list_values(form, "language", facets.languages),
        "Section": _list_values(form, "section", facets.sections),
    }
    return {name: values for name, values in found.items() if values}


def _list_values(form: SearchForm, name: str, counts: Mapping[str, int]) -> list[FacetValue]:
    chosen: str = getattr(form, name)
    if chosen:
        return [FacetValue(chosen, counts.get(chosen), form.having(name, "").url, is_chosen=True)]
    if len(counts) < 2:
        return []
    first = list(counts.items())[:MAX_VALUES]
    return [FacetValue(value, count, form.having(name, value).url, is_chosen=False) for value, count in first]


def _draw_days(facets: Facets) -> BarChart | None:
    """Return a chart of the last days that have matches."""
    days = list(facets.days.items())[-MAX_DAYS:]
    if len(days) < 2:
        return None
    series = [Series("articles", "c-1", [count for _, count in days])]
    return stack_bars("matches", "By day", [label_day(day) for day, _ in days], series)
