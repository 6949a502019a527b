"""Parse durations as people write them."""

from __future__ import annotations

import re

MAX_SECONDS = 366 * 86_400
_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|)")


def parse_duration(text: str) -> float:
    """Return the seconds of `90`, `90s`, `30m`, `1.5h` or `1d`. Raises ValueError for all else, and over a year."""
    match = _DURATION.fullmatch(text.strip().lower())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"invalid duration {text[:80]!r}: write it as 90s, 30m or 2h")
    return seconds
