"""Crawls that are told to stop end within seconds, whatever hosts do, and lose nothing."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
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

from tests.support.crawling import ROOT, StubResponse, article_page, crawl, environment, front_page, query, tiny_site
from tests.support.invariants import equation, faults

PATHS = [f"/2026/11/20/report-on-number-{number}-of-the-town" for number in range(6)]
PAGES = {path: article_page(path[12:]) for path in PATHS}
BUSY = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
"""How many processes want each processor: a machine that does other things, too, takes so much longer."""
ROOM = 10.0 * BUSY
"""Seconds that a stopped crawl has."""


def start(url: str, database_url: str, **settings: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={url}"],
        cwd=ROOT,
        env=environment(database_url, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def slow_host(first: bytes, drip: bytes = b"") -> Iterator[tuple[str, threading.Event]]:
    """Serve a front page with links; articles get *first* and then *drip* twice a second, for ever."""
    server = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    asked, over = threading.Event(), threading.Event()

    def answer(client: socket.socket) -> None:
        with client:
            request = client.recv(65536)
            while request and not over.is_set():
                path = request.split(b" ")[1].decode()
                if path in PATHS:
                    asked.set()
                    client.sendall(first)
                    while not over.wait(0.5):
                        client.sendall(drip)
                    return
                body = front_page(*PATHS) if path == "/" else b"none"
                status = b"200 OK" if path == "/" else b"404 Not Found"
                head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
                client.sendall(head + body)
                request = client.recv(65536)

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            answer(client)

    def accept() -> None:
        while not over.is_set():
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield url, asked
    over.set()
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[float, str, str]:
    """Send a signal; return the seconds to the end, and what was printed."""
    began = time.monotonic()
    process.send_signal(number)
    output, log = process.communicate(timeout=60)
    return time.monotonic() - began, output, log


SILENT = b""
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>"


HOSTS = {"silent": (SILENT, b""), "endless": (ENDLESS, b"<p>and so on</p>")}
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A crawl that was stopped."""

    database_url: str
    code: int
    seconds: float
    output: str
    log: str


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Stopped]:
    """Crawls of hosts that never end their answers, stopped; all at once, for each spends five seconds waiting."""
    folder = tmp_path_factory.mktemp("stopped")

    def crawl_and_stop(host: str, number: int) -> Stopped:
        url = f"sqlite:///{folder}/{host}-{number}.db"
        with slow_host(*HOSTS[host]) as (site, asked):
            process = start(site, url)
            assert asked.wait(60)
            told = stop(process, number)
        return Stopped(url, process.returncode, *told)

    cases = list(itertools.product(HOSTS, SIGNALS))
    with ThreadPoolExecutor(len(cases)) as threads:
        return dict(zip(cases, threads.map(crawl_and_stop, *zip(*cases, strict=True)), strict=True))


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_never_ends_its_answer_does_not_hold_up_the_end(
    stopped: dict[tuple[str, int], Stopped], host: str, number: int
) -> None:
    done = stopped[host, number]
    summary = json.loads(done.output.splitlines()[-1])
    assert done.seconds < ROOM
    assert (done.code, summary["finish_reason"], summary["exit_code"]) == (0, "shutdown", 0), done.log
    assert summary["pending"] == len(PATHS), "what was asked for and not answered is left to the next crawl"
    assert "Traceback" not in done.log
    unfinished = query(done.database_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
    assert unfinished == [(len(PATHS),)]


def test_a_long_crawl_delay_does_not_hold_up_the_end_and_the_next_crawl_goes_on(database_url: str) -> None:
    robots = StubResponse(b"User-agent: *\nCrawl-delay: 60", headers={"Content-Type": "text/plain"})
    with tiny_site({"/robots.txt": robots, "/": front_page(*PATHS), **PAGES}) as site:
        process = start(site.url, database_url)
        wait_for(lambda: "/robots.txt" in site.paths())
        time.sleep(1)
        seconds, output, log = stop(process)
        assert seconds < ROOM
        assert (process.returncode, json.loads(output.splitlines()[-1])["finish_reason"]) == (0, "shutdown"), log
        assert list(equation(database_url, site.asked_keys())) == []
        site.answers["/robots.txt"] = StubResponse(b"", 404)
        done = crawl("news", url=site.url, database_url=database_url)
    assert done.summary["stored"] == len(PATHS), done.log
    assert [*faults(database_url), *equation(database_url, site.asked_keys())] == []


def test_a_big_sitemap_does_not_hold_up_the_end(sqlite_url: str) -> None:
    urls = b"".join(b"<url><loc>{url}/2026/11/20/report-on-number-%d</loc></url>" % number for number in range(50_000))
    sitemap = StubResponse(b"<urlset>" + urls + b"</urlset>", headers={"Content-Type": "application/xml"})
    robots = StubResponse(b"Sitemap: {url}/big.xml", headers={"Content-Type": "text/plain"})
    with tiny_site({"/robots.txt": robots, "/": front_page(*PATHS), "/big.xml": sitemap}) as site:
        process = start(site.url, sqlite_url)
        wait_for(lambda: "/big.xml" in site.paths())
        time.sleep(0.5)
        seconds, output, log = stop(process)
    assert seconds < ROOM
    assert (process.returncode, json.loads(output.splitlines()[-1])["finish_reason"]) == (0, "shutdown"), log
    assert "Traceback" not in log


def test_a_second_signal_ends_at_once_and_nothing_is_lost(sqlite_url: str) -> None:
    with slow_host(SILENT) as (url, asked):
        process = start(url, sqlite_url)
        assert asked.wait(60)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        seconds, output, _ = stop(process)
    summary = json.loads(output.splitlines()[-1])
    assert seconds < 3 * BUSY
    assert (process.returncode, summary["finish_reason"], summary["exit_code"]) == (1, "aborted", 1)
    unfinished = query(sqlite_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
    assert unfinished == [(len(PATHS),)]


def test_a_signal_to_all_processes_marks_no_page_as_broken(sqlite_url: str) -> None:
    with tiny_site({"/": front_page(*PATHS), **PAGES}) as site:
        process = start(site.url, sqlite_url, NEWSCRAWL_DELAY=0.3)
        wait_for(lambda: PATHS[0] in site.paths())
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)
        assert time.monotonic() - began < ROOM
        assert process.returncode == 0
        broken = query(sqlite_url, "SELECT url, reason FROM pages WHERE outcome = 'error'")
        assert broken == []
        assert list(equation(sqlite_url, site.asked_keys())) == []
        crawl("news", url=site.url, database_url=sqlite_url)
    assert [*faults(sqlite_url), *equation(sqlite_url, site.asked_keys())] == []
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(len(PATHS),)]


def test_a_signal_before_the_crawl_begins_ends_it_with_a_line(sqlite_url: str) -> None:
    process = start("http://127.0.0.1:9/", sqlite_url)
    time.sleep(0.05)
    wait_for(lambda: "SigCgt" in status(process) and int(caught(process), 16) & (1 << (signal.SIGTERM - 1)))
    seconds, output, log = stop(process)
    assert seconds < ROOM
    assert (process.returncode, json.loads(output.splitlines()[-1])["exit_code"]) == (0, 0), log


@pytest.mark.parametrize(
    ("moments", "reason", "stored"),
    [
        ("opening", "shutdown", 0),
        ("closing,closing", "finished", 1),
        ("lock released", "finished", 1),
        ("summing up,summing up", "finished", 1),
        ("summing up,summing up,for ever", "shutdown", None),
        ("line out,loop ended,exit,finalized", "finished", 1),
    ],
)
def test_a_crawl_that_lost_nothing_says_so_whenever_the_signal_comes(
    sqlite_url: str, moments: str, reason: str, stored: int | None
) -> None:
    with tiny_site({"/": front_page(PATHS[0]), PATHS[0]: PAGES[PATHS[0]]}) as site:
        done = signalled(moments, "crawl", "news", "-a", f"url={site.url}", database_url=sqlite_url)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.stdout.endswith("}\n"), "the line is the last one"
    assert (line["exit_code"], line["finish_reason"], line.get("stored")) == (0, reason, stored)
    [(written, pages)] = query(sqlite_url, "SELECT finish_reason, (SELECT count(*) FROM pages) FROM crawls")
    assert (written, pages > 0) == (("shutdown", False) if moments == "opening" else ("finished", True))


def test_a_signal_does_not_change_the_code_of_a_refused_crawl(sqlite_url: str) -> None:
    done = signalled("refused,exit", "crawl", "gazette", database_url=sqlite_url)
    (line,) = done.stdout.splitlines()
    assert (done.returncode, json.loads(line)["finish_reason"]) == (2, "bad_configuration")


def signalled(moments: str, *command: str, database_url: str) -> subprocess.CompletedProcess[str]:
    """Run a scrapy command that is sent SIGTERM at *moments* (tests.support.signal_harness)."""
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


def caught(process: subprocess.Popen[str]) -> str:
    """The signals that a process has handlers for, in hexadecimal."""
    return next(line.split()[1] for line in status(process).splitlines() if line.startswith("SigCgt"))


def wait_for(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to it"
        time.sleep(0.05)
