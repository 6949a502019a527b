"""The change feed: what happened to articles, in the order in which it became visible."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from newscrawl.dedup.changes import Change
from newscrawl.storage.schema import (
    article_changes,
    article_images,
    article_merges,
    articles,
    change_cursors,
)

_FACTS = ("url", "site", "headline", "date_published", "in_language", "withdrawn_at")
"""Columns of the article that each change comes with."""


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """A change of an article, with the article as it is when the change is read.

    The article may have changed again since, or be gone; then a later change says so.
    """

    change_id: int
    kind: str
    """A `Change`."""
    article_id: int
    revision: int
    changed_at: datetime
    change_size: float | None
    change_label: str | None
    crawl_id: int | None
    reason: str | None
    """Of a deleted article: why, a `DeletionReason`."""
    detail: str | None
    """Of a deleted article: what the user gave as the reason."""
    url: str | None
    site: str | None
    headline: str | None
    """None, as the fields below: the article is gone."""
    date_published: datetime | None
    in_language: str | None
    withdrawn_at: datetime | None
    merged_ids: tuple[int, ...] = ()
    """Of a `merged` article: all ids that became part of it. Whoever has a copy of these articles removes them."""

    def as_json(self) -> dict[str, Any]:
        """Return the change as one flat object; datetimes stay datetimes."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {"merged_ids": list(self.merged_ids)}


def _select_changes() -> Select[Any]:
    own = [column for column in article_changes.columns if column.name not in _FACTS]
    # An article that was deleted left its URL and site in the feed.
    facts = [
        func.coalesce(articles.c[name], article_changes.c[name]).label(name)
        if name in article_changes.c
        else articles.c[name]
        for name in _FACTS
    ]
    joined = article_changes.outerjoin(articles, articles.c.id == article_changes.c.article_id)
    query = select(*own, *facts).select_from(joined).where(article_changes.c.change_id > bindparam("since"))
    return query.order_by(article_changes.c.change_id).limit(bindparam("limit"))


_changes = _select_changes()
_of_sites = _changes.where(
    func.coalesce(articles.c.site, article_changes.c.site).in_(bindparam("sites", expanding=True))
)
_merges = select(article_merges.c.article_id, article_merges.c.merged_id).where(
    article_merges.c.article_id.in_(bindparam("ids", expanding=True))
)
_articles = select(articles).where(articles.c.id.in_(bindparam("ids", expanding=True)))
_images = (
    select(*(article_images.c[name] for name in ("article_id", "url", "caption", "credit")))
    .where(article_images.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(article_images.c.article_id, article_images.c.position)
)


def read_changes(
    connection: Connection, since: int, limit: int, sites: Collection[str] = ()
) -> Sequence[ArticleChange]:
    """Return the first *limit* changes after change *since*, in their order; with *sites* those of these sites.

    A change is visible only when all before it are, so a reader that goes on after the last `change_id` misses none.
    """
    query, values = (_of_sites, {"sites": sorted(sites)}) if sites else (_changes, {})
    rows = connection.execute(query, {"since": since, "limit": limit, **values}).all()
    merged = _get_merged_ids(connection, {row.article_id for row in rows if row.kind == Change.MERGED})
    return [_make_change(row, merged) for row in rows]


def _make_change(row: Row[Any], merged: Mapping[int, list[int]]) -> ArticleChange:
    ids = merged.get(row.article_id, ()) if row.kind == Change.MERGED else ()
    return ArticleChange(**row._mapping, merged_ids=tuple(ids))


def _get_merged_ids(connection: Connection, article_ids: Collection[int]) -> dict[int, list[int]]:
    merged: dict[int, list[int]] = {}
    if article_ids:
        for article_id, merged_id in connection.execute(_merges, {"ids": sorted(article_ids)}):
            merged.setdefault(article_id, []).append(merged_id)
    return {article_id: sorted(ids) for article_id, ids in merged.items()}


def read_articles(connection: Connection, article_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return whole articles with their images: id -> column or `images` -> value.

    Ids without an article are left out. To read them in the same state as their changes, use one transaction that is
    REPEATABLE READ on PostgreSQL.
    """
    if not article_ids:
        return {}
    ids = {"ids": sorted(article_ids)}
    found = {row["id"]: dict(row) | {"images": []} for row in connection.execute(_articles, ids).mappings()}
    for article_id, *image in connection.execute(_images, ids):
        if article_id in found:
            found[article_id]["images"].append(dict(zip(("url", "caption", "credit"), image, strict=True)))
    return found


def has_changes(connection: Connection, article_id: int) -> bool:
    """Return whether the feed has a change of this article, which may be gone."""
    query = select(article_changes.c.change_id).where(article_changes.c.article_id == article_id).limit(1)
    return connection.execute(query).first() is not None


def get_newest_change_id(connection: Connection) -> int:
    """Return the `change_id` of the last change, 0 if there is none."""
    newest: int | None = connection.execute(select(func.max(article_changes.c.change_id))).scalar_one()
    return newest or 0


@dataclass(frozen=True, slots=True)
class CursorState:
    """A named position in the change feed, and how far it is behind."""

    name: str
    change_id: int
    """The last change that was delivered."""
    created_at: datetime
    updated_at: datetime
    pending: int
    """Number of changes after it."""
    pending_since: datetime | None
    """When the first of them happened."""


def list_cursors(connection: Connection) -> list[CursorState]:
    """Return all cursors by name."""
    cursors = connection.execute(select(change_cursors).order_by(change_cursors.c.name)).all()
    return [CursorState(**row._mapping, **_get_lag(connection, row.change_id)) for row in cursors]


def find_cursor(connection: Connection, name: str) -> int | None:
    """Return the position of the cursor *name*, None if there is none."""
    position: int | None = connection.execute(
        select(change_cursors.c.change_id).where(change_cursors.c.name == name)
    ).scalar()
    return position


def _get_lag(connection: Connection, since: int) -> dict[str, Any]:
    pending = article_changes.c.change_id > since
    number = connection.execute(select(func.count()).where(pending)).scalar_one()
    first = select(article_changes.c.changed_at).where(pending).order_by(article_changes.c.change_id).limit(1)
    return {"pending": number, "pending_since": connection.execute(first).scalar()}
