"""Redirects: followed on the same site, each hop in the ledger, no page fetched twice by another way."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newscrawl.crawling.exceptions import LeftAsItIs, Refused
from newscrawl.extensions.crawl_state import LedgerExtension
from newscrawl.items import Outcome
from newscrawl.middlewares.archive import ARCHIVED
from newscrawl.outcomes import Verdict
from newscrawl.storage.records import Visit
from newscrawl.urls.keys import PageKeys
from newscrawl.urls.normalize import same_site


class RedirectsMiddleware(RedirectMiddleware):
    """Scrapy's redirect middleware, with the ledger's consent for each hop."""

    crawler: Crawler

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        visit: Visit | None = request.meta.get("visit")
        if ARCHIVED in response.flags:
            return response
        try:
            return await self._result(request, response, visit)
        except Refused:
            if visit is not None:
                self._ledger.note_answer(visit, response)
            raise

    async def _result(self, request: Request, response: Response, visit: Visit | None) -> Request | Response:
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refused(Verdict(Outcome.ERROR, "too_many_redirects"), str(error)) from error
        if isinstance(result, Request) and visit is not None:
            return await self._follow(visit, result, response.status)
        return result

    @property
    def _ledger(self) -> LedgerExtension:
        ledger = self.crawler.get_extension(LedgerExtension)
        assert ledger is not None
        return ledger

    def _engine_started(self) -> None:
        """Scrapy looks for RefererMiddleware here and warns without it; no Referer is sent, so none is missing."""

    async def _follow(self, visit: Visit, redirected: Request, status: int) -> Request:
        ledger = self._ledger
        key = self._key_on_same_site(visit, redirected.url, ledger.keys)
        if key == visit.key:
            return redirected
        if key in {ledger.keys.key(url) for url in redirected.meta["redirect_urls"]}:
            raise Refused(Verdict(Outcome.ERROR, "redirect_loop"), f"redirects in a circle at {redirected.url}")
        target = await ledger.follow(visit, redirected.url, http_status=status)
        if target is None:
            raise LeftAsItIs(f"redirects to {redirected.url}, which is known")
        return redirected.replace(meta={**redirected.meta, "visit": target})

    def _key_on_same_site(self, visit: Visit, url: str, keys: PageKeys) -> str:
        try:
            if same_site(url, visit.url):
                return keys.key(url)
        except ValueError as error:
            raise Refused(Verdict(Outcome.ERROR, "redirect_to_no_url"), str(error)) from error
        raise Refused(
            Verdict(Outcome.ERROR, "offsite_redirect"),
            f"{visit.url} redirects to {url}, which is another site; to crawl that one, name it",
        )
