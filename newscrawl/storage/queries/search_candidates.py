"""Find and score the documents that match a query, with the full-text index of each engine."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, TextClause, select, text
from sqlalchemy.exc import OperationalError

from newscrawl.exceptions import NewscrawlError
from newscrawl.search.document import PER_DAY, get_day_id
from newscrawl.search.expression import Expression
from newscrawl.search.query import SearchQuery
from newscrawl.search.ranking import score_documents
from newscrawl.storage.fts5 import format_match, unpack_lines
from newscrawl.storage.schema import articles, search_documents
from newscrawl.storage.tsvector import format_tsquery

MAX_STORY = 2_000
"""Articles of a story that are searched."""
_MAX_ID = (1 << 63) - 1
SCANNED = 1_010
"""Newest documents that are looked through on PostgreSQL before the index is asked: they suffice for common words."""
ENOUGH = 70
"""Candidates for a ranking that make the search in the index, for older ones, unnecessary."""
WINDOWS = (30_000, 300_000)
"""Numbers of newest documents that a search in PostgreSQL's index tries first, if they should have enough matches."""
SURE = 20
"""Matches are not counted if PostgreSQL estimates at least this many times the limit."""
_PROGRESS_STEPS = 10_000
"""SQLite instructions between two looks at the clock."""
_sqlite_matches = text(
    "SELECT rowid FROM search_index WHERE search_index MATCH :match AND rowid >= :first AND rowid < :end "
    "ORDER BY rowid DESC LIMIT :limit"
)
_sqlite_story_matches = text("SELECT rowid FROM search_index WHERE search_index MATCH :match AND rowid = :document")
# PostgreSQL does not know what it costs to read `terms`, which lie apart from their rows: it would rather scan
# the table in order of ids than sort what the index finds. "+ 0" keeps it from that.
_postgresql_matches = text(
    "SELECT id FROM search_documents WHERE terms @@ CAST(:match AS tsquery) AND id + 0 >= :first AND id + 0 < :end "
    "ORDER BY id + 0 DESC LIMIT :limit"
)
_postgresql_count = text(
    "SELECT count(*) FROM (SELECT 1 FROM search_documents WHERE terms @@ CAST(:match AS tsquery) "
    "AND id + 0 >= :first AND id + 0 < :end LIMIT :limit) AS found"
)
_postgresql_recent = text(
    "SELECT array_agg(id ORDER BY id DESC) FILTER (WHERE terms @@ CAST(:match AS tsquery)), "
    "array_agg(id ORDER BY id DESC) FILTER (WHERE terms @@ CAST(:headline AS tsquery)), count(*) FROM ("
    "SELECT id, terms FROM search_documents WHERE id >= :first AND id < :end ORDER BY id DESC LIMIT :scanned) AS recent"
)
_postgresql_window = text(
    "SELECT id FROM search_documents WHERE terms @@ CAST(:match AS tsquery) AND id >= :first AND id < :end "
    "ORDER BY id + 0 DESC LIMIT :limit"
)
_postgresql_window_count = text(
    "SELECT count(*) FROM (SELECT 1 FROM search_documents WHERE terms @@ CAST(:match AS tsquery) "
    "AND id >= :first AND id < :end LIMIT :limit) AS found"
)
_postgresql_window_start = text(
    "SELECT id FROM search_documents WHERE id >= :first AND id < :end ORDER BY id DESC OFFSET :size LIMIT 1"
)
_postgresql_estimate = text(
    "EXPLAIN (FORMAT JSON) SELECT 1 FROM search_documents WHERE terms @@ CAST(:match AS tsquery) "
    "AND id >= :first AND id < :end"
)
# Without index scans, PostgreSQL combines both indexes, and reads `terms` only of the rows that are in both.
_use_bitmaps, _use_all_scans = text("SET LOCAL enable_indexscan = off"), text("SET LOCAL enable_indexscan = on")
_use_index = text("SET LOCAL enable_seqscan = off")
_postgresql_story_matches = text(
    "SELECT id FROM search_documents WHERE terms @@ CAST(:match AS tsquery) AND id = ANY(:documents)"
)
_listed = text("SELECT id FROM search_documents WHERE id >= :first AND id < :end ORDER BY id DESC LIMIT :limit")
_postgresql_scores = text(
    "SELECT id, ts_rank('{0.1, 0.25, 0.25, 1}', terms, CAST(:match AS tsquery), 1) FROM search_documents "
    "WHERE id = ANY(:documents)"
)


class QueryTimeout(NewscrawlError):
    """A query took longer than its limit."""


@dataclass(frozen=True, slots=True)
class _RecentScan:
    """What the newest SCANNED documents have, without the index."""

    ids: list[int]
    """The matches, newest first."""
    in_headline: list[int]
    """Those with a word in the headline."""
    are_all: bool
    """Whether there are no older documents."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The documents that match a query; nothing is read before a method is called."""

    connection: Connection
    expression: Expression
    first: int
    end: int
    """The range of ids, by publication day."""
    story: tuple[int, ...] | None
    """The documents of the story, where the query names one."""
    _scans: dict[int, _RecentScan] = field(default_factory=dict, compare=False)

    @property
    def is_sqlite(self) -> bool:
        """Return whether the engine is SQLite, else it is PostgreSQL."""
        return self.connection.dialect.name == "sqlite"

    @property
    def is_listing(self) -> bool:
        """Return whether the full-text index is not needed."""
        return self.expression == Expression((), (), ())

    def newest(
        self, limit: int, *, before: int | None = None, in_headline: bool = False, enough: int | None = None
    ) -> list[int]:
        """Return the newest matches, newest first; with *in_headline* those with a word in the headline.

        *enough*: stop at this number where it costs less.
        """
        end = self.end if before is None else min(before, self.end)
        given: dict[str, Any] = {"first": self.first, "end": end, "limit": limit}
        if self.story is not None:
            return self._of_story([one for one in self.story if self.first <= one < end], in_headline)[:limit]
        if self.is_listing:
            return list(self.connection.execute(_listed, given).scalars())
        given["match"] = self._match(in_headline=in_headline)
        if self.is_sqlite:
            return list(self.connection.execute(_sqlite_matches, given).scalars())
        scan = self._scan_recent(end)
        recent = scan.in_headline if in_headline else scan.ids
        if scan.are_all or len(recent) >= min(limit, enough or limit):
            return recent[:limit]
        given["first"] = self._choose_first(end, limit, len(recent) / SCANNED)
        if given["first"] > self.first:
            found = self._read_window(_postgresql_window, given)
            if len(found) >= limit:
                return found
        given["first"] = self.first
        if self.first > 0:
            return self._read_window(_postgresql_window, given)
        return list(self.connection.execute(_postgresql_matches, given).scalars())

    def _choose_first(self, end: int, limit: int, frequency: float) -> int:
        """Return the first id of the smallest window that should have *limit* matches."""
        size = next((size for size in WINDOWS if size * frequency >= limit), None)
        if size is None:
            return self.first
        given = {"first": self.first, "end": end, "size": size}
        return self.connection.execute(_postgresql_window_start, given).scalar() or self.first

    def _read_window(self, query: TextClause, given: dict[str, Any]) -> list[int]:
        self.connection.execute(_use_bitmaps)
        found = list(self.connection.execute(query, given).scalars())
        self.connection.execute(_use_all_scans)
        return found

    def count(self, limit: int) -> int:
        """Return the number of matches, at most *limit*; on PostgreSQL, an estimate far above it counts as *limit*."""
        if self.is_sqlite or self.is_listing or self.story is not None:
            return len(self.newest(limit))
        scan = self._scan_recent(self.end)
        if scan.are_all or len(scan.ids) >= limit:
            return min(len(scan.ids), limit)
        given = {"first": self.first, "end": self.end, "limit": limit, "match": self._match(in_headline=False)}
        if len(scan.ids) >= ENOUGH:
            [plan] = self.connection.execute(_postgresql_estimate, given).scalar_one()
            if plan["Plan"]["Plan Rows"] >= SURE * limit:
                return limit
        if self.first > 0:
            [number] = self._read_window(_postgresql_window_count, given)
            return number
        return int(self.connection.execute(_postgresql_count, given).scalar_one())

    def _scan_recent(self, end: int) -> _RecentScan:
        if (kept := self._scans.get(end)) is not None:
            return kept
        match = self._match(in_headline=False)
        headline = self._match(in_headline=True) if self.expression.words else match
        given = {"first": self.first, "end": end, "scanned": SCANNED, "match": match, "headline": headline}
        found, in_headline, scanned = self.connection.execute(_postgresql_recent, given).one()
        scan = _RecentScan(found or [], in_headline or [], are_all=scanned < SCANNED)
        if end == self.end:
            self._scans[end] = scan
        return scan

    def score(self, ids: Sequence[int]) -> dict[int, float]:
        """Return the relevance of some matches."""
        if not ids:
            return {}
        if not self.is_sqlite:
            wanted = Expression(self.expression.words, (), ())
            given = {"match": format_tsquery(wanted), "documents": list(ids)}
            rows = self.connection.execute(_postgresql_scores, given).all()
            return {document: float(score) for document, score in rows}
        documents = select(search_documents.c.id, search_documents.c.terms).where(search_documents.c.id.in_(ids))
        texts = {row.id: unpack_lines(row.terms) for row in self.connection.execute(documents)}
        return score_documents(texts, self.expression.leaves)

    def _match(self, *, in_headline: bool) -> str:
        render = format_match if self.is_sqlite else format_tsquery
        return render(self.expression, in_headline=in_headline)

    def _of_story(self, ids: list[int], in_headline: bool) -> list[int]:
        if self.is_listing or not ids:
            return ids
        match = self._match(in_headline=in_headline)
        if self.is_sqlite:
            rows = [{"match": match, "document": one} for one in ids]
            found = {row for given in rows for row in self.connection.execute(_sqlite_story_matches, given).scalars()}
        else:
            given = {"match": match, "documents": ids}
            found = set(self.connection.execute(_postgresql_story_matches, given).scalars())
        return [one for one in ids if one in found]


def find_matches(connection: Connection, query: SearchQuery, expression: Expression) -> Matches | None:
    """Return the matches of a query, None where its period or its story cannot have any."""
    first = 0 if query.first_day is None else get_day_id(query.first_day)
    end = _MAX_ID if query.last_day is None else get_day_id(query.last_day) + PER_DAY
    story = None if query.story is None else _find_story(connection, query.story)
    if connection.dialect.name == "postgresql":
        connection.execute(_use_index)
    return None if first >= end or story == () else Matches(connection, expression, first, end, story)


def _find_story(connection: Connection, story: int) -> tuple[int, ...]:
    members = (
        select(search_documents.c.id)
        .join(articles, articles.c.id == search_documents.c.article_id)
        .where(articles.c.story_id == story)
        .order_by(search_documents.c.id.desc())
    )
    return tuple(connection.execute(members.limit(MAX_STORY)).scalars())


@contextlib.contextmanager
def limit_time(connection: Connection, seconds: float) -> Iterator[None]:
    """Interrupt queries in the block that run after *seconds*. Raises QueryTimeout.

    On PostgreSQL the limit holds for each statement, in the transaction that is open or begins in the block.
    """
    try:
        if connection.dialect.name == "sqlite":
            with _limit_sqlite(connection, seconds):
                yield
        else:
            connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
            yield
    except OperationalError as error:
        if _is_timeout(error):
            raise QueryTimeout(f"the query took longer than {seconds:g} s; make it narrower") from error
        raise


@contextlib.contextmanager
def _limit_sqlite(connection: Connection, seconds: float) -> Iterator[None]:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    deadline = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > deadline, _PROGRESS_STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def _is_timeout(error: OperationalError) -> bool:
    cause = str(error.orig)
    return "interrupted" in cause or "statement timeout" in cause
