"""`scrapy crawl`: Scrapy's, with bad input refused before anything starts, and exit codes that cron can read."""

from __future__ import annotations

import argparse
import difflib
import gc
import logging
import sys

from scrapy.commands.crawl import Command as ScrapyCrawlCommand

from newscrawl.cpu_pool import start_server
from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.extensions.summary import EXIT_FAILURE, SummaryExtension
from newscrawl.spiders.pages import PageSpider
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import require_current

CHATTY = (
    "scrapy.addons",
    "scrapy.core.engine",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.utils.log",
)
"""Loggers whose INFO lines are of use to those who debug Scrapy; `-L DEBUG` brings them back."""
REPEATING = ("scrapy.downloadermiddlewares.robotstxt",)
"""Loggers that tell with a traceback what our own lines tell with the cause."""


def quieten() -> None:
    """Leave a reader of the log what concerns the crawl."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Scrapy resets the levels of its loggers when its process is made; filters it leaves alone.
    for name in CHATTY:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    for name in REPEATING:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.CRITICAL)


class Command(ScrapyCrawlCommand):
    """Runs a spider."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if self.settings["LOG_LEVEL"] != "DEBUG":
            quieten()
        # Scrapy and the spiders are imported after this, for about a second; the workers' server uses it.
        start_server()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            spider = self._spider(args)
            self._check(spider, opts.spargs)
        except NewscrawlError as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        assert self.crawler_process is not None
        crawler = self._create_crawler(spider)
        self.crawler_process.crawl(crawler, **opts.spargs)
        # Everything that was imported stays; the collector need not look through it again and again.
        gc.freeze()
        self.crawler_process.start()
        summary = crawler.get_extension(SummaryExtension) if crawler.extensions else None
        self.exitcode = EXIT_FAILURE if summary is None else summary.exit_code

    def _spider(self, args: list[str]) -> type[PageSpider]:
        assert self.crawler_process is not None
        known = self.crawler_process.spider_loader.list()
        if len(args) != 1:
            raise UsageError(f"name one spider: scrapy crawl {{{'|'.join(known)}}}")
        if args[0] not in known:
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
            raise UsageError(f"no spider is called '{args[0]}'; {hint}")
        return self.crawler_process.spider_loader.load(args[0])  # type: ignore[return-value]

    def _check(self, spider: type[PageSpider], arguments: dict[str, str]) -> None:
        """Try what can be tried before the crawl: its arguments, site files and database."""
        assert self.settings is not None
        spider.scope_of(self.settings, **arguments)
        engine = open_engine(self.settings["NEWSCRAWL_DATABASE_URL"])
        try:
            require_current(engine)
        finally:
            engine.dispose()
