"""Kill crawls at chosen points, finish them, and compare the database with that of an uninterrupted crawl."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from sqlalchemy import inspect, text

from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.urls.normalize import normalize
from tests.newssite.server import RunningSite
from tests.support.crawling import environment, query
from tests.support.database_diff import Content, Difference, differences, read_content
from tests.support.databases import Databases, database
from tests.support.invariants import equation, faults
from tests.support.paths import ROOT

RUN_ID_VARIABLE = "NEWSCRAWL_TESTS_RUN"
"""Environment variable that all processes of a run inherit, which identifies orphans."""
ORPHAN_TIMEOUT = 10.0
"""Seconds that a process may outlive its killed crawl."""
RUN_TIMEOUT = 300.0
PHASES = ("before the tables existed", "before the first page", "discovery", "articles", "end")


@dataclass(frozen=True, slots=True)
class KillPoint:
    """When to kill a run.

    Progress is measured in requests rather than seconds because the machine may be busy.
    """

    seconds: float
    """After the start of the run, or after the last of the requests given below."""
    share: float | None = None
    """Share of the requests that remain when the run starts."""
    requests: int = 0
    """Number of requests; ignored if *share* is given."""
    whole_group: bool = True
    """Kill the workers and their server, too; otherwise they must exit by themselves."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill that hit a running crawl."""

    point: KillPoint
    phase: str
    after: float
    """Seconds since the start of the run."""


@dataclass(slots=True)
class CrashResult:
    """Outcome of a crawl that was killed at least once and then finished."""

    kills: list[Kill] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    """Rows that differ from those of an uninterrupted crawl."""
    faults: list[str] = field(default_factory=list)
    """Anything else that is wrong, one line each."""
    fetched_again: int = 0
    """Article page requests in excess of those of an uninterrupted crawl."""
    orphans_left_after: list[float] = field(default_factory=list)
    """For each kill, the seconds that processes outlived it."""

    @property
    def is_fine(self) -> bool:
        return not self.faults and all(difference.kind == "listing metadata" for difference in self.differences)


class Run:
    """`scrapy crawl news` in its own process group."""

    def __init__(self, site: RunningSite, database_url: str, log: Path, **settings: object) -> None:
        self.run_id = uuid.uuid4().hex
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={','.join(site.urls)}"]
        self.log = log
        with log.open("wb") as output:
            self.started = time.monotonic()
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(database_url, **settings) | {RUN_ID_VARIABLE: self.run_id},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def age(self) -> float:
        return time.monotonic() - self.started

    def wait(self) -> int:
        """Return the exit code."""
        try:
            return self.process.wait(RUN_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill(whole_group=True)
            raise

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """Wait for *condition*; return whether the run is still alive by then."""
        while self.process.poll() is None:
            if condition():
                return True
            if self.age > RUN_TIMEOUT:
                self.kill(whole_group=True)
                raise TimeoutError(f"the crawl did not end within {RUN_TIMEOUT:.0f} s")
            time.sleep(0.002)
        return False

    def kill(self, *, whole_group: bool) -> bool:
        """Send SIGKILL; return False if the run had already exited by itself."""
        if self.process.poll() is not None:
            return False
        if whole_group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        return self.process.wait() == -signal.SIGKILL

    def find_processes(self) -> list[int]:
        """Return the IDs of the live processes of this run."""
        wanted = f"{RUN_ID_VARIABLE}={self.run_id}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def tail(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class OrphanWatcher(threading.Thread):
    """Measures in the background how long processes outlive their killed crawl; kills those that never exit."""

    def __init__(self, run: Run) -> None:
        super().__init__(daemon=True)
        self.watched, self.seconds, self.remaining = run, 0.0, list[int]()
        self.start()

    def run(self) -> None:
        started = time.monotonic()
        while self.watched.find_processes():
            self.seconds = time.monotonic() - started
            if self.seconds > ORPHAN_TIMEOUT:
                self.remaining = self.watched.find_processes()
                for pid in self.remaining:
                    os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """The site and the initial database of a crawl, and the results of an uninterrupted one."""

    site: RunningSite
    databases: Databases
    folder: Path
    start: str | None
    """URL of the database that a crawl starts with; None for an empty one."""
    expected: Content
    seconds: float
    """Duration of the uninterrupted crawl."""
    tail: float
    """The part of *seconds* after its last request."""
    requests: int
    """Number of its requests."""
    fetched: Counter[str]
    """URL key of an article page -> number of its successful requests."""
    workers: int

    def on(self, databases: Databases) -> Scenario:
        """Return this scenario, with an empty initial database, on another engine; results must be equal."""
        return replace(self, databases=databases, start=None)

    def run(self, database_url: str) -> Run:
        return Run(
            self.site, database_url, self.folder / f"{uuid.uuid4().hex}.log", NEWSCRAWL_EXTRACTION_WORKERS=self.workers
        )


class BaselineFailedError(Exception):
    """The uninterrupted crawl failed, so there is no baseline."""


@contextmanager
def run_baseline(
    site: RunningSite, databases: Databases, folder: Path, *, start: str | None = None, workers: int = 1
) -> Iterator[tuple[Scenario, str]]:
    """Crawl once without a kill; yield the scenario and the URL of the resulting database."""
    site.forget_requests()
    with database(databases, like=start) as url:
        run = Run(site, url, folder / "baseline.log", NEWSCRAWL_EXTRACTION_WORKERS=workers)
        seconds, tail = _watch(run, site)
        code = run.wait()
        found = [*faults(url), *equation(url, requested_keys(site))]
        if code or found:
            raise BaselineFailedError(f"the uninterrupted crawl exited with code {code}: {found}\n{run.tail()}")
        content = read_content(url)
        fetched = count_article_fetches(site, url)
        yield (
            Scenario(site, databases, folder, start, content, seconds, tail, len(site.requests), fetched, workers),
            url,
        )


def _watch(run: Run, site: RunningSite) -> tuple[float, float]:
    """Wait for the end of a run; return its duration and the part of it after its last request."""
    seen, last = 0, 0.0

    def note_requests() -> bool:
        nonlocal seen, last
        if len(site.requests) > seen:
            seen, last = len(site.requests), run.age
        return False

    run.wait_until(note_requests)
    return run.age, run.age - last


def kill_and_finish(scenario: Scenario, points: Sequence[KillPoint]) -> CrashResult:
    """Kill a crawl at each of *points*, let it finish, and compare the result with the baseline.

    If a run exits before its kill point, the crawl is finished; the remaining points are not used.
    """
    scenario.site.forget_requests()
    result, watches = CrashResult(), list[OrphanWatcher]()
    with database(scenario.databases, like=scenario.start) as url:
        last_crawl = 0 if scenario.start is None else _get_progress(scenario.databases, url).last_crawl
        run = scenario.run(url)
        for point in points:
            if not _wait_for_kill_point(scenario, run, point):
                break
            after = run.age
            if not run.kill(whole_group=point.whole_group):
                break
            watches.append(OrphanWatcher(run))
            found = _get_progress(scenario.databases, url)
            phase = PHASES[min(found.phase, 1)] if found.last_crawl == last_crawl else PHASES[found.phase]
            result.kills.append(Kill(point, phase, after))
            last_crawl = found.last_crawl
            run = scenario.run(url)
        _finish_and_compare(scenario, url, run, result)
    for watch in watches:
        watch.join()
        result.orphans_left_after.append(watch.seconds)
        if watch.remaining:
            result.faults.append(f"{len(watch.remaining)} processes outlived their crawl by {ORPHAN_TIMEOUT:.0f} s")
    return result


def _wait_for_kill_point(scenario: Scenario, run: Run, point: KillPoint) -> bool:
    """Wait for the kill point; return whether the run is still alive."""
    before = len(scenario.site.requests)
    requests = point.requests
    if point.share is not None:
        requests = math.ceil(point.share * max(scenario.requests - before, 1))
    if not run.wait_until(lambda: len(scenario.site.requests) - before >= requests):
        return False
    then = time.monotonic() if requests else run.started
    return run.wait_until(lambda: time.monotonic() - then >= point.seconds)


def _finish_and_compare(scenario: Scenario, url: str, last_run: Run, result: CrashResult) -> None:
    """Let the last run finish the crawl and compare the database with the baseline."""
    if code := last_run.wait():
        result.faults.append(f"the run after the kills exited with code {code}: {last_run.tail()}")
        return
    result.faults += [*faults(url), *equation(url, requested_keys(scenario.site))]
    if unfinished := _count_unfinished(url):
        result.faults.append(f"{unfinished} pages without an outcome")
    result.differences += differences(scenario.expected, read_content(url))
    result.fetched_again = (count_article_fetches(scenario.site, url) - scenario.fetched).total()


def _count_unfinished(database_url: str) -> int:
    [(number,)] = query(database_url, "SELECT count(*) FROM pages WHERE outcome IS NULL")
    return int(number)


@dataclass(frozen=True, slots=True)
class _Progress:
    """Progress of the newest run in a database."""

    last_crawl: int
    phase: int


def _get_progress(databases: Databases, database_url: str) -> _Progress:
    with databases.peek(database_url) as url:
        engine = open_engine(url)
        try:
            with connect_for_reading(engine) as connection:
                if "pages" not in inspect(connection).get_table_names():
                    return _Progress(0, 0)
                crawl, claimed, done, pending = connection.execute(_PROGRESS).one()
        finally:
            engine.dispose()
    return _Progress(crawl, 1 if not claimed else 4 if not pending else 3 if done else 2)


_PROGRESS = text(
    """
    WITH newest AS (SELECT coalesce(max(id), 0) AS id FROM crawls)
    SELECT (SELECT id FROM newest),
    (SELECT count(*) FROM pages WHERE crawl_id = (SELECT id FROM newest)),
    (SELECT count(*) FROM pages WHERE crawl_id = (SELECT id FROM newest) AND kind = 'article' AND outcome IS NOT NULL),
    (SELECT count(*) FROM pages WHERE outcome IS NULL)
    """
)


def requested_keys(site: RunningSite) -> set[str]:
    """Return the URL keys of all requested pages except robots.txt."""
    return set(answered_keys(site, range(600)))


def count_article_fetches(site: RunningSite, database_url: str) -> Counter[str]:
    """Return the number of successful requests per URL key of an article page."""
    engine = open_engine(database_url)
    try:
        with connect_for_reading(engine) as connection:
            articles = set(connection.execute(text("SELECT url_key FROM pages WHERE kind = 'article'")).scalars())
    finally:
        engine.dispose()
    return Counter(key for key in answered_keys(site, (200, 304)) if key in articles)


def answered_keys(site: RunningSite, statuses: Iterable[int]) -> Iterator[str]:
    """Yield the URL key of each request that returned one of *statuses*, except robots.txt."""
    for request in site.requests:
        if request.status in statuses and request.path != "/robots.txt":
            yield normalize(site.urls[request.host].rstrip("/") + request.path)


START_UP, DISCOVERY, END = 0.2, 0.15, 0.3
"""Shares of kills during these parts of a run (END: of the first run only); the others fall anywhere."""


def choose_kill_points(random: Random, scenario: Scenario, *, kills: int) -> list[KillPoint]:
    """Choose kill points over the whole run, weighted towards start-up, discovery and end."""
    return [_choose_kill_point(random, scenario, is_first=not number) for number in range(kills)]


def _choose_kill_point(random: Random, scenario: Scenario, *, is_first: bool) -> KillPoint:
    whole_group, draw = random.random() < 0.75, random.random()
    if draw < START_UP:
        return KillPoint(random.uniform(0.0, 2.0), whole_group=whole_group)
    if draw < START_UP + DISCOVERY:
        return KillPoint(random.uniform(0.0, 0.05), requests=random.randint(1, 40), whole_group=whole_group)
    if draw < START_UP + DISCOVERY + END and is_first:
        return KillPoint(random.uniform(0.0, scenario.tail), share=1.0, whole_group=whole_group)
    return KillPoint(random.uniform(0.0, 0.1), share=random.random(), whole_group=whole_group)
