"""Log lines that name pages and never contain article bodies."""

from __future__ import annotations

import logging
from typing import Any

from itemadapter import ItemAdapter
from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietLogFormatter(LogFormatter):
    """Scrapy's log lines with the URL of an item in place of the item."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        return _line(logging.DEBUG, "Stored %(url)s", item)

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return _line(logging.DEBUG, "Dropped %(url)s: %(cause)s", item, cause=exception)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return _line(logging.ERROR, "Error while processing %(url)s: %(cause)s", item, cause=type(exception).__name__)


def _line(level: int, message: str, item: Any, **facts: object) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": {"url": ItemAdapter(item).get("url"), **facts}}
