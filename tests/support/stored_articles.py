"""Read stored articles for checks and benchmarks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import article_authors, articles, pages


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as checks and benchmarks compare it."""

    url: str
    page_url_key: str
    """Key of the page that it was extracted from."""
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
    """Yield every article in the order they were stored, without loading all of them."""
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
    with connect_for_reading(engine) as connection:
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
