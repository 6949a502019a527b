from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from newscrawl.web.formats import (
    count,
    get_http_url,
    humanize,
    make_sentence,
    name_language,
    shorten_url,
    show_age,
    show_published,
    split_type,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@dataclass
class Dated:
    date_published: datetime | None = NOW
    date_published_precision: str | None = "instant"
    date_published_utc_offset: int | None = 0
    date_published_zone: str | None = "stated"
    date_published_day: date | None = date(2026, 11, 25)


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({}, "25 Nov 2026, 12:00 UTC"),
        ({"date_published_utc_offset": 60}, "25 Nov 2026, 13:00 UTC+1"),
        ({"date_published_utc_offset": 330}, "25 Nov 2026, 17:30 UTC+5:30"),
        ({"date_published_utc_offset": -210}, "25 Nov 2026, 08:30 UTC-3:30"),
        ({"date_published_zone": "assumed", "date_published_utc_offset": None}, "12:00 (time zone unknown)"),
        ({"date_published_precision": "day"}, ">25 Nov 2026<"),
        ({"date_published": None}, "date unknown"),
    ],
)
def test_publication_dates_are_in_the_publishers_time(fields: dict[str, object], expected: str) -> None:
    assert expected in show_published(Dated(**fields))


@pytest.mark.parametrize(
    "back, expected",
    [
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=59), "5 hours ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=40), ">16 Oct 2026<"),
        (-timedelta(minutes=20), "in 20 minutes"),
    ],
)
def test_ages_are_in_the_largest_unit(back: timedelta, expected: str) -> None:
    assert expected in show_age(NOW - back, NOW)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", " https://x", "https://", "//x", "ftp://x", None, "https://x\n"]
)
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert get_http_url(url) is None
    assert get_http_url("HTTPS://example.org/a?b#c") == "HTTPS://example.org/a?b#c"


def test_addresses_are_shown_in_letters_unless_that_misleads() -> None:
    assert shorten_url("https://www.example.org/%D9%83%D9%8A%D9%81") == "example.org/كيف"
    assert shorten_url("https://example.org/a%2520b") == "example.org/a%2520b"
    assert shorten_url("https://example.org/%E2%80%AEtxt") == "example.org/%E2%80%AEtxt"
    assert shorten_url("https://example.org/%FF") == "example.org/%FF"
    assert len(shorten_url("https://example.org/" + "a" * 500)) < 90


def test_names_are_written_for_people() -> None:
    assert (count(0, "article"), count(1, "article"), count(2_000, "article")) == (
        "no articles",
        "1 article",
        "2,000 articles",
    )
    assert humanize("canonical_url") == "canonical URL"
    assert (split_type("OpinionNewsArticle"), split_type("LiveBlogPosting")) == ("opinion", "live blog")
    assert make_sentence("the disk is full") == "The disk is full."
    assert (name_language("pt-BR"), name_language('en" onclick="x')) == ("pt-BR", None)
