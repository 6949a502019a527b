"""Run `scrapy` commands like a user, inspect the database, and serve small sites on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from newscrawl.exceptions import StorageError
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.urls.normalize import normalize
from tests.support.paths import ROOT
from tests.support.warm_process import warm_process

TIMEOUT = 300
DUMP_STATS = ("-s", "STATS_DUMP=True")


@dataclass(frozen=True)
class Crawl:
    """A finished command."""

    code: int
    """Exit code."""
    output: str
    log: str

    @property
    def summary(self) -> dict[str, Any]:
        """The summary, from the last line of the output."""
        summary: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return summary

    @property
    def stats(self) -> Counter[str]:
        """The counts among Scrapy's stats, from the log; 0 for others."""
        return get_stats(self.log)


def get_stats(log: str) -> Counter[str]:
    """Return the counts among the stats that a crawl dumped to its log at the end (DUMP_STATS)."""
    dump = log.rpartition("Dumping Scrapy stats:")[2]
    return Counter({name: int(count) for name, count in re.findall(r"^[{ ]'([^']+)': (\d+)[,}]$", dump, re.M)})


def environment(database_url: str, **settings: object) -> dict[str, str]:
    """Return the environment of a command: no delay, one worker, unless *settings* say otherwise."""
    defaults = {
        "NEWSCRAWL_DATABASE_URL": database_url,
        "NEWSCRAWL_DELAY": "0",
        "NEWSCRAWL_CONTACT": "tests",
        "NEWSCRAWL_EXTRACTION_WORKERS": "1",
        # Sites of the tests name others on loopback; tests/hostile/ has what is refused without this.
        "NEWSCRAWL_ALLOWED_ADDRESSES": "127.0.0.0/8,::1",
    }
    return os.environ | defaults | {name: str(value) for name, value in settings.items()}


def scrapy(*arguments: str, database_url: str, cold: bool = False, **settings: object) -> Crawl:
    """Run a scrapy command to its end with *settings* in its environment.

    *cold* starts a new interpreter instead of forking a process that has imported everything.
    """
    variables = environment(database_url, **settings)
    run = _run_cold if cold else warm_process().run
    done = run(arguments, variables, TIMEOUT)
    return Crawl(done.returncode, done.stdout, done.stderr)


def _run_cold(
    arguments: Sequence[str], variables: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=timeout, check=False
    )


def crawl(
    spider: str, *, database_url: str, settings: Mapping[str, object] | None = None, **arguments: object
) -> Crawl:
    """Run `scrapy crawl` with spider arguments."""
    options = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return scrapy("crawl", spider, *DUMP_STATS, *options, database_url=database_url, **(settings or {}))


def start_crawl(
    *urls: str, database_url: str, preexec_fn: Callable[[], object] | None = None, **settings: object
) -> subprocess.Popen[str]:
    """Start `scrapy crawl news` of *urls* in its own process group, without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "news", *DUMP_STATS, "-a", f"url={','.join(urls)}"],
        cwd=ROOT,
        env=environment(database_url, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=preexec_fn,
    )


def wait_for_articles(database_url: str, number: int) -> None:
    """Wait until a running crawl has stored *number* articles."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.1)
        # Until the crawl has created the tables, there is nothing to query.
        with contextlib.suppress(StorageError, DBAPIError):
            if query(database_url, "SELECT count(*) FROM articles")[0][0] >= number:
                return
    raise AssertionError(f"the crawl stored fewer than {number} articles within a minute")


def query(database_url: str, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    engine = open_engine(database_url)
    try:
        with connect_for_reading(engine) as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


def execute(database_url: str, *statements: str) -> None:
    """Execute SQL statements in one transaction."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def make_due(database_url: str) -> None:
    """Make every page due that is scheduled to be fetched again, as if much time had passed."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        past = {"past": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        connection.execute(text("UPDATE pages SET fetched_at = :past WHERE fetched_at IS NOT NULL"), past)
        connection.execute(text("UPDATE pages SET next_fetch_at = :past WHERE next_fetch_at IS NOT NULL"), past)
    engine.dispose()


def outcomes(database_url: str) -> dict[str, str]:
    """Return URL path -> `outcome: reason` of every article page in the database."""
    rows = query(database_url, "SELECT url, outcome, reason FROM pages WHERE kind = 'article'")
    return {"/" + url.split("/", 3)[3]: f"{outcome}: {reason}" for url, outcome, reason in rows}


@dataclass
class StubResponse:
    """The response of a TinySite to requests of one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_length: int | None = None
    """Declared in place of the actual length."""


@dataclass
class TinySite:
    """A loopback server with responses defined by the test."""

    url: str
    answers: dict[str, StubResponse | list[StubResponse]]
    """Path -> response, or a list of successive ones whose last repeats. Other paths return 404."""
    requests: list[tuple[float, str, Mapping[str, str]]] = field(default_factory=list)
    """(time.monotonic(), path, headers) of each request, in order."""

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]

    def requested_keys(self) -> set[str]:
        """Return the URL keys of all requested pages except robots.txt."""
        return {normalize(self.url + path) for path in self.paths() if path != "/robots.txt"}


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    """Length of the accept queue; with the default of five, some connections of a crawl arrive a second late."""


@contextmanager
def tiny_site(answers: Mapping[str, StubResponse | list[StubResponse] | bytes]) -> Iterator[TinySite]:
    """Serve *answers* on loopback; bytes are an HTML page. `{url}` in a body or header becomes the site's URL."""
    site = TinySite("", {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append((time.monotonic(), self.path, dict(self.headers)))
            found = site.answers.get(self.path, StubResponse(b"no such page", 404))
            response = found if isinstance(found, StubResponse) else found.pop(0) if len(found) > 1 else found[0]
            body = response.body.replace(b"{url}", site.url.encode())
            self.send_response(response.status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | response.headers).items():
                self.send_header(name, value.replace("{url}", site.url))
            length = len(body) if response.content_length is None else response.content_length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)
            if length != len(body):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    site.answers.update(
        {path: StubResponse(known) if isinstance(known, bytes) else known for path, known in answers.items()}
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


def article_page(name: str, paragraphs: int = 4) -> bytes:
    """Return a small article page with a text of its own."""
    text = "".join(
        f"<p>Paragraph {number} of the report called {name} tells at some length what was decided, by whom, and why "
        f"it matters to those who live in the quarter named after {name}.</p>"
        for number in range(1, paragraphs + 1)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Report on {name}</title>"
        f"<meta property='article:published_time' content='2026-11-20T08:00:00+01:00'></head>"
        f"<body><article><h1>Report on {name}</h1>{text}</article></body></html>"
    ).encode()


def front_page(*paths: str) -> bytes:
    """Return a front page that links to articles."""
    links = "".join(
        f"<article><h2><a href='{path}'>Headline of {path} in so many words</a></h2></article>" for path in paths
    )
    return f"<!doctype html><html lang=en><title>Front</title><body><main>{links}</main></body></html>".encode()
