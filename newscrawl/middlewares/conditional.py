"""Conditional requests: ask only for pages that changed since the last fetch (RFC 9110, section 13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.items import Outcome
from newscrawl.outcomes import NOT_MODIFIED, PageOutcome
from newscrawl.scheduling.validators import is_credible, must_check
from newscrawl.storage.records import Claim

_HEADERS = ("If-None-Match", "If-Modified-Since")


class ConditionalMiddleware:
    """Adds If-None-Match and If-Modified-Since from the validators of the page's last response.

    Some servers return 304 for ever. From time to time, a listing that does is requested again without validators; if
    it has something new, they are not used any more for a while. Stats: `conditional/checked`,
    `conditional/contradicted`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._context = CrawlContext.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        claim: Claim | None = request.meta.get("claim")
        if claim is None:
            return
        if claim.etag:
            request.headers.setdefault("If-None-Match", claim.etag)
        if claim.last_modified:
            request.headers.setdefault("If-Modified-Since", claim.last_modified)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        claim: Claim | None = request.meta.get("claim")
        if response.status != NOT_MODIFIED or claim is None or ARCHIVED in response.flags:
            return response
        if not any(name in request.headers for name in _HEADERS):
            self._context.state.record_response(claim, response)
            message = f"{request.url} returned 304 to a request without validators"
            raise RequestRejected(PageOutcome(Outcome.ERROR, "http_304"), message)
        credible = is_credible(claim.last_modified, claim.newest_link_at)
        if claim.is_article or not must_check(claim.not_modified_count + 1, credible=credible):
            return response
        self._crawler.stats.inc_value("conditional/checked")
        self._context.state.record_not_modified(claim)
        unconditional = request.replace(
            meta={**request.meta, "claim": replace(claim, etag=None, last_modified=None)}, dont_filter=True
        )
        for name in _HEADERS:
            unconditional.headers.pop(name, None)
        return unconditional
