"""Simulate a month of an operator: five sites, a crawl every few hours, and one fault after the other.

    python benchmarks/month.py [--engine sqlite|postgresql] [--only NAME] [--verbose]

Runs the real commands against a local server, under a clock that the simulation sets (`pip install -r
benchmarks/month.txt`). Prints a row for each fault: the exit codes of the runs while it lasted, that of `scrapy status`
at its end, whether warnings or status named the cause, how many runs did not report it, how many minutes after the
repair everything published before was stored, and whether run and status were clean again by then. Exits with 1 if a
run did not report a fault, reported one that did not exist, or if a site was not current within an hour.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.month_world import (
    BETWEEN_ARTICLES,
    MOVED_HOST,
    SITES,
    START,
    TEXT,
    Override,
    Response,
    SimulatedSite,
    World,
    make_page,
)
from tests.support.crawling import query
from tests.support.databases import POSTGRESQL_URL, PostgresqlDatabases, SqliteDatabases, database

BETWEEN_RUNS = timedelta(hours=3)
BETWEEN_CHECKS = timedelta(minutes=15)
MAX_RECOVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong for some hours."""

    name: str
    hours: float
    begin: Callable[[World], None]
    sites: tuple[str, ...]
    """Sites that it affects."""
    says: str
    """A word or two that the warnings or `scrapy status` must contain."""


def _always(**response: Any) -> Override:
    return lambda path: Response(**response)


def _on(test: Callable[[str], bool], **response: Any) -> Override:
    return lambda path: Response(**response) if test(path) else None


def _is_listing(path: str) -> bool:
    return not path.startswith("/20") and path != "/robots.txt"


SHELL = make_page("<title>News</title><script src=/app.js></script>", "<div id=root></div>")
CONSENT = make_page(
    "<title>Before you continue</title>",
    "<div class=consent-wall><h1>We value your privacy</h1><p>We and our partners store cookies. Accept all to go on."
    "</p><button>Accept all</button></div>",
)
NORTH, SOUTH, EAST, WEST, MID = SITES
FAULTS = (
    Fault("own network: no name resolves", 6, lambda w: w.set_unknown_hosts(w.hosts), SITES, "network"),
    Fault(
        "a site's name does not resolve",
        8,
        lambda w: w.set_unknown_hosts({"east-times.test"}),
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
            SOUTH, _on(lambda path: path == "/robots.txt", body="User-agent: *\nDisallow: /\n", headers=TEXT)
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
            EAST, _on(lambda p: p != "/robots.txt", status=301, headers={"Location": f"http://{MOVED_HOST}/"})
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
    """Runs that did not report it, from the first run that could know."""
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
        report.silent += can_know and not run.reports(fault.sites)
        if verbose:
            print(f"  {world.now:%d %H:%M} code {run.code} {run.warnings[:300]}")
        world.now += min(
            BETWEEN_CHECKS if len(report.codes) < 3 else BETWEEN_RUNS, max(end - world.now, BETWEEN_CHECKS)
        )
    code, text = world.status()
    report.status = str(code)
    report.named = fault.says.casefold() in (heard + text).casefold()
    world.repair()
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
    sys.exit(main())
