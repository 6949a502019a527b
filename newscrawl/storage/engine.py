"""Opening the database: SQLite or PostgreSQL, with clear words where it does not open."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from newscrawl.exceptions import StorageError, UsageError

SQLITE_BUSY_MS = 30_000
_RETRY_S = 0.01
SQLITE_CACHE_KIB = 32_768
"""Holds the inner pages of the indexes of a million articles; SQLite's own 2 MB hold none of them for long."""
_PRAGMAS = (
    "synchronous=NORMAL",
    "foreign_keys=ON",
    f"busy_timeout={SQLITE_BUSY_MS}",
    f"cache_size=-{SQLITE_CACHE_KIB}",
)
_EXAMPLES = "sqlite:///newscrawl.db or postgresql+psycopg://user@host/database"


def open_engine(url: str, *, reads_only: bool = False) -> Engine:
    """Return an engine for *url* whose connections are set up and tried once; *reads_only* waits for no writer.

    Raises UsageError for a URL that names no supported database, StorageError for one that does not open.
    """
    parsed = parse_url(url)
    engine = create_engine(parsed, hide_parameters=True, **_options(parsed))
    if parsed.get_backend_name() == "sqlite":
        _set_up_sqlite(engine)
    _try(engine, parsed, reads_only=reads_only)
    return engine


def open_filled(url: str) -> Engine:
    """Return an engine for queries of a database that crawls have filled; nothing is made, and no writer waited for.

    Raises what open_engine does, and StorageError where there is no database yet, or one of another version.
    """
    if is_missing(url):
        raise StorageError(f"there is no database at {parse_url(url).database} yet; the first crawl makes it")
    return open_engine(url, reads_only=True)


def is_missing(url: str) -> bool:
    """Tell whether *url* names a file that is not there; opening it would make it."""
    parsed = parse_url(url)
    return parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).is_file())


def reading(engine: Engine) -> Connection:
    """Return a connection for queries, which never waits for a crawl that writes, nor makes it wait."""
    return engine.connect().execution_options(reads_only=True)


def parse_url(url: str) -> URL:
    """Return the parts of a database URL. Raises UsageError for one that names no supported database."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "postgresql" and "+" not in parsed.drivername:
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_dialect()
    except ArgumentError:
        raise UsageError(f"NEWSCRAWL_DATABASE_URL is {url!r}, which is no database URL; write {_EXAMPLES}") from None
    except NoSuchModuleError:
        backend = parsed.drivername
    if backend not in {"sqlite", "postgresql"}:
        raise UsageError(f"NEWSCRAWL_DATABASE_URL names {backend!r}; newscrawl keeps articles in {_EXAMPLES}")
    return parsed


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_MS / 1000}}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}


def _set_up_sqlite(engine: Engine) -> None:
    """WAL lets readers read while a crawl writes; BEGIN IMMEDIATE makes writers wait instead of failing half-way."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        _switch_to_wal(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    file = sqlite_file(engine.url)
    opened: list[os.stat_result] = []

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if file is not None:
            _require_same_file(file, opened)
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Wait for whoever writes into a file that is not in WAL mode yet: here SQLite itself refuses at once."""
    give_up_at = time.monotonic() + SQLITE_BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > give_up_at:
                raise
            time.sleep(_RETRY_S)


def _require_same_file(file: Path, opened: list[os.stat_result]) -> None:
    """SQLite goes on writing into a file that was removed or replaced, and all of it would be gone at the end."""
    try:
        now = file.stat()
    except OSError as error:
        raise StorageError(
            f"the database {file} is gone while it was in use ({error.strerror}); put it back"
        ) from error
    if not opened:
        opened.append(now)
    elif not os.path.samestat(opened[0], now):
        raise StorageError(f"the database {file} was replaced while it was in use; replace it between two crawls")


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite database with links followed, None for one in memory."""
    name = url.database or ":memory:"
    if url.query.get("mode") == "memory":
        return None
    if name.startswith("file:"):
        name = unquote(urlsplit(name).path)
    return None if name == ":memory:" else Path(name).resolve()


def explain_failure(url: str, error: BaseException, otherwise: str = "see the cause and mend it") -> str:
    """Return why a database that was open cannot be written any more, and what to do about it.

    *otherwise* is the cure of a cause that is not known here.
    """
    parsed = parse_url(url)
    shown = parsed.render_as_string(hide_password=True)
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    cure = next((cure for words, cure in _CURES if words.search(cause)), otherwise)
    return f"the database {shown} failed: {cause}; {cure}"


_CURES = (
    (re.compile("database is locked|lock timeout"), "another program holds it: end that program, or let it finish"),
    (re.compile("full|No space|disk I/O error|File too large"), "free some space on its disk, and look at its health"),
    (re.compile("readonly|read-only|permission denied"), "make it writable"),
    (re.compile('database ".*" does not exist'), "somebody removed it: restore it from a backup"),
    (re.compile("malformed|not a database|corrupt"), "restore it from a backup (docs/operations.md)"),
    (re.compile("no such table|does not exist|UndefinedTable"), "somebody removed tables: restore them from a backup"),
    (re.compile("connection|terminat|server closed|shutting down|starting up"), "see that the server runs"),
)


def _try(engine: Engine, url: URL, *, reads_only: bool) -> None:
    try:
        with reading(engine) if reads_only else engine.connect() as connection, connection.begin():
            pass
    except DBAPIError as error:
        raise StorageError(explain_opening(url, error.orig)) from error


def explain_opening(url: URL, error: BaseException | None) -> str:
    """Return why the database at *url* does not open, and what to do about it."""
    shown = url.render_as_string(hide_password=True)
    cause = " ".join(str(error).split())
    if url.get_backend_name() == "sqlite":
        folder = Path(url.database or ".").absolute().parent
        cure = f"make the folder {folder}" if not folder.is_dir() else f"make {url.database} and its folder writable"
        if "not a database" in cause:
            cure = "the file is something else: move it away or name another"
        elif "locked" in cause:
            cure = f"another program writes to it; `fuser {url.database}` names it: end it, or wait"
        elif "full" in cause or "No space" in cause:
            cure = "free some space on its disk"
        return f"the database {shown} does not open: {cause}; {cure}, or set NEWSCRAWL_DATABASE_URL"
    return (
        f"the database {shown} does not open: {cause}; "
        "check that the server runs and that user, password and database of NEWSCRAWL_DATABASE_URL are right"
    )
