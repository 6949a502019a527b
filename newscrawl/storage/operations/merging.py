"""Rows that turn out to be one: which stays, and what becomes of everything that names the others.

Which columns name pages and articles is read from the tables, so that a table that is added later is thought of. What
is to be done is planned from ids and dates, and done in a few statements for all rows at once; texts never leave the
database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    literal,
    select,
    update,
)

from newscrawl.dedup.changes import Change
from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.article_parts import stored_lists
from newscrawl.storage.schema import (
    Id,
    UtcDateTime,
    article_changes,
    article_merges,
    article_revisions,
    articles,
    metadata,
    pages,
)

MERGED = "same_key"
"""The reason of a page that turned out to be another one."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_TEXT = tuple(
    column.name
    for column in articles.columns
    if column.name in {field.name for field in fields(Article)} | {"withdrawn_at"} and column.name != "url_key"
)
"""What a version of an article consists of; the id, its number and what it was linked with stay."""

LISTS_AT_ONCE = 1000
_set_lists = (
    update(article_revisions)
    .where(
        article_revisions.c.article_id == bindparam("stays"),
        article_revisions.c.revision == bindparam("number"),
    )
    .values({name: bindparam(name) for name in ("authors", "keywords", "images")})
)

temporary = MetaData()
"""Tables that hold what is to be done, for the length of a transaction."""


def _to_do(name: str, *columns: Column[Any]) -> Table:
    return Table(name, temporary, *columns, prefixes=["TEMPORARY"])


def _gone() -> tuple[Column[Any], Column[Any]]:
    return Column("id", Id, primary_key=True, autoincrement=False), Column("stays", Id, nullable=False)


_gone_pages = _to_do("gone_pages", *_gone(), Column("url_key", Text, nullable=False))
_gone_articles = _to_do("gone_articles", *_gone(), Column("number", Integer, nullable=False))
_kept_texts = _to_do("kept_texts", Column("source", Id), Column("stays", Id), Column("number", Integer, nullable=False))
_newest_texts = _to_do(
    "newest_texts", Column("stays", Id, primary_key=True), Column("source", Id), Column("revision", Integer)
)


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


def plan_pages(connection: Connection, groups: Mapping[str, Sequence[int]]) -> list[int]:
    """Note the pages of each key as one; return the ids of those that become aliases.

    The page that an article was read from stays, else one that leads to an article, else the one that was fetched last.
    """
    everyone = [page_id for ids in groups.values() for page_id in ids]
    columns = select(pages.c.id, pages.c.article_id, pages.c.fetched_at)
    rows = {row.id: row for row in connection.execute(columns.where(pages.c.id.in_(everyone)))}
    read_from = set(connection.execute(select(articles.c.page_id).where(articles.c.page_id.in_(everyone))).scalars())

    def rank(page_id: int) -> tuple[Any, ...]:
        row = rows[page_id]
        return page_id in read_from, row.article_id is not None, row.fetched_at or _LONG_AGO, -page_id

    aliases: list[dict[str, Any]] = []
    for key, ids in groups.items():
        stays = max(ids, key=rank)
        aliases += [{"id": page, "stays": stays, "url_key": f"{key}#{page}"} for page in ids if page != stays]
    connection.execute(insert(_gone_pages), aliases)
    return [alias["id"] for alias in aliases]


def merge_pages(connection: Connection) -> None:
    """Do what was planned: all that names an alias names its page, and the alias keeps its row as a duplicate.

    Its key is one that no URL can have.
    """
    for table, column in references(pages, "page_id"):
        if is_part(table, column):
            connection.execute(delete(table).where(column.in_(select(_gone_pages.c.id))))
        else:
            moved = update(table).where(column == _gone_pages.c.id)
            connection.execute(moved.values({column.name: _gone_pages.c.stays}))
    stays = pages.alias("stays")
    connection.execute(
        update(pages)
        .where(pages.c.id == _gone_pages.c.id, stays.c.id == _gone_pages.c.stays)
        .values(
            url_key=_gone_pages.c.url_key,
            outcome=Outcome.DUPLICATE.value,
            reason=MERGED,
            redirects_to=stays.c.id,
            article_id=stays.c.article_id,
            next_fetch_at=None,
        )
    )


@dataclass(frozen=True, slots=True)
class Version:
    """An article's newest version, as far as it decides."""

    id: int
    revision: int
    date_downloaded: datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """How articles become one, under the id of the first."""

    source: int
    """The article whose text is the newest one."""
    revision: int
    """Its number from now on."""
    kept: tuple[tuple[int, int], ...]
    """(id, number): newest versions of articles that become older versions."""
    offsets: Mapping[int, int]
    """id -> what is added to the numbers of an article that goes."""


def merged(first: Version, others: Iterable[Version]) -> Merged:
    """Plan how *others* go into *first*: no version gets a number that another one of *first* ever had."""
    newest, number = first, first.revision
    kept: list[tuple[int, int]] = []
    offsets: dict[int, int] = {}
    for other in others:
        kept.append((newest.id, number))
        offsets[other.id] = number
        number += other.revision
        if other.date_downloaded > newest.date_downloaded:
            newest = other
        else:
            kept.append((other.id, number))
            number += 1
    return Merged(newest.id, number, tuple(kept), offsets)


def plan_articles(connection: Connection, groups: Mapping[str, Sequence[int]]) -> list[int]:
    """Note the articles of each key as one, under the oldest id; return the ids that go."""
    everyone = [article_id for ids in groups.values() for article_id in ids]
    columns = select(articles.c.id, articles.c.revision, articles.c.date_downloaded)
    versions = {row.id: Version(*row) for row in connection.execute(columns.where(articles.c.id.in_(everyone)))}
    gone, kept, newest = [], [], []
    for first, *others in map(sorted, groups.values()):
        plan = merged(versions[first], [versions[other] for other in others])
        gone += [{"id": one, "stays": first, "number": number} for one, number in plan.offsets.items()]
        kept += [{"source": source, "stays": first, "number": number} for source, number in plan.kept]
        newest.append({"stays": first, "source": plan.source, "revision": plan.revision})
    for table, rows in ((_gone_articles, gone), (_kept_texts, kept), (_newest_texts, newest)):
        connection.execute(insert(table), rows)
    return [one["id"] for one in gone]


def merge_articles(connection: Connection, now: datetime) -> None:
    """Do what was planned.

    The version that was fetched last is the article's text, and all others are kept as revisions. `article_merges`
    leads from each id that went to the one that stayed, and the feed has a change `merged`.
    """
    _keep_versions(connection)
    _move_references(connection)
    _write_newest_texts(connection)
    went = select(articles.c.id, _gone_articles.c.stays, articles.c.url, literal(now, UtcDateTime))
    went = went.join_from(articles, _gone_articles, articles.c.id == _gone_articles.c.id)
    names = ["merged_id", "article_id", "url", "merged_at"]
    connection.execute(insert(article_merges).from_select(names, went.order_by(articles.c.id)))
    connection.execute(delete(articles).where(articles.c.id.in_(select(_gone_articles.c.id))))
    changed = select(_newest_texts.c.stays, literal(Change.MERGED.value), _newest_texts.c.revision)
    names = ["article_id", "kind", "revision", "changed_at"]
    changed = changed.add_columns(literal(now, UtcDateTime)).order_by(_newest_texts.c.stays)
    connection.execute(insert(article_changes).from_select(names, changed))


def _keep_versions(connection: Connection) -> None:
    """Write the newest versions that become older ones, and put those of articles that go behind those that stay."""
    moved = update(article_revisions).where(article_revisions.c.article_id == _gone_articles.c.id)
    number = article_revisions.c.revision + _gone_articles.c.number
    connection.execute(moved.values(article_id=_gone_articles.c.stays, revision=number))
    shared = [column.name for column in article_revisions.columns if column.name in articles.columns]
    names = [name for name in shared if name != "revision"]
    texts = select(_kept_texts.c.stays, _kept_texts.c.number, *(articles.c[name] for name in names))
    texts = texts.join_from(_kept_texts, articles, articles.c.id == _kept_texts.c.source)
    connection.execute(insert(article_revisions).from_select(["article_id", "revision", *names], texts))
    kept = connection.execute(select(_kept_texts)).all()
    for some in (kept[start : start + LISTS_AT_ONCE] for start in range(0, len(kept), LISTS_AT_ONCE)):
        lists = stored_lists(connection, {row.source for row in some})
        rows = [{"stays": row.stays, "number": row.number, **lists[row.source]} for row in some]
        connection.execute(_set_lists, rows)


def _move_references(connection: Connection) -> None:
    """Let everything that names an article which goes name the one that stays; parts are those of the newest text."""
    texts = select(_newest_texts.c.source)
    of_one = select(_gone_articles.c.id).union(select(_gone_articles.c.stays)).subquery()
    discarded = select(of_one.c.id).where(of_one.c.id.not_in(texts))
    for table, column in references(articles, "article_id"):
        if table is article_revisions:
            continue
        values: dict[str, Any] = {column.name: _gone_articles.c.stays}
        if is_part(table, column):
            connection.execute(delete(table).where(column.in_(discarded)))
        elif "revision" in table.columns and table is not articles:
            values["revision"] = table.c.revision + _gone_articles.c.number
        connection.execute(update(table).where(column == _gone_articles.c.id).values(values))
    # A story is named by an article's id, so what is in the story of one that goes joins that of the one that stays.
    stays = articles.alias("stays")
    renamed = update(articles).where(articles.c.story_id == _gone_articles.c.id, stays.c.id == _gone_articles.c.stays)
    connection.execute(renamed.values(story_id=stays.c.story_id))


def _write_newest_texts(connection: Connection) -> None:
    source = articles.alias("source")
    connection.execute(
        update(articles)
        .where(
            articles.c.id == _newest_texts.c.stays,
            source.c.id == _newest_texts.c.source,
            _newest_texts.c.source != _newest_texts.c.stays,
        )
        .values({name: source.c[name] for name in _TEXT})
    )
    numbers = update(articles).where(articles.c.id == _newest_texts.c.stays)
    connection.execute(numbers.values(revision=_newest_texts.c.revision))
