"""Requests carry the validators of the page's last response."""

from __future__ import annotations

import pytest
from scrapy import Request

from newscrawl.middlewares.conditional import ConditionalMiddleware
from newscrawl.storage.records import Claim

URL, DATE = "https://example.org/one", "Sun, 22 Nov 2026 12:00:00 GMT"


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
    ConditionalMiddleware().process_request(request)
    assert dict(request.headers) == headers


def test_request_without_a_claim_is_unconditional() -> None:
    request = Request(URL)
    ConditionalMiddleware().process_request(request)
    assert dict(request.headers) == {}


def test_headers_of_the_request_take_precedence() -> None:
    claim = Claim(1, URL, URL, "example.org", "article", etag='"v1"')
    request = Request(URL, headers={"If-None-Match": '"v0"'}, meta={"claim": claim})
    ConditionalMiddleware().process_request(request)
    assert request.headers["If-None-Match"] == b'"v0"'
