"""The end of a crawl: a table for people, one line of JSON for programs, and the exit code."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Self

from rich.console import Console
from rich.table import Table
from scrapy import signals
from scrapy.crawler import Crawler
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.extensions.ledger import STORAGE_FAILED, LedgerExtension
from newscrawl.storage.queries import articles_by_site, crawl_counts, waiting_by_site
from newscrawl.summary import SiteSummary, summarise, totals

EXIT_FINE, EXIT_FAILURE, EXIT_DEGRADED, EXIT_NOTHING_FETCHED, EXIT_STORAGE = 0, 1, 4, 5, 6


SITES_SHOWN = 20


class SummaryExtension:
    """Prints what the crawl did when the last outcome is written."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.exit_code = EXIT_FAILURE
        """Of the process; stays at failure when the crawl does not come to its end."""
        self._started = datetime.now(UTC)
        self._reason = ""
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self, reason: str) -> None:
        self._reason = reason

    async def engine_stopped(self) -> None:
        ledger = self.crawler.get_extension(LedgerExtension)
        if ledger is None or ledger.engine is None or ledger.failure is not None or self._reason == STORAGE_FAILED:
            self.exit_code = EXIT_STORAGE
            return
        try:
            counts = await asyncio.to_thread(crawl_counts, ledger.engine, ledger.crawl_id)
            sites = summarise(counts)
            names = [site.site for site in sites]
            stored = await asyncio.to_thread(articles_by_site, ledger.engine, names)
            waiting = await asyncio.to_thread(waiting_by_site, ledger.engine, names)
        except SQLAlchemyError:
            self.exit_code = EXIT_STORAGE
            return
        finally:
            ledger.engine.dispose()
        archive_failure = getattr(self.crawler.spider, "failure", None)
        self.exit_code = exit_code(sites, self._reason, archive_failed=archive_failure is not None)
        self._print(sites, stored, waiting, json.dumps(self._record(sites, ledger.crawl_id), ensure_ascii=False))

    def _print(self, sites: Sequence[SiteSummary], stored: dict[str, int], waiting: dict[str, int], line: str) -> None:
        console = _console()
        if console.is_terminal:
            # People read the end of what is printed, programs the last line.
            console.print(line, style="dim", soft_wrap=True, markup=False)
        if sites:
            console.print(_table(sites, stored))
        if len(sites) > SITES_SHOWN:
            console.print(f"… and {len(sites) - SITES_SHOWN} more sites; the line below names all.", markup=False)
        for sentence in explain(sites, self._reason, waiting):
            console.print(sentence, soft_wrap=True, markup=False)
        if sum(stored.values()):
            url = make_url(self.crawler.settings["NEWSCRAWL_DATABASE_URL"])
            console.print(f"Next, look at them:  {next_step(url)}", soft_wrap=True, markup=False)
        if not console.is_terminal:
            print(line, file=sys.stdout, flush=True)  # noqa: T201

    def _record(self, sites: Sequence[SiteSummary], crawl_id: int) -> dict[str, object]:
        seconds = (datetime.now(UTC) - self._started).total_seconds()
        spider = self.crawler.spider
        return {
            "crawl_id": crawl_id,
            "spider": spider.name if spider else None,
            "finish_reason": self._reason,
            "exit_code": self.exit_code,
            "seconds": round(seconds, 1),
            **totals(sites),
            "sites": [site.as_json() for site in sites],
        }


def exit_code(sites: Sequence[SiteSummary], reason: str, *, archive_failed: bool = False) -> int:
    """Return 0 fine, 1 failure, 4 a site failed, 5 nothing could be fetched (docs/commands.md)."""
    failed = [site for site in sites if site.failed]
    if archive_failed or reason not in {"finished", "shutdown"}:
        return EXIT_FAILURE
    if sites and len(failed) == len(sites):
        return EXIT_NOTHING_FETCHED
    return EXIT_DEGRADED if failed else EXIT_FINE


def explain(sites: Sequence[SiteSummary], reason: str, waiting: Mapping[str, int]) -> list[str]:
    """Return a line for each thing that a reader of the table should know.

    *waiting*: site -> article pages that were found and not fetched.
    """
    lines = []
    if reason == "shutdown":
        lines.append("The crawl was stopped; the next one takes up what is pending.")
    for site in sites:
        if site.failed:
            causes = "; ".join(in_words(label) for label in site.rejected + site.listing_failures)
            lines.append(f"{site.site}: nothing could be read: {causes}")
        if number := waiting.get(site.site):
            lines.append(f"{site.site}: {number:,} more pages were found; the next crawl fetches them.")
    return lines


CURES = {
    "dns": "its name is not known; check the spelling and the network",
    "connection_refused": "nothing listens there; check the address",
    "timeout": "it did not answer in time; try again later",
    "robots_unavailable": "it cannot give its robots.txt, so nothing is allowed; try again later",
    "disallowed": "its robots.txt disallows it",
    "retry_after": "it asked to be left alone for a while; run again later",
    "offsite_redirect": "it redirects to another site; crawl that one (-L DEBUG names it)",
}


def in_words(label: str) -> str:
    """Return `outcome: reason` with what to do about it, where that is known."""
    reason = label.partition(": ")[2]
    return f"{label} ({CURES[reason]})" if reason in CURES else label


def _console() -> Console:
    """A console that does not cut the table where nobody says how wide the page is."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)
    return console


def _table(sites: Sequence[SiteSummary], stored: dict[str, int]) -> Table:
    table = Table(title="This crawl, by site", title_justify="left", show_footer=len(sites) > 1)
    sums = totals(sites)
    table.add_column("site", footer="all")
    table.add_column("fetched", justify="right", footer=str(sums["fetched"]))
    table.add_column("stored", justify="right", footer=str(sums["stored"]), style="bold")
    table.add_column("updated", justify="right", footer=str(sums["updated"]))
    table.add_column("unchanged", justify="right", footer=str(sums["unchanged"]))
    table.add_column("rejected", justify="right", footer=str(sums["rejected"]))
    table.add_column("pending", justify="right", footer=str(sums["pending"]))
    table.add_column("in the database", justify="right", footer=str(sum(stored.values())))
    for site in sorted(sites, key=lambda site: -site.fetched)[:SITES_SHOWN]:
        numbers = [site.fetched, *(site.kept[key] for key in ("stored", "updated", "unchanged"))]
        numbers += [site.rejected.total(), site.pending, stored.get(site.site, 0)]
        table.add_row(site.site, *map(str, numbers))
    return table


def next_step(url: URL) -> str:
    """Return a command that shows the newest articles, with what is installed."""
    query = "SELECT date_published, site, headline FROM articles ORDER BY date_published DESC LIMIT 10"
    if url.get_backend_name() != "sqlite":
        return f'psql "{url._replace(drivername="postgresql", password=None).render_as_string()}" -c "{query}"'
    if shutil.which("sqlite3"):
        return f'sqlite3 -box {url.database} "{query}"'
    rows = f"sqlite3.connect('{url.database}').execute('{query}')"
    return f'python3 -c "import sqlite3; [print(*row) for row in {rows}]"'
