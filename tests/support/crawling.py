"""Run `scrapy crawl` as a user does, and look at what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import text

from newscrawl.storage.engine import open_engine, reading
from newscrawl.urls.normalize import normalize
from tests.support.paths import ROOT
from tests.support.warm_process import warm

TIMEOUT = 120


@dataclass(frozen=True)
class Crawl:
    """A crawl that has ended."""

    code: int
    output: str
    log: str

    @property
    def summary(self) -> dict[str, Any]:
        """Its line of JSON."""
        summary: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return summary


def environment(database_url: str, **settings: object) -> dict[str, str]:
    defaults = {
        "NEWSCRAWL_DATABASE_URL": database_url,
        "NEWSCRAWL_DELAY": "0",
        "NEWSCRAWL_CONTACT": "tests",
        "NEWSCRAWL_EXTRACTION_WORKERS": "1",
    }
    return os.environ | defaults | {name: str(value) for name, value in settings.items()}


def scrapy(*arguments: str, database_url: str, cold: bool = False, **settings: object) -> Crawl:
    """Run a scrapy command to its end; *settings* go into its environment. *cold*: its start-up included."""
    given = environment(database_url, **settings)
    done = _scrapy_from_cold(arguments, given) if cold else warm().run(arguments, given, TIMEOUT)
    return Crawl(done.returncode, done.stdout, done.stderr)


def _scrapy_from_cold(arguments: Sequence[str], given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=TIMEOUT, check=False)


def crawl(
    spider: str, *, database_url: str, settings: Mapping[str, object] | None = None, **arguments: object
) -> Crawl:
    """Run `scrapy crawl` with spider arguments."""
    given = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return scrapy("crawl", spider, *given, database_url=database_url, **(settings or {}))


def query(database_url: str, sql: str) -> list[tuple[Any, ...]]:
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


def change(database_url: str, *statements: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def make_due(database_url: str) -> None:
    """Let so much time pass that every article page that will be visited again is due."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        past = {"past": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        connection.execute(text("UPDATE pages SET fetched_at = :past WHERE fetched_at IS NOT NULL"), past)
        connection.execute(text("UPDATE pages SET next_fetch_at = :past WHERE next_fetch_at IS NOT NULL"), past)
    engine.dispose()


def outcomes(database_url: str) -> dict[str, str]:
    """URL path -> `outcome: reason` of every article page in the ledger."""
    rows = query(database_url, "SELECT url, outcome, reason FROM pages WHERE kind = 'article'")
    return {"/" + url.split("/", 3)[3]: f"{outcome}: {reason}" for url, outcome, reason in rows}


@dataclass
class StubResponse:
    """What a path of a TinySite answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_length: int | None = None
    """Declared in place of the true one."""


@dataclass
class TinySite:
    """A loopback server whose answers a test writes down."""

    url: str
    answers: dict[str, StubResponse | list[StubResponse]]
    """Path -> answer, or answers one after the other (the last one stays). Others are 404."""
    requests: list[tuple[float, str, Mapping[str, str]]] = field(default_factory=list)
    """(time.monotonic(), path, headers) in order."""

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]

    def asked_keys(self) -> set[str]:
        """The keys of all pages that were asked for, robots.txt left out."""
        return {normalize(self.url + path) for path in self.paths() if path != "/robots.txt"}


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    """Connections that wait to be accepted; with the usual five, some of a crawl's come a second later."""


@contextmanager
def tiny_site(answers: Mapping[str, StubResponse | list[StubResponse] | bytes]) -> Iterator[TinySite]:
    """Serve *answers* on loopback; bytes are an HTML page. `{url}` in a body or header is the site's address."""
    site = TinySite("", {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append((time.monotonic(), self.path, dict(self.headers)))
            known = site.answers.get(self.path, StubResponse(b"no such page", 404))
            answer = known if isinstance(known, StubResponse) else known.pop(0) if len(known) > 1 else known[0]
            body = answer.body.replace(b"{url}", site.url.encode())
            self.send_response(answer.status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | answer.headers).items():
                self.send_header(name, value.replace("{url}", site.url))
            length = len(body) if answer.content_length is None else answer.content_length
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
    """A small article page whose text is its own."""
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
    """A front page that links articles."""
    links = "".join(
        f"<article><h2><a href='{path}'>Headline of {path} in so many words</a></h2></article>" for path in paths
    )
    return f"<!doctype html><html lang=en><title>Front</title><body><main>{links}</main></body></html>".encode()
