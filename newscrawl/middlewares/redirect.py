"""Redirects: followed on the same site, each hop in the ledger, no page fetched twice by another way."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.items import Outcome
from newscrawl.middlewares.archive import ARCHIVED
from newscrawl.outcomes import PageOutcome
from newscrawl.storage.records import Claim
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import same_site


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's redirect middleware, with the ledger's consent for each hop."""

    crawler: Crawler

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        claim: Claim | None = request.meta.get("claim")
        if ARCHIVED in response.flags:
            return response
        try:
            return await self._result(request, response, claim)
        except RequestRejected:
            if claim is not None:
                self._ledger.record_response(claim, response)
            raise

    async def _result(self, request: Request, response: Response, claim: Claim | None) -> Request | Response:
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            raise RequestRejected(PageOutcome(Outcome.ERROR, "too_many_redirects"), str(error)) from error
        if isinstance(result, Request) and claim is not None:
            return await self._follow(claim, result, response.status)
        return result

    @property
    def _ledger(self) -> CrawlStateExtension:
        ledger = self.crawler.get_extension(CrawlStateExtension)
        assert ledger is not None
        return ledger

    def _engine_started(self) -> None:
        """Scrapy looks for RefererMiddleware here and warns without it; no Referer is sent, so none is missing."""

    async def _follow(self, claim: Claim, redirected: Request, status: int) -> Request:
        ledger = self._ledger
        key = self._key_on_same_site(claim, redirected.url, ledger.keys)
        if key == claim.url_key:
            return redirected
        if key in {ledger.keys.url_key(url) for url in redirected.meta["redirect_urls"]}:
            raise RequestRejected(
                PageOutcome(Outcome.ERROR, "redirect_loop"), f"redirects in a circle at {redirected.url}"
            )
        target = await ledger.follow(claim, redirected.url, http_status=status)
        if target is None:
            raise FetchDeferred(f"redirects to {redirected.url}, which is known")
        return redirected.replace(meta={**redirected.meta, "claim": target})

    def _key_on_same_site(self, claim: Claim, url: str, keys: UrlKeys) -> str:
        try:
            if same_site(url, claim.url):
                return keys.url_key(url)
        except ValueError as error:
            raise RequestRejected(PageOutcome(Outcome.ERROR, "redirect_to_no_url"), str(error)) from error
        raise RequestRejected(
            PageOutcome(Outcome.ERROR, "offsite_redirect"),
            f"{claim.url} redirects to {url}, which is another site; to crawl that one, name it",
        )
