"""ETags, conditional requests, compression and HEAD, for every answer that is not a file."""

from __future__ import annotations

import gzip
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIN_COMPRESSED = 1_000
"""Bytes from which on an answer is compressed."""
LEVEL = 5
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


class ConditionalMiddleware:
    """Collects an answer, gives it a strong ETag, and sends 304 in its place to clients that have it.

    It saves the transfer, not the query. Answers that have an ETag already, such as files, pass through.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        answer = _Answer(Headers(scope=scope), send, is_head=scope["method"] == "HEAD")
        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, answer.send)
        finally:
            # Middlewares before this one want to know which route it was.
            scope["route"] = asked.get("route")


class _Answer:
    """One answer on its way out."""

    def __init__(self, asked: Headers, send: Send, *, is_head: bool) -> None:
        self._asked = asked
        self._send = send
        self._is_head = is_head
        self._start: Message = {}
        self._body = bytearray()
        self._passes = False

    async def send(self, message: Message) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self._start = message
            self._passes = "etag" in Headers(raw=message["headers"])
            if self._passes:
                await self._send(message)
        elif self._passes or message["type"] != "http.response.body":
            await self._send({**message, "body": b""} if self._is_head and "body" in message else message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish()

    async def _finish(self) -> None:
        headers = MutableHeaders(raw=self._start["headers"])
        body = bytes(self._body)
        headers.add_vary_header("Accept-Encoding")
        tag = hashlib.sha256(body).hexdigest()[:32]
        if len(body) >= MIN_COMPRESSED and accepts_gzip(self._asked.get("accept-encoding", "")):
            # Another encoding is another representation, so its strong ETag differs.
            tag += "-gzip"
            headers["Content-Encoding"] = "gzip"
        if self._start["status"] == 200:
            headers["ETag"] = f'"{tag}"'
            headers.setdefault("Cache-Control", "private, no-cache")
            if matches(self._asked.get("if-none-match", ""), tag):
                self._start["status"], body = 304, b""
                for name in ("Content-Length", "Content-Encoding", "Content-Type"):
                    if name in headers:
                        del headers[name]
        if body:
            if "content-encoding" in headers:
                body = gzip.compress(body, LEVEL, mtime=0)
            headers["Content-Length"] = str(len(body))
        self._start["headers"] = headers.raw
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": b"" if self._is_head else body})


def matches(condition: str, tag: str) -> bool:
    """Return whether the value of an If-None-Match header names *tag*; compared weakly, as RFC 9110 has it."""
    return condition.strip() == "*" or tag in _TAG.findall(condition)


def accepts_gzip(accepted: str) -> bool:
    """Return whether the value of an Accept-Encoding header allows gzip."""
    for part in accepted.lower().split(","):
        name, _, options = part.partition(";")
        if name.strip() in {"gzip", "x-gzip", "*"}:
            return not re.fullmatch(r"\s*q\s*=\s*0(?:\.0*)?\s*", options)
    return False
