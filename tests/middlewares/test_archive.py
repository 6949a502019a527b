"""Saved responses answer requests in place of the network."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from newscrawl.crawling.responses import ARCHIVED
from newscrawl.middlewares.archive import ArchiveMiddleware

URL = "https://example.org/one"


def test_saved_response_is_returned_and_no_longer_held_by_the_request() -> None:
    saved = Response(URL)
    request = Request(URL, meta={ARCHIVED: saved})
    assert ArchiveMiddleware().process_request(request) is saved
    assert ARCHIVED not in request.meta


def test_other_requests_go_to_the_network() -> None:
    assert ArchiveMiddleware().process_request(Request(URL)) is None
