"""Retry-After and growing cooldowns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.scheduling.backoff import HostBackoff, extend_backoff, parse_retry_after

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
def test_retry_after_is_a_number_of_seconds_or_a_date_and_is_capped_at_a_day(
    header: bytes | None, seconds: float | None
) -> None:
    assert parse_retry_after(header, NOW) == seconds


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_cooldowns_double_up_to_a_day_if_the_host_asks_for_none() -> None:
    state, cooldowns = None, []
    now = NOW
    for _ in range(18):
        state = extend_backoff(state, None, now)
        cooldowns.append((state.cooldown_until - now).total_seconds())
        now = state.cooldown_until
    assert cooldowns[:5] == [5, 10, 20, 40, 80]
    assert cooldowns[-1] == 86_400
    assert state == HostBackoff(now, 18, NOW)


@pytest.mark.parametrize(("asked", "seconds"), [(120, 120), (0, 1), (86_400, 86_400)])
def test_a_host_gets_the_cooldown_that_it_asks_for(asked: float, seconds: float) -> None:
    assert extend_backoff(None, asked, NOW) == HostBackoff(after(seconds), 1, NOW)


def test_responses_during_a_cooldown_do_not_double_it() -> None:
    state = extend_backoff(None, None, NOW)
    assert extend_backoff(state, None, after(1)) == state
    assert extend_backoff(state, 60, after(1)) == HostBackoff(after(61), 1, NOW)
    assert extend_backoff(state, 1, after(1)) == state
