"""Parsed dates are aware, in UTC, and have a precision."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.fields.dates import parse_date
from newscrawl.items import Precision

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def parse(text: str, time_zone: str | None = None, language: str | None = None, *, thorough: bool = True) -> str | None:
    parsed = parse_date(text, time_zone=time_zone, language=language, now=NOW, thorough=thorough)
    if parsed is None:
        return None
    assert parsed.moment.tzinfo is UTC
    return parsed.moment.strftime("%Y-%m-%d") if parsed.precision is Precision.DAY else parsed.moment.isoformat()


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Published on June 04, 2025", "en", "2025-06-04"),
        ("Posted 4 June 2025", "en", "2025-06-04"),
        ("Veröffentlicht am 4. Juni 2025", "de", "2025-06-04"),
        ("Publié le 4 juin 2025", "fr", "2025-06-04"),
        ("Published on 12 June, 4 June 2025", "en", None),
        ("Posted 3 days ago", "en", None),
    ],
)
def test_a_date_is_parsed_after_a_label(text: str, language: str, day: str | None) -> None:
    parsed = parse_date(text, time_zone=None, language=language, now=NOW, thorough=False)
    assert (parsed.moment.date().isoformat() if parsed else None) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-06T18:05:00+01:00", "2024-02-06T17:05:00+00:00"),
        ("2024-02-06T18:05:00Z", "2024-02-06T18:05:00+00:00"),
        ("2024-02-06 18:05:00", "2024-02-06T18:05:00+00:00"),
        ("2024-02-06T18:05:00.123+0100", "2024-02-06T17:05:00.123000+00:00"),
        ("2024-2-6 8:05", "2024-02-06T08:05:00+00:00"),
        ("2024-02-06T18:05:00+01:00[Europe/Berlin]", "2024-02-06T17:05:00+00:00"),
        ("Tue, 06 Feb 2024 18:05:00 GMT", "2024-02-06T18:05:00+00:00"),
        ("Tue, 06 Feb 2024 18:05:00 +0100", "2024-02-06T17:05:00+00:00"),
        ("2024-02-06", "2024-02-06"),
        ("20240206", "2024-02-06"),
        ("2024/2/6", "2024-02-06"),
        ("1707242700", "2024-02-06T18:05:00+00:00"),
        ("1707242700000", "2024-02-06T18:05:00+00:00"),
        ("06.02.2024", "2024-02-06"),
        ("6.2.24", "2024-02-06"),
        ("06.02.2024, 18:05 Uhr", "2024-02-06T18:05:00+00:00"),
        ("2024年2月6日 18:05", "2024-02-06T18:05:00+00:00"),
        ("2024年2月6日", "2024-02-06"),
        ("February 6, 2024", "2024-02-06"),
        ("Published: 6 February 2024", "2024-02-06"),
        ("6 Feb 2024, 6:05 pm", "2024-02-06T18:05:00+00:00"),
    ],
)
def test_a_date_is_parsed(text: str, expected: str) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("6. Februar 2024", "de", "2024-02-06"),
        ("6 février 2024", "fr", "2024-02-06"),
        ("6 de febrero de 2024", "es-MX", "2024-02-06"),
        ("6 lutego 2024", "pl", "2024-02-06"),
        ("6 февраля 2024", "ru", "2024-02-06"),
        ("6 Şubat 2024", "tr", "2024-02-06"),
        ("6 February 2024", "de", "2024-02-06"),
        ("6 February 2024", "xx", "2024-02-06"),
    ],
)
def test_a_date_is_parsed_in_the_language_of_the_page(text: str, language: str, expected: str) -> None:
    assert parse(text, language=language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("20 November 2025", None, "2025-11-20"),
        ("November 20, 2025", None, "2025-11-20"),
        ("20. November 2025", "de", "2025-11-20"),
        ("20 de octubre de 2025", "es", "2025-10-20"),
        ("lunes, 20 de octubre de 2025, 10:30", "es-AR", "2025-10-20T10:30:00+00:00"),
        ("1er mars 2024", "fr", "2024-03-01"),
        ("9 ноября 2025", "ru", "2025-11-09"),
        ("21 نوفمبر 2025", "ar", "2025-11-21"),
        ("9 नवंबर 2025", "hi", "2025-11-09"),
        ("6 listopada 2024", "pl", "2024-11-06"),
        ("6 listopada 2024", "hr", "2024-10-06"),
        ("Sept. 1st, 2023", "en", "2023-09-01"),
        ("Dec 20, 2025 at 12:05 am", "en", "2025-12-20T00:05:00+00:00"),
        ("6 Februar 2024", "fr", None),
        ("30 February 2024", "en", None),
    ],
)
def test_month_names_are_parsed_without_the_thorough_parser(
    text: str, language: str | None, expected: str | None
) -> None:
    assert parse(text, language=language, thorough=False) == expected


def test_the_time_zone_of_the_site_applies_if_the_date_has_no_offset() -> None:
    assert parse("2024-07-01 12:00", "America/New_York") == "2024-07-01T16:00:00+00:00"
    assert parse("2024-07-01T12:00:00+00:00", "America/New_York") == "2024-07-01T12:00:00+00:00"
    assert parse("2024-07-01 12:00", "Not/AZone") == "2024-07-01T12:00:00+00:00"
    assert parse("2024-07-01", "Asia/Tokyo") == "2024-07-01"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Read more",
        "0000-01-01",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "10000-01-01",
        "2024-02-06T18:05:00+99:99",
        "2024-02-30",
        "2024-13-01T00:00:00Z",
        "© 2024-02-06 The Harbour Post",
        "Copyright 2024",
        "2026-11-24T00:00:00Z",
        "chapter 12 of 300",
        "1" * 79,
        "12 " * 40,
        "\x00\ud800",
    ],
)
def test_other_text_and_dates_out_of_range_give_none(text: str) -> None:
    assert parse(text) is None


def test_a_date_less_than_a_day_in_the_future_is_accepted() -> None:
    assert parse("2026-11-23T11:59:00Z") == "2026-11-23T11:59:00+00:00"
