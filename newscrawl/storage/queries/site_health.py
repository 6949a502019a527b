"""What a site yielded over time, for the health check after a crawl."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Engine, and_, case, func, select

from newscrawl.items import Outcome
from newscrawl.monitoring.health import CrawlYield
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import article_changes, articles, crawls, pages, site_crawls

MAX_CRAWLS = 200
"""How many of the latest crawls are searched for those of a site."""

_is_article = site_crawls.c.kind == "article"
_is_new = and_(_is_article, site_crawls.c.outcome == Outcome.STORED)
_is_readable = and_(
    _is_article,
    site_crawls.c.outcome.in_([Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED]),
    site_crawls.c.reason != "not_modified",
)
_is_unreadable = and_(
    _is_article,
    site_crawls.c.outcome.in_([Outcome.NOT_ARTICLE, Outcome.TOO_SHORT, Outcome.BLOCKED, Outcome.ERROR]),
    site_crawls.c.reason.not_in(["before_since", "retry_after", "not_html"]),
)


def crawl_yields(engine: Engine, crawl_id: int, site: str) -> list[CrawlYield]:
    """Return what this and earlier `news` crawls yielded of *site*, newest first; [] where this one claimed nothing.

    Crawls that fetched a part only are included: what they fetched tells how readable the site is.
    """
    compared = (
        select(crawls.c.id)
        .where(crawls.c.id <= crawl_id, crawls.c.spider == "news", crawls.c.finished_at.is_not(None))
        .order_by(crawls.c.id.desc())
        .limit(MAX_CRAWLS)
    )
    columns = site_crawls.c
    found = (
        select(crawls.c.id, crawls.c.started_at, _sum(_is_new), _sum(_is_readable), _sum(_is_unreadable))
        .select_from(site_crawls.join(crawls, crawls.c.id == columns.crawl_id))
        .where(columns.crawl_id.in_(compared), columns.site == site)
        .group_by(crawls.c.id, crawls.c.started_at)
        .order_by(crawls.c.id.desc())
    )
    with connect_for_reading(engine) as connection:
        rows = connection.execute(found).all()
    return [CrawlYield(*row[1:]) for row in rows] if rows and rows[0][0] == crawl_id else []


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, site_crawls.c.pages), else_=0))


def failing_listings(engine: Engine, site: str) -> dict[str, int]:
    """Return how the front page, feeds and sitemaps of *site* failed last, as `outcome: reason` -> pages.

    {} where one of them could be read, or none is recorded.
    """
    query = select(pages.c.outcome, pages.c.reason, func.count()).where(
        pages.c.site == site, pages.c.kind != "article", pages.c.outcome != Outcome.DUPLICATE
    )
    with connect_for_reading(engine) as connection:
        found = connection.execute(query.group_by(pages.c.outcome, pages.c.reason)).all()
    if any(outcome in {Outcome.NOT_ARTICLE, Outcome.UNCHANGED} for outcome, _, _ in found):
        return {}
    return {f"{outcome}: {reason}": number for outcome, reason, number in found}


def count_new_articles(engine: Engine, site: str, since: datetime) -> int:
    """Return how many articles of *site* were first stored at or after *since*."""
    query = (
        select(func.count())
        .select_from(article_changes.join(articles, articles.c.id == article_changes.c.article_id))
        .where(article_changes.c.changed_at >= since, article_changes.c.kind == "inserted", articles.c.site == site)
    )
    with connect_for_reading(engine) as connection:
        return connection.execute(query).scalar_one()


def first_discovered_at(engine: Engine, site: str) -> datetime | None:
    """Return when the first page of *site* was discovered."""
    query = select(func.min(pages.c.discovered_at)).where(pages.c.site == site)
    with connect_for_reading(engine) as connection:
        first: datetime | None = connection.execute(query).scalar_one()
    return first
