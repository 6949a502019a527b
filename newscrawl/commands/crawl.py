"""`scrapy crawl`: Scrapy's, with bad input refused before anything starts, and exit codes that cron can read.

What takes long to import is imported when it is needed: a run that finds its lock taken is gone before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import gc
import json
import logging
import math
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from scrapy.commands.crawl import Command as ScrapyCrawlCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from newscrawl.exceptions import ExitCode, NewscrawlError, StorageError, UsageError
from newscrawl.outcomes import CloseReason
from newscrawl.settings import NUMBERS, WHOLE_NUMBERS
from newscrawl.spiders.arguments import ARGUMENTS, parse_arguments
from newscrawl.storage.lock import Lock, take_lock, this_process
from newscrawl.text.terminal import printing
from newscrawl.workers.pool import start_server

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.spiders.base import BaseSpider

STOPPING = (signal.SIGINT, signal.SIGTERM)
UNUSABLE = (ValueError, TypeError, ImportError, NameError, AttributeError)
"""What Scrapy fails with where a setting names no number, or a class that is not there."""
REASONS: dict[int, str] = {
    ExitCode.USAGE: "bad_configuration",
    ExitCode.LOCKED: "locked",
    ExitCode.STORAGE: CloseReason.STORAGE_FAILED,
}
"""What stands as finish_reason where a crawl did not begin."""
NOISY_LOGGERS = (
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
    for name in NOISY_LOGGERS:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    for name in REPEATING:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.CRITICAL)
    # The ledger says once that the database failed; each page that meets it then need not say so again.
    logging.getLogger("scrapy.core.scraper").addFilter(lambda record: not _is_known_end(record))


def _is_known_end(record: logging.LogRecord) -> bool:
    from newscrawl.crawling.exceptions import FetchDeferred

    return record.exc_info is not None and isinstance(record.exc_info[1], StorageError | FetchDeferred)


class Command(ScrapyCrawlCommand):
    """Runs a spider."""

    lock: Lock | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        # Until the crawl runs, for a second or two, nothing has begun that would have to be ended.
        for number in STOPPING:
            signal.signal(number, _leave)
        try:
            super().process_options(args, opts)
        except ScrapyUsageError as error:
            _say_how_it_ended(args, 2, str(error))
            raise
        assert self.settings is not None
        if self.settings["LOG_LEVEL"] != "DEBUG":
            quieten()
        try:
            _check_numbers(self.settings)
            _check_log(self.settings)
            if len(args) == 1 and args[0] in ARGUMENTS:
                scope = parse_arguments(ARGUMENTS[args[0]], args[0], self.settings, opts.spargs)
                self.lock = self._take_lock(args[0], scope, opts.spargs)
        except NewscrawlError as error:
            self._refuse(args, error)
            sys.exit(self.exitcode)
        # Scrapy and the spiders are imported after this, for about a second; the workers' server uses it.
        start_server()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            spider = self._spider(args)
            self._check(spider, opts.spargs)
        except NewscrawlError as error:
            self._refuse(args, error)
            return
        from newscrawl.extensions.shutdown import ShutdownExtension
        from newscrawl.extensions.summary import SummaryExtension

        assert self.crawler_process is not None
        crawler = self._create_crawler(spider)
        crawler.newscrawl_lock = self.lock  # type: ignore[attr-defined]
        crawl = cast("asyncio.Task[None]", self.crawler_process.crawl(crawler, **opts.spargs))
        # Scrapy's own handlers take a crawl that is closed already for one that is not there, and cut it short.
        for number in STOPPING:
            asyncio.get_event_loop().add_signal_handler(number, _tell, crawler)
        # Everything that was imported stays; the collector need not look through it again and again.
        gc.freeze()
        self.crawler_process.start(install_signal_handlers=False)
        ignore_signals()
        summary = crawler.get_extension(SummaryExtension) if crawler._extensions else None
        failure = crawl.exception() if crawl.done() and not crawl.cancelled() else None
        if crawler._engine is None and isinstance(failure, UNUSABLE):
            self._refuse(args, UsageError(f"a setting cannot be used: {failure}"))
            return
        if summary is None:
            self.exitcode = ExitCode.FAILURE
            _say_how_it_ended(args, self.exitcode, "the crawl could not begin; the log says why")
            return
        if not summary.printed:
            summary.print_aborted()
        self.exitcode = summary.exit_code
        stop = crawler.get_extension(ShutdownExtension)
        if stop is not None and stop.aborted:
            # A normal exit would wait for whatever question to the database is under way.
            logging.shutdown()
            os._exit(self.exitcode)

    def _spider(self, args: list[str]) -> type[BaseSpider]:
        assert self.crawler_process is not None
        known = self.crawler_process.spider_loader.list()
        if len(args) != 1:
            raise UsageError(f"name one spider: scrapy crawl {{{'|'.join(known)}}}")
        if args[0] not in known:
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
            raise UsageError(f"no spider is called '{args[0]}'; {hint}")
        return self.crawler_process.spider_loader.load(args[0])  # type: ignore[return-value]

    def _check(self, spider: type[BaseSpider], arguments: dict[str, str]) -> None:
        """Try what can be tried before the crawl: the database, and the lock of a spider of your own."""
        from newscrawl.storage.engine import open_engine
        from newscrawl.storage.upgrade import require_current

        assert self.settings is not None
        if self.lock is None:
            self.lock = self._take_lock(spider.name, spider.scope_of(self.settings, **arguments), arguments)
        engine = open_engine(self.settings["NEWSCRAWL_DATABASE_URL"])
        try:
            require_current(engine)
        finally:
            engine.dispose()

    def _take_lock(self, spider: str, scope: Any, arguments: dict[str, str]) -> Lock | None:
        assert self.settings is not None
        names = getattr(scope, "locks", ())
        given = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
        command = shlex.join(["scrapy", "crawl", spider, *given])
        return take_lock(self.settings["NEWSCRAWL_DATABASE_URL"], names, this_process(command)) if names else None

    def _refuse(self, args: list[str], error: NewscrawlError) -> None:
        print(f"newscrawl: {error}", file=sys.stderr)
        self.exitcode = error.exit_code
        _say_how_it_ended(args, self.exitcode, str(error))


def _check_numbers(settings: Any) -> None:
    for name in NUMBERS:
        is_whole = name in WHOLE_NUMBERS
        try:
            good = 0 <= (int if is_whole else float)(settings[name]) < math.inf
        except (TypeError, ValueError):
            good = False
        if not good:
            kind = "whole number" if is_whole else "number"
            raise UsageError(f"{name} is {settings[name]!r}; give a {kind} from 0")


def _check_log(settings: Any) -> None:
    """Scrapy sets up its log before it asks anybody, and ends with a traceback where that fails."""
    level, file = settings["LOG_LEVEL"], settings["LOG_FILE"]
    levels = logging.getLevelNamesMapping()
    if level not in levels and level not in levels.values():
        raise UsageError(f"LOG_LEVEL is {level!r}; there are CRITICAL, ERROR, WARNING, INFO and DEBUG")
    try:
        if file:
            Path(file).open("a").close()
    except OSError as error:
        raise UsageError(f"the log file {file} cannot be written: {error.strerror}; name another") from error


def _say_how_it_ended(args: list[str], code: int, error: str) -> None:
    """Print the line for programs in place of the one that a whole crawl ends with."""
    ignore_signals()
    record = {
        "crawl_id": None,
        "spider": args[0] if args else None,
        "finish_reason": REASONS.get(code, CloseReason.ABORTED),
        "exit_code": code,
        "error": error,
    }
    with printing():
        print(json.dumps(record, ensure_ascii=False))


def _tell(crawler: Crawler) -> None:
    from newscrawl.extensions.shutdown import ShutdownExtension

    stop = crawler.get_extension(ShutdownExtension) if crawler._engine else None
    if stop is not None:
        stop.on_signal()


def ignore_signals() -> None:
    """From the last line on nothing may change the code; what is left to do takes a moment."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


def _leave(number: int, _frame: object) -> NoReturn:
    """End at once; the line for programs is written without what an interrupted print may hold."""
    record = {
        "crawl_id": None,
        "finish_reason": "shutdown",
        "exit_code": ExitCode.OK,
        "error": "stopped before the crawl began",
    }
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(record).encode() + b"\n")
    os._exit(ExitCode.OK)
