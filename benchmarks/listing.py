"""Measure how long it takes to record and claim the URLs of a large sitemap, optionally against another checkout.

    python benchmarks/listing.py [--links 50000] [--rounds 3] [--database URL] [--against FOLDER]

The measured part starts with the links and ends with the claims: compute the key of each URL, write through the writer,
claim 2,000 articles. In the case *first*, all URLs are new; in *again*, the next crawl reads the same sitemap, whose
articles are all stored and not due. With --against, each round runs both checkouts in separate processes, and the ratio
of the medians is printed. FOLDER may contain code from before `FinishListing` claimed pages, which computes the keys
twice. Its `.venv` is used if it has one. Without --database, a temporary SQLite file is used; in a PostgreSQL database,
a schema is created and dropped afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

ROOT = Path(__file__).parents[1]
sys.path.insert(0, os.environ.get("PYTHONPATH", str(ROOT)))

SITEMAP = "https://example.org/sitemap.xml"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMIT = 2_000
CASES = ("first", "again")

Entry = tuple[str, datetime]
"""URL and date."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--links", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", help="database URL, such as postgresql+psycopg://postgres@127.0.0.1/test")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="another checkout to compare with")
    parser.add_argument("--measure", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.links)))
        return
    checkouts = [ROOT] + ([options.against.resolve()] if options.against else [])
    rounds = [[run(folder, options) for folder in checkouts] for _ in range(options.rounds)]
    for case in CASES:
        medians = [statistics.median(one[number][case] for one in rounds) for number in range(len(checkouts))]
        ratio = f", {medians[0] / medians[1]:.2f} of {medians[1]:.2f} s" if len(medians) > 1 else ""
        print(f"{case}: {medians[0]:.2f} s{ratio}")


def run(checkout: Path, options: argparse.Namespace) -> dict[str, float]:
    """Measure *checkout* in a separate process; return the seconds of each case."""
    python = checkout / ".venv" / "bin" / "python"
    with new_database(options.database) as url:
        command = [str(python) if python.exists() else sys.executable, __file__, "--measure", url]
        done = subprocess.run(
            [*command, "--links", str(options.links)],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdout=subprocess.PIPE,
            check=True,
        )
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


@contextmanager
def new_database(url: str | None) -> Iterator[str]:
    """Yield the URL of an empty database: a file, or a schema in the PostgreSQL database at *url*."""
    if url is None:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/newscrawl.db"
        return
    schema, engine = f"listing_{uuid.uuid4().hex[:12]}", sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{url}?options=-csearch_path%3D{schema}"
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def measure(url: str, links: int) -> dict[str, float]:
    """Return the seconds of each case with the code on the import path, for either API."""
    from newscrawl.storage.engine import open_engine
    from newscrawl.storage.upgrade import upgrade
    from newscrawl.storage.writer import Writer

    engine = open_engine(url)
    upgrade(engine)
    writer = Writer(engine)
    steps = TwoSteps(writer) if find_spec("newscrawl.storage.pages") else OneStep(writer)
    entries = [
        (f"https://www.example.org/{number % 28 + 1:02}/a-headline-of-six-words-{number}.html", NOW - timedelta(days=9))
        for number in range(links)
    ]
    seconds = {}
    for case, expected in zip(CASES, (min(LIMIT, links), 0), strict=True):
        sitemap = steps.open_sitemap(NOW)
        start = time.perf_counter()
        claimed = steps.record_and_claim(sitemap, entries, NOW)
        seconds[case] = time.perf_counter() - start
        assert claimed == expected, f"{claimed} pages claimed, not {expected}"
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE pages SET outcome = 'stored' WHERE kind = 'article'"))
    writer.close()
    engine.dispose()
    return seconds


class OneStep:
    """The current API: `FinishListing` records the links and claims those that are due."""

    def __init__(self, writer: Any) -> None:
        from newscrawl.urls.keys import UrlKeys

        self._writer, self._keys = writer, UrlKeys()
        self._crawl_id = 0

    def do(self, operation: Any) -> Any:
        return self._writer.submit(operation).result()

    def open_sitemap(self, now: datetime) -> Any:
        from newscrawl.storage.operations.claims import ClaimPages
        from newscrawl.storage.operations.crawls import StartCrawl
        from newscrawl.storage.records import DiscoveredPage

        self._crawl_id = self.do(StartCrawl("news", {}, now, 1, 1))
        sitemap = DiscoveredPage(SITEMAP, SITEMAP, "example.org", "sitemap")
        return self.do(ClaimPages([sitemap], self._crawl_id, now, force=True)).claims[0]

    def record_and_claim(self, sitemap: Any, entries: Sequence[Entry], now: datetime) -> int:
        from newscrawl.items import Outcome
        from newscrawl.storage.operations.listings import FinishListing
        from newscrawl.storage.records import DiscoveredPage, FetchResult, ListingClaims

        pages = []
        for url, date in entries:
            fetched = self._keys.fetchable(url)
            metadata = {"source": "sitemap", "date_modified": date.isoformat()}
            key = self._keys.url_key(fetched)
            pages.append(DiscoveredPage(fetched, key, "example.org", "article", metadata, date, None))
        result = FetchResult(Outcome.NOT_ARTICLE, "sitemap", now, http_status=200)
        return len(self.do(FinishListing(sitemap, result, pages, claims=ListingClaims(LIMIT))).claims)


class TwoSteps:
    """The API up to 4a63ed8: `FinishListing` records the links, then `TakePages` computes their keys again."""

    def __init__(self, writer: Any) -> None:
        from newscrawl.urls.page_keys import PageKeys

        self._writer, self._keys = writer, PageKeys()
        self._crawl_id = 0

    def do(self, operation: Any) -> Any:
        return self._writer.submit(operation).result()

    def open_sitemap(self, now: datetime) -> Any:
        from newscrawl.storage.crawls import StartCrawl
        from newscrawl.storage.pages import TakePages

        from newscrawl.storage.records import SeenPage

        self._crawl_id = self.do(StartCrawl("news", {}, now, 1, 1))
        sitemap = SeenPage(SITEMAP, SITEMAP, "example.org", "sitemap")
        return self.do(TakePages([sitemap], self._crawl_id, now, force=True)).visits[0]

    def record_and_claim(self, sitemap: Any, entries: Sequence[Entry], now: datetime) -> int:
        from newscrawl.storage.pages import FinishListing, TakePages

        from newscrawl.items import Outcome
        from newscrawl.storage.records import Ending

        ending = Ending(Outcome.NOT_ARTICLE, "sitemap", now, http_status=200)
        self.do(FinishListing(sitemap, ending, self._key(entries)))
        result = self.do(TakePages(self._key(entries), self._crawl_id, now, SITEMAP, limit=LIMIT))
        return len(result.visits)

    def _key(self, entries: Sequence[Entry]) -> list[Any]:
        from newscrawl.storage.records import SeenPage

        pages = []
        for url, date in entries:
            fetched = self._keys.fetchable(url)
            metadata = {"source": "sitemap", "date_modified": date.isoformat()}
            pages.append(SeenPage(fetched, self._keys.key(fetched), "example.org", "article", metadata, date, None))
        return pages


if __name__ == "__main__":
    main()
