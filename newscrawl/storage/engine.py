"""Open the database, SQLite or PostgreSQL, and explain why it cannot be opened or written."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SAWarning

from newscrawl.exceptions import StorageError, UsageError
from newscrawl.storage.immutable import read_as_immutable
from newscrawl.text.clean import remove_unstorable
from newscrawl.text.secrets import find_secrets, mask_url, mask_values
from newscrawl.text.suggestions import suggest

SQLITE_BUSY_MS = 30_000
_RETRY_S = 0.01
_STEP_MS = 250
"""Milliseconds that SQLite waits for a lock before Python looks for signals."""
SQLITE_CACHE_KIB = 32_768
"""Fits the inner pages of the indexes of a million articles; SQLite's default of 2 MB does not."""
SQLITE_HEAP_BYTES = 48 * 1024 * 1024
"""What the caches of all connections of the process share: a crawl has one connection for each thread that reads while
others do, each with a cache of its own."""
_PRAGMAS = (
    "synchronous=NORMAL",
    "foreign_keys=ON",
    f"busy_timeout={SQLITE_BUSY_MS}",
    f"cache_size=-{SQLITE_CACHE_KIB}",
    f"soft_heap_limit={SQLITE_HEAP_BYTES}",
)
_EXAMPLES = "sqlite:///newscrawl.db or postgresql+psycopg://user@host/database"
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
"""Supported databases, and the only driver of each that the code works with."""
_SCHEME = re.compile(r"(\w+)(?:\+(\w+))?:(/*)")
_encode_json = json.JSONEncoder(ensure_ascii=False).encode
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def open_engine(url: str, *, reads_only: bool = False) -> Engine:
    """Return an engine for *url* after one test connection; with *reads_only* that does not wait for a writer.

    Raises UsageError for a URL of an unsupported database, StorageError for a database that cannot be opened.
    """
    parsed = parse_url(url)
    engine = create_engine(parsed, hide_parameters=True, json_serializer=_dump_json, **_options(parsed))
    if parsed.get_backend_name() == "sqlite":
        _set_up_sqlite(engine)
        if reads_only and (file := sqlite_file(parsed)) is not None:
            read_as_immutable(engine, file)
    else:
        _set_up_postgresql(engine)
    _test_connection(engine, parsed, reads_only=reads_only)
    return engine


def open_existing(url: str) -> Engine:
    """Return an engine for queries; creates no file and waits for no writer.

    Raises what open_engine does, and StorageError where there is no database yet.
    """
    if is_missing(url):
        raise StorageError(f"there is no database at {parse_url(url).database} yet; the first crawl creates it")
    return open_engine(url, reads_only=True)


def is_missing(url: str) -> bool:
    """Return whether *url* names a file that does not exist; opening it would create it."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return False
    file = sqlite_file(parsed)
    return file is None or not os.path.isfile(file)  # noqa: PTH113 -- as in _find_impossible_part()


def connect_for_reading(engine: Engine) -> Connection:
    """Return a connection for queries that neither waits for a writing crawl nor blocks it."""
    return engine.connect().execution_options(reads_only=True)


def parse_url(url: str) -> URL:
    """Parse a database URL. Raises UsageError for an invalid URL or an unsupported database; it shows no password."""
    problem = _find_mistake(url)
    if problem is None:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "postgresql":
            parsed = parsed.set(drivername=f"{backend}+{_DRIVERS[backend]}")
        problem = _find_impossible_part(parsed)
        if problem is None:
            return parsed
    raise UsageError(f"NEWSCRAWL_DATABASE_URL is {mask_url(url)!r}, {problem}; write {_EXAMPLES}")


def _find_mistake(url: str) -> str | None:
    """Return what is wrong with the way *url* is written, or None."""
    if url != url.strip() or not url.isprintable():
        return "which has white space around it or control characters in it"
    scheme = _SCHEME.match(url)
    if scheme is None:
        return "not a database URL"
    backend, driver, slashes = scheme.groups()
    if backend not in _DRIVERS:
        return f"which names {backend!r}, which is not supported ({suggest(backend, list(_DRIVERS))})"
    if driver not in (None, _DRIVERS[backend]):
        return f"which names the driver {driver!r}, which is not supported ({suggest(driver, [_DRIVERS[backend]])})"
    if len(slashes) < 2:
        return f"which lacks {'two slashes' if not slashes else 'a slash'} after {backend!r}"
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return "whose host or port is invalid"
    return None


def _find_impossible_part(url: URL) -> str | None:
    """Return which part of a parsed URL cannot be right, or None."""
    if url.get_backend_name() == "postgresql":
        if "@" in (url.host or ""):
            return "whose password has a '@': write it as %40"
        return None if url.port is None or 0 < url.port < 65536 else "whose port is not between 1 and 65535"
    if url.host:
        file = "/".join(filter(None, (url.host, url.database)))
        return f"which lacks a slash before the file ('sqlite:///{file}')"
    if not url.database:
        return "which names no file"
    # The methods of Path raise OSError for a name that is too long.
    if os.path.isdir(url.database):  # noqa: PTH112
        return "which names a folder"
    try:
        with warnings.catch_warnings(action="error"):
            url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError, TypeError, SAWarning):
        return "whose options are invalid"
    return None


def _dump_json(value: Any) -> str:
    """Return *value* as JSON without NUL characters and lone surrogates, which `jsonb` cannot hold."""
    text = remove_unstorable(_encode_json(value))
    return _ESCAPED_NUL.sub(r"\1", text) if "\\u0000" in text else text


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_MS / 1000}}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}


def _set_up_postgresql(engine: Engine) -> None:
    """Turn off the compilation of queries: 60 ms each, if PostgreSQL overestimates a table that it has not analyzed."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # Not among the connection's options: PgBouncer rejects those.
        connection.execute("SET jit = off")
        connection.commit()


def _set_up_sqlite(engine: Engine) -> None:
    """Set up WAL, so that readers do not block, and BEGIN IMMEDIATE, so that writers wait instead of failing midway."""

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
        if not reads_only and threading.current_thread() is threading.main_thread():
            _begin_interruptibly(connection)
        else:
            connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _begin_interruptibly(connection: Connection) -> None:
    """Begin to write. Python handles signals between two attempts; within SQLite they would wait for the lock."""
    deadline = time.monotonic() + SQLITE_BUSY_MS / 1000
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_STEP_MS}")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                name = getattr(error.orig, "sqlite_errorname", "")
                if not name.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                    raise
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, waiting for other writers: the busy timeout does not apply to this pragma.

    A file that cannot be written stays as it is. Readers need no WAL, and writers fail when they begin to write.
    """
    deadline = time.monotonic() + SQLITE_BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname == "SQLITE_READONLY":
                return
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)


def _require_same_file(file: Path, opened: list[os.stat_result]) -> None:
    """Raise StorageError if the file was removed or replaced: SQLite would keep writing to the deleted one."""
    try:
        now = file.stat()
    except OSError as error:
        raise StorageError(f"the database {file} disappeared while in use ({error.strerror}); restore it") from error
    if not opened:
        opened.append(now)
    elif not os.path.samestat(opened[0], now):
        raise StorageError(f"the database {file} was replaced while in use; replace it only between crawls")


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite database with symlinks resolved, None for one in memory."""
    name = url.database or ":memory:"
    if url.query.get("mode") == "memory":
        return None
    if name.startswith("file:"):
        name = unquote(urlsplit(name).path)
    return None if name == ":memory:" else Path(name).resolve()


def explain_failure(url: str, error: BaseException, otherwise: str = "fix the cause") -> str:
    """Return why an open database can no longer be used, and what to do about it.

    *otherwise* is the advice for causes that are not listed here.
    """
    printable, cause = _describe(parse_url(url), getattr(error, "orig", None) or error)
    hint = next((hint for pattern, hint in HINTS if pattern.search(cause)), otherwise)
    return f"the database {printable} failed: {cause}; {hint}"


def _describe(url: URL, error: BaseException | None) -> tuple[str, str]:
    """Return *url* and what *error* says on one line, both without secrets: drivers quote what they reject."""
    written = url.render_as_string(hide_password=False)
    return mask_url(written), mask_values(" ".join(str(error).split()), find_secrets({"url": written}))


HINTS = (
    (re.compile("database is locked|lock timeout"), "another program has locked it: stop that program, or wait for it"),
    (re.compile("full|No space|disk I/O error|File too large"), "free space on its disk, and check the disk"),
    (re.compile("readonly|read-only|permission denied"), "make it writable"),
    (re.compile('database ".*" does not exist'), "it was removed: restore it from a backup"),
    (re.compile("malformed|not a database|corrupt"), "restore it from a backup (docs/operations.md)"),
    (
        re.compile("depends? on it|used by a view|error in (?:view|trigger|index)"),
        "drop that view, index or trigger of yours, upgrade, and create it again",
    ),
    (re.compile("already exists|already another table"), "rename that table, view or index of yours"),
    (re.compile("no such table|does not exist|UndefinedTable"), "tables were removed: restore them from a backup"),
    (re.compile("connection|terminat|server closed|shutting down|starting up"), "check that the server is running"),
)


def _test_connection(engine: Engine, url: URL, *, reads_only: bool) -> None:
    try:
        with connect_for_reading(engine) if reads_only else engine.connect() as connection, connection.begin():
            pass
    except DBAPIError as error:
        raise StorageError(explain_opening(url, error.orig)) from error
    except (TypeError, ValueError) as error:
        # The drivers do not wrap their complaints about options and names.
        printable, cause = _describe(url, error)
        raise UsageError(f"NEWSCRAWL_DATABASE_URL is {printable!r}, which is invalid: {cause}") from error


def explain_opening(url: URL, error: BaseException | None) -> str:
    """Return why the database at *url* cannot be opened, and what to do about it."""
    printable, cause = _describe(url, error)
    if url.get_backend_name() == "sqlite":
        folder = Path(url.database or ".").absolute().parent
        hint = f"create the folder {folder}" if not folder.is_dir() else f"make {url.database} and its folder writable"
        if "not a database" in cause:
            hint = "the file is something else: move it or name another one"
        elif "locked" in cause:
            hint = f"another program is writing to it (`fuser {url.database}` names it): stop it, or wait"
        elif "full" in cause or "No space" in cause:
            hint = "free space on its disk"
        return f"could not open the database {printable}: {cause}; {hint}, or set NEWSCRAWL_DATABASE_URL"
    return (
        f"could not open the database {printable}: {cause}; "
        "check that the server is running and that user, password and database in NEWSCRAWL_DATABASE_URL are right"
    )
