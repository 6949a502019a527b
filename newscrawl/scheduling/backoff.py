"""How long to back off from a host that asks for a pause: as its Retry-After says (RFC 9110, 10.2.3), or doubling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newscrawl.text.moments import parse_http_date

MIN_COOLDOWN = 1.0
FIRST_COOLDOWN = 5.0
MAX_COOLDOWN = 24 * 3600.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class HostBackoff:
    """The backoff of a host since it last answered."""

    cooldown_until: datetime
    """No request before this time."""
    backoff_count: int
    """Cooldowns so far."""
    backoff_since: datetime
    """When the first cooldown began."""


def parse_retry_after(header: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, 0 to 86,400; None if it is neither a number nor a date."""
    text = (header or b"").decode("ascii", "replace").strip()
    if text.isdigit():
        return min(float(text[:9]), MAX_COOLDOWN)
    date = parse_http_date(text)
    return None if date is None else min(max((date - now).total_seconds(), 0.0), MAX_COOLDOWN)


def extend_backoff(state: HostBackoff | None, asked: float | None, now: datetime) -> HostBackoff:
    """Return the backoff of a host that returned 429 or 503 again and asks for *asked* seconds (None: does not say).

    If it does not say, cooldowns double: 5, 10, 20 … seconds up to a day. A response that arrives during a cooldown
    belongs to a request sent before it, so it does not count and only extends the cooldown if it asks for more.
    """
    if state is not None and state.cooldown_until > now:
        until = max(state.cooldown_until, _end_of_cooldown(asked or 0.0, now))
        return HostBackoff(until, state.backoff_count, state.backoff_since)
    backoff_count = state.backoff_count + 1 if state is not None else 1
    seconds = FIRST_COOLDOWN * 2.0 ** min(backoff_count - 1, 20) if asked is None else max(asked, MIN_COOLDOWN)
    since = state.backoff_since if state is not None else now
    return HostBackoff(_end_of_cooldown(seconds, now), backoff_count, since)


def _end_of_cooldown(seconds: float, now: datetime) -> datetime:
    return now + timedelta(seconds=min(seconds, MAX_COOLDOWN))
