"""Locks that allow one crawl of a site at a time; the kernel or the server releases them when their process dies.

On PostgreSQL these are advisory locks of a separate session; for an SQLite file, record locks on `<file>.lock`, which
also records their current and previous holders. Nothing has to be cleaned up after a kill; the presence of the lock
file does not mean that a lock is held.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, NullPool, bindparam, create_engine, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.exc import DBAPIError

from newscrawl.exceptions import LockedError, StorageError
from newscrawl.storage.engine import explain_opening, parse_url, sqlite_file
from newscrawl.text.moments import format_utc

MUTEX_SECONDS = 5.0
"""How long to wait while another crawl acquires its locks, which normally takes milliseconds."""
NAME_LENGTH = 63
"""Maximum length of application_name in PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds a lock."""

    pid: int
    host: str
    since: str
    """As format_utc() writes it; `?` if unknown."""
    command: str


class Lock(Protocol):
    """A set of locks, all of them held or none."""

    def check(self) -> bool:
        """Return whether the locks were held all along; False: they were lost and have been acquired again.

        Raises LockedError when another crawl has acquired one meanwhile, StorageError when locking fails.
        """

    def release(self) -> None:
        """Release the locks; a second call does nothing."""


def take_lock(url: str, names: Sequence[str], owner: Owner) -> Lock:
    """Lock *names* in the database at *url* for this process.

    Raises LockedError, which names the holder, when one of them is held; UsageError and StorageError as open_engine().
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _ServerLock(parsed, names, owner)
    path = sqlite_file(parsed)
    return _NoLock() if path is None else _FileLock(path, parsed, names, owner)


class _NoLock:
    """No lock: only one process can use a database in memory."""

    def check(self) -> bool:
        return True

    def release(self) -> None:
        pass


class _FileLock:
    """POSIX record locks: one byte of the file for each name, at an offset hashed from the name.

    The first byte is locked while a crawl acquires its locks and records itself, so that of two crawls that ask for the
    same names in any order one succeeds.
    """

    def __init__(self, database: Path, url: URL, names: Sequence[str], owner: Owner) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._url = url
        self._names = sorted(set(names))
        self._owner = owner
        self._file = -1
        self._acquire()

    def check(self) -> bool:
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(self._file), self.path.stat()):
                return True
        # The file was removed: the next crawl would create and lock another one.
        self.release()
        self._acquire()
        return False

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _acquire(self) -> None:
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise StorageError(explain_opening(self._url, error)) from error
        try:
            with self._mutex():
                held = next((name for name in self._names if not self._try(_offset(name))), None)
                if held is not None:
                    raise LockedError(_locked_message(held, self._find_owner(held)))
                self._record_owner()
        except BaseException:
            self.release()
            raise

    def _try(self, offset: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            raise StorageError(f"{self.path} cannot be locked: {error}; put the database on a local disk") from error
        return True

    @contextlib.contextmanager
    def _mutex(self) -> Iterator[None]:
        deadline = time.monotonic() + MUTEX_SECONDS
        while not self._try(0):
            if time.monotonic() > deadline:
                raise LockedError(f"another run has been locking {self.path} for {MUTEX_SECONDS:g} s; try again")
            time.sleep(0.01)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, 0)

    def _lines(self) -> list[dict[str, Any]]:
        """Return the recorded holders, including ended ones; skip lines truncated by a kill."""
        known = []
        for line in os.pread(self._file, os.fstat(self._file).st_size, 0).decode("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError):
                row = json.loads(line)
                Owner(**row["owner"])
                known.append({"owner": row["owner"], "locks": list(row["locks"])})
        return known

    def _find_owner(self, name: str) -> Owner | None:
        return next((Owner(**row["owner"]) for row in self._lines() if name in row["locks"]), None)

    def _record_owner(self) -> None:
        """Replace the previous holders of these locks by this process and keep all other lines."""
        mine = set(self._names)
        rows = [row for row in self._lines() if mine.isdisjoint(row["locks"])]
        rows.append({"owner": asdict(self._owner), "locks": self._names})
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, data, 0)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be written: {error}; free space") from error


class _ServerLock:
    """Advisory locks of a PostgreSQL session that does nothing else.

    The server releases the locks when the connection is lost; check() then acquires them again. TCP keepalives after
    half a minute make the server release the locks of a machine that has lost power.
    """

    def __init__(self, url: URL, names: Sequence[str], owner: Owner) -> None:
        self._url = url
        self._names = sorted(set(names))
        name = f"newscrawl {owner.pid}@{owner.host} {owner.command.removeprefix('scrapy ')}"
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args={"connect_timeout": 10, "application_name": name[:NAME_LENGTH]},
        )
        self._connection: Connection | None = None
        self._acquire()

    def check(self) -> bool:
        with contextlib.suppress(DBAPIError):
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
        self.release()
        self._acquire()
        return False

    def release(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(DBAPIError):
                self._connection.close()
            self._connection = None

    def _acquire(self) -> None:
        try:
            self._connection = self._engine.connect()
            self._connection.execute(_prepare)
            schema = self._connection.execute(text("SELECT current_schema()")).scalar_one()
            keys = {_key(schema, name): name for name in self._names}
            mutex = {"key": _key(schema, "")}
            self._connection.execute(text("SELECT pg_advisory_lock(:key)"), mutex)
            locked = self._connection.execute(_try_keys, {"keys": list(keys)}).scalars().all()
            self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), mutex)
            if locked:
                raise LockedError(_locked_message(keys[locked[0]], self._find_owner(locked[0])))
        except DBAPIError as error:
            self.release()
            raise StorageError(explain_opening(self._url, error.orig)) from error
        except BaseException:
            self.release()
            raise

    def _find_owner(self, key: int) -> Owner | None:
        assert self._connection is not None
        halves = {"high": key >> 32 & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}
        row = self._connection.execute(_holder, halves).one_or_none()
        if row is None:
            return None
        since = format_utc(row.backend_start.astimezone(UTC)) if row.backend_start else "?"
        known = re.match(r"newscrawl (\d+)@(\S+) (.*)", row.application_name or "")
        if known is None:
            return Owner(row.pid, "the database server", since, row.application_name or "unknown")
        return Owner(int(known[1]), known[2], since, f"scrapy {known[3]}")


_prepare = text(
    "SELECT set_config(name, value, false) FROM (VALUES ('lock_timeout', '5s'), ('tcp_keepalives_idle', '30'),"
    " ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'), ('statement_timeout', '0')) v (name, value)"
)
_try_keys = text("SELECT key FROM unnest(:keys) AS key WHERE NOT pg_try_advisory_lock(key)").bindparams(
    bindparam("keys", type_=ARRAY(BIGINT))
)
_holder = text(
    "SELECT a.pid, a.application_name, a.backend_start FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.classid = CAST(:high AS bigint)::oid AND l.objid = CAST(:low AS bigint)::oid LIMIT 1"
)


def this_process(command: str) -> Owner:
    """Return this process as an owner; *command* is its command line."""
    return Owner(os.getpid(), os.uname().nodename, format_utc(datetime.now(UTC)), command)


def name_cursor_lock(cursor: str) -> str:
    """Return the name of the lock that lets one process at a time use a cursor of the change feed."""
    return f"{_CURSOR}{cursor}"


_CURSOR = "cursor "
"""Begins no name of a site."""


def _locked_message(name: str, owner: Owner | None) -> str:
    what = "reading the change feed with" if name.startswith(_CURSOR) else "crawling"
    if owner is None:
        return f"another run is {what} {name}; wait until it ends"
    return (
        f"another run is {what} {name}: process {owner.pid} on {owner.host} since {owner.since} ({owner.command}); "
        f"wait until it ends, or run `kill {owner.pid}` on {owner.host}. The lock is released when the process exits"
    )


def _offset(name: str) -> int:
    """Return the byte of the lock file for *name*; byte 0 is the mutex."""
    return 1 + int.from_bytes(blake2b(name.encode(), digest_size=7).digest())


def _key(schema: str, name: str) -> int:
    """Return a key for PostgreSQL's advisory locks, whose key space all programs of a database share."""
    return int.from_bytes(blake2b(f"newscrawl\0{schema}\0{name}".encode(), digest_size=8).digest(), signed=True)
