"""Log lines that name pages and never contain article bodies."""

from __future__ import annotations

import logging
from typing import Any, Self

from itemadapter import ItemAdapter
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietLogFormatter(LogFormatter):
    """Scrapy's log lines with the URL of an item in place of the item.

    Lines below LOG_LEVEL are left out: Scrapy would make a log record of each, which nothing prints.
    """

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__()
        self._prints_debug = level <= logging.DEBUG

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # A handler takes a number or a name.
        return cls(logging.NullHandler(crawler.settings["LOG_LEVEL"]).level)

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]
        return super().crawled(request, response, spider) if self._prints_debug else None

    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        return _line(logging.DEBUG, "Stored %(url)s", item) if self._prints_debug else None

    def dropped(  # type: ignore[override]
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        if not self._prints_debug:
            return None
        return _line(logging.DEBUG, "Dropped %(url)s: %(cause)s", item, cause=exception)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return _line(logging.ERROR, "Error while processing %(url)s: %(cause)s", item, cause=type(exception).__name__)


def _line(level: int, message: str, item: Any, **facts: object) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": {"url": ItemAdapter(item).get("url"), **facts}}
