"""The database is locked, full or gone while a crawl runs: it ends, nothing is lost, and the next run completes it."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from newscrawl.storage.engine import explain_failure, open_engine
from newscrawl.storage.writer import Writer
from tests.conftest import POSTGRESQL_URL
from tests.newssite.check import find_problems
from tests.newssite.server import RunningSite, serve
from tests.storage.test_writer import Put
from tests.support.crash_harness import asked_keys
from tests.support.crawling import ROOT, crawl, environment, query
from tests.support.invariants import equation, faults


@pytest.fixture
def site() -> Iterator[RunningSite]:
    with serve(ports=(0, 0)) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Held:
    """A crawl whose database another program has held since *began*."""

    site: RunningSite
    database_url: str
    other: sqlite3.Connection
    process: subprocess.Popen[str]
    began: float
    ended: Future[tuple[str, str, float]]
    """Output, log, and when."""


@pytest.fixture(scope="module", autouse=True)
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """It waits for half a minute and does nothing; the other tests need not wait for that."""
    file = tmp_path_factory.mktemp("held") / "newscrawl.db"
    url = f"sqlite:///{file}"
    with serve(ports=(0, 0)) as site, ThreadPoolExecutor(1) as thread:
        process = start(site, url)
        wait_for_articles(url, 3)
        other = sqlite3.connect(file, isolation_level=None)
        began = time.monotonic()
        other.execute("BEGIN EXCLUSIVE")
        ended = thread.submit(lambda: (*process.communicate(timeout=90), time.monotonic()))
        yield Held(site, url, other, process, began, ended)
        other.close()


def start(site: RunningSite, database_url: str) -> subprocess.Popen[str]:
    arguments = ["-m", "scrapy", "crawl", "news", "-a", f"url={','.join(site.urls)}"]
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(database_url, NEWSCRAWL_DELAY=0.1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_articles(database_url: str, number: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.1)
        try:
            if query(database_url, "SELECT count(*) FROM articles")[0][0] >= number:
                return
        except Exception:
            continue
    raise AssertionError("no article was stored within a minute")


def end(process: subprocess.Popen[str], *words: str) -> str:
    """Wait until the crawl has given up, and hold what it says against what it should say."""
    return assert_it_gave_up(process, *process.communicate(timeout=90), *words)


def assert_it_gave_up(process: subprocess.Popen[str], output: str, log: str, *words: str) -> str:
    summary = json.loads(output.splitlines()[-1])
    assert (process.returncode, summary["exit_code"], summary["finish_reason"]) == (6, 6, "storage_failed"), log
    assert all(word in summary["error"] for word in words), summary["error"]
    assert summary["error"] in log
    assert "Traceback" not in log, log
    return log


def assert_the_next_crawl_completes_it(site: RunningSite, database_url: str, *, restored: bool = False) -> None:
    """*restored*: from a backup, which knows nothing of what was asked for since."""
    assert restored or list(equation(database_url, asked_keys(site))) == []
    stored = query(database_url, "SELECT count(*) FROM articles")
    marked = query(database_url, "SELECT count(*) FROM pages WHERE outcome = 'stored'")
    assert stored == marked, "what is marked as stored is stored, and nothing else"
    done = crawl("news", url=",".join(site.urls), database_url=database_url)
    assert done.code == 0, done.log
    assert list(find_problems(site.site, database_url)) == []
    assert [*faults(database_url), *equation(database_url, asked_keys(site))] == []


def test_a_full_disk(site: RunningSite, sqlite_url: str) -> None:
    crawl("news", url=",".join(site.urls), database_url=sqlite_url, max_pages=1)
    size = Path(sqlite_url.removeprefix("sqlite:///")).stat().st_size

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300_000, size + 300_000))

    arguments = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={','.join(site.urls)}"]
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=environment(sqlite_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )
    end(process, "free some space")
    assert_the_next_crawl_completes_it(site, sqlite_url)


def test_a_file_that_is_removed(site: RunningSite, sqlite_url: str, tmp_path: Path) -> None:
    process = start(site, sqlite_url)
    wait_for_articles(sqlite_url, 3)
    for file in tmp_path.glob("newscrawl.db*"):
        file.unlink()
    end(process, "is gone while it was in use", "put it back")
    assert not (tmp_path / "newscrawl.db").exists(), "no empty database in its place"
    done = crawl("news", url=",".join(site.urls), database_url=sqlite_url)
    assert done.code == 0, done.log
    assert list(find_problems(site.site, sqlite_url)) == []


def test_a_file_that_is_replaced(site: RunningSite, sqlite_url: str, tmp_path: Path) -> None:
    crawl("news", url=",".join(site.urls), database_url=sqlite_url, max_pages=5)
    backup = (tmp_path / "newscrawl.db").read_bytes()
    process = start(site, sqlite_url)
    wait_for_articles(sqlite_url, 10)
    for file in tmp_path.glob("newscrawl.db-*"):
        file.unlink()
    (tmp_path / "restored").write_bytes(backup)
    (tmp_path / "restored").rename(tmp_path / "newscrawl.db")
    end(process, "was replaced while it was in use")
    assert_the_next_crawl_completes_it(site, sqlite_url, restored=True)


def test_tables_that_are_removed(site: RunningSite, database_url: str) -> None:
    process = start(site, database_url)
    wait_for_articles(database_url, 3)
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE article_changes RENAME TO away"))
    end(process, "restore them from a backup")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO article_changes"))
    engine.dispose()
    assert_the_next_crawl_completes_it(site, database_url)


def server(sql: str, *values: object) -> None:
    with psycopg.connect(POSTGRESQL_URL.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql, values)  # type: ignore[call-overload]


BACKENDS = "pid <> pg_backend_pid() AND application_name = %s"


def named(database_url: str, name: str) -> str:
    return f"{database_url}&application_name={name}"


def test_connections_that_are_killed_now_and_then_lose_nothing(site: RunningSite, postgresql_url: str) -> None:
    process = start(site, named(postgresql_url, "unlucky"))
    wait_for_articles(postgresql_url, 3)
    for _ in range(3):
        server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {BACKENDS}", "unlucky")
        time.sleep(0.7)
    _, log = process.communicate(timeout=90)
    # Killed while it commits, nobody can know whether it did: then the crawl ends, and the next one looks.
    assert process.returncode in {0, 6}, log
    assert "Traceback" not in log
    assert_the_next_crawl_completes_it(site, postgresql_url)


def test_a_server_that_lets_nobody_in_any_more(site: RunningSite, postgresql_url: str) -> None:
    role = f"crawler_{time.monotonic_ns()}"
    schema = postgresql_url.rpartition("%3D")[2]
    server(f"CREATE ROLE {role} LOGIN")
    server(f"GRANT ALL ON SCHEMA {schema} TO {role}")
    url = postgresql_url.replace("postgres@", f"{role}@")
    try:
        process = start(site, url)
        wait_for_articles(url, 3)
        server(f"ALTER ROLE {role} NOLOGIN")
        server("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", role)
        end(process, "see that the server runs")
        server(f"ALTER ROLE {role} LOGIN")
        assert_the_next_crawl_completes_it(site, url)
    finally:
        server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")
        server(f"DROP OWNED BY {role} CASCADE")
        server(f"DROP ROLE {role}")


def test_a_transaction_whose_connection_is_lost_is_repeated_once(postgresql_url: str) -> None:
    engine = open_engine(named(postgresql_url, "unlucky-writer"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE)"))
    writer = Writer(engine)
    assert writer.submit(Put(7, Killer(times=1))).result(10) == 1  # type: ignore[arg-type]
    with pytest.raises(OperationalError):
        writer.submit(Put(8, Killer(times=2))).result(10)  # type: ignore[arg-type]
    assert writer.submit(Put(9)).result(10) == 1
    writer.close()
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars()) == [7, 9]
    engine.dispose()


class Killer:
    """In place of a gate: kills the transaction's own connection the first times that it is passed."""

    def __init__(self, times: int) -> None:
        self.times = times

    def hold(self) -> None:
        if self.times:
            self.times -= 1
            server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {BACKENDS}", "unlucky-writer")
            time.sleep(0.2)


def test_a_stopped_crawl_does_not_wait_for_a_locked_database(
    site: RunningSite, sqlite_url: str, tmp_path: Path
) -> None:
    process = start(site, sqlite_url)
    wait_for_articles(sqlite_url, 3)
    other = sqlite3.connect(tmp_path / "newscrawl.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    time.sleep(0.5)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, log = process.communicate(timeout=60)
    seconds = time.monotonic() - began
    other.execute("ROLLBACK")
    other.close()
    assert seconds < 12 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert process.returncode == 6, log
    assert json.loads(output.splitlines()[-1])["exit_code"] == 6
    assert_the_next_crawl_completes_it(site, sqlite_url)


@pytest.mark.parametrize(
    ("cause", "cure"),
    [
        ("(sqlite3.OperationalError) database is locked", "end that program"),
        ("database or disk is full", "free some space"),
        ("could not extend file: No space left on device", "free some space"),
        ("attempt to write a readonly database", "make it writable"),
        ("database disk image is malformed", "restore it"),
        ("server closed the connection unexpectedly", "see that the server runs"),
        ("something else", "mend it"),
    ],
)
def test_a_failure_is_told_with_its_cure(cause: str, cure: str) -> None:
    told = explain_failure("postgresql://joe:secret@db.example/news", ValueError(cause))
    assert cause.removeprefix("(sqlite3.OperationalError) ") in told
    assert cure in told
    assert "secret" not in told


def test_a_database_that_another_program_holds(held: Held) -> None:
    output, log, ended = held.ended.result()
    assert_it_gave_up(held.process, output, log, "database is locked", "another program holds it")
    assert ended - held.began < 45, "the busy time-out, and a moment"
    asked = len(held.site.requests)
    held.other.execute("ROLLBACK")
    held.other.close()
    assert len(held.site.requests) == asked
    assert_the_next_crawl_completes_it(held.site, held.database_url)
