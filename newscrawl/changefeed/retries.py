"""What the response to a webhook means, and when to send it again."""

from __future__ import annotations

FIRST_DELAY_S = 1.0
MAX_DELAY_S = 300.0
TEMPORARY = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may succeed."""


def is_delivered(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def is_temporary(status: int | None) -> bool:
    """Return whether to send the same again; None stands for no response. Redirects are not followed."""
    return status is None or status >= 500 or status in TEMPORARY


def next_delay(attempts: int, retry_after: float | None, jitter: float) -> float:
    """Return the seconds to wait after *attempts* failed ones; *jitter* is random, from 0 to 1.

    Delays double up to five minutes and vary by half, so that not all senders come back at once. They are never
    shorter than *retry_after*, what the receiver asked for.
    """
    delay = min(FIRST_DELAY_S * 2.0 ** min(attempts - 1, 20), MAX_DELAY_S) * (0.5 + jitter / 2)
    return max(delay, retry_after or 0.0)
