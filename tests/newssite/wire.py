"""HTTP/1.1 as far as a crawler needs it: pre-rendered answers over connections that stay open."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from tests.newssite.model import NewsSite, Page

HEADER_LIMIT = 65_536
_MISSING = b"<!doctype html><title>404</title><h1>Page not found</h1>"


class Request(NamedTuple):
    """One line of the server's record."""

    host: int
    method: str
    path: str
    """With its query, as it came."""
    status: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as bytes, ready to be written."""

    status: int
    head: bytes
    body: bytes
    etag: str
    modified: str
    first: "Answer | None" = None


def answer_of(page: Page) -> Answer:
    phrase = HTTPStatus(page.status).phrase
    fields = "".join(f"{name}: {value}\r\n" for name, value in page.headers.items())
    head = f"HTTP/1.1 {page.status} {phrase}\r\n{fields}Content-Length: {len(page.body)}\r\n\r\n"
    etag, modified = page.headers.get("ETag", ""), page.headers.get("Last-Modified", "")
    return Answer(page.status, head.encode("latin-1"), page.body, etag, modified, page.first and answer_of(page.first))


MISSING = answer_of(Page(404, {"Content-Type": "text/html; charset=utf-8"}, _MISSING))
NOT_ALLOWED = answer_of(Page(405, {"Allow": "GET, HEAD"}, b""))
TOO_LARGE = answer_of(Page(431, {"Connection": "close"}, b""))
BAD = answer_of(Page(400, {"Connection": "close"}, b""))


@dataclass(slots=True)
class Board:
    """What the connections of both hosts share: the answers of the edition, and the record of requests."""

    answers: tuple[dict[str, Answer], dict[str, Answer]]
    requests: list[Request] = field(default_factory=list)
    asked: set[tuple[int, str]] = field(default_factory=set)
    """Pages that are busy at first and were asked for once."""

    def find(self, host: int, target: str) -> Answer:
        """The answer for a path; a query that no page is known by changes nothing."""
        known = self.answers[host]
        answer = known.get(target) or known.get(target.partition("?")[0]) or MISSING
        if answer.first and (host, target) not in self.asked:
            self.asked.add((host, target))
            return answer.first
        return answer


def render(site: NewsSite) -> tuple[dict[str, Answer], dict[str, Answer]]:
    first, second = ({path: answer_of(page) for path, page in site.pages[host].items()} for host in (0, 1))
    return first, second


def unchanged(answer: Answer, fields: Mapping[str, str]) -> bool:
    """Does the asker have this answer already? An ETag decides before a date does (RFC 9110, 13.2.2)."""
    if answer.status != 200:
        return False
    if tags := fields.get("if-none-match"):
        return tags.strip() == "*" or answer.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = fields.get("if-modified-since")
    if not since or not answer.modified:
        return False
    try:
        return parsedate_to_datetime(answer.modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def header_fields(lines: list[str]) -> dict[str, str]:
    parted = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in parted}


class Connection(asyncio.Protocol):
    """One client; requests that come together are answered in order."""

    def __init__(self, host: int, board: Board, clients: set[asyncio.BaseTransport]) -> None:
        self.host, self.board, self.clients = host, board, clients
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.clients.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.clients.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0 and not self.transport.is_closing():
            text, self.waiting = self.waiting[:end].decode("latin-1"), self.waiting[end + 4 :]
            self.handle(text)
        if len(self.waiting) > HEADER_LIMIT:
            self.send(TOO_LARGE, "GET", close=True)

    def handle(self, text: str) -> None:
        line, *rest = text.split("\r\n")
        parts = line.split(" ")
        if len(parts) != 3:
            self.send(BAD, "GET", close=True)
            return
        method, target, version = parts
        fields = header_fields(rest)
        answer = self.board.find(self.host, target) if method in ("GET", "HEAD") else NOT_ALLOWED
        asked_to_close = fields.get("connection", "").lower() == "close" or version == "HTTP/1.0"
        status = 304 if unchanged(answer, fields) else answer.status
        self.board.requests.append(Request(self.host, method, target, status))
        if status == 304:
            self.not_modified(answer, close=asked_to_close)
        else:
            self.send(answer, method, close=asked_to_close)

    def not_modified(self, answer: Answer, *, close: bool) -> None:
        self.transport.write(f"HTTP/1.1 304 Not Modified\r\nETag: {answer.etag}\r\n\r\n".encode("latin-1"))
        if close:
            self.transport.close()

    def send(self, answer: Answer, method: str, *, close: bool) -> None:
        self.transport.write(answer.head + answer.body if method != "HEAD" else answer.head)
        if close:
            self.transport.close()
