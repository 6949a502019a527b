"""Crawl for hours with faults injected, and check that memory stays flat, nothing leaks and no page is lost.

    python benchmarks/soak.py [--hours 2] [--engine sqlite|postgresql] [--folder soak] [--seed 1]

One `scrapy crawl news` crawls sites on loopback until its `max_time`. The sites have sections of ever new articles, and
send faults in place of one answer in twelve (benchmarks/soak_sites.py). Now and then the database is locked for some
seconds, and on PostgreSQL the connections of the crawl are terminated. In the middle half of the time, worker processes
are killed, and some pages cost a worker its life; so the workers of the first and the last window have grown as old.

Every 30 seconds, memory, descriptors and threads of each process are read from /proc (Linux only) and appended to
samples.jsonl in the folder, which also keeps the database and the log. The windows from 10 to 25 % and from 85 to 100 %
of the time are compared: memory by its median, which may grow by 10 %, and processes by their median, which may not
grow. Prints tables. Exits with 1 if anything grew, a process is left, an invariant of the database is violated, or
`fetched = stored + rejected + pending` does not hold.

Descriptors and threads may rise once, when a second connection to the database or a thread of a pool is opened for the
first time, and stay there; a leak goes on. Of each 5 % of the time from 10 % on, the minimum counts, which requests
under way do not raise. A rise lasts where both envelopes of these minima rise: the lowest value that is still to come,
and the highest value so far. So neither teeth of a saw nor a drop and its recovery are rises. A count grew if, after
25 % of the time, its envelopes rise three times or by more than 4 descriptors or 2 threads, or twice in the last
quarter. That is one leaked descriptor in 20 minutes of a crawl of two hours, or one in eight minutes of its last
quarter. A slower leak takes a longer run to see.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import psycopg

from benchmarks.database_faults import locked
from benchmarks.main_process import descendants
from benchmarks.soak_sites import ARCHIVE, SoakSites
from newscrawl.urls.normalize import normalize
from tests.support.crawling import DUMP_STATS, environment, query
from tests.support.databases import POSTGRESQL_URL, PostgresqlDatabases
from tests.support.invariants import equation, faults
from tests.support.raw_server import EVERY_HOST, RawServer, raw_server

FIRST_WINDOW, LAST_WINDOW = (0.10, 0.25), (0.85, 1.0)
"""Parts of the time that are compared."""
MAX_GROWTH = 1.10
SLICES = 20
"""Parts of the time of each of which the minimum of a count is taken."""
LAST_QUARTER = 0.75
MAX_RISE = {"fds": 4, "threads": 2}
"""What may be opened once: two connections to SQLite are four descriptors."""
MAX_RISES, MAX_LATE_RISES = 2, 1
WARM_UP_KILL, KILLS = 0.02, (0.25, 0.75)
"""When workers are killed: once at the start, so that the first window has seen it, and in the middle."""
KILL_INTERVAL, DATABASE_INTERVAL = 150.0, 300.0
"""Mean seconds between two faults; in a short run there are at least eight in the time for them."""
LOCKED_SECONDS = (2.0, 8.0)
EXIT_TIMEOUT = 60.0
OUTCOMES = """
SELECT outcome, reason, count(*) FROM pages WHERE kind = 'article' AND outcome IS NOT NULL
GROUP BY outcome, reason ORDER BY count(*) DESC
"""
MAIN, WORKER, HELPER = "main", "worker", "helper"


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the crawl at a moment."""

    pid: int
    started: int
    """Start time in clock ticks; with it, a PID is not that of a later process."""
    role: str
    """`main`, `worker`, or `helper`: the process that workers are forked from, and its resource tracker."""
    rss: int
    pss: int
    """KiB; the proportional set size counts a page that several processes share in parts."""
    fds: int
    threads: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The processes of the crawl at a moment."""

    at: float
    """Seconds since the start."""
    requests: int
    """Requests that the sites have received."""
    processes: tuple[Process, ...]

    def total(self, role: str, value: str) -> int:
        return sum(getattr(one, value) for one in self.processes if one.role == role)


@dataclass(frozen=True, slots=True)
class Rises:
    """How a count of descriptors or threads rose for good after the first window."""

    number: int
    late: int
    """Those of them in the last quarter of the time."""
    total: float
    """By how much."""

    def is_leak(self, max_total: float) -> bool:
        return self.number > MAX_RISES or self.late > MAX_LATE_RISES or self.total > max_total


@dataclass(frozen=True, slots=True)
class Growth:
    """A figure in the first and the last window."""

    name: str
    first: float
    last: float
    limit: float
    """Highest value of the last window."""
    rises: Rises | None = None
    """Of descriptors and threads, which decide."""
    max_rise: float = 0.0

    @property
    def is_exceeded(self) -> bool:
        return self.last > self.limit if self.rises is None else self.rises.is_leak(self.max_rise)

    def format(self) -> str:
        ratio = f"{self.last / self.first:.3f}" if self.first else "–"
        mark = "GREW" if self.is_exceeded else "ok"
        number = self.rises.number if self.rises is not None else 0
        rises = f", {number} {'rise' if number == 1 else 'rises'}" if number else ""
        return f"| {self.name} | {self.first:,.0f} | {self.last:,.0f} | {ratio} | {self.limit:,.0f} | {mark}{rises} |"


def evaluate(samples: Sequence[Sample], seconds: float) -> list[Growth]:
    """Compare the windows of a crawl that took *seconds*. Raises ValueError if one of them has no sample."""
    first, last = (
        [one for one in samples if start <= one.at / seconds <= end] for start, end in (FIRST_WINDOW, LAST_WINDOW)
    )
    if not first or not last:
        raise ValueError("too few samples: one of the windows has none")
    roles = {MAIN: "main process", WORKER: "all workers", HELPER: "processes that workers are forked from"}
    found = []
    for role, name in roles.items():
        value = "rss" if role == MAIN else "pss"
        before, after = (median(one.total(role, value) for one in window) / 1024 for window in (first, last))
        found.append(Growth(f"{value.upper()} of {name}, MiB, median", before, after, MAX_GROWTH * before))
        for value, what in (("fds", "descriptors"), ("threads", "threads")):
            low, end = (min(one.total(role, value) for one in window) for window in (first, last))
            rises, most = find_rises([(one.at / seconds, one.total(role, value)) for one in samples]), MAX_RISE[value]
            found.append(Growth(f"{what} of {name}, minimum", low, end, low + most, rises, most))
    count, counted = (median(len(one.processes) for one in window) for window in (first, last))
    return [*found, Growth("processes, median", count, counted, count)]


def find_rises(counts: Sequence[tuple[float, int]]) -> Rises:
    """Return how a count rose for good; *counts* are pairs of a part of the time and the count then."""
    lowest: dict[int, int] = {}
    for part, count in counts:
        if FIRST_WINDOW[0] <= part <= 1:
            # A sample at the very end belongs to the last slice.
            at = min(int(part * SLICES), SLICES - 1)
            lowest[at] = min(count, lowest.get(at, count))
    values = [lowest[at] for at in sorted(lowest)]
    envelopes = [*accumulate(reversed(values), min)][::-1], [*accumulate(values, max)]
    # The last slice before a part of the time is what its first one is compared with.
    start, late = (max(sum(at < part * SLICES for at in lowest) - 1, 0) for part in (FIRST_WINDOW[1], LAST_QUARTER))
    return Rises(
        min(_count_rises(one[start:]) for one in envelopes),
        min(_count_rises(one[late:]) for one in envelopes),
        min(one[-1] - one[start] for one in envelopes),
    )


def _count_rises(values: Sequence[int]) -> int:
    return sum(after > before for before, after in pairwise(values))


def read_processes(root: int) -> tuple[Process, ...]:
    """Return the processes of the crawl whose main process is *root*; those that end meanwhile are left out."""
    found = (read_process(pid, root) for pid in (root, *sorted(descendants(root))))
    return tuple(one for one in found if one is not None)


def read_process(pid: int, root: int) -> Process | None:
    folder = Path(f"/proc/{pid}")
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        memory = (folder / "smaps_rollup").read_text()
        fds = len([*(folder / "fd").iterdir()])
    except OSError:
        return None
    if fields[0] == "Z":
        return None
    rss, pss = (int(re.findall(rf"^{name}:\s+(\d+)", memory, re.M)[0]) for name in ("Rss", "Pss"))
    # The main process starts the one that workers are forked from, so they are its grandchildren.
    role = MAIN if pid == root else HELPER if int(fields[1]) == root else WORKER
    return Process(pid, int(fields[19]), role, rss, pss, fds, int(fields[17]))


@dataclass
class Schedule:
    """When a fault is injected: at random moments within parts of the time."""

    moments: list[float]

    @classmethod
    def make(cls, random: Random, start: float, end: float, interval: float) -> Schedule:
        interval = min(interval, (end - start) / 8)
        moments, at = [], start + random.uniform(0.5, 1.5) * interval
        while at < end:
            moments.append(at)
            at += random.uniform(0.5, 1.5) * interval
        return cls(moments)

    def is_due(self, now: float) -> bool:
        """Return whether a moment has come; it does so once."""
        if self.moments and self.moments[0] <= now:
            self.moments.pop(0)
            return True
        return False


@dataclass
class Soak:
    """A running crawl: samples it and injects faults until it ends."""

    process: subprocess.Popen[bytes]
    sites: SoakSites
    server: RawServer
    database_url: str
    seconds: float
    interval: float
    random: Random
    samples: list[Sample] = field(default_factory=list)
    seen: dict[tuple[int, int], Process] = field(default_factory=dict)

    def watch(self, samples_file: Path) -> None:
        """Return when the crawl has ended. Raises TimeoutError if it does not within EXIT_TIMEOUT of its time."""
        started, next_sample = time.monotonic(), self.interval
        start, end = (part * self.seconds for part in KILLS)
        kills = Schedule.make(self.random, start, end, KILL_INTERVAL)
        kills.moments.insert(0, WARM_UP_KILL * self.seconds)
        database = Schedule.make(self.random, 0.05 * self.seconds, 0.98 * self.seconds, DATABASE_INTERVAL)
        with samples_file.open("w", encoding="utf-8") as file:
            while self.process.poll() is None:
                now = time.monotonic() - started
                self.sites.kills_workers = start <= now < end
                if now >= next_sample:
                    next_sample += self.interval
                    self._sample(now)
                    file.write(json.dumps(asdict(self.samples[-1])) + "\n")
                    file.flush()
                if kills.is_due(now):
                    self._kill_worker()
                if database.is_due(now):
                    self._disturb_database()
                if now > self.seconds + EXIT_TIMEOUT:
                    raise TimeoutError(f"the crawl still runs {EXIT_TIMEOUT:.0f} s after its time")
                time.sleep(0.5)

    def _sample(self, now: float) -> None:
        processes = read_processes(self.process.pid)
        self.samples.append(Sample(round(now, 1), len(self.server.paths), processes))
        self.seen |= {(one.pid, one.started): one for one in processes}

    def _kill_worker(self) -> None:
        workers = [one for one in read_processes(self.process.pid) if one.role == WORKER]
        if workers:
            with suppress(ProcessLookupError):
                os.kill(self.random.choice(workers).pid, signal.SIGKILL)
            self.sites.injected["worker killed"] += 1

    def _disturb_database(self) -> None:
        if self.database_url.startswith("postgresql") and self.random.random() < 0.5:
            terminate_connections(self.database_url)
            self.sites.injected["database connections terminated"] += 1
            return
        with locked(self.database_url):
            time.sleep(self.random.uniform(*LOCKED_SECONDS))
        self.sites.injected["database locked"] += 1

    def find_left(self) -> list[int]:
        """Return the processes of the ended crawl that still run."""
        for _ in range(50):
            left = [pid for pid, started in self.seen if is_running(pid, started)]
            if not left:
                break
            time.sleep(0.1)
        return left


def is_running(pid: int, started: int) -> bool:
    found = read_process(pid, pid)
    return found is not None and found.started == started


def terminate_connections(url: str) -> None:
    """Terminate all connections of the crawl while they are between two transactions or in one."""
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )


def start(
    sites: SoakSites, server: RawServer, url: str, folder: Path, options: argparse.Namespace
) -> subprocess.Popen[bytes]:
    """Start the crawl, with its log and its output in *folder*."""
    port = server.url.rpartition(":")[2]
    urls = [f"http://{address}:{port}/" for address in (*sites.addresses, ARCHIVE)]
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites" / f"{ARCHIVE}.toml").write_text(f'url = "{urls[-1]}"\nmax_pages = 200\n', encoding="utf-8")
    variables = environment(
        url,
        NEWSCRAWL_DELAY=options.delay,
        NEWSCRAWL_EXTRACTION_WORKERS=2,
        NEWSCRAWL_MAX_LISTINGS_PER_SITE=10_000,
        NEWSCRAWL_SITES_DIR=folder / "sites",
    )
    arguments = ["-a", f"url={','.join(urls)}", "-a", f"max_time={options.seconds:.0f}s", "-s", "DOWNLOAD_TIMEOUT=10"]
    with (folder / "output.txt").open("wb") as output, (folder / "crawl.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", "news", *DUMP_STATS, *arguments],
            cwd=ROOT,
            env=variables,
            stdout=output,
            stderr=log,
            start_new_session=True,
        )


def read_summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "output.txt").read_text(encoding="utf-8").splitlines()[-1])
    return summary


def find_wrong(soak: Soak, folder: Path, requested: set[str]) -> Iterator[str]:
    """Yield what is wrong after the end of the crawl, apart from what grew."""
    log = (folder / "crawl.log").read_text(encoding="utf-8", errors="replace")
    if soak.process.returncode:
        yield f"exit code {soak.process.returncode}"
    if "Traceback" in log:
        yield f"{log.count('Traceback')} tracebacks in the log"
    if left := soak.find_left():
        yield f"processes left: {left}"
    yield from faults(soak.database_url, are_finished=False)
    yield from equation(soak.database_url, requested)
    summary = read_summary(folder)
    if summary["finish_reason"] != "limit_reached":
        yield f"the crawl ended as {summary['finish_reason']}"
    parts = ("stored", "updated", "unchanged", "rejected", "pending")
    if summary["selected"] != sum(summary[part] for part in parts):
        yield f"selected is not the sum of {', '.join(parts)}"


def report(soak: Soak, folder: Path) -> bool:
    """Print what was found; return whether anything is wrong."""
    requested = {
        normalize(f"http://{address}:{soak.server.url.rpartition(':')[2]}/{rest}")
        for address, _, rest in (path.partition("/") for path in soak.server.paths)
        if rest != "robots.txt"
    }
    hours = soak.samples[-1].at / 3600 if soak.samples else 0.0
    print(f"{hours:.2f} hours, {len(soak.server.paths)} requests, {len(soak.samples)} samples\n")
    print(f"summary: {json.dumps({key: value for key, value in read_summary(folder).items() if key != 'sites'})}\n")
    wrong = list(find_wrong(soak, folder, requested))
    print("| outcome | pages |\n| --- | --- |")
    for outcome, reason, number in query(soak.database_url, OUTCOMES):
        print(f"| {outcome}: {reason} | {number} |")
    print("\n| fault | times |\n| --- | --- |")
    for kind, number in soak.sites.injected.most_common():
        print(f"| {kind} | {number} |")
    print("\n| | 10–25 % | 85–100 % | ratio | limit | |\n| --- | --- | --- | --- | --- | --- |")
    for growth in evaluate(soak.samples, soak.seconds):
        print(growth.format())
        if growth.is_exceeded:
            wrong.append(f"{growth.name} grew")
    print("\n" + "\n".join(f"WRONG: {one}" for one in wrong) if wrong else "\nnothing wrong", flush=True)
    return bool(wrong)


@contextmanager
def open_database(engine: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database; that of SQLite stays in *folder*."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/newscrawl.db"
        return
    databases = PostgresqlDatabases(POSTGRESQL_URL)
    url = databases.new()
    try:
        yield url
    finally:
        databases.drop(url)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--minutes", type=float, help="in place of --hours, for a trial")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sites", type=int, default=6)
    parser.add_argument("--delay", type=float, default=1.5, help="seconds between two requests to a site")
    parser.add_argument("--interval", type=float, default=30.0, help="seconds between two samples")
    parser.add_argument("--folder", type=Path, help="for the samples, the log and the database; must not exist yet")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.seconds = 60 * options.minutes if options.minutes else 3600 * options.hours
    return options


def main() -> int:
    options = parse_arguments()
    folder = options.folder.resolve() if options.folder else Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(parents=True, exist_ok=not options.folder)
    print(f"samples, log and database: {folder}", flush=True)
    sites = SoakSites(options.sites, options.seed)
    with open_database(options.engine, folder) as url, raw_server(sites.respond, address=EVERY_HOST) as server:
        process = start(sites, server, url, folder, options)
        soak = Soak(process, sites, server, url, options.seconds, options.interval, Random(options.seed))
        try:
            soak.watch(folder / "samples.jsonl")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        return int(report(soak, folder))


if __name__ == "__main__":
    sys.exit(main())
