"""The end of a crawl: a table for people, one line of JSON for programs, and the exit code."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from rich.console import Console
from rich.table import Table
from scrapy import signals
from scrapy.crawler import Crawler
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred
from newscrawl.crawling.output import guard_stdout
from newscrawl.exceptions import ExitCode, StorageError
from newscrawl.monitoring.diagnosis import diagnose
from newscrawl.monitoring.health import (
    MAX_BACKOFF,
    format_duration,
    warn_if_below_minimum,
    warn_if_silent,
    warn_if_unreadable,
)
from newscrawl.monitoring.listings import SITE_FILE
from newscrawl.monitoring.messages import explain_results, explain_skipped
from newscrawl.monitoring.summary import (
    IdleSite,
    SiteSummary,
    choose_exit_code,
    summarize,
    totals,
    warn_if_unfinished,
)
from newscrawl.outcomes import FinishReason
from newscrawl.sites.model import Site
from newscrawl.storage.operations.crawls import RecordResult
from newscrawl.storage.queries.crawls import articles_by_site, crawl_counts
from newscrawl.storage.queries.frontier import count_pending_articles, find_idle_sites
from newscrawl.storage.queries.listings import find_partial_listings
from newscrawl.storage.queries.site_health import (
    count_new_articles,
    crawl_yields,
    first_discovered_at,
    get_last_warnings,
    get_site_facts,
)
from newscrawl.storage.run_records import record_end
from newscrawl.text.secrets import is_secret_option
from newscrawl.urls.parse import get_url_host

MAX_SITES_LISTED = 20
LAST_WRITE = 2.0
"""Seconds that a crawl which was stopped waits for its result to be written."""


@dataclass(frozen=True, slots=True)
class _Totals:
    """What the database says about the crawl and its sites."""

    sites: Sequence[SiteSummary]
    stored: Mapping[str, int]
    """Site -> articles in the database."""
    pending: Mapping[str, int]
    """Site -> article pages that were found and not fetched yet."""
    idle: Mapping[str, IdleSite]
    """Sites of which nothing was due."""
    checked: Mapping[str, Sequence[str]]
    """Site that was checked -> its warnings; [] for one that is not degraded."""


class SummaryExtension:
    """Prints what the crawl did when the last outcome is written."""

    def __init__(self, crawler: Crawler) -> None:
        self._context = CrawlContext.of_crawl(crawler)
        self._database_url: str = crawler.settings["NEWSCRAWL_DATABASE_URL"]
        self.exit_code: int = ExitCode.FAILURE
        """Exit code of the process; a failure until the crawl has come to its end."""
        self.is_printed = False
        """Whether the line for programs is printed; it is the last one, and the only one."""
        self.error: str | None = None
        """Why the result could not be written as usual."""
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
        state = self._context.state
        if state.engine is None or state.failure is not None:
            self._print_failure()
            return
        try:
            found = await asyncio.to_thread(self._query, state.engine)
            self.exit_code = choose_exit_code(
                found.sites,
                self._reason,
                has_idle=bool(found.idle.keys() - {site.site for site in found.sites if site.failed}),
                archive_failed=self._context.spider.failure is not None,
            )
            await self._record(found)
        except (SQLAlchemyError, StorageError, FetchDeferred, TimeoutError) as error:
            state.fail(error)
            self._print_failure()
            return
        finally:
            state.close_writer(LAST_WRITE if state.failure else None)
            state.engine.dispose()
        sites = [site.as_json() for site in found.sites]
        record = self._get_record() | dict(totals(found.sites)) | {"sites": sites}
        with guard_stdout():
            self._print(found, json.dumps(record, ensure_ascii=False))
        self.is_printed = True

    async def _record(self, found: _Totals) -> None:
        """Write exit code, warnings, and the state of the sites to the database."""
        warnings = {site.site: site.warnings for site in found.sites if site.warnings}
        state = self._context.state
        result = RecordResult(state.crawl_id, self.exit_code, warnings, found.checked, datetime.now(UTC))
        # A crawl that is shutting down does not wait for a database that another program has locked.
        timeout = LAST_WRITE if self._reason == FinishReason.SHUTDOWN else None
        await asyncio.wait_for(state.submit(result, is_interruptible=False), timeout)

    def _query(self, engine: Engine) -> _Totals:
        """Ask the database, in a thread, what the crawl did and what the sites have."""
        spider = self._context.spider
        sites = summarize(crawl_counts(engine, self._context.state.crawl_id))
        if spider.crawls_listings:
            sites = self._check_sites(engine, sites)
        warn_if_unfinished(sites, self._reason)
        limits, fetch_limits = self._context.listing_limits, self._context.fetch_limits
        partial = {}
        if any(site.partial_listings for site in sites):
            partial = find_partial_listings(engine, self._context.state.crawl_id)
        for site in sites:
            site.partial_listing = partial.get(site.site)
            site.listing_limit = limits.describe(site.site) if site.site in limits.reached else None
            site.fetch_limit = fetch_limits.describe(site.site) if site.site in fetch_limits.reached else None
        names = [site.site for site in sites]
        pending = count_pending_articles(engine, names, spider.arguments.period)
        stored = articles_by_site(engine, names)
        return _Totals(sites, stored, pending, self._find_idle(engine), self._get_checked(sites))

    def _get_checked(self, sites: Sequence[SiteSummary]) -> Mapping[str, Sequence[str]]:
        """Return the warnings of the sites about which this crawl knows whether they are degraded."""
        if not self._context.spider.crawls_listings or not self._is_complete:
            return {}
        asked = {site.name for site in self._context.spider.arguments.sites}
        known = (site for site in sites if site.site in asked and (site.cooldown_until is None or site.warnings))
        return {site.site: site.warnings for site in known}

    @property
    def _is_complete(self) -> bool:
        """Whether the crawl did all that it was asked to do."""
        return self._reason in {FinishReason.FINISHED, FinishReason.LIMIT_REACHED}

    def _find_idle(self, engine: Engine) -> Mapping[str, IdleSite]:
        """Return the sites that were asked for, and of which nothing was due."""
        if self._reason != FinishReason.FINISHED:
            return {}
        cooldowns = self._context.cooldowns
        sites = [
            site.name
            for site in self._context.spider.arguments.sites
            if cooldowns.closed_until(get_url_host(site.url)) is None
        ]
        idle, now = find_idle_sites(engine, self._context.state.crawl_id, sites), datetime.now(UTC)
        # What is due and was not fetched is outside the period of the crawl.
        return {site: times for site, times in idle.items() if times.next_fetch_at is None or times.next_fetch_at > now}

    def _check_sites(self, engine: Engine, sites: Sequence[SiteSummary]) -> list[SiteSummary]:
        """Add which sites are in cooldown, which cannot be read, and which bring less than they should."""
        by_name = {site.site: replace(site, by_listings=True) for site in sites}
        health_check = SiteHealthCheck(engine, self._context.state.crawl_id, datetime.now(UTC))
        for site in self._context.spider.arguments.sites:
            host, name = get_url_host(site.url), site.name
            summary = by_name.get(name) or SiteSummary(name, by_listings=True)
            until = self._context.cooldowns.closed_until(host)
            if until is not None:
                summary.cooldown_until = until
                backoff = self._context.cooldowns.get(host)
                summary.warnings += health_check.backoff_warnings(backoff.backoff_since if backoff else None)
            elif self._is_complete:
                health_check.diagnose(summary, self._list_named(site))
                if name in by_name and not summary.failed:
                    summary.warnings += health_check.warnings(name, site.min_articles_per_day)
                elif not summary.warnings:
                    # Nothing was due, so a site that was degraded still is.
                    summary.warnings += get_last_warnings(engine, name)
            if summary.cooldown_until or summary.failed or summary.warnings:
                by_name[name] = summary
        return list(by_name.values())

    def _list_named(self, site: Site) -> frozenset[str]:
        """Return the URL keys of the listings that the site file names."""
        named, keys = site.discovery, self._context.state.keys
        return frozenset(keys.url_key(url) for url in (*named.feeds, *named.sitemaps, *named.sections))

    def _print_failure(self) -> None:
        """Print the line for programs although the database cannot be asked."""
        failure = self._context.state.failure
        self._reason = self._context.state.failure_reason if failure else self._reason
        self.exit_code = ExitCode.FAILURE if self._reason == FinishReason.INTERNAL_ERROR else ExitCode.STORAGE
        self._print_line(str(failure) if failure else "the database could not be opened")

    def print_aborted(self) -> None:
        """Print the line for programs if the crawl ended before it could write its summary."""
        if self._context.state.failure is not None:
            self._print_failure()
        elif self._context.state.is_ended:
            self._reason, self.exit_code = FinishReason.SHUTDOWN, ExitCode.OK
            self._print_line("the crawl was stopped after its work was done; all of it is in the database")
        else:
            self._reason, self.exit_code = FinishReason.ABORTED, ExitCode.FAILURE
            self._print_line("the crawl was aborted; the next one fetches what is pending")

    def record_end(self) -> None:
        """Write how the crawl ended to the database, if that works now, although the usual way failed."""
        record_end(
            self._database_url,
            self._context.state.crawl_id,
            exit_code=self.exit_code,
            reason=self._reason,
            error=self.error or "",
        )

    def _print_line(self, error: str) -> None:
        self.error = error
        with guard_stdout():
            print(json.dumps(self._get_record() | {"error": error}, ensure_ascii=False), flush=True)  # noqa: T201
        self.is_printed = True

    def _print(self, found: _Totals, line: str) -> None:
        console = _console()
        if console.is_terminal:
            # People read the end of the output, programs the last line.
            console.print(line, style="dim", soft_wrap=True, markup=False)
        if found.sites:
            console.print(_table(found.sites, found.stored))
        if len(found.sites) > MAX_SITES_LISTED:
            console.print(
                f"… and {len(found.sites) - MAX_SITES_LISTED} more sites; the line below has all.", markup=False
            )
        for sentence in explain_results(found.sites, self._reason, found.pending, found.idle):
            console.print(sentence, soft_wrap=True, markup=False)
        if skipped := self._context.spider.skipped:
            console.print(explain_skipped(skipped), soft_wrap=True, markup=False)
        if sum(found.stored.values()):
            command = next_step(make_url(self._database_url))
            console.print(f"Next, look at them:  {command}", soft_wrap=True, markup=False)
        if not console.is_terminal:
            print(line, flush=True)  # noqa: T201

    def _get_record(self) -> dict[str, object]:
        return {
            "crawl_id": self._context.state.crawl_id or None,
            "spider": self._context.spider.name,
            "finish_reason": self._reason,
            "exit_code": self.exit_code,
            "seconds": round((datetime.now(UTC) - self._started).total_seconds(), 1),
            **({"skipped": self._context.spider.skipped} if self._context.spider.skipped else {}),
        }


class SiteHealthCheck:
    """Compares what a crawl got from its sites with what they usually give."""

    def __init__(self, engine: Engine, crawl_id: int, now: datetime) -> None:
        self._engine, self._crawl_id, self._now = engine, crawl_id, now

    def warnings(self, site: str, min_articles_per_day: int | None) -> list[str]:
        """Return how *site* gave less than it should; *min_articles_per_day* comes from its site file."""
        crawls = crawl_yields(self._engine, self._crawl_id, site)
        found = [warn_if_unreadable(crawls[0], crawls[1:]), warn_if_silent(crawls[0], crawls[1:])] if crawls else []
        if min_articles_per_day:
            known_since = first_discovered_at(self._engine, site) or self._now
            new = count_new_articles(self._engine, site, self._now - timedelta(days=1))
            found.append(warn_if_below_minimum(min_articles_per_day, new, self._now - known_since))
        return [words for words in found if words]

    def diagnose(self, summary: SiteSummary, named: Container[str]) -> None:
        """Add to *summary* what cannot be read. *named* has the URL keys of the listings in the site file."""
        facts = get_site_facts(self._engine, summary.site, self._crawl_id)
        listings = [replace(one, source=SITE_FILE) if one.url_key in named else one for one in facts.listings]
        diagnose(summary, replace(facts, listings=listings), self._now)

    def backoff_warnings(self, since: datetime | None) -> list[str]:
        """Return a warning where a host has been in backoff since *since*, for longer than any cooldown."""
        if since is None or self._now - since <= MAX_BACKOFF:
            return []
        return [f"its host has been returning 429 or 503 for {format_duration(self._now - since)}"]


def _console() -> Console:
    """Return a console that does not cut the table where the width is unknown, as in a log file."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)
    return console


def _table(sites: Sequence[SiteSummary], stored: Mapping[str, int]) -> Table:
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
    for site in sorted(sites, key=lambda site: -site.selected)[:MAX_SITES_LISTED]:
        numbers = [site.selected, *(site.kept[key] for key in ("stored", "updated", "unchanged"))]
        numbers += [site.rejected.total(), site.pending, stored.get(site.site, 0)]
        table.add_row(site.site, *map(str, numbers))
    return table


def next_step(url: URL) -> str:
    """Return a command that shows the newest articles, with what is installed."""
    query = "SELECT date_published, site, headline FROM articles ORDER BY date_published DESC LIMIT 10"
    if url.get_backend_name() != "sqlite":
        address = url._replace(drivername="postgresql", password=None)
        address = address.difference_update_query([name for name in address.query if is_secret_option(name)])
        return f'psql "{address.render_as_string()}" -c "{query}"'
    if shutil.which("sqlite3"):
        return f'sqlite3 -box {url.database} "{query}"'
    rows = f"sqlite3.connect('{url.database}').execute('{query}')"
    return f'python3 -c "import sqlite3; [print(*row) for row in {rows}]"'
