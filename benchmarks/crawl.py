"""Crawl the bundled news site, download the same pages with a bare Scrapy spider, and print the ratio of speeds.

    python benchmarks/crawl.py [--articles 2000] [--rounds 3]

A separate process serves the site. Each round runs both commands one after the other and measures them from start to
exit. newscrawl discovers, extracts and stores; the bare spider only downloads the pages that newscrawl fetched. Memory
is the sum over the process and its workers (proportional set size, Linux only).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, select

from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import pages

BARE_SPIDER = """
from pathlib import Path
import scrapy

class BareSpider(scrapy.Spider):
    name = "bare"
    custom_settings = {"LOG_LEVEL": "WARNING", "CONCURRENT_REQUESTS": 32}

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
    peak_mib: float


def fetched_urls(engine: Engine) -> list[str]:
    """Return the URLs of all pages with a response, in the order of their discovery."""
    query = select(pages.c.url).where(pages.c.fetched_at.is_not(None), pages.c.http_status.is_not(None))
    with connect_for_reading(engine) as connection:
        return list(connection.execute(query.order_by(pages.c.id)).scalars())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, serve(options.articles) as urls:
        bare_file, list_file = Path(temporary, "bare.py"), Path(temporary, "urls.txt")
        bare_file.write_text(BARE_SPIDER, encoding="utf-8")
        crawls, bare_runs = [], []
        for number in range(options.rounds):
            database = f"sqlite:///{temporary}/round-{number}.db"
            crawls.append(measure(newscrawl_command(urls), {"NEWSCRAWL_DATABASE_URL": database}))
            pages = list_pages(database)
            list_file.write_text("\n".join(pages), encoding="utf-8")
            bare = [sys.executable, "-m", "scrapy", "runspider", str(bare_file), "-a", f"urls={list_file}"]
            bare_runs.append(measure(bare, {"SCRAPY_SETTINGS_MODULE": "scrapy.settings.default_settings"}))
            runs = f"{format_run(crawls[-1])} | {format_run(bare_runs[-1])}"
            print(f"round {number + 1}: {len(pages)} pages, {runs}", flush=True)
    report(len(pages), crawls, bare_runs)


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
            urls += re.findall(r"http://[\w.]+:\d+/", server.stdout.readline())
        try:
            yield ",".join(urls)
        finally:
            server.terminate()


def measure(command: list[str], settings: dict[str, str]) -> Run:
    environment = os.environ | {"NEWSCRAWL_DELAY": "0", "NEWSCRAWL_CONTACT": "benchmark"} | settings
    before, started, peak = os.times(), time.monotonic(), 0.0
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, tree_mib(process.pid))
            time.sleep(0.05)
    seconds, after = time.monotonic() - started, os.times()
    if process.returncode:
        raise SystemExit(f"{command} exited with code {process.returncode}")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Run(seconds, cpu, peak)


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


def list_pages(database_url: str) -> list[str]:
    engine = open_engine(database_url)
    urls = fetched_urls(engine)
    engine.dispose()
    return urls


def format_run(run: Run) -> str:
    return f"{run.seconds:.1f} s ({run.cpu_seconds:.1f} s CPU, {run.peak_mib:.0f} MiB)"


def report(pages: int, crawls: list[Run], bare_runs: list[Run]) -> None:
    ratios = [bare.seconds / crawl.seconds for crawl, bare in zip(crawls, bare_runs, strict=True)]
    rows = {"newscrawl": crawls, "bare Scrapy": bare_runs}
    print(f"\n{pages} pages, {len(ratios)} rounds, medians:")
    print("| | pages/s | seconds | CPU seconds | peak MiB |\n| --- | --- | --- | --- | --- |")
    for name, runs in rows.items():
        seconds = statistics.median(run.seconds for run in runs)
        cpu = statistics.median(run.cpu_seconds for run in runs)
        peak = max(run.peak_mib for run in runs)
        print(f"| {name} | {pages / seconds:.0f} | {seconds:.1f} | {cpu:.1f} | {peak:.0f} |")
    print(f"\nratio (pages/s of newscrawl over bare Scrapy): {statistics.median(ratios):.2f}")
    print(json.dumps({"pages": pages, "ratio": round(statistics.median(ratios), 3), "ratios": ratios}))


if __name__ == "__main__":
    main()
