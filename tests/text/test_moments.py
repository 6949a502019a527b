"""Points in time, written for people."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.text.moments import format_utc


def test_a_moment_is_written_to_the_second_with_its_zone() -> None:
    assert format_utc(datetime(2026, 11, 25, 14, 5, 0, 999_999, UTC)) == "2026-11-25 14:05:00 UTC"
