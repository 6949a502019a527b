"""Find the dates in texts and in URLs, without parsing them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from newscrawl.fields.calendars import MONTHS
from newscrawl.fields.clocks import find_clock
from newscrawl.fields.date_patterns import LONG, MINGUO, NUMERIC, TWO_DIGIT_YEAR, YEAR_FIRST, era_pattern
from newscrawl.fields.month_names import is_month, is_solar_month, month_numbers
from newscrawl.fields.time_zones import get_zone_length

MAX_CLOCK, MAX_BETWEEN = 40, 14
"""Characters beside a date in which its clock ends, and between the two."""
_DATE_IN_PATH = re.compile(r"/((?:19|20)\d{2})(?P<separator>[/-]?)(\d{2})(?P=separator)(\d{2})(?=[/-])")
_DATE_IN_SLUG = re.compile(
    r"(?:[/_-]|(?<=[A-Za-z]))((?:19|20)\d{2})(?P<separator>[_-]?)(0[1-9]|1[0-2])(?P=separator)(0[1-9]|[12]\d|3[01])(?=[-_/.]|$)"
)
_NAMED_DATE_IN_PATH = re.compile(r"/((?:19|20)\d{2})/([A-Za-z]{3,9})/(\d{1,2})(?=/)")
_YEARS = re.compile(r"\d{4}|\d[./年]|[\u0e00-\u0e7f.]\s?\d\d")
_DAY_CHARACTER = re.compile(r"\s?[日일号]|")
_DIGITS = re.compile(r"\d")
_LABEL = re.compile(r"[|·•]|[^\W\d_]{4}")
_OTHER_DIGITS = re.compile(r"[^\D0-9]")
_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Invisible characters that set the direction of writing."""


def find_dates(text: str) -> Iterator[str]:
    """Yield the dates written in a text, each with the clock and the zone beside it, as they stand there."""
    if not _DIGITS.search(text):
        return
    plain = with_ascii_digits(text)
    if len(plain) != len(text):
        text = plain
    found_until = 0
    for start, end in sorted(_find_spans(plain)):
        if start < found_until:
            continue
        earliest, found_until = max(found_until, start - MAX_CLOCK), end
        clock = find_clock(plain[end : end + MAX_CLOCK])
        if (
            clock is not None
            and clock.start <= MAX_BETWEEN
            and not _is_of_next(plain[end : end + clock.start], plain, start)
        ):
            end = min(len(plain), end + MAX_CLOCK) - len(clock.rest)
            found_until = end = end + get_zone_length(plain[end:])
        elif (before := find_clock(plain[earliest:start], at_end=True)) is not None:
            start = earliest + before.start
            if get_zone_length(before.rest) == 0:
                found_until = end = end + get_zone_length(plain[end:])
        yield text[start:end].strip()


def _is_of_next(between: str, text: str, start: int) -> bool:
    """Return whether the clock behind a date, at *start*, belongs to the next date, and one stands before it, too."""
    return bool(_LABEL.search(between)) and find_clock(text[max(0, start - MAX_CLOCK) : start], at_end=True) is not None


def _find_spans(text: str) -> Iterator[tuple[int, int]]:
    if not _YEARS.search(text) and not TWO_DIGIT_YEAR.search(text):
        return
    for pattern in LONG:
        for match in pattern.finditer(text):
            if match["month"].isdigit() or is_month(match["month"]) or is_solar_month(match["month"]):
                yield match.span()
    for match in MINGUO.finditer(text):
        if match["separator"] == "年":
            yield match.start(), _DAY_CHARACTER.match(text, match.end()).end()  # type: ignore[union-attr]
    for pattern in (era_pattern(), YEAR_FIRST, NUMERIC, TWO_DIGIT_YEAR):
        for match in pattern.finditer(text):
            yield match.start(), _DAY_CHARACTER.match(text, match.end()).end()  # type: ignore[union-attr]


def find_date_in_path(path: str) -> str | None:
    """Return the date in the path of a URL as "2026-06-05".

    It is a part of the path ("/2026/06/05/", "/2026/jun/05/"), or else of a slug ("-2026-06-05", "_20260605").
    """
    if match := _DATE_IN_PATH.search(path):
        return "-".join(match.group(1, 3, 4))
    match = _NAMED_DATE_IN_PATH.search(path)
    month = match and month_numbers()["en"].get(match[2].casefold())
    if match and month:
        return f"{match[1]}-{month:02}-{int(match[3]):02}"
    return "-".join(match.group(1, 3, 4)) if (match := _DATE_IN_SLUG.search(path)) else None


def is_ambiguous(text: str) -> bool:
    """Return whether a numeric date can be read with the day or with the month first."""
    match = NUMERIC.search(text)
    if match is None:
        return False
    first, second = int(match["first"]), int(match["second"])
    return first != second and first <= MONTHS and second <= MONTHS


def begins_with_month(text: str) -> bool | None:
    """Return whether the first numeric date in *text* has the month first; None if that is not certain."""
    match = NUMERIC.search(text)
    if match is None:
        return None
    first, second = int(match["first"]), int(match["second"])
    if first <= MONTHS < second <= 31:
        return True
    return False if second <= MONTHS < first <= 31 else None


def with_ascii_digits(text: str) -> str:
    """Return *text* with ASCII digits and without compatibility characters and marks of direction."""
    if text.isascii():
        return text
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    if not _OTHER_DIGITS.search(text):
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
