"""Follow the change feed while crawls write, kill the follower, and read articles while a crawl writes.

    python benchmarks/changes.py writers [--seconds 60] [--writers 3]
    python benchmarks/changes.py kills [--kills 50]
    python benchmarks/changes.py readers [--rounds 3] [--articles 300] [--readers 8]

`writers` is on PostgreSQL: several processes save, change and withdraw articles while `scrapy changes --cursor --follow
--full` writes lines, of which a copy is made that must equal the table. `kills` (SQLite): the follower is killed with
SIGKILL at random moments, and each time started again. `readers` (SQLite): the bundled site is crawled alone and while
processes read articles, one after the other; each reader checks that headline and body have the hash stored beside
them. Exits with 1 if a copy differs, an article is torn, or a reader fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.crawl import measure, newscrawl_command, serve
from newscrawl.dedup.content_hash import content_hash
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.queries.changes import read_changes
from newscrawl.storage.schema import articles
from newscrawl.storage.upgrade import upgrade
from tests.support.databases import POSTGRESQL_URL, PostgresqlDatabases, SqliteDatabases, database
from tests.support.feed_copy import finish_follower, read_copy, start_follower, write_changes

KILL_WITHIN_S = (0.0, 0.3)
"""When a follower is killed after its first line."""
READ_PAUSE_S = 0.2
"""Of each reader, between two queries."""
FORK = multiprocessing.get_context("fork")


def create_tables(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


@contextmanager
def writing(
    url: str, writers: int, seconds: float, pause: float
) -> Iterator[list[multiprocessing.process.BaseProcess]]:
    until = time.monotonic() + seconds
    processes = [FORK.Process(target=write_changes, args=(url, seed, until, pause)) for seed in range(writers)]
    for process in processes:
        process.start()
    yield list(processes)
    for process in processes:
        process.terminate()
        process.join()


def judge(url: str, file: Path, what: str) -> bool:
    """Print and return whether the copy in *file* equals the table."""
    copy = read_copy(file)
    faults = copy.find_faults(url)
    print(
        f"{what}: {len(copy.change_ids):,} changes, {copy.repeated:,} of them repeated; "
        f"{len(copy.articles):,} articles; {copy.torn} torn; {len(faults)} differences; load {os.getloadavg()[0]:.1f}"
    )
    for fault in faults[:10]:
        print(f"  {fault}")
    return not faults and not copy.torn


def follow_writers(options: argparse.Namespace) -> bool:
    with database(PostgresqlDatabases(POSTGRESQL_URL)) as url, tempfile.TemporaryDirectory() as folder:
        create_tables(url)
        file = Path(folder, "lines")
        follower = start_follower(url, file)
        with writing(url, options.writers, options.seconds, 0) as writers:
            for writer in writers:
                writer.join()
            failed = [writer.exitcode for writer in writers if writer.exitcode]
        follower.terminate()
        code = follower.wait(60)
        finish_follower(url, file)
        what = f"{options.writers} writers on PostgreSQL for {options.seconds:g} s, follower exit code {code}"
        return judge(url, file, what) and not code and not failed


def kill_followers(options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as folder, database(SqliteDatabases(Path(folder))) as url:
        create_tables(url)
        file = Path(folder, "lines")
        with writing(url, 2, 3600, 0.05):
            for _ in range(options.kills):
                follower = start_follower(url, file)
                size = file.stat().st_size
                while file.stat().st_size == size and follower.poll() is None:
                    time.sleep(0.001)
                time.sleep(random.uniform(*KILL_WITHIN_S))
                follower.kill()
                follower.wait()
        finish_follower(url, file)
        return judge(url, file, f"{options.kills} kills with SIGKILL on SQLite")


def read_until(url: str, number: int, stop: multiprocessing.synchronize.Event, results: multiprocessing.Queue) -> None:
    """Read random articles and the change feed until *stop*; put what was counted into *results*."""
    engine, counts, chosen = open_engine(url, reads_only=True), Counter[str](), random.Random(number)
    while not stop.wait(READ_PAUSE_S):
        counts["queries"] += 1
        try:
            with connect_for_reading(engine) as connection:
                last = connection.execute(select(func.max(articles.c.id))).scalar() or 0
                read_changes(connection, max(last - 100, 0), 100)
                one = select(articles).where(articles.c.id >= chosen.randint(0, last)).order_by(articles.c.id).limit(1)
                for row in connection.execute(one):
                    counts["articles"] += 1
                    counts["torn"] += row.content_hash != content_hash(row.headline, row.article_body)
        except SQLAlchemyError as error:
            counts["locked" if "locked" in str(error) else "failed"] += 1
    results.put(counts)
    engine.dispose()


@contextmanager
def reading(url: str, readers: int, counts: Counter[str]) -> Iterator[None]:
    stop, results = FORK.Event(), FORK.Queue()
    processes = [FORK.Process(target=read_until, args=(url, one, stop, results)) for one in range(readers)]
    for process in processes:
        process.start()
    yield
    stop.set()
    for process in processes:
        counts.update(results.get(timeout=60))
        process.join()


def crawl_with_readers(options: argparse.Namespace) -> bool:
    counts, ratios = Counter[str](), list[float]()
    with tempfile.TemporaryDirectory() as folder, serve(options.articles) as urls:
        for number in range(options.rounds):
            seconds = {}
            for readers in random.sample((0, options.readers), 2):
                url = f"sqlite:///{folder}/{number}-{readers}.db"
                create_tables(url)
                with reading(url, readers, counts):
                    seconds[readers] = measure(newscrawl_command(urls), {"NEWSCRAWL_DATABASE_URL": url}).seconds
            ratios.append(seconds[0] / seconds[options.readers])
            print(f"round {number + 1}: alone {seconds[0]:.1f} s, ratio {ratios[-1]:.2f}", flush=True)
    ratio, found = statistics.median(ratios), ", ".join(f"{counts[one]} {one}" for one in ("locked", "failed", "torn"))
    print(f"{options.readers} readers: {counts['queries']:,} queries, {counts['articles']:,} articles, {found}")
    print(f"speed of the crawl: {ratio:.2f} of alone (median); load {os.getloadavg()[0]:.1f}")
    return not (counts["locked"] or counts["failed"] or counts["torn"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["writers", "kills", "readers"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--readers", type=int, default=8)
    options = parser.parse_args()
    parts = {"writers": follow_writers, "kills": kill_followers, "readers": crawl_with_readers}
    raise SystemExit(0 if parts[options.part](options) else 1)


if __name__ == "__main__":
    main()
