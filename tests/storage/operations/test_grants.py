"""A role that `scrapy db grant` made reads everything and writes nothing; a read-only URL does the same on SQLite."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from newscrawl.exceptions import ExitCode, UsageError
from newscrawl.storage.engine import open_existing
from newscrawl.storage.operations.grants import grant_reading
from newscrawl.storage.schema import metadata
from newscrawl.storage.views import VIEWS
from tests.support.crawling import scrapy

WRITES = (
    "DELETE FROM hosts",
    "INSERT INTO url_key_rules (site, made_by) VALUES ('x', 'y')",
    "UPDATE articles SET headline = ''",
    "DROP VIEW stories",
    "CREATE TABLE mine (id INTEGER)",
)


@pytest.fixture
def role(postgresql_engine: Engine) -> Iterator[str]:
    """Yield the name of a role that does not exist yet, dropped afterwards."""
    name = f'reader "{uuid.uuid4().hex[:12]}"'
    yield name
    with postgresql_engine.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote_identifier(name)
        if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}).first():
            connection.exec_driver_sql(f"DROP OWNED BY {quoted}")
            connection.exec_driver_sql(f"DROP ROLE {quoted}")


def become(connection: object, role: str) -> str:
    return 'SET LOCAL ROLE "' + role.replace('"', '""') + '"'


def test_a_new_role_reads_all_tables_and_views(postgresql_engine: Engine, role: str) -> None:
    with postgresql_engine.begin() as connection:
        assert grant_reading(connection, role).is_new
        connection.exec_driver_sql("CREATE VIEW later AS SELECT 1 AS one")
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql(become(connection, role))
        for name in (*metadata.tables, *(view.table.name for view in VIEWS), "later"):
            connection.exec_driver_sql(f"SELECT count(*) FROM {name}")


@pytest.mark.parametrize("statement", WRITES)
def test_the_role_cannot_write(postgresql_engine: Engine, role: str, statement: str) -> None:
    with postgresql_engine.begin() as connection:
        grant_reading(connection, role)
    with postgresql_engine.connect() as connection:
        connection.exec_driver_sql(become(connection, role))
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            connection.exec_driver_sql(statement)


def test_queries_of_the_role_have_a_time_limit(postgresql_engine: Engine, role: str) -> None:
    with postgresql_engine.begin() as connection:
        grant_reading(connection, role)
        assert not grant_reading(connection, role).is_new
        query = text(
            "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole "
            "WHERE r.rolname = :role"
        )
        assert set(connection.execute(query, {"role": role}).scalars()) == {
            "statement_timeout=60s",
            "idle_in_transaction_session_timeout=10min",
            "default_transaction_read_only=on",
        }


def test_a_role_that_may_write_is_rejected(postgresql_engine: Engine) -> None:
    with postgresql_engine.begin() as connection:
        own = connection.execute(text("SELECT current_user")).scalar_one()
        with pytest.raises(UsageError, match="newscrawl writes with"):
            grant_reading(connection, own)
        with pytest.raises(UsageError, match="invalid role"):
            grant_reading(connection, "a\nb")


def test_the_command_says_what_to_do_next(postgresql_engine: Engine, role: str) -> None:
    url = postgresql_engine.url.render_as_string(hide_password=False)
    done = scrapy("db", "grant", role, database_url=url)
    assert (done.code, "\\password" in done.output) == (0, True)


def test_on_sqlite_the_command_names_the_read_only_url(sqlite_engine: Engine) -> None:
    url = sqlite_engine.url.render_as_string()
    done = scrapy("db", "grant", "reader", database_url=url)
    assert (done.code, "mode=ro" in done.log) == (ExitCode.USAGE, True)
    done = scrapy("db", "grant", database_url=url)
    assert (done.code, "`grant ROLE`" in done.log) == (ExitCode.USAGE, True)


@pytest.mark.parametrize("statement", WRITES)
def test_a_read_only_url_of_sqlite_reads_and_cannot_write(sqlite_engine: Engine, statement: str) -> None:
    url = f"sqlite:///file:{sqlite_engine.url.database}?mode=ro&uri=true"
    reader = create_engine(url)
    with reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM articles_current")).scalar_one() == 0
        with pytest.raises(OperationalError, match="readonly"):
            connection.exec_driver_sql(statement)
    reader.dispose()


def test_the_commands_accept_a_read_only_url(sqlite_engine: Engine) -> None:
    reader = open_existing(f"sqlite:///file:{sqlite_engine.url.database}?mode=ro&uri=true")
    with reader.connect().execution_options(reads_only=True) as connection:
        assert connection.execute(text("SELECT count(*) FROM articles_current")).scalar_one() == 0
    reader.dispose()
