"""Redirects: followed on the same site (feeds and sitemaps to one other), each hop recorded, no page fetched twice."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.discovery.model import LinkKind
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome
from newscrawl.storage.records import Claim
from newscrawl.urls.normalize import get_site, same_site


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's redirect middleware, which asks the crawl state before each hop.

    Requests without a claim (`scrapy inspect`, `scrapy fetch`) follow redirects within the site, too.
    """

    crawler: Crawler

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if ARCHIVED in response.flags:
            return response
        claim: Claim | None = request.meta.get("claim")
        try:
            result = self._get_next(request, response)
            if claim is None or not isinstance(result, Request):
                return result
            return await self._follow(claim, result, response.status)
        except RequestRejected:
            if claim is not None:
                CrawlContext.of(self.crawler).state.record_response(claim, response)
            raise

    def _engine_started(self) -> None:
        """Override Scrapy's check for RefererMiddleware, which would warn: newscrawl sends no Referer."""

    def _get_next(self, request: Request, response: Response) -> Request | Response:
        """Return the next request if *response* is a redirect within the site."""
        try:
            result = super().process_response(request, response)
            if isinstance(result, Request) and not _may_follow(result, request):
                message = f"{request.url} redirects to {result.url} on another site; name that URL to fetch it"
                raise RequestRejected(PageOutcome(Outcome.ERROR, "offsite_redirect"), message)
        except ValueError as error:
            raise RequestRejected(PageOutcome(Outcome.ERROR, "redirect_to_no_url"), str(error)) from error
        except RequestRejected:
            raise
        except IgnoreRequest as error:
            raise RequestRejected(PageOutcome(Outcome.ERROR, "too_many_redirects"), str(error)) from error
        return result

    async def _follow(self, claim: Claim, redirected: Request, status: int) -> Request:
        """Return the request with the claim of its target, which is recorded like any other page."""
        state = CrawlContext.of(self.crawler).state
        key = state.keys.url_key(redirected.url)
        if key == claim.url_key:
            return redirected
        if key in {state.keys.url_key(url) for url in redirected.meta["redirect_urls"]}:
            message = f"{claim.url} redirects in a loop, back to {redirected.url}"
            raise RequestRejected(PageOutcome(Outcome.ERROR, "redirect_loop"), message)
        target = await state.follow_redirect(claim, redirected.url, http_status=status)
        if target is None:
            raise FetchDeferred(f"redirects to {redirected.url}, which is known")
        return redirected.replace(meta={**redirected.meta, "claim": target})


def _may_follow(redirected: Request, request: Request) -> bool:
    """Return whether a redirect stays on the site. A feed or sitemap may be on one other site, such as FeedBurner."""
    claim: Claim | None = request.meta.get("claim")
    if claim is None or claim.kind not in (LinkKind.FEED, LinkKind.SITEMAP):
        return same_site(redirected.url, request.url)
    return len({get_site(url) for url in (*redirected.meta["redirect_urls"], redirected.url)}) <= 2
