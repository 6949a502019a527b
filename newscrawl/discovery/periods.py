"""Parse the period that the URL of a sitemap names (`sitemap-2026-11.xml`, `/2026/11/23/`). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl

from newscrawl.urls.parse import split_any

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"(?P<name>{'|'.join(_MONTH_NAMES)})[a-z]{{0,6}}"
_BY_DATE = re.compile(
    rf"(?<!\d){_YEAR}(?:(?P<sep>[-/_.]?)(?P<month>0[1-9]|1[0-2])(?:(?P=sep)(?P<day>0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)
_SHORT = re.compile(rf"(?<!\d){_YEAR}[-/_](?P<month>[1-9])(?:[-/_](?P<day>[12]\d|3[01]|[1-9]))?(?!\d)")
_BY_WEEK = re.compile(rf"(?<!\d){_YEAR}[-/_]?w(?P<week>[0-5]?\d)(?!\d)", re.I)
_BY_NAME = re.compile(rf"(?<!\d){_YEAR}[-/_]{_NAME}(?![a-z])", re.I)
_PARAMETERS = {"yyyy": "year", "year": "year", "y": "year", "mm": "month", "month": "month", "m": "month"} | {
    "dd": "day",
    "day": "day",
    "d": "day",
}


@dataclass(frozen=True, slots=True)
class Span:
    """From *start* to *end* (exclusive), in UTC; extended by one day at both ends to allow for time zones."""

    start: datetime
    end: datetime


@lru_cache(maxsize=4_096)
def parse_period(url: str) -> Span | None:
    """Return the year, month, week or day that the URL names, or None."""
    parts = split_any(url)
    by_query = {
        _PARAMETERS[name.lower()]: value
        for name, value in parse_qsl(parts.query)
        if name.lower() in _PARAMETERS and value.isascii() and value.isdigit()
    }
    try:
        if "year" in by_query:
            return _make_span(**{name: int(value) for name, value in by_query.items()})
        text = f"{parts.path}?{parts.query}"
        if week := _BY_WEEK.search(text):
            start = datetime.fromisocalendar(int(week["year"]), int(week["week"]), 1).replace(tzinfo=UTC)
            return _widen(start, start + timedelta(days=7))
        if named := _BY_NAME.search(text):
            return _make_span(int(named["year"]), _MONTH_NAMES.index(named["name"].lower()) + 1)
        found = _SHORT.search(text) or _BY_DATE.search(text)
        return _make_span(**{k: int(found[k]) for k in ("year", "month", "day") if found[k]}) if found else None
    except (ValueError, OverflowError):
        return None


def _make_span(year: int, month: int | None = None, day: int | None = None) -> Span:
    start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if month is None:
        return _widen(start, datetime(year + 1, 1, 1, tzinfo=UTC))
    if day is None:
        return _widen(start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC))
    return _widen(start, start + timedelta(days=1))


def _widen(start: datetime, end: datetime) -> Span:
    return Span(start - timedelta(days=1), end + timedelta(days=1))
