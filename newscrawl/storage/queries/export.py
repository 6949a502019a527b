"""Read articles for an export: all columns, one state of the database, in constant memory.

Rows come from the driver as they are: loading a million of them as objects would take several times as long.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import Boolean, Column, Connection, Date, Engine, Float, Integer, Select, func, select

from newscrawl.export.columns import IS_JSON, ColumnKind, ExportColumn, Row
from newscrawl.export.writers import FORMULA_STARTS, Format
from newscrawl.search.query import SearchQuery
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.search import find_article_ids
from newscrawl.storage.schema import articles
from newscrawl.storage.views import ViewDateTime, articles_current

BATCH = 200
"""Articles that are looked up at once, and rows that PostgreSQL sends at once."""
_LEFT_OUT = {"published_epoch"}
"""Columns of the view that only repeat others."""
_JSON: Final = {"authors": ColumnKind.STRINGS, "keywords": ColumnKind.STRINGS, "disagreements": ColumnKind.STRINGS} | {
    "images": ColumnKind.IMAGES,
    "sources": ColumnKind.JSON,
}


def _get_kind(column: Column[Any]) -> ColumnKind:
    if column.name in _JSON:
        return _JSON[column.name]
    kinds = (
        (ViewDateTime, ColumnKind.TIME),
        (Date, ColumnKind.DAY),
        (Boolean, ColumnKind.BOOLEAN),
        (Float, ColumnKind.NUMBER),
        (Integer, ColumnKind.INTEGER),
    )
    return next((kind for type_, kind in kinds if isinstance(column.type, type_)), ColumnKind.TEXT)


COLUMNS: Final = tuple(
    ExportColumn(one.name, _get_kind(one)) for one in articles_current.columns if one.name not in _LEFT_OUT
)
"""The columns of an export: those of the view `articles_current`."""


@dataclass(frozen=True, slots=True)
class ExportSelection:
    """Which articles are exported. Withdrawn ones are not."""

    sites: tuple[str, ...] = ()
    """Any of them; empty for all."""
    since: date | None = None
    """First publication day, by the publisher's calendar."""
    until: date | None = None
    """Last publication day."""
    query: SearchQuery | None = None
    """What else they must match; None for everything."""
    by_day: bool = False
    """Whether the articles come in the order of their days, and not in that of their ids."""

    @property
    def is_everything(self) -> bool:
        return self == ExportSelection()


@contextmanager
def open_snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the database, whatever a crawl writes meanwhile."""
    with connect_for_reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def count_articles(connection: Connection, selection: ExportSelection) -> int:
    """Return about how many articles are exported: the withdrawn ones count, as their rows would have to be read."""
    if selection.is_everything:
        return connection.execute(select(func.count()).select_from(articles)).scalar_one()
    if selection.query is not None:
        return sum(1 for _ in _find_ids(connection, selection))
    return connection.execute(select(func.count()).select_from(_select_ids(selection).subquery())).scalar_one()


def read_rows(connection: Connection, selection: ExportSelection) -> Generator[Row, None, None]:
    """Yield a row of COLUMNS for each article; close the generator before the connection."""
    if selection.is_everything:
        yield from _read(connection, _list_columns(connection), "ORDER BY id")
        return
    ids = _find_ids(connection, selection)
    while batch := list(islice(ids, BATCH)):
        yield from read_articles(connection, batch)


def read_lines(connection: Connection, form: Format, *, raw_cells: bool = False) -> Generator[bytes, None, None]:
    """Yield the lines of JSONL or CSV for all articles: what its writer writes for `read_rows`, made by the database.

    Without a Python object for each value it takes half of the time.
    """
    dialect = connection.dialect.name
    is_json = form is Format.JSONL
    line = _make_json_line(dialect) if is_json else _make_csv_line(dialect, raw_cells=raw_cells)
    end = b"\n" if is_json else b"\r\n"
    template = "CAST({0} AS BLOB)" if dialect == "sqlite" else "CAST({0} AS text)"
    for (text,) in _read(connection, template.format(line), "ORDER BY id"):
        yield text + end if isinstance(text, bytes) else text.encode() + end


def _make_json_line(dialect: str) -> str:
    casts = _JSON_CASTS[dialect]
    pairs = ", ".join(f"'{one.name}', {casts.get(one.kind, '{0}').format(one.name)}" for one in COLUMNS)
    return f"{_JSON_OBJECT[dialect]}({pairs})"


def _make_csv_line(dialect: str, *, raw_cells: bool) -> str:
    code = {"sqlite": "char", "postgresql": "chr"}[dialect]
    starts = ", ".join(f"{code}({ord(one)})" for one in FORMULA_STARTS)
    casts = _CASTS if dialect == "postgresql" else {}
    values = []
    for one in COLUMNS:
        value = f"CAST({casts.get(one.kind, '{0}').format(one.name)} AS text)"
        if one.kind is ColumnKind.BOOLEAN:
            value = f"CASE WHEN {one.name} THEN 'true' WHEN NOT {one.name} THEN 'false' END"
        elif one.kind is ColumnKind.TEXT or one.kind in IS_JSON:
            quoted = f"""replace({value}, '"', '""') || '"'"""
            mark = f"""CASE WHEN substr({value}, 1, 1) IN ({starts}) THEN '"''' ELSE '"' END"""
            value = f"{mark} || {quoted}" if one.kind is ColumnKind.TEXT and not raw_cells else f"""'"' || {quoted}"""
        values.append(f"COALESCE({value}, '')")
    return " || ',' || ".join(values)


def read_articles(connection: Connection, ids: Sequence[int]) -> Iterator[Row]:
    """Yield the rows of these articles in the order of *ids*; without those that are not current."""
    # Integers only: safe in SQL, and the drivers would spell a list in different ways.
    condition = f"WHERE id IN ({','.join(map(str, map(int, ids)))})"
    rows = {row[0]: row for row in _read(connection, _list_columns(connection), condition)}
    yield from (rows[key] for key in ids if key in rows)


def _find_ids(connection: Connection, selection: ExportSelection) -> Iterator[int]:
    """Yield the ids of the articles, in the order of the export."""
    if selection.query is None:
        options = {"stream_results": True, "yield_per": BATCH}
        yield from connection.execution_options(**options).execute(_select_ids(selection)).scalars()
        return
    found = find_article_ids(connection, selection.query)
    rows: list[Any] = []
    wanted = _select_ids(selection).add_columns(articles.c.date_published_day)
    while batch := list(islice(found, BATCH)):
        rows += connection.execute(wanted.where(articles.c.id.in_(batch))).all()
    # Ids and days only: a million of them take some 100 MB, and the articles come in an order of their own.
    rows.sort(key=lambda row: ((row[1] or date.min) if selection.by_day else date.min, row[0]))
    yield from (row[0] for row in rows)


def _select_ids(selection: ExportSelection) -> Select[int]:
    day = articles.c.date_published_day
    query = select(articles.c.id)
    if selection.sites:
        query = query.where(articles.c.site.in_(selection.sites))
    if selection.since is not None:
        query = query.where(day >= selection.since)
    if selection.until is not None:
        query = query.where(day <= selection.until)
    return query.order_by(day, articles.c.id) if selection.by_day else query.order_by(articles.c.id)


def _read(connection: Connection, columns: str, condition: str) -> Iterator[Row]:
    """Yield rows of the view as the driver returns them."""
    dialect = connection.dialect.name
    sql = f"SELECT {columns} FROM {articles_current.name} {condition}"
    driver: Any = connection.connection.driver_connection
    if dialect == "sqlite":
        yield from driver.execute(sql)
        return
    # A cursor without a name would load all rows before the first one.
    with driver.cursor(name="export") as cursor:
        cursor.itersize = BATCH
        cursor.execute(sql)
        yield from cursor


_CASTS = {
    ColumnKind.TIME: """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
    ColumnKind.DAY: "CAST({0} AS text)",
    **dict.fromkeys(IS_JSON, "CAST({0} AS text)"),
}
"""How PostgreSQL returns what SQLite's view has as text already."""


_JSON_OBJECT = {"sqlite": "json_object", "postgresql": "json_build_object"}
_JSON_CASTS = {
    "sqlite": {
        ColumnKind.BOOLEAN: "json(CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END)",
        **dict.fromkeys(IS_JSON, "json({0})"),
    },
    "postgresql": {ColumnKind.TIME: _CASTS[ColumnKind.TIME]},
}
"""How the values of a JSON object are made."""


def _list_columns(connection: Connection) -> str:
    casts = _CASTS if connection.dialect.name == "postgresql" else {}
    return ", ".join(casts.get(one.kind, "{0}").format(one.name) for one in COLUMNS)
