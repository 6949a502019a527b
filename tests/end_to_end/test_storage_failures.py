"""A crawl whose database becomes locked, full or unavailable exits, loses nothing, and the next one completes it."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from newscrawl.exceptions import ExitCode
from newscrawl.storage.engine import explain_failure, open_engine
from newscrawl.storage.writer import Writer
from tests.newssite.check import find_problems
from tests.newssite.server import RunningSite, serve
from tests.storage.test_writer import InsertNumber
from tests.support.crash_harness import requested_keys
from tests.support.crawling import crawl, query, start_crawl, wait_for_articles
from tests.support.databases import POSTGRESQL_URL
from tests.support.invariants import equation, faults


@pytest.fixture
def site() -> Iterator[RunningSite]:
    with serve(ports=(0, 0)) as running:
        yield running


@dataclass(frozen=True, slots=True)
class LockedCrawl:
    """A crawl whose database another program locked at *started*."""

    site: RunningSite
    database_url: str
    other: sqlite3.Connection
    process: subprocess.Popen[str]
    started: float
    ended: Future[tuple[str, str, float]]
    """Output, log and time of its exit."""


@pytest.fixture(scope="module", autouse=True)
def locked_crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LockedCrawl]:
    """Start a crawl that waits half a minute for the locked database, in the background of the other tests."""
    file = tmp_path_factory.mktemp("locked_crawl") / "newscrawl.db"
    url = f"sqlite:///{file}"
    with serve(ports=(0, 0)) as site, ThreadPoolExecutor(1) as thread:
        process = start(site, url)
        wait_for_articles(url, 3)
        other = sqlite3.connect(file, isolation_level=None)
        started = time.monotonic()
        other.execute("BEGIN EXCLUSIVE")
        ended = thread.submit(lambda: (*process.communicate(timeout=90), time.monotonic()))
        yield LockedCrawl(site, url, other, process, started, ended)
        other.close()


def start(site: RunningSite, database_url: str, **options: Any) -> subprocess.Popen[str]:
    return start_crawl(*site.urls, database_url=database_url, NEWSCRAWL_DELAY=0.1, **options)


def wait_for_failure(process: subprocess.Popen[str], *words: str) -> str:
    """Wait for the crawl to exit with a storage failure whose message contains *words*; return its log."""
    return assert_storage_failed(process, *process.communicate(timeout=90), *words)


def assert_storage_failed(process: subprocess.Popen[str], output: str, log: str, *words: str) -> str:
    summary = json.loads(output.splitlines()[-1])
    assert process.returncode == summary["exit_code"] == ExitCode.STORAGE, log
    assert summary["finish_reason"] == "storage_failed", log
    assert all(word in summary["error"] for word in words), summary["error"]
    assert summary["error"] in log
    assert "Traceback" not in log, log
    return log


def assert_next_crawl_completes(site: RunningSite, database_url: str, *, restored: bool = False) -> None:
    """Check that nothing was lost and that another crawl stores the rest.

    With *restored*, the database comes from a backup, so requests made since then are not recorded.
    """
    assert restored or list(equation(database_url, requested_keys(site))) == []
    stored = query(database_url, "SELECT count(*) FROM articles")
    marked = query(database_url, "SELECT count(*) FROM pages WHERE outcome = 'stored'")
    assert stored == marked, "exactly the articles marked as stored are stored"
    done = crawl("news", url=",".join(site.urls), database_url=database_url)
    assert done.code == 0, done.log
    assert list(find_problems(site.site, database_url)) == []
    assert [*faults(database_url), *equation(database_url, requested_keys(site))] == []


def test_full_disk(site: RunningSite, sqlite_url: str) -> None:
    crawl("news", url=",".join(site.urls), database_url=sqlite_url, max_pages=1)
    size = Path(sqlite_url.removeprefix("sqlite:///")).stat().st_size

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300_000, size + 300_000))

    process = start_crawl(*site.urls, database_url=sqlite_url, preexec_fn=limit)
    wait_for_failure(process, "free space")
    assert_next_crawl_completes(site, sqlite_url)


def test_removed_database_file(site: RunningSite, sqlite_url: str, tmp_path: Path) -> None:
    process = start(site, sqlite_url)
    wait_for_articles(sqlite_url, 3)
    for file in tmp_path.glob("newscrawl.db*"):
        file.unlink()
    wait_for_failure(process, "disappeared while in use", "restore it")
    assert not (tmp_path / "newscrawl.db").exists(), "the crawl must not create an empty database"
    done = crawl("news", url=",".join(site.urls), database_url=sqlite_url)
    assert done.code == 0, done.log
    assert list(find_problems(site.site, sqlite_url)) == []


def test_replaced_database_file(site: RunningSite, sqlite_url: str, tmp_path: Path) -> None:
    crawl("news", url=",".join(site.urls), database_url=sqlite_url, max_pages=5)
    backup = (tmp_path / "newscrawl.db").read_bytes()
    process = start(site, sqlite_url)
    wait_for_articles(sqlite_url, 10)
    for file in tmp_path.glob("newscrawl.db-*"):
        file.unlink()
    (tmp_path / "restored").write_bytes(backup)
    (tmp_path / "restored").rename(tmp_path / "newscrawl.db")
    wait_for_failure(process, "was replaced while in use")
    assert_next_crawl_completes(site, sqlite_url, restored=True)


def test_removed_table(site: RunningSite, database_url: str) -> None:
    process = start(site, database_url)
    wait_for_articles(database_url, 3)
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE article_changes RENAME TO away"))
    wait_for_failure(process, "restore them from a backup")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO article_changes"))
    engine.dispose()
    assert_next_crawl_completes(site, database_url)


def run_sql(sql: str, *values: object) -> None:
    with psycopg.connect(POSTGRESQL_URL.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql, values)  # type: ignore[call-overload]


OTHER_BACKENDS = "pid <> pg_backend_pid() AND application_name = %s"


def with_application_name(database_url: str, name: str) -> str:
    return f"{database_url}&application_name={name}"


def test_terminated_connections_lose_nothing(site: RunningSite, postgresql_url: str) -> None:
    process = start(site, with_application_name(postgresql_url, "unlucky"))
    wait_for_articles(postgresql_url, 3)
    for _ in range(3):
        run_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHER_BACKENDS}", "unlucky")
        time.sleep(0.7)
    _, log = process.communicate(timeout=90)
    # After a connection lost during a commit, its result is unknown: the crawl exits, and the next one checks.
    assert process.returncode in {0, 6}, log
    assert "Traceback" not in log
    assert_next_crawl_completes(site, postgresql_url)


def test_server_that_rejects_logins(site: RunningSite, postgresql_url: str) -> None:
    role = f"crawler_{time.monotonic_ns()}"
    schema = postgresql_url.rpartition("%3D")[2]
    run_sql(f"CREATE ROLE {role} LOGIN")
    run_sql(f"GRANT ALL ON SCHEMA {schema} TO {role}")
    url = postgresql_url.replace("postgres@", f"{role}@")
    try:
        process = start(site, url)
        wait_for_articles(url, 3)
        run_sql(f"ALTER ROLE {role} NOLOGIN")
        run_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", role)
        wait_for_failure(process, "check that the server is running")
        run_sql(f"ALTER ROLE {role} LOGIN")
        assert_next_crawl_completes(site, url)
    finally:
        run_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")
        run_sql(f"DROP OWNED BY {role} CASCADE")
        run_sql(f"DROP ROLE {role}")


def test_transaction_is_retried_once_after_a_lost_connection(postgresql_url: str) -> None:
    engine = open_engine(with_application_name(postgresql_url, "unlucky-writer"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE)"))
    writer = Writer(engine)
    assert writer.submit(InsertNumber(7, ConnectionKiller(times=1))).result(10) == 1  # type: ignore[arg-type]
    with pytest.raises(OperationalError):
        writer.submit(InsertNumber(8, ConnectionKiller(times=2))).result(10)  # type: ignore[arg-type]
    assert writer.submit(InsertNumber(9)).result(10) == 1
    writer.close()
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars()) == [7, 9]
    engine.dispose()


class ConnectionKiller:
    """Terminates the connection of the running transaction, the first *times* it is used in place of a Gate."""

    def __init__(self, times: int) -> None:
        self.times = times

    def wait(self) -> None:
        if self.times:
            self.times -= 1
            run_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHER_BACKENDS}", "unlucky-writer")
            time.sleep(0.2)


def test_stopped_crawl_does_not_wait_for_a_locked_database(site: RunningSite, sqlite_url: str, tmp_path: Path) -> None:
    process = start(site, sqlite_url)
    wait_for_articles(sqlite_url, 3)
    other = sqlite3.connect(tmp_path / "newscrawl.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    time.sleep(0.5)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, log = process.communicate(timeout=60)
    seconds = time.monotonic() - started
    other.execute("ROLLBACK")
    other.close()
    assert seconds < 12 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert process.returncode == 6, log
    assert json.loads(output.splitlines()[-1])["exit_code"] == 6
    assert_next_crawl_completes(site, sqlite_url)


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        ("(sqlite3.OperationalError) database is locked", "stop that program"),
        ("database or disk is full", "free space"),
        ("could not extend file: No space left on device", "free space"),
        ("attempt to write a readonly database", "make it writable"),
        ("database disk image is malformed", "restore it"),
        ("server closed the connection unexpectedly", "check that the server is running"),
        ("something else", "fix the cause"),
    ],
)
def test_failure_message_has_a_hint_and_no_password(cause: str, hint: str) -> None:
    message = explain_failure("postgresql://joe:secret@db.example/news", ValueError(cause))
    assert cause.removeprefix("(sqlite3.OperationalError) ") in message
    assert hint in message
    assert "secret" not in message


def test_database_locked_by_another_program(locked_crawl: LockedCrawl) -> None:
    output, log, ended = locked_crawl.ended.result()
    assert_storage_failed(locked_crawl.process, output, log, "database is locked", "another program has locked it")
    assert ended - locked_crawl.started < 45, "the busy timeout and a little more"
    requests = len(locked_crawl.site.requests)
    locked_crawl.other.execute("ROLLBACK")
    locked_crawl.other.close()
    assert len(locked_crawl.site.requests) == requests
    assert_next_crawl_completes(locked_crawl.site, locked_crawl.database_url)
