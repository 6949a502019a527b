"""Crawl the bundled news site with newscrawl, a plain Scrapy project and a bare spider, and print the ratios.

    python benchmarks/crawl.py [--articles 2000] [--rounds 3]

A separate process serves the site. Each round runs the three commands one after the other, starting with a different
one, and measures them from start to exit. newscrawl discovers, extracts and stores. The others request the pages that
returned 200 to newscrawl: the plain project (benchmarks/plain_project.py, in an environment of its own) extracts and
stores the articles among them, the bare spider only downloads. Memory is the sum over the process and its workers
(proportional set size, Linux only), sampled twice a second.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, func, select

from benchmarks.environments import environment
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import articles, pages

PLAIN_PROJECT = ROOT / "benchmarks" / "plain_project.py"
PINS = PLAIN_PROJECT.with_suffix(".txt")
NEWSCRAWL, PLAIN, BARE = "newscrawl", "plain project", "bare spider"
URL_LIST, ARTICLE_LIST = "urls.txt", "articles.txt"
MEMORY_INTERVAL = 0.5
"""Seconds. The kernel adds up the pages of every process, on the cores that are measured."""

BARE_SPIDER = """
from pathlib import Path
import scrapy

class BareSpider(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 32}

    async def start(self):
        for url in Path(self.urls).read_text().splitlines():
            yield scrapy.Request(url)

    def parse(self, response):
        pass
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A command from start to exit."""

    seconds: float
    cpu_seconds: float
    """CPU time of the main process, without workers."""
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Fetched:
    """What newscrawl fetched and stored.

    Redirects and failed pages are left out: the others would wait for retries and unreachable hosts.
    """

    urls: list[str]
    """All pages that returned 200, in the order of their discovery."""
    article_urls: list[str]
    """The pages among them with an article."""
    stored: int
    """Number of stored articles; several pages can have the same one."""


def fetched_pages(engine: Engine) -> Fetched:
    query = select(pages.c.url, pages.c.article_id).where(pages.c.http_status == 200, pages.c.redirects_to.is_(None))
    with connect_for_reading(engine) as connection:
        rows = connection.execute(query.order_by(pages.c.id)).all()
        stored = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    return Fetched([row.url for row in rows], [row.url for row in rows if row.article_id is not None], stored)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    python = environment("plain-project", [PINS])
    print(f"load average before the first round: {os.getloadavg()[0]:.1f}", flush=True)
    runs: dict[str, list[Run]] = {NEWSCRAWL: [], PLAIN: [], BARE: []}
    with tempfile.TemporaryDirectory() as temporary, serve(options.articles) as urls:
        commands = prepare_commands(Path(temporary), python, urls)
        for number in range(options.rounds):
            for name in rotate(list(commands), number):
                database = Path(temporary, f"{name}-{number}.db".replace(" ", "-"))
                runs[name].append(measure(commands[name], settings(name, database)))
                if name == NEWSCRAWL:
                    fetched = write_lists(Path(temporary), f"sqlite:///{database}")
                if name == PLAIN:
                    check_stored(database, fetched)
            print(f"round {number + 1}: " + " | ".join(format_run(runs[name][-1]) for name in runs), flush=True)
    print(f"load average after the last round: {os.getloadavg()[0]:.1f}")
    report(fetched, runs)


def rotate(names: list[str], count: int) -> list[str]:
    """Return *names* starting with a different one for each *count*; newscrawl is first at 0, as the others need it."""
    start = count % len(names)
    return names[start:] + names[:start]


def prepare_commands(folder: Path, python: Path, urls: str) -> dict[str, list[str]]:
    """Return the command of each program, by name."""
    bare_file = folder / "bare.py"
    bare_file.write_text(BARE_SPIDER, encoding="utf-8")
    shared = ["-s", "LOG_LEVEL=ERROR", "-a", f"urls={folder / URL_LIST}"]
    plain = [str(python), "-m", "scrapy", "runspider", str(PLAIN_PROJECT), *shared]
    return {
        NEWSCRAWL: newscrawl_command(urls),
        PLAIN: [*plain, "-a", f"articles={folder / ARTICLE_LIST}"],
        BARE: [sys.executable, "-m", "scrapy", "runspider", str(bare_file), *shared],
    }


def settings(name: str, database: Path) -> dict[str, str]:
    """Return the environment variables of a program; those without newscrawl use Scrapy's default settings."""
    if name == NEWSCRAWL:
        return {"NEWSCRAWL_DATABASE_URL": f"sqlite:///{database}"}
    return {"SCRAPY_SETTINGS_MODULE": "scrapy.settings.default_settings", "DATABASE_URL": f"sqlite:///{database}"}


def write_lists(folder: Path, database_url: str) -> Fetched:
    """Write the lists of pages for the other programs."""
    engine = open_engine(database_url)
    fetched = fetched_pages(engine)
    engine.dispose()
    (folder / URL_LIST).write_text("\n".join(fetched.urls), encoding="utf-8")
    (folder / ARTICLE_LIST).write_text("\n".join(fetched.article_urls), encoding="utf-8")
    return fetched


def check_stored(database: Path, fetched: Fetched) -> None:
    """Exit if the plain project stored fewer articles than newscrawl."""
    with closing(sqlite3.connect(database)) as connection:
        [[stored, with_text]] = connection.execute("SELECT count(*), count(nullif(text, '')) FROM articles")
    print(f"stored articles: newscrawl {fetched.stored}, {PLAIN} {stored} ({with_text} with text)", flush=True)
    if with_text < fetched.stored:
        raise SystemExit(f"{PLAIN} stored only {with_text} of {fetched.stored} articles")


def newscrawl_command(urls: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={urls}", "-s", "LOG_LEVEL=WARNING"]


@contextmanager
def serve(articles: int) -> Iterator[str]:
    """Serve the bundled site in a separate process; yield the comma-separated URLs of its front pages."""
    command = [sys.executable, "-m", "tests.newssite", "serve", "--ports", "0,0", "--articles", str(articles)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        urls: list[str] = []
        while len(urls) < 2:
            if not (line := server.stdout.readline()):
                raise SystemExit(f"the bundled site was not served: it ended with code {server.wait()}")
            urls += re.findall(r"http://[\w.]+:\d+/", line)
        try:
            yield ",".join(urls)
        finally:
            server.terminate()


def measure(command: list[str], variables: dict[str, str]) -> Run:
    # Installed packages are compiled already; newscrawl may write its bytecode, too.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    variables = inherited | {"NEWSCRAWL_DELAY": "0", "NEWSCRAWL_CONTACT": "benchmark"} | variables
    started, peak = time.monotonic(), 0.0
    next_sample = started
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL) as process:
        # The process is not reaped yet, so that its CPU time can be read without that of its children.
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() >= next_sample:
                peak, next_sample = max(peak, tree_mib(process.pid)), time.monotonic() + MEMORY_INTERVAL
            time.sleep(0.05)
        seconds, cpu = time.monotonic() - started, own_cpu_seconds(process.pid)
    if process.returncode:
        raise SystemExit(f"{command} exited with code {process.returncode}")
    return Run(seconds, cpu, peak)


def own_cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tree_mib(root: int) -> float:
    """Return the memory of a process and its descendants in MiB, counting shared pages once."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            parents[int(status.parent.name)] = int(fields[1])
        except OSError:
            continue
    members, found = {root}, True
    while found:
        found = {pid for pid, parent in parents.items() if parent in members} - members
        members |= found
    return sum(map(_pss_mib, members))


def _pss_mib(pid: int) -> float:
    try:
        return int(re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[0]) / 1024
    except (OSError, IndexError):
        return 0.0


def format_run(run: Run) -> str:
    return f"{run.seconds:.1f} s ({run.cpu_seconds:.1f} s CPU, {run.peak_mib:.0f} MiB)"


def report(fetched: Fetched, runs: dict[str, list[Run]]) -> None:
    """Print medians for each program, and medians of the ratios within each round."""
    page_count = len(fetched.urls)
    print(f"\n{page_count} pages, {fetched.stored} articles, {len(runs[NEWSCRAWL])} rounds, medians:")
    print("| | articles/s | pages/s | seconds | main-process CPU, ms per page | peak MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, own in runs.items():
        seconds = statistics.median(run.seconds for run in own)
        cpu = statistics.median(run.cpu_seconds for run in own) * 1000 / page_count
        speed = "" if name == BARE else f"{fetched.stored / seconds:.0f}"
        peak = max(run.peak_mib for run in own)
        print(f"| {name} | {speed} | {page_count / seconds:.0f} | {seconds:.1f} | {cpu:.2f} | {peak:.0f} |")
    speedups = [plain.seconds / own.seconds for own, plain in zip(runs[NEWSCRAWL], runs[PLAIN], strict=True)]
    shares = [bare.seconds / own.seconds for own, bare in zip(runs[NEWSCRAWL], runs[BARE], strict=True)]
    costs = [own.cpu_seconds / bare.cpu_seconds for own, bare in zip(runs[NEWSCRAWL], runs[BARE], strict=True)]
    print(f"\nspeed, newscrawl / {PLAIN}: {statistics.median(speedups):.2f} ({format_ratios(speedups)})")
    print(f"speed, newscrawl / {BARE}: {statistics.median(shares):.2f} ({format_ratios(shares)})")
    print(f"main-process CPU, newscrawl / {BARE}: {statistics.median(costs):.2f} ({format_ratios(costs)})")
    print(json.dumps({"pages": page_count, "speedups": speedups, "ratios": shares, "cpu_ratios": costs}))


def format_ratios(ratios: list[float]) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


if __name__ == "__main__":
    main()
