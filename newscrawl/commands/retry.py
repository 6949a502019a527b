"""`scrapy retry SITE|URL…`: makes pages due that failed, so that the next crawl fetches them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.settings import check_settings
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import explain_failure, is_missing, open_engine, open_existing
from newscrawl.storage.operations.retries import Retry, retry_page, retry_site
from newscrawl.storage.queries.names import list_sites, list_urls
from newscrawl.storage.queries.url_keys import get_stored_keys
from newscrawl.text.suggestions import suggest
from newscrawl.text.terminal import escape_for_terminal
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url, get_site


class Command(ScrapyCommand):
    """Makes the failed pages of sites, or single pages, due now; fetches nothing."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "SITE|URL ..."

    def short_desc(self) -> str:
        return "Make failed pages due, for the next crawl"

    def long_desc(self) -> str:
        return f"{self.short_desc()}: all that failed on a site, or the pages with the given URLs"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            assert self.settings is not None
            check_settings(self.settings)
            retried = self._retry(args)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        for one in retried:
            print(escape_for_terminal(describe(one)))

    def _retry(self, targets: Sequence[str]) -> list[Retry]:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        if not targets:
            raise UsageError(
                "name sites or pages: scrapy retry example.org, or scrapy retry https://example.org/a-page"
            )
        registry = Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"]))
        database = self.settings["NEWSCRAWL_DATABASE_URL"]
        engine = open_existing(database) if is_missing(database) else open_engine(database)
        try:
            require_not_empty(engine)
            with engine.begin() as connection:
                # All or nothing: a mistyped name among others changes nothing.
                return [retry(connection, target, registry) for target in targets]
        except SQLAlchemyError as error:
            raise StorageError(explain_failure(database, error)) from error
        finally:
            engine.dispose()


def retry(connection: Connection, target: str, registry: Registry) -> Retry:
    """Make *target*, the name of a site or the URL of a page, due. Raises UsageError if it is not recorded."""
    now = datetime.now(UTC)
    if "://" not in target:
        return retry_site(connection, target, now) or _fail_for_site(connection, target, registry)
    stored = get_stored_keys(connection)
    url = check_start_url(target, UrlKeys(registry.url_key_rules()).fetchable)
    return retry_page(connection, url, stored.url_key(url), now) or _fail_for_page(connection, url)


def _fail_for_site(connection: Connection, name: str, registry: Registry) -> Retry:
    files = sorted(path.stem for path in registry.folder.glob("*.toml"))
    if name in files:
        raise UsageError(f"site '{name}' was never crawled; run `scrapy crawl news -a site={name}`")
    known = sorted({*list_sites(connection), *files})
    raise UsageError(f"no page of site '{name}' is in the database; {suggest(name, known)}")


def _fail_for_page(connection: Connection, url: str) -> Retry:
    urls = list_urls(connection, get_site(url))
    hint = suggest(url, urls) if urls else suggest(get_site(url), list_sites(connection))
    if not hint.startswith("did you mean"):
        hint = f"to fetch it, run `scrapy crawl article -a url={url}`"
    raise UsageError(f"{url} is not in the database; {hint}")


def describe(retried: Retry) -> str:
    """Return what became of a site or page, as a line."""
    counts = (_count(retried.articles, "article"), _count(retried.listings, "listing"))
    due = " and ".join(text for text in counts if text)
    were = "was" if retried.waiting == 1 else "were"
    waiting = f"; {_count(retried.waiting, 'page')} {were} due or pending already" if retried.waiting else ""
    if not due:
        return f"{retried.target}: nothing to retry{waiting}"
    verb = "is" if retried.articles + retried.listings == 1 else "are"
    return f"{retried.target}: {due} {verb} due now{waiting}; the next crawl of the site fetches what is due"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
