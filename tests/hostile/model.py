"""An input of the hostile corpus, and the HTTP messages that most of them are sent in. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.hostile.pages import STORED, article, sentences

Send = Callable[[], Iterable[bytes]]
"""Returns what is sent for a path, piece by piece, possibly without end."""


@dataclass(frozen=True)
class Live:
    """An answer that is made while it is sent, as it is slow or has no end; others are made before the crawl."""

    make: Send

    def __call__(self) -> Iterable[bytes]:
        return self.make()


@dataclass(frozen=True)
class Case:
    """A page of a hostile site, and what must become of it and of the good page that follows it."""

    area: str
    name: str
    outcome: str
    """`outcome: reason` of the page; several that are right with ` | ` between them."""
    send: Send
    path: str = ""
    """By default one that looks like an article's."""
    texts: tuple[str, ...] = ()
    """What the stored body must have."""
    lost: tuple[str, ...] = ()
    """What it must not have."""
    has_own_host: bool = False
    """Whether it says something about its whole host."""
    good: str = STORED
    """Outcome of the good page of its host that follows it; "" if the crawl cannot know it."""
    files: Mapping[str, Send] = field(default_factory=dict)
    """Other paths of its host."""
    found: tuple[str, ...] = ()
    """Paths that only this page names, and whose articles must be stored."""

    @property
    def id(self) -> str:
        return f"{self.area}: {self.name}"

    @property
    def url_path(self) -> str:
        return self.path or make_path(self.id)


def make_path(name: str) -> str:
    """Return the path of the article on *name*."""
    return f"/2026/11/20/report-on-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')[:150]}"


def message(body: bytes = b"", *headers: bytes, status: bytes = b"200 OK", length: bytes | None = None) -> bytes:
    """Return an HTTP response; *length* replaces its Content-Length, b"" leaves it out."""
    lines = [b"HTTP/1.1 " + status, *headers]
    if not any(header.lower().startswith(b"content-type") for header in headers):
        lines.append(b"Content-Type: text/html; charset=utf-8")
    if length != b"":
        lines.append(b"Content-Length: " + (b"%d" % len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def always(*pieces: bytes) -> Send:
    return lambda: pieces


def make_good(name: str) -> Send:
    """Return the answer with the article on *name*."""
    return always(message(article(name).encode()))


def answer(area: str, name: str, outcome: str, *pieces: bytes, **options: object) -> Case:
    """Return a case whose answer is short."""
    return Case(area, name, outcome, always(*pieces), **options)


def make_texts(name: str, outcome: str) -> tuple[str, ...]:
    return sentences(name) if STORED in outcome else ()
