"""Empty a PostgreSQL database after a test and give it to the next one.

Creating a database and dropping it take a second or more, because both wait for the disk; emptying one takes a tenth.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from sqlalchemy import make_url

from tests.support.databases import PostgresqlDatabases

_SCHEMA: LiteralString = """
SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
  SELECT concat_ws(' ', 'relation', relname, relkind, relacl, reloptions) AS line
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid, attnotnull, atthasdef, attisdropped)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, contype)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', 'function', proname, md5(prosrc))
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'view', ev_class::regclass, md5(ev_action::text))
    FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'comment', objoid, objsubid, md5(description))
    FROM pg_description WHERE objoid >= 16384
  UNION ALL SELECT concat_ws(' ', 'schema', nspname, nspacl)
    FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
  UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig)
    FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database()
) AS lines
"""
_TABLES: LiteralString = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
_RESTART_SEQUENCES: LiteralString = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
WHERE last_value IS NOT NULL
"""
_FORGET_STATISTICS: LiteralString = """
DELETE FROM pg_statistic WHERE starelid >= 16384;
UPDATE pg_class SET relpages = 0, reltuples = -1
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND (relpages, reltuples) <> (0, -1)
"""
"""The planner must not know the tables of the last test."""
_END_OTHERS: LiteralString = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a new database has."""

    schema: str
    rows: dict[str, bytes]
    """Table -> its rows as COPY writes them, for tables that are not empty."""


class EmptiedDatabases(PostgresqlDatabases):
    """Databases of a server that are used again; one whose tables, comments or rights a test changed is dropped."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._content: dict[str, _Content] = {}
        self._copied_from: dict[str, str] = {}
        self._unused: defaultdict[str, list[str]] = defaultdict(list)

    def copy(self, url: str) -> str:
        if unused := self._unused[url]:
            return unused.pop()
        copy = super().copy(url)
        self._copied_from[copy] = url
        with _connect(copy) as connection:
            # No test stops the server, so none can tell that commits do not wait for the disk.
            connection.execute(f'ALTER DATABASE "{make_url(copy).database}" SET synchronous_commit = off'.encode())
            if url not in self._content:
                self._content[url] = _read_content(connection)
        return copy

    def drop(self, url: str) -> None:
        source = self._copied_from.get(url)
        if source is not None and self._empty(url, self._content[source]):
            self._unused[source].append(url)
        else:
            super().drop(url)

    def drop_unused(self) -> None:
        """Drop the databases that no test uses any more."""
        for urls in self._unused.values():
            for url in urls:
                super().drop(url)
            urls.clear()

    def _empty(self, url: str, content: _Content) -> bool:
        """Restore *content*; return whether that could be done."""
        with suppress(psycopg.Error), _connect(url) as connection:
            connection.execute(_END_OTHERS)
            connection.execute("SET lock_timeout = '5s'")
            if _read_schema(connection) != content.schema:
                return False
            with connection.transaction():
                _restore(connection, content)
            return True
        return False


def _restore(connection: psycopg.Connection[Any], content: _Content) -> None:
    connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no triggers
    for name in _read_tables(connection):
        connection.execute(f'DELETE FROM "{name}"'.encode())  # TRUNCATE makes new files and waits for the disk
    connection.execute(_RESTART_SEQUENCES)
    for name, rows in content.rows.items():
        with connection.cursor().copy(f'COPY "{name}" FROM STDIN'.encode()) as copy:
            copy.write(rows)
    connection.execute(_FORGET_STATISTICS)


def _read_content(connection: psycopg.Connection[Any]) -> _Content:
    rows = {}
    for name in _read_tables(connection):
        if _has_rows(connection, name):
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT'.encode()) as copy:
                rows[name] = b"".join(bytes(part) for part in copy)
    return _Content(_read_schema(connection), rows)


def _read_schema(connection: psycopg.Connection[Any]) -> str:
    [(digest,)] = connection.execute(_SCHEMA).fetchall()
    return str(digest)


def _read_tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES)]


def _has_rows(connection: psycopg.Connection[Any], name: str) -> bool:
    return bool(connection.execute(f'SELECT EXISTS (SELECT FROM "{name}")'.encode()).fetchone()[0])  # type: ignore[index]


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)
