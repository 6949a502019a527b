"""Give deleted space back, and overwrite deleted content in an SQLite file."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Connection, Engine

from newscrawl.exceptions import UsageError


def overwrite_deleted(connection: Connection) -> None:
    """Let SQLite overwrite with zeros what this connection deletes; does nothing on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON").close()


def merge_search_index(engine: Engine) -> None:
    """Rewrite SQLite's full-text index without the words of deleted articles; FTS5 only marks them as deleted.

    Takes time in proportion to the whole index. PostgreSQL keeps the words with the row.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            overwrite_deleted(connection)
            connection.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('optimize')")


def truncate_wal(engine: Engine) -> bool:
    """Move everything from the write-ahead log into the SQLite file and empty the log, which holds old content.

    Return False where a reader or writer prevents it; the log then keeps old content until its next checkpoint.
    """
    if engine.dialect.name != "sqlite":
        return True
    with closing(engine.raw_connection()) as connection:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def vacuum(engine: Engine) -> None:
    """Rebuild the SQLite file without its free pages, which needs as much space again. Raises UsageError elsewhere."""
    require_sqlite(engine)
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")
    truncate_wal(engine)


def require_sqlite(engine: Engine) -> None:
    """Raise UsageError for another database."""
    if engine.dialect.name != "sqlite":
        raise UsageError("--vacuum is for SQLite; PostgreSQL's autovacuum makes the space of deleted rows usable again")
