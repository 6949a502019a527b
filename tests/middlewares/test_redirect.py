"""Redirects are followed on the same site, with a claim of each target."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request
from scrapy.http import Response
from sqlalchemy import Engine

from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.crawling.responses import ARCHIVED
from newscrawl.discovery.model import Link, LinkKind
from newscrawl.middlewares.redirect import RedirectMiddleware
from newscrawl.storage.records import Claim
from tests.support.fake_crawler import FakeCrawler, open_crawl

ONE, TWO = "https://example.org/one", "https://example.org/two"


def redirect(
    crawler: FakeCrawler, location: str, claim: Claim | None = None, **options: object
) -> asyncio.Task[Request | Response]:
    """Let the middleware process a response of ONE that redirects to *location*."""
    meta = {"claim": claim} if claim else {}
    request = Request(claim.url if claim else ONE, meta=meta | options)
    response = Response(request.url, status=301, headers={"Location": location})
    middleware = RedirectMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
    return asyncio.create_task(middleware.process_response(request, response))


def test_target_is_requested_with_a_claim_of_its_own(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            result = await redirect(crawler, "/two", claim)
            assert isinstance(result, Request)
            assert (result.url, result.meta["claim"].url, result.meta["redirect_urls"]) == (TWO, TWO, [ONE])
            assert result.meta["claim"].page_id != claim.page_id
            assert crawler.outcomes() == {"/one": "duplicate: redirect", "/two": "None: None"}
            assert crawler.statuses() == {ONE: 301, TWO: None}

    asyncio.run(run())


@pytest.mark.parametrize("kind", [LinkKind.FEED, LinkKind.SITEMAP])
@pytest.mark.parametrize(
    ("earlier", "location", "is_followed"),
    [
        ([], "https://feeds.example.net/one", True),
        (["https://www.example.org/feed"], "https://feeds.example.net/one", True),
        (["https://example.com/feed"], "https://feeds.example.net/one", False),
    ],
)
def test_listing_may_be_redirected_to_one_other_site(
    sqlite_engine: Engine, kind: LinkKind, earlier: list[str], location: str, is_followed: bool
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.context.state.claim([Link(ONE, kind, "alternate")])
            if is_followed:
                result = await redirect(crawler, location, claim, redirect_urls=earlier)
                assert isinstance(result, Request)
                assert (result.url, result.meta["claim"].kind) == (location, kind)
            else:
                with pytest.raises(RequestRejected, match="another site"):
                    await redirect(crawler, location, claim, redirect_urls=earlier)

    asyncio.run(run())


def test_other_spelling_of_the_same_page_keeps_its_claim(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            result = await redirect(crawler, f"{ONE}/?utm_source=x", claim)
            assert isinstance(result, Request)
            assert result.meta["claim"] == claim
            assert crawler.outcomes() == {"/one": "None: None"}

    asyncio.run(run())


def test_target_that_was_fetched_already_is_not_requested(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim, _] = await crawler.claim(ONE, TWO)
            with pytest.raises(FetchDeferred, match=r"redirects to https://example\.org/two, which is known"):
                await redirect(crawler, TWO, claim)
            assert crawler.outcomes()["/one"] == "duplicate: redirect"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("location", "options", "outcome"),
    [
        ("https://elsewhere.example/", {}, "error: offsite_redirect"),
        ("https://[::1/", {}, "error: redirect_to_no_url"),
        (TWO, {"redirect_times": 5}, "error: too_many_redirects"),
        (TWO, {"redirect_urls": [TWO]}, "error: redirect_loop"),
    ],
)
def test_redirect_that_is_not_followed_has_an_outcome_and_its_status(
    sqlite_engine: Engine, location: str, options: dict[str, object], outcome: str
) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            with pytest.raises(RequestRejected) as rejected:
                await redirect(crawler, location, claim, **options)
            await crawler.context.state.finish_failed(claim, rejected.value)
            assert crawler.outcomes() == {"/one": outcome}
            assert crawler.statuses() == {ONE: 301}

    asyncio.run(run())


def test_request_without_a_claim_stays_on_its_site_too() -> None:
    async def run() -> None:
        result = await redirect(FakeCrawler(), TWO)
        assert result.url == TWO
        with pytest.raises(RequestRejected, match=r"redirects to https://elsewhere\.example/ on another site"):
            await redirect(FakeCrawler(), "https://elsewhere.example/")

    asyncio.run(run())


def test_other_responses_and_archived_redirects_pass() -> None:
    async def run() -> None:
        middleware = RedirectMiddleware.from_crawler(FakeCrawler())  # type: ignore[arg-type]
        for response in (
            Response(ONE),
            Response(ONE, status=302, headers={"Location": "file:///etc/passwd"}),
            Response(ONE, status=301, headers={"Location": TWO}, flags=[ARCHIVED]),
        ):
            assert await middleware.process_response(Request(ONE), response) is response

    asyncio.run(run())
