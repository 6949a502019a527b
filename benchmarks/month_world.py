"""The simulated world of benchmarks/month.py: five sites, their server, a clock, and the crawler's database.

The file also runs scrapy commands at the simulated time: `python month_world.py TIME crawl news`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.crawling import environment, query
from tests.support.stub_resolver import VARIABLE as RESOLVER_VARIABLE

START = datetime(2027, 1, 4, 6, tzinfo=UTC)
SITES = ("north-post", "south-news", "east-times", "west-echo", "mid-herald")
MOVED_HOST = "east-new.test"
BETWEEN_ARTICLES = timedelta(hours=1)
TIMEOUT = 300.0
TEXT = {"Content-Type": "text/plain"}
_XML = {"Content-Type": "application/xml"}


@dataclass(frozen=True, slots=True)
class Response:
    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds of real time."""


Override = Callable[[str], Response | None]
"""Path -> the response in place of the site's own; None for that."""


@dataclass(slots=True)
class SimulatedSite:
    """A site that publishes an article every hour. Front page, section, feed and sitemap list the newest."""

    name: str
    port: int
    override: Override | None = None
    is_redesigned: bool = False

    @property
    def host(self) -> str:
        return f"{self.name}.test"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def published(self, now: datetime) -> list[datetime]:
        """Return when the articles were published, the newest first."""
        first = START - timedelta(days=5) + timedelta(minutes=17 * SITES.index(self.name))
        number = int((now - first) / BETWEEN_ARTICLES) + 1
        return [first + index * BETWEEN_ARTICLES for index in reversed(range(number))]

    def path(self, published: datetime) -> str:
        return f"/{published:%Y/%m/%d}/{_words(self._seed(published), 6, '-')}-{self._number(published)}"

    def respond(self, path: str, now: datetime) -> Response:
        if self.override is not None and (response := self.override(path)) is not None:
            return response
        return self.respond_plainly(path, now)

    def respond_plainly(self, path: str, now: datetime) -> Response:
        """Return the response of the site itself, whatever fault it has."""
        shown = self.published(now)
        section, feed = ("/themes/city", "/feeds/all.xml") if self.is_redesigned else ("/city", "/feed")
        if path == "/robots.txt":
            return Response(f"User-agent: *\nAllow: /\nSitemap: {self.url}/sitemap.xml\n", headers=TEXT)
        if path in ("/", section, f"{section}/"):
            return Response(self._frontmake_page(shown[:12] if path == "/" else shown[:20], section, feed))
        if path == feed:
            items = "".join(self._feed_item(one) for one in shown[:20])
            return Response(
                f"<rss version='2.0'><channel><title>{self.name}</title>{items}</channel></rss>", headers=_XML
            )
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{self.url}{self.path(one)}</loc></url>" for one in shown[:150])
            return Response(
                f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>", headers=_XML
            )
        for one in shown:
            if path == self.path(one):
                return Response(self._article(one))
        return Response("<h1>Not found</h1>", 404)

    def _frontmake_page(self, shown: Sequence[datetime], section: str, feed: str) -> str:
        teasers = "".join(f"<h2><a href='{self.path(one)}'>{self._headline(one)}</a></h2>" for one in shown)
        links = f"<link rel=alternate type='application/rss+xml' href='{feed}'>"
        menu = f"<nav><a href='{section}'>City</a></nav>"
        return make_page(f"<title>{self.name}</title>{links}", f"{menu}<main>{teasers}</main>")

    def _feed_item(self, published: datetime) -> str:
        date = f"{published:%a, %d %b %Y %H:%M:%S +0000}"
        title = self._headline(published)
        return (
            f"<item><title>{title}</title><link>{self.url}{self.path(published)}</link><pubDate>{date}</pubDate></item>"
        )

    def _article(self, published: datetime) -> str:
        random = Random(self._seed(published))
        text = "".join(f"<p>{_sentence(random, 40)}</p>" for _ in range(6))
        main = "div class=story" if self.is_redesigned else "article"
        date = f"<meta property=article:published_time content='{published:%FT%TZ}'>"
        headline = self._headline(published)
        return make_page(f"<title>{headline}</title>{date}", f"<{main}><h1>{headline}</h1>{text}</{main.split()[0]}>")

    def _headline(self, published: datetime) -> str:
        return _words(self._seed(published), 8, " ").capitalize()

    def _seed(self, published: datetime) -> str:
        return f"{self.name} {published.isoformat()}"

    def _number(self, published: datetime) -> int:
        return 10_000 + int((published - START) / BETWEEN_ARTICLES) + 500


_SYLLABLES = [first + vowel for first in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]


def make_page(head: str, body: str) -> str:
    return f"<html lang=en><head>{head}</head><body>{body}</body></html>"


def _word(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, 4)))


def _words(seed: str, number: int, separator: str) -> str:
    random = Random(seed)
    return separator.join(_word(random) for _ in range(number))


def _sentence(random: Random, number: int) -> str:
    return " ".join(_word(random) for _ in range(number)).capitalize() + "."


@dataclass(slots=True)
class Run:
    """A finished `scrapy crawl`."""

    at: datetime
    code: int
    warnings: str
    """Those of the sites, and the finish reason."""
    summary: dict[str, Any]

    def asked(self, sites: Sequence[str]) -> bool:
        """Return whether a listing of *sites* was due, so that the run could learn how they are."""
        return any(
            site["site"] in sites and (site["listings"] or site.get("listing_failures"))
            for site in self.summary.get("sites", [])
        )

    def reports(self, sites: Sequence[str]) -> bool:
        if len(sites) == len(SITES):
            return self.code == 5 and self.summary["finish_reason"] == "network_down"
        return self.code == 4 and all(site in self.warnings for site in sites)


class World:
    """The sites, their server, the clock and the crawler's database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.now = START
        self.database_url = database_url
        self.folder = folder
        self.server = _Server(("127.0.0.1", 0), _make_handler(self))
        port = self.server.server_address[1]
        self.sites = {name: SimulatedSite(name, port) for name in SITES}
        self.unknown_hosts: frozenset[str] = frozenset()
        """Those that do not resolve."""
        (folder / "sites").mkdir()
        for site in self.sites.values():
            (folder / "sites" / f"{site.name}.toml").write_text(f'url = "{site.url}/"\n', encoding="utf-8")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def hosts(self) -> frozenset[str]:
        """All hosts, also the one that a site moves to."""
        return frozenset((*(site.host for site in self.sites.values()), MOVED_HOST))

    def set_unknown_hosts(self, hosts: Iterable[str]) -> None:
        self.unknown_hosts = frozenset(hosts)

    def override(self, site: str, override: Override | None) -> None:
        self.sites[site].override = override

    def repair(self) -> None:
        """Undo every fault, but not a redesign."""
        self.unknown_hosts = frozenset()
        for site in self.sites.values():
            site.override = None

    def scrapy(self, *arguments: str, kill_when: Callable[[], bool] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a scrapy command at the simulated time; kill it as soon as *kill_when* returns True."""
        addresses = {host: ["127.0.0.1"] for host in self.hosts - self.unknown_hosts}
        variables = environment(
            self.database_url,
            NEWSCRAWL_SITES_DIR=self.folder / "sites",
            NEWSCRAWL_BACKOFF_MAX_WAIT=5,
            TZ="UTC",
            **{RESOLVER_VARIABLE: json.dumps(addresses)},
        )
        options = ["-s", "TWISTED_DNS_RESOLVER=tests.support.stub_resolver.StubResolver", "-s", "DOWNLOAD_TIMEOUT=10"]
        command = [sys.executable, __file__, self.now.isoformat(), *arguments]
        command += options if arguments[0] == "crawl" else []
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        while kill_when is not None and process.poll() is None:
            if kill_when():
                os.killpg(process.pid, 9)
                break
            sleep(0.2)
        try:
            output, errors = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            output, errors = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def crawl(self) -> Run:
        done = self.scrapy("crawl", "news")
        last = (done.stdout.strip().splitlines() or [""])[-1]
        summary = json.loads(last) if last.startswith("{") else {}
        told = {site["site"]: site["warnings"] for site in summary.get("sites", []) if site.get("warnings")}
        warnings = json.dumps(told, ensure_ascii=False) + str(summary.get("finish_reason", ""))
        if "Traceback" in done.stderr:
            print(done.stderr[done.stderr.index("Traceback") :][:1_500], file=sys.stderr)
        return Run(self.now, done.returncode, warnings, summary)

    def status(self) -> tuple[int, str]:
        done = self.scrapy("status", "--json")
        return done.returncode, done.stdout + done.stderr

    def missing(self, until: datetime, names: Sequence[str] = SITES) -> dict[str, int]:
        """Return the sites of *names* that lack articles published before *until*, with their number."""
        stored = {row[0] for row in query(self.database_url, "SELECT url FROM articles")}
        found = {}
        for site in (self.sites[name] for name in names):
            wanted = [f"{site.url}{site.path(one)}" for one in site.published(until)[:150]]
            if lacking := [url for url in wanted if url not in stored]:
                found[site.name] = len(lacking)
        return found


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def _make_handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = (self.headers.get("Host") or "").partition(".test")[0]
            response = world.sites[name].respond(self.path, world.now) if name in world.sites else Response("", 404)
            sleep(response.delay)
            if response.status == 0:
                self.close_connection = True
                return
            data = response.body.encode()
            self.send_response(response.status)
            for header, value in {"Content-Type": "text/html; charset=utf-8", **response.headers}.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            # A crawl that is killed does not wait for the response.
            with suppress(ConnectionError):
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def run_scrapy_at(now: datetime, arguments: Sequence[str]) -> None:
    """Run a scrapy command in this process, whose clock shows *now* at its first look."""
    import time_machine
    from scrapy.cmdline import execute

    time_machine.travel(now, tick=True).start()
    execute(["scrapy", *arguments])


if __name__ == "__main__":
    run_scrapy_at(datetime.fromisoformat(sys.argv[1]), sys.argv[2:])
