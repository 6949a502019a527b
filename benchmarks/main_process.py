"""Crawl what is expensive to look at, and measure what the main process and each worker pay for it.

    python benchmarks/main_process.py [--hosts 10]

A server on several loopback addresses has sitemaps of 50 KB that unpack to 49 MB, JSON feeds of 49 MB, pages of many
tags, pages of combining marks, a sitemap of 50,000 URLs, and an article of 6 MB that is changed before a second crawl.
Printed are the outcomes, how late the event loop ran (a call that is due every 10 ms), how late a process ran at the
same time that does nothing else, the longest garbage collection, CPU seconds of the main process by thread, and the
peak memory of each process (VmHWM, Linux only).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any, Self

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scrapy import signals
from scrapy.crawler import Crawler
from sqlalchemy import func, select

import newscrawl.settings
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import pages

# This module is also the settings module of the crawls that are measured.
globals().update({name: value for name, value in vars(newscrawl.settings).items() if name.isupper()})
EXTENSIONS = {**newscrawl.settings.EXTENSIONS, "benchmarks.main_process.Probe": 1}
REPORT = os.environ.get("BENCHMARK_REPORT", "")
INTERVAL = 0.01
WORDS = (
    "council",
    "bridge",
    "river",
    "flood",
    "money",
    "vote",
    "mayor",
    "station",
    "school",
    "winter",
    "harbour",
    "report",
)
IDLE_PROCESS = """
import sys, threading, time
late, ended = 0.0, threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.is_set():
    due = time.monotonic() + 0.01
    time.sleep(0.01)
    late = max(late, time.monotonic() - due)
print(late)
"""
"""Prints how late a process that does nothing runs: what the machine alone is to blame for."""
UNPACKED = 49_000_000
ARTICLE = "/2026/11/20/article-of-six-megabytes-about-the-bridge"
MARKS, TAGS = "/2026/11/20/combining-marks-in-page-{}", "/2026/11/20/countless-tags-in-page-{}"


class Probe:
    """A Scrapy extension that writes lateness, CPU time and memory to REPORT when the engine stops."""

    def __init__(self, crawler: Crawler) -> None:
        self._late: list[float] = []
        self._last = time.monotonic()
        self._stalls: Counter[str] = Counter()
        self._workers: dict[int, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._collecting_since = self._longest_collection = 0.0
        crawler.signals.connect(self.start, signal=signals.engine_started)
        crawler.signals.connect(self.stop, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._measure())
        threading.Thread(target=self._watch, daemon=True).start()
        gc.callbacks.append(self._note_collection)

    def _note_collection(self, phase: str, _: dict[str, int]) -> None:
        now = time.monotonic()
        if phase == "stop":
            self._longest_collection = max(self._longest_collection, now - self._collecting_since)
        self._collecting_since = now

    async def _measure(self) -> None:
        while True:
            due = time.monotonic() + INTERVAL
            await asyncio.sleep(INTERVAL)
            self._last = time.monotonic()
            self._late.append(self._last - due)

    def _watch(self) -> None:
        """Note the memory of workers, and what the event loop is doing while it is late."""
        main, checked = threading.main_thread().ident or 0, 0.0
        while True:
            time.sleep(0.1)
            if time.monotonic() - self._last > 0.25:
                stack = traceback.extract_stack(sys._current_frames()[main])
                names = [one.name for one in stack if "newscrawl" in one.filename or "pipelines" in one.filename]
                self._stalls[" > ".join(names[-3:]) or f"{stack[-1].filename}:{stack[-1].name}"] += 1
            if time.monotonic() - checked > 1:
                checked = time.monotonic()
                for pid in descendants(os.getpid()):
                    self._workers[pid] = max(self._workers.get(pid, 0), read_status(pid, "VmHWM"))

    def stop(self) -> None:
        late = sorted(self._late)
        report = {
            "late_max": late[-1],
            "late_over_250_ms": sum(one > 0.25 for one in late),
            "late_p99": late[int(len(late) * 0.99)],
            "collection_max": self._longest_collection,
            "cpu": time.process_time(),
            "threads": thread_seconds(),
            "stalls": self._stalls,
            "main_kb": read_status(os.getpid(), "VmHWM"),
            "workers_kb": sorted(self._workers.values(), reverse=True)[:4],
        }
        Path(REPORT).write_text(json.dumps(report), encoding="utf-8")


def thread_seconds() -> dict[str, float]:
    """Return the CPU seconds of each thread of this process, by name."""
    ticks, found = os.sysconf("SC_CLK_TCK"), Counter[str]()
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    for task in Path("/proc/self/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        found[names.get(int(task.name), "other")] += (int(fields[11]) + int(fields[12])) / ticks
    return dict(found)


def read_status(pid: int, name: str) -> int:
    try:
        return int(re.findall(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[0])
    except (OSError, IndexError):
        return 0


def descendants(root: int) -> set[int]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    members, found = {root}, {root}
    while found:
        found = {pid for pid, parent in parents.items() if parent in members} - members
        members |= found
    return members - {root}


def sentences(seed: int, size: int) -> str:
    random, parts, length = Random(seed), list[str](), 0
    while length < size:
        parts.append(" ".join(random.choices(WORDS, k=12)).capitalize() + f" {random.randrange(9999)}.")
        length += len(parts[-1]) + 1
    return " ".join(parts)


def page(title: str, text: str) -> bytes:
    return f"<html lang=en><title>{title}</title><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


@lru_cache(maxsize=32)
def packed_sitemap(host: str) -> bytes:
    entry = f"<url><loc>http://{host}/2026/11/20/a-page-that-is-not-there</loc></url>"
    return gzip.compress(f"<urlset>{entry}".encode() + b" " * UNPACKED + b"</urlset>", 6)


@lru_cache(maxsize=32)
def respond(host: str, path: str, day: int) -> tuple[bytes, str, str]:
    """Return body, content type and content coding."""
    if path == "/":
        links = [ARTICLE, *(MARKS.format(n) for n in range(60)), *(TAGS.format(n) for n in range(4))]
        body = "".join(f'<h3><a href="{link}">{link[12:].replace("-", " ")}</a></h3>' for link in links)
        return f"<html><body>{body}</body></html>".encode(), "text/html", ""
    if path == "/sitemap.xml":
        names = [*(f"/packed-{n}.xml" for n in range(4)), "/urls.xml"]
        body = "".join(f"<sitemap><loc>http://{host}{name}</loc></sitemap>" for name in names)
        return f"<sitemapindex>{body}</sitemapindex>".encode(), "application/xml", ""
    if path.startswith("/packed-"):
        return packed_sitemap(host), "application/xml", "gzip"
    if path == "/urls.xml":
        name = f"<url><loc>http://{host}/2019/11/20/one-of-many-pages-{{}}</loc><lastmod>2019-11-20</lastmod></url>"
        count = 50_000 if host.startswith("127.0.0.1:") else 100
        return f"<urlset>{''.join(map(name.format, range(count)))}</urlset>".encode(), "application/xml", ""
    if path == "/feed.json":
        return b'{"items":[' + b"[]," * (UNPACKED // 3) + b"[]]}", "application/json", ""
    if path == ARTICLE:
        paragraphs = "".join(f"<p>{sentences(100 * n + day * (n > 3), 200_000)}</p>" for n in range(30))
        return page("An article of six megabytes about the bridge", paragraphs), "text/html", ""
    if path.startswith(MARKS[:-2]):
        marks = "a" + "\u0301\u0323" * 6_000
        return page("Combining marks", f"<p>{sentences(1, 900)}</p><p>{marks}</p>"), "text/html; charset=utf-8", ""
    if path.startswith(TAGS[:-2]):
        return page("Countless tags", f"<p>{sentences(1, 900)}</p>{'<p>x' * 2_000_000}"), "text/html", ""
    return b"", "", ""


class Server(ThreadingHTTPServer):
    """The hostile server; the second crawl gets another article."""

    daemon_threads = True
    request_queue_size = 256
    day = 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        body, kind, coding = respond(self.headers["Host"], self.path, self.server.day if self.path == ARTICLE else 0)
        self.send_response(200 if kind else 404)
        for name, value in (("Content-Type", kind), ("Content-Encoding", coding), ("Content-Length", str(len(body)))):
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def crawl(urls: list[str], database: str, folder: Path) -> dict[str, Any]:
    report = folder / "report.json"
    environment = os.environ | {
        "NEWSCRAWL_DATABASE_URL": database,
        "NEWSCRAWL_DELAY": "0",
        "NEWSCRAWL_CONTACT": "benchmark",
        "NEWSCRAWL_ALLOWED_ADDRESSES": "127.0.0.0/8",
        "SCRAPY_SETTINGS_MODULE": "benchmarks.main_process",
        "BENCHMARK_REPORT": str(report),
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "news",
        "-a",
        f"url={','.join(urls)}",
        "-a",
        "force=yes",
        "-a",
        "max_pages=150",
    ]
    started = time.monotonic()
    idle = subprocess.Popen([sys.executable, "-c", IDLE_PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    done = subprocess.run(
        [*command, "-s", "LOG_LEVEL=ERROR"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False
    )
    idle_late = float(idle.communicate()[0])
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return {
        "idle_late": idle_late,
        "exit_code": done.returncode,
        "seconds": round(time.monotonic() - started, 1),
        **found,
    }


def show(report: dict[str, Any]) -> None:
    megabytes: Callable[[int], int] = lambda kilobytes: kilobytes // 1024  # noqa: E731
    threads = ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(report["threads"].items()))
    print(
        f"exit code {report['exit_code']}, {report['seconds']} s; event loop late by at most "
        f"{1000 * report['late_max']:.0f} ms (p99 {1000 * report['late_p99']:.0f} ms, over 250 ms "
        f"{report['late_over_250_ms']} times), an idle process by {1000 * report['idle_late']:.0f} ms; longest "
        f"garbage collection {1000 * report['collection_max']:.0f} ms; main process {megabytes(report['main_kb'])} MB, "
        f"workers {', '.join(str(megabytes(one)) for one in report['workers_kb'])} MB; "
        f"{report['cpu']:.1f} s CPU ({threads})",
        flush=True,
    )
    for name, count in report["stalls"].items():
        print(f"  late in {name}: seen {count} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=10)
    options = parser.parse_args()
    server = Server(("0.0.0.0", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = [f"http://127.0.0.{n}:{server.server_address[1]}/" for n in range(1, options.hosts + 1)]
    with tempfile.TemporaryDirectory() as temporary:
        database = f"sqlite:///{temporary}/newscrawl.db"
        for server.day, some in ((1, urls), (2, urls[:1])):
            show(crawl(some, database, Path(temporary)))
        engine = open_engine(database)
        query = select(pages.c.kind, pages.c.outcome, pages.c.reason, func.count()).group_by(
            *pages.c["kind", "outcome", "reason"]
        )
        with connect_for_reading(engine) as connection:
            for row in connection.execute(query.order_by(pages.c.kind)):
                print(*row)
        engine.dispose()


if __name__ == "__main__":
    main()
