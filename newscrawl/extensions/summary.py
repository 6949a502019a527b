"""The end of a crawl: a table for people, one line of JSON for programs, and the exit code."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from rich.console import Console
from rich.table import Table
from scrapy import signals
from scrapy.crawler import Crawler
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import ExitCode, StorageError
from newscrawl.extensions.crawl_state import STORAGE_FAILED, CrawlStateExtension
from newscrawl.extensions.lock import LockExtension
from newscrawl.extensions.time_limit import BUDGET
from newscrawl.monitoring.health import (
    MAX_BACKOFF,
    format_duration,
    warn_if_below_minimum,
    warn_if_silent,
    warn_if_unreadable,
)
from newscrawl.monitoring.messages import explain_results
from newscrawl.monitoring.summary import SiteSummary, choose_exit_code, summarize, totals
from newscrawl.outcomes import CloseReason
from newscrawl.scheduling.periods import ANY_TIME
from newscrawl.spiders.news import NewsSpider
from newscrawl.storage.engine import explain_failure
from newscrawl.storage.queries.crawls import (
    articles_by_site,
    crawl_counts,
    failing_listings,
    first_found,
    new_since,
    waiting_by_site,
    yields,
)
from newscrawl.text.terminal import printing

SITES_SHOWN = 20


class SummaryExtension:
    """Prints what the crawl did when the last outcome is written."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.exit_code = ExitCode.FAILURE
        """Of the process; stays at failure when the crawl does not come to its end."""
        self.printed = False
        """Whether the line for programs is out; it is the last one, and the only one."""
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
        ledger = self.crawler.get_extension(CrawlStateExtension)
        if ledger is None or ledger.engine is None or ledger.failure is not None or self._reason == STORAGE_FAILED:
            self._print_failure(ledger)
            return
        try:
            found = await asyncio.to_thread(self._look_up, ledger)
        except (SQLAlchemyError, StorageError) as error:
            ledger.failure = StorageError(explain_failure(self.crawler.settings["NEWSCRAWL_DATABASE_URL"], error))
            self._print_failure(ledger)
            return
        finally:
            ledger.engine.dispose()
        sites, stored, waiting = found
        lock = self.crawler.get_extension(LockExtension)
        lost = lock is not None and lock.failure is not None
        archive_failure = getattr(self.crawler.spider, "failure", None)
        code = choose_exit_code(sites, self._reason, archive_failed=archive_failure is not None)
        self.exit_code = ExitCode.LOCKED if lost else code
        record = self._record(ledger.crawl_id) | dict(totals(sites)) | {"sites": [site.as_json() for site in sites]}
        with printing():
            self._print(sites, stored, waiting, json.dumps(record, ensure_ascii=False))
        self.printed = True

    def _look_up(self, ledger: CrawlStateExtension) -> tuple[list[SiteSummary], dict[str, int], dict[str, int]]:
        """Ask the database, in a thread, what the crawl did and what the sites have."""
        assert ledger.engine is not None
        sites = summarize(crawl_counts(ledger.engine, ledger.crawl_id))
        if isinstance(self.crawler.spider, NewsSpider):
            sites = self._judged(ledger, sites)
        names = [site.site for site in sites]
        period = getattr(getattr(self.crawler.spider, "scope", None), "period", ANY_TIME)
        return sites, articles_by_site(ledger.engine, names), waiting_by_site(ledger.engine, names, period)

    def _judged(self, ledger: CrawlStateExtension, sites: Sequence[SiteSummary]) -> list[SiteSummary]:
        """Add to what was counted which sites rest, and which bring less than they should."""
        assert isinstance(self.crawler.spider, NewsSpider)
        assert ledger.engine is not None
        by_name = {site.site: replace(site, by_listings=True) for site in sites}
        health_check = SiteHealthCheck(ledger.engine, ledger.crawl_id, datetime.now(UTC))
        for name, site in getattr(self.crawler.spider, "sites", {}).items():
            until = self.crawler.spider.rests_until(name)
            if until is not None:
                by_name.setdefault(name, SiteSummary(name)).cooldown_until = until
                refusing = self.crawler.spider.backoff_since(name)
                by_name[name].warnings += health_check.refusal(refusing)
            elif name not in by_name:
                # Nothing was due; a site that failed lately is not looked at again at once, and still has failed.
                failures = failing_listings(ledger.engine, name)
                if failures:
                    by_name[name] = SiteSummary(name, listing_failures=Counter(failures))
            elif not by_name[name].failed and self._reason in {"finished", BUDGET}:
                by_name[name].warnings += health_check.warnings(name, site.min_articles_per_day)
        return list(by_name.values())

    def _print_failure(self, ledger: CrawlStateExtension | None) -> None:
        """Leave a last line for programs, though nothing can be asked of the database."""
        self.exit_code = ExitCode.STORAGE
        error = ledger.failure if ledger is not None else None
        crawl_id = ledger.crawl_id or None if ledger is not None else None
        record = self._record(crawl_id) | {"error": str(error) if error else "the database could not be opened"}
        self._print_line(record)

    def print_aborted(self) -> None:
        """Leave a last line for programs where the crawl was broken off before it could sum up what it did."""
        ledger = self.crawler.get_extension(CrawlStateExtension)
        if ledger is not None and ledger.failure is not None:
            self._print_failure(ledger)
            return
        ended = ledger is not None and ledger.ended
        self._reason = "shutdown" if ended else CloseReason.ABORTED
        self.exit_code = ExitCode.OK if ended else ExitCode.FAILURE
        cut = "the crawl was broken off; the next one takes up what is unfinished"
        whole = "the crawl was stopped when its work was done; what it did is in the database"
        record = self._record(ledger.crawl_id or None if ledger is not None else None)
        self._print_line(record | {"error": whole if ended else cut})

    def _print_line(self, record: dict[str, object]) -> None:
        with printing():
            print(json.dumps(record, ensure_ascii=False), flush=True)  # noqa: T201
        self.printed = True

    def _print(self, sites: Sequence[SiteSummary], stored: dict[str, int], waiting: dict[str, int], line: str) -> None:
        console = _console()
        if console.is_terminal:
            # People read the end of what is printed, programs the last line.
            console.print(line, style="dim", soft_wrap=True, markup=False)
        if sites:
            console.print(_table(sites, stored))
        if len(sites) > SITES_SHOWN:
            console.print(f"… and {len(sites) - SITES_SHOWN} more sites; the line below names all.", markup=False)
        for sentence in explain_results(sites, self._reason, waiting):
            console.print(sentence, soft_wrap=True, markup=False)
        if sum(stored.values()):
            url = make_url(self.crawler.settings["NEWSCRAWL_DATABASE_URL"])
            console.print(f"Next, look at them:  {next_step(url)}", soft_wrap=True, markup=False)
        if not console.is_terminal:
            print(line, flush=True)  # noqa: T201

    def _record(self, crawl_id: int | None) -> dict[str, object]:
        seconds = (datetime.now(UTC) - self._started).total_seconds()
        spider = self.crawler.spider
        return {
            "crawl_id": crawl_id,
            "spider": spider.name if spider else None,
            "finish_reason": self._reason or STORAGE_FAILED,
            "exit_code": self.exit_code,
            "seconds": round(seconds, 1),
        }


class SiteHealthCheck:
    """Compares what a crawl brought of its sites with what they used to bring."""

    def __init__(self, engine: Engine, crawl_id: int, now: datetime) -> None:
        self._engine, self._crawl_id, self._now = engine, crawl_id, now

    def warnings(self, site: str, min_articles_per_day: int | None) -> list[str]:
        """Return how *site* brought less than it should, in words; *floor* is what its file demands."""
        crawls = yields(self._engine, self._crawl_id, site)
        found = [warn_if_unreadable(crawls[0], crawls[1:]), warn_if_silent(crawls[0], crawls[1:])] if crawls else []
        if min_articles_per_day:
            known_since = first_found(self._engine, site) or self._now
            new = new_since(self._engine, site, self._now - timedelta(days=1))
            found.append(warn_if_below_minimum(min_articles_per_day, new, self._now - known_since))
        return [words for words in found if words]

    def refusal(self, since: datetime | None) -> list[str]:
        """Return words where a host has been refusing for longer than a rest may be."""
        if since is None or self._now - since <= MAX_BACKOFF:
            return []
        return [f"its host has been sending us away for {format_duration(self._now - since)}"]


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
    table.add_column("selected", justify="right", footer=str(sums["selected"]))
    table.add_column("stored", justify="right", footer=str(sums["stored"]), style="bold")
    table.add_column("updated", justify="right", footer=str(sums["updated"]))
    table.add_column("unchanged", justify="right", footer=str(sums["unchanged"]))
    table.add_column("rejected", justify="right", footer=str(sums["rejected"]))
    table.add_column("pending", justify="right", footer=str(sums["pending"]))
    table.add_column("in the database", justify="right", footer=str(sum(stored.values())))
    for site in sorted(sites, key=lambda site: -site.selected)[:SITES_SHOWN]:
        numbers = [site.selected, *(site.kept[key] for key in ("stored", "updated", "unchanged"))]
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
