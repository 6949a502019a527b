"""A database that a test used looks like a new one to the next test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from newscrawl.storage.engine import open_engine
from tests.support.databases import POSTGRESQL_URL, Databases
from tests.support.emptied_databases import EmptiedDatabases

STATE = """
SELECT (SELECT count(*) FROM url_key_rules), (SELECT count(*) FROM search_state), (SELECT count(*) FROM hosts),
nextval('crawls_id_seq'), (SELECT reltuples FROM pg_class WHERE relname = 'crawls'),
(SELECT count(*) FROM pg_stats WHERE tablename = 'crawls')
"""


@pytest.fixture
def emptied(postgresql_tables: tuple[Databases, str]) -> Iterator[tuple[EmptiedDatabases, str]]:
    databases = EmptiedDatabases(POSTGRESQL_URL)
    yield databases, postgresql_tables[1]
    databases.drop_unused()


def run(url: str, *statements: str) -> object:
    engine = open_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        found = connection.execute(text(statements[-1]))
        rows = found.one() if found.returns_rows else None
    engine.dispose()
    return rows


def test_an_emptied_database_is_as_new(emptied: tuple[EmptiedDatabases, str]) -> None:
    databases, tables = emptied
    used = databases.copy(tables)
    new = run(used, STATE)
    insert = "INSERT INTO crawls (spider, arguments, started_at) VALUES ('news', '{}', now())"
    run(used, insert, insert, "DELETE FROM url_key_rules", "DELETE FROM search_state", "ANALYZE crawls")
    databases.drop(used)
    assert databases.copy(tables) == used
    assert run(used, STATE) == new
    databases.drop(used)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE crawls ADD COLUMN other integer",
        "DROP INDEX ix_crawls_open",
        "COMMENT ON TABLE crawls IS 'other'",
        "GRANT SELECT ON crawls TO public",
        "CREATE SCHEMA other",
        "CREATE OR REPLACE VIEW other AS SELECT 1 AS one",
    ],
)
def test_a_database_that_a_test_changed_is_not_used_again(emptied: tuple[EmptiedDatabases, str], change: str) -> None:
    databases, tables = emptied
    used = databases.copy(tables)
    run(used, change)
    databases.drop(used)
    other = databases.copy(tables)
    assert other != used
    databases.drop(other)


def test_connections_that_a_test_left_open_are_closed(emptied: tuple[EmptiedDatabases, str]) -> None:
    databases, tables = emptied
    used = databases.copy(tables)
    engine = open_engine(used)
    with suppress(OperationalError), engine.connect() as connection:
        connection.execute(text("LOCK TABLE crawls"))
        databases.drop(used)
    assert databases.copy(tables) == used
    engine.dispose()
    databases.drop(used)
