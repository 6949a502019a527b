"""Fetch one page as politely as a crawl does, but without crawl state and database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.failures import outcome_for_failure
from newscrawl.crawling.responses import asks_to_wait, get_content_type
from newscrawl.exceptions import ExitCode, NewscrawlError
from newscrawl.monitoring.messages import add_hint
from newscrawl.outcomes import PageOutcome, is_html, outcome_for_status
from newscrawl.text.secrets import mask_page_urls
from newscrawl.urls.normalize import check_start_url


class FetchError(NewscrawlError):
    """The page could not be fetched or is not HTML."""

    exit_code = ExitCode.NOTHING_FETCHED


class SinglePageSpider(Spider):
    """Fetch one URL and keep the `response`, or the `problem` if there is none."""

    name = "single page"
    custom_settings = {  # noqa: RUF012 -- as Scrapy declares it
        "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None},
        "ITEM_PIPELINES": {},
    }
    response: Response | None = None
    problem = "the fetch was stopped"

    def __init__(self, url: str, *, any_type: bool = False) -> None:
        super().__init__()
        self.url = url
        self.any_type = any_type

    async def start(self) -> AsyncIterator[Request]:
        CrawlContext.of(self.crawler).addresses.name("", [self.url])
        yield Request(self.url, callback=self.parse, errback=self.fail, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Keep the response if it is a page."""
        if (outcome := outcome_for_status(response.status, asks_to_wait=asks_to_wait(response))) is not None:
            self.problem = _describe(outcome)
        elif not self.any_type and not is_html(get_content_type(response), response.body):
            self.problem = f"it is not HTML but {get_content_type(response) or 'of no declared type'}"
        else:
            self.response = response

    def fail(self, failure: Failure) -> None:
        error: Any = failure.value
        outcome = outcome_for_failure(error)
        # The message names the other site.
        self.problem = str(error) if outcome.reason == "offsite_redirect" else _describe(outcome)


def _describe(outcome: PageOutcome) -> str:
    return add_hint(f"{outcome.outcome}: {outcome.reason}")


def fetch_page(process: AsyncCrawlerProcess, url: str, *, any_type: bool = False) -> Response:
    """Fetch one page, of HTML unless *any_type*; start and end *process*.

    Raises UsageError for an invalid URL, FetchError with the cause.
    """
    crawler = process.create_crawler(SinglePageSpider)
    process.crawl(crawler, url=check_start_url(url), any_type=any_type)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, SinglePageSpider) or spider.response is None:
        problem = spider.problem if isinstance(spider, SinglePageSpider) else "the fetch did not start; see the log"
        raise FetchError(f"{mask_page_urls(url)} cannot be inspected: {problem}")
    return spider.response
