"""Every table, view and column has a comment: in PostgreSQL, and in docs/fields.md, which is generated from them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, Table, inspect, text

from docs.generate_fields import TARGET, render
from newscrawl.storage import schema, views
from newscrawl.storage.comments import load_comments
from newscrawl.storage.derived import create_derived
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.upgrade import inspect_schema

TABLES = [*schema.metadata.tables.values(), *views.metadata.tables.values()]


def test_the_docs_are_generated_from_the_comments() -> None:
    assert TARGET.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_and_column_has_a_comment(table: Table) -> None:
    assert table.comment
    assert [column.name for column in table.columns if not column.comment] == []


def test_the_file_names_only_tables_and_columns_that_exist() -> None:
    columns = {table.name: set(table.columns.keys()) for table in TABLES}
    for table, comments in load_comments().items():
        listed = [name for names in comments for name in names.split(", ") if name]
        assert set(listed) <= columns[table]
        assert len(listed) == len(set(listed)), table


def test_the_database_has_exactly_these_columns(engine: Engine) -> None:
    with connect_for_reading(engine) as connection:
        inspector = inspect(connection)
        found = {*inspector.get_table_names(), *inspector.get_view_names()} - {"alembic_version"}
        # SQLite's full-text search keeps tables of its own.
        assert found >= {table.name for table in TABLES}
        for table in TABLES:
            assert {one["name"] for one in inspector.get_columns(table.name)} == set(table.columns.keys()), table.name


def test_postgresql_has_exactly_these_comments(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        assert inspect_schema(engine).differences == ()
        return
    with connect_for_reading(engine) as connection:
        inspector = inspect(connection)
        for table in TABLES:
            assert inspector.get_table_comment(table.name)["text"] == table.comment
            found = {one["name"]: one["comment"] for one in inspector.get_columns(table.name)}
            assert found == {column.name: column.comment for column in table.columns}


def test_a_stale_comment_is_a_difference_that_an_upgrade_removes(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        assert inspect_schema(engine).differences == ()
        return
    with engine.begin() as connection:
        connection.execute(text("COMMENT ON COLUMN articles.url IS 'old'"))
        connection.execute(text("COMMENT ON VIEW stories IS NULL"))
    assert inspect_schema(engine).differences == ("comment of articles.url differs", "comment of stories differs")
    with engine.begin() as connection:
        create_derived(connection)
    assert inspect_schema(engine).differences == ()
