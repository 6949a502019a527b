"""Downloads that a shutdown can interrupt."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

from newscrawl.crawling.context import CrawlContext


class InterruptibleHandler(HTTP11DownloadHandler):
    """Scrapy's handler; when a shutdown waits no longer, its downloads end with FetchDeferred."""

    async def download_request(self, request: Request) -> Response:
        with CrawlContext.of(self._crawler).shutdown.interruptible():
            return await super().download_request(request)
