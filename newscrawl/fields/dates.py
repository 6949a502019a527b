"""Parse dates as pages write them, to aware datetimes in UTC with precision and zone. The clock is passed in."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from newscrawl.fields.any_language import COMMON_LANGUAGES, parse_with_dateparser
from newscrawl.fields.calendars import THAI_CENTURY, build_day, calendars, fold_name
from newscrawl.fields.clocks import Clock, find_clock
from newscrawl.fields.date_patterns import CSTYLE, LONG, MINGUO, NUMERIC, TWO_DIGIT_YEAR, YEAR_FIRST, era_pattern
from newscrawl.fields.date_search import with_ascii_digits
from newscrawl.fields.month_names import find_month
from newscrawl.fields.regions import is_month_first
from newscrawl.fields.relative_dates import find_relative
from newscrawl.fields.time_zones import find_zone, read_zone
from newscrawl.items import DateZone, Precision
from newscrawl.text.clean import clean_line

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What a site without a date declares."""
FUTURE_TOLERANCE = timedelta(hours=24)
MAX_DATE = 80
"""Longer texts are not parsed: dateparser takes milliseconds for text that is not a date."""
MAX_LABEL = 40
"""Characters of a label before a date ("Published on")."""
MIN_DATE = 3
ONE_DAY = timedelta(days=1)

_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?")
_ISO_CLOCK = re.compile(r"[T\s]\d{2}:\d{2}")
_ZONE_ID = re.compile(r"\[[\w/+-]+\]$")
_AFTER_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(.*)")
_LABEL = re.compile(r"^[^\W\d][^\d:]{0,30}:\s*(?=.*\d)")
_HAS_TIME = re.compile(r"\d{1,2}\s*[:.h時]\s*\d{2}|\d\s*[ap]\.?m\b", re.IGNORECASE)
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_ISO_LIKE = re.compile(r"\d{4,}[-/]\d")
"""Numbers in ISO order that are no date."""
_WRONG_OFFSET = re.compile(r"[+-]\d{1,2}:?\d{2}$")
_DIGITS = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights reserved", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """An instant, or a day, for which `moment` is 00:00 UTC."""

    moment: datetime
    precision: Precision
    utc_offset: int | None = None
    """Minutes; None for a day, and if the zone is assumed."""
    zone: DateZone | None = None
    """Where the zone comes from; None for a day."""

    @property
    def day(self) -> date:
        """The calendar day in the zone of the date."""
        return (self.moment + timedelta(minutes=self.utc_offset or 0)).date()


@dataclass(frozen=True, slots=True)
class DateHints:
    """What else is known about the page: it decides between "5 June" and "6 May" for 05/06/2026."""

    region: str | None = None
    """ISO 3166 code of the country."""
    languages: tuple[str, ...] = ()
    """Tags of the languages that it declares, best first."""
    known_days: tuple[date, ...] = ()
    """Days of its unambiguous dates, best first."""
    known_months: tuple[tuple[int, int], ...] = ()
    """Year and month in its URL."""
    is_month_first: bool | None = None
    """Order in its other numeric dates."""


NO_HINTS = DateHints()


@dataclass(frozen=True, slots=True)
class _Reader:
    """How to read the dates of one page."""

    time_zone: str | None
    language: str | None
    """Primary subtag."""
    region: str | None
    now: datetime
    hints: DateHints

    def at(self, moment: datetime, zone_text: str = "") -> ParsedDate:
        """Return an instant. If it is naive, the zone that *zone_text* names applies, else that of the site, or UTC."""
        declared = moment.tzinfo or read_zone(zone_text, self.region, self.language)
        source = DateZone.DECLARED
        if declared is None:
            site = find_zone(self.time_zone)
            source = DateZone.ASSUMED if site is None else DateZone.SITE
            declared = site or UTC
        return _localized(moment, declared, source)

    def combine(self, day: date, clock: Clock | None) -> ParsedDate:
        """Return the instant of a day and a clock, or the day."""
        if clock is None:
            return _day(day)
        parsed = self.at(datetime.combine(day, clock.time), clock.rest)
        if parsed.zone is not DateZone.DECLARED and _WRONG_OFFSET.match(clock.rest):
            raise ValueError(f"no time zone has the offset {clock.rest!r}")
        return parsed


def parse_date(
    text: str,
    *,
    time_zone: str | None,
    language: str | None,
    now: datetime,
    thorough: bool = True,
    hints: DateHints = NO_HINTS,
) -> ParsedDate | None:
    """Parse a date. None if *text* is not a date, not between 1900 and *now* plus 24 hours, or a copyright line.

    *time_zone* (IANA name) applies if the text names no zone; UTC if it is None or unknown. Without *thorough*, only
    formats that take microseconds are tried. *now* is also what "2 hours ago" refers to.
    """
    text = clean_line(text)
    if not _is_plausible(text):
        return None
    reader = _Reader(time_zone, _primary(language), hints.region or _region(language), now, hints)
    parsed = _parse_exact(text, reader) or _parse_text(with_ascii_digits(text), reader, thorough=thorough)
    return parsed if parsed is not None and _is_in_range(parsed.moment, now) else None


def _parse_text(text: str, reader: _Reader, *, thorough: bool) -> ParsedDate | None:
    """Parse a date in the language of the page, or in another one that it declares."""
    others = dict.fromkeys(map(_primary, reader.hints.languages))
    for language in dict.fromkeys((reader.language, *others)):
        one = replace(reader, language=language)
        if parsed := _parse_written(text, one) or _parse_relative(text, one):
            return parsed
    return _parse_any_language(_LABEL.sub("", text), reader) if thorough else None


def parse_exact_date(text: str, *, time_zone: str | None, now: datetime) -> ParsedDate | None:
    """Parse a date in an unambiguous format (ISO 8601, RFC 5322 and similar), in microseconds."""
    text = clean_line(text)
    reader = _Reader(time_zone, None, None, now, NO_HINTS)
    parsed = None
    if _is_plausible(text):
        # An offset that no time zone has, a day that its era does not have.
        with suppress(ValueError, OverflowError):
            parsed = _parse_exact(text, reader) or _parse_year_first(with_ascii_digits(text), reader)
    return parsed if parsed is not None and _is_in_range(parsed.moment, now) else None


def is_relative(text: str, language: str | None, now: datetime) -> bool:
    """Return whether a short text is a relative date ("2 hours ago")."""
    return find_relative(with_ascii_digits(text), _languages(_primary(language)), now) is not None


def _is_plausible(text: str) -> bool:
    return MIN_DATE <= len(text) <= MAX_DATE and not _COPYRIGHT.search(text)


def _is_in_range(moment: datetime, now: datetime) -> bool:
    return EARLIEST <= moment <= now + FUTURE_TOLERANCE and moment != EPOCH


def _parse_exact(text: str, reader: _Reader) -> ParsedDate | None:
    if not text[-1:].isascii() or not _DIGITS.search(text):
        return None
    for parse in (_parse_iso, _parse_rfc_5322, _parse_number):
        try:
            parsed = parse(text, reader)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if parsed is not None:
            return parsed
    return None


def _parse_iso(text: str, reader: _Reader) -> ParsedDate | None:
    if len(text) <= 10:
        return _day(date.fromisoformat(text)) if len(text) == 10 else None
    zone_id = _ZONE_ID.search(text)
    moment = datetime.fromisoformat(text[: zone_id.start()] if zone_id else text)
    return reader.at(moment, zone_id.group().strip("[]") if zone_id else "")


def _parse_rfc_5322(text: str, reader: _Reader) -> ParsedDate | None:
    if not _HAS_TIME.search(text) or _HALF_DAY.search(text) or _ISO_CLOCK.match(text, 10):
        return None
    rest = _AFTER_CLOCK.search(text)
    return None if rest is None else reader.at(parsedate_to_datetime(text).replace(tzinfo=None), rest[1])


def _parse_number(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse the seconds or milliseconds since 1970, and "20240206" with or without a clock."""
    if _EPOCH.fullmatch(text):
        return _localized(datetime.fromtimestamp(int(text[:10]), UTC), UTC, DateZone.DECLARED)
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    clock = None if hour is None else Clock(time(hour, minute or 0, second or 0), 0, "")
    return reader.combine(date(year or 0, month or 0, day or 0), clock)


def _parse_written(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse a date written in words or numbers, alone, behind a label or beside a clock."""
    try:
        return _parse_year_first(text, reader) or _parse_month_name(text, reader) or _parse_numeric(text, reader)
    except (ValueError, OverflowError):
        return None


def _parse_year_first(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse "2026-6-5 14:30", "2026年6月5日", and years of eras."""
    if match := era_pattern().search(text):
        year = calendars().eras[match["era"]] + (1 if match["year"] == "元" else int(match["year"]))
        return _with_clock(text, match, date(year, int(match["month"]), int(match["day"])), reader)
    if match := YEAR_FIRST.search(text):
        try:
            day = _build(match["year"], match["month"], match["day"], reader)
        except ValueError:
            return None
        return _with_clock(text, match, day, reader)
    unnamed = MINGUO.search(text) if reader.region == "TW" or reader.language == "zh" else None
    if unnamed is None:
        return None
    year = calendars().eras["民國"] + int(unnamed["year"])
    return _with_clock(text, unnamed, date(year, int(unnamed["month"]), int(unnamed["day"])), reader)


def _build(year: str | int, month: str | int, day: str, reader: _Reader) -> date:
    return build_day(int(year), int(month), int(day), language=reader.language, region=reader.region)


def _parse_month_name(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse a day, the name of a month and a year in any order: "20 November 2026", "20 de octubre de 2026, 10:30"."""
    for pattern in LONG:
        for match in pattern.finditer(text):
            if day := _named_day(match, reader):
                return _with_clock(text, match, day, reader)
    printed = CSTYLE.search(text)
    if printed is not None and (day := _named_day(printed, reader)):
        return reader.combine(day, find_clock(printed["clock"]))
    return None


def _named_day(match: re.Match[str], reader: _Reader) -> date | None:
    name, year = fold_name(match["month"]), int(match["year"])
    if year < 100:
        year += THAI_CENTURY
    if name.isdigit():
        return _build(match["year"], name, match["day"], reader)
    for language in _languages(reader.language):
        if month := calendars().solar_hijri.get(language, {}).get(name):
            return build_day(year, month, int(match["day"]), language=language, region=reader.region)
    month = find_month(name, _languages(reader.language))
    return None if month is None else _build(year, month, match["day"], reader)


def _parse_numeric(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse a day, a month and a year in numbers, in the order that the rest of the page suggests."""
    match = NUMERIC.search(text) or TWO_DIGIT_YEAR.search(text)
    if match is None:
        return None
    first, second, year = match["first"], match["second"], match["year"]
    if len(year) == 2:
        year = f"20{year}"
        if int(year) > reader.now.year:
            return None
    readings = []
    for month, day in ((second, first), (first, second)):
        try:
            read = _with_clock(text, match, _build(year, month, day, reader), reader)
        except ValueError:
            continue
        if read is not None:
            readings.append(read)
    if len(readings) < 2 or readings[0] == readings[1]:
        return readings[0] if readings else None
    return _choose_order(readings[0], readings[1], match["separator"], reader)


def _choose_order(day_first: ParsedDate, month_first: ParsedDate, separator: str, reader: _Reader) -> ParsedDate:
    """Return the reading that fits the clock, the other dates of the page, their order, or the locale."""
    hints = reader.hints
    possible = [one for one in (day_first, month_first) if _is_in_range(one.moment, reader.now)]
    if len(possible) == 1:
        return possible[0]
    for known in hints.known_days:
        fitting = [one for one in possible if abs(one.day - known) <= ONE_DAY]
        if len(fitting) == 1:
            return fitting[0]
    for month in hints.known_months:
        fitting = [one for one in possible if (one.day.year, one.day.month) == month]
        if len(fitting) == 1:
            return fitting[0]
    if hints.is_month_first is not None:
        return month_first if hints.is_month_first else day_first
    languages = {reader.language, *map(_primary, hints.languages)}
    is_by_month = all(is_month_first(language, reader.region) for language in languages)
    # With dots, the day is first in every language.
    return month_first if separator != "." and is_by_month else day_first


def _with_clock(text: str, match: re.Match[str], day: date, reader: _Reader) -> ParsedDate | None:
    """Return the date with the clock behind or before it; None if there are other numbers, as in a period."""
    before, after = text[: match.start()], text[match.end() :]
    if clock := find_clock(after):
        if _DIGITS.search(before) or _YEAR.search(clock.rest):
            return None
        return reader.combine(day, clock) if len(before) <= MAX_LABEL else None
    if _YEAR.search(after):
        return None
    if not _DIGITS.search(before):
        return _day(day) if len(before) <= MAX_LABEL else None
    clock = find_clock(before, at_end=True)
    if clock is None:
        return None
    has_zone = read_zone(clock.rest, reader.region, reader.language) is not None
    return reader.combine(day, clock if has_zone else replace(clock, rest=after))


def _parse_relative(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse "2 hours ago" and "yesterday, 14:30"; days are counted in the site's time zone."""
    found = find_relative(text, _languages(reader.language), reader.now)
    if found is None:
        return None
    if found.is_instant:
        return reader.at(found.moment.astimezone(find_zone(reader.time_zone) or UTC).replace(tzinfo=None))
    day = found.moment.astimezone(find_zone(reader.time_zone) or UTC).date()
    return reader.combine(day, find_clock(found.rest))


def _languages(language: str | None) -> list[str]:
    return [language, "en"] if language else COMMON_LANGUAGES


def _parse_any_language(text: str, reader: _Reader) -> ParsedDate | None:
    """Parse a date with dateparser, which takes milliseconds."""
    if not _YEAR.search(text) or not any(map(str.isalpha, text)) or NUMERIC.search(text) or _ISO_LIKE.match(text):
        return None
    found = parse_with_dateparser(text, reader.language)
    if found is None:
        return None
    rest = _AFTER_CLOCK.search(text)
    return reader.at(found, rest[1] if rest else "") if _HAS_TIME.search(text) else _day(found.date())


def _primary(tag: str | None) -> str | None:
    if tag is None:
        return None
    name = tag.casefold().replace("_", "-").partition("-")[0]
    return {"no": "nb", "nn": "nb", "iw": "he", "in": "id"}.get(name, name)


def _region(tag: str | None) -> str | None:
    subtags = (tag or "").replace("_", "-").split("-")[1:]
    return next((part.upper() for part in subtags if len(part) == 2 and part.isalpha()), None)


def _day(day: date) -> ParsedDate:
    return ParsedDate(datetime(day.year, day.month, day.day, tzinfo=UTC), Precision.DAY)


def _localized(moment: datetime, zone: tzinfo, source: DateZone) -> ParsedDate:
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    offset = local.utcoffset() or timedelta()
    minutes = None if source is DateZone.ASSUMED else int(offset.total_seconds() // 60)
    return ParsedDate(local.astimezone(UTC), Precision.INSTANT, minutes, source)
