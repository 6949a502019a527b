"""robots.txt decides which requests are sent, and how often."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.http import Response

from newscrawl.crawling.exceptions import FetchDeferred, RequestRejected
from newscrawl.items import Outcome
from newscrawl.middlewares.robotstxt import MAX_CRAWL_DELAY, MAX_SITEMAPS, READ_BYTES, RobotsTxtMiddleware
from newscrawl.outcomes import PageOutcome
from tests.support.fake_crawler import FakeCrawler

ROBOTS, PUBLIC, PRIVATE = (f"https://example.org/{path}" for path in ("robots.txt", "public", "private/page"))
RULES = b"User-agent: *\nDisallow: /\n\nUser-agent: newscrawl\nDisallow: /private/\n"
UNAVAILABLE = PageOutcome(Outcome.ROBOTS, "robots_unavailable")
TOMORROW = datetime(2026, 11, 23, tzinfo=UTC)


def make_crawler(answer: bytes | Exception, status: int = 200) -> FakeCrawler:
    """Return a crawler whose host answers requests of its robots.txt with *answer*."""
    crawler = FakeCrawler()
    crawler.engine.responses[ROBOTS] = (
        answer if isinstance(answer, Exception) else Response(ROBOTS, status=status, body=answer)
    )
    return crawler


async def process(crawler: FakeCrawler, *urls: str) -> list[BaseException | None]:
    """Let the middleware process concurrent requests; return what each raised."""
    middleware = RobotsTxtMiddleware(crawler)  # type: ignore[arg-type]
    return await asyncio.gather(*(middleware.process_request(Request(url)) for url in urls), return_exceptions=True)


def test_group_of_newscrawl_applies_to_all_requests_and_is_fetched_once() -> None:
    crawler = make_crawler(RULES)
    allowed, *disallowed = asyncio.run(process(crawler, PUBLIC, PRIVATE, PRIVATE))
    assert allowed is None
    for error in disallowed:
        assert isinstance(error, RequestRejected)
        assert error.outcome == PageOutcome(Outcome.ROBOTS, "disallowed")
    assert crawler.stats.get_value("robotstxt/disallowed") == 2
    assert crawler.engine.requested == [ROBOTS]


@pytest.mark.parametrize(
    "answer",
    [
        RULES.decode().encode("utf-16"),
        b"User-agent: newscrawl\nNoindex: /a\nUser-agent: other\nDisallow: /private/\n",
        b"User-agent: NewsCrawl/1.0\nDisallow: https://example.org/private/\nDisallow: https://other.example.org/\n",
    ],
)
def test_malformed_robots_txt_is_read_as_it_is_meant(answer: bytes) -> None:
    public, private = asyncio.run(process(make_crawler(answer), PUBLIC, PRIVATE))
    assert public is None
    assert isinstance(private, RequestRejected)


@pytest.mark.parametrize("status", [204, 301, 401, 404, 410])
def test_host_without_robots_txt_allows_everything_whatever_the_body_says(status: int) -> None:
    assert asyncio.run(process(make_crawler(RULES, status), PUBLIC, PRIVATE)) == [None, None]


@pytest.mark.parametrize(
    ("answer", "status", "outcome"),
    [
        (b"", 500, UNAVAILABLE),
        (b"", 503, UNAVAILABLE),
        (b"", 429, UNAVAILABLE),
        (DownloadTimeoutError("30 s"), 0, UNAVAILABLE),
        (CannotResolveHostError("no such host"), 0, PageOutcome(Outcome.ERROR, "dns")),
        (DownloadConnectionRefusedError("closed"), 0, PageOutcome(Outcome.ERROR, "connection_refused")),
    ],
)
def test_host_whose_robots_txt_is_unavailable_allows_nothing(
    answer: bytes | Exception, status: int, outcome: PageOutcome
) -> None:
    errors = asyncio.run(process(make_crawler(answer, status), PUBLIC, PRIVATE))
    for error in errors:
        assert isinstance(error, RequestRejected)
        assert error.outcome == outcome
        assert error.stays_due, "robots.txt is asked for first by the next crawl, too"
        assert error.is_unreachable is isinstance(answer, Exception)


def test_host_without_robots_txt_is_known_to_the_spider() -> None:
    crawler = make_crawler(b"", 500)
    middleware = RobotsTxtMiddleware(crawler)  # type: ignore[arg-type]
    assert not middleware.is_unavailable(PUBLIC)
    with pytest.raises(RequestRejected):
        asyncio.run(middleware.process_request(Request(PUBLIC)))
    assert middleware.is_unavailable(PRIVATE)
    assert not middleware.is_unavailable("https://example.net/")


def test_host_in_cooldown_is_asked_after_it() -> None:
    busy = RequestRejected(PageOutcome(Outcome.BLOCKED, "retry_after"), "busy", not_before=TOMORROW)
    [error] = asyncio.run(process(make_crawler(busy), PUBLIC))
    assert isinstance(error, RequestRejected)
    assert (error.outcome.reason, error.not_before) == ("retry_after", TOMORROW)
    assert not error.stays_due


def test_shutdown_before_robots_txt_came_leaves_the_page_pending() -> None:
    [error] = asyncio.run(process(make_crawler(FetchDeferred("shutting down")), PUBLIC))
    assert isinstance(error, FetchDeferred)


@pytest.mark.parametrize(("declared", "delay"), [("7", 7.0), ("3600", MAX_CRAWL_DELAY), ("0.2", 1.0)])
def test_crawl_delay_can_only_raise_the_delay_up_to_a_minute(declared: str, delay: float) -> None:
    crawler = make_crawler(f"User-agent: newscrawl\nCrawl-delay: {declared}".encode())
    crawler.settings.set("DOWNLOAD_DELAY", 1.0)
    assert asyncio.run(process(crawler, PUBLIC)) == [None]
    assert crawler.engine.downloader.per_slot_settings == {"example.org": {"delay": delay}}


@pytest.mark.parametrize(
    "bad",
    ["http://[your-domain]/sitemap.xml", "https://example.org:port/map.xml", "https://[::1/", "ftp://example.org/m"],
)
def test_invalid_sitemaps_are_left_out_with_a_warning(bad: str, caplog: pytest.LogCaptureFixture) -> None:
    crawler = make_crawler(f"Sitemap: {bad}\nSitemap: /good.xml\nUser-agent: *\nAllow: /\n".encode())

    async def run() -> list[str]:
        return await RobotsTxtMiddleware(crawler).get_sitemaps(PUBLIC)  # type: ignore[arg-type]

    assert asyncio.run(run()) == ["https://example.org/good.xml"]
    assert "names an invalid sitemap" in caplog.text


def test_sitemaps_are_absolute_and_limited(caplog: pytest.LogCaptureFixture) -> None:
    crawler = make_crawler(b"".join(b"Sitemap: /map-%d.xml\n" % number for number in range(MAX_SITEMAPS + 1)))

    async def run() -> list[str]:
        return await RobotsTxtMiddleware(crawler).get_sitemaps(PUBLIC)  # type: ignore[arg-type]

    sitemaps = asyncio.run(run())
    assert (sitemaps[0], len(sitemaps)) == ("https://example.org/map-0.xml", MAX_SITEMAPS)
    assert f"names {MAX_SITEMAPS + 1} sitemaps; the first {MAX_SITEMAPS} are read" in caplog.text


def test_only_the_beginning_of_a_large_robots_txt_is_read(caplog: pytest.LogCaptureFixture) -> None:
    body = b"User-agent: *\nDisallow: /private/\n".ljust(READ_BYTES, b"\n") + b"Disallow: /public\n"
    allowed, disallowed = asyncio.run(process(make_crawler(body), PUBLIC, PRIVATE))
    assert allowed is None
    assert isinstance(disallowed, RequestRejected)
    assert f"robots.txt of example.org has more than {READ_BYTES} bytes; the rest is ignored" in caplog.text
