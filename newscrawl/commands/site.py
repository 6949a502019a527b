"""`scrapy site rename OLD NEW` and `scrapy site remove NAME`: move, or delete, everything stored about a site."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand

from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.settings import check_settings
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import connect_for_reading, open_existing
from newscrawl.storage.lock import take_lock, this_process
from newscrawl.text.terminal import escape_for_terminal


class Command(ScrapyCommand):
    """Renames a site in the database, and its site file; or removes a site from the database."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "rename OLD NEW | remove NAME [options]"

    def short_desc(self) -> str:
        return "Rename or remove a site: its pages, articles and history"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="remove: only print what would be removed")
        parser.add_argument("--yes", action="store_true", help="remove: do not ask")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            check_settings(self.settings)
            registry = Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"]))
            database_url = self.settings["NEWSCRAWL_DATABASE_URL"]
            match args:
                case ["rename", old, new]:
                    done = rename_site(database_url, registry, old, new)
                case ["remove", name]:
                    done = remove_site(database_url, registry, name, dry_run=opts.dry_run, is_confirmed=opts.yes)
                case _:
                    raise UsageError("expected `scrapy site rename OLD NEW` or `scrapy site remove NAME`")
            print(escape_for_terminal(done))
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code


def rename_site(database_url: str, registry: Registry, old: str, new: str) -> str:
    """Move everything from the name *old* to *new*, also the site file; return what was moved.

    Raises UsageError for names that cannot be right, LockedError while a crawl of one of them runs.
    """
    # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
    from newscrawl.storage.operations.sites import count_pages, find_domain, move_site
    from newscrawl.storage.upgrade import require_not_empty

    registry.check_rename(old, new)
    engine = open_existing(database_url)
    try:
        require_not_empty(engine)
        with engine.connect() as connection:
            domain = find_domain(connection, old)
            if domain is None and old not in registry.names:
                raise UsageError(f"no page and no site file is named {old!r}; `scrapy status` lists the sites")
        names = [name for name in (old, new, domain) if name]
        lock = take_lock(database_url, names, this_process(f"scrapy site rename {old} {new}"))
        try:
            with engine.begin() as connection:
                already = count_pages(connection, new)
                moved = move_site(connection, old, new)
            renamed_file = registry.rename(old, new)
        finally:
            lock.release()
    finally:
        engine.dispose()
    joined = f", to {already:,} pages that it had already" if already else ""
    file = f"; {renamed_file}" if renamed_file else ""
    return f"{old} is now {new}: moved {moved.pages:,} pages and {moved.articles:,} articles{joined}{file}"


def remove_site(
    database_url: str, registry: Registry, name: str, *, dry_run: bool = False, is_confirmed: bool = False
) -> str:
    """Delete everything that is stored of the site *name*; return what was deleted, or with *dry_run* would be.

    Asks on a terminal unless *is_confirmed*. Raises UsageError for a name of nothing, or where nobody can be asked;
    LockedError while a crawl of the site runs.
    """
    # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
    from newscrawl.storage.operations import pruning
    from newscrawl.storage.operations.deletions import Deletion, DeletionReason
    from newscrawl.storage.operations.sites import count_pages, find_domain
    from newscrawl.storage.queries.deletions import count_articles
    from newscrawl.storage.upgrade import require_not_empty

    engine = open_existing(database_url)
    try:
        require_not_empty(engine)
        with connect_for_reading(engine) as connection:
            domain, number = find_domain(connection, name), count_pages(connection, name)
            what = f"{name}: {count_articles(connection, name):,} articles and {number:,} pages"
        if not number:
            raise UsageError(f"nothing is stored of site {name!r}; `scrapy status` lists the sites")
        if dry_run:
            return f"would remove {what}"
        if not is_confirmed:
            _confirm(what)
        names = [one for one in (name, domain) if one]
        lock = take_lock(database_url, names, this_process(f"scrapy site remove {name}"))
        try:
            removed = pruning.remove_site(engine, name, Deletion(DeletionReason.SITE_REMOVED, datetime.now(UTC)))
        finally:
            lock.release()
    finally:
        engine.dispose()
    kept = f"; kept {removed.kept:,} URLs that were deleted on request" if removed.kept else ""
    file = f"; {registry.folder}/{name}.toml still names it, and a crawl would begin again" * (name in registry.names)
    return f"removed {name}: {removed.deleted.articles:,} articles and {removed.pages:,} pages{kept}{file}"


def _confirm(what: str) -> None:
    """Ask whether to go on. Raises UsageError for any answer but yes, and where there is no terminal."""
    if not sys.stdin.isatty():
        raise UsageError(f"this would remove {what}; pass --yes to do it")
    if input(f"Remove {escape_for_terminal(what)}? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UsageError("nothing was removed")
