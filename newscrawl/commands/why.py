"""`scrapy why URL`: the history of a page, or why a crawl would not fetch it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from scrapy.commands import ScrapyCommand

from newscrawl.exceptions import ExitCode, NewscrawlError, UsageError
from newscrawl.monitoring.pages import describe_next_fetch, describe_origin, describe_state
from newscrawl.settings import check_settings
from newscrawl.sites.absence import explain_absence
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import open_existing
from newscrawl.storage.queries.history import ArticleFacts, PageHistory, PastFetch, find_page_history
from newscrawl.text.moments import format_utc
from newscrawl.text.secrets import mask_url
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url

UNKNOWN = ExitCode.FAILURE
"""Exit code for a URL that is not in the database."""


class Command(ScrapyCommand):
    """Explains what happened to a URL; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] URL"

    def short_desc(self) -> str:
        return "Explain what happened to a URL, and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; Alembic would slow down the start of `scrapy crawl`.
        from newscrawl.storage.upgrade import require_not_empty

        assert self.settings is not None
        try:
            check_settings(self.settings)
            if len(args) != 1:
                raise UsageError("name one page: scrapy why https://…")
            registry = Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"]))
            keys = UrlKeys(registry.url_key_rules())
            url, asked = check_start_url(args[0], keys.fetchable), args[0].strip()
            database = self.settings["NEWSCRAWL_DATABASE_URL"]
            engine = open_existing(database)
            try:
                require_not_empty(engine)
                history = find_page_history(engine, asked)
            finally:
                engine.dispose()
            if history is None:
                self._explain_absence(url, registry, mask_url(database))
                return
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if opts.json:
            print(dump_json_for_terminal(asdict(history)))
        else:
            print("\n".join(map(escape_for_terminal, format_history(history))))

    def _explain_absence(self, url: str, registry: Registry, database: str) -> None:
        print(f"URL not seen yet: {escape_for_terminal(url)} is not in {database}.")
        for line in explain_absence(url, registry):
            print(escape_for_terminal(line))
        print(f"To fetch it:  scrapy crawl article -a url={escape_for_terminal(url)}")
        self.exitcode = UNKNOWN


def format_history(history: PageHistory) -> Iterator[str]:
    """Yield the history of a page, a line for each fact."""
    yield history.url
    yield f"  site        {history.site}, {history.kind}"
    yield f"  found       {format_utc(history.discovered_at)}, {describe_origin(history.discovered_from)}"
    if history.source_metadata:
        said = ", ".join(f"{name} {value!r}" for name, value in history.source_metadata.items() if name != "source")
        yield f"  declared    {said or 'nothing'} ({history.source_metadata.get('source')})"
    if history.redirects_to:
        yield f"  redirects   to {history.redirects_to}"
    for alias in history.redirected_from:
        yield f"  redirected  from {alias}"
    state = describe_state(history.outcome, history.reason, history.http_status, history.claimed_by)
    yield f"  now         {state}"
    yield f"  next fetch  {describe_next_fetch(history.outcome, history.next_fetch_at)}"
    yield f"  fetches     {len(history.fetches) or 'none yet'}"
    for fetch in history.fetches:
        yield f"    {format_utc(fetch.fetched_at)}  {_format_fetch(fetch)}"
    if history.article:
        yield from _article(history.article)
    if history.deleted:
        deleted = history.deleted
        detail = f": {deleted.detail}" if deleted.detail else ""
        yield f"  article {deleted.article_id}, which was deleted {format_utc(deleted.deleted_at)}{detail}"


def _format_fetch(fetch: PastFetch) -> str:
    crawl = f"crawl {fetch.crawl_id} ({fetch.spider})" if fetch.crawl_id else "a crawl"
    status = f"HTTP {fetch.http_status}" if fetch.http_status else "no response"
    new = "" if fetch.new_links is None else f", {fetch.new_links} new articles"
    detail = "" if fetch.detail is None else f" ({fetch.detail})"
    return f"{crawl}: {fetch.outcome}: {fetch.reason}, {status}{new}{detail}"


def _article(article: ArticleFacts) -> Iterator[str]:
    relation = "was extracted from this page" if article.is_from_this_page else f"is at {article.url}"
    yield f"  article {article.id}, which {relation}, revision {article.revision}"
    yield f"    {article.headline}"
    for change in article.changes:
        what = "" if change.label is None else f", {change.label} ({change.size:.0%} of the words)"
        yield f"    {format_utc(change.changed_at)}  {change.kind}, revision {change.revision}{what}"
    if article.source_organization:
        yield f"    credited to {article.source_organization}"
    for url in article.story:
        yield f"    the same story: {url}"
