"""Kill crawls of the bundled site at random moments and compare what they end with to an undisturbed crawl.

    python benchmarks/crash.py [--kills 200] [--engine sqlite|postgresql] [--articles 300] [--seed N]

Each crawl is killed one to four times with SIGKILL, three of four times the whole process group, else the main process
alone; then one run finishes it. Every third crawl is of the second edition over a finished first one, with all pages
due. Databases on PostgreSQL are made beside the one of NEWSCRAWL_TEST_POSTGRESQL_URL. Exits 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.newssite.server import RunningSite, serve
from tests.support.crash_harness import PHASES, CrashResult, Scenario, choose_kill_points, kill_and_finish, run_baseline
from tests.support.crawling import make_due
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases

POSTGRESQL_URL = os.environ.get("NEWSCRAWL_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
MAX_KILLS = 4
SECOND_EDITION = 3
"""Every so many-th crawl is of the second edition."""


@dataclass(slots=True)
class Tally:
    """What came of the crawls."""

    name: str
    crawls: list[CrashResult] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(len(crawl.kills) for crawl in self.crawls)

    def row(self) -> list[object]:
        kinds = Counter(difference.kind for crawl in self.crawls for difference in crawl.differences)
        phases = Counter(kill.phase for crawl in self.crawls for kill in crawl.kills)
        alone = sum(not kill.point.whole_group for crawl in self.crawls for kill in crawl.kills)
        bad = sum(not crawl.is_fine for crawl in self.crawls)
        numbers = [self.kills, alone, len(self.crawls), kinds["lost"], kinds["duplicated"], kinds["different"]]
        numbers += [sum(len(crawl.faults) for crawl in self.crawls), bad, kinds["stated elsewhere"]]
        again = sum(crawl.fetched_again for crawl in self.crawls)
        return [self.name, *numbers, again, *(phases[phase] for phase in PHASES)]


HEADER = ["crawls of", "kills", "main process only", "crawls", "rows lost", "duplicated", "different", "other faults"]
HEADER += [
    "crawls with any of these",
    "values of whichever feed or sitemap came first",
    "article pages fetched again",
    *(f"killed: {phase}" for phase in PHASES),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(articles=options.articles, today=_today()) as site:
        is_sqlite = options.engine == "sqlite"
        databases = SqliteDatabases(Path(folder)) if is_sqlite else PostgresqlDatabases(POSTGRESQL_URL)
        started = time.monotonic()
        tallies = measure(site, databases, Path(folder), options)
        report(tallies, f"{options.engine}, {options.articles} articles, seed {options.seed}", started)
    return 0 if all(crawl.is_fine for tally in tallies for crawl in tally.crawls) else 1


def _today() -> date:
    """One day for the whole of a measurement that midnight may fall into."""
    return datetime.now(UTC).date()


def measure(site: RunningSite, databases: Databases, folder: Path, options: argparse.Namespace) -> list[Tally]:
    random, tallies = Random(options.seed), [Tally("edition 1"), Tally("edition 2 over 1")]
    with ExitStack() as stack:
        first, crawled = stack.enter_context(run_baseline(site, databases, folder, workers=options.workers))
        make_due(crawled)
        site.edition = 2
        second, _ = stack.enter_context(run_baseline(site, databases, folder, start=crawled, workers=options.workers))
        for edition, scene in enumerate((first, second), 1):
            print(f"undisturbed, edition {edition}: {scene.requests} requests, {scene.seconds:.1f} s", flush=True)
        number = 0
        while (left := options.kills - sum(tally.kills for tally in tallies)) > 0:
            number += 1
            edition = 2 if number % SECOND_EDITION == 0 else 1
            kills = min(random.randint(1, MAX_KILLS), left)
            killed = one_crawl((first, second)[edition - 1], edition, random, kills)
            tallies[edition - 1].crawls.append(killed)
            tell(number, edition, killed)
    return tallies


def one_crawl(scene: Scenario, edition: int, random: Random, kills: int) -> CrashResult:
    scene.site.edition = edition
    return kill_and_finish(scene, choose_kill_points(random, scene, kills=kills))


def tell(number: int, edition: int, killed: CrashResult) -> None:
    moments = ", ".join(
        f"{kill.after:.2f} s ({kill.phase}{'' if kill.point.whole_group else ', main only'})" for kill in killed.kills
    )
    print(f"{number}: edition {edition}, killed at {moments or 'no time'}: ", end="")
    print("fine" if killed.is_fine else "WRONG", flush=True)
    wrong = [difference for difference in killed.differences if difference.kind != "stated elsewhere"]
    for difference in wrong[:10]:
        print(f"    {difference.kind}: {difference.table}: {difference.what}")
    for fault in killed.faults:
        print(f"    {fault}", flush=True)


def report(tallies: list[Tally], what: str, started: float) -> None:
    print(f"\n{what}: {time.monotonic() - started:.0f} s\n")
    rows = zip(HEADER, *(tally.row() for tally in tallies), strict=True)
    for number, row in enumerate(rows):
        print(f"| {' | '.join(map(str, row))} |")
        if not number:
            print("| --- |" + " ---: |" * len(tallies))
    orphans = [seconds for tally in tallies for crawl in tally.crawls for seconds in crawl.orphans_left_after]
    print(f"\nprocesses outlived their killed crawl by {max(orphans, default=0):.1f} s at most")


if __name__ == "__main__":
    sys.exit(main())
