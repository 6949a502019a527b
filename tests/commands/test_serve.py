"""`scrapy serve` as a process: address, errors, shutdown."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from newscrawl.commands.serve import format_host, is_loopback
from newscrawl.exceptions import ExitCode
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import environment, scrapy
from tests.support.paths import ROOT


@pytest.fixture
def tables_url(sqlite_url: str) -> str:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    engine.dispose()
    return sqlite_url


@contextmanager
def serve(database_url: str, *options: str, **settings: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a running server and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "serve", "--port", "0", *options],
        cwd=ROOT,
        env=environment(database_url, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        [address] = re.findall(r"newscrawl serves (http://\S+/)", line)
        yield process, address
    finally:
        process.kill()
        process.communicate()


def test_it_answers_by_the_settings_until_a_signal(tables_url: str) -> None:
    settings = {"NEWSCRAWL_SERVE_TOKEN": "x" * 20, "NEWSCRAWL_SERVE_HOSTS": "news.example, other.example"}
    with serve(tables_url, **settings) as (process, address):
        assert httpx.get(address).status_code == 401
        answer = httpx.get(address, headers={"Host": "news.example", "Authorization": f"Bearer {'x' * 20}"})
        assert answer.status_code == 200
        assert httpx.get(address, headers={"Host": "third.example"}).status_code == 421
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (ExitCode.OK, "", "")


def test_a_wide_address_without_token_is_warned_about(tables_url: str) -> None:
    with serve(tables_url, "--host", "0.0.0.0") as (process, _):
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        assert "set NEWSCRAWL_SERVE_TOKEN" in err
        assert process.returncode == ExitCode.OK


def test_a_port_in_use_is_one_line_with_exit_code_2(tables_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = scrapy("serve", "--port", str(port), database_url=tables_url)
    assert (done.code, done.output) == (ExitCode.USAGE, "")
    assert done.log.startswith(f"newscrawl: could not listen on 127.0.0.1:{port}: Address already in use")
    assert done.log.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "settings", "code", "message"),
    [
        (["--port", "70000"], {}, ExitCode.USAGE, "invalid --port 70000"),
        (["--host", "no.such.host.invalid"], {}, ExitCode.USAGE, "could not listen on no.such.host.invalid"),
        (["here"], {}, ExitCode.USAGE, "unexpected argument 'here'"),
        ([], {"NEWSCRAWL_SERVE_TOKEN": "short"}, ExitCode.USAGE, "NEWSCRAWL_SERVE_TOKEN has 5 characters"),
        ([], {"NEWSCRAWL_SERVE_QUERY_TIMEOUT": "0"}, ExitCode.USAGE, "invalid NEWSCRAWL_SERVE_QUERY_TIMEOUT"),
    ],
)
def test_wrong_options_are_one_line(
    tables_url: str, options: list[str], settings: dict[str, object], code: ExitCode, message: str
) -> None:
    done = scrapy("serve", "--port", "0", *options, database_url=tables_url, **settings)
    assert (done.code, done.log.count("\n")) == (code, 1)
    assert done.log.startswith(f"newscrawl: {message}")


def test_a_missing_database_is_one_line_with_exit_code_6(tmp_path: Path) -> None:
    done = scrapy("serve", "--port", "0", database_url=f"sqlite:///{tmp_path}/none.db")
    assert done.code == ExitCode.STORAGE
    assert "there is no database at" in done.log
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False)],
)
def test_loopback_addresses_are_known(host: str, is_local: bool) -> None:
    assert is_loopback(host) is is_local


def test_hosts_are_written_as_in_a_url() -> None:
    assert [format_host(host) for host in ("::1", "[::1]", "Localhost")] == ["[::1]", "[::1]", "localhost"]


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_malformed_host_is_one_answer_and_no_traceback(tables_url: str, version: bytes) -> None:
    hosts = (
        b"[",
        b'evil"><script>',
        b"",
        b"a" * 10_240,
        b"a\0b",
        b"a\rb",
        b"\xff",
        b"localhost:99999",
        b"::1",
        b"a, b",
    )
    headers = [b"Host: %s\r\n" % host for host in hosts]
    headers += [b"Host: localhost\r\nHost: localhost\r\n", b"Host: localhost\r\nX-Forwarded-Proto: <b>\r\nHost: x\r\n"]
    with serve(tables_url, "--host", "0.0.0.0") as (process, address):
        port = int(address.rstrip("/").rpartition(":")[2])
        for lines in headers:
            for target in (b"/feeds/atom", b"/search/"):
                answer = exchange(port, b"GET %s HTTP/%s\r\n%sConnection: close\r\n\r\n" % (target, version, lines))
                assert answer.startswith(b"HTTP/1.1 400 "), (lines, answer)
                assert b"<script" not in answer
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        assert "Traceback" not in err


def exchange(port: int, request: bytes) -> bytes:
    """Return all that the server sends in answer to *request*."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65_536), b""))
