"""Names of months in many languages. They are in months.toml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from newscrawl.data_files import DataFileError, check_keys, find_line, package_file, parse_document
from newscrawl.fields.calendars import MONTHS, calendars, fold_name, number_names

_LANGUAGE = re.compile(r"[a-z]{2,3}")


def find_month(name: str, languages: Sequence[str]) -> int | None:
    """Return the number of the month called *name* (folded) in one of *languages*, else in any."""
    for one in languages:
        if month := month_numbers().get(one, {}).get(name):
            return month
    return _month_names().get(name)


def is_month(word: str) -> bool:
    """Return whether a word is the name of a month in any language."""
    return fold_name(word) in _month_names()


def is_solar_month(word: str) -> bool:
    return any(fold_name(word) in names for names in calendars().solar_hijri.values())


@lru_cache(maxsize=1)
def _month_names() -> dict[str, int | None]:
    """Return the names in all languages, with None for the month where languages differ."""
    found: dict[str, int | None] = {}
    for names in month_numbers().values():
        for name, month in names.items():
            found[name] = month if found.get(name, month) == month else None
    return found


def read_months(text: str, file: str) -> dict[str, dict[str, int]]:
    """Parse a TOML text to language code -> folded name -> month, 1 to 12; *file* is used in error messages only."""
    table = parse_document(text, file)
    check_keys(text, file, table, [key for key in table if _LANGUAGE.fullmatch(key)])
    for language, months in table.items():
        if len(months) != MONTHS:
            line = find_line(text, language)
            raise DataFileError(f"{file}:{line}: {language!r} has {len(months)} months instead of {MONTHS}")
    return {
        language: number_names([[unicodedata.normalize("NFKC", name) for name in names] for names in months])
        for language, months in table.items()
    }


@lru_cache(maxsize=1)
def month_numbers() -> dict[str, dict[str, int]]:
    return read_months(package_file("months.toml", "newscrawl.fields"), "months.toml")
