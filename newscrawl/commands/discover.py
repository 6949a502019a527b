"""`scrapy discover URL|FILE`: list the links of one page, and which of them a crawl follows."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from newscrawl.crawling.log_masking import mask_logs
from newscrawl.exceptions import NewscrawlError
from newscrawl.settings import check_settings

if TYPE_CHECKING:
    from newscrawl.inspection.links import PageLinks


class Command(ScrapyCommand):
    """Lists the links of a page with score, decision and reason; writes nothing."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] URL|FILE|FOLDER"

    def short_desc(self) -> str:
        return "List the links of one page, and which of them a crawl follows"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="URL of a saved page; selects a page of an archive")
        parser.add_argument("--id", help="select a page of a folder by its id, of a WARC file by its number")
        parser.add_argument("--sites", metavar="FOLDER", help="folder of the site files")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        mask_logs(self.settings)
        if not opts.loglevel:
            # An error is printed once, with its cause.
            self.settings.set("LOG_LEVEL", "CRITICAL", priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; parsers would slow down the start of `scrapy crawl`.
        from newscrawl.inspection.links import discover_links
        from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal

        assert self.settings is not None
        try:
            check_settings(self.settings)
            found = discover_links(self.settings, getattr(self, "crawler_process", None), args, opts)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if opts.json:
            print(dump_json_for_terminal(found.as_dict()))
        else:
            for line in format_links(found):
                print("\t".join(map(escape_for_terminal, line)))


def format_links(found: PageLinks) -> list[list[str]]:
    """Return the columns of a line for each link, and of one with the counts."""
    lines = [["decision", "score", "kind", "reason", "URL", "anchor text"]]
    for link in found.links:
        score = "" if link.score is None else f"{link.score:.2f}"
        columns = (link.decision, score, link.kind, link.reason, link.url, " ".join(link.anchor.split()))
        lines.append([column or "-" for column in columns])
    counts = Counter(link.decision for link in found.links)
    numbers = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in ("followed", "not_followed", "ignored"))
    lines.append([f"{found.url} ({found.site}): {numbers}" + (f"; {found.partial}" if found.partial else "")])
    return lines
