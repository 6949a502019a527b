"""Points in time, written for people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.text.moments import format_utc, parse_http_date


def test_a_moment_is_written_to_the_second_with_its_zone() -> None:
    assert format_utc(datetime(2026, 11, 25, 14, 5, 0, 999_999, UTC)) == "2026-11-25 14:05:00 UTC"


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 20 Nov 2026 08:00:00 GMT",
        "Friday, 20-Nov-26 08:00:00 GMT",
        "Fri Nov 20 08:00:00 2026",
        "Fri, 20 Nov 2026 09:00:00 +0100",
    ],
)
def test_dates_of_headers_are_read(text: str) -> None:
    assert parse_http_date(text) == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "yesterday",
        ",,,",
        "Fri, 99 Foo 2026 00:00:00 GMT",
        "Fri, 20 Nov 2026 08:00:00 +9999",
        f"Fri, 20 Nov 2026 08:00:00 +{'9' * 18}",
        "Fri, 31 Dec 9999 23:59:59 -2359",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    assert parse_http_date(text) is None
