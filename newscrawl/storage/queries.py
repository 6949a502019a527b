"""Questions to the database; read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from newscrawl.storage.engine import reading
from newscrawl.storage.schema import article_authors, articles, pages, site_crawls


@dataclass(frozen=True, slots=True)
class SiteCount:
    """What a crawl did on one site with pages of one kind."""

    site: str
    kind: str
    outcome: str
    reason: str
    pages: int


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article's text and what is most asked of it."""

    url: str
    page_key: str
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
        func.coalesce(pages.c.key, articles.c.key),
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


def waiting_by_site(engine: Engine, sites: Sequence[str]) -> dict[str, int]:
    """Return how many article pages of each of *sites* were found and not fetched yet."""
    waiting = (pages.c.site.in_(sites), pages.c.kind == "article", pages.c.outcome.is_(None))
    query = select(pages.c.site, func.count()).where(*waiting).group_by(pages.c.site)
    with reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def fetched_urls(engine: Engine) -> list[str]:
    """Return the URLs of all pages that were asked of a host, in the order they were found."""
    query = select(pages.c.url).where(pages.c.fetched_at.is_not(None), pages.c.http_status.is_not(None))
    with reading(engine) as connection:
        return list(connection.execute(query.order_by(pages.c.id)).scalars())
