"""`scrapy crawl`: checks its input before anything starts, takes the lock, and exits with a code that cron can read.

Slow imports are made where they are needed: a run that finds its lock taken has exited before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from scrapy.commands.crawl import Command as ScrapyCrawlCommand
from scrapy.exceptions import UsageError as ScrapyUsageError

from newscrawl.crawling.log_masking import mask_logs
from newscrawl.crawling.output import guard_stdout
from newscrawl.exceptions import ExitCode, NewscrawlError, StorageError, UsageError
from newscrawl.outcomes import FinishReason
from newscrawl.settings import check_settings
from newscrawl.spiders.arguments import ARGUMENTS, parse_arguments
from newscrawl.storage.lock import Lock, take_lock, this_process
from newscrawl.text.secrets import mask_arguments, mask_urls
from newscrawl.text.suggestions import suggest
from newscrawl.workers.heap import map_large_blocks
from newscrawl.workers.pool import start_server

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from newscrawl.crawling.protocols import CrawlArguments
    from newscrawl.spiders.base import BaseSpider

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
SETTING_ERRORS = (ValueError, TypeError, ImportError, NameError, AttributeError)
"""What Scrapy raises for a setting that is not a number, or names a class that does not exist."""
FINISH_REASONS: dict[int, str] = {
    ExitCode.USAGE: "bad_configuration",
    ExitCode.LOCKED: "locked",
    ExitCode.STORAGE: FinishReason.STORAGE_FAILED,
}
"""The finish_reason of a crawl that did not start."""
NOISY_LOGGERS = (
    "scrapy.addons",
    "scrapy.core.engine",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.utils.log",
)
"""Loggers whose INFO lines help those who debug Scrapy; `-L DEBUG` shows them."""
REPEATING_LOGGERS = ("scrapy.downloadermiddlewares.robotstxt",)
"""Loggers that report with a traceback what newscrawl logs with the cause."""


class Command(ScrapyCrawlCommand):
    """Runs a spider."""

    lock: Lock | None = None

    def syntax(self) -> str:
        return f"[options] {{{'|'.join(ARGUMENTS)}}}"

    def short_desc(self) -> str:
        return "Crawl news sites, fetch single pages, or process a saved archive"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = describe_arguments()

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        # Until the crawl runs, for a second or two, there is nothing to shut down.
        for number in STOP_SIGNALS:
            signal.signal(number, _exit_before_start)
        try:
            super().process_options(args, opts)
        except ScrapyUsageError as error:
            _print_failure(args, ExitCode.USAGE, str(error))
            raise
        assert self.settings is not None
        mask_logs(self.settings)
        if self.settings["LOG_LEVEL"] != "DEBUG":
            quiet_loggers()
        try:
            _check_spider_name(args)
            check_settings(self.settings)
            _check_log(self.settings)
            if args[0] in ARGUMENTS:
                arguments: CrawlArguments = parse_arguments(ARGUMENTS[args[0]], args[0], self.settings, opts.spargs)
                self.lock = self._take_lock(args[0], arguments, opts.spargs)
        except NewscrawlError as error:
            self._reject(args, opts, error)
            sys.exit(self.exitcode)
        map_large_blocks()
        # Scrapy and the spiders are imported next, for about a second, in which the workers' server warms up.
        start_server()
        # Scrapy's deprecated classes inspect the stack when they are imported. It is the slower the more modules there
        # are and the deeper the import: 0.05 instead of 0.4 s.
        import scrapy.core.downloader.handlers.http11  # noqa: F401

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            spider = self._load_spider(args[0])
            self._check(spider, opts.spargs)
        except NewscrawlError as error:
            self._reject(args, opts, error)
            return
        from scrapy import signals

        from newscrawl.crawling.context import CrawlContext
        from newscrawl.extensions.summary import SummaryExtension

        assert self.crawler_process is not None
        crawler = self._create_crawler(spider)

        def hand_over_lock() -> None:
            # The lock was taken before anything of the crawl existed.
            CrawlContext.of(crawler).lock = self.lock

        crawler.signals.connect(hand_over_lock, signal=signals.spider_opened)
        crawl = cast("asyncio.Task[None]", self.crawler_process.crawl(crawler, **opts.spargs))
        # Scrapy's own handlers take a crawl that has closed for one that does not exist, and cut it short.
        for number in STOP_SIGNALS:
            asyncio.get_event_loop().add_signal_handler(number, _shut_down, crawler)
        # What has been imported stays; the garbage collector need not look through it again and again.
        gc.freeze()
        # A look through 50,000 links stops all threads. Few cycles outlive a page: 350 objects of 1,000 pages.
        gc.set_threshold(5_000, 20, 20)
        self.crawler_process.start(install_signal_handlers=False)
        ignore_signals()
        failure = crawl.exception() if crawl.done() and not crawl.cancelled() else None
        if crawler._engine is None and isinstance(failure, SETTING_ERRORS):
            self._reject(args, opts, UsageError(f"invalid setting: {failure}"))
            return
        summary = crawler.get_extension(SummaryExtension) if crawler._extensions else None
        if summary is None:
            self._reject(args, opts, NewscrawlError("the crawl could not start; the log says why"))
            return
        if not summary.is_printed:
            summary.print_aborted()
        if summary.error is not None:
            summary.record_end()
        self.exitcode = summary.exit_code
        if CrawlContext.of(crawler).shutdown.aborted:
            # A normal exit would wait for any running database query.
            logging.shutdown()
            os._exit(self.exitcode)

    def _load_spider(self, name: str) -> type[BaseSpider]:
        assert self.crawler_process is not None
        known = self.crawler_process.spider_loader.list()
        if name not in known:
            raise UsageError(f"no spider is named '{name}'; {suggest(name, known)}")
        return self.crawler_process.spider_loader.load(name)  # type: ignore[return-value]

    def _check(self, spider: type[BaseSpider], given: dict[str, str]) -> None:
        """Check what can be checked before the crawl: the database, and the lock of a spider of your own."""
        from newscrawl.storage.engine import open_engine
        from newscrawl.storage.upgrade import require_current

        assert self.settings is not None
        if self.lock is None:
            arguments: CrawlArguments = parse_arguments(spider.arguments_type, spider.name, self.settings, given)
            self.lock = self._take_lock(spider.name, arguments, given)
        engine = open_engine(self.settings["NEWSCRAWL_DATABASE_URL"])
        try:
            require_current(engine)
        finally:
            engine.dispose()

    def _take_lock(self, spider: str, arguments: CrawlArguments, given: dict[str, str]) -> Lock | None:
        assert self.settings is not None
        if not arguments.locks:
            return None
        options = [part for name, value in mask_arguments(given).items() for part in ("-a", f"{name}={value}")]
        command = shlex.join(["scrapy", "crawl", spider, *options])
        return take_lock(self.settings["NEWSCRAWL_DATABASE_URL"], arguments.locks, this_process(command))

    def _reject(self, args: list[str], opts: argparse.Namespace, error: NewscrawlError) -> None:
        from newscrawl.storage.run_records import record_failed_start

        assert self.settings is not None
        message = mask_urls(str(error))
        # A run that leaves the work to another one is no failure.
        if error.exit_code not in {ExitCode.STORAGE, ExitCode.LOCKED}:
            reason = FINISH_REASONS.get(error.exit_code, FinishReason.ABORTED)
            record_failed_start(
                self.settings["NEWSCRAWL_DATABASE_URL"],
                args[0] if args else "",
                mask_arguments(opts.spargs),
                exit_code=error.exit_code,
                reason=reason,
                error=message,
            )
        print(f"newscrawl: {message}", file=sys.stderr)
        self.exitcode = error.exit_code
        _print_failure(args, error.exit_code, message)


def describe_arguments() -> str:
    """Return the arguments of each spider, a line each."""
    lines = ["spider arguments (-a NAME=VALUE):"]
    for spider, arguments in ARGUMENTS.items():
        lines += [f"  {spider}:", *(f"    {name:<10} {text}" for name, text in arguments.HELP.items())]
    return "\n".join(lines)


def quiet_loggers() -> None:
    """Leave in the log what concerns the crawl."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Scrapy resets the levels of its loggers when its process is created, and leaves filters alone.
    for name in NOISY_LOGGERS:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    for name in REPEATING_LOGGERS:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.CRITICAL)
    # The crawl state logs once that the database failed; the pages that run into it need not.
    logging.getLogger("scrapy.core.scraper").addFilter(lambda record: not _is_expected(record))


def _is_expected(record: logging.LogRecord) -> bool:
    from newscrawl.crawling.exceptions import FetchDeferred

    return record.exc_info is not None and isinstance(record.exc_info[1], StorageError | FetchDeferred)


def _check_spider_name(args: list[str]) -> None:
    for arg in args[1:]:
        name, equals, _ = arg.partition("=")
        if equals and name.isidentifier():
            raise UsageError(f"'{arg}' is not an option; spider arguments take -a: -a {arg}")
    if len(args) != 1:
        raise UsageError(f"name one spider: scrapy crawl {{{'|'.join(ARGUMENTS)}}}")


def _check_log(settings: BaseSettings) -> None:
    """Check the log settings: Scrapy sets up its log first of all, and fails with a traceback."""
    level, file = settings["LOG_LEVEL"], settings["LOG_FILE"]
    levels = logging.getLevelNamesMapping()
    if level not in levels and level not in levels.values():
        raise UsageError(f"invalid LOG_LEVEL {level!r}: expected CRITICAL, ERROR, WARNING, INFO or DEBUG")
    try:
        if file:
            Path(file).open("a").close()
    except OSError as error:
        raise UsageError(f"could not write the log file {file}: {error.strerror}; name another") from error


def _print_failure(args: list[str], code: int, error: str) -> None:
    """Print the line for programs of a crawl that did not start."""
    ignore_signals()
    record = {
        "crawl_id": None,
        "spider": args[0] if args else None,
        "finish_reason": FINISH_REASONS.get(code, FinishReason.ABORTED),
        "exit_code": code,
        "error": error,
    }
    with guard_stdout():
        print(json.dumps(record, ensure_ascii=False))


def _shut_down(crawler: Crawler) -> None:
    from newscrawl.crawling.context import CrawlContext

    if crawler._engine:
        CrawlContext.of(crawler).shutdown.on_signal()


def ignore_signals() -> None:
    """Let no signal change the exit code once the last line is printed."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _exit_before_start(number: int, _frame: object) -> NoReturn:
    """Exit at once; the line for programs bypasses the buffer that an interrupted print may hold."""
    record = {"crawl_id": None, "finish_reason": "shutdown", "exit_code": 0, "error": "stopped before the crawl began"}
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(record).encode() + b"\n")
    os._exit(0)
