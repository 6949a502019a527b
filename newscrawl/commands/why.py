"""`scrapy why URL`: a page's whole history, and for a URL that no crawl has met what a crawl makes of it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from sqlalchemy import make_url

from newscrawl.exceptions import ExitCode, NewscrawlError, UsageError
from newscrawl.sites.registry import Registry
from newscrawl.storage.engine import open_filled
from newscrawl.storage.queries.history import ArticleFacts, PageHistory, PastFetch, find_page_history
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import LIKELY_ARTICLE, check_start_url, get_site, is_static, score_article_url

UNKNOWN = ExitCode.FAILURE
"""The exit code for a URL that is not in the ledger."""


class Command(ScrapyCommand):
    """Tells what became of a URL; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] URL"

    def short_desc(self) -> str:
        return "Tell what became of a URL, and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Alembic takes longer to import than `scrapy crawl`, which loads this file, too, to find its lock taken.
        from newscrawl.storage.upgrade import require_filled

        assert self.settings is not None
        try:
            if len(args) != 1:
                raise UsageError("name one page: scrapy why https://…")
            registry = Registry(Path(self.settings["NEWSCRAWL_SITES_DIR"]))
            keys = UrlKeys(registry.identity_rules())
            url, asked = check_start_url(args[0], keys.fetchable), args[0].strip()
            database = self.settings["NEWSCRAWL_DATABASE_URL"]
            engine = open_filled(database)
            try:
                require_filled(engine)
                history = find_page_history(engine, asked)
            finally:
                engine.dispose()
            if history is None:
                self._explain_absence(url, registry, make_url(database).render_as_string(hide_password=True))
                return
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if opts.json:
            print(dump_json_for_terminal(asdict(history)))
        else:
            print("\n".join(map(escape_for_terminal, lines_of(history))))

    def _explain_absence(self, url: str, registry: Registry, database: str) -> None:
        print(f"No crawl has met {escape_for_terminal(url)}: it is not in {database}.")
        for line in reasons_of_absence(url, registry):
            print(escape_for_terminal(line))
        print(f"To fetch it:  scrapy crawl article -a url={escape_for_terminal(url)}")
        self.exitcode = UNKNOWN


def reasons_of_absence(url: str, registry: Registry) -> Iterator[str]:
    """Give what would keep a crawl from following a link to *url*."""
    if is_static(url):
        yield "Its name is that of a file that is no page; links to such files are not followed."
    elif (score := score_article_url(url)) < LIKELY_ARTICLE:
        yield (
            f"Its address does not look like an article's ({score:.2f}; links are followed from {LIKELY_ARTICLE:g}); "
            "what feeds and news sitemaps name is followed all the same."
        )
    site = registry.of_url(url)
    if site is None:
        yield f"There is no site file for {get_site(url)}; it is crawled only with -a url=."
        return
    if not site.enabled:
        yield f"Its site {site.name} is not enabled: crawled only with -a site={site.name}."
    for pattern in site.discovery.deny:
        if re.search(pattern, url):
            yield f"The file of its site denies it: deny = {pattern!r}."
    if site.discovery.allow and not any(re.search(pattern, url) for pattern in site.discovery.allow):
        yield f"The file of its site allows other articles only: allow = {list(site.discovery.allow)}."


def lines_of(history: PageHistory) -> Iterator[str]:
    """Give a page's history, a line for each fact."""
    yield history.url
    yield f"  site        {history.site}, taken for {'an' if history.kind == 'article' else 'a'} {history.kind}"
    yield f"  found       {when(history.discovered_at)}, {_found_on(history)}"
    if history.source_metadata:
        said = ", ".join(f"{name} {value!r}" for name, value in history.source_metadata.items() if name != "source")
        yield f"  stated      {said or 'nothing'} ({history.source_metadata.get('source')})"
    if history.redirects_to:
        yield f"  leads to    {history.redirects_to}"
    for alias in history.redirected_from:
        yield f"  led to from {alias}"
    yield f"  now         {_state(history)}"
    yield f"  next visit  {_next(history)}"
    yield f"  visits      {len(history.fetches) or 'none has ended'}"
    for claim in history.fetches:
        yield f"    {when(claim.fetched_at)}  {_visit(claim)}"
    if history.article:
        yield from _article(history.article)


def when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _found_on(history: PageHistory) -> str:
    return f"on {history.discovered_from}" if history.discovered_from else "named by a user or a site file"


def _state(history: PageHistory) -> str:
    if history.outcome is None:
        crawl = history.taken_up_by
        return "waits for its first crawl" if crawl is None else f"taken up by crawl {crawl}, not finished"
    status = f" (HTTP {history.http_status})" if history.http_status else ""
    return f"{history.outcome}: {history.reason}{status}"


def _next(history: PageHistory) -> str:
    if history.outcome is None:
        return "at the next crawl of its site"
    return when(history.next_fetch_at) if history.next_fetch_at else "never, unless a source states a change"


def _visit(claim: PastFetch) -> str:
    crawl = f"crawl {claim.crawl_id} ({claim.spider})" if claim.crawl_id else "a crawl"
    status = f"HTTP {claim.http_status}" if claim.http_status else "no answer"
    new = "" if claim.new_links is None else f", {claim.new_links} new articles"
    return f"{crawl}: {claim.outcome}: {claim.reason}, {status}{new}"


def _article(article: ArticleFacts) -> Iterator[str]:
    relation = "was read from this page" if article.is_from_this_page else f"is at {article.url}"
    yield f"  article {article.id}, which {relation}, revision {article.revision}"
    yield f"    {article.headline}"
    for change in article.changes:
        what = "" if change.label is None else f", {change.label} ({change.size:.0%} of the words)"
        yield f"    {when(change.changed_at)}  {change.kind}, revision {change.revision}{what}"
    if article.source_organization:
        yield f"    credited to {article.source_organization}"
    for url in article.story:
        yield f"    the same story: {url}"
