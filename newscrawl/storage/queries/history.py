"""Everything that is recorded about one page: its fetches, redirects and article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from newscrawl.items import Outcome
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.deletions import DeletedArticle, find_deleted
from newscrawl.storage.queries.url_keys import get_stored_keys
from newscrawl.storage.schema import article_changes, articles, crawls, fetches, pages


@dataclass(frozen=True, slots=True)
class PastFetch:
    """A finished fetch."""

    fetched_at: datetime
    crawl_id: int | None
    spider: str | None
    outcome: str
    reason: str
    http_status: int | None
    new_links: int | None
    detail: str | None
    """What exactly was found."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """A line of the change feed about the article."""

    changed_at: datetime
    kind: str
    revision: int
    label: str | None
    """Of a revision: `typo`, `update`, `correction` or `rewrite`."""
    size: float | None


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """The article that a page holds or duplicates."""

    id: int
    url: str
    headline: str
    revision: int
    withdrawn_at: datetime | None
    source_organization: str | None
    is_from_this_page: bool
    changes: tuple[PastChange, ...]
    story: tuple[str, ...]
    """URLs of the other articles of its story cluster."""


@dataclass(frozen=True, slots=True)
class PageHistory:
    """A page with everything that is recorded about it."""

    url: str
    url_key: str
    site: str
    kind: str
    discovered_from: str | None
    discovered_at: datetime
    outcome: str | None
    reason: str | None
    http_status: int | None
    next_fetch_at: datetime | None
    source_metadata: dict[str, Any] | None
    claimed_by: int | None
    """The crawl that claimed it last."""
    redirects_to: str | None
    redirected_from: tuple[str, ...]
    fetches: tuple[PastFetch, ...]
    article: ArticleFacts | None
    deleted: DeletedArticle | None
    """The article that the page had, if it was deleted."""


def find_page_history(engine: Engine, url: str) -> PageHistory | None:
    """Return the history of the page that *url* names, None for a URL that was never seen.

    The page is looked up by the rules that made the stored keys; a changed site file takes effect with the next crawl.
    """
    with connect_for_reading(engine) as connection:
        keys = get_stored_keys(connection)
    return get_page_history(engine, keys.url_key(url))


def get_page_history(engine: Engine, key: str) -> PageHistory | None:
    """Return the history of the page with this key, None for a key that was never seen."""
    with connect_for_reading(engine) as connection:
        page = connection.execute(select(pages).where(pages.c.url_key == key)).one_or_none()
        if page is None:
            return None
        aliases = select(pages.c.url).where(pages.c.redirects_to == page.id).order_by(pages.c.id)
        return PageHistory(
            url=page.url,
            url_key=page.url_key,
            site=page.site,
            kind=page.kind,
            discovered_from=page.discovered_from,
            discovered_at=page.discovered_at,
            outcome=page.outcome,
            reason=page.reason,
            http_status=page.http_status,
            next_fetch_at=page.next_fetch_at,
            source_metadata=page.source_metadata,
            claimed_by=page.crawl_id,
            redirects_to=_get_url(connection, page.redirects_to),
            redirected_from=tuple(connection.execute(aliases).scalars()),
            fetches=_get_fetches(connection, page.id),
            article=_get_article(connection, page.article_id, page.id),
            deleted=find_deleted(connection, page.id) if page.outcome == Outcome.DELETED else None,
        )


def _get_url(connection: Connection, page_id: int | None) -> str | None:
    if page_id is None:
        return None
    return connection.execute(select(pages.c.url).where(pages.c.id == page_id)).scalar()


def _get_fetches(connection: Connection, page_id: int) -> tuple[PastFetch, ...]:
    query = (
        select(
            fetches.c.fetched_at,
            fetches.c.crawl_id,
            crawls.c.spider,
            fetches.c.outcome,
            fetches.c.reason,
            fetches.c.http_status,
            fetches.c.new_links,
            fetches.c.detail,
        )
        .outerjoin(crawls, crawls.c.id == fetches.c.crawl_id)
        .where(fetches.c.page_id == page_id)
        .order_by(fetches.c.id)
    )
    return tuple(PastFetch(*row) for row in connection.execute(query))


def _get_article(connection: Connection, article_id: int | None, page_id: int) -> ArticleFacts | None:
    if article_id is None:
        return None
    row = connection.execute(select(articles).where(articles.c.id == article_id)).one_or_none()
    if row is None:
        return None
    names = ("changed_at", "kind", "revision", "change_label", "change_size")
    changes = select(*(article_changes.c[name] for name in names))
    of_article = changes.where(article_changes.c.article_id == article_id).order_by(article_changes.c.change_id)
    others = select(articles.c.url).where(articles.c.story_id == row.story_id, articles.c.id != row.id)
    return ArticleFacts(
        id=row.id,
        url=row.url,
        headline=row.headline,
        revision=row.revision,
        withdrawn_at=row.withdrawn_at,
        source_organization=row.source_organization,
        is_from_this_page=row.page_id == page_id,
        changes=tuple(PastChange(*line) for line in connection.execute(of_article)),
        story=tuple(connection.execute(others.order_by(articles.c.id)).scalars()),
    )
