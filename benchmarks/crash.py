"""Kill crawls of the bundled site at random moments and compare the result with that of an uninterrupted crawl.

    python benchmarks/crash.py [--kills 200] [--engine sqlite|postgresql] [--articles 300] [--seed N]

Each crawl is killed one to four times with SIGKILL: three quarters of the kills hit the process group, the others only
the main process. Then one run finishes it. Every third crawl fetches the second edition of the site over a finished
first one, with all pages due. PostgreSQL databases are created on the server of NEWSCRAWL_TEST_POSTGRESQL_URL. Exits
with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
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
from tests.support.databases import POSTGRESQL_URL, Databases, PostgresqlDatabases, SqliteDatabases

MAX_KILLS = 4
SECOND_EDITION_EVERY = 3
"""Every third crawl fetches the second edition."""


@dataclass(slots=True)
class CrashSummary:
    """Results of the crawls of one kind."""

    name: str
    crawls: list[CrashResult] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(len(crawl.kills) for crawl in self.crawls)

    def row(self) -> list[object]:
        kinds = Counter(difference.kind for crawl in self.crawls for difference in crawl.differences)
        phases = Counter(kill.phase for crawl in self.crawls for kill in crawl.kills)
        main_only = sum(not kill.point.whole_group for crawl in self.crawls for kill in crawl.kills)
        bad = sum(not crawl.is_fine for crawl in self.crawls)
        numbers = [self.kills, main_only, len(self.crawls), kinds["lost"], kinds["duplicated"], kinds["different"]]
        numbers += [sum(len(crawl.faults) for crawl in self.crawls), bad, kinds["listing metadata"]]
        again = sum(crawl.fetched_again for crawl in self.crawls)
        return [self.name, *numbers, again, *(phases[phase] for phase in PHASES)]


HEADER = ["crawl of", "kills", "main process only", "crawls", "rows lost", "duplicated", "different", "other errors"]
HEADER += [
    "crawls with any of these errors",
    "values of another listing (not counted)",
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
        summaries = measure(site, databases, Path(folder), options)
        report(summaries, f"{options.engine}, {options.articles} articles, seed {options.seed}", started)
    return 0 if all(crawl.is_fine for summary in summaries for crawl in summary.crawls) else 1


def _today() -> date:
    """Return today, to be used for a whole measurement even past midnight."""
    return datetime.now(UTC).date()


def measure(site: RunningSite, databases: Databases, folder: Path, options: argparse.Namespace) -> list[CrashSummary]:
    random, summaries = Random(options.seed), [CrashSummary("edition 1"), CrashSummary("edition 2 over 1")]
    with ExitStack() as stack:
        first, crawled = stack.enter_context(run_baseline(site, databases, folder, workers=options.workers))
        make_due(crawled)
        site.edition = 2
        second, _ = stack.enter_context(run_baseline(site, databases, folder, start=crawled, workers=options.workers))
        for edition, scenario in enumerate((first, second), 1):
            print(f"no kill, edition {edition}: {scenario.requests} requests, {scenario.seconds:.1f} s", flush=True)
        number = 0
        while (remaining := options.kills - sum(summary.kills for summary in summaries)) > 0:
            number += 1
            edition = 2 if number % SECOND_EDITION_EVERY == 0 else 1
            kills = min(random.randint(1, MAX_KILLS), remaining)
            result = crash((first, second)[edition - 1], edition, random, kills)
            summaries[edition - 1].crawls.append(result)
            print_result(number, edition, result)
    return summaries


def crash(scenario: Scenario, edition: int, random: Random, kills: int) -> CrashResult:
    scenario.site.edition = edition
    return kill_and_finish(scenario, choose_kill_points(random, scenario, kills=kills))


def print_result(number: int, edition: int, result: CrashResult) -> None:
    kills = ", ".join(
        f"{kill.after:.2f} s ({kill.phase}{'' if kill.point.whole_group else ', main only'})" for kill in result.kills
    )
    print(f"{number}: edition {edition}, killed at {kills or 'no time'}: ", end="")
    print("fine" if result.is_fine else "WRONG", flush=True)
    wrong = [difference for difference in result.differences if difference.kind != "listing metadata"]
    for difference in wrong[:10]:
        print(f"    {difference.kind}: {difference.table}: {difference.what}")
    for fault in result.faults:
        print(f"    {fault}", flush=True)


def report(summaries: list[CrashSummary], what: str, started: float) -> None:
    print(f"\n{what}: {time.monotonic() - started:.0f} s\n")
    rows = zip(HEADER, *(summary.row() for summary in summaries), strict=True)
    for number, row in enumerate(rows):
        print(f"| {' | '.join(map(str, row))} |")
        if not number:
            print("| --- |" + " ---: |" * len(summaries))
    orphans = [seconds for summary in summaries for crawl in summary.crawls for seconds in crawl.orphans_left_after]
    print(f"\nlongest time that processes outlived their crawl: {max(orphans, default=0):.1f} s")


if __name__ == "__main__":
    sys.exit(main())
