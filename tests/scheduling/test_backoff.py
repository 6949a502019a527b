"""What hosts ask for with Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.middlewares.backoff import parse_retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"120", 120),
        (b" 7 ", 7),
        (b"0", 0),
        (b"99999999999999", 86_400),
        (b"Sun, 22 Nov 2026 12:01:30 GMT", 90),
        (b"Sun, 22 Nov 2026 11:00:00 GMT", 0),
        (b"Wed, 22 Nov 2028 12:00:00 GMT", 86_400),
        (b"soon", None),
        (b"-5", None),
        (b"1.5", None),
        (b"\xff\xfe", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(header: bytes | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds
