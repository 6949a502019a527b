"""Requests carry the validators of the page's last response."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response
from sqlalchemy import Engine, text

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.items import Outcome
from newscrawl.middlewares.conditional import ConditionalMiddleware
from newscrawl.outcomes import PageOutcome
from newscrawl.storage.records import Claim
from tests.support.fake_crawler import FakeCrawler, open_crawl

URL, DATE = "https://example.org/one", "Sun, 22 Nov 2026 12:00:00 GMT"
FEED = "https://example.org/feed.xml"
READ = PageOutcome(Outcome.NOT_ARTICLE, "feed")
NOT_MODIFIED = PageOutcome(Outcome.UNCHANGED, "not_modified")


def make_middleware(crawler: FakeCrawler | None = None) -> ConditionalMiddleware:
    return ConditionalMiddleware.from_crawler(crawler or FakeCrawler())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("etag", "last_modified", "headers"),
    [
        (None, None, {}),
        ('W/"v1"', None, {b"If-None-Match": [b'W/"v1"']}),
        (None, DATE, {b"If-Modified-Since": [DATE.encode()]}),
        ('"v1"', DATE, {b"If-None-Match": [b'"v1"'], b"If-Modified-Since": [DATE.encode()]}),
    ],
)
def test_request_asks_for_changes_since_the_last_response(
    etag: str | None, last_modified: str | None, headers: dict[bytes, list[bytes]]
) -> None:
    claim = Claim(1, URL, URL, "example.org", "article", etag=etag, last_modified=last_modified)
    request = Request(URL, meta={"claim": claim})
    make_middleware().process_request(request)
    assert dict(request.headers) == headers


def test_request_without_a_claim_is_unconditional() -> None:
    request = Request(URL)
    make_middleware().process_request(request)
    assert dict(request.headers) == {}


def test_headers_of_the_request_take_precedence() -> None:
    claim = Claim(1, URL, URL, "example.org", "article", etag='"v1"')
    request = Request(URL, headers={"If-None-Match": '"v0"'}, meta={"claim": claim})
    make_middleware().process_request(request)
    assert request.headers["If-None-Match"] == b'"v0"'


def test_304_without_validators_is_an_error() -> None:
    request = Request(URL, meta={"claim": Claim(1, URL, URL, "example.org", "article")})
    with pytest.raises(RequestRejected, match="without validators") as rejected:
        make_middleware().process_response(request, Response(URL, status=304))
    assert rejected.value.outcome == PageOutcome(Outcome.ERROR, "http_304")


@pytest.mark.parametrize(
    ("kind", "count", "is_checked"),
    [("feed", 0, True), ("sitemap", 1, True), ("section", 7, True), ("feed", 2, False), ("article", 0, False)],
)
def test_some_304s_of_listings_are_checked_without_validators(kind: str, count: int, is_checked: bool) -> None:
    claim = Claim(1, FEED, FEED, "example.org", kind, etag='"v1"', last_modified=DATE, not_modified_count=count)
    crawler = FakeCrawler()
    middleware, request = make_middleware(crawler), Request(FEED, meta={"claim": claim, "is_front": False})
    middleware.process_request(request)
    result = middleware.process_response(request, Response(FEED, status=304))
    assert isinstance(result, Request if is_checked else Response)
    assert crawler.stats.get_value("conditional/checked", 0) == int(is_checked)
    if isinstance(result, Request):
        middleware.process_request(result)
        assert dict(result.headers) == {}
        assert result.meta["claim"].page_id == claim.page_id


def test_first_304_is_believed_where_last_modified_is_as_late_as_the_newest_link() -> None:
    newest = datetime(2026, 11, 22, 11, tzinfo=UTC)
    claim = Claim(1, FEED, FEED, "example.org", "feed", last_modified=DATE, newest_link_at=newest)
    request = Request(FEED, headers={"If-Modified-Since": DATE}, meta={"claim": claim})
    response = Response(FEED, status=304)
    assert make_middleware().process_response(request, response) is response
    request = request.replace(meta={"claim": replace(claim, newest_link_at=newest + timedelta(days=3))})
    assert isinstance(make_middleware().process_response(request, response), Request)


@pytest.mark.parametrize(
    ("response", "meta"),
    [
        (Response(FEED), {"claim": Claim(1, FEED, FEED, "example.org", "feed", etag='"v1"')}),
        (Response(FEED, status=304, flags=[ARCHIVED]), {"claim": Claim(1, FEED, FEED, "example.org", "feed")}),
        (Response(FEED, status=304), {}),
    ],
)
def test_other_responses_pass(response: Response, meta: dict[str, object]) -> None:
    assert make_middleware().process_response(Request(FEED, meta=meta), response) is response


async def fetch_feed(engine: Engine, *articles: str, says_304: bool = False) -> tuple[bool, list[str]]:
    """Fetch FEED in a crawl of its own; return whether validators were sent, and what was counted."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE pages SET next_fetch_at = discovered_at"))
    async with open_crawl(engine) as crawler:
        state, middleware = crawler.context.state, make_middleware(crawler)
        [claim] = await state.claim([Link(FEED, LinkKind.FEED, "test")], site="example.org")
        request = Request(FEED, meta={"claim": claim})
        middleware.process_request(request)
        has_validators = bool(request.headers)
        response = Response(FEED, status=304 if says_304 else 200, headers={"ETag": '"frozen"'})
        outcome: Request | Response = response
        if says_304:
            outcome = middleware.process_response(request, response)
        links = [Link(url, LinkKind.ARTICLE, "feed") for url in articles]
        if isinstance(outcome, Request) or not says_304:
            state.record_response(claim, Response(FEED, headers={"ETag": '"frozen"'}))
            await state.finish_listing(claim, READ, links)
        else:
            state.record_response(claim, response)
            await state.finish_listing(claim, NOT_MODIFIED)
        return has_validators, sorted(name for name in crawler.stats.get_stats() if name.startswith("conditional/"))


def test_listing_that_hides_something_behind_304_is_fetched_without_validators(engine: Engine) -> None:
    async def run() -> None:
        one, two, three = (f"https://example.org/2026/11/{name}-of-the-town" for name in ("one", "two", "three"))
        assert await fetch_feed(engine, one) == (False, [])
        assert await fetch_feed(engine, one, says_304=True) == (True, ["conditional/checked"])
        assert await fetch_feed(engine, one, two, says_304=True) == (
            True,
            ["conditional/checked", "conditional/contradicted"],
        )
        assert await fetch_feed(engine, one, two, three) == (False, [])
        with engine.begin() as connection:
            connection.execute(text("UPDATE pages SET validators_distrusted_until = discovered_at"))
        assert await fetch_feed(engine, one, two, three) == (True, [])

    asyncio.run(run())


def test_listing_that_tells_the_truth_keeps_its_validators(engine: Engine) -> None:
    async def run() -> None:
        one = "https://example.org/2026/11/one-of-the-town"
        await fetch_feed(engine, one)
        for number in range(1, 11):
            checked = ["conditional/checked"] if number in {1, 2, 4, 8} else []
            assert await fetch_feed(engine, one, says_304=True) == (True, checked)
        with engine.connect() as connection:
            counts = connection.execute(
                text("SELECT not_modified_count, validators_distrusted_until FROM pages WHERE kind = 'feed'")
            )
            assert tuple(counts.one()) == (10, None)

    asyncio.run(run())
