"""A malformed Host header gets an answer that says so, and stands in no page or feed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from newscrawl.web.access import is_valid_host
from tests.web.conftest import MakeClient

PATHS = ("/", "/search?q=x", "/search/", "/nothing", "/feeds/atom", "/feeds/json", "/api/v1/openapi.json", "/healthz")
MALFORMED = {
    "bracket": b"[",
    "markup": b'evil"><script>alert(1)</script>',
    "quotes": b"\"'",
    "template": b"{{7*7}}",
    "empty": b"",
    "space": b"local host",
    "10 KB": b"a" * 10_240,
    "NUL": b"local\0host",
    "line break": b"localhost\r\nX-Evil: 1",
    "control": b"local\x1fhost",
    "latin-1": b"ex\xe4mple.org",
    "UTF-8": "ex\xe4mple.org".encode(),
    "account of": "\u2100.example".encode(),
    "half an IPv6 address": b"[::1",
    "IPv6 address with a scope": b"[fe80::1%25eth0]",
    "two ends of an IPv6 address": b"[::1]]",
    "IPv6 address without brackets": b"::1",
    "IPv6 address of dots": b"[....]",
    "address of a future version": b"[v1.x]",
    "port too high": b"localhost:99999",
    "port of 5,000 digits": b"localhost:" + b"9" * 5_000,
    "port of letters": b"localhost:port",
    "negative port": b"localhost:-1",
    "superscript port": b"localhost:\xb2",
    "Arabic port": "localhost:\u0664\u0664\u0663".encode(),
    "no port": b"localhost:",
    "two ports": b"localhost:80:80",
    "only a port": b":80",
    "path": b"localhost/evil",
    "backslash": b"localhost\\evil",
    "query": b"localhost?a",
    "fragment": b"localhost#a",
    "user info": b"user:secret@localhost",
    "list": b"localhost, evil.example",
    "escapes": b"%00%zz",
}


def ask(client: TestClient, path: str, *hosts: bytes, **scope: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    """Return status, headers and body of the answer to a request that no HTTP library would send."""
    sent: list[Message] = []
    path, _, query = path.partition("?")
    request = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [*((b"host", host) for host in hosts), (b"accept", b"text/html")],
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50_000),
        **scope,
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(client.app(request, receive, send))  # type: ignore[arg-type]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.mark.parametrize("host", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("allowed", [("localhost",), None], ids=["one name", "any name"])
def test_malformed_host_is_a_bad_request(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture, host: bytes, allowed: tuple[str, ...] | None
) -> None:
    client = make_client(allowed_hosts=allowed)
    for path in PATHS:
        status, headers, body = ask(client, path, host)
        assert (status, headers[b"content-type"]) == (400, b"application/problem+json")
        assert b"the Host header is not a host name" in body
        assert headers[b"x-content-type-options"] == b"nosniff"
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_two_hosts_are_a_bad_request(make_client: MakeClient) -> None:
    client = make_client(allowed_hosts=None)
    for hosts in ((b"localhost", b"evil.example"), (b"localhost", b"localhost"), (b"", b"localhost")):
        assert ask(client, "/feeds/atom", *hosts)[0] == 400


def test_feeds_name_the_host_that_was_asked_for(make_client: MakeClient) -> None:
    client = make_client(allowed_hosts=None)
    for host in ("news.example", "news.example:8443", "[2001:db8::1]:8000", "192.0.2.1", "my_host", "LOCALHOST"):
        for path in ("/feeds/atom", "/feeds/json"):
            status, _, body = ask(client, path, host.encode())
            assert status == 200
            assert f'"http://{host}{path}"'.encode() in body


def test_without_a_host_feeds_name_the_address_of_the_server(make_client: MakeClient) -> None:
    status, _, body = ask(make_client(allowed_hosts=None), "/feeds/atom", http_version="1.0")
    assert status == 200
    assert b'"http://127.0.0.1:8000/feeds/atom"' in body
    assert ask(make_client(), "/feeds/atom", http_version="1.0")[0] == 421


def test_headers_of_proxies_change_no_url(make_client: MakeClient) -> None:
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "//evil.example", "Forwarded": "host=[;x"}
    answer = make_client().get("/feeds/atom", headers=forwarded)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert 'href="http://localhost/feeds/atom"' in answer.text


@pytest.mark.parametrize("path", ["//evil.example/search/", "//[/search/", "http://[/", "*", "/search/../[", "/%5B//["])
def test_malformed_path_is_not_found(client: TestClient, path: str) -> None:
    status, headers, _ = ask(client, path, b"localhost")
    assert status == 404
    assert b"location" not in headers


def test_valid_hosts_are_told_from_others() -> None:
    assert all(map(is_valid_host, ([], ["a"], ["a:0"], ["a:65535"], ["[::1]"], ["[::ffff:192.0.2.1]:80"])))
    assert not any(map(is_valid_host, (["a:65536"], ["a:"], ["[]"], ["[:]"], ["[::1]x"], ["a b"], ["a", "a"])))
