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


async def respond(
    crawler: FakeCrawler, request: Request, status: int = 302, body: bytes = b"", **headers: str
) -> Request | Response:
    """Let the middleware process a response to *request*; underscores in names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Response(request.url, status=status, body=body, headers=named)
    return await RedirectMiddleware.from_crawler(crawler).process_response(request, response)  # type: ignore[arg-type]


REFRESH = b"<html><head><meta http-equiv=refresh content='0;url=/two'></head><body></body></html>"
SCRIPT = b"<html><script>location.replace('/two')</script></html>"


@pytest.mark.parametrize("body", [REFRESH, SCRIPT])
def test_page_that_only_leads_to_another_is_a_redirect(sqlite_engine: Engine, body: bytes) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            result = await respond(crawler, Request(ONE, meta={"claim": claim}), 200, body, Content_Type="text/html")
            assert isinstance(result, Request)
            assert (result.url, result.meta["claim"].url) == (TWO, TWO)
            assert crawler.outcomes() == {"/one": "duplicate: redirect", "/two": "None: None"}

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "status", "content_type"),
    [(ONE, 404, "text/html"), (ONE, 200, "application/pdf"), ("https://example.org/robots.txt", 200, "text/html")],
)
def test_other_responses_with_a_refresh_are_none(url: str, status: int, content_type: str) -> None:
    result = asyncio.run(respond(FakeCrawler(), Request(url), status, REFRESH, Content_Type=content_type))
    assert isinstance(result, Response)


def test_refresh_to_another_site_and_too_many_refreshes_are_errors() -> None:
    offsite = REFRESH.replace(b"/two", b"https://elsewhere.example/")
    with pytest.raises(RequestRejected, match="on another site"):
        asyncio.run(respond(FakeCrawler(), Request(ONE), 200, offsite, Content_Type="text/html"))
    with pytest.raises(RequestRejected, match="max redirections"):
        asyncio.run(
            respond(FakeCrawler(), Request(ONE, meta={"redirect_times": 5}), 200, REFRESH, Content_Type="text/html")
        )


def test_cookie_is_sent_back_to_a_page_that_redirects_to_itself(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            result = await respond(
                crawler, Request(ONE, meta={"claim": claim}), Location=ONE, Set_Cookie="gate=1; Path=/; Max-Age=600"
            )
            assert isinstance(result, Request)
            assert (result.url, result.headers["Cookie"], result.meta["claim"]) == (ONE, b"gate=1", claim)
            again = await respond(crawler, result, Location=ONE, Set_Cookie="second=2; Path=/")
            assert isinstance(again, Request)
            assert set((again.headers["Cookie"] or b"").split(b"; ")) == {b"gate=1", b"second=2"}
            assert isinstance(await respond(crawler, again, 200), Response)
            assert crawler.outcomes() == {"/one": "None: None"}

    asyncio.run(run())


def test_page_that_sets_a_cookie_and_reloads_itself_is_asked_once_more(sqlite_engine: Engine) -> None:
    body = b"<html><head><meta http-equiv=refresh content=1></head><body>Just a moment</body></html>"

    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            request = Request(ONE, meta={"claim": claim})
            without = await respond(crawler, request, 200, body, Content_Type="text/html")
            assert isinstance(without, Response)
            result = await respond(crawler, request, 200, body, Content_Type="text/html", Set_Cookie="gate=1")
            assert isinstance(result, Request)
            assert (result.url, result.headers["Cookie"], result.meta["claim"]) == (ONE, b"gate=1", claim)
            again = await respond(crawler, result, 200, body, Content_Type="text/html", Set_Cookie="gate=2")
            assert isinstance(again, Response)

    asyncio.run(run())


@pytest.mark.parametrize(
    "gate", ["/check?next=/one", "/check?to=https%3A%2F%2Fexample.org%2Fone", "/one?cookie=try", "/one?c=1&d=2"]
)
def test_page_keeps_its_claim_when_the_way_through_a_gate_leads_back(sqlite_engine: Engine, gate: str) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            request = Request(ONE, meta={"claim": claim})
            at_gate = await respond(crawler, request, Location=gate, Set_Cookie="gate=1; Path=/")
            assert isinstance(at_gate, Request)
            back = await respond(crawler, at_gate, Location=ONE)
            assert isinstance(back, Request)
            assert (back.url, back.headers["Cookie"], back.meta["claim"]) == (ONE, b"gate=1", claim)
            assert isinstance(await respond(crawler, back, 200), Response)
            assert crawler.outcomes() == {"/one": "None: None"}

    asyncio.run(run())


def test_gate_that_does_not_lead_back_is_a_redirect(sqlite_engine: Engine) -> None:
    async def run() -> None:
        async with open_crawl(sqlite_engine) as crawler:
            [claim] = await crawler.claim(ONE)
            request = Request(ONE, meta={"claim": claim})
            at_gate = await respond(crawler, request, Location="/check?next=/one", Set_Cookie="gate=1; Path=/")
            assert isinstance(at_gate, Request)
            await respond(crawler, at_gate, 200)
            assert at_gate.meta["claim"].url == "https://example.org/check?next=/one"
            assert crawler.outcomes() == {"/one": "duplicate: redirect", "/check?next=/one": "None: None"}

    asyncio.run(run())


@pytest.mark.parametrize(
    ("cookie", "target"),
    [
        ("gate=1; Domain=elsewhere.example", ONE),
        ("gate=1; Path=/other/", ONE),
        ("gate=1; Secure", "http://example.org/one"),
        ("gate=1; Max-Age=0", ONE),
    ],
)
def test_cookie_goes_only_where_it_belongs(cookie: str, target: str) -> None:
    result = asyncio.run(respond(FakeCrawler(), Request(ONE), Location=target, Set_Cookie=cookie))
    assert isinstance(result, Request)
    assert "Cookie" not in result.headers


def test_validators_of_a_page_are_not_sent_to_the_page_that_it_redirects_to() -> None:
    request = Request(ONE, headers={"If-None-Match": '"v1"', "If-Modified-Since": "Sun, 22 Nov 2026 12:00:00 GMT"})
    result = asyncio.run(respond(FakeCrawler(), request, Location=TWO))
    assert isinstance(result, Request)
    assert dict(result.headers) == {}


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
            Response(ONE, status=301, headers={"Location": TWO}, flags=[ARCHIVED]),
        ):
            assert await middleware.process_response(Request(ONE), response) is response

    asyncio.run(run())
