"""Find the time of day beside a date: "14:30", "2.30 p.m.", "14h30", "午後3時15分", "오후 2:30"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from newscrawl.fields.calendars import calendars

NOON = 12
MAX_BETWEEN = 24
"""Characters between a date and its clock: a weekday, "at", "Uhrzeit:"."""
CJK = "\u2e80"
"""First character of the scripts that are written without spaces between words."""
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day."""

    time: time
    start: int
    """Where it begins in the text."""
    rest: str
    """The text behind the clock, which may name the zone."""


def find_clock(text: str, *, at_end: bool = False) -> Clock | None:
    """Return the first clock of *text*, or the one before a date that follows (*at_end*); None if there is none."""
    match = _pattern().search(text)
    if match is None or _DIGIT.search(text, 0, match.start()):
        return None
    if not at_end and match.start() > MAX_BETWEEN:
        return None
    parts = (match["minute"] or match["minute2"], match["second"] or match["second2"])
    minute, second = (int(part or 0) for part in parts)
    half = match["before"] or match["after"]
    hour = _to_24_hours(int(match["hour"]), half.casefold() if half else None)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Clock(time(hour, minute, second), match.start(), text[match.end() :])


def _to_24_hours(hour: int, half: str | None) -> int:
    if half is None or hour > NOON:
        return hour
    return hour % NOON + calendars().half_days[half]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    words = sorted(calendars().half_days, key=len, reverse=True)
    halves = "|".join(re.escape(word) + (r"(?!\w)" if word[-1].isalnum() else "") for word in words)
    before = "|".join((r"(?<![^\W\d])" if word[0] < CJK else "") + re.escape(word) for word in words)
    return re.compile(
        rf"(?:(?P<before>{before})\s?)?(?<![\d.,/-])(?P<hour>\d{{1,2}})\s?"
        r"(?:[:.]\s?(?P<minute>[0-5]\d)(?!\.?\d)(?::(?P<second>[0-5]?\d)(?:[.,]\d+)?)?"
        r"|[h時时點点시]\s?(?:(?P<minute2>[0-5]?\d)(?!\d)\s?(?:min\b|m\b|[分분])?(?:\s?(?P<second2>[0-5]?\d)\s?[秒초])?)?(?!\w)"
        rf"|(?=\s?(?:{halves}))|(?=\s?uhr\b))"
        rf"\s?(?P<after>{halves})?",
        re.IGNORECASE,
    )
