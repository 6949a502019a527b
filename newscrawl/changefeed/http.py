"""Send one HTTP request with bounds on time and on what is read."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit

from newscrawl.exceptions import UsageError

TIMEOUT_S = 10.0
"""For connecting, and for each wait for the receiver."""
DEADLINE_S = 30.0
"""For a whole request, however slowly the receiver responds."""
MAX_TEXT = 1024
"""Bytes of a response that are read."""
_SAFE = "/%:@!$&'()*+,;=~?-._[]"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send requests; only its origin is for messages, since paths and queries often are secrets."""

    origin: str
    """As in `https://example.org:8443`."""
    is_https: bool
    host: str
    port: int | None
    path: str
    """With the query."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int | None
    """None: no response."""
    retry_after: str | None = None
    text: str = ""
    """The beginning of the body, or why there is no response."""


def parse_target(url: str) -> Target:
    """Parse the URL of a receiver. Raises UsageError, without path and query, for one that cannot be used."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError("invalid --post: not a URL") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s\x00-\x1f]", url):
        raise UsageError("invalid --post: expected a URL such as https://example.org/hook")
    if parts.username is not None or parts.password is not None:
        raise UsageError("invalid --post: user and password are not supported; use --secret-env to sign")
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    literal = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{literal}" + (f":{port}" if port else "")
    return Target(origin, parts.scheme == "https", host, port, path)


def post(target: Target, body: bytes, headers: Mapping[str, str], deadline: float = DEADLINE_S) -> Response:
    """POST *body* and return the response; redirects are not followed, and certificates are verified."""
    make = HTTPSConnection if target.is_https else HTTPConnection
    connection = make(target.host, target.port, timeout=min(TIMEOUT_S, deadline))
    expired = threading.Event()
    timer = threading.Timer(deadline, _interrupt, [connection, expired])
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        with connection.getresponse() as response:
            text = ""
            with contextlib.suppress(OSError, HTTPException):
                text = response.read(MAX_TEXT).decode("utf-8", "replace")
            if not expired.is_set():
                return Response(response.status, response.getheader("Retry-After"), " ".join(text.split()))
            return Response(None, text=f"no whole response within {deadline:g} s")
    except (OSError, HTTPException) as error:
        return Response(None, text=" ".join(str(error).split()) or type(error).__name__)
    finally:
        timer.cancel()
        connection.close()


def _interrupt(connection: HTTPConnection, expired: threading.Event) -> None:
    """Make the thread that reads from *connection* see its end."""
    expired.set()
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
