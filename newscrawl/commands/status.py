"""`scrapy status [SITE…]`: how the sites do, whether runs work, and what is due next."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import ExitCode, NewscrawlError, SiteFileError, StorageError, UsageError
from newscrawl.monitoring.listings import ListingState, explain_listing, name_listing
from newscrawl.monitoring.status import RUNNING, RunState, SiteStatus
from newscrawl.settings import check_settings
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import connect_for_reading, explain_failure, is_missing, open_existing
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.queries.status import get_last_run, get_site_statuses
from newscrawl.text.moments import format_utc
from newscrawl.text.secrets import mask_url
from newscrawl.text.suggestions import suggest
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal
from newscrawl.urls.normalize import check_start_url, get_site

if TYPE_CHECKING:
    from rich.console import Console

MAX_EXPLAINED = 50
"""Degraded sites that are explained; the table and the JSON have all."""
WIDTH = 120
"""Columns of the table where nothing tells the width, as in a file."""


class Command(ScrapyCommand):
    """Shows the state of each site; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [SITE ...]"

    def short_desc(self) -> str:
        return "Show how the sites do: last run, last new article, listings, errors, what is due"

    def long_desc(self) -> str:
        return f"{self.short_desc()}. Exit code 4: a site is degraded, or the last run failed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print JSON with every listing")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        now = datetime.now(UTC)
        try:
            assert self.settings is not None
            check_settings(self.settings)
            run, statuses = self._get_statuses(args, now)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        degraded = [status for status in statuses if status.degraded_since is not None]
        if degraded or (run is not None and run.failure is not None):
            self.exitcode = ExitCode.DEGRADED
        if opts.json:
            record = {"at": now, "exit_code": int(self.exitcode), "last_run": run and run.as_json(with_warnings=True)}
            print(dump_json_for_terminal(record | {"sites": [status.as_json(now) for status in statuses]}))
        elif run is None and not statuses:
            print(_explain_nothing(self.settings["NEWSCRAWL_DATABASE_URL"]))
        else:
            _print(run, statuses, now, with_listings=bool(args))

    def _get_statuses(self, names: Sequence[str], now: datetime) -> tuple[RunState | None, list[SiteStatus]]:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import inspect_schema, require_not_empty

        assert self.settings is not None
        url, registry = self.settings["NEWSCRAWL_DATABASE_URL"], Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"]))
        enabled = _list_enabled(registry)
        if is_missing(url):
            return None, [SiteStatus(name) for name in _choose(names, enabled)]
        engine = open_existing(url)
        try:
            if inspect_schema(engine).empty:
                return None, [SiteStatus(name) for name in _choose(names, enabled)]
            require_not_empty(engine)
            with connect_for_reading(engine) as connection:
                sites = _choose(names, sorted({*list_sites(connection), *enabled}))
            return get_last_run(engine, now), get_site_statuses(engine, sites, now)
        except SQLAlchemyError as error:
            raise StorageError(explain_failure(url, error)) from error
        finally:
            engine.dispose()


def _list_enabled(registry: Registry) -> list[str]:
    """Return the names of the sites that `scrapy crawl news` crawls; of all files, where one of them is invalid."""
    try:
        return [site.name for site in registry.enabled()]
    except SiteFileError:
        return sorted(path.stem for path in registry.folder.glob("*.toml"))
    except UsageError:
        return []


def _choose(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the sites that are named, by name or by URL, or all. Raises UsageError for one that is not known."""
    if not names:
        return list(known)
    chosen = [get_site(check_start_url(name)) if "://" in name else name for name in names]
    for site in chosen:
        if site not in known:
            raise UsageError(f"site {site!r} was never crawled and has no site file; {suggest(site, known)}")
    return list(dict.fromkeys(chosen))


def _print(run: RunState | None, statuses: Sequence[SiteStatus], now: datetime, *, with_listings: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    _say(console, _describe_run(run, now))
    ordered = sorted(statuses, key=lambda one: (one.degraded_since is None, one.site))
    console.print(_table(ordered, now))
    degraded = [status for status in ordered if status.degraded_since is not None]
    for status in degraded[:MAX_EXPLAINED]:
        since = status.degraded_since or now
        _say(console, f"{status.site}: degraded since {format_utc(since)}: {'; '.join(status.warnings)}.")
    if len(degraded) > MAX_EXPLAINED:
        _say(console, f"… and {len(degraded) - MAX_EXPLAINED} more degraded sites; `--json` explains all.")
    if with_listings:
        for status in ordered:
            for listing in status.known_listings:
                _say(console, f"{status.site}: {_describe_listing(listing, now)}")


def _explain_nothing(database: str) -> str:
    """Name the database that holds nothing; it may not be the one that was meant."""
    return (
        f"No crawl has used {escape_for_terminal(mask_url(database))} yet, and no site is known; "
        "`scrapy crawl news -a url=https://example.org/` crawls one."
    )


def _say(console: Console, text: str) -> None:
    console.print(escape_for_terminal(text), soft_wrap=True, markup=False)


def _describe_run(run: RunState | None, now: datetime) -> str:
    if run is None:
        return "No crawl has used this database yet."
    if run.finish_reason == RUNNING:
        return f"Run {run.crawl_id} ({run.spider}) is running since {format_utc(run.started_at)}."
    if run.failure is not None:
        return f"The last run failed, {format_age(now - run.started_at)} ago: {run.failure}."
    return (
        f"The last run was {run.crawl_id} ({run.spider}), {format_age(now - run.started_at)} ago: "
        f"{run.finish_reason}, exit code {'unknown' if run.exit_code is None else run.exit_code}."
    )


def _table(statuses: Sequence[SiteStatus], now: datetime) -> object:
    from rich.table import Table

    table = Table(pad_edge=False)
    table.add_column("site", overflow="fold", min_width=12)
    table.add_column("state", no_wrap=True)
    for column in ("last run", "last new", "articles", "listings", "errors", "next due"):
        table.add_column(column, justify="right", no_wrap=True)
    for status in statuses:
        known = [one for one in status.known_listings if one.outcome is not None]
        run, due = status.last_run, status.next_due_at(now)
        table.add_row(
            escape_for_terminal(status.site),
            status.state,
            "-" if run is None else RUNNING if run.finish_reason == RUNNING else format_age(now - run.started_at),
            "-" if status.last_new_at is None else format_age(now - status.last_new_at),
            f"{status.articles:,}",
            f"{sum(not one.is_failing for one in known)}/{len(known)}" if known else "-",
            f"{status.failed / status.finished:.0%}" if status.finished else "-",
            "-" if due is None else "now" if due <= now else f"in {format_age(due - now)}",
        )
    return table


def _describe_listing(listing: ListingState, now: datetime) -> str:
    name = f"{name_listing(listing)} {listing.url}" if listing.is_front else name_listing(listing)
    if listing.is_failing:
        since = f", failing since {format_utc(listing.failing_since)}" if listing.failing_since else ""
        last = f", last read {format_utc(listing.last_read_at)}" if listing.last_read_at else ", never read"
        return f"{name} {explain_listing(listing)}{since}{last}"
    if listing.outcome is None:
        return f"{name} has not been fetched yet"
    if listing.last_read_at is None:
        return f"{name}: {listing.outcome}: {listing.reason}"
    return f"{name} was read {format_age(now - listing.last_read_at)} ago"


def format_age(time: timedelta) -> str:
    """Return a time as one number: 40 s, 12 min, 5 h, 3 d."""
    seconds = max(time.total_seconds(), 0)
    for unit, size, limit in (("s", 1, 60), ("min", 60, 3_600), ("h", 3_600, 172_800)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"
