"""How the feeds, sitemaps and sections of a site did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, and_, exists, func, or_, select

from newscrawl.items import Outcome
from newscrawl.monitoring.listings import ListingState
from newscrawl.monitoring.summary import PartialListing
from newscrawl.outcomes import LISTING_PARTIAL, LISTING_READ
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import articles, fetches, is_listing, pages

FRONT_PAGE = "front page"

_columns = (
    pages.c.id,
    pages.c.url,
    pages.c.url_key,
    pages.c.kind,
    pages.c.source_metadata,
    pages.c.discovered_from,
    pages.c.redirects_to,
    pages.c.outcome,
    pages.c.reason,
    pages.c.crawl_id,
    pages.c.fetched_at,
    pages.c.next_fetch_at,
)
_was_read = or_(
    fetches.c.outcome == Outcome.UNCHANGED.value,
    and_(fetches.c.outcome == Outcome.NOT_ARTICLE.value, fetches.c.reason.in_(LISTING_READ)),
)
"""`is_listing_read` in SQL."""


def list_listings(engine: Engine, site: str) -> list[ListingState]:
    """Return every feed, sitemap and section of *site* as it was found last, in the order of discovery."""
    query: Select[Any] = select(*_columns).where(pages.c.site == site, is_listing).order_by(pages.c.id)
    with connect_for_reading(engine) as connection:
        rows = connection.execute(query).all()
        fronts = _find_front_pages(rows)
        found = {row.id: _get_state(row, is_front=row.id in fronts) for row in rows}
        histories = _get_histories(connection, [key for key, listing in found.items() if listing.is_failing])
    return [replace(listing, **histories.get(key, {})) for key, listing in found.items()]


_CHUNK = 500
_named = pages.alias()
_has_article = exists().where(_named.c.discovered_from == pages.c.url, articles.c.page_id == _named.c.id)


def find_fruitful_listings(connection: Connection, page_ids: Sequence[int]) -> set[int]:
    """Return which of the listings with *page_ids* were the first to name an article that is stored."""
    found: set[int] = set()
    for start in range(0, len(page_ids), _CHUNK):
        chunk = page_ids[start : start + _CHUNK]
        found.update(connection.execute(select(pages.c.id).where(pages.c.id.in_(chunk), _has_article)).scalars())
    return found


def read_fruitful_listings(engine: Engine, page_ids: Sequence[int]) -> set[int]:
    """Return the result of find_fruitful_listings() for what is committed now."""
    with connect_for_reading(engine) as connection:
        return find_fruitful_listings(connection, page_ids)


def find_partial_listings(engine: Engine, crawl_id: int) -> dict[str, PartialListing]:
    """Return, by site, the first listing of which a crawl could read only a part."""
    is_partial = (
        pages.c.crawl_id == crawl_id,
        pages.c.outcome == Outcome.NOT_ARTICLE.value,
        pages.c.reason.in_(LISTING_PARTIAL),
        is_listing,
    )
    first = select(func.min(pages.c.id)).where(*is_partial).group_by(pages.c.site)
    of_page = fetches.alias()
    last_fetch = select(func.max(of_page.c.id)).where(of_page.c.page_id == pages.c.id).scalar_subquery()
    query = (
        select(pages.c.site, pages.c.kind, pages.c.url, fetches.c.detail)
        .select_from(pages)
        .outerjoin(fetches, fetches.c.id == last_fetch)
        .where(pages.c.id.in_(first))
    )
    with connect_for_reading(engine) as connection:
        return {site: PartialListing(*row) for site, *row in connection.execute(query)}


def list_redirect_targets(engine: Engine, url_key: str) -> set[int]:
    """Return the ids of the pages that a page leads to, one redirect after the other; empty if it does not redirect."""
    leads_on = pages.c.redirects_to.is_not(None)
    targets = select(pages.c.redirects_to.label("id")).where(pages.c.url_key == url_key, leads_on)
    found = targets.cte("targets", recursive=True)
    found = found.union(select(pages.c.redirects_to).join(found, pages.c.id == found.c.id).where(leads_on))
    with connect_for_reading(engine) as connection:
        return set(connection.execute(select(found.c.id)).scalars())


def _find_front_pages(rows: Sequence[Row[Any]]) -> set[int]:
    """Return the ids of pages that crawls started from, and of those that these redirect to."""
    targets = {row.id: row.redirects_to for row in rows}
    starts = [row.id for row in rows if row.discovered_from is None and _get_source(row) == FRONT_PAGE]
    found: set[int] = set()
    while starts:
        found.update(starts)
        starts = [target for key in starts if (target := targets[key]) in targets and target not in found]
    return found


def _get_source(row: Row[Any]) -> str:
    return str((row.source_metadata or {}).get("source", ""))


def _get_state(row: Row[Any], *, is_front: bool) -> ListingState:
    listing = ListingState(
        row.url,
        row.kind,
        _get_source(row),
        row.outcome,
        row.reason,
        url_key=row.url_key,
        is_front=is_front,
        crawl_id=row.crawl_id,
        fetched_at=row.fetched_at,
        next_fetch_at=row.next_fetch_at,
    )
    return replace(listing, last_read_at=row.fetched_at) if listing.is_read else listing


def _get_histories(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return when each of these pages was read last, since when it fails, and the detail of its last fetch."""
    if not ids:
        return {}
    of_pages = fetches.c.page_id.in_(ids)
    read = (
        select(fetches.c.page_id, func.max(fetches.c.id).label("id"))
        .where(of_pages, _was_read)
        .group_by(fetches.c.page_id)
        .subquery()
    )
    since = (
        select(fetches.c.page_id, func.min(fetches.c.id).label("first"), func.max(fetches.c.id).label("last"))
        .outerjoin(read, read.c.page_id == fetches.c.page_id)
        .where(of_pages, fetches.c.id > func.coalesce(read.c.id, 0))
        .group_by(fetches.c.page_id)
        .subquery()
    )
    first, last, good = fetches.alias("first"), fetches.alias("last"), fetches.alias("good")
    query = (
        select(since.c.page_id, first.c.fetched_at, last.c.detail, good.c.fetched_at)
        .select_from(since)
        .join(first, first.c.id == since.c.first)
        .join(last, last.c.id == since.c.last)
        .outerjoin(read, read.c.page_id == since.c.page_id)
        .outerjoin(good, good.c.id == read.c.id)
    )
    return {
        key: {"failing_since": begun, "detail": detail, "last_read_at": read_at}
        for key, begun, detail, read_at in connection.execute(query)
    }
