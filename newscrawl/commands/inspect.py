"""`scrapy inspect URL|FILE`: what is kept and what is removed of one page, and why."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from newscrawl.exceptions import NewscrawlError


class Command(ScrapyCommand):
    """Shows one page as extraction sees it; writes nothing but the report that is asked for."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] URL|FILE|FOLDER"

    def short_desc(self) -> str:
        return "Show what is kept and removed of one page, and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group("Inspection")
        group.add_argument("--url", help="the address that a saved page had; picks a page of an archive by its URL")
        group.add_argument("--id", help="a page of a folder of saved pages by its id, of a WARC file by its number")
        group.add_argument("--truth", action="store_true", help="hold the page against the folder's truth.jsonl")
        group.add_argument("--site", metavar="NAME", help="read it by this site file; else by the one of its URL")
        group.add_argument("--sites", metavar="FOLDER", help="the folder of site files")
        group.add_argument("--kept", action="store_true", help="show the kept blocks only")
        group.add_argument("--removed", action="store_true", help="show the removed blocks only")
        group.add_argument("--json", action="store_true", help="print everything as JSON")
        group.add_argument("--html", metavar="FILE", type=Path, help="write a report for the browser")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if not opts.loglevel:
            # What goes wrong is said once, with its cause.
            self.settings.set("LOG_LEVEL", "CRITICAL", priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Every command loads every other one; this one's work takes longer to import than `scrapy crawl` to find its
        # lock taken.
        from newscrawl.inspection.page_inspection import PageInspector
        from newscrawl.text.terminal import escape_for_terminal

        assert self.settings is not None
        inspection = PageInspector(self.settings, getattr(self, "crawler_process", None), opts)
        try:
            inspection.show(inspection.inspect(args))
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
