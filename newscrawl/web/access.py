"""Who may read: the Host header has to be an expected one, and the token right where there is one."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newscrawl.web.problems import make_problem
from newscrawl.web.settings import WebSettings

WITHOUT_TOKEN = frozenset({"/healthz"})
CHALLENGE = 'Basic realm="newscrawl", charset="UTF-8", Bearer realm="newscrawl"'


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
        if not is_allowed_host(headers.get("host", ""), self.settings.allowed_hosts):
            return make_problem(
                421, "this server has another name; NEWSCRAWL_SERVE_HOSTS lists the names it answers to"
            )
        token = self.settings.token
        if token is None or path in WITHOUT_TOKEN or has_token(headers.get("authorization", ""), token):
            return None
        detail = "the token is missing or wrong: send it as bearer token, or as password of any user"
        return make_problem(401, detail, {"WWW-Authenticate": CHALLENGE})


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
