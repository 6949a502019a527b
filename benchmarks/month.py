"""Simulate a month of an operator: five sites, a crawl every few hours, and one fault after the other.

    python benchmarks/month.py [--engine sqlite|postgresql] [--only NAME] [--verbose]

Runs the real commands against a local server, under a clock that the simulation sets (`pip install -r
benchmarks/month.txt`). Prints a row for each fault: the exit codes of the runs while it lasted, that of `scrapy status`
at its end, whether warnings or status named the cause, how many runs did not tell of it, how many minutes after the
repair everything published before was stored, and whether run and status were clean again by then. Exits with 1 if a
run did not tell of a fault, told of one that did not exist, or if a site was not current within an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError

from tests.support.crawling import environment, query
from tests.support.databases import POSTGRESQL_URL, PostgresqlDatabases, SqliteDatabases, database

START = datetime(2027, 1, 4, 6, tzinfo=UTC)
SITES = ("north-post", "south-news", "east-times", "west-echo", "mid-herald")
BETWEEN_ARTICLES = timedelta(hours=1)
BETWEEN_RUNS = timedelta(hours=3)
BETWEEN_CHECKS = timedelta(minutes=15)
MAX_RECOVERY = timedelta(hours=1)
RESOLVER_FILE = "MONTH_RESOLVER_FILE"
TIMEOUT = 300.0


class StubResolver(CachingThreadedResolver):
    """Resolves every name to loopback, except those that the file named by MONTH_RESOLVER_FILE lists (`*`: all)."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        unknown = Path(os.environ[RESOLVER_FILE]).read_text(encoding="utf-8").split()
        return fail(DNSLookupError(name)) if name in unknown or "*" in unknown else succeed("127.0.0.1")


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
            return Response(f"User-agent: *\nAllow: /\nSitemap: {self.url}/sitemap.xml\n", headers=_TEXT)
        if path in ("/", section, f"{section}/"):
            return Response(self._front_page(shown[:12] if path == "/" else shown[:20], section, feed))
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

    def _front_page(self, shown: Sequence[datetime], section: str, feed: str) -> str:
        teasers = "".join(f"<h2><a href='{self.path(one)}'>{self._headline(one)}</a></h2>" for one in shown)
        links = f"<link rel=alternate type='application/rss+xml' href='{feed}'>"
        menu = f"<nav><a href='{section}'>City</a></nav>"
        return _page(f"<title>{self.name}</title>{links}", f"{menu}<main>{teasers}</main>")

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
        return _page(f"<title>{headline}</title>{date}", f"<{main}><h1>{headline}</h1>{text}</{main.split()[0]}>")

    def _headline(self, published: datetime) -> str:
        return _words(self._seed(published), 8, " ").capitalize()

    def _seed(self, published: datetime) -> str:
        return f"{self.name} {published.isoformat()}"

    def _number(self, published: datetime) -> int:
        return 10_000 + int((published - START) / BETWEEN_ARTICLES) + 500


_TEXT = {"Content-Type": "text/plain"}
_XML = {"Content-Type": "application/xml"}
_SYLLABLES = [first + vowel for first in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]


def _page(head: str, body: str) -> str:
    return f"<html lang=en><head>{head}</head><body>{body}</body></html>"


def _word(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, 4)))


def _words(seed: str, number: int, separator: str) -> str:
    random = Random(seed)
    return separator.join(_word(random) for _ in range(number))


def _sentence(random: Random, number: int) -> str:
    return " ".join(_word(random) for _ in range(number)).capitalize() + "."


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, and later is repaired."""

    name: str
    hours: float
    begin: Callable[[World], None]
    sites: tuple[str, ...]
    """Sites that are not well while it lasts."""
    says: str
    """A word or two that the warnings or `scrapy status` must contain."""
    repair: Callable[[World], None] | None = None
    """None: everything is as before."""


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

    def tells_of(self, sites: Sequence[str]) -> bool:
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
        self.set_unknown_hosts()
        (folder / "sites").mkdir()
        for site in self.sites.values():
            (folder / "sites" / f"{site.name}.toml").write_text(f'url = "{site.url}/"\n', encoding="utf-8")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def set_unknown_hosts(self, *hosts: str) -> None:
        (self.folder / "unknown-hosts").write_text("\n".join(hosts), encoding="utf-8")

    def override(self, site: str, override: Override | None) -> None:
        self.sites[site].override = override

    def repair(self) -> None:
        """Undo every fault, but not a redesign."""
        self.set_unknown_hosts()
        for site in self.sites.values():
            site.override = None

    def scrapy(self, *arguments: str, kill_when: Callable[[], bool] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a scrapy command at the simulated time; kill it as soon as *kill_when* returns True."""
        variables = environment(
            self.database_url,
            NEWSCRAWL_SITES_DIR=self.folder / "sites",
            NEWSCRAWL_BACKOFF_MAX_WAIT=5,
            TZ="UTC",
            **{RESOLVER_FILE: self.folder / "unknown-hosts"},
        )
        options = ["-s", "TWISTED_DNS_RESOLVER=benchmarks.month.StubResolver", "-s", "DOWNLOAD_TIMEOUT=10"]
        command = [sys.executable, __file__, "--at", self.now.isoformat(), *arguments]
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


def _always(**response: Any) -> Override:
    return lambda path: Response(**response)


def _on(test: Callable[[str], bool], **response: Any) -> Override:
    return lambda path: Response(**response) if test(path) else None


def _is_listing(path: str) -> bool:
    return not path.startswith("/20") and path != "/robots.txt"


SHELL = _page("<title>News</title><script src=/app.js></script>", "<div id=root></div>")
CONSENT = _page(
    "<title>Before you continue</title>",
    "<div class=consent-wall><h1>We value your privacy</h1><p>We and our partners store cookies. Accept all to go on."
    "</p><button>Accept all</button></div>",
)
NORTH, SOUTH, EAST, WEST, MID = SITES
FAULTS = (
    Fault("own network: no name resolves", 6, lambda w: w.set_unknown_hosts("*"), SITES, "network"),
    Fault(
        "a site's name does not resolve",
        8,
        lambda w: w.set_unknown_hosts("east-times.test"),
        (EAST,),
        "host name not found",
    ),
    Fault("a site closes every connection", 26, lambda w: w.override(NORTH, _always(status=0)), (NORTH,), "connection"),
    Fault(
        "404 for all listings, two hours",
        2,
        lambda w: w.override(SOUTH, _on(_is_listing, status=404)),
        (SOUTH,),
        "404",
    ),
    Fault("404 for everything, 12 hours", 12, lambda w: w.override(WEST, _always(status=404)), (WEST,), "404"),
    Fault("500 for everything", 5, lambda w: w.override(MID, _always(status=500)), (MID,), "robots.txt"),
    Fault(
        "503 without Retry-After",
        3,
        lambda w: w.override(NORTH, _on(lambda path: path != "/robots.txt", status=503)),
        (NORTH,),
        "503",
    ),
    Fault(
        "robots.txt answers 503",
        4,
        lambda w: w.override(EAST, _on(lambda path: path == "/robots.txt", status=503)),
        (EAST,),
        "robots",
    ),
    Fault(
        "robots.txt disallows all",
        5,
        lambda w: w.override(
            SOUTH, _on(lambda path: path == "/robots.txt", body="User-agent: *\nDisallow: /\n", headers=_TEXT)
        ),
        (SOUTH,),
        "robots",
    ),
    Fault(
        "front page, feed and sitemap become an empty JavaScript shell",
        6,
        lambda w: w.override(WEST, _on(_is_listing, body=SHELL)),
        (WEST,),
        "an HTML page",
    ),
    Fault(
        "a consent wall on every page",
        6,
        lambda w: w.override(MID, _on(lambda p: p != "/robots.txt", body=CONSENT)),
        (MID,),
        "consent",
    ),
    Fault("empty pages", 4, lambda w: w.override(NORTH, _on(lambda p: p != "/robots.txt", body="")), (NORTH,), "empty"),
    Fault(
        "the site moved to another domain",
        7,
        lambda w: w.override(
            EAST, _on(lambda p: p != "/robots.txt", status=301, headers={"Location": "http://east-new.test/"})
        ),
        (EAST,),
        "east-new",
    ),
)
"""In the order in which they happen."""


@dataclass(slots=True)
class Report:
    """What a fault looked like to the operator."""

    name: str
    codes: list[int] = field(default_factory=list)
    silent: int = 0
    """Runs that did not tell of it, from the first run that could know."""
    named: bool = False
    """Whether warnings or status gave the cause."""
    status: str = ""
    recovered: int | None = None
    """Minutes from the repair until everything was stored; None: not within the hour."""
    settled: bool = False
    """Whether run and status were clean again when everything was stored."""


def experience(world: World, fault: Fault, *, verbose: bool) -> Report:
    """Let *fault* happen, run the crawls, repair it, and run crawls every 15 minutes until all is stored."""
    report, heard = Report(fault.name), ""
    fault.begin(world)
    end, can_know = world.now + timedelta(hours=fault.hours), False
    while world.now < end:
        run = world.crawl()
        report.codes.append(run.code)
        heard += run.warnings
        can_know = can_know or run.asked(fault.sites)
        report.silent += can_know and not run.tells_of(fault.sites)
        if verbose:
            print(f"  {world.now:%d %H:%M} code {run.code} {run.warnings[:300]}")
        world.now += min(
            BETWEEN_CHECKS if len(report.codes) < 3 else BETWEEN_RUNS, max(end - world.now, BETWEEN_CHECKS)
        )
    code, text = world.status()
    report.status = str(code)
    report.named = fault.says.casefold() in (heard + text).casefold()
    (fault.repair or World.repair)(world)
    _recover(world, report, fault.sites, verbose=verbose)
    return report


def _recover(world: World, report: Report, sites: Sequence[str], *, verbose: bool) -> None:
    repaired = world.now
    while world.now <= repaired + MAX_RECOVERY:
        run = world.crawl()
        missing = world.missing(repaired, sites)
        if verbose:
            print(f"  {world.now:%d %H:%M} repaired, code {run.code}, missing {missing} {run.warnings[:300]}")
        if not missing:
            report.recovered = int((world.now - repaired) / timedelta(minutes=1))
            report.settled = run.code == 0 and world.status()[0] == 0
            if report.settled:
                return
        world.now += BETWEEN_CHECKS


def pass_quietly(world: World, hours: float, *, verbose: bool) -> int:
    """Let hours pass without a fault; return how many runs gave an alarm."""
    alarms, end = 0, world.now + timedelta(hours=hours)
    while world.now < end:
        run = world.crawl()
        alarms += run.code != 0
        if verbose or run.code:
            print(f"  {world.now:%d %H:%M} quiet, code {run.code} {run.warnings[:300]}")
        world.now += BETWEEN_RUNS
    return alarms


def run_scrapy_at(now: datetime, arguments: Sequence[str]) -> None:
    """Run a scrapy command in this process, whose clock shows *now* at its first look."""
    import time_machine
    from scrapy.cmdline import execute

    time_machine.travel(now, tick=True).start()
    execute(["scrapy", *arguments])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--only", help="faults whose name contains this text")
    parser.add_argument(
        "--quiet-hours", type=float, default=18.0, help="hours without a fault after each (default: 18)"
    )
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if not options.only or options.only in fault.name]
    with _world(options.engine) as world:
        alarms = pass_quietly(world, 24, verbose=options.verbose)
        reports = []
        for fault in faults:
            reports.append(experience(world, fault, verbose=options.verbose))
            _print(reports[-1])
            alarms += pass_quietly(world, options.quiet_hours, verbose=options.verbose)
        for name, happen in OTHERS:
            if not options.only or options.only in name:
                reports.append(happen(world, Report(name), verbose=options.verbose))
                _print(reports[-1])
        days = (world.now - START) / timedelta(days=1)
        print(
            f"{days:.0f} days, {query(world.database_url, 'SELECT count(*) FROM crawls')[0][0]} runs, "
            f"{query(world.database_url, 'SELECT count(*) FROM articles')[0][0]} articles, false alarms: {alarms}"
        )
        bad = [one for one in reports if one.silent or not one.named or one.recovered is None or not one.settled]
        return 1 if bad or alarms or world.missing(world.now - timedelta(hours=24)) else 0


def _experience_slow_host(world: World, report: Report, *, verbose: bool) -> Report:
    """One host takes three seconds for every answer: nothing fails, and the other sites are not held up."""
    world.override(NORTH, partial(_respond_late, world, world.sites[NORTH]))
    report.named = True
    report.codes = [world.crawl().code for _ in range(2)]
    report.silent = sum(code != 0 for code in report.codes)
    world.repair()
    _recover(world, report, (NORTH,), verbose=verbose)
    return report


def _respond_late(world: World, site: SimulatedSite, path: str) -> Response:
    return replace(site.respond_plainly(path, world.now), delay=3.0)


def _experience_redesign(world: World, report: Report, *, verbose: bool) -> Report:
    """A site changes its theme, renames its section and moves its feed: all of it is found again."""
    report.named = True
    world.sites[SOUTH].is_redesigned = True
    world.now += BETWEEN_ARTICLES
    _recover(world, report, (SOUTH,), verbose=verbose)
    return report


def _experience_kill(world: World, report: Report, *, verbose: bool) -> Report:
    """A crawl is killed in the middle: `scrapy status` says so, and the next run fetches what it left."""
    world.now += timedelta(hours=24)
    for site in world.sites.values():
        site.override = partial(_respond_late, world, site)
    last = query(world.database_url, "SELECT max(id) FROM crawls")[0][0]
    claimed = f"SELECT count(*) FROM pages WHERE crawl_id > {last} AND outcome IS NULL AND kind = 'article'"
    world.scrapy("crawl", "news", kill_when=lambda: query(world.database_url, claimed)[0][0] > 0)
    world.repair()
    world.now += BETWEEN_CHECKS
    code, text = world.status()
    report.status, report.named = str(code), "killed" in text
    _recover(world, report, SITES, verbose=verbose)
    return report


OTHERS = (
    ("a slow host (3 s an answer)", _experience_slow_host),
    ("redesign: new theme, section renamed, feed moved", _experience_redesign),
    ("a crawl killed with SIGKILL", _experience_kill),
)


@contextmanager
def _world(engine: str) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as name:
        databases = PostgresqlDatabases(POSTGRESQL_URL) if engine == "postgresql" else SqliteDatabases(Path(name))
        with database(databases) as url:
            world = World(Path(name), url)
            try:
                yield world
            finally:
                world.server.shutdown()


def _print(report: Report) -> None:
    codes = ", ".join(map(str, report.codes)) or "–"
    recovered = "not within the hour" if report.recovered is None else f"{report.recovered} min"
    print(
        f"| {report.name} | {codes} | {report.status or '–'} | {'yes' if report.named else 'NO'} | {report.silent} "
        f"| {recovered} | {'yes' if report.settled else 'NO'} |",
        flush=True,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--at"]:
        run_scrapy_at(datetime.fromisoformat(sys.argv[2]), sys.argv[3:])
    sys.exit(main())
