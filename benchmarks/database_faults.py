"""Fill, lock and kill the database of running crawls, and check that nothing counts as done that is not stored.

    python benchmarks/database_faults.py [--times 20] [--engine sqlite|postgresql] [--faults full locked killed]
        [--articles 90] [--seed 1]

Each fault hits a crawl of the bundled site after a random number of stored articles. "full": SQLite's file may not
grow further; PostgreSQL raises `disk_full`. "locked": another program holds an exclusive lock for longer than the crawl
waits, which is shortened (PostgreSQL waits until the lock is released). "killed": SIGKILL for the whole process group.
Then one run completes the crawl, and the database is compared with the site. Prints a table; exits with 1 if anything
is wrong.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import psycopg
from sqlalchemy import make_url

from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.newssite.check import find_problems
from tests.newssite.server import RunningSite, serve
from tests.support.crash_harness import requested_keys
from tests.support.crawling import environment, query, wait_for_articles
from tests.support.databases import POSTGRESQL_URL, Databases, PostgresqlDatabases, SqliteDatabases, database
from tests.support.invariants import equation, faults

FAULTS = ("full", "locked", "killed")
BUSY_SECONDS = 1.5
"""How long SQLite waits for a lock, in place of 30."""
LOCKED_SECONDS = 6.0
STARTER = f"""
import sys
from newscrawl.storage import engine
engine._PRAGMAS = tuple(p for p in engine._PRAGMAS if "busy" not in p) + ("busy_timeout={BUSY_SECONDS * 1000:.0f}",)
engine.SQLITE_BUSY_MS = {BUSY_SECONDS * 1000:.0f}
from scrapy.cmdline import execute
execute(["scrapy", *sys.argv[1:]])
"""
FULL = """
CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER disk_full BEFORE INSERT ON fetches FOR EACH ROW EXECUTE FUNCTION disk_full();
"""
DONE_WITHOUT_ARTICLE = """
SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IN ('stored', 'updated', 'unchanged')
AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = pages.article_id)
"""


def start(site: RunningSite, url: str, *, limit: int | None = None, short: bool = True) -> subprocess.Popen[str]:
    """Start a crawl; *limit*: bytes that a file may have."""
    command = [sys.executable, *(("-c", STARTER) if short else ("-m", "scrapy"))]
    return subprocess.Popen(
        [*command, "crawl", "news", "-a", f"url={','.join(site.urls)}"],
        cwd=ROOT,
        env=environment(url, NEWSCRAWL_DELAY=0.02),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold an exclusive lock on the database."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
    else:
        with psycopg.connect(url.replace("+psycopg", "")) as server:
            while True:
                # The server may end a deadlock with the crawl at either side.
                with suppress(psycopg.errors.DeadlockDetected):
                    server.execute("LOCK TABLE pages, articles, fetches IN ACCESS EXCLUSIVE MODE")
                    break
                server.rollback()
            yield


def run_sql(url: str, sql: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql)


def inject(fault: str, site: RunningSite, url: str, random: Random) -> tuple[int, str]:
    """Crawl with a fault; return exit code and output."""
    articles, is_sqlite = random.randint(1, 30), url.startswith("sqlite")
    if fault == "full" and is_sqlite:
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        size = Path(make_url(url).database or "").stat().st_size
        process = start(site, url, limit=size + random.randint(50_000, 800_000))
        output, _ = process.communicate(timeout=120)
        return process.returncode, output
    process = start(site, url)
    # A crawl that has ended has met no fault; its code says so.
    with suppress(AssertionError):
        wait_for_articles(url, articles)
    if fault == "killed":
        time.sleep(random.uniform(0, 0.3))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    elif fault == "full":
        run_sql(url, FULL)
    else:
        with locked(url):
            deadline = time.monotonic() + LOCKED_SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
    output, _ = process.communicate(timeout=120)
    if fault == "full":
        run_sql(url, "DROP TRIGGER disk_full ON fetches; DROP FUNCTION disk_full")
    return process.returncode, output


EXPECTED: dict[tuple[str, str], tuple[int, ...]] = {
    ("full", "sqlite"): (6,),
    ("full", "postgresql"): (6,),
    ("locked", "sqlite"): (6,),
    ("locked", "postgresql"): (0, 6),
    ("killed", "sqlite"): (-9,),
    ("killed", "postgresql"): (-9,),
}


def check(fault: str, site: RunningSite, databases: Databases, random: Random, engine: str) -> tuple[int, list[str]]:
    """Return the exit code of a crawl with a fault, and what is wrong afterwards."""
    site.forget_requests()
    with database(databases) as url:
        code, output = inject(fault, site, url, random)
        wrong = [] if code in EXPECTED[fault, engine] else [f"exit code {code}: {output[-600:]}"]
        wrong += ["traceback"] if "Traceback" in output else []
        [(lost,)] = query(url, DONE_WITHOUT_ARTICLE)
        wrong += [f"{lost} pages are done and not stored"] if lost else []
        process = start(site, url, short=False)
        output, _ = process.communicate(timeout=300)
        wrong += [f"the next run ended with {process.returncode}: {output[-600:]}"] if process.returncode else []
        wrong += [*map(str, find_problems(site.site, url)), *faults(url), *equation(url, requested_keys(site))]
    return code, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=FAULTS)
    parser.add_argument("--articles", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random, is_wrong = Random(options.seed), False
    make: dict[str, Callable[[Path], Databases]] = {
        "sqlite": SqliteDatabases,
        "postgresql": lambda folder: PostgresqlDatabases(POSTGRESQL_URL),
    }
    print("| fault | crawls | exit codes | with anything wrong |\n| --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder, serve(ports=(0, 0), articles=options.articles) as site:
        for fault in options.faults:
            codes, bad = Counter[int](), 0
            for _ in range(options.times):
                code, wrong = check(fault, site, make[options.engine](Path(folder)), random, options.engine)
                codes[code] += 1
                bad += bool(wrong)
                for one in wrong:
                    print(f"{fault}: {one}", file=sys.stderr, flush=True)
            is_wrong |= bool(bad)
            ends = ", ".join(f"{code} ({number})" for code, number in codes.items())
            print(f"| {options.engine}, {fault} | {codes.total()} | {ends} | {bad} |", flush=True)
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
