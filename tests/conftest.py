"""Shared fixtures: databases on both engines, a store, articles, and the corpora if present."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from newscrawl.urls.normalize import normalize
from tests.support.databases import POSTGRESQL_URL, Databases, SqliteDatabases, database
from tests.support.emptied_databases import EmptiedDatabases
from tests.support.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NO_POSTGRESQL = (
    f"could not connect to PostgreSQL at {POSTGRESQL_URL}; start it, or set NEWSCRAWL_TEST_POSTGRESQL_URL "
    "(the tests create their own schemas and databases and drop them)"
)
CORPORA = os.environ.get("NEWSCRAWL_CORPORA", "")


def _connect() -> psycopg.Connection[Any]:
    return psycopg.connect(POSTGRESQL_URL.replace("+psycopg", ""), autocommit=True, connect_timeout=2)


@pytest.fixture(scope="session")
def postgresql() -> None:
    """Require PostgreSQL: skip without it, or fail if NEWSCRAWL_TEST_REQUIRE_ALL is set, as in CI."""
    try:
        _connect().close()
    except psycopg.OperationalError as error:
        if os.environ.get("NEWSCRAWL_TEST_REQUIRE_ALL"):
            pytest.fail(f"{NO_POSTGRESQL}: {error}")
        pytest.skip(NO_POSTGRESQL)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database, on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def postgresql_url(postgresql: None) -> Iterator[str]:
    """Yield the URL of a schema for this test, dropped afterwards."""
    schema = f"newscrawl_{uuid.uuid4().hex[:12]}"
    with _connect() as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    yield f"{POSTGRESQL_URL}?options=-csearch_path%3D{schema}"
    with _connect() as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/newscrawl.db"


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Databases, str]]:
    """Yield SQLite databases and the URL of one with all tables; copying it is faster than migrating."""
    yield from _with_tables(SqliteDatabases(tmp_path_factory.mktemp("tables")))


@pytest.fixture(scope="session")
def postgresql_tables(postgresql: None) -> Iterator[tuple[Databases, str]]:
    databases = EmptiedDatabases(POSTGRESQL_URL)
    yield from _with_tables(databases)
    databases.drop_unused()


def _with_tables(databases: Databases) -> Iterator[tuple[Databases, str]]:
    with database(databases) as url:
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        yield databases, url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield a connected engine for a database with all tables, on each engine in turn."""
    databases, tables = request.getfixturevalue(f"{request.param}_tables")
    with database(databases, like=tables) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_tables: tuple[Databases, str]) -> Iterator[Engine]:
    """Yield an engine for an SQLite database with all tables, for tests that do not depend on the engine."""
    databases, tables = sqlite_tables
    with database(databases, like=tables) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def postgresql_engine(postgresql_tables: tuple[Databases, str]) -> Iterator[Engine]:
    """Yield an engine for a PostgreSQL database with all tables, for what SQLite has not."""
    databases, tables = postgresql_tables
    with database(databases, like=tables) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Iterator[Store]:
    store = Store(engine)
    yield store
    store.close()


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """Return a factory of complete articles; any field can be overridden."""

    def make(url: str = "https://example.org/one", **fields: Any) -> Article:
        values: dict[str, Any] = {
            "url": url,
            "headline": f"News of {url}",
            "article_body": f"What happened at {url}.\n\nAnd what it means.",
            "date_downloaded": NOW,
            "site": "example.org",
        } | fields
        article = Article(**values)
        article.url_key = normalize(article.canonical_url or url)
        article.content_hash = content_hash(article.headline, article.article_body)
        article.shingle_hashes = compute_shingle_hashes(article.article_body)
        return article

    return make


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of real pages; skip without it."""
    if not CORPORA or not Path(CORPORA).is_dir():
        if CORPORA or os.environ.get("NEWSCRAWL_TEST_REQUIRE_ALL"):
            pytest.fail(f"no corpora at {CORPORA!r}; set NEWSCRAWL_CORPORA to their folder")
        pytest.skip("real pages are not part of the repository; set NEWSCRAWL_CORPORA to their folder")
    return Path(CORPORA)
