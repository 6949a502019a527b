"""Merging pages or articles whose URL keys have become equal, and redirecting everything that refers to them.

The columns that refer to pages and articles are found in the schema, so that a table added later is included. A merge
is planned from ids and dates in temporary tables and done in a few statements for all rows; texts never leave the
database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
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
from newscrawl.storage.operations.search_index import index_articles, unindex_articles
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
from newscrawl.text.moments import LONG_AGO

MERGED = "merged"
"""The reason of a page that was merged into another one."""

_VERSION_COLUMNS = tuple(
    column.name
    for column in articles.columns
    if column.name in {field.name for field in fields(Article)} | {"withdrawn_at", "word_count"}
    and column.name != "url_key"
)
"""The columns of a version of an article; id, revision number and story cluster are not part of it."""

LIST_BATCH = 1000
_set_lists = (
    update(article_revisions)
    .where(
        article_revisions.c.article_id == bindparam("target"),
        article_revisions.c.revision == bindparam("number"),
    )
    .values({name: bindparam(name) for name in ("authors", "keywords", "images")})
)

temporary = MetaData()
"""Tables that hold the plan, for the duration of a transaction."""


def _plan_table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, temporary, *columns, prefixes=["TEMPORARY"])


def _merge_columns() -> tuple[Column[Any], Column[Any]]:
    return Column("id", Id, primary_key=True, autoincrement=False), Column("target", Id, nullable=False)


_merged_pages = _plan_table("merged_pages", *_merge_columns(), Column("url_key", Text, nullable=False))
_merged_articles = _plan_table("merged_articles", *_merge_columns(), Column("number", Integer, nullable=False))
_kept_versions = _plan_table(
    "kept_versions", Column("source", Id), Column("target", Id), Column("number", Integer, nullable=False)
)
_newest_versions = _plan_table(
    "newest_versions", Column("target", Id, primary_key=True), Column("source", Id), Column("revision", Integer)
)


def references(target: Table, name: str) -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every column that holds ids of *target*, by its foreign key or its *name*."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name == name or any(key.column is target.c.id for key in column.foreign_keys):
                yield table, column


def is_part(table: Table, column: Column[Any]) -> bool:
    """Return whether *table* holds parts of the row that *column* refers to: the column is in a unique key."""
    constraints = [set(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [set(index.columns) for index in table.indexes if index.unique]
    return column.primary_key or any(column in columns for columns in constraints + indexes)


def plan_pages(connection: Connection, groups: Mapping[str, Sequence[int]]) -> list[int]:
    """Plan to merge the pages of each key; return the ids of those that become aliases.

    The target is the page that an article was extracted from, else one that points to an article, else one whose
    article was deleted, else the one fetched last.
    """
    ids_of_all = [page_id for ids in groups.values() for page_id in ids]
    columns = select(pages.c.id, pages.c.article_id, pages.c.fetched_at, pages.c.outcome)
    rows = {row.id: row for row in connection.execute(columns.where(pages.c.id.in_(ids_of_all)))}
    with_article = set(
        connection.execute(select(articles.c.page_id).where(articles.c.page_id.in_(ids_of_all))).scalars()
    )

    def rank(page_id: int) -> tuple[Any, ...]:
        row = rows[page_id]
        is_deleted, is_followed = row.outcome == Outcome.DELETED, row.outcome != Outcome.NOT_FOLLOWED
        has_article = page_id in with_article, row.article_id is not None
        return *has_article, is_deleted, row.fetched_at or LONG_AGO, is_followed, -page_id

    aliases: list[dict[str, Any]] = []
    for key, ids in groups.items():
        target = max(ids, key=rank)
        aliases += [{"id": page, "target": target, "url_key": f"{key}#{page}"} for page in ids if page != target]
    connection.execute(insert(_merged_pages), aliases)
    return [alias["id"] for alias in aliases]


def merge_pages(connection: Connection) -> None:
    """Carry out the plan: references to an alias are moved to the target, and the alias is kept as a duplicate.

    An alias gets a key that no URL can have.
    """
    for table, column in references(pages, "page_id"):
        if is_part(table, column):
            connection.execute(delete(table).where(column.in_(select(_merged_pages.c.id))))
        else:
            moved = update(table).where(column == _merged_pages.c.id)
            connection.execute(moved.values({column.name: _merged_pages.c.target}))
    target = pages.alias("target")
    connection.execute(
        update(pages)
        .where(pages.c.id == _merged_pages.c.id, target.c.id == _merged_pages.c.target)
        .values(
            url_key=_merged_pages.c.url_key,
            outcome=Outcome.DUPLICATE.value,
            reason=MERGED,
            redirects_to=target.c.id,
            article_id=target.c.article_id,
            next_fetch_at=None,
        )
    )


@dataclass(frozen=True, slots=True)
class MergeVersion:
    """What of an article's newest version decides how it is merged."""

    id: int
    revision: int
    date_downloaded: datetime


@dataclass(frozen=True, slots=True)
class MergePlan:
    """How articles are merged under the id of the first."""

    source: int
    """The article with the newest text."""
    revision: int
    """The number of that version after the merge."""
    kept: tuple[tuple[int, int], ...]
    """(id, number): articles whose current version becomes an older one."""
    offsets: Mapping[int, int]
    """Merged article -> what is added to its revision numbers."""


def plan_merge(first: MergeVersion, others: Iterable[MergeVersion]) -> MergePlan:
    """Plan to merge *others* into *first*; no version gets a revision number that *first* has used before."""
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
    return MergePlan(newest.id, number, tuple(kept), offsets)


def plan_articles(connection: Connection, groups: Mapping[str, Sequence[int]]) -> list[int]:
    """Plan to merge the articles of each key under the oldest id; return the ids of the others."""
    ids_of_all = [article_id for ids in groups.values() for article_id in ids]
    columns = select(articles.c.id, articles.c.revision, articles.c.date_downloaded)
    versions = {row.id: MergeVersion(*row) for row in connection.execute(columns.where(articles.c.id.in_(ids_of_all)))}
    merged, kept, newest = [], [], []
    for first, *others in map(sorted, groups.values()):
        plan = plan_merge(versions[first], [versions[other] for other in others])
        merged += [{"id": one, "target": first, "number": number} for one, number in plan.offsets.items()]
        kept += [{"source": source, "target": first, "number": number} for source, number in plan.kept]
        newest.append({"target": first, "source": plan.source, "revision": plan.revision})
    for table, rows in ((_merged_articles, merged), (_kept_versions, kept), (_newest_versions, newest)):
        connection.execute(insert(table), rows)
    return [one["id"] for one in merged]


def merge_articles(connection: Connection, now: datetime) -> None:
    """Carry out the plan.

    The version that was fetched last becomes the article's text, all others are kept as revisions. `article_merges`
    maps each merged id to its target, and the change feed gets a row `merged`.
    """
    targets = select(_merged_articles.c.target).distinct()
    target_ids = list(connection.execute(targets).scalars())
    merged_ids = list(connection.execute(select(_merged_articles.c.id)).scalars())
    # Before their rows are gone: on SQLite they are also in a virtual table.
    unindex_articles(connection, [*target_ids, *merged_ids])
    _keep_versions(connection)
    _move_references(connection)
    _write_newest_versions(connection)
    merged = select(articles.c.id, _merged_articles.c.target, articles.c.url, literal(now, UtcDateTime))
    merged = merged.join_from(articles, _merged_articles, articles.c.id == _merged_articles.c.id)
    names = ["merged_id", "article_id", "url", "merged_at"]
    connection.execute(insert(article_merges).from_select(names, merged.order_by(articles.c.id)))
    connection.execute(delete(articles).where(articles.c.id.in_(select(_merged_articles.c.id))))
    changed = select(_newest_versions.c.target, literal(Change.MERGED.value), _newest_versions.c.revision)
    names = ["article_id", "kind", "revision", "changed_at"]
    changed = changed.add_columns(literal(now, UtcDateTime)).order_by(_newest_versions.c.target)
    connection.execute(insert(article_changes).from_select(names, changed))
    index_articles(connection, target_ids)


def _keep_versions(connection: Connection) -> None:
    """Store current versions that become older ones, and append the revisions of merged articles to their targets."""
    moved = update(article_revisions).where(article_revisions.c.article_id == _merged_articles.c.id)
    number = article_revisions.c.revision + _merged_articles.c.number
    connection.execute(moved.values(article_id=_merged_articles.c.target, revision=number))
    shared = [column.name for column in article_revisions.columns if column.name in articles.columns]
    names = [name for name in shared if name != "revision"]
    texts = select(_kept_versions.c.target, _kept_versions.c.number, *(articles.c[name] for name in names))
    texts = texts.join_from(_kept_versions, articles, articles.c.id == _kept_versions.c.source)
    connection.execute(insert(article_revisions).from_select(["article_id", "revision", *names], texts))
    kept = connection.execute(select(_kept_versions)).all()
    for some in (kept[start : start + LIST_BATCH] for start in range(0, len(kept), LIST_BATCH)):
        lists = stored_lists(connection, {row.source for row in some})
        rows = [{"target": row.target, "number": row.number, **lists[row.source]} for row in some]
        connection.execute(_set_lists, rows)


def _move_references(connection: Connection) -> None:
    """Move references to merged articles to their targets; parts are kept of the newest version only."""
    texts = select(_newest_versions.c.source)
    involved = select(_merged_articles.c.id).union(select(_merged_articles.c.target)).subquery()
    discarded = select(involved.c.id).where(involved.c.id.not_in(texts))
    for table, column in references(articles, "article_id"):
        if table is article_revisions:
            continue
        values: dict[str, Any] = {column.name: _merged_articles.c.target}
        if is_part(table, column):
            connection.execute(delete(table).where(column.in_(discarded)))
        elif "revision" in table.columns and table is not articles:
            values["revision"] = table.c.revision + _merged_articles.c.number
        connection.execute(update(table).where(column == _merged_articles.c.id).values(values))
    # Story clusters have the id of an article: the cluster of a merged article joins that of its target.
    target = articles.alias("target")
    renamed = update(articles).where(
        articles.c.story_id == _merged_articles.c.id, target.c.id == _merged_articles.c.target
    )
    connection.execute(renamed.values(story_id=target.c.story_id))


def _write_newest_versions(connection: Connection) -> None:
    source = articles.alias("source")
    connection.execute(
        update(articles)
        .where(
            articles.c.id == _newest_versions.c.target,
            source.c.id == _newest_versions.c.source,
            _newest_versions.c.source != _newest_versions.c.target,
        )
        .values({name: source.c[name] for name in _VERSION_COLUMNS})
    )
    numbers = update(articles).where(articles.c.id == _newest_versions.c.target)
    connection.execute(numbers.values(revision=_newest_versions.c.revision))
