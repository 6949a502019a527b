"""Create and check what no migration has: views, comments, and the indexes that only one engine has."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import ProgrammingError

from newscrawl.storage.comments import find_different_comments, write_comments
from newscrawl.storage.schema import metadata
from newscrawl.storage.views import INDEXES, VIEWS, View


def create_derived(connection: Connection) -> None:
    """Create the views and indexes that are missing, replace the views that differ from the code's, write comments."""
    dialect = connection.dialect.name
    for name, target in INDEXES[dialect].items():
        connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {name} ON {target}")
    create = _replace_on_sqlite if dialect == "sqlite" else _replace_on_postgresql
    for view in VIEWS:
        create(connection, view)
    write_comments(connection, metadata.tables.values(), [view.table for view in VIEWS])


def find_differences(connection: Connection) -> Iterator[str]:
    """Yield which views and indexes of the code the database lacks, and which views and comments differ."""
    existing = set(inspect(connection).get_view_names())
    for view in VIEWS:
        name = view.table.name
        if name not in existing:
            yield f"view {name} is missing"
        elif not _is_current(connection, view):
            yield f"view {name} differs"
    indexes = _index_names(connection)
    needed = INDEXES[connection.dialect.name]
    yield from (f"index articles.{name} is missing" for name in needed if name not in indexes)
    yield from find_different_comments(connection, metadata.tables.values(), [view.table for view in VIEWS])


def _statement(view: View, dialect: str) -> str:
    return f"CREATE VIEW {view.table.name} AS\n{view.make_sql(dialect)}"


def _replace_on_sqlite(connection: Connection, view: View) -> None:
    name, statement = view.table.name, _statement(view, "sqlite")
    if _stored_sql(connection, name) != statement:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        connection.exec_driver_sql(statement)


def _replace_on_postgresql(connection: Connection, view: View) -> None:
    """Replace the view; keep it and its grants where no column goes or changes its type."""
    statement = _statement(view, "postgresql").replace("%", "%%")
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
    except ProgrammingError:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.table.name}")
        connection.exec_driver_sql(statement)


def _is_current(connection: Connection, view: View) -> bool:
    """Return whether the view is the code's: by its SQL on SQLite, by its columns on PostgreSQL, which rewrites SQL."""
    if connection.dialect.name == "sqlite":
        return _stored_sql(connection, view.table.name) == _statement(view, "sqlite")
    columns = inspect(connection).get_columns(view.table.name)
    return [column["name"] for column in columns] == view.table.columns.keys()


def _stored_sql(connection: Connection, name: str) -> str | None:
    query = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?"
    sql: str | None = connection.exec_driver_sql(query, (name,)).scalar()
    return sql


def _index_names(connection: Connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'articles'"
    else:
        query = "SELECT indexname FROM pg_indexes WHERE tablename = 'articles' AND schemaname = current_schema()"
    return set(connection.exec_driver_sql(query).scalars())
