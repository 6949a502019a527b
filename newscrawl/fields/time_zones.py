"""Read the time zone that is written behind a clock: "+0200", "(GMT+7)", "EDT", "Eastern Time", "hora de Brasília"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawl.data_files import DataFileError, check_keys, find_line, package_file, parse_document

ANY = "any"
TABLES = ("abbreviations", "ambiguous", "names")
EARLIEST, LATEST = -12 * 60, 14 * 60
"""Range of UTC offsets, in minutes."""
MAX_TEXT = 80
MAX_WORDS = 2
"""Words behind the clock that may be an abbreviation: "14:30 Uhr MEZ"."""
_OFFSET = re.compile(r"(?:\b(?:UTC|GMT|UT|Z)\s?)?(?<![\d+−–-])([+−–-])(\d{1,2})(?::?(\d{2}))?(?![\d:])")
_UTC = re.compile(r"\b(?:Z|UTC|GMT)\b")
_IANA = re.compile(r"\b[A-Z][a-z]+/[A-Z]\w+(?:/[A-Z]\w+)?")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class ZoneNames:
    """The zones of time_zones.toml."""

    abbreviations: Mapping[str, Mapping[str, tzinfo]]
    """Abbreviation -> region, language or ANY -> zone."""
    names: Mapping[str, tzinfo]
    """Name in lower case -> zone, longest name first."""


def read_zone(text: str, region: str | None, language: str | None) -> tzinfo | None:
    """Return the zone that *text*, all that follows the clock, names; None if it names none.

    *region* (upper case) and *language* (primary subtag) decide between the meanings of "IST", "BST" and the like.
    """
    text = text[:MAX_TEXT]
    if not text or text.isspace():
        return None
    if (match := _OFFSET.search(text)) and (offset := _parse_offset(match)) is not None:
        return offset
    if _UTC.search(text):
        return UTC
    if (match := _IANA.search(text)) and (zone := _get_zone(match.group())) is not None:
        return zone
    folded = _fold(text)
    for name, named in _zone_names().names.items():
        if name in folded:
            return named
    return _find_abbreviation(text, region, language)


def _fold(text: str) -> str:
    """Return *text* in lower case and without accents."""
    return _without_accents(text).casefold()


def _without_accents(text: str) -> str:
    """Return *text* without accents, of the same length."""
    return text if text.isascii() else "".join(unicodedata.normalize("NFD", char)[0] for char in text)


def get_zone_length(text: str) -> int:
    """Return the length of the zone with which *text*, all that follows the clock, begins; 0 if there is none."""
    match = _zone_pattern().match(_without_accents(text[:MAX_TEXT]))
    return match.end() if match is not None and read_zone(match.group(), None, None) is not None else 0


@lru_cache(maxsize=1)
def _zone_pattern() -> re.Pattern[str]:
    names = "|".join(map(re.escape, _zone_names().names))
    return re.compile(
        rf"(?:\s?(?:uhr|hrs?|hs|h|น\.?|ч\.?|godz\.?|giờ|horas|ore)(?!\w))?[\s,]{{0,2}}(?:\([^()]{{2,40}}\)|(?:UTC|GMT)?\s?[+−–-]\d{{1,2}}(?::?\d{{2}})?(?!\d)"
        rf"|(?:{names})|(?-i:[A-ZА-Я]{{1,5}})(?!\w))",
        re.IGNORECASE,
    )


def _parse_offset(match: re.Match[str]) -> tzinfo | None:
    """Return the zone of "+02:00", "-500" or "+7"; None if no zone has this offset."""
    direction, hours, minutes = match.groups()
    offset = int(hours) * 60 + int(minutes or 0)
    offset = offset if direction == "+" else -offset
    is_real = EARLIEST <= offset <= LATEST and offset % 15 == 0
    return timezone(timedelta(minutes=offset)) if is_real else None


@lru_cache(maxsize=256)
def _get_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def _find_abbreviation(text: str, region: str | None, language: str | None) -> tzinfo | None:
    for word in _WORD.findall(text)[:MAX_WORDS]:
        meanings = _zone_names().abbreviations.get(word)
        if meanings is not None:
            return meanings.get(region or "") or meanings.get(language or "") or meanings[ANY]
    return None


def read_zone_names(text: str, file: str) -> ZoneNames:
    """Parse the text of time_zones.toml; *file* is used in error messages only."""
    document = parse_document(text, file)
    check_keys(text, file, document, TABLES)

    def parse(key: str, value: object) -> tzinfo:
        if isinstance(value, str):
            if (zone := _get_zone(value)) is not None:
                return zone
            if (match := _OFFSET.fullmatch(value)) and (offset := _parse_offset(match)) is not None:
                return offset
        raise DataFileError(
            f"{file}:{find_line(text, key)}: {key!r} is neither a UTC offset nor an IANA name: {value!r}"
        )

    abbreviations: dict[str, Mapping[str, tzinfo]] = {
        name: {ANY: parse(name, value)} for name, value in document.get("abbreviations", {}).items()
    }
    for name, meanings in document.get("ambiguous", {}).items():
        if ANY not in meanings:
            raise DataFileError(f"{file}:{find_line(text, name)}: {name!r} lacks {ANY!r}")
        abbreviations[name] = {key: parse(name, value) for key, value in meanings.items()}
    names = {_fold(name): parse(name, value) for name, value in document.get("names", {}).items()}
    return ZoneNames(abbreviations, dict(sorted(names.items(), key=lambda item: -len(item[0]))))


@lru_cache(maxsize=1)
def _zone_names() -> ZoneNames:
    return read_zone_names(package_file("time_zones.toml", "newscrawl.fields"), "time_zones.toml")


@lru_cache(maxsize=256)
def find_zone(name: str | None) -> ZoneInfo | None:
    """Return the time zone of an IANA name, None if there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None
