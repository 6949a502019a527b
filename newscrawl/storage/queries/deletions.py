"""What a deletion would remove, and what is recorded of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, Connection, func, select, true, union_all

from newscrawl.dedup.changes import Change
from newscrawl.storage.queries.article_details import find_article_id
from newscrawl.storage.queries.url_keys import get_stored_keys
from newscrawl.storage.schema import article_changes, article_revisions, articles, fetches, pages


@dataclass(frozen=True, slots=True)
class DeletionTarget:
    """What an id or a URL names."""

    url: str
    page_id: int | None
    article_id: int | None
    """None for a page without an article."""
    versions: int = 0
    """Older versions of the article."""
    story: tuple[int, ...] = ()
    """Ids of the other articles of its story cluster."""


@dataclass(frozen=True, slots=True)
class DeletedArticle:
    """A line `deleted` of the change feed."""

    article_id: int
    deleted_at: datetime
    reason: str
    detail: str | None


def find_target(connection: Connection, name: str) -> DeletionTarget | None:
    """Return what *name*, the id of an article or a URL, stands for; None if nothing is recorded under it.

    Raises ValueError for what is neither.
    """
    article_id = find_article_id(connection, name)
    if article_id is not None:
        return _describe(connection, article_id)
    if name.isdecimal():
        return None
    is_page = pages.c.url_key == get_stored_keys(connection).url_key(name)
    page = connection.execute(select(pages.c.id, pages.c.url).where(is_page)).one_or_none()
    return None if page is None else DeletionTarget(page.url, page.id, None)


def _describe(connection: Connection, article_id: int) -> DeletionTarget:
    columns = select(articles.c.url, articles.c.page_id, articles.c.story_id).where(articles.c.id == article_id)
    row = connection.execute(columns).one()
    older = select(func.count()).where(article_revisions.c.article_id == article_id)
    others = select(articles.c.id).where(articles.c.story_id == row.story_id, articles.c.id != article_id)
    return DeletionTarget(
        row.url,
        row.page_id,
        article_id,
        connection.execute(older).scalar_one(),
        tuple(connection.execute(others.order_by(articles.c.id)).scalars()),
    )


def find_deleted(connection: Connection, page_id: int) -> DeletedArticle | None:
    """Return the article that a page had and that was deleted, by the fetches of the page."""
    had = select(fetches.c.article_id).where(fetches.c.page_id == page_id, fetches.c.article_id.is_not(None))
    names = ("article_id", "changed_at", "reason", "detail")
    query = select(*(article_changes.c[name] for name in names)).where(
        article_changes.c.article_id.in_(had), article_changes.c.kind == Change.DELETED.value
    )
    row = connection.execute(query.order_by(article_changes.c.change_id.desc()).limit(1)).one_or_none()
    return None if row is None else DeletedArticle(*row)


def count_articles(connection: Connection, site: str) -> int:
    """Return how many articles of *site* are stored."""
    return connection.execute(select(func.count()).where(articles.c.site == site)).scalar_one()


def select_older_articles(before: datetime, site: str | None) -> CompoundSelect[int]:
    """Select the ids of articles from before a time: by `date_published`, without one by the first download."""
    is_first = (article_changes.c.article_id == articles.c.id, article_changes.c.kind == Change.INSERTED.value)
    first = select(article_changes.c.change_id).where(*is_first, article_changes.c.changed_at < before)
    of_site = true() if site is None else articles.c.site == site
    dated = select(articles.c.id).where(articles.c.date_published < before, of_site)
    undated = select(articles.c.id).where(articles.c.date_published.is_(None), first.exists(), of_site)
    # Both parts use the index on the date, which one condition with OR would not.
    return union_all(dated, undated)
