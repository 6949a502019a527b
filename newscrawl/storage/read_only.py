"""Open the database for an application that only reads: no write gets through, and no query runs for ever."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from newscrawl.exceptions import StorageError
from newscrawl.storage.engine import (
    SQLITE_CACHE_KIB,
    connect_for_reading,
    explain_opening,
    is_missing,
    parse_url,
    sqlite_file,
)
from newscrawl.storage.immutable import is_outdated, read_as_immutable

_STEPS = 2_000
"""Instructions of SQLite's virtual machine between two looks at the clock: well under a millisecond."""
_LOCK_WAIT_S = 5


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What the readers of one application may use."""

    query_timeout: float = 5.0
    """Seconds that a transaction (SQLite) or a statement (PostgreSQL) may take."""
    connections: int = 16
    wait: float = 5.0
    """Seconds to wait for a free connection."""


def open_read_only(url: str, limits: ReadLimits) -> Engine:
    """Return an engine whose connections reject writes and interrupt slow queries.

    Each transaction sees one state of the database. Raises what open_existing does.
    """
    parsed = parse_url(url)
    if is_missing(url):
        raise StorageError(f"there is no database at {parsed.database} yet; the first crawl creates it")
    is_sqlite = parsed.get_backend_name() == "sqlite"
    engine = (_create_sqlite if is_sqlite else _create_postgresql)(parsed, limits)
    try:
        with connect_for_reading(engine) as connection, connection.begin():
            pass
    except DBAPIError as error:
        engine.dispose()
        raise StorageError(explain_opening(parsed, error.orig)) from error
    return engine


def is_timeout(error: DBAPIError) -> bool:
    """Return whether a query was interrupted because it took too long."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorname == "SQLITE_INTERRUPT"
    return isinstance(cause, psycopg.errors.QueryCanceled)


def _pool_options(limits: ReadLimits) -> dict[str, Any]:
    return {
        "hide_parameters": True,
        "pool_size": limits.connections,
        "max_overflow": 0,
        "pool_timeout": limits.wait,
    }


def _create_sqlite(url: URL, limits: ReadLimits) -> Engine:
    file = sqlite_file(url)
    assert file is not None
    address = url.set(database=file.as_uri()).update_query_dict({"mode": "ro", "uri": "true"})
    engine = create_engine(address, connect_args={"timeout": _LOCK_WAIT_S}, **_pool_options(limits))
    read_as_immutable(engine, file)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("query_only=ON", f"cache_size=-{SQLITE_CACHE_KIB}", "mmap_size=1073741824"):
            connection.execute(f"PRAGMA {pragma}").close()
        record.info["file"] = file.stat()

    @event.listens_for(engine, "checkout")
    def _on_checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        # After a restore from a backup, SQLite would go on reading the deleted file.
        try:
            is_same = os.path.samestat(record.info["file"], file.stat()) and not is_outdated(record, file)
        except OSError as error:
            raise StorageError(f"the database {file} disappeared while in use ({error.strerror})") from error
        if not is_same:
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        deadline = time.monotonic() + limits.query_timeout
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        connection.exec_driver_sql("BEGIN")

    return engine


def _create_postgresql(url: URL, limits: ReadLimits) -> Engine:
    engine = create_engine(
        url,
        connect_args={"connect_timeout": 10},
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        **_pool_options(limits),
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        before, connection.autocommit = connection.autocommit, True
        connection.execute("SET default_transaction_read_only = on")
        connection.execute(f"SET statement_timeout = {round(limits.query_timeout * 1000)}")
        connection.autocommit = before

    return engine
