"""A minimal HTTP/1.1 server: pre-rendered responses over persistent connections."""

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
    """One entry of the request log."""

    host: int
    method: str
    path: str
    """With its query, as received."""
    status: int


@dataclass(frozen=True, slots=True)
class Response:
    """A page serialized to bytes."""

    status: int
    head: bytes
    body: bytes
    etag: str
    modified: str
    first: "Response | None" = None


def render_response(page: Page) -> Response:
    phrase = HTTPStatus(page.status).phrase
    fields = "".join(f"{name}: {value}\r\n" for name, value in page.headers.items())
    head = f"HTTP/1.1 {page.status} {phrase}\r\n{fields}Content-Length: {len(page.body)}\r\n\r\n"
    etag, modified = page.headers.get("ETag", ""), page.headers.get("Last-Modified", "")
    return Response(
        page.status, head.encode("latin-1"), page.body, etag, modified, page.first and render_response(page.first)
    )


MISSING = render_response(Page(404, {"Content-Type": "text/html; charset=utf-8"}, _MISSING))
NOT_ALLOWED = render_response(Page(405, {"Allow": "GET, HEAD"}, b""))
TOO_LARGE = render_response(Page(431, {"Connection": "close"}, b""))
BAD = render_response(Page(400, {"Connection": "close"}, b""))


@dataclass(slots=True)
class ServerState:
    """State shared by the connections of both hosts: responses of the edition and the request log."""

    responses: tuple[dict[str, Response], dict[str, Response]]
    requests: list[Request] = field(default_factory=list)
    requested: set[tuple[int, str]] = field(default_factory=set)
    """Initially busy pages that have been requested once."""

    def find(self, host: int, target: str) -> Response:
        """Return the response for a path; an unknown query is ignored."""
        known = self.responses[host]
        response = known.get(target) or known.get(target.partition("?")[0]) or MISSING
        if response.first and (host, target) not in self.requested:
            self.requested.add((host, target))
            return response.first
        return response


def render(site: NewsSite) -> tuple[dict[str, Response], dict[str, Response]]:
    first, second = ({path: render_response(page) for path, page in site.pages[host].items()} for host in (0, 1))
    return first, second


def is_not_modified(response: Response, fields: Mapping[str, str]) -> bool:
    """Return whether the client's validators match; an ETag takes precedence over a date (RFC 9110, 13.2.2)."""
    if response.status != 200:
        return False
    if tags := fields.get("if-none-match"):
        return tags.strip() == "*" or response.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = fields.get("if-modified-since")
    if not since or not response.modified:
        return False
    try:
        return parsedate_to_datetime(response.modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def parse_header_fields(lines: list[str]) -> dict[str, str]:
    parted = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in parted}


class Connection(asyncio.Protocol):
    """A client connection; pipelined requests are answered in order."""

    def __init__(self, host: int, state: ServerState, clients: set[asyncio.BaseTransport]) -> None:
        self.host, self.state, self.clients = host, state, clients
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
        fields = parse_header_fields(rest)
        response = self.state.find(self.host, target) if method in ("GET", "HEAD") else NOT_ALLOWED
        wants_close = fields.get("connection", "").lower() == "close" or version == "HTTP/1.0"
        status = 304 if is_not_modified(response, fields) else response.status
        self.state.requests.append(Request(self.host, method, target, status))
        if status == 304:
            self.not_modified(response, close=wants_close)
        else:
            self.send(response, method, close=wants_close)

    def not_modified(self, response: Response, *, close: bool) -> None:
        self.transport.write(f"HTTP/1.1 304 Not Modified\r\nETag: {response.etag}\r\n\r\n".encode("latin-1"))
        if close:
            self.transport.close()

    def send(self, response: Response, method: str, *, close: bool) -> None:
        self.transport.write(response.head + response.body if method != "HEAD" else response.head)
        if close:
            self.transport.close()
