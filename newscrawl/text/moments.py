"""Points in time: a sentinel, and how they are written for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Stands in for a missing time where times are compared; earlier than any."""


def format_utc(moment: datetime) -> str:
    """Return *moment* (aware, UTC) as in `2026-11-25 14:05:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
