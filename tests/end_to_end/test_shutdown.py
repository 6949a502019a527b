"""Crawls that receive SIGTERM or SIGINT exit within seconds, whatever hosts do, and lose nothing."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.crawling import (
    StubResponse,
    article_page,
    crawl,
    environment,
    front_page,
    get_stats,
    query,
    start_crawl,
    tiny_site,
)
from tests.support.invariants import equation, faults
from tests.support.paths import ROOT

PATHS = [f"/2026/11/20/report-on-number-{number}-of-the-town" for number in range(6)]
PAGES = {path: article_page(path[12:]) for path in PATHS}
LOAD_FACTOR = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
"""Runnable processes per CPU; a busy machine takes that much longer."""
MAX_SECONDS = 10.0 * LOAD_FACTOR
"""Seconds until a crawl must have exited after a signal."""


@contextmanager
def slow_host(first: bytes, drip: bytes = b"") -> Iterator[tuple[str, threading.Event]]:
    """Serve a front page with links; responses to article requests are *first*, then *drip* twice a second forever.

    Yields the URL, and an event that is set by the first request of an article.
    """
    server = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    requested, closing = threading.Event(), threading.Event()

    def respond(client: socket.socket) -> None:
        with client:
            request = client.recv(65536)
            while request and not closing.is_set():
                path = request.split(b" ")[1].decode()
                if path in PATHS:
                    requested.set()
                    client.sendall(first)
                    while not closing.wait(0.5):
                        client.sendall(drip)
                    return
                body = front_page(*PATHS) if path == "/" else b"none"
                status = b"200 OK" if path == "/" else b"404 Not Found"
                head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
                client.sendall(head + body)
                request = client.recv(65536)

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            respond(client)

    def accept() -> None:
        while not closing.is_set():
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield url, requested
    closing.set()
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[float, str, str]:
    """Send a signal; return the seconds until the exit, output and log."""
    started = time.monotonic()
    process.send_signal(number)
    output, log = process.communicate(timeout=60)
    return time.monotonic() - started, output, log


SILENT = b""
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>"


SLOW_HOSTS = {"silent": (SILENT, b""), "endless": (ENDLESS, b"<p>and so on</p>")}
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A crawl that was stopped by a signal."""

    database_url: str
    code: int
    seconds: float
    output: str
    log: str


@pytest.fixture(scope="module")
def stopped_crawls(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Stopped]:
    """(host, signal) -> stopped crawl of a host that never completes a response.

    They run concurrently because each waits five seconds for its requests.
    """
    folder = tmp_path_factory.mktemp("stopped")

    def crawl_and_stop(host: str, number: int) -> Stopped:
        url = f"sqlite:///{folder}/{host}-{number}.db"
        with slow_host(*SLOW_HOSTS[host]) as (site, requested):
            process = start_crawl(site, database_url=url)
            assert requested.wait(60)
            result = stop(process, number)
        return Stopped(url, process.returncode, *result)

    cases = list(itertools.product(SLOW_HOSTS, SIGNALS))
    with ThreadPoolExecutor(len(cases)) as threads:
        return dict(zip(cases, threads.map(crawl_and_stop, *zip(*cases, strict=True)), strict=True))


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("host", SLOW_HOSTS)
def test_host_that_never_completes_a_response_does_not_delay_the_shutdown(
    stopped_crawls: dict[tuple[str, int], Stopped], host: str, number: int
) -> None:
    done = stopped_crawls[host, number]
    summary = json.loads(done.output.splitlines()[-1])
    assert done.seconds < MAX_SECONDS
    assert (done.code, summary["finish_reason"], summary["exit_code"]) == (0, "shutdown", 0), done.log
    assert summary["pending"] == len(PATHS), "unanswered requests are left to the next crawl"
    assert get_stats(done.log)["shutdown/interrupted"] == len(PATHS)
    assert "Traceback" not in done.log
    unfinished = query(done.database_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
    assert unfinished == [(len(PATHS),)]


def test_long_crawl_delay_does_not_delay_the_shutdown_and_the_next_crawl_continues(database_url: str) -> None:
    robots = StubResponse(b"User-agent: *\nCrawl-delay: 60", headers={"Content-Type": "text/plain"})
    with tiny_site({"/robots.txt": robots, "/": front_page(*PATHS), **PAGES}) as site:
        process = start_crawl(site.url, database_url=database_url)
        wait_for(lambda: "/robots.txt" in site.paths())
        time.sleep(1)
        seconds, output, log = stop(process)
        assert seconds < MAX_SECONDS
        assert (process.returncode, json.loads(output.splitlines()[-1])["finish_reason"]) == (0, "shutdown"), log
        assert list(equation(database_url, site.requested_keys())) == []
        site.answers["/robots.txt"] = StubResponse(b"", 404)
        done = crawl("news", url=site.url, database_url=database_url)
    assert done.summary["stored"] == len(PATHS), done.log
    assert [*faults(database_url), *equation(database_url, site.requested_keys())] == []


def test_large_sitemap_does_not_delay_the_shutdown(sqlite_url: str) -> None:
    urls = b"".join(b"<url><loc>{url}/2026/11/20/report-on-number-%d</loc></url>" % number for number in range(50_000))
    sitemap = StubResponse(b"<urlset>" + urls + b"</urlset>", headers={"Content-Type": "application/xml"})
    robots = StubResponse(b"Sitemap: {url}/big.xml", headers={"Content-Type": "text/plain"})
    with tiny_site({"/robots.txt": robots, "/": front_page(*PATHS), "/big.xml": sitemap}) as site:
        process = start_crawl(site.url, database_url=sqlite_url)
        wait_for(lambda: "/big.xml" in site.paths())
        time.sleep(0.5)
        seconds, output, log = stop(process)
    assert seconds < MAX_SECONDS
    assert (process.returncode, json.loads(output.splitlines()[-1])["finish_reason"]) == (0, "shutdown"), log
    assert "Traceback" not in log


def test_second_signal_exits_at_once_and_loses_nothing(sqlite_url: str) -> None:
    with slow_host(SILENT) as (url, requested):
        process = start_crawl(url, database_url=sqlite_url)
        assert requested.wait(60)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        seconds, output, _ = stop(process)
    summary = json.loads(output.splitlines()[-1])
    assert seconds < 3 * LOAD_FACTOR
    assert (process.returncode, summary["finish_reason"], summary["exit_code"]) == (1, "aborted", 1)
    unfinished = query(sqlite_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
    assert unfinished == [(len(PATHS),)]


def test_signal_to_the_process_group_marks_no_page_as_failed(sqlite_url: str) -> None:
    with tiny_site({"/": front_page(*PATHS), **PAGES}) as site:
        process = start_crawl(site.url, database_url=sqlite_url, NEWSCRAWL_DELAY=0.3)
        wait_for(lambda: PATHS[0] in site.paths())
        started = time.monotonic()
        os.killpg(process.pid, signal.SIGTERM)
        _, log = process.communicate(timeout=60)
        assert time.monotonic() - started < MAX_SECONDS
        assert process.returncode == 0
        assert get_stats(log)["shutdown/dropped"] > 0
        assert get_stats(log)["shutdown/interrupted"] == 0
        failed = query(sqlite_url, "SELECT url, reason FROM pages WHERE outcome = 'error'")
        assert failed == []
        assert list(equation(sqlite_url, site.requested_keys())) == []
        crawl("news", url=site.url, database_url=sqlite_url)
    assert [*faults(sqlite_url), *equation(sqlite_url, site.requested_keys())] == []
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(len(PATHS),)]


def test_signal_before_the_crawl_begins_still_prints_the_summary_line(sqlite_url: str) -> None:
    process = start_crawl("http://127.0.0.1:9/", database_url=sqlite_url)
    time.sleep(0.05)
    wait_for(lambda: "SigCgt" in status(process) and int(caught_signals(process), 16) & (1 << (signal.SIGTERM - 1)))
    seconds, output, log = stop(process)
    assert seconds < MAX_SECONDS
    assert (process.returncode, json.loads(output.splitlines()[-1])["exit_code"]) == (0, 0), log


def test_signal_ends_a_crawl_that_waits_for_a_locked_database_before_it_begins(sqlite_url: str, tmp_path: Path) -> None:
    crawl("article", url="http://127.0.0.1:9/2026/11/20/a-report-of-the-day", database_url=sqlite_url)
    other = sqlite3.connect(tmp_path / "newscrawl.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    process = start_crawl("http://127.0.0.1:9/", database_url=sqlite_url)
    wait_for(lambda: str(tmp_path / "newscrawl.db") in map(os.path.realpath, Path(f"/proc/{process.pid}/fd").iterdir()))
    seconds, output, log = stop(process)
    other.close()
    assert seconds < MAX_SECONDS, "less than the half minute that it would wait for the lock"
    assert (process.returncode, json.loads(output.splitlines()[-1])["exit_code"]) == (0, 0), log


@pytest.mark.parametrize(
    ("moments", "reason", "stored"),
    [
        ("opening", "shutdown", 0),
        ("closing,closing", "finished", 1),
        ("lock released", "finished", 1),
        ("summing up,summing up", "finished", 1),
        ("summing up,summing up,hang", "shutdown", None),
        ("summary printed,loop ended,exit,finalized", "finished", 1),
    ],
)
def test_crawl_that_lost_nothing_exits_with_code_0_whenever_the_signal_comes(
    sqlite_url: str, moments: str, reason: str, stored: int | None
) -> None:
    with tiny_site({"/": front_page(PATHS[0]), PATHS[0]: PAGES[PATHS[0]]}) as site:
        done = run_with_signals(moments, "crawl", "news", "-a", f"url={site.url}", database_url=sqlite_url)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.stdout.endswith("}\n"), "the summary line is the last one"
    assert (line["exit_code"], line["finish_reason"], line.get("stored")) == (0, reason, stored)
    [(written, pages)] = query(sqlite_url, "SELECT finish_reason, (SELECT count(*) FROM pages) FROM crawls")
    assert (written, pages > 0) == (("shutdown", False) if moments == "opening" else ("finished", True))


def test_signal_does_not_change_the_exit_code_of_a_usage_error(sqlite_url: str) -> None:
    done = run_with_signals("command done,exit", "crawl", "gazette", database_url=sqlite_url)
    (line,) = done.stdout.splitlines()
    assert (done.returncode, json.loads(line)["finish_reason"]) == (2, "bad_configuration")


def run_with_signals(moments: str, *command: str, database_url: str) -> subprocess.CompletedProcess[str]:
    """Run a scrapy command that receives SIGTERM at *moments* (see tests.support.signal_harness)."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.signal_harness", moments, *command],
        cwd=ROOT,
        env=environment(database_url),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def status(process: subprocess.Popen[str]) -> str:
    return Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")


def caught_signals(process: subprocess.Popen[str]) -> str:
    """Return the bit mask of the signals that a process handles, in hexadecimal."""
    return next(line.split()[1] for line in status(process).splitlines() if line.startswith("SigCgt"))


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"condition not met within {seconds:g} s"
        time.sleep(0.05)
