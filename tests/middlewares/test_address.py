"""Requests whose URL is forbidden are rejected before anything is asked of their host."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy import Request

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.middlewares.address import AddressMiddleware
from newscrawl.storage.records import Claim
from tests.support.fake_crawler import FakeCrawler

CLAIM = Claim(1, "https://example.org/a", "https://example.org/a", "example.org", "article")


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://169.254.169.254/latest/", "forbidden_address"), ("http://example.org:6379/", "forbidden_port")],
)
def test_forbidden_url_is_rejected_with_its_reason(url: str, reason: str) -> None:
    middleware = AddressMiddleware.from_crawler(FakeCrawler())  # type: ignore[arg-type]
    with pytest.raises(RequestRejected) as rejected:
        middleware.process_request(Request(url, meta={"claim": CLAIM}))
    assert str(rejected.value.outcome.outcome) == "error"
    assert rejected.value.outcome.reason == reason


def test_request_of_the_site_that_the_host_is_named_for_passes_and_so_does_its_robots_txt() -> None:
    crawler = FakeCrawler()
    crawler.context.addresses.name("10.0.0.5", ["http://10.0.0.5/"])
    middleware = AddressMiddleware(crawler)  # type: ignore[arg-type]
    middleware.process_request(Request("http://10.0.0.5/a", meta={"claim": replace(CLAIM, site="10.0.0.5")}))
    middleware.process_request(Request("http://10.0.0.5/robots.txt"))
    with pytest.raises(RequestRejected):
        middleware.process_request(Request("http://10.0.0.5/a", meta={"claim": CLAIM}))


def test_allowed_addresses_come_from_the_setting() -> None:
    request = Request("http://10.0.0.5:8080/a")
    allowing = AddressMiddleware(FakeCrawler(NEWSCRAWL_ALLOWED_ADDRESSES="10.0.0.0/8"))  # type: ignore[arg-type]
    assert allowing.process_request(request) is None
    with pytest.raises(RequestRejected):
        AddressMiddleware(FakeCrawler()).process_request(request)  # type: ignore[arg-type]
