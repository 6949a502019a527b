"""What a site yielded over time, for the health check after a crawl."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, func, select

from newscrawl.items import Outcome
from newscrawl.monitoring.diagnosis import SiteFacts
from newscrawl.monitoring.health import CrawlYield
from newscrawl.outcomes import PENDING
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.listings import list_listings
from newscrawl.storage.schema import article_changes, articles, crawls, pages, site_checks, site_crawls

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


def get_site_facts(engine: Engine, site: str, crawl_id: int) -> SiteFacts:
    """Return what is known about *site* after the crawl *crawl_id*."""
    is_article = and_(pages.c.site == site, pages.c.kind == "article")
    is_unread = and_(pages.c.crawl_id == crawl_id, pages.c.article_id.is_(None), is_article)
    with connect_for_reading(engine) as connection:
        has_articles = connection.execute(select(articles.c.id).where(articles.c.site == site).limit(1)).first()
        named = {} if has_articles else _count_pages(connection, is_article)
        unread = _count_pages(connection, is_unread)
    return SiteFacts(crawl_id, list_listings(engine, site), has_articles is not None, named, unread)


def _count_pages(connection: Connection, condition: ColumnElement[bool]) -> dict[tuple[str, str], int]:
    """Return the number of pages by outcome and reason; PENDING stands for none."""
    query = select(pages.c.outcome, pages.c.reason, func.count()).where(condition)
    rows = connection.execute(query.group_by(pages.c.outcome, pages.c.reason))
    return {(outcome or PENDING, reason or ""): number for outcome, reason, number in rows}


def get_last_warnings(engine: Engine, site: str) -> list[str]:
    """Return the warnings of the last check of *site*, [] where it was not degraded."""
    query = select(site_checks.c.warnings).where(site_checks.c.site == site, site_checks.c.degraded_since.is_not(None))
    with connect_for_reading(engine) as connection:
        return list(connection.execute(query).scalar() or [])


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
