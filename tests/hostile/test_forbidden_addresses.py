"""No URL of a page, feed, sitemap, redirect or robots.txt leads a crawl to an address that is not public."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.crawling import Crawl, article_page, query, scrapy
from tests.support.stub_resolver import VARIABLE

HOSTS = [
    # Names of the site itself: whoever owns it decides where they lead.
    *("loop.example.com", "LOOP.example.com", "loop.example.com.", "news.example.com@loop.example.com"),
    *("six.example.com", "mapped.example.com", "nat.example.com", "to4.example.com", "zero.example.com"),
    *("link.example.com", "metadata.example.com", "ten.example.com", "shared.example.com", "many.example.com"),
    *("azure.example.com", "unique.example.com", "linklocal.example.com", "rebind.example.com", "again.example.com"),
    # The listener's address.
    *("127.0.0.2", "2130706434", "0x7f000002", "0x7F.0.0.2", "0177.0.0.2", "0177.0.2", "127.2", "127.0.2", "0x7f.2"),
    *("017700000002", "127.0.0.2.", "127。0。0。2", "%31%32%37.0.0.2", "①②⑦.0.0.2", "user@127.0.0.2"),
    *("news.example.com@127.0.0.2", "news.example.com:80@127.0.0.2", r"127.0.0.2\@news.example.com"),
    *(r"news.example.com\@127.0.0.2", "127.0.0.2#@news.example.com", "127.0.0.2?@news.example.com"),
    *("[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[0:0:0:0:0:ffff:7f00:2]", "[64:ff9b::7f00:2]", "[2002:7f00:2::]"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::1%25lo]", "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]"),
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "metadata.google.internal", "intranet"),
    *("0.0.0.0", "0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "168.63.129.16"),
]
ADDRESSES = {
    "news.example.com": ["127.0.0.1"],
    "*.robots.example.com": ["127.0.0.1"],
    **{f"{name}.example.com": ["127.0.0.2"] for name in ("loop", "many")},
    # The address changes between robots.txt and the page, or between two pages.
    **{"rebind.example.com": ["127.0.0.1", "127.0.0.2"], "again.example.com": ["127.0.0.1"] * 3 + ["127.0.0.2"]},
    **{"six.example.com": ["::1"], "mapped.example.com": ["::ffff:127.0.0.2"], "nat.example.com": ["64:ff9b::7f00:2"]},
    **{"to4.example.com": ["2002:7f00:2::"], "zero.example.com": ["0.0.0.0"], "link.example.com": ["169.254.1.1"]},
    **{
        "metadata.example.com": ["169.254.169.254"],
        "ten.example.com": ["10.0.0.1"],
        "shared.example.com": ["100.64.0.1"],
    },
    **{"azure.example.com": ["168.63.129.16"], "unique.example.com": ["fd00:ec2::254"]},
    **{"linklocal.example.com": ["fe80::1"], "intranet": ["127.0.0.2"]},
}
NAMES = [host for host in HOSTS if host.endswith("example.com") and "@" not in host]
PATH = "/2026/11/20/report-{number}-by-way-of-{source}"


def make_page(site: Site, host: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """Return what the site answers: seven ways that lead to the forbidden hosts."""
    number, source = -1, ""
    if path.startswith("/2026/"):
        _, number_text, source = path.rpartition("/")[2].split("-", 2)
        number, source = int(number_text), source.removeprefix("by-way-of-")
    target = site.target(number, source) if number >= 0 else ""
    if path == "/robots.txt":
        if host.endswith("robots.example.com"):
            return 301, {"Location": site.target(int(host.partition(".")[0][1:]), "robots")}, b""
        named = "".join(f"Sitemap: {site.target(number, 'sitemaps')}\n" for number in range(len(HOSTS)))
        return 200, {"Content-Type": "text/plain"}, f"{named}Sitemap: {site.url}/map.xml\n".encode()
    if path in ("/map.xml", "/feed.xml"):
        return 200, {"Content-Type": "application/xml"}, make_listing(site, path)
    if source == "redirect":
        return 301, {"Location": target}, b""
    if source == "refresh":
        refresh = f"<!doctype html><html><head><meta http-equiv=refresh content='0; url={target}'></head></html>"
        return 200, {"Content-Type": "text/html"}, refresh.encode()
    if source == "next":
        page = article_page(f"number {number}").decode()
        links = f"<link rel=next href='{target}'><link rel=canonical href='{target}'></head>"
        return 200, {"Content-Type": "text/html"}, page.replace("</head>", links).encode()
    return 200, {"Content-Type": "text/html"}, make_front_page(site)


def make_front_page(site: Site) -> bytes:
    own = [f"{site.url}{PATH.format(number=number, source=source)}" for number, source in site.ways()]
    robots = [site.at(f"r{number}.robots.example.com", number, "robots") for number in range(len(HOSTS))]
    links = own + robots + [site.target(number, "link") for number in range(len(HOSTS))]
    items = "".join(
        f"<article><h2><a href='{url}'>Headline {n} in so many words</a></h2></article>" for n, url in enumerate(links)
    )
    feed = f"<link rel=alternate type='application/rss+xml' href='{site.url}/feed.xml'>"
    return f"<!doctype html><html lang=en><head><title>Front</title>{feed}</head><body><main>{items}".encode()


def make_listing(site: Site, path: str) -> bytes:
    kind = path[1:-4]
    urls = [site.target(number, kind).replace("&", "&amp;") for number in range(len(HOSTS))]
    if path == "/map.xml":
        entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    entries = "".join(f"<item><title>News of the day</title><link>{url}</link></item>" for url in urls)
    return f"<rss version='2.0'><channel><title>Feed</title>{entries}</channel></rss>".encode()


class Site:
    """A hostile site at news.example.com, with listeners on private addresses at the same port."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://news.example.com:{port}"
        self.paths: list[str] = []
        self.reached: list[tuple[str, str]] = []
        """(address of the listener, first line of the request) of each connection that must not be."""

    def at(self, host: str, number: int, source: str) -> str:
        end = next((at for at, sign in enumerate(host) if sign in "#?\\"), len(host))
        return f"http://{host[:end]}:{self.port}{host[end:]}{PATH.format(number=number, source=source)}"

    def target(self, number: int, source: str) -> str:
        return self.at(HOSTS[number], number, source)

    def ways(self) -> Iterator[tuple[int, str]]:
        return itertools.product(range(len(HOSTS)), ("redirect", "refresh", "next"))


@contextmanager
def hostile_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["Host"].partition(":")[0]
            site.paths.append(f"{host}{self.path}")
            status, headers, body = make_page(site, host, self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.encode("utf-8").decode("latin-1"))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_port)
    with contextlib.ExitStack() as stack:
        for address in ("127.0.0.2", "::1"):
            # Not every machine that runs the tests has IPv6.
            with contextlib.suppress(OSError):
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                listener = stack.enter_context(socket.create_server((address, site.port), family=family))
                threading.Thread(target=listen, args=(listener, address, site), daemon=True).start()
                stack.callback(lambda listener=listener: listener.shutdown(socket.SHUT_RDWR))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        server.server_close()
        thread.join()


def listen(listener: socket.socket, address: str, site: Site) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(2)
                site.reached.append((address, connection.recv(1000).partition(b"\r\n")[0].decode("latin-1")))
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def run(site: Site, folder: Path, allowed: str) -> tuple[Crawl, str]:
    database_url = f"sqlite:///{folder}/newscrawl.db"
    settings = {VARIABLE: json.dumps(ADDRESSES), "NEWSCRAWL_ALLOWED_ADDRESSES": allowed}
    resolver = ("-s", "TWISTED_DNS_RESOLVER=tests.support.stub_resolver.StubResolver", "-s", "DOWNLOAD_TIMEOUT=5")
    arguments = ("crawl", "news", *resolver, "-a", f"url={site.url}/")
    return scrapy(*arguments, database_url=database_url, **settings), database_url


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Crawl, str]]:
    with hostile_site() as site:
        yield site, *run(site, tmp_path_factory.mktemp("forbidden"), "127.0.0.1")


def test_more_than_60_forms_through_7_sources_reach_no_listener(crawled: tuple[Site, Crawl, str]) -> None:
    site, done, _ = crawled
    assert len(HOSTS) >= 60
    assert site.reached == []
    assert "Traceback" not in done.log


def test_every_source_was_read(crawled: tuple[Site, Crawl, str]) -> None:
    site, _, _ = crawled
    wanted = {f"news.example.com{PATH.format(number=number, source=source)}" for number, source in site.ways()}
    wanted |= {f"news.example.com{path}" for path in ("/", "/robots.txt", "/feed.xml", "/map.xml")}
    wanted |= {f"r{number}.robots.example.com/robots.txt" for number in range(len(HOSTS))}
    assert wanted <= set(site.paths)


def test_refused_pages_have_the_reason_and_the_address(crawled: tuple[Site, Crawl, str]) -> None:
    _, _, database_url = crawled
    rows = query(
        database_url, "SELECT url, reason FROM pages WHERE url LIKE '%loop.example.com%' AND outcome = 'error'"
    )
    assert {reason for _, reason in rows} == {"forbidden_address"}
    assert "-by-way-of-feed" in str(rows)


def test_private_hosts_of_the_same_forms_are_reached_if_they_are_allowed(tmp_path: Path) -> None:
    with hostile_site() as site:
        run(site, tmp_path, "127.0.0.0/8,::1")
    asked = str(site.reached)
    assert all(f"-by-way-of-{source}" in asked for source in ("link", "feed", "map", "redirect", "refresh", "sitemaps"))
