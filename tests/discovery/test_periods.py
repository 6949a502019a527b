"""Periods in the URLs of sitemaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discovery.periods import Span, parse_period

DAY = timedelta(days=1)


def span(start: str, end: str) -> Span:
    first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    return Span(first - DAY, last + DAY)


@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        ("/sitemap-2026-11.xml", "2026-11-01", "2026-12-01"),
        ("/sitemap-2026-12.xml", "2026-12-01", "2027-01-01"),
        ("/sitemaps/2026/11/23.xml.gz", "2026-11-23", "2026-11-24"),
        ("/sitemap_20261123.xml", "2026-11-23", "2026-11-24"),
        ("/sitemap-202611.xml", "2026-11-01", "2026-12-01"),
        ("/sitemap/2026/3/9/articles.xml", "2026-03-09", "2026-03-10"),
        ("/archive/2019/sitemap.xml", "2019-01-01", "2020-01-01"),
        ("/sitemap.xml?yyyy=2026&mm=02&dd=28", "2026-02-28", "2026-03-01"),
        ("/sitemap.php?year=2026&month=2", "2026-02-01", "2026-03-01"),
        ("/sitemap-2026-november.xml", "2026-11-01", "2026-12-01"),
        ("/sitemap/2026-w47.xml", "2026-11-16", "2026-11-23"),
    ],
)
def test_period_is_parsed_from_the_url(path: str, start: str, end: str) -> None:
    assert parse_period(f"https://example.org{path}") == span(start, end)


@pytest.mark.parametrize(
    "path",
    ["/sitemap.xml", "/post-sitemap12.xml", "/sitemap-120263.xml", "/sitemap.xml?yyyy=2026&mm=13", "/s?year=99999"],
)
def test_other_urls_have_no_period(path: str) -> None:
    assert parse_period(f"https://example.org{path}") is None
