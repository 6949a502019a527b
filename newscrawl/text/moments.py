"""Points in time, written for people."""

from __future__ import annotations

from datetime import datetime


def format_utc(moment: datetime) -> str:
    """Return *moment* (aware, UTC) as in `2026-11-25 14:05:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
