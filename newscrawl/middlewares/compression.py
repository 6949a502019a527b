"""Decompression that notices truncated responses; they are retried like lost connections."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response

from newscrawl.crawling.responses import ARCHIVED, TRUNCATED
from newscrawl.downloader.wholeness import is_whole_stream
from newscrawl.storage.records import Claim
from newscrawl.text.document_end import has_end

DATA_LOSS = "dataloss"
"""Scrapy's flag of a response that is shorter than its Content-Length, or lacks the last chunk."""
_READ_IN_PART = frozenset({"feed", "sitemap"})


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware, which also rejects pages that were cut off, whatever cut them: a connection or a proxy.

    A page that ends with its end tag is whole, even if the server declared another length. After the last retry a feed
    or sitemap is passed on with the flag TRUNCATED, so that the links read so far are used.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._crawler = crawler

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status != 200 or ARCHIVED in response.flags:
            return response
        # Decompressing removes the header.
        codings = b",".join(response.headers.getlist("Content-Encoding")).split(b",")
        decoded = self._decompress(request, response)
        if decoded is not None:
            is_cut = DATA_LOSS in response.flags or (response.body and not is_whole_stream(response.body, codings[-1]))
            if not is_cut or has_end(decoded.body):
                return decoded
        assert self._crawler.spider is not None
        retry = get_retry_request(request, spider=self._crawler.spider, reason="truncated")
        if retry is not None:
            return retry
        claim: Claim | None = request.meta.get("claim")
        if decoded is not None and claim is not None and claim.kind in _READ_IN_PART:
            return decoded.replace(flags=[*decoded.flags, TRUNCATED])
        raise ResponseDataLossError(f"{request.url} was cut off")

    def _decompress(self, request: Request, response: Response) -> Response | None:
        """Return the decompressed response, as it is if it is not compressed at all; None if it is damaged."""
        try:
            return super().process_response(request, response)  # type: ignore[return-value]
        except IgnoreRequest:
            raise
        except Exception:
            return response if has_end(response.body) else None
