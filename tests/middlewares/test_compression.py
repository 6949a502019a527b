"""Responses that were cut off are retried, and never passed on as shorter pages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response
from scrapy.utils._compression import brotli, zstd

from newscrawl.crawling.response_memory import FREE_BYTES
from newscrawl.crawling.responses import ARCHIVED, TRUNCATED
from newscrawl.middlewares.compression import CompressionMiddleware
from newscrawl.storage.records import Claim
from tests.support.crawling import article_page
from tests.support.fake_crawler import FakeCrawler

URL = "https://example.org/one"
PAGE = article_page("one", paragraphs=40)
FEED = b"<rss><channel>" + b"<item><link>https://example.org/one</link></item>" * 400 + b"</channel></rss>"


def process(
    body: bytes,
    *,
    coding: str = "",
    status: int = 200,
    flags: tuple[str, ...] = (),
    kind: str = "article",
    retries: int = 2,
) -> Request | Response:
    headers: Mapping[str, str] = {"Content-Encoding": coding} if coding else {}
    request = Request(URL, meta={"claim": Claim(1, URL, URL, "example.org", kind), "retry_times": retries})
    response = Response(URL, status=status, headers=headers, body=body, flags=flags)
    middleware = CompressionMiddleware.from_crawler(FakeCrawler())  # type: ignore[arg-type]
    return asyncio.run(middleware.process_response(request, response))


def cut(body: bytes) -> bytes:
    return body[: 2 * len(body) // 3]


CUT = [
    (cut(gzip.compress(PAGE)), "gzip", ()),
    (cut(gzip.compress(PAGE)), "x-gzip", ()),
    (cut(brotli.compress(PAGE)), "br", ()),
    (cut(zstd.compress(PAGE)), "zstd", ()),
    (PAGE[:2_000], "", ("dataloss",)),
    (PAGE[:-15], "", ("dataloss",)),
    (b"\x00\x01not compressed at all", "gzip", ()),
    (b"\x00\x01not compressed at all", "zstd", ()),
]


@pytest.mark.parametrize(("body", "coding", "flags"), CUT)
def test_response_that_was_cut_off_is_retried_and_then_an_error(
    body: bytes, coding: str, flags: tuple[str, ...]
) -> None:
    assert isinstance(process(body, coding=coding, flags=flags, retries=0), Request)
    with pytest.raises(ResponseDataLossError, match="was cut off"):
        process(body, coding=coding, flags=flags)


@pytest.mark.parametrize(
    ("body", "coding", "flags"),
    [
        (PAGE, "", ()),
        (PAGE[:2_000], "", ()),
        (PAGE, "", ("dataloss",)),
        (PAGE + b"\n<!-- cache -->", "", ("dataloss",)),
        (gzip.compress(PAGE), "gzip", ("dataloss",)),
        (gzip.compress(PAGE)[:-5], "gzip", ()),
        (brotli.compress(PAGE), "br", ()),
        (zstd.compress(PAGE), "zstd", ()),
        (PAGE, "gzip", ()),
    ],
)
def test_whole_response_is_passed_on_whatever_its_framing_says(
    body: bytes, coding: str, flags: tuple[str, ...]
) -> None:
    response = process(body, coding=coding, flags=flags)
    assert isinstance(response, Response)
    assert response.body in {PAGE, body}
    assert TRUNCATED not in response.flags


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize(("body", "coding"), [(cut(gzip.compress(FEED)), "gzip"), (FEED[:9_000], "")])
def test_listing_that_stays_cut_off_is_used_as_far_as_it_came(kind: str, body: bytes, coding: str) -> None:
    assert isinstance(process(body, coding=coding, flags=("dataloss",), kind=kind, retries=1), Request)
    response = process(body, coding=coding, flags=("dataloss",), kind=kind)
    assert isinstance(response, Response)
    assert TRUNCATED in response.flags
    assert FEED.startswith(response.body)


def test_large_listing_in_gzip_stays_packed_for_the_worker() -> None:
    body = gzip.compress(FEED + b" " * 2 * FREE_BYTES)
    response = process(body, coding="gzip", kind="sitemap")
    assert isinstance(response, Response)
    assert (response.body, response.headers.get("Content-Encoding")) == (body, None)
    page = process(body, coding="gzip", kind="article")
    assert isinstance(page, Response)
    assert len(page.body) > 2 * FREE_BYTES


def test_large_listing_that_is_cut_off_or_packed_twice_is_decompressed() -> None:
    large = FEED + b" " * 2 * FREE_BYTES
    response = process(gzip.compress(large, 0)[:-FREE_BYTES], coding="gzip", kind="feed")
    assert isinstance(response, Response)
    assert TRUNCATED in response.flags
    assert large.startswith(response.body)
    response = process(gzip.compress(gzip.compress(large, 0, mtime=0)), coding="gzip", kind="feed")
    assert isinstance(response, Response)
    assert response.body == gzip.compress(large, 0, mtime=0)


@pytest.mark.parametrize(("status", "flags"), [(404, ("dataloss",)), (301, ("dataloss",)), (200, (ARCHIVED,))])
def test_other_statuses_and_archived_pages_are_left_alone(status: int, flags: tuple[str, ...]) -> None:
    response = process(PAGE[:100], status=status, flags=flags)
    assert isinstance(response, Response)
    assert response.body == PAGE[:100]


def test_response_that_is_too_large_when_decompressed_is_not_retried() -> None:
    with pytest.raises(IgnoreRequest, match="DOWNLOAD_MAXSIZE"):
        process(gzip.compress(b"<html>" + b"x" * 11_000_000), coding="gzip", retries=0)


def test_decompressed_responses_and_their_bytes_are_counted() -> None:
    crawler = FakeCrawler()
    middleware = CompressionMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
    response = Response(URL, headers={"Content-Encoding": "gzip"}, body=gzip.compress(PAGE))
    asyncio.run(middleware.process_response(Request(URL), response))
    asyncio.run(middleware.process_response(Request(URL), Response(URL, body=PAGE)))
    assert crawler.stats.get_value("httpcompression/response_count") == 1
    assert crawler.stats.get_value("httpcompression/response_bytes") == len(PAGE)
