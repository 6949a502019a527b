"""Figures about the articles: how many a day, in which languages, how complete, and how pages and listings ended.

Each query reads a window of days or a sample of bounded size, so its cost does not grow with the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, distinct, func, or_, select

from newscrawl.items import Outcome
from newscrawl.outcomes import LISTING_READ
from newscrawl.storage.schema import (
    article_authors,
    article_images,
    article_keywords,
    articles,
    crawls,
    fetches,
    is_listing,
    pages,
    site_crawls,
)

SAMPLE = 1_000
"""The newest articles of a site whose fields are counted."""
MAX_FETCHES = 500
"""The latest fetches of a listing that are counted."""
MAX_LISTINGS = 200

FIELDS = (
    "canonical_url",
    "alternative_headline",
    "description",
    "standfirst",
    "date_published",
    "date_modified",
    "in_language",
    "article_type",
    "article_section",
    "publisher",
    "source_organization",
    "main_image",
    "is_accessible_for_free",
)
"""Columns whose fill rate is counted. Others are never NULL, or are computed."""
_LISTS = {"authors": article_authors, "keywords": article_keywords, "images": article_images}


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many articles a site published on a day."""

    day: date
    """By the publisher's calendar (`articles.date_published_day`)."""
    site: str
    articles: int


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many articles are in a language."""

    in_language: str | None
    """BCP 47, None if it is not known."""
    articles: int


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many pages of articles ended so."""

    site: str
    outcome: str
    """`pending` for pages that a crawl claimed and did not finish."""
    reason: str
    pages: int


@dataclass(frozen=True, slots=True)
class FillRates:
    """How complete the newest articles of a site are."""

    site: str
    articles: int
    """Size of the sample, at most SAMPLE."""
    rates: Mapping[str, float]
    """Field -> share of the articles that have it, 0 to 1; empty without articles."""


@dataclass(frozen=True, slots=True)
class ListingCount:
    """How a feed, sitemap or section did."""

    url: str
    kind: str
    outcome: str | None
    """Of its last fetch."""
    reason: str | None
    fetched_at: datetime | None
    next_fetch_at: datetime | None
    fetches: int
    """Number of fetches in the window, at most MAX_FETCHES."""
    read: int
    """How many of them found a listing, or an unchanged one."""
    new_links: int
    """Articles that it was the first to name, in these fetches."""


def count_articles_by_day(connection: Connection, first: date, last: date, site: str | None = None) -> list[DayCount]:
    """Return the articles by day and site, from *first* to *last*; days without articles are absent.

    Withdrawn articles count; those without a publication date do not.
    """
    columns = (articles.c.date_published_day, articles.c.site)
    query = select(*columns, func.count()).where(_in_window(first, last, site)).group_by(*columns).order_by(*columns)
    return [DayCount(*row) for row in connection.execute(query)]


def count_languages(connection: Connection, first: date, last: date, site: str | None = None) -> list[LanguageCount]:
    """Return the articles published from *first* to *last* by language, the most frequent first."""
    language = articles.c.in_language
    query = select(language, func.count()).where(_in_window(first, last, site)).group_by(language)
    found = [LanguageCount(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (-one.articles, one.in_language or ""))


def count_outcomes(connection: Connection, since: datetime, site: str | None = None) -> list[OutcomeCount]:
    """Return how pages of articles ended in the crawls that started at or after *since*, the most frequent first."""
    columns = site_crawls.c
    recent = select(crawls.c.id).where(crawls.c.started_at >= since)
    query = (
        select(columns.site, columns.outcome, columns.reason, func.sum(columns.pages))
        .where(columns.crawl_id.in_(recent), columns.kind == "article")
        .group_by(columns.site, columns.outcome, columns.reason)
    )
    if site is not None:
        query = query.where(columns.site == site)
    rows = [OutcomeCount(*row[:3], int(row[3])) for row in connection.execute(query)]
    return sorted(rows, key=lambda one: (-one.pages, one.site, one.outcome, one.reason))


def get_fill_rates(connection: Connection, site: str) -> FillRates:
    """Return which share of the newest articles of *site* has each field."""
    newest = select(articles.c.id).where(articles.c.site == site).order_by(articles.c.id.desc()).limit(SAMPLE)
    ids = connection.execute(newest).scalars().all()
    if not ids:
        return FillRates(site, 0, {})
    filled = select(*(func.count(articles.c[name]).label(name) for name in FIELDS)).where(articles.c.id.in_(ids))
    counts = dict(connection.execute(filled).one()._mapping)
    for name, table in _LISTS.items():
        having = select(func.count(distinct(table.c.article_id))).where(table.c.article_id.in_(ids))
        counts[name] = connection.execute(having).scalar_one()
    return FillRates(site, len(ids), {name: round(counts[name] / len(ids), 4) for name in sorted(counts)})


def count_listings(connection: Connection, site: str, since: datetime) -> list[ListingCount]:
    """Return how the listings of *site* did since then; the most useful ones first."""
    names = ("id", "url", "kind", "outcome", "reason", "fetched_at", "next_fetch_at")
    known = select(*(pages.c[name] for name in names)).where(pages.c.site == site, is_listing)
    rows = connection.execute(known.order_by(pages.c.fetched_at.desc(), pages.c.id).limit(MAX_LISTINGS)).all()
    found = []
    for page_id, url, kind, outcome, reason, fetched_at, next_fetch_at in rows:
        fetched, read, new = connection.execute(_count_fetches(page_id, since)).one()
        counts = (fetched, int(read or 0), int(new or 0))
        found.append(ListingCount(url, kind, outcome, reason, fetched_at, next_fetch_at, *counts))
    return sorted(found, key=lambda one: (-one.new_links, -one.read, one.url))


def _in_window(first: date, last: date, site: str | None) -> ColumnElement[bool]:
    window = articles.c.date_published_day.between(first, last)
    return window if site is None else and_(articles.c.site == site, window)


def _count_fetches(page_id: int, since: datetime) -> Select[Any, Any, Any]:
    columns: Sequence[Any] = (fetches.c.outcome, fetches.c.reason, fetches.c.new_links)
    latest = select(*columns).where(fetches.c.page_id == page_id, fetches.c.fetched_at >= since)
    one = latest.order_by(fetches.c.id.desc()).limit(MAX_FETCHES).subquery().c
    was_read = or_(one.outcome == Outcome.UNCHANGED.value, one.reason.in_(LISTING_READ))
    return select(func.count(), func.sum(case((was_read, 1), else_=0)), func.sum(one.new_links))
