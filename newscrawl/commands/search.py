"""`scrapy search QUERY`: full-text search in the stored articles."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from sqlalchemy.exc import SQLAlchemyError

from newscrawl.exceptions import ExitCode, NewscrawlError, StorageError
from newscrawl.settings import check_settings
from newscrawl.storage.engine import connect_for_reading, explain_failure, open_existing
from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal

if TYPE_CHECKING:
    from rich.text import Text

    from newscrawl.storage.queries.search import SearchHit, SearchPage

NOTHING_FOUND = ExitCode.FAILURE
"""Exit code of a search without a result, as of grep."""
ORDERS = ("relevance", "newest", "relevance_recent")
WIDTH = 100
"""Columns of the output where nothing tells the width, as in a file."""


class Command(ScrapyCommand):
    """Searches the stored articles; reads only."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] QUERY"

    def short_desc(self) -> str:
        return "Search the stored articles"

    def long_desc(self) -> str:
        return (
            f'{self.short_desc()}: words, "phrases", -not, prefix*, OR, site: author: lang: section: type: story: '
            "from: to:. Exit code 1: nothing found"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--limit", type=int, default=10, help="articles to show (default: 10, at most 500)")
        parser.add_argument("--order", choices=ORDERS, default="relevance", help="default: relevance")
        parser.add_argument("--after", metavar="CURSOR", help="show the page after: `next_cursor` of --json")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            check_settings(self.settings)
            page = _search(self.settings["NEWSCRAWL_DATABASE_URL"], " ".join(args), opts)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if not page.hits:
            self.exitcode = NOTHING_FOUND
        if opts.json:
            print(dump_json_for_terminal(asdict(page)))
        else:
            _print(page)


def _search(url: str, query: str, opts: argparse.Namespace) -> SearchPage:
    from newscrawl.search.query import parse_query
    from newscrawl.storage.queries.search import search_articles
    from newscrawl.storage.upgrade import require_not_empty

    parsed = parse_query(query)
    engine = open_existing(url)
    try:
        require_not_empty(engine)
        with connect_for_reading(engine) as connection:
            return search_articles(connection, parsed, order=opts.order, limit=opts.limit, after=opts.after)
    except SQLAlchemyError as error:
        raise StorageError(explain_failure(url, error)) from error
    finally:
        engine.dispose()


def _print(page: SearchPage) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    for hit in page.hits:
        console.print(_mark(hit.headline_marked, "bold"), soft_wrap=True)
        console.print(escape_for_terminal(_describe(hit)), style="dim", markup=False, soft_wrap=True)
        console.print(_mark(hit.snippet_marked, ""))
        console.print()
    total = (
        "more than 1,000 articles" if page.total is None else f"{page.total:,} article{'' if page.total == 1 else 's'}"
    )
    more = "; --limit shows more" if page.next_cursor else ""
    console.print(f"{total} found{more}." if page.hits else "Nothing found.")


def _describe(hit: SearchHit) -> str:
    day = hit.date_published_day or (hit.date_published and hit.date_published.date())
    facts = (hit.site, day.isoformat() if day else "no date", ", ".join(hit.authors), f"id {hit.id}")
    return f"{'  '.join(filter(None, facts))}\n{hit.url}"


def _mark(pieces: Sequence[tuple[str, bool]], style: str) -> Text:
    from rich.text import Text

    text = Text(style=style)
    for piece, is_match in pieces:
        text.append(escape_for_terminal(piece), style="bold yellow" if is_match else "")
    return text
