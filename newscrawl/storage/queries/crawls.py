"""Questions to the database; read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, and_, case, func, select

from newscrawl.items import Outcome
from newscrawl.monitoring.health import CrawlYield
from newscrawl.monitoring.summary import SiteCount
from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.storage.engine import reading
from newscrawl.storage.operations.claims import may_be_in
from newscrawl.storage.schema import article_authors, article_changes, articles, crawls, hosts, pages, site_crawls


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article's text and what is most asked of it."""

    url: str
    page_url_key: str
    """Identity of the page that it was read from."""
    site: str
    headline: str
    article_body: str
    authors: tuple[str, ...]
    date_published: datetime | None
    date_published_raw: str | None
    date_published_precision: str | None
    in_language: str | None
    story_id: int


def stored_articles(engine: Engine) -> Iterator[StoredArticle]:
    """Give every article, in the order they were stored, one at a time from the database."""
    names: dict[int, list[str]] = defaultdict(list)
    columns = (
        articles.c.id,
        articles.c.url,
        func.coalesce(pages.c.url_key, articles.c.url_key),
        articles.c.site,
        articles.c.headline,
        articles.c.article_body,
        articles.c.date_published,
        articles.c.date_published_raw,
        articles.c.date_published_precision,
        articles.c.in_language,
        articles.c.story_id,
    )
    with reading(engine) as connection:
        for article_id, name in connection.execute(
            select(article_authors.c.article_id, article_authors.c.name).order_by(
                article_authors.c.article_id, article_authors.c.position
            )
        ):
            names[article_id].append(name)
        joined = articles.outerjoin(pages, pages.c.id == articles.c.page_id)
        query = select(*columns).select_from(joined).order_by(articles.c.id)
        for row in connection.execution_options(yield_per=500).execute(query):
            article_id, url, key, site, headline, body, published, raw, precision, language, story = row
            authors = tuple(names[article_id])
            yield StoredArticle(url, key, site, headline, body, authors, published, raw, precision, language, story)


def crawl_counts(engine: Engine, crawl_id: int) -> Sequence[SiteCount]:
    """Return a finished crawl's pages, counted by site, kind, outcome and reason."""
    columns = site_crawls.c
    query = (
        select(columns.site, columns.kind, columns.outcome, columns.reason, columns.pages)
        .where(columns.crawl_id == crawl_id)
        .order_by(columns.site, columns.kind, columns.outcome, columns.reason)
    )
    with reading(engine) as connection:
        return [SiteCount(*row) for row in connection.execute(query)]


def articles_by_site(engine: Engine, sites: Sequence[str]) -> dict[str, int]:
    """Return how many articles are stored of each of *sites*."""
    query = select(articles.c.site, func.count()).where(articles.c.site.in_(sites)).group_by(articles.c.site)
    with reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def waiting_by_site(engine: Engine, sites: Sequence[str], period: Period = ANY_TIME) -> dict[str, int]:
    """Return how many article pages of each of *sites* were found, may be of *period* and were not fetched yet."""
    waiting = (pages.c.site.in_(sites), pages.c.kind == "article", pages.c.outcome.is_(None), *may_be_in(period))
    query = select(pages.c.site, func.count()).where(*waiting).group_by(pages.c.site)
    with reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def fetched_urls(engine: Engine) -> list[str]:
    """Return the URLs of all pages that were asked of a host, in the order they were found."""
    query = select(pages.c.url).where(pages.c.fetched_at.is_not(None), pages.c.http_status.is_not(None))
    with reading(engine) as connection:
        return list(connection.execute(query.order_by(pages.c.id)).scalars())


CRAWLS_LOOKED_AT = 200
"""Crawls before this one in which a site's past is looked for."""


def yields(engine: Engine, crawl_id: int, site: str) -> list[CrawlYield]:
    """Return what this and earlier `news` crawls brought of *site*, newest first; [] where this one took up nothing.

    Crawls of which only a part was fetched count, too: what they fetched says how readable the site is.
    """
    compared = (
        select(crawls.c.id)
        .where(crawls.c.id <= crawl_id, crawls.c.spider == "news", crawls.c.finished_at.is_not(None))
        .order_by(crawls.c.id.desc())
        .limit(CRAWLS_LOOKED_AT)
    )
    columns = site_crawls.c
    found = (
        select(crawls.c.id, crawls.c.started_at, _sum(_NEW), _sum(_READABLE), _sum(_UNREADABLE))
        .select_from(site_crawls.join(crawls, crawls.c.id == columns.crawl_id))
        .where(columns.crawl_id.in_(compared), columns.site == site)
        .group_by(crawls.c.id, crawls.c.started_at)
        .order_by(crawls.c.id.desc())
    )
    with reading(engine) as connection:
        rows = connection.execute(found).all()
    return [CrawlYield(*row[1:]) for row in rows] if rows and rows[0][0] == crawl_id else []


_ARTICLES = site_crawls.c.kind == "article"
_NEW = and_(_ARTICLES, site_crawls.c.outcome == Outcome.STORED)
_READABLE = and_(
    _ARTICLES,
    site_crawls.c.outcome.in_([Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED]),
    site_crawls.c.reason != "not_modified",
)
_UNREADABLE = and_(
    _ARTICLES,
    site_crawls.c.outcome.in_([Outcome.NOT_ARTICLE, Outcome.TOO_SHORT, Outcome.BLOCKED, Outcome.ERROR]),
    site_crawls.c.reason.not_in(["before_since", "retry_after", "not_html"]),
)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, site_crawls.c.pages), else_=0))


def failing_listings(engine: Engine, site: str) -> dict[str, int]:
    """Return how the front page, feeds and sitemaps of *site* failed last, as `outcome: reason` -> pages.

    {} where one of them could be read, or none is known.
    """
    query = select(pages.c.outcome, pages.c.reason, func.count()).where(
        pages.c.site == site, pages.c.kind != "article", pages.c.outcome != Outcome.DUPLICATE
    )
    with reading(engine) as connection:
        found = connection.execute(query.group_by(pages.c.outcome, pages.c.reason)).all()
    if any(outcome in {Outcome.NOT_ARTICLE, Outcome.UNCHANGED} for outcome, _, _ in found):
        return {}
    return {f"{outcome}: {reason}": number for outcome, reason, number in found}


def new_since(engine: Engine, site: str, since: datetime) -> int:
    """Return how many articles of *site* were stored for the first time since then."""
    query = (
        select(func.count())
        .select_from(article_changes.join(articles, articles.c.id == article_changes.c.article_id))
        .where(article_changes.c.changed_at >= since, article_changes.c.kind == "inserted", articles.c.site == site)
    )
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


def first_found(engine: Engine, site: str) -> datetime | None:
    """Return when the first page of *site* was found."""
    query = select(func.min(pages.c.discovered_at)).where(pages.c.site == site)
    with reading(engine) as connection:
        found: datetime | None = connection.execute(query).scalar_one()
    return found


def refusing_hosts(engine: Engine) -> dict[str, HostBackoff]:
    """Return the hosts that have not answered since they asked for a rest."""
    columns = hosts.c
    query = select(columns.host, columns.cooldown_until, columns.backoff_count, columns.backoff_since)
    with reading(engine) as connection:
        return {host: HostBackoff(*state) for host, *state in connection.execute(query)}
