"""Two rows that turn out to be one: which stays, and what becomes of everything that names the other.

Which columns name pages and articles is read from the tables, so that a table that is added later is thought of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, UniqueConstraint, bindparam, delete, insert, select, update

from newscrawl.freshness import Change
from newscrawl.items import Article, Outcome
from newscrawl.storage.schema import article_changes, article_merges, article_revisions, articles, metadata, pages

SAME_KEY = "same_key"
"""The reason of a page that turned out to be another one."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_TEXT = tuple(
    column.name
    for column in articles.columns
    if column.name in {field.name for field in fields(Article)} | {"withdrawn_at"} and column.name != "key"
)
"""What a version of an article consists of; the id, its number and what it was linked with stay."""


def references(target: Table, name: str) -> Iterator[tuple[Table, Column[Any]]]:
    """Give every column that holds ids of *target*: by its foreign key, or by its *name*."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name == name or any(key.column is target.c.id for key in column.foreign_keys):
                yield table, column


def is_part(table: Table, column: Column[Any]) -> bool:
    """Tell whether *table* holds parts of what *column* names: its rows are told apart by it."""
    constraints = [set(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [set(index.columns) for index in table.indexes if index.unique]
    return column.primary_key or any(column in columns for columns in constraints + indexes)


def merge_pages(connection: Connection, groups: Mapping[str, Sequence[int]]) -> list[int]:
    """Make the pages of each key one; return the ids of those that became aliases.

    The page that an article was read from stays, else one that leads to an article, else the one that was fetched
    last. The others keep their row, as duplicates that lead to it, under keys that no URL can have.
    """
    everyone = [page_id for ids in groups.values() for page_id in ids]
    rows = {row.id: row for row in connection.execute(_pages.where(pages.c.id.in_(everyone)))}
    read_from = set(connection.execute(select(articles.c.page_id).where(articles.c.page_id.in_(everyone))).scalars())

    def rank(page_id: int) -> tuple[Any, ...]:
        row = rows[page_id]
        return page_id in read_from, row.article_id is not None, row.fetched_at or _LONG_AGO, -page_id

    aliases = []
    for key, ids in groups.items():
        stays = max(ids, key=rank)
        aliases += [
            {"alias": other, "stays": stays, "alias_key": f"{key}#{other}", "article": rows[stays].article_id}
            for other in ids
            if other != stays
        ]
    for table, column in references(pages, "page_id"):
        of_alias = column == bindparam("alias")
        if is_part(table, column):
            connection.execute(delete(table).where(of_alias), aliases)
        else:
            connection.execute(update(table).where(of_alias).values({column.name: bindparam("stays")}), aliases)
    connection.execute(_become_alias, aliases)
    return [alias["alias"] for alias in aliases]


_pages = select(pages.c.id, pages.c.article_id, pages.c.fetched_at)
_become_alias = (
    update(pages)
    .where(pages.c.id == bindparam("alias"))
    .values(
        key=bindparam("alias_key"),
        outcome=Outcome.DUPLICATE.value,
        reason=SAME_KEY,
        redirects_to=bindparam("stays"),
        article_id=bindparam("article", type_=pages.c.article_id.type),
        next_visit_at=None,
    )
)


def merge_articles(connection: Connection, stays: int, goes: int, now: datetime) -> None:
    """Make two articles one, under the id *stays*.

    The version that was fetched last is the article's text; all others of both are kept as revisions, those of *stays*
    under their numbers, those of *goes* behind them. `article_merges` leads from the id that went to the one that
    stayed, and the feed has a change `merged`.
    """
    old, other = (connection.execute(select(articles).where(articles.c.id == one)).one() for one in (stays, goes))
    is_newer = other.date_downloaded > old.date_downloaded
    number = old.revision
    _keep_version(connection, stays, old, number)
    connection.execute(
        update(article_revisions)
        .where(article_revisions.c.article_id == goes)
        .values(article_id=stays, revision=article_revisions.c.revision + number)
    )
    newest = number + other.revision
    if not is_newer:
        _keep_version(connection, stays, other, newest)
        newest += 1
    _move_references(connection, stays, goes, number, parts=is_newer)
    text = {name: other._mapping[name] for name in _TEXT} if is_newer else {}
    connection.execute(delete(articles).where(articles.c.id == goes))
    connection.execute(update(articles).where(articles.c.id == stays).values(**text, revision=newest))
    connection.execute(
        insert(article_merges), {"merged_id": goes, "article_id": stays, "url": other.url, "merged_at": now}
    )
    change = {"article_id": stays, "kind": Change.MERGED.value, "revision": newest, "changed_at": now}
    connection.execute(insert(article_changes), change)


def _keep_version(connection: Connection, article_id: int, row: Any, number: int) -> None:
    names = [column.name for column in article_revisions.columns if column.name in row._fields]
    kept = {name: row._mapping[name] for name in names}
    connection.execute(insert(article_revisions), kept | {"article_id": article_id, "revision": number})


def _move_references(connection: Connection, stays: int, goes: int, number: int, *, parts: bool) -> None:
    """Let everything that names the one name the other. Of *parts*, only one article's can stay: those of the text."""
    for table, column in references(articles, "article_id"):
        if table is article_revisions:
            continue
        values: dict[str, Any] = {column.name: stays}
        if is_part(table, column):
            connection.execute(delete(table).where(column == (stays if parts else goes)))
        elif "revision" in table.columns and table is not articles:
            values["revision"] = table.c.revision + number
        connection.execute(update(table).where(column == goes).values(values))
