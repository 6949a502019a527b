"""Any search as a feed, newest first, so that a person can subscribe to it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.feed_entries import EntryFacts, read_entry_facts
from newscrawl.storage.queries.search import SearchHit, search_articles
from newscrawl.web.context import Context
from newscrawl.web.feed_formats import Entry, Feed, write_atom, write_json_feed
from newscrawl.web.formats import get_http_url
from newscrawl.web.params import After
from newscrawl.web.search_params import Search, SearchParams

router = APIRouter(prefix="/feeds", tags=["feeds"])

ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"
MAX_ENTRIES = 100
HOME = "/search"
"""The page that shows the same search."""

Limit = Annotated[int, Query(ge=1, le=MAX_ENTRIES, description="entries a page", examples=[50])]


def _describe(media_type: str, kind: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "a feed", "content": {media_type: {"schema": {"type": kind}}}}}


@router.get("/atom", summary="A search as Atom", response_class=Response, responses=_describe(ATOM_TYPE, "string"))
def show_atom(request: Request, context: Context, params: SearchParams, limit: Limit = 50, after: After = None) -> Any:
    """Return the newest articles that match as Atom (RFC 4287), with a link to the next page (RFC 5005)."""
    feed = read_feed(request, context, params, limit, after)
    return Response(write_atom(feed), media_type=f"{ATOM_TYPE}; charset=utf-8")


@router.get("/json", summary="A search as JSON Feed", response_class=Response, responses=_describe(JSON_TYPE, "object"))
def show_json(request: Request, context: Context, params: SearchParams, limit: Limit = 50, after: After = None) -> Any:
    """Return the newest articles that match as JSON Feed 1.1."""
    feed = read_feed(request, context, params, limit, after)
    return Response(write_json_feed(feed), media_type=JSON_TYPE)


def read_feed(request: Request, context: Context, params: Search, limit: int, after: str | None) -> Feed:
    """Return the page of a feed that *request* asks for."""
    with connect_for_reading(context.engine) as connection:
        page = search_articles(connection, params.query, order="newest", limit=limit, after=after)
        facts = read_entry_facts(connection, [hit.id for hit in page.hits])
    base, path = str(request.base_url).rstrip("/"), request.url.path
    more = {"limit": limit} | ({} if page.next_cursor is None else {"after": page.next_cursor})
    words = " ".join(value if name == "q" else f"{name}:{value}" for name, value in params.given.items())
    return Feed(
        title=f"newscrawl: {words or 'all articles'}",
        query=urlencode(sorted(params.given.items())),
        home=base + params.address(HOME),
        this=str(request.url),
        next=None if page.next_cursor is None else base + params.address(path, **more),
        entries=[_make_entry(hit, facts[hit.id]) for hit in page.hits if hit.id in facts],
    )


def _make_entry(hit: SearchHit, facts: EntryFacts) -> Entry:
    return Entry(
        hit.id,
        hit.site,
        get_http_url(hit.url),
        hit.headline,
        facts.description or "".join(text for text, _ in hit.snippet_marked),
        hit.authors,
        facts.article_section,
        hit.in_language,
        hit.date_published,
        facts.date_downloaded,
    )
