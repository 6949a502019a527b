"""Lengths of time as people write them."""

from __future__ import annotations

import re

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|)")


def parse_duration(text: str) -> float:
    """Return the seconds of `90`, `90s`, `30m`, `1.5h` or `1d`. Raises ValueError for all else."""
    written = _WRITTEN.fullmatch(text.strip().lower())
    seconds = float(written[1]) * _UNITS[written[2]] if written else 0.0
    if not seconds:
        raise ValueError(f"{text!r} is no length of time; write it as 90s, 30m or 2h")
    return seconds
