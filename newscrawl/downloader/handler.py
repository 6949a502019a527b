"""Downloads that a shutdown can interrupt, with bounds on what a response may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.downloader.bounded_http import BoundedFactory, HeadersTooLarge
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, within bounds.

    Endless headers end with RequestRejected. When a shutdown waits no longer, downloads end with FetchDeferred.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory

    async def download_request(self, request: Request) -> Response:
        with CrawlContext.of(self._crawler).shutdown.interruptible(), _rejecting(request):
            return await super().download_request(request)


@contextmanager
def _rejecting(request: Request) -> Iterator[None]:
    """Turn a response with too many headers into the outcome of its page; asking again would bring them again."""
    try:
        yield
    except DownloadFailedError as error:
        for failure in getattr(error.__cause__, "reasons", ()):
            if isinstance(failure.value, HeadersTooLarge):
                message = f"the response of {request.url} has headers without end: {failure.value}"
                raise RequestRejected(PageOutcome(Outcome.ERROR, "headers_too_large"), message) from error
        raise
