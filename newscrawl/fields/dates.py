"""Parse dates as pages write them, to aware datetimes in UTC with their precision. The clock is passed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from newscrawl.data_files import DataFileError, check_keys, find_line, package_file, parse_document
from newscrawl.items import Precision
from newscrawl.text.clean import clean_line

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(hours=24)
MAX_DATE = 80
"""Longer texts are not parsed: dateparser takes milliseconds for text that is not a date."""

MAX_LABEL = 40
"""Characters of a label before a date ("Published on")."""

COMMON_LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl"]
"""Tried if the page declares no language: loading all languages of dateparser takes seconds."""

MONTHS = 12
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?")
_LOOSE_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?"
)
_DOTTED = re.compile(
    r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})"
    r"(?:[\s,|–-]{1,4}(?:um |kl\.? ?|ore |saat |в |о )?(\d{1,2})[:.](\d{2})(?: ?(?:uhr|h|klo))?)?",
    re.IGNORECASE,
)
"""With dots, the day is first in every language."""
_CJK = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日(?:\D{0,6}(\d{1,2})\s*[:時时点]\s*(\d{2}))?")
_CLOCK = (
    r"(?:[\s,|•·–-]{1,4}(?:at |um |à |às |a las |alle |ore |kl\.? ?|om |o |в |saat )?"
    r"(\d{1,2})[:.h](\d{2})(?::\d{2})?\s?([ap]\.?m\.?)?(?:\s?(?:uhr|hrs|h))?)?"
)
_WEEKDAY = r"(?:[^\s\d.,]{2,14}[.,]{0,2} )?"
_DAY_FIRST = re.compile(
    _WEEKDAY
    + r"(\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?,? (?:de |of )?([^\s\d.,]{2,14})[.,]{0,2} (?:de |del )?(\d{4})"
    + _CLOCK,
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    _WEEKDAY + r"([^\s\d.,]{2,14})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})" + _CLOCK, re.IGNORECASE
)
_OFFSET = re.compile(r"\d(?:Z|\s?(?:UTC|GMT)|\s?[+-]\d{2}:?\d{2})$|^1\d{9}")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_ZONE_NAME = re.compile(r"\[[\w/+-]+\]$")
_LABEL = re.compile(r"^[^\W\d][^\d:]{0,30}:\s*(?=.*\d)")
_HAS_TIME = re.compile(r"\d{1,2}\s*[:.h時]\s*\d{2}|\d\s*[ap]\.?m\b", re.IGNORECASE)
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_ISO_LIKE = re.compile(r"\d{4,}[-/]\d|\d+$")
"""Numbers in ISO order that are not a date; dateparser is not tried."""
_DIGITS = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights reserved", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """An instant, or a day, for which `moment` is 00:00 UTC."""

    moment: datetime
    precision: Precision


def parse_date(
    text: str, *, time_zone: str | None, language: str | None, now: datetime, thorough: bool = True
) -> ParsedDate | None:
    """Parse a date. None if *text* is not a date, not between 1900 and *now* plus 24 hours, or a copyright line.

    *time_zone* (IANA name) applies if the text has no offset; UTC if it is None or unknown. Without *thorough*, only
    formats that take microseconds are tried.
    """
    text = clean_line(text)
    if not _is_plausible(text):
        return None
    unlabelled = _LABEL.sub("", text)
    parsed = _parse_exact(text, time_zone) or _parse_month_name(unlabelled, time_zone, language)
    if parsed is None and thorough:
        parsed = _parse_any_language(unlabelled, time_zone, language)
    return parsed if parsed is not None and _is_in_range(parsed.moment, now) else None


def parse_exact_date(text: str, *, time_zone: str | None, now: datetime) -> ParsedDate | None:
    """Parse a date in an unambiguous format (ISO 8601, RFC 5322 and similar), in microseconds."""
    text = clean_line(text)
    parsed = _parse_exact(text, time_zone) if _is_plausible(text) else None
    return parsed if parsed is not None and _is_in_range(parsed.moment, now) else None


def _is_plausible(text: str) -> bool:
    return 6 <= len(text) <= MAX_DATE and bool(_DIGITS.search(text)) and not _COPYRIGHT.search(text)


def _is_in_range(moment: datetime, now: datetime) -> bool:
    return EARLIEST <= moment <= now + FUTURE_TOLERANCE


def _parse_exact(text: str, time_zone: str | None) -> ParsedDate | None:
    for parse in (_parse_iso, _parse_rfc_5322, _parse_numeric):
        try:
            parsed = parse(text, time_zone)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if parsed is not None:
            return parsed
    return None


def _parse_iso(text: str, time_zone: str | None) -> ParsedDate | None:
    text = _ZONE_NAME.sub("", text)
    if len(text) <= 10:
        return _day(date.fromisoformat(text)) if len(text) == 10 else None
    return _instant(datetime.fromisoformat(text), time_zone)


def _parse_rfc_5322(text: str, time_zone: str | None) -> ParsedDate | None:
    if not _HAS_TIME.search(text) or _HALF_DAY.search(text):
        return None
    return _instant(parsedate_to_datetime(text), time_zone)


def _parse_numeric(text: str, time_zone: str | None) -> ParsedDate | None:
    """Parse ISO dates with one-digit parts, compact ones, epochs, dotted ones, and Chinese and Japanese dates."""
    if match := _LOOSE_ISO.fullmatch(text):
        *parts, zone = match.groups()
        offset = "" if zone is None else _normalize_offset(zone)
        numbers = [int(part or 0) for part in parts]
        stamp = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*numbers)
        return _instant(datetime.fromisoformat(stamp + offset), time_zone)
    if match := _ISO_DAY.fullmatch(text):
        return _day(date(*(int(part) for part in match.groups())))
    if match := _CJK.search(text):
        return _build_date(match.groups(), time_zone)
    if match := _DOTTED.fullmatch(text):
        day, month, year, *clock = match.groups()
        return _build_date((year if len(year) == 4 else f"20{year}", month, day, *clock), time_zone)
    if _EPOCH.fullmatch(text):
        return ParsedDate(datetime.fromtimestamp(int(text[:10]), UTC), Precision.INSTANT)
    if match := _COMPACT.fullmatch(text):
        return _build_date(match.groups(), time_zone)
    return None


def _build_date(parts: tuple[str | None, ...], time_zone: str | None) -> ParsedDate:
    year, month, day, hour, *rest = (int(part) if part else None for part in parts)
    on = date(year or 0, month or 0, day or 0)
    if hour is None:
        return _day(on)
    minute, second = (*(part or 0 for part in rest), 0, 0)[:2]
    return _instant(datetime.combine(on, time(hour, minute, second)), time_zone)


def _normalize_offset(zone: str) -> str:
    if zone in {"Z", "UTC", "GMT"}:
        return "+00:00"
    digits = zone[1:].replace(":", "")
    return f"{zone[0]}{digits[:-2].zfill(2)}:{digits[-2:]}" if len(digits) > 2 else f"{zone[0]}{digits.zfill(2)}:00"


def _parse_month_name(text: str, time_zone: str | None, language: str | None) -> ParsedDate | None:
    """Parse a day, the name of a month and a year: "20 November 2026", "20 de octubre de 2026, 10:30"."""
    if match := _match_after_label(_DAY_FIRST, text):
        day, name, year, *clock = match.groups()
    elif match := _match_after_label(_MONTH_FIRST, text):
        name, day, year, *clock = match.groups()
    else:
        return None
    month = _find_month(name.casefold(), language)
    if month is None:
        return None
    hour, minute, half = clock
    if half:
        hour = str(int(hour) % 12 + (12 if half[0] in "pP" else 0))
    try:
        return _build_date((year, str(month), day, hour, minute), time_zone)
    except ValueError:
        return None


def _match_after_label(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Match all of *text*, or its end after a label: "Published on June 4, 2025"."""
    if match := pattern.fullmatch(text):
        return match
    match = pattern.search(text)
    if match is None or match.end() < len(text) or match.start() > MAX_LABEL:
        return None
    return None if _DIGITS.search(text, 0, match.start()) else match


def _find_month(name: str, language: str | None) -> int | None:
    """Return the number of the month called *name* in the page's language or in English."""
    languages = [_primary(language), "en"] if language else COMMON_LANGUAGES
    return next((month for one in languages if (month := _months().get(one, {}).get(name))), None)


def has_offset(text: str) -> bool:
    """Return whether a date has a UTC offset, or is an epoch."""
    return bool(_OFFSET.search(text))


def is_month(word: str) -> bool:
    """Return whether a word is the name of a month in any language."""
    return word.casefold() in _month_names()


@lru_cache(maxsize=1)
def _month_names() -> frozenset[str]:
    return frozenset(name for names in _months().values() for name in names)


def read_months(text: str, file: str) -> dict[str, dict[str, int]]:
    """Parse a TOML text to language code -> name -> month, 1 to 12; *file* is used in error messages only."""
    table = parse_document(text, file)
    check_keys(text, file, table, [key for key in table if _LANGUAGE.fullmatch(key)])
    for language, months in table.items():
        if len(months) != MONTHS:
            line = find_line(text, language)
            raise DataFileError(f"{file}:{line}: {language!r} has {len(months)} months instead of {MONTHS}")
    return {
        language: {name: number for number, names in enumerate(months, 1) for name in names}
        for language, months in table.items()
    }


@lru_cache(maxsize=1)
def _months() -> dict[str, dict[str, int]]:
    return read_months(package_file("months.toml", "newscrawl.fields"), "months.toml")


def _parse_any_language(text: str, time_zone: str | None, language: str | None) -> ParsedDate | None:
    if not _YEAR.search(text) or _ISO_LIKE.match(text):
        return None
    found = _dateparser(text, _language(language))
    if found is None:
        return None
    return _instant(found, time_zone) if _HAS_TIME.search(text) else _day(found.date())


@lru_cache(maxsize=512)
def _dateparser(text: str, language: str | None) -> datetime | None:
    import dateparser  # takes 0.2 s, and most pages have ISO dates

    settings: Any = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False, "PREFER_DATES_FROM": "past"}
    languages = COMMON_LANGUAGES if language is None else list(dict.fromkeys((language, "en")))
    try:
        return dateparser.parse(text, languages=languages, settings=settings)
    except (ValueError, OverflowError, RecursionError, TypeError):
        return None


@lru_cache(maxsize=64)
def _language(tag: str | None) -> str | None:
    """Return the primary language of the tag if dateparser knows it."""
    if tag is None:
        return None
    from dateparser.data import languages_info

    name = _primary(tag)
    return name if name in languages_info.language_order else None


def _primary(tag: str) -> str:
    name = tag.casefold().partition("-")[0]
    return {"no": "nb", "nn": "nb", "iw": "he", "in": "id"}.get(name, name)


def _day(day: date) -> ParsedDate:
    return ParsedDate(datetime(day.year, day.month, day.day, tzinfo=UTC), Precision.DAY)


def _instant(moment: datetime, time_zone: str | None) -> ParsedDate:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(time_zone))
    return ParsedDate(moment.astimezone(UTC), Precision.INSTANT)


@lru_cache(maxsize=256)
def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
