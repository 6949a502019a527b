"""The search index: kept in the transactions that write articles, and filled or rebuilt in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, insert, select, text, update

from newscrawl.search.analysis import SEARCH_VERSION
from newscrawl.search.document import (
    IndexedArticle,
    SearchDocument,
    SearchTokens,
    get_first_id,
    get_id_ranges,
    make_document,
)
from newscrawl.storage.advisory_lock import lock_article_writes
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.fts5 import COLUMNS, join_fields, pack, unpack
from newscrawl.storage.schema import article_authors, articles, search_documents, search_state
from newscrawl.storage.tsvector import format_tsvector

FILL_BATCH = 100
"""Articles in a transaction that fills the index; a crawl waits for it."""
MAX_IDS = 500
"""Ids in one statement."""

_COLUMNS = tuple(one.name for one in fields(IndexedArticle) if one.name != "authors")
_indexed = select(*(articles.c[name] for name in _COLUMNS)).where(
    articles.c.id.in_(bindparam("ids", expanding=True)), articles.c.withdrawn_at.is_(None)
)
_authors = (
    select(article_authors.c.article_id, article_authors.c.name)
    .where(article_authors.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(article_authors.c.article_id, article_authors.c.position)
)
_documents = search_documents.c
_stored = select(_documents.id, _documents.article_id).where(
    _documents.article_id.in_(bindparam("ids", expanding=True))
)
_stored_terms = _stored.add_columns(_documents.terms)
_used_ids = select(_documents.id).where(_documents.id.in_(bindparam("ids", expanding=True)))
_largest_between = select(func.max(_documents.id)).where(
    _documents.id >= bindparam("first"), _documents.id < bindparam("end")
)
_remove = delete(search_documents).where(_documents.id == bindparam("document"))
_fts_names = ", ".join(COLUMNS)
_fts_values = ":headline, :description, :authors, :body, :facets"
_fts_insert = text(f"INSERT INTO search_index (rowid, {_fts_names}) VALUES (:document, {_fts_values})")
_fts_delete = text(
    f"INSERT INTO search_index (search_index, rowid, {_fts_names}) VALUES ('delete', :document, {_fts_values})"
)


KnownArticle = tuple[IndexedArticle, SearchTokens]
"""The columns of an article, and the tokens of its text."""


@dataclass(frozen=True, slots=True)
class FillState:
    """How far the index is filled."""

    version: int
    filled_to: int | None
    """Articles up to this id are indexed; None where all are."""

    @property
    def is_complete(self) -> bool:
        """Return whether searches find every article."""
        return self.version == SEARCH_VERSION and self.filled_to is None


def index_articles(
    connection: Connection, article_ids: Collection[int], known: Mapping[int, KnownArticle] | None = None
) -> None:
    """Bring the index in line with the rows of *article_ids*, which may be new, changed, withdrawn or deleted.

    *known* are articles that need not be read again: id -> their columns, and their tokens.
    """
    ordered = sorted(set(article_ids))
    for start in range(0, len(ordered), MAX_IDS):
        _index(connection, ordered[start : start + MAX_IDS], known or {})


def unindex_articles(connection: Connection, article_ids: Collection[int]) -> None:
    """Remove articles from the index; their rows may be deleted before or after."""
    ordered = sorted(set(article_ids))
    for start in range(0, len(ordered), MAX_IDS):
        _remove_documents(connection, _find_stored(connection, ordered[start : start + MAX_IDS]))


def get_fill_state(connection: Connection) -> FillState:
    """Return which version made the index, and how far it is filled."""
    columns = (search_state.c.version, search_state.c.filled_to)
    row = connection.execute(select(*columns)).one_or_none()
    return FillState(0, 0) if row is None else FillState(row.version, row.filled_to)


def is_fill_interrupted(engine: Engine) -> bool:
    """Return whether an index of this version is being filled, or the process that filled it has stopped."""
    with connect_for_reading(engine) as connection:
        state = get_fill_state(connection)
    return state.version == SEARCH_VERSION and state.filled_to is not None


def fill_index(engine: Engine, *, restart: bool = False, report: Callable[[int], None] | None = None) -> int:
    """Index all articles that are not indexed by this version; return their number.

    Each batch is a transaction of its own, so that crawls go on, and an interrupted run is continued by the next one.
    With *restart* the index is emptied first. *report* gets the number of articles so far.
    """
    with engine.begin() as connection:
        state = get_fill_state(connection)
        if restart or state.version != SEARCH_VERSION:
            _clear(connection)
        elif state.filled_to is None:
            return 0
    number = 0
    while indexed := _fill_batch(engine):
        number += indexed
        if report is not None:
            report(number)
    return number


def _fill_batch(engine: Engine) -> int:
    with engine.begin() as connection:
        lock_article_writes(connection)
        after = get_fill_state(connection).filled_to
        if after is None:
            return 0
        next_ids = select(articles.c.id).where(articles.c.id > after).order_by(articles.c.id).limit(FILL_BATCH)
        ids = list(connection.execute(next_ids).scalars())
        index_articles(connection, ids)
        connection.execute(update(search_state).values(filled_to=ids[-1] if ids else None))
        return len(ids)


def _clear(connection: Connection) -> None:
    lock_article_writes(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
    connection.execute(delete(search_documents))
    connection.execute(delete(search_state))
    connection.execute(insert(search_state).values(id=1, version=SEARCH_VERSION, filled_to=0))


def _index(connection: Connection, ids: Sequence[int], known: Mapping[int, KnownArticle]) -> None:
    # Held already where articles are written; here it keeps two transactions from taking the same id.
    lock_article_writes(connection)
    stored = {row.article_id: row for row in _find_stored(connection, ids)}
    removed = dict(stored)
    added: list[tuple[int, IndexedArticle, SearchDocument]] = []
    read = [(get_first_id(article), article, tokens) for article, tokens in _iter_articles(connection, ids, known)]
    used = set(connection.execute(_used_ids, {"ids": [first for first, _, _ in read]}).scalars())
    for first, article, tokens in read:
        document, old, ranges = make_document(article, tokens), stored.get(article.id), get_id_ranges(first)
        is_in_place = old is not None and any(old.id in ids for ids in ranges)
        if old is not None and is_in_place and getattr(old, "terms", None) == pack(document):
            del removed[article.id]
            continue
        document_id = old.id if old is not None and is_in_place else _choose_id(connection, ranges, used)
        used.add(document_id)
        added.append((document_id, article, document))
    _remove_documents(connection, list(removed.values()))
    _add_documents(connection, sorted(added, key=lambda one: one[0]))


def _iter_articles(
    connection: Connection, ids: Sequence[int], known: Mapping[int, KnownArticle]
) -> Iterator[tuple[IndexedArticle, SearchTokens | None]]:
    unknown = [one for one in ids if one not in known]
    yield from (known[one] for one in ids if one in known)
    yield from ((article, None) for article in (_read_articles(connection, unknown) if unknown else ()))


def _read_articles(connection: Connection, ids: Sequence[int]) -> Iterator[IndexedArticle]:
    names: dict[int, list[str]] = defaultdict(list)
    for article_id, name in connection.execute(_authors, {"ids": ids}):
        names[article_id].append(name)
    for row in connection.execute(_indexed, {"ids": ids}).all():
        yield IndexedArticle(**row._mapping, authors=tuple(names[row.id]))


def _find_stored(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    query = _stored_terms if connection.dialect.name == "sqlite" else _stored
    return connection.execute(query, {"ids": ids}).all()


def _choose_id(connection: Connection, ranges: Sequence[range], used: Collection[int]) -> int:
    """Return a free id of the first of *ranges* that has one. Raises ValueError where all are full.

    *used* are ids of the batch, and those first ids of its articles that are in use: most are free.
    """
    if ranges[0].start not in used:
        return ranges[0].start
    for ids in ranges:
        largest = connection.execute(_largest_between, {"first": ids.start, "end": ids.stop}).scalar()
        chosen = ids.start if largest is None else largest + 1
        while chosen in used:
            chosen += 1
        if chosen in ids:
            return chosen
    raise ValueError("the search index has no free id for another article of this day")


def _remove_documents(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        ordered = sorted(rows, key=lambda row: row.id)
        connection.execute(_fts_delete, [{"document": row.id, **unpack(row.terms)} for row in ordered])
    connection.execute(_remove, [{"document": row.id} for row in rows])


def _add_documents(connection: Connection, added: Sequence[tuple[int, IndexedArticle, SearchDocument]]) -> None:
    if not added:
        return
    is_sqlite = connection.dialect.name == "sqlite"
    rows = [
        {
            "id": document_id,
            "article_id": article.id,
            "site": article.site,
            "in_language": article.in_language,
            "article_section": article.article_section,
            "terms": pack(document) if is_sqlite else format_tsvector(document),
        }
        for document_id, article, document in added
    ]
    connection.execute(insert(search_documents), rows)
    if is_sqlite:
        connection.execute(_fts_insert, [{"document": one, **join_fields(document)} for one, _, document in added])
