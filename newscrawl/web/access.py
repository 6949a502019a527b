"""Who may read: the Host header has to be an expected one, and the token right where there is one."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newscrawl.web.problems import make_problem
from newscrawl.web.settings import WebSettings

WITHOUT_TOKEN = frozenset({"/healthz"})
CHALLENGE = 'Basic realm="newscrawl", charset="UTF-8", Bearer realm="newscrawl"'
_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?", re.I)


class AccessMiddleware:
    """Rejects requests of other sites' pages (DNS rebinding), and of clients that do not know the token."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        rejection = self._reject(scope["path"], Headers(scope=scope))
        await (rejection or self.app)(scope, receive, send)

    def _reject(self, path: str, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        if not is_valid_host(hosts):
            return make_problem(400, "the Host header is not a host name or an address, with or without a port")
        if not is_allowed_host("".join(hosts), self.settings.allowed_hosts):
            return make_problem(
                421, "this server has another name; NEWSCRAWL_SERVE_HOSTS lists the names it answers to"
            )
        token = self.settings.token
        if token is None or path in WITHOUT_TOKEN or has_token(headers.get("authorization", ""), token):
            return None
        detail = "the token is missing or wrong: send it as bearer token, or as password of any user"
        return make_problem(401, detail, {"WWW-Authenticate": CHALLENGE})


def is_valid_host(values: Sequence[str]) -> bool:
    """Return whether *values*, the Host headers of a request, are none (HTTP/1.0), or one that can stand in a URL."""
    if not values:
        return True
    match = _HOST.fullmatch(values[0]) if len(values) == 1 else None
    if match is None or int(match[2] or 0) > 65_535:
        return False
    try:
        return not match[1].startswith("[") or bool(IPv6Address(match[1][1:-1]))
    except ValueError:
        return False


def is_allowed_host(host: str, allowed: Iterable[str] | None) -> bool:
    """Return whether a Host header names this server."""
    if allowed is None:
        return True
    # An IPv6 address is in brackets, so its last colon is not that of a port.
    name, _, port = host.rpartition(":")
    if not name or not port.isascii() or not port.isdigit():
        name = host
    return name.lower() in allowed


def has_token(authorization: str, token: str) -> bool:
    """Return whether an Authorization header holds *token*, as bearer token or as the password of any user."""
    scheme, _, credentials = authorization.partition(" ")
    given = credentials.strip()
    if scheme.lower() == "basic":
        given = _get_password(given)
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _get_password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
