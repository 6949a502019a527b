"""What a crawl did, and how many articles are stored, counted by site."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, func, select

from newscrawl.monitoring.summary import SiteCount
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import articles, site_crawls


def crawl_counts(engine: Engine, crawl_id: int) -> Sequence[SiteCount]:
    """Return the pages of a finished crawl, counted by site, kind, outcome and reason."""
    columns = site_crawls.c
    query = (
        select(columns.site, columns.kind, columns.outcome, columns.reason, columns.pages, columns.fetched)
        .where(columns.crawl_id == crawl_id)
        .order_by(columns.site, columns.kind, columns.outcome, columns.reason)
    )
    with connect_for_reading(engine) as connection:
        return [SiteCount(*row) for row in connection.execute(query)]


def articles_by_site(engine: Engine, sites: Sequence[str]) -> dict[str, int]:
    """Return, for each of *sites* that has any, how many articles are stored."""
    query = select(articles.c.site, func.count()).where(articles.c.site.in_(sites)).group_by(articles.c.site)
    with connect_for_reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}
