"""What a feed or sitemap is in which nothing could be read, packed or not."""

from __future__ import annotations

import gzip

import pytest

from newscrawl.workers.tasks import read_feed, read_sitemap

URL = "https://example.org/list.xml"
PAGE = b"<!doctype html><html><body><p>Hello</p></body></html>"


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (b" \n ", "empty", None),
        (PAGE, "not_{}", "text/html"),
        (b'{"a": [1]}', "not_{}", "application/json"),
    ],
)
def test_packed_listing_is_unreadable_for_the_same_reason(body: bytes, reason: str, detail: str | None) -> None:
    for read, kind in ((read_feed, "feed"), (read_sitemap, "sitemap")):
        plain, packed = read(body, URL), read(gzip.compress(body), URL)
        assert plain.unreadable == packed.unreadable == reason.format(kind)
        assert detail is None or plain.partial == packed.partial == detail


def test_damaged_gzip_is_not_taken_for_an_empty_listing() -> None:
    for read, kind in ((read_feed, "feed"), (read_sitemap, "sitemap")):
        assert read(b"\x1f\x8b\x08" + b"\xff" * 500, URL).unreadable == f"not_{kind}"
