"""The URL frontier: pages that were never finished, or that are due again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, bindparam, false, func, or_, select, true

from newscrawl.discovery.periods import parse_period
from newscrawl.items import Outcome
from newscrawl.monitoring.summary import IdleSite
from newscrawl.outcomes import WALLS
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.scheduling.recrawl import MAX_AHEAD
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.records import DiscoveredPage
from newscrawl.storage.schema import pages

_select_pages = select(
    pages.c.id,
    pages.c.url,
    pages.c.url_key,
    pages.c.site,
    pages.c.kind,
    pages.c.outcome,
    pages.c.reason,
    pages.c.fetch_count,
    pages.c.http_status,
    pages.c.recrawl_step,
    pages.c.failures,
    pages.c.etag,
    pages.c.last_modified,
    pages.c.not_modified_count,
    pages.c.validators_distrusted_until,
    pages.c.source_metadata,
    pages.c.source_modified_at,
    pages.c.source_published_at,
    pages.c.newest_link_at,
    pages.c.article_id,
    pages.c.redirects_to,
    pages.c.fetched_at,
    pages.c.next_fetch_at,
    pages.c.crawl_id,
)
pages_by_key = _select_pages.where(pages.c.url_key.in_(bindparam("keys", expanding=True)))
"""Pages with one of `keys`, with all columns that a claim holds."""
page_states_by_key = select(
    pages.c.id,
    pages.c.url_key,
    pages.c.kind,
    pages.c.outcome,
    pages.c.recrawl_step,
    pages.c.source_modified_at,
    pages.c.fetched_at,
    pages.c.next_fetch_at,
    pages.c.crawl_id,
).where(pages.c.url_key.in_(bindparam("keys", expanding=True)))
"""Pages with one of `keys`, with the columns that decide whether they are due."""


is_not_deleted = func.coalesce(pages.c.outcome, "") != Outcome.DELETED.value
"""The condition for updates of a page by a crawl that claimed it before its article was deleted."""
FAILURES = frozenset({Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS, Outcome.GONE})
"""Outcomes of pages that could not be fetched."""
_is_wall = and_(pages.c.outcome == Outcome.NOT_ARTICLE.value, pages.c.reason.in_(sorted(WALLS)))
has_failed = or_(pages.c.outcome.in_(sorted(FAILURES)), _is_wall)
"""The condition for pages that could not be fetched, or showed a wall in place of what was asked for."""


def select_pending_articles(site: str, now: datetime, period: Period = ANY_TIME, *, force: bool = False) -> Select[Any]:
    """Select the article pages of *site* that are pending or due, newest first.

    *force* adds those that failed and are to be retried later.
    """
    date = pages.c.source_modified_at
    return (
        _select_pages.where(
            pages.c.site == site,
            pages.c.kind == "article",
            _is_due(now, or_later=has_failed if force else false()),
            *_within(period),
        )
        # NULLS LAST, written so that both engines can sort by it.
        .order_by(date.is_(None), date.desc(), pages.c.id)
    )


def select_due_listings(site: str, now: datetime, *, force: bool = False) -> Select[Any]:
    """Select the feeds, sitemaps and sections of *site* that are pending or due; *force* adds those due later."""
    return _select_pages.where(
        pages.c.site == site, pages.c.kind != "article", _is_due(now, or_later=true() if force else false())
    ).order_by(pages.c.id)


def _is_due(now: datetime, *, or_later: ColumnElement[bool]) -> ColumnElement[bool]:
    is_scheduled = pages.c.next_fetch_at.is_not(None) & or_later
    is_beyond_schedule = pages.c.next_fetch_at > now + MAX_AHEAD
    return pages.c.outcome.is_(None) | (pages.c.next_fetch_at <= now) | is_beyond_schedule | is_scheduled


def _within(period: Period) -> Iterator[ColumnElement[bool]]:
    """Yield `Period.may_include` as SQL conditions."""
    modified, published = pages.c.source_modified_at, pages.c.source_published_at
    if period.since is not None:
        yield modified.is_(None) | (modified >= period.since)
    if period.until is not None:
        yield published.is_(None) | (published < period.until)


def may_be_within(period: Period, page: DiscoveredPage | Row[Any]) -> bool:
    """Return whether an article, or one that a listing names, may fall within *period*."""
    newest, published = page.source_modified_at, page.source_published_at
    if page.kind != "article" and (span := parse_period(page.url)) is not None:
        newest, published = min(newest or span.end, span.end), span.start
    return period.may_include(newest, published)


def count_pending_articles(engine: Engine, sites: Sequence[str], period: Period = ANY_TIME) -> dict[str, int]:
    """Return, for each of *sites* that has any, how many article pages that may fall within *period* are pending."""
    pending = (pages.c.site.in_(sites), pages.c.kind == "article", pages.c.outcome.is_(None), *_within(period))
    query = select(pages.c.site, func.count()).where(*pending).group_by(pages.c.site)
    with connect_for_reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def find_idle_sites(engine: Engine, crawl_id: int, sites: Sequence[str]) -> dict[str, IdleSite]:
    """Return those of *sites* that have pages, none of which the crawl claimed."""
    claimed = select(pages.c.site).where(pages.c.crawl_id == crawl_id)
    query = (
        select(pages.c.site, func.max(pages.c.fetched_at), func.min(pages.c.next_fetch_at))
        .where(pages.c.site.in_(sites), pages.c.site.not_in(claimed))
        .group_by(pages.c.site)
    )
    with connect_for_reading(engine) as connection:
        return {site: IdleSite(*times) for site, *times in connection.execute(query)}
