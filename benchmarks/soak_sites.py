"""The sites of benchmarks/soak.py: sections of ever new articles, and faults in place of some of the answers."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from random import Random
from time import sleep
from urllib.parse import urlsplit

from tests.hostile.answers import bombs, fall_silent, repeat, send_bomb
from tests.hostile.model import Case, Live, make_path, message
from tests.hostile.pages import EITHER, NOUNS, HostilePage, article, sentence
from tests.hostile.redirects import all_answers
from tests.hostile.texts import all_pages
from tests.hostile.traps import make_long_sitemap

SECTIONS = NOUNS
PER_LISTING = 20
PARAGRAPHS = 14
"""Besides those of `tests.hostile.pages.article`."""
FAULTY_ARTICLES, FAULTY_LISTINGS = 0.08, 0.05
"""Shares of the pages that have a fault."""
ARCHIVE = "127.9.0.250"
"""The site with a sitemap of 50,000 articles, of which few are fetched: it fills the caches of the crawl at once."""
HTML_START = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<html>"


def make_article(name: str, *, middle: str = "") -> bytes:
    """Return an article of the usual length."""
    more = "".join(f"<p>{sentence(name, number)}</p>" for number in range(5, 5 + PARAGRAPHS))
    return article(name, middle=more + middle).encode()


def reset(name: str) -> Iterable[bytes]:
    raise ConnectionResetError


def truncate(name: str) -> Iterable[bytes]:
    body = make_article(name)
    return [message(body[: len(body) // 2], length=b"%d" % len(body))]


def respond_slowly(name: str) -> Iterator[bytes]:
    body = message(make_article(name))
    for at in range(0, len(body), 1 + len(body) // 10):
        yield body[at : at + 1 + len(body) // 10]
        sleep(0.3)


def send_garbage(name: str) -> Iterable[bytes]:
    return [Random(name).randbytes(50_000)]


def redirect_in_circles(name: str) -> Iterable[bytes]:
    number = Random(name).randrange(10**6)
    return [message(b"", b"Location: ?round=%d" % number, status=b"302 Found")]


def send_endless_body(name: str) -> Iterable[bytes]:
    start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"
    return itertools.islice(repeat(start, b"<p>more and more</p>" * 5_000), 200)


def send_endless_headers(name: str) -> Iterable[bytes]:
    return repeat(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"X: " + b"a" * 4_000 + b"\r\n")


def send_big_page(name: str) -> Iterable[bytes]:
    more = "".join(f"<p>{sentence(name, number)}</p>" for number in range(100, 400))
    return [message(make_article(name, middle=f"<!--{'-' * 3_000_000}-->{more}"))]


def send_costly_page(name: str) -> Iterable[bytes]:
    """Send a page that takes a worker longer than it may."""
    return [message(make_article(name, middle="<p>x" * 2_000_000))]


@cache
def pack_bomb() -> bytes:
    return bombs()["gzip"]()


@cache
def get_hostile_pages() -> list[HostilePage]:
    """Return the hostile pages on which the crawl spends little."""
    return [page for _, page in all_pages() if page.outcome != EITHER]


@cache
def get_hostile_answers() -> list[Case]:
    """Return the hostile answers that concern nothing but their page, and end."""
    return [case for case in all_answers() if not (case.has_own_host or case.files or isinstance(case.send, Live))]


def send_hostile_page(name: str) -> Iterable[bytes]:
    page = Random(name).choice(get_hostile_pages())
    return [message(page.make(), b"Content-Type: " + page.content_type.encode("latin-1", "replace"))]


@cache
def _send_case(number: int) -> tuple[bytes, ...]:
    return tuple(get_hostile_answers()[number].send())


def send_hostile_answer(name: str) -> Iterable[bytes]:
    return _send_case(Random(name).randrange(len(get_hostile_answers())))


def fail_with(status: bytes, *headers: bytes) -> Callable[[str], Iterable[bytes]]:
    return lambda name: [message(b"<h1>Sorry</h1>", *headers, status=status)]


Fault = Callable[[str], Iterable[bytes]]
"""Name of the article -> what is sent in its place."""
LASTING: dict[str, tuple[int, Fault]] = {
    "connection closed without an answer": (2, lambda name: []),
    "truncated body": (3, truncate),
    "slow body": (2, respond_slowly),
    "endless headers": (1, send_endless_headers),
    "endless body": (1, send_endless_body),
    "gzip bomb": (1, lambda name: send_bomb("gzip", pack_bomb)),
    "garbage bytes": (2, send_garbage),
    "redirect loop": (2, redirect_in_circles),
    "big page": (3, send_big_page),
    "status 500": (1, fail_with(b"500 Internal Server Error")),
    "hostile page": (8, send_hostile_page),
    "hostile answer": (8, send_hostile_answer),
}
"""Fault -> weight and answer, each time that the page is requested."""
PASSING: dict[str, tuple[int, Fault]] = {
    "connection reset, once": (3, reset),
    "hanging body, once": (1, lambda name: fall_silent(HTML_START)),
    "status 500, once": (3, fail_with(b"500 Internal Server Error")),
    "status 503 with Retry-After, once": (1, fail_with(b"503 Service Unavailable", b"Retry-After: 2")),
}
"""The same for the first request of the page only."""
COSTLY = "page that costs a worker its life"
_WEIGHTS = {
    **{kind: weight for kind, (weight, _) in (LASTING | PASSING).items()},
    COSTLY: 1,
}


class SoakSites:
    """Sites on loopback addresses, each with 41 sections of articles without end."""

    def __init__(self, number: int, seed: int) -> None:
        self.addresses = [f"127.9.0.{1 + index}" for index in range(number)]
        self.injected = Counter[str]()
        self.kills_workers = False
        """Whether pages that cost a worker its life are sent."""
        self._seed = seed
        self._failed_once: set[str] = set()
        self._lock = threading.Lock()

    def respond(self, path: str) -> Iterable[bytes]:
        """Answer a request; *path* begins with the address."""
        address, _, rest = path.partition("/")
        parts = urlsplit(f"/{rest}")
        first, *others = [part for part in parts.path.split("/") if part] or [""]
        if address == ARCHIVE and parts.path == "/map.xml":
            return [make_long_sitemap()]
        if parts.path == "/robots.txt":
            sitemap = b"Sitemap: /map.xml" if address == ARCHIVE else b"Allow: /"
            return [message(b"User-agent: *\n" + sitemap + b"\n", b"Content-Type: text/plain")]
        if parts.path == "/":
            return [message(self._make_front_page(address))]
        if first in SECTIONS and not others:
            return self._inject_into_listing(path, self._make_section(first, parts.query))
        if first == "2026":
            return self._inject(path, partial(self._make_article, address, parts.path))
        return [message(b"<h1>Not found</h1>", status=b"404 Not Found")]

    def _inject(self, path: str, make: Callable[[], bytes]) -> Iterable[bytes]:
        random = Random(f"{self._seed} {path.partition('?')[0]}")
        if random.random() >= FAULTY_ARTICLES:
            return [message(make())]
        [kind] = random.choices([*_WEIGHTS], [*_WEIGHTS.values()])
        if (kind == COSTLY and not self.kills_workers) or (kind in PASSING and not self._is_first(path)):
            return [message(make())]
        self._count(kind)
        fault = send_costly_page if kind == COSTLY else (LASTING | PASSING)[kind][1]
        return fault(path.partition("?")[0])

    def _inject_into_listing(self, path: str, body: bytes) -> Iterable[bytes]:
        random = Random(f"{self._seed} {path}")
        if random.random() >= FAULTY_LISTINGS:
            return [message(body)]
        if random.random() < 0.5:
            self._count("truncated listing")
            return [message(body[: len(body) // 2], length=b"%d" % len(body))]
        if self._is_first(path):
            self._count("listing whose connection is reset, once")
            return reset(path)
        return [message(body)]

    def _is_first(self, path: str) -> bool:
        """Return whether *path* has not failed yet."""
        with self._lock:
            is_first = path not in self._failed_once
            self._failed_once.add(path)
            return is_first

    def _count(self, kind: str) -> None:
        with self._lock:
            self.injected[kind] += 1

    def _make_front_page(self, address: str) -> bytes:
        sections = SECTIONS if address != ARCHIVE else []
        menu = "".join(f"<li><a href='/{name}/'>{name.capitalize()}</a></li>" for name in sections)
        return f"<!doctype html><html lang=en><title>Front</title><nav><ul>{menu}</ul></nav><main></main>".encode()

    def _make_section(self, name: str, query: str) -> bytes:
        page = int(query.removeprefix("page=") or 1)
        numbers = range((page - 1) * PER_LISTING, page * PER_LISTING)
        teasers = "".join(
            f"<article><h2><a href='{make_path(f'the {name} of the city {number}')}'>"
            f"Headline of number {number} on the {name} of the city</a></h2></article>"
            for number in numbers
        )
        head = f"<title>{name.capitalize()}</title><link rel=next href='/{name}/?page={page + 1}'>"
        return f"<!doctype html><html lang=en><head>{head}</head><body><main>{teasers}</main></body></html>".encode()

    def _make_article(self, address: str, path: str) -> bytes:
        return make_article(f"{path.rpartition('/')[2].replace('-', ' ')} at {address}")
