"""`scrapy prune --older-than 180d`: deletes old articles, so that the database stops growing."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.commands import ScrapyCommand
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.storage.engine import connect_for_reading, explain_failure, is_missing, open_engine, open_existing
from newscrawl.storage.queries.names import list_sites
from newscrawl.storage.space import require_sqlite, vacuum
from newscrawl.text.durations import parse_duration
from newscrawl.text.suggestions import suggest
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal

MAX_DAYS = 365 * 200


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted, or would be."""

    before: datetime
    site: str | None
    articles: int
    versions: int
    fetches: int = 0
    counts: int = 0
    """Rows of `site_crawls`."""
    dry_run: bool = False


class Command(ScrapyCommand):
    """Deletes what is older than a given time."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "--older-than 180d [options]"

    def short_desc(self) -> str:
        return "Delete articles older than a given time"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--older-than", metavar="TIME", help="such as 180d")
        parser.add_argument("--site", metavar="NAME", help="only of this site")
        parser.add_argument("--history", action="store_true", help="also delete the record of fetches and crawls")
        parser.add_argument("--dry-run", action="store_true", help="only print what would be deleted")
        parser.add_argument("--vacuum", action="store_true", help="SQLite: then shrink the file")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        database = self.settings["NEWSCRAWL_DATABASE_URL"]
        try:
            check_settings(self.settings)
            if args or not opts.older_than:
                raise UsageError("say how old: scrapy prune --older-than 180d")
            before = parse_age(opts.older_than, datetime.now(UTC))
            engine = open_existing(database) if is_missing(database) else open_engine(database)
            try:
                require_not_empty(engine)
                if opts.vacuum:
                    require_sqlite(engine)
                check_site(engine, opts.site)
                pruned = prune(engine, before, opts.site, history=opts.history, dry_run=opts.dry_run)
                if opts.vacuum and not opts.dry_run:
                    vacuum(engine)
            except SQLAlchemyError as error:
                raise StorageError(explain_failure(database, error)) from error
            finally:
                engine.dispose()
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        print(dump_json_for_terminal(asdict(pruned)) if opts.json else escape_for_terminal(describe(pruned)))


def parse_age(text: str, now: datetime) -> datetime:
    """Return the time that lies *text*, a duration, before *now*. Raises UsageError for anything else."""
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--older-than: {error}") from error
    if seconds > MAX_DAYS * 86_400:
        raise UsageError(f"--older-than {text} is more than {MAX_DAYS:,} days")
    return now - timedelta(seconds=seconds)


def check_site(engine: Engine, site: str | None) -> None:
    """Raise UsageError for a site of which nothing is stored."""
    with connect_for_reading(engine) as connection:
        known = list_sites(connection)
    if site is not None and site not in known:
        raise UsageError(f"no page of site '{site}' is in the database; {suggest(site, known)}")


def prune(
    engine: Engine, before: datetime, site: str | None = None, *, history: bool = False, dry_run: bool = False
) -> Pruned:
    """Delete the articles of *site* (None: of all) from before a time, with *history* also fetches and counts."""
    # Scrapy loads every command's module, and a crawl deletes nothing.
    from newscrawl.storage.operations.deletions import Deletion, DeletionReason
    from newscrawl.storage.operations.pruning import count_prunable, prune_articles, prune_counts, prune_fetches

    if dry_run:
        with connect_for_reading(engine) as connection:
            found = count_prunable(connection, before, site)
            numbers: dict[str, Any] = {}
            if history:
                numbers = {
                    "fetches": prune_fetches(engine, before, site, dry_run=True),
                    "counts": prune_counts(engine, before, site, dry_run=True),
                }
        return Pruned(before, site, found.articles, found.versions, **numbers, dry_run=True)
    deleted = prune_articles(engine, before, Deletion(DeletionReason.PRUNED, datetime.now(UTC)), site)
    if not history:
        return Pruned(before, site, deleted.articles, deleted.versions)
    rows = prune_fetches(engine, before, site), prune_counts(engine, before, site)
    return Pruned(before, site, deleted.articles, deleted.versions, *rows)


def describe(pruned: Pruned) -> str:
    """Return what was deleted, as a line."""
    verb = "would delete" if pruned.dry_run else "deleted"
    of_site = f" of {pruned.site}" if pruned.site else ""
    history = ""
    if pruned.fetches or pruned.counts:
        history = f", {pruned.fetches:,} fetches and {pruned.counts:,} counts of crawls"
    return (
        f"{verb} {pruned.articles:,} articles{of_site} from before {pruned.before:%Y-%m-%d %H:%M} UTC"
        f" and {pruned.versions:,} older versions of them{history}"
    )
