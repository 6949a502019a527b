"""Requests to receivers are bounded, and their URLs are not repeated in messages."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from newscrawl.changefeed.http import MAX_TEXT, parse_target, post
from newscrawl.exceptions import UsageError
from tests.support.crawling import StubResponse
from tests.support.receiver import receiver


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "http://a b/",
        "http://x:y",
        "https://h/\r\nA: b",
    ],
)
def test_only_urls_of_http_are_accepted(url: str) -> None:
    with pytest.raises(UsageError, match="invalid --post"):
        parse_target(url)


def test_password_in_a_url_is_rejected_without_being_repeated() -> None:
    with pytest.raises(UsageError, match="user and password are not supported") as raised:
        parse_target("https://user:hunter2@example.org/")
    assert "hunter2" not in str(raised.value)


def test_origin_leaves_out_path_and_query() -> None:
    target = parse_target("https://example.org:8443/services/T0/hunter2?token=é")
    assert (target.origin, target.path) == ("https://example.org:8443", "/services/T0/hunter2?token=%C3%A9")


def test_little_of_a_response_is_read() -> None:
    with receiver(StubResponse(b"no " * 100_000, 400)) as found:
        response = post(parse_target(found.url), b"{}", {})
    assert (response.status, response.text[:5]) == (400, "no no")
    assert len(response.text) <= MAX_TEXT


def test_redirect_is_not_followed() -> None:
    with receiver(StubResponse(b"", 307, {"Location": "/elsewhere"})) as found:
        assert post(parse_target(found.url), b"{}", {}).status == 307
    assert len(found.bodies) == 1


def test_receiver_that_is_not_there_gives_no_status() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        response = post(parse_target(f"http://127.0.0.1:{unused.getsockname()[1]}/"), b"{}", {})
    assert response.status is None
    assert "refused" in response.text


@pytest.fixture
def dripping() -> Iterator[str]:
    """The URL of a server that sends a header byte by byte, without end."""
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not done.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    done.set()
    thread.join()
    server.close()


def test_response_without_end_is_cut_off(dripping: str) -> None:
    started = time.monotonic()
    assert post(parse_target(dripping), b"{}", {}, deadline=0.5).status is None
    assert time.monotonic() - started < 5
