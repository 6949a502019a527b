"""One page, fetched as a crawl fetches it, politeness included, but with no ledger and no database behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.crawling.failures import outcome_for_failure
from newscrawl.crawling.responses import get_content_type as content_type
from newscrawl.exceptions import ExitCode, NewscrawlError
from newscrawl.monitoring.messages import add_hint
from newscrawl.outcomes import PageOutcome, is_html, outcome_for_status
from newscrawl.urls.normalize import check_start_url, same_site

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchError(NewscrawlError):
    """A page that could not be fetched, or is none."""

    exit_code = ExitCode.NOTHING_FETCHED


class SinglePageSpider(Spider):
    """Asks for one URL; `response` or `problem` is what came of it."""

    name = "single page"
    custom_settings = {  # noqa: RUF012 -- as Scrapy declares it
        "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None},
        "ITEM_PIPELINES": {},
    }
    response: Response | None = None
    problem = "the fetch was stopped"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def start(self) -> AsyncIterator[Request]:
        yield self._request(self.url, hops=0)

    def _request(self, url: str, *, hops: int) -> Request:
        # The project's redirects ask the ledger; without one the same bounds are kept here.
        meta = {"dont_redirect": True, "hops": hops}
        return Request(url, callback=self.parse, errback=self.fail, meta=meta, dont_filter=True)

    async def parse(self, response: Response) -> AsyncIterator[Request]:
        """Take the answer, or follow where it leads on the same site."""
        location = response.headers.get("Location")
        if response.status in REDIRECTS and location:
            target = urljoin(response.url, location.decode("latin-1"))
            if self._may_follow(response, target):
                yield self._request(target, hops=response.meta["hops"] + 1)
        elif (page_type := outcome_for_status(response.status)) is not None:
            self.problem = _said(page_type)
        elif not is_html(content_type(response), response.body):
            self.problem = f"it is no HTML page but {content_type(response) or 'of a type that nobody states'}"
        else:
            self.response = response

    def _may_follow(self, response: Response, target: str) -> bool:
        if response.meta["hops"] >= self.crawler.settings.getint("REDIRECT_MAX_TIMES"):
            self.problem = "error: too_many_redirects"
            return False
        try:
            followed = same_site(target, self.url)
        except ValueError:
            followed = False
        if not followed:
            self.problem = f"it redirects to another site; inspect {target} if that is the page you mean"
        return followed

    def fail(self, failure: Failure) -> None:
        error: Any = failure.value
        self.problem = _said(outcome_for_failure(error))


def _said(page_type: PageOutcome) -> str:
    return add_hint(f"{page_type.outcome}: {page_type.reason}")


def fetch_page(process: AsyncCrawlerProcess, url: str) -> Response:
    """Fetch one page; starts and ends *process*. Raises UsageError for what is no URL, FetchError with the cause."""
    crawler = process.create_crawler(SinglePageSpider)
    process.crawl(crawler, url=check_start_url(url))
    process.start()
    spider = crawler.spider
    if not isinstance(spider, SinglePageSpider) or spider.response is None:
        problem = spider.problem if isinstance(spider, SinglePageSpider) else "the fetch did not start; see the log"
        raise FetchError(f"{url} cannot be inspected: {problem}")
    return spider.response
