"""The server of the bundled site, in a thread and as a program."""

import gzip
import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest

from tests.newssite.server import PortError, RunningSite, bind, serve
from tests.newssite.visible_text import get_path, visible_lines

TODAY = date(2026, 11, 20)


@pytest.fixture
def running() -> Iterator[RunningSite]:
    with serve(today=TODAY) as running:
        yield running


class Client:
    """A bare client that follows no redirects and decodes nothing."""

    def __init__(self, running: RunningSite) -> None:
        self.connections = [http.client.HTTPConnection(urlsplit(url).netloc, timeout=10) for url in running.urls]

    def get(self, host: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connections[host].request("GET", path, headers=fields)
        response = self.connections[host].getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


@pytest.fixture
def client(running: RunningSite) -> Iterator[Client]:
    client = Client(running)
    yield client
    client.close()


def test_server_returns_every_page_of_both_hosts(running: RunningSite, client: Client) -> None:
    for article in running.site.fetchable:
        page = running.site.pages[article.host][article.path]
        status, headers, body = client.get(article.host, article.path)
        if page.first:
            status, headers, body = client.get(article.host, article.path)
        assert (status, body) == (200, page.body)
        assert headers["content-length"] == str(len(body))
    assert len(running.requests) == len(running.site.fetchable) + 1


def test_tracking_query_does_not_change_the_response(running: RunningSite, client: Client) -> None:
    article = running.site.articles[0]
    assert client.get(0, f"{article.path}?utm_source=x")[2] == client.get(0, article.path)[2]
    assert running.requests[0] == (0, "GET", f"{article.path}?utm_source=x", 200)


def test_matching_validators_return_304(running: RunningSite, client: Client) -> None:
    article = running.site.articles[0]
    _, headers, _ = client.get(0, article.path)
    for validators in ({"If_None_Match": headers["etag"]}, {"If_Modified_Since": headers["last-modified"]}):
        status, again, body = client.get(0, article.path, **validators)
        assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert client.get(0, article.path, If_None_Match='"other"')[0] == 200


def test_busy_page_succeeds_on_the_second_request(running: RunningSite, client: Client) -> None:
    path = get_path(running.site.special["busy"])
    status, headers, _ = client.get(0, path)
    assert (status, headers["retry-after"]) == (503, "1")
    assert client.get(0, path)[0] == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("missing", 404),
        ("gone", 410),
        ("broken", 500),
        ("moved", 301),
        ("chain", 301),
        ("loop", 301),
        ("soft_404", 200),
    ],
)
def test_misbehaving_page_is_linked_from_the_front_page_and_returns_its_status(
    running: RunningSite, client: Client, name: str, status: int
) -> None:
    url = running.site.special[name]
    host = int(not url.startswith(running.urls[0]))
    assert client.get(host, get_path(url))[0] == status
    assert f'href="{get_path(url)}"'.encode() in client.get(host, "/")[2]


def test_redirects_lead_to_their_targets(running: RunningSite, client: Client) -> None:
    special = running.site.special
    assert client.get(0, get_path(special["moved"]))[1]["location"] == special["moved_to"]
    middle = client.get(1, get_path(special["chain"]))[1]["location"]
    assert middle == get_path(special["chain_middle"])
    assert client.get(1, middle)[1]["location"] == get_path(special["chain_to"])
    assert client.get(0, get_path(special["loop_back"]))[1]["location"] == get_path(special["loop"])
    assert client.get(0, get_path(special["off_site"]))[1]["location"] in running.site.must_not_be_fetched


def test_pages_in_other_encodings_are_served_in_them(running: RunningSite, client: Client) -> None:
    articles = {article.url: article for article in running.site.articles}
    for name, charset in (("latin_1", "latin-1"), ("windows_1251", "windows-1251")):
        article = articles[running.site.special[name]]
        _, headers, body = client.get(1, article.path)
        assert headers["content-type"] == "text/html"
        assert (b"charset=" in body) == (name == "windows_1251")
        assert max(article.paragraphs, key=len) in visible_lines(body.decode(charset))
    _, headers, body = client.get(1, get_path(running.site.special["gzip"]))
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body).startswith(b"<!DOCTYPE html>")


def test_edition_can_be_changed_while_the_server_runs(running: RunningSite, client: Client) -> None:
    [gone] = [a for a in running.site.articles if a.gone_in_edition_2]
    [stays, *_] = [a for a in running.site.articles if a.theme == "schema" and not a.changed_in_edition_2]
    etag = client.get(stays.host, stays.path)[1]["etag"]
    assert client.get(gone.host, gone.path)[0] == 200
    running.edition = 2
    assert client.get(gone.host, gone.path)[0] == 410
    assert client.get(stays.host, stays.path, If_None_Match=etag)[0] == 304
    assert running.site.edition == 2


def test_pipelined_get_and_head_requests_are_answered_in_order(running: RunningSite) -> None:
    connection = http.client.HTTPConnection(urlsplit(running.urls[0]).netloc, timeout=10)
    connection.connect()
    connection.sock.sendall(b"HEAD /about HTTP/1.1\r\nHost: x\r\n\r\nGET /robots.txt HTTP/1.0\r\n\r\n")
    received = b""
    while data := connection.sock.recv(65536):
        received += data
    connection.close()
    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"200", b"200"]
    assert received.endswith(b"/sitemap_index.xml\n")
    assert [request.method for request in running.requests] == ["HEAD", "GET"]


def test_one_connection_serves_a_thousand_requests(running: RunningSite) -> None:
    article = running.site.articles[0]
    connection = http.client.HTTPConnection(urlsplit(running.urls[0]).netloc, timeout=30)
    for _ in range(1000):
        connection.request("GET", article.path)
        connection.getresponse().read()
    connection.close()
    assert len(running.requests) == 1000


def test_port_in_use_raises_an_error_with_a_hint() -> None:
    (first, second) = bind((0, 0))
    port = first[0].getsockname()[1]
    try:
        with pytest.raises(PortError, match=f"port {port}: the port is in use.*--ports.*NEWSSITE_PORTS"):
            bind((port, 0))
    finally:
        for sock in first + second:
            sock.close()


def test_serve_command_prints_why_it_cannot_listen() -> None:
    first, second = bind((0, 0))
    port = first[0].getsockname()[1]
    command = [sys.executable, "-m", "tests.newssite", "serve", "--ports", f"{port},0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    for sock in first + second:
        sock.close()
    assert done.returncode == 2
    assert done.stderr.startswith(f"newssite: cannot listen on 127.0.0.1 port {port}")


def test_serve_command_serves_until_sigterm() -> None:
    command = [sys.executable, "-m", "tests.newssite", "serve", "--today", TODAY.isoformat()]
    environment = os.environ | {"NEWSSITE_PORTS": "0,0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        urls = [process.stdout.readline().strip() for _ in range(2)]
        connection = http.client.HTTPConnection(urlsplit(urls[1]).netloc, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
