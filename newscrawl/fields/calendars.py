"""Convert years and months of other calendars, and read the names of months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from newscrawl.data_files import DataFileError, check_keys, find_line, package_file, parse_document

MONTHS = 12
BUDDHIST_YEARS = range(2430, 2700)
BUDDHIST_OFFSET = 543
THAI_CENTURY = 2500
"""Added to years of two digits, which Thai pages write behind the name of the month."""
SOLAR_HIJRI_YEARS = range(1280, 1500)
SOLAR_HIJRI_LANGUAGES = frozenset({"fa", "ps", "prs", "ckb", "ku"})
SOLAR_HIJRI_REGIONS = frozenset({"IR", "AF"})
TABLES = ("eras", "solar_hijri", "half_days")

Months = Mapping[str, Mapping[str, int]]
"""Language -> folded name -> month, 1 to 12."""


@dataclass(frozen=True, slots=True)
class Calendars:
    """The contents of calendars.toml."""

    eras: Mapping[str, int]
    """Name of an era -> the Gregorian year before its first."""
    solar_hijri: Months
    half_days: Mapping[str, int]
    """Folded word -> 0 for the first half of the day, 12 for the second."""


def build_day(year: int, month: int, day: int, *, language: str | None, region: str | None) -> date:
    """Return a day, also with a Buddhist year or a Solar Hijri date. Raises ValueError if there is no such day."""
    if year in BUDDHIST_YEARS:
        return date(year - BUDDHIST_OFFSET, month, day)
    if year in SOLAR_HIJRI_YEARS:
        if language not in SOLAR_HIJRI_LANGUAGES and region not in SOLAR_HIJRI_REGIONS:
            raise ValueError(f"{year} is a year of another calendar")
        return convert_solar_hijri(year, month, day)
    return date(year, month, day)


def convert_solar_hijri(year: int, month: int, day: int) -> date:
    """Return the day of a Solar Hijri date. Raises ValueError if there is none."""
    from persiantools.jdatetime import JalaliDate  # few pages need it

    converted: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
    return converted


def fold_name(name: str) -> str:
    """Return the name of a month without case, dots and the hamza on an alif."""
    folded = name.casefold().replace(".", "")
    return folded if folded.isascii() else folded.replace("أ", "ا").replace("إ", "ا").replace("آ", "ا")


def number_names(months: Iterable[Iterable[str]]) -> dict[str, int]:
    """Return folded name -> month."""
    return {fold_name(name): number for number, names in enumerate(months, 1) for name in names}


def read_calendars(text: str, file: str) -> Calendars:
    """Parse the text of calendars.toml; *file* is used in error messages only."""
    document = parse_document(text, file)
    check_keys(text, file, document, TABLES)
    halves = document.get("half_days", {})
    check_keys(text, file, halves, ("am", "pm"))
    for language, months in document.get("solar_hijri", {}).items():
        if len(months) != MONTHS:
            line = find_line(text, language)
            raise DataFileError(f"{file}:{line}: {language!r} has {len(months)} months instead of {MONTHS}")
    return Calendars(
        eras=document.get("eras", {}),
        solar_hijri={language: number_names(names) for language, names in document.get("solar_hijri", {}).items()},
        half_days={word: 12 if half == "pm" else 0 for half, words in halves.items() for word in words},
    )


@lru_cache(maxsize=1)
def calendars() -> Calendars:
    return read_calendars(package_file("calendars.toml", "newscrawl.fields"), "calendars.toml")
