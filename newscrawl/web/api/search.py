"""Search: articles by words and filters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.search import Order, SearchHit, search_articles
from newscrawl.web.api.models import Hit, Hits
from newscrawl.web.context import Context
from newscrawl.web.params import PREFIX, After
from newscrawl.web.search_params import SearchParams

router = APIRouter(prefix=PREFIX, tags=["articles"])

MAX_ARTICLES = 100


@router.get("/articles", summary="Search, or list, articles")
def search(
    context: Context,
    params: SearchParams,
    response: Response,
    order: Annotated[
        Order, Query(description="`relevance_recent` prefers newer ones; without words always newest first")
    ] = "relevance",
    limit: Annotated[int, Query(ge=1, le=MAX_ARTICLES, description="articles a page", examples=[20])] = 20,
    after: After = None,
) -> Hits:
    """Return the articles that match, a page at a time. Withdrawn articles are not found.

    Go on with the address in `next`, which is also in the header `Link`, until it is null. Pages are as fast at the
    end as at the beginning.
    """
    with connect_for_reading(context.engine) as connection:
        page = search_articles(connection, params.query, order=order, limit=limit, after=after)
    address = None
    if page.next_cursor is not None:
        address = params.address(f"{PREFIX}/articles", order=order, limit=limit, after=page.next_cursor)
        response.headers["Link"] = f'<{address}>; rel="next"'
    hits = [make_hit(hit) for hit in page.hits]
    return Hits(articles=hits, total=page.total, next_cursor=page.next_cursor, next=address)


def make_hit(hit: SearchHit) -> Hit:
    """Return a hit as it is answered."""
    values = {name: getattr(hit, name) for name in Hit.model_fields if name != "details"}
    return Hit.model_validate(values | {"details": f"{PREFIX}/articles/{hit.id}"})
