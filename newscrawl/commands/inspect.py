"""`scrapy inspect URL|FILE`: show what is kept and what is removed of one page, and why."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from newscrawl.crawling.log_masking import mask_logs
from newscrawl.exceptions import NewscrawlError
from newscrawl.settings import check_settings


class Command(ScrapyCommand):
    """Show how one page is extracted; write nothing except the requested report."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] URL|FILE|FOLDER"

    def short_desc(self) -> str:
        return "Show what is kept and removed of one page, and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group("Inspection")
        group.add_argument("--url", help="URL of a saved page; selects a page of an archive")
        group.add_argument("--id", help="select a page of a folder by its id, of a WARC file by its number")
        help_text = "compare the page with the ground truth in the folder's truth.jsonl"
        group.add_argument("--truth", dest="ground_truth", action="store_true", help=help_text)
        group.add_argument("--site", metavar="NAME", help="use this site file instead of the one for the URL")
        group.add_argument("--sites", metavar="FOLDER", help="folder of the site files")
        group.add_argument("--kept", action="store_true", help="show only kept blocks")
        group.add_argument("--removed", action="store_true", help="show only removed blocks")
        group.add_argument("--json", action="store_true", help="print JSON")
        group.add_argument("--html", metavar="FILE", type=Path, help="write an HTML report")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        mask_logs(self.settings)
        if not opts.loglevel:
            # An error is printed once, with its cause.
            self.settings.set("LOG_LEVEL", "CRITICAL", priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Every command loads every other one; this one's work takes longer to import than `scrapy crawl` to find its
        # lock taken.
        from newscrawl.inspection.inspector import PageInspector
        from newscrawl.text.terminal import escape_for_terminal

        assert self.settings is not None
        try:
            check_settings(self.settings)
            inspection = PageInspector(self.settings, getattr(self, "crawler_process", None), opts)
            inspection.show(inspection.inspect(args))
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
