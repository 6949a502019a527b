"""Crawls that are killed on the way, and what is left of them."""

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

from newscrawl.storage.engine import open_engine, reading
from newscrawl.urls.normalize import normalize
from tests.newssite.server import RunningSite
from tests.support.crawling import ROOT, environment
from tests.support.database_diff import Content, Difference, differences, read_content
from tests.support.databases import Databases, database
from tests.support.invariants import equation, faults

MARK = "NEWSCRAWL_TESTS_RUN"
"""Environment variable that every process of a run inherits, so that those left behind are found."""
PATIENCE = 10.0
"""Seconds after which a process that a kill left behind counts as one that stays."""
TOO_LONG = 300.0
PHASES = ("before the tables", "before the first page", "discovery", "articles", "end")


@dataclass(frozen=True, slots=True)
class Aim:
    """When a run is killed.

    Requests tell better than seconds how far a run has come, because the machine may be busy with other things.
    """

    seconds: float
    """After the run's start, or after the last one of those requests."""
    share: float | None = None
    """Of the requests that are still to be made when the run starts."""
    requests: int = 0
    """The same in numbers."""
    whole_group: bool = True
    """Kill the workers and their server, too; else they must end by themselves."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill that fell while the run was alive."""

    aim: Aim
    phase: str
    after: float
    """Seconds after the run's start."""


@dataclass(slots=True)
class Killed:
    """A crawl that was killed once or more, then finished."""

    kills: list[Kill] = field(default_factory=list)
    wrong: list[Difference] = field(default_factory=list)
    """Rows that differ from those of an undisturbed crawl."""
    faults: list[str] = field(default_factory=list)
    """Whatever else is wrong."""
    fetched_again: int = 0
    """Requests of article pages beyond the one that an undisturbed crawl makes of each."""
    orphans_left_after: list[float] = field(default_factory=list)
    """Seconds that workers outlived a crawl of which only the main process was killed."""

    @property
    def is_fine(self) -> bool:
        return not self.faults and all(difference.kind == "stated elsewhere" for difference in self.wrong)


class Run:
    """`scrapy crawl news` in a process group of its own."""

    def __init__(self, site: RunningSite, database_url: str, log: Path, **settings: object) -> None:
        self.mark = uuid.uuid4().hex
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={','.join(site.urls)}"]
        self.log = log
        with log.open("wb") as output:
            self.started = time.monotonic()
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(database_url, **settings) | {MARK: self.mark},
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
            return self.process.wait(TOO_LONG)
        except subprocess.TimeoutExpired:
            self.kill(whole_group=True)
            raise

    def wait_until(self, is_time: Callable[[], bool]) -> bool:
        """Wait; tell whether the run is still alive when it is time."""
        while self.process.poll() is None:
            if is_time():
                return True
            if self.age > TOO_LONG:
                self.kill(whole_group=True)
                raise TimeoutError(f"the crawl did not end within {TOO_LONG:.0f} s")
            time.sleep(0.002)
        return False

    def kill(self, *, whole_group: bool) -> bool:
        """Kill with SIGKILL; tell whether the run had not ended by itself."""
        if self.process.poll() is not None:
            return False
        if whole_group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        return self.process.wait() == -signal.SIGKILL

    def left(self) -> list[int]:
        """Return the processes of this run that are alive."""
        wanted = f"{MARK}={self.mark}".encode()
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


class Leftovers(threading.Thread):
    """Watches, beside the runs that follow, how long processes outlive their killed crawl; ends those that stay."""

    def __init__(self, run: Run) -> None:
        super().__init__(daemon=True)
        self.run_watched, self.seconds, self.stayed = run, 0.0, list[int]()
        self.start()

    def run(self) -> None:
        started = time.monotonic()
        while self.run_watched.left():
            self.seconds = time.monotonic() - started
            if self.seconds > PATIENCE:
                self.stayed = self.run_watched.left()
                for pid in self.stayed:
                    os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Scene:
    """What crawls are killed on, and what an undisturbed one brings there."""

    site: RunningSite
    databases: Databases
    folder: Path
    start: str | None
    """The database that a crawl begins with; None for an empty one."""
    expected: Content
    seconds: float
    """How long the undisturbed crawl took."""
    tail: float
    """How many of these seconds passed after its last request."""
    requests: int
    """How many it made."""
    fetched: Counter[str]
    """Key of an article page -> how often it was asked for and answered."""
    workers: int

    def on(self, databases: Databases) -> Scene:
        """The same on another engine, where it must bring the same; for crawls that begin with nothing."""
        return replace(self, databases=databases, start=None)

    def run(self, database_url: str) -> Run:
        return Run(
            self.site, database_url, self.folder / f"{uuid.uuid4().hex}.log", NEWSCRAWL_EXTRACTION_WORKERS=self.workers
        )


class CrawlFailedError(Exception):
    """An undisturbed crawl did not end well, so that there is nothing to compare with."""


@contextmanager
def undisturbed(
    site: RunningSite, databases: Databases, folder: Path, *, start: str | None = None, workers: int = 1
) -> Iterator[tuple[Scene, str]]:
    """Crawl once without a kill; give what the crawl brought, and its database."""
    site.forget_requests()
    with database(databases, like=start) as url:
        run = Run(site, url, folder / "undisturbed.log", NEWSCRAWL_EXTRACTION_WORKERS=workers)
        seconds, tail = _watch(run, site)
        code = run.wait()
        found = [*faults(url), *equation(url, asked_keys(site))]
        if code or found:
            raise CrawlFailedError(f"the undisturbed crawl ended with {code}: {found}\n{run.tail()}")
        content = read_content(url)
        fetched = fetched_articles(site, url)
        yield (
            Scene(site, databases, folder, start, content, seconds, tail, len(site.requests), fetched, workers),
            url,
        )


def _watch(run: Run, site: RunningSite) -> tuple[float, float]:
    """Wait for a run's end; return its seconds, and those after its last request."""
    seen, last = 0, 0.0

    def look() -> bool:
        nonlocal seen, last
        if len(site.requests) > seen:
            seen, last = len(site.requests), run.age
        return False

    run.wait_until(look)
    return run.age, run.age - last


def kill_and_finish(scene: Scene, aims: Sequence[Aim]) -> Killed:
    """Crawl, killed once for each of *aims*, then undisturbed to the end; tell what is otherwise than it should be.

    A run that ends before its kill falls has finished the crawl; the aims that are left are not used.
    """
    scene.site.forget_requests()
    killed, watches = Killed(), list[Leftovers]()
    with database(scene.databases, like=scene.start) as url:
        last_crawl = 0 if scene.start is None else _look(scene.databases, url).last_crawl
        run = scene.run(url)
        for aim in aims:
            if not _strike(scene, run, aim):
                break
            after = run.age
            if not run.kill(whole_group=aim.whole_group):
                break
            watches.append(Leftovers(run))
            found = _look(scene.databases, url)
            phase = PHASES[min(found.phase, 1)] if found.last_crawl == last_crawl else PHASES[found.phase]
            killed.kills.append(Kill(aim, phase, after))
            last_crawl = found.last_crawl
            run = scene.run(url)
        _hold_against(scene, url, run, killed)
    for watch in watches:
        watch.join()
        killed.orphans_left_after.append(watch.seconds)
        if watch.stayed:
            killed.faults.append(f"{len(watch.stayed)} processes outlived their crawl by {PATIENCE:.0f} s")
    return killed


def _strike(scene: Scene, run: Run, aim: Aim) -> bool:
    """Wait for the moment; tell whether the run is alive then."""
    before = len(scene.site.requests)
    requests = aim.requests
    if aim.share is not None:
        requests = math.ceil(aim.share * max(scene.requests - before, 1))
    if not run.wait_until(lambda: len(scene.site.requests) - before >= requests):
        return False
    then = time.monotonic() if requests else run.started
    return run.wait_until(lambda: time.monotonic() - then >= aim.seconds)


def _hold_against(scene: Scene, url: str, last_run: Run, killed: Killed) -> None:
    """Let the last run finish the crawl and compare what there is with what an undisturbed crawl brought."""
    if code := last_run.wait():
        killed.faults.append(f"the run after the kills ended with code {code}: {last_run.tail()}")
        return
    killed.faults += [*faults(url), *equation(url, asked_keys(scene.site))]
    killed.wrong += differences(scene.expected, read_content(url))
    killed.fetched_again = (fetched_articles(scene.site, url) - scene.fetched).total()


@dataclass(frozen=True, slots=True)
class _Look:
    """How far the newest run of a database came."""

    last_crawl: int
    phase: int


def _look(databases: Databases, database_url: str) -> _Look:
    with databases.peek(database_url) as url:
        engine = open_engine(url)
        try:
            with reading(engine) as connection:
                if "pages" not in inspect(connection).get_table_names():
                    return _Look(0, 0)
                crawl, taken, done, pending = connection.execute(_PROGRESS).one()
        finally:
            engine.dispose()
    return _Look(crawl, 1 if not taken else 4 if not pending else 3 if done else 2)


_PROGRESS = text(
    """
    WITH newest AS (SELECT coalesce(max(id), 0) AS id FROM crawls)
    SELECT (SELECT id FROM newest),
    (SELECT count(*) FROM pages WHERE crawl_id = (SELECT id FROM newest)),
    (SELECT count(*) FROM pages WHERE crawl_id = (SELECT id FROM newest) AND kind = 'article' AND outcome IS NOT NULL),
    (SELECT count(*) FROM pages WHERE outcome IS NULL)
    """
)


def asked_keys(site: RunningSite) -> set[str]:
    """Return the keys of all pages that the server was asked for, robots.txt left out."""
    return set(answered(site, range(600)))


def fetched_articles(site: RunningSite, database_url: str) -> Counter[str]:
    """Return how often each article page was asked for and answered."""
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            articles = set(connection.execute(text("SELECT url_key FROM pages WHERE kind = 'article'")).scalars())
    finally:
        engine.dispose()
    return Counter(key for key in answered(site, (200, 304)) if key in articles)


def answered(site: RunningSite, statuses: Iterable[int]) -> Iterator[str]:
    """Give the key of each request that was answered with one of *statuses*, robots.txt left out."""
    for request in site.requests:
        if request.status in statuses and request.path != "/robots.txt":
            yield normalize(site.urls[request.host].rstrip("/") + request.path)


START_UP, DISCOVERY, END = 0.2, 0.15, 0.3
"""Share of the kills that are aimed at these parts of a run (its end: of the first run only); others fall anywhere."""


def scatter(random: Random, scene: Scene, *, kills: int) -> list[Aim]:
    """Choose moments over the whole run, with at least their share at its start, in discovery and at its end."""
    return [_somewhere(random, scene, is_first=not number) for number in range(kills)]


def _somewhere(random: Random, scene: Scene, *, is_first: bool) -> Aim:
    whole_group, draw = random.random() < 0.75, random.random()
    if draw < START_UP:
        return Aim(random.uniform(0.0, 2.0), whole_group=whole_group)
    if draw < START_UP + DISCOVERY:
        return Aim(random.uniform(0.0, 0.05), requests=random.randint(1, 40), whole_group=whole_group)
    if draw < START_UP + DISCOVERY + END and is_first:
        return Aim(random.uniform(0.0, scene.tail), share=1.0, whole_group=whole_group)
    return Aim(random.uniform(0.0, 0.1), share=random.random(), whole_group=whole_group)
