"""Decompression that notices truncated responses; they are retried like lost connections."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.response_memory import FREE_BYTES
from newscrawl.crawling.responses import ARCHIVED, TRUNCATED
from newscrawl.downloader.wholeness import is_whole_stream, measure_gzip
from newscrawl.storage.records import Claim
from newscrawl.text.document_end import has_end

logger = logging.getLogger(__name__)

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

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status != 200 or ARCHIVED in response.flags:
            return response
        if not response.headers.getlist("Content-Encoding") and DATA_LOSS not in response.flags:
            return response
        decoded = await self._read(request, response)
        if decoded is not None and TRUNCATED not in decoded.flags:
            return decoded
        assert self._crawler.spider is not None
        retry = get_retry_request(request, spider=self._crawler.spider, reason="truncated")
        if retry is not None:
            return retry
        claim: Claim | None = request.meta.get("claim")
        if decoded is not None and claim is not None and claim.kind in _READ_IN_PART:
            return decoded
        raise ResponseDataLossError(f"{request.url} was cut off")

    async def _read(self, request: Request, response: Response) -> Response | None:
        """Return the decompressed response, with the flag TRUNCATED if it was cut off; None if it is damaged.

        A large one waits for memory, and is decompressed beside the event loop. A large feed or sitemap in gzip is
        passed on as a gzip file: the worker that parses it decompresses it.
        """
        if len(response.body) <= FREE_BYTES:
            with suppress(_DecompressionMaxSizeExceeded):
                return self._build(response, self._unpack(response, FREE_BYTES))
        context, max_size = CrawlContext.of(self._crawler), request.meta.get("download_maxsize", self._max_size)
        with context.shutdown.interruptible():
            if _may_stay_packed(request, response):
                size = await asyncio.to_thread(measure_gzip, response.body, max_size)
                if size is not None:
                    return self._keep_packed(response, size)
            if not context.responses.has(request):
                await context.responses.reserve(request, max_size)
            try:
                decoded = await asyncio.to_thread(self._unpack, response, max_size)
            except _DecompressionMaxSizeExceeded as error:
                logger.warning("%s has more than %d bytes when it is decompressed", request.url, max_size)
                raise IgnoreRequest(f"{request.url} exceeds DOWNLOAD_MAXSIZE when it is decompressed") from error
        context.responses.reduce(request, len(response.body) + len(decoded.body if decoded is not None else b""))
        return self._build(response, decoded)

    def _unpack(self, response: Response, max_size: int) -> _Decoded | None:
        """Decompress the body, if it is compressed at all; return None if it is damaged."""
        codings = response.headers.getlist("Content-Encoding")
        last = b",".join(codings).split(b",")[-1]
        try:
            body, kept = self._handle_encoding(response.body, codings, max_size)
        except _DecompressionMaxSizeExceeded:
            raise
        except Exception:
            body, kept = response.body, codings
            if not has_end(body):
                return None
        is_cut = DATA_LOSS in response.flags or (response.body and not is_whole_stream(response.body, last))
        return _Decoded(body, tuple(kept), is_cut=bool(is_cut) and not has_end(body))

    def _keep_packed(self, response: Response, size: int) -> Response:
        """Return a response whose body is a gzip file of *size* bytes."""
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        self._count(size)
        return response.replace(headers=headers)

    def _count(self, size: int) -> None:
        self._crawler.stats.inc_value("httpcompression/response_bytes", size)
        self._crawler.stats.inc_value("httpcompression/response_count")

    def _build(self, response: Response, decoded: _Decoded | None) -> Response | None:
        if decoded is None:
            return None
        flags = [*response.flags, TRUNCATED] if decoded.is_cut else response.flags
        if decoded.body is response.body:
            return response.replace(flags=flags) if decoded.is_cut else response
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        if decoded.kept:
            headers["Content-Encoding"] = list(decoded.kept)
        kind = responsetypes.from_args(headers=headers, url=response.url, body=decoded.body)
        encoding = {"encoding": None} if issubclass(kind, TextResponse) else {}
        self._count(len(decoded.body))
        return response.replace(cls=kind, headers=headers, body=decoded.body, flags=flags, **encoding)


def _may_stay_packed(request: Request, response: Response) -> bool:
    """Return whether the task that parses a response can decompress it, too: those of listings can, from gzip."""
    claim: Claim | None = request.meta.get("claim")
    codings = [coding.strip().lower() for coding in response.headers.getlist("Content-Encoding")]
    is_listing = claim is not None and claim.kind in _READ_IN_PART
    return is_listing and codings in ([b"gzip"], [b"x-gzip"]) and DATA_LOSS not in response.flags


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A decompressed body."""

    body: bytes
    kept: tuple[bytes, ...]
    """Codings that are not known."""
    is_cut: bool
