"""Downloads that can be given up."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

from newscrawl.extensions.shutdown import ShutdownExtension


class InterruptibleHandler(HTTP11DownloadHandler):
    """Scrapy's handler, whose downloads end with LeftAsItIs when a crawl that is being stopped waits no longer."""

    async def download_request(self, request: Request) -> Response:
        stop = self._crawler.get_extension(ShutdownExtension)
        if stop is None:
            return await super().download_request(request)
        with stop.interruptible():
            return await super().download_request(request)
