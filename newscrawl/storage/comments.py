"""Comments on tables, views and columns: read from comments.toml, written to PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sqlalchemy import Connection, Table

from newscrawl.data_files import package_file, parse_document

FILE = "comments.toml"
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
Comments = Mapping[str, Mapping[str, str]]
"""Table -> names of columns, separated by commas, or "" for the table -> comment in Markdown."""


@lru_cache(maxsize=1)
def load_comments() -> Comments:
    """Return the comments as they are in the file."""
    return parse_document(package_file(FILE, "newscrawl.storage"), FILE)


def add_comments(tables: Iterable[Table], *, inherit: Table | None = None) -> None:
    """Set the comments of *tables* and their columns; columns without one have that of the same column of *inherit*."""
    for table in tables:
        for names, comment in load_comments().get(table.name, {}).items():
            plain = _LINK.sub(r"\1", comment)
            if not names:
                table.comment = plain
            for name in filter(None, names.split(", ")):
                table.columns[name].comment = plain
        if inherit is not None:
            for column in table.columns:
                column.comment = column.comment or inherit.columns[column.name].comment


def write_comments(connection: Connection, tables: Iterable[Table], views: Iterable[Table]) -> None:
    """Write the comments to PostgreSQL where they differ; SQLite has none."""
    if connection.dialect.name == "postgresql":
        statements = [statement for statement, _ in _find_changes(connection, tables, views)]
        if statements:
            connection.exec_driver_sql(";\n".join(statements))


def find_different_comments(connection: Connection, tables: Iterable[Table], views: Iterable[Table]) -> Iterator[str]:
    """Yield which tables, views and columns have another comment in PostgreSQL; nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        yield from (f"comment of {name} differs" for _, name in _find_changes(connection, tables, views))


def _find_changes(connection: Connection, tables: Iterable[Table], views: Iterable[Table]) -> Iterator[tuple[str, str]]:
    """Yield a statement, and what it is about, for each comment that differs, where its table and column exist."""
    stored = _stored_comments(connection)
    for kind, group in (("TABLE", tables), ("VIEW", views)):
        for table in group:
            if table.comment and stored.get((table.name, None), table.comment) != table.comment:
                yield f"COMMENT ON {kind} {table.name} IS {_quote(table.comment)}", table.name
            for column in table.columns:
                if column.comment and stored.get((table.name, column.name), column.comment) != column.comment:
                    name = f"{table.name}.{column.name}"
                    yield f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_quote(column.comment)}', name


def _stored_comments(connection: Connection) -> dict[tuple[str, str | None], str | None]:
    """Return the comments in PostgreSQL by table and column (None: the table); columns without one have None."""
    query = """
    SELECT c.relname, NULL, obj_description(c.oid, 'pg_class') FROM pg_class c
    WHERE c.relkind IN ('r', 'v', 'p') AND c.relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT c.relname, a.attname, col_description(c.oid, a.attnum) FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'v', 'p') AND c.relnamespace = current_schema()::regnamespace
    """
    return {(table, column): comment for table, column, comment in connection.exec_driver_sql(query)}


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
