"""`scrapy site rename OLD NEW`: move everything stored about a site to another name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.settings import check_settings
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import open_existing
from newscrawl.storage.lock import take_lock, this_process
from newscrawl.text.terminal import escape_for_terminal


class Command(ScrapyCommand):
    """Renames a site in the database, and its site file."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "rename OLD NEW"

    def short_desc(self) -> str:
        return "Rename a site: its pages, articles, history and site file"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            check_settings(self.settings)
            if len(args) != 3 or args[0] != "rename":
                raise UsageError("expected `scrapy site rename OLD NEW`")
            registry = Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"]))
            print(escape_for_terminal(rename_site(self.settings["NEWSCRAWL_DATABASE_URL"], registry, *args[1:])))
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
