"""Start a crawl while another one of the same site runs on the same database; then kill the one that holds the lock.

    python benchmarks/overlap.py [--pairs 50] [--engine sqlite|postgresql] [--articles 88] [--seed N]

The second run of a pair starts at a random moment of the first. It must exit with code 3 within two seconds (its CPU
seconds show what that would be on an idle machine), and no article page may be fetched twice. For every fifth pair, one
more run is killed with SIGKILL; the next run must start at once: its time to the first request is compared with that of
a run without a previous one. Exits with 1 if anything is wrong.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.newssite.server import RunningSite, serve
from tests.support.crash_harness import OrphanWatcher, Run, count_article_fetches
from tests.support.crawling import query
from tests.support.databases import POSTGRESQL_URL, Databases, PostgresqlDatabases, SqliteDatabases, database

SUCCESS, LOCKED = 0, 3
MAX_SECONDS = 2.0
"""Seconds within which a run that finds the site locked must exit."""
PAIRS_PER_KILL = 5


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """Start and end of a run in seconds of time.monotonic()."""

    started: float
    ended: float
    cpu_seconds: float
    """Including children that the process waited for."""
    exit_code: int

    @property
    def seconds(self) -> float:
        return self.ended - self.started


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs, the second started `offset` seconds after the first."""

    offset: float
    runs: tuple[FinishedRun, FinishedRun]
    fetched_twice: int
    """Article pages fetched more than once. A listing is checked by every run, as often as the run wants."""
    is_sequential: bool
    """Whether each crawl in the database started after the end of the previous one."""

    @property
    def overlapped(self) -> bool:
        return self.runs[1].started < self.runs[0].ended

    @property
    def rejected(self) -> FinishedRun | None:
        """Return the run that exited because the site was locked."""
        return next((run for run in self.runs if run.exit_code == LOCKED), None)

    @property
    def is_fine(self) -> bool:
        """Return whether the pair behaved correctly. If the first run ends in time, both succeed."""
        codes = sorted(run.exit_code for run in self.runs)
        if self.fetched_twice or not self.is_sequential or codes not in ([SUCCESS, LOCKED], [SUCCESS, SUCCESS]):
            return False
        return self.rejected is None or self.rejected.seconds <= MAX_SECONDS


@dataclass(frozen=True, slots=True)
class Takeover:
    """A killed run and the next run."""

    usual: float
    """Seconds from the start of the killed run to its first request."""
    after_kill: float | None
    """The same for the next run; None if it made no request."""
    exit_code: int
    whole_group: bool


class _RunWatcher(threading.Thread):
    """Record in the background when a run ends."""

    def __init__(self, run: Run) -> None:
        super().__init__(daemon=True)
        self._run = run
        self.start()

    def run(self) -> None:
        process = self._run.process
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_seconds = usage.ru_utime + usage.ru_stime
        self.result = FinishedRun(self._run.started, time.monotonic(), cpu_seconds, process.returncode)

    def finished(self) -> FinishedRun:
        self.join()
        return self.result


@dataclass(frozen=True, slots=True)
class Environment:
    """The site, databases and folder that runs share."""

    site: RunningSite
    databases: Databases
    folder: Path

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Yield the URL of an empty database and clear the request log of the server."""
        self.site.forget_requests()
        with database(self.databases) as url:
            yield url

    def run(self, url: str) -> Run:
        return Run(self.site, url, self.folder / "run.log", NEWSCRAWL_EXTRACTION_WORKERS=1)

    def measure_single_run(self) -> float:
        """Return the seconds that a run takes on its own."""
        with self.empty() as url:
            return _RunWatcher(self.run(url)).finished().seconds

    def run_pair(self, offset: float) -> Pair:
        with self.empty() as url:
            first = _RunWatcher(self.run(url))
            time.sleep(offset)
            second = _RunWatcher(self.run(url))
            runs = first.finished(), second.finished()
            fetched_twice = sum(times > 1 for times in count_article_fetches(self.site, url).values())
            spans = query(url, "SELECT started_at, finished_at FROM crawls ORDER BY id")
        is_sequential = all(one[1] and one[1] <= other[0] for one, other in itertools.pairwise(spans))
        return Pair(offset, runs, fetched_twice, is_sequential)

    def kill_and_restart(self, random: Random) -> Takeover:
        whole_group, requests = random.random() < 0.5, random.randint(2, 60)
        with self.empty() as url:
            first = self.run(url)
            first.wait_until(lambda: bool(self.site.requests))
            usual = first.age
            first.wait_until(lambda: len(self.site.requests) >= requests)
            first.kill(whole_group=whole_group)
            orphans = OrphanWatcher(first)
            before = len(self.site.requests)
            next_run = self.run(url)
            requested = next_run.wait_until(lambda: len(self.site.requests) > before)
            after = next_run.age if requested else None
            exit_code = next_run.wait()
            orphans.join()
        return Takeover(usual, after, exit_code, whole_group)


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
        shared = Environment(site, databases, Path(folder))
        length = shared.measure_single_run()
        pairs = [print_pair(shared.run_pair(random.uniform(0.0, length))) for _ in range(options.pairs)]
        takeovers = [shared.kill_and_restart(random) for _ in range(max(options.pairs // PAIRS_PER_KILL, 1))]
    return report(options.engine, pairs, takeovers)


def print_pair(pair: Pair) -> Pair:
    runs = ", ".join(f"{run.seconds:.1f} s ({run.cpu_seconds:.1f} CPU) code {run.exit_code}" for run in pair.runs)
    result = "fine" if pair.is_fine else "WRONG"
    print(f"after {pair.offset:.2f} s: {runs}, {pair.fetched_twice} articles fetched twice: {result}", flush=True)
    return pair


def report(engine: str, pairs: list[Pair], takeovers: list[Takeover]) -> int:
    rejected = [run.seconds for pair in pairs if (run := pair.rejected) is not None]
    usual = statistics.median(takeover.usual for takeover in takeovers)
    after = [takeover.after_kill for takeover in takeovers if takeover.after_kill is not None]
    cpu = [run.cpu_seconds for pair in pairs if (run := pair.rejected) is not None]
    late = sum(seconds > MAX_SECONDS for seconds in rejected)
    rows = {
        "pairs": len(pairs),
        "the second started while the first was running": sum(pair.overlapped for pair in pairs),
        "pairs that crawled at the same time": sum(not pair.is_sequential for pair in pairs),
        f"one exited with code {LOCKED}": len(rejected),
        "seconds until then, median / longest": spread(rejected),
        f"of these, over {MAX_SECONDS:.0f} s": late,
        "CPU seconds until then, median / longest": spread(cpu),
        "article pages fetched twice": sum(pair.fetched_twice for pair in pairs),
        "pairs with anything wrong": sum(not pair.is_fine for pair in pairs),
        "lock holders killed": len(takeovers),
        "seconds to the first request without a previous run, median": f"{usual:.2f}",
        "the same after a kill, median / longest": spread(after),
        "next runs that did not exit with code 0": sum(takeover.exit_code != SUCCESS for takeover in takeovers),
    }
    print(f"\n| {engine} | |\n| --- | ---: |")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    is_fine = all(pair.is_fine for pair in pairs) and all(
        takeover.exit_code == SUCCESS and takeover.after_kill is not None for takeover in takeovers
    )
    return 0 if is_fine else 1


def spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} / {max(seconds):.2f}" if seconds else "–"


if __name__ == "__main__":
    sys.exit(main())
