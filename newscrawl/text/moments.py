"""Points in time: a sentinel, how HTTP writes them, and how they are written for people."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Stands in for a missing time where times are compared; earlier than any."""


def parse_http_date(text: str) -> datetime | None:
    """Return the date of a header in UTC (RFC 9110, section 5.6.7); None if it is none, or out of range.

    `parsedate_to_datetime` raises four kinds of errors for what servers send.
    """
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def format_utc(moment: datetime) -> str:
    """Return *moment* (aware, UTC) as in `2026-11-25 14:05:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
