"""Redirects by HTTP, meta refresh and script: within the site (feeds and sitemaps to one other), each hop recorded."""

from __future__ import annotations

from urllib.parse import parse_qsl

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.cookies import CookieJar
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.responses import ARCHIVED, get_content_type
from newscrawl.discovery.model import LinkKind
from newscrawl.extraction.html.redirects import find_html_redirect
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome, is_html
from newscrawl.storage.records import Claim
from newscrawl.urls.normalize import get_site, same_site
from newscrawl.urls.parse import split_any

REDIRECTS = frozenset({301, 302, 303, 307, 308})
COOKIES = "redirect_cookies"
"""Key in Request.meta of the cookies that a chain of redirects has set; they are forgotten with it."""
PASSES_GATE = "passes_gate"
"""Key in Request.meta of a request that may be a step on the way back to its claim's page: the redirect's status."""


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's redirect middleware, which asks the crawl state before each hop.

    Requests without a claim (`scrapy inspect`, `scrapy fetch`) follow redirects within the site, too. A cookie that is
    set on the way is sent back until the chain ends. Where it leads back, by way of a page that checks the cookie or
    not, the page keeps its claim.
    """

    crawler: Crawler

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if ARCHIVED in response.flags:
            return response
        claim: Claim | None = request.meta.get("claim")
        try:
            result = self._get_next(request, response)
            if isinstance(result, Request):
                for name in ("If-None-Match", "If-Modified-Since"):
                    # Validators of the page that redirects; its target has its own.
                    result.headers.pop(name, None)
                has_new_cookie = _carry_cookies(request, response, result)
            if claim is None:
                return result
            if isinstance(result, Request):
                is_gate = has_new_cookie and _leads_back(request.url, result.url)
                return await self._follow(claim, result, response.status, is_gate=is_gate)
            if PASSES_GATE in request.meta:
                await self._end_at_gate(claim, request, response)
            return result
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
            if result is response and (url := _find_html_redirect(request, response)) is not None:
                redirected = self._redirect_request_using_get(request, response, url)
                result = self._redirect(redirected, request, "html")
            if isinstance(result, Request) and not _may_follow(result, request):
                message = f"{request.url} redirects to {result.url} on another site; name that URL to fetch it"
                raise RequestRejected(PageOutcome(Outcome.ERROR, "offsite_redirect", result.url), message)
            if result is response and response.status in REDIRECTS:
                raise ValueError(f"{request.url} redirects to no http or https URL")
        except ValueError as error:
            detail = (response.headers.get("Location") or b"").decode("latin-1")
            raise RequestRejected(PageOutcome(Outcome.ERROR, "redirect_to_no_url", detail), str(error)) from error
        except RequestRejected:
            raise
        except IgnoreRequest as error:
            raise RequestRejected(PageOutcome(Outcome.ERROR, "too_many_redirects"), str(error)) from error
        return result

    async def _follow(self, claim: Claim, redirected: Request, status: int, *, is_gate: bool) -> Request:
        """Return the request with the claim of its target, which is recorded like any other page."""
        state = CrawlContext.of(self.crawler).state
        key = state.keys.url_key(redirected.url)
        redirected.meta.pop(PASSES_GATE, None)
        if key == claim.url_key:
            return redirected
        if is_gate:
            redirected.meta[PASSES_GATE] = status
            return redirected
        if key in {state.keys.url_key(url) for url in redirected.meta["redirect_urls"]}:
            message = f"{claim.url} redirects in a loop, back to {redirected.url}"
            raise RequestRejected(PageOutcome(Outcome.ERROR, "redirect_loop"), message)
        target = await state.follow_redirect(claim, redirected.url, http_status=status)
        if target is None:
            raise FetchDeferred(f"redirects to {redirected.url}, which is known")
        return redirected.replace(meta={**redirected.meta, "claim": target})

    async def _end_at_gate(self, claim: Claim, request: Request, response: Response) -> None:
        """Record the redirect of a chain that was expected to lead back to its page, and did not."""
        state = CrawlContext.of(self.crawler).state
        target = await state.follow_redirect(claim, request.url, http_status=request.meta[PASSES_GATE])
        if target is None:
            raise FetchDeferred(f"redirects to {request.url}, which is known")
        request.meta["claim"] = target


def _find_html_redirect(request: Request, response: Response) -> str | None:
    content_type = get_content_type(response)
    is_page = response.status == 200 and is_html(content_type, response.body)
    if not is_page or urlparse_cached(request).path == "/robots.txt":
        return None
    # Once: a page that has set a cookie and shows nothing may show more when it gets the cookie back.
    may_reload = "Set-Cookie" in response.headers and "Cookie" not in request.headers
    return find_html_redirect(response.body, response.url, content_type=content_type, may_reload=may_reload)


def _carry_cookies(request: Request, response: Response, redirected: Request) -> bool:
    """Send the cookies of the chain with *redirected*; return whether *response* has set a new one."""
    jar: CookieJar = request.meta.get(COOKIES) or CookieJar()
    known = {(cookie.domain, cookie.path, cookie.name, cookie.value) for cookie in jar}
    jar.extract_cookies(response, request)
    redirected.headers.pop("Cookie", None)
    jar.add_cookie_header(redirected)
    redirected.meta[COOKIES] = jar
    return not known.issuperset((cookie.domain, cookie.path, cookie.name, cookie.value) for cookie in jar)


def _leads_back(url: str, target: str) -> bool:
    """Return whether *target* is the page *url* with another query, or names it in its query."""
    here, there = split_any(url), split_any(target)
    names = {url, here.path, f"{here.path}?{here.query}"}
    return there.path == here.path or any(value in names for _, value in parse_qsl(there.query))


def _may_follow(redirected: Request, request: Request) -> bool:
    """Return whether a redirect stays on the site. A feed or sitemap may be on one other site, such as FeedBurner."""
    claim: Claim | None = request.meta.get("claim")
    if claim is None or claim.kind not in (LinkKind.FEED, LinkKind.SITEMAP):
        return same_site(redirected.url, request.url)
    return len({get_site(url) for url in (*redirected.meta["redirect_urls"], redirected.url)}) <= 2
