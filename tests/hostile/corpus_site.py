"""The hostile corpus as sites: each host has a front page, hostile pages, and a good page after each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tests.hostile.listings import all_listings
from tests.hostile.malformed_cases import malformed_listings
from tests.hostile.model import Case, Live, Send, always, make_good, make_path, message
from tests.hostile.pages import HostilePage
from tests.hostile.redirects import all_answers, pauses
from tests.hostile.texts import all_pages
from tests.hostile.traps import TRAPS

PAGES_PER_HOST = 25
LONGEST_COOLDOWN = 6.0
"""Seconds that the crawl waits for a host."""


@dataclass(slots=True)
class Host:
    """A site of the corpus."""

    address: str
    cases: list[Case]
    files: dict[str, Send] = field(default_factory=dict)

    def make_files(self) -> None:
        links, head = [], ""
        for case in self.cases:
            good = make_good_path(case)
            self.files |= {good: make_good(good), **case.files}
            if case.url_path != "/":
                self.files[case.url_path] = case.send
            if case.path == "/feed.xml":
                head = "<link rel=alternate type='application/rss+xml' href='/feed.xml'>"
            elif case.path == "/map.xml":
                self.files["/robots.txt"] = lambda: [message(b"Sitemap: /map.xml", b"Content-Type: text/plain")]
            elif case.path != "/":
                links.append(case.url_path)
            links.append(good)
        items = "".join(
            f"<article><h2><a href='{link}'>Headline of {link[12:]} in so many words</a></h2></article>"
            for link in links
        )
        start = f"<!doctype html><html lang=en><head><title>Front</title>{head}</head>"
        text = f"{start}<body><main>{items}</main></body></html>"
        self.files["/"] = lambda: [message(text.encode())]


def get_part(area: str) -> str:
    """Return the part of the corpus that an area belongs to: each is crawled by a command of its own."""
    if area in ("HTTP", "Retry-After"):
        return "answers"
    return "listings" if area in ("feeds", "sitemaps", "robots.txt") else "pages"


def make_good_path(case: Case) -> str:
    return make_path(f"a good page after {case.id}")


def all_cases() -> list[Case]:
    """Return every input of the corpus that a crawl can be sent."""
    return [
        *map(make_case, all_pages()),
        *all_answers(),
        *pauses(LONGEST_COOLDOWN),
        *all_listings(),
        *malformed_listings(),
    ]


def make_case(named: tuple[str, HostilePage]) -> Case:
    """Return the case of a page that is sent as it should be."""
    area, page = named

    def send() -> list[bytes]:
        return [message(page.make(), b"Content-Type: " + page.content_type.encode("latin-1", "replace"))]

    return Case(area, page.name, page.outcome, send, texts=page.texts, lost=page.lost)


def make_hosts(cases: Iterable[Case]) -> list[Host]:
    """Return the hosts that the cases are on; those that say something about a whole host have one of their own."""
    groups: list[list[Case]] = []
    for (_, is_alone), same in groupby(cases, lambda case: (case.area, case.has_own_host)):
        group, size = list(same), 1 if is_alone else PAGES_PER_HOST
        groups += [group[at : at + size] for at in range(0, len(group), size)]
    hosts = [Host(f"127.9.{number // 250}.{1 + number % 250}", group) for number, group in enumerate(groups)]
    for host in hosts:
        host.make_files()
    return hosts


def trap_hosts() -> dict[str, str]:
    """Return address -> name of a trap."""
    return {f"127.10.0.{number}": name for number, name in enumerate(TRAPS, 1)}


class CorpusServer:
    """What all hosts of the corpus answer."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.hosts = make_hosts(cases)
        for host in self.hosts:
            host.files = {
                path: send if isinstance(send, Live) else always(*send()) for path, send in host.files.items()
            }
        self._by_address = {host.address: host for host in self.hosts}
        self._traps = trap_hosts()
        self.port = 0

    def respond(self, path: str) -> Iterable[bytes]:
        """Answer a request; *path* begins with the address."""
        address, _, rest = path.partition("/")
        rest = f"/{rest}"
        if address in self._traps:
            return TRAPS[self._traps[address]](rest) or [message(b"", status=b"404 Not Found")]
        send = self._by_address[address].files.get(rest)
        if send is None:
            return [message(b"", status=b"404 Not Found")]
        return self._fill_in(send(), f"{address}:{self.port}".encode())

    def _fill_in(self, pieces: Iterable[bytes], host: bytes) -> Iterator[bytes]:
        for piece in pieces:
            yield piece.replace(b"{host}", host) if len(piece) < 1_000 else piece

    def get_url(self, address: str, path: str = "/") -> str:
        return f"http://{address}:{self.port}{path}"
