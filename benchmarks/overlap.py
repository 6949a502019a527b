"""Start a crawl while another one of the same sites runs on the same database; then kill the one that holds the lock.

    python benchmarks/overlap.py [--pairs 50] [--engine sqlite|postgresql] [--articles 88] [--seed N]

The second run of a pair starts at a random moment of the first. It must leave within two seconds with exit code 3 (its
CPU seconds tell what that is on an idle machine), and the server must not be asked twice for any page. For every fifth
pair a run is killed with SIGKILL on its way, and the next one must start at once: told is the time to its first
request, beside that of a run that nobody was before.
Exits 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.newssite.server import RunningSite, serve
from tests.support.crash_harness import OrphanWatcher, Run, answered_keys
from tests.support.crawling import query
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases, database

POSTGRESQL_URL = os.environ.get("NEWSCRAWL_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
FINE, LOCKED = 0, 3
PATIENCE = 2.0
"""Seconds within which a run that finds another one leaves."""
PAIRS_A_KILL = 5


@dataclass(frozen=True, slots=True)
class Ended:
    """A run from start to exit, in seconds of time.monotonic()."""

    started: float
    ended: float
    cpu_seconds: float
    """Of the process and those of its children that it waited for."""
    code: int

    @property
    def seconds(self) -> float:
        return self.ended - self.started


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs, the second started `offset` seconds after the first."""

    offset: float
    runs: tuple[Ended, Ended]
    twice: int
    """Pages that were answered more than once."""
    took_turns: bool
    """No crawl in the database began before the one before it had ended."""

    @property
    def overlapped(self) -> bool:
        return self.runs[1].started < self.runs[0].ended

    @property
    def refused(self) -> Ended | None:
        """The run that left because of the other one."""
        return next((run for run in self.runs if run.code == LOCKED), None)

    @property
    def is_fine(self) -> bool:
        """A run that starts while the other one ends may come just late enough to follow it."""
        codes = sorted(run.code for run in self.runs)
        if self.twice or not self.took_turns or codes not in ([FINE, LOCKED], [FINE, FINE]):
            return False
        return self.refused is None or self.refused.seconds <= PATIENCE


@dataclass(frozen=True, slots=True)
class Takeover:
    """A run that was killed, and the next one."""

    usual: float
    """Seconds from the first run's start to its first request."""
    after_kill: float | None
    """The same of the run that was started when the first was dead; None where it asked for nothing."""
    code: int
    whole_group: bool


class _Watch(threading.Thread):
    """Notes when a run ends, while others are waited for."""

    def __init__(self, run: Run) -> None:
        super().__init__(daemon=True)
        self._run = run
        self.start()

    def run(self) -> None:
        process = self._run.process
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_seconds = usage.ru_utime + usage.ru_stime
        self.result = Ended(self._run.started, time.monotonic(), cpu_seconds, process.returncode)

    def ended(self) -> Ended:
        self.join()
        return self.result


@dataclass(frozen=True, slots=True)
class Place:
    """Where runs meet."""

    site: RunningSite
    databases: Databases
    folder: Path

    @contextmanager
    def empty(self) -> Iterator[str]:
        """An empty database, and a server that was asked for nothing yet."""
        self.site.forget_requests()
        with database(self.databases) as url:
            yield url

    def run(self, url: str) -> Run:
        return Run(self.site, url, self.folder / "run.log", NEWSCRAWL_EXTRACTION_WORKERS=1)

    def alone(self) -> float:
        """Return how many seconds a run takes that meets none."""
        with self.empty() as url:
            return _Watch(self.run(url)).ended().seconds

    def meet(self, offset: float) -> Pair:
        with self.empty() as url:
            first = _Watch(self.run(url))
            time.sleep(offset)
            second = _Watch(self.run(url))
            runs = first.ended(), second.ended()
            twice = sum(times > 1 for times in Counter(answered_keys(self.site, (200,))).values())
            spans = query(url, "SELECT started_at, finished_at FROM crawls ORDER BY id")
        took_turns = all(one[1] and one[1] <= other[0] for one, other in itertools.pairwise(spans))
        return Pair(offset, runs, twice, took_turns)

    def take_over(self, random: Random) -> Takeover:
        whole_group, requests = random.random() < 0.5, random.randint(2, 60)
        with self.empty() as url:
            first = self.run(url)
            first.wait_until(lambda: bool(self.site.requests))
            usual = first.age
            first.wait_until(lambda: len(self.site.requests) >= requests)
            first.kill(whole_group=whole_group)
            orphans = OrphanWatcher(first)
            before = len(self.site.requests)
            following = self.run(url)
            asked = following.wait_until(lambda: len(self.site.requests) > before)
            after = following.age if asked else None
            code = following.wait()
            orphans.join()
        return Takeover(usual, after, code, whole_group)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--articles", type=int, default=88)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random, today = Random(options.seed), datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as folder, serve(articles=options.articles, today=today) as site:
        is_sqlite = options.engine == "sqlite"
        databases = SqliteDatabases(Path(folder)) if is_sqlite else PostgresqlDatabases(POSTGRESQL_URL)
        place = Place(site, databases, Path(folder))
        length = place.alone()
        pairs = [tell(place.meet(random.uniform(0.0, length))) for _ in range(options.pairs)]
        takeovers = [place.take_over(random) for _ in range(max(options.pairs // PAIRS_A_KILL, 1))]
    return report(options.engine, pairs, takeovers)


def tell(pair: Pair) -> Pair:
    runs = ", ".join(f"{run.seconds:.1f} s ({run.cpu_seconds:.1f} CPU) code {run.code}" for run in pair.runs)
    page_type = "fine" if pair.is_fine else "WRONG"
    print(f"after {pair.offset:.2f} s: {runs}, {pair.twice} pages twice: {page_type}", flush=True)
    return pair


def report(engine: str, pairs: list[Pair], takeovers: list[Takeover]) -> int:
    refused = [run.seconds for pair in pairs if (run := pair.refused) is not None]
    usual = statistics.median(takeover.usual for takeover in takeovers)
    after = [takeover.after_kill for takeover in takeovers if takeover.after_kill is not None]
    cpu = [run.cpu_seconds for pair in pairs if (run := pair.refused) is not None]
    late = sum(seconds > PATIENCE for seconds in refused)
    rows = {
        "pairs": len(pairs),
        "of them started while the first was alive": sum(pair.overlapped for pair in pairs),
        "pairs that crawled at the same time": sum(not pair.took_turns for pair in pairs),
        f"one of them left with code {LOCKED}": len(refused),
        "seconds until it had left, median / longest": spread(refused),
        f"later than {PATIENCE:.0f} s": late,
        "its CPU seconds, median / longest": spread(cpu),
        "pages fetched twice": sum(pair.twice for pair in pairs),
        "pairs with anything wrong": sum(not pair.is_fine for pair in pairs),
        "holders killed": len(takeovers),
        "seconds to the first request: usual, median": f"{usual:.2f}",
        "after the kill, median / longest": spread(after),
        "next run did not end with code 0": sum(takeover.code != FINE for takeover in takeovers),
    }
    print(f"\n| {engine} | |\n| --- | ---: |")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    is_fine = all(pair.is_fine for pair in pairs) and all(
        takeover.code == FINE and takeover.after_kill is not None for takeover in takeovers
    )
    return 0 if is_fine else 1


def spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} / {max(seconds):.2f}" if seconds else "–"


if __name__ == "__main__":
    sys.exit(main())
