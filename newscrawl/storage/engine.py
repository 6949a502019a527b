"""Opening the database: SQLite or PostgreSQL, with clear words where it does not open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from newscrawl.exceptions import StorageError, UsageError

SQLITE_BUSY_MS = 30_000
_EXAMPLES = "sqlite:///newscrawl.db or postgresql+psycopg://user@host/database"


def open_engine(url: str) -> Engine:
    """Return an engine for *url* whose connections are set up and tried once.

    Raises UsageError for a URL that names no supported database, StorageError for one that does not open.
    """
    parsed = _parse(url)
    engine = create_engine(parsed, hide_parameters=True, **_options(parsed))
    if parsed.get_backend_name() == "sqlite":
        _set_up_sqlite(engine)
    _try(engine, parsed)
    return engine


def open_filled(url: str) -> Engine:
    """Return an engine for a database that crawls have filled; nothing is made.

    Raises what open_engine does, and StorageError where there is no database yet, or one of another version.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).is_file()):
        raise StorageError(f"there is no database at {parsed.database} yet; the first crawl makes it")
    return open_engine(url)


def reading(engine: Engine) -> Connection:
    """Return a connection for queries, which never waits for a crawl that writes, nor makes it wait."""
    return engine.connect().execution_options(reads_only=True)


def _parse(url: str) -> URL:
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
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _try(engine: Engine, url: URL) -> None:
    try:
        with engine.begin():
            pass
    except DBAPIError as error:
        raise StorageError(_explain(url, error)) from error


def _explain(url: URL, error: DBAPIError) -> str:
    shown = url.render_as_string(hide_password=True)
    cause = " ".join(str(error.orig).split())
    if url.get_backend_name() == "sqlite":
        folder = Path(url.database or ".").absolute().parent
        cure = f"make the folder {folder}" if not folder.is_dir() else f"make {url.database} and its folder writable"
        if "not a database" in cause:
            cure = "the file is something else: move it away or name another"
        return f"the database {shown} does not open: {cause}; {cure}, or set NEWSCRAWL_DATABASE_URL"
    return (
        f"the database {shown} does not open: {cause}; "
        "check that the server runs and that user, password and database of NEWSCRAWL_DATABASE_URL are right"
    )
