"""Find dates that are relative to the time of the fetch: "2 hours ago", "vor 3 Stunden", "3시간 전", "yesterday"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any

from newscrawl.data_files import PLAIN_PATTERN, check_keys, compile_pattern, package_file, parse_document
from newscrawl.fields.clocks import find_clock

MAX_TEXT = 48
MAX_LABEL_WORDS = 3
"""Words before a relative date ("Published on")."""
MAX_AGE = timedelta(days=27)
"""Months and years name no day."""
_DAYS_AGO = re.compile(r"([0-3]) day ago")
_YEAR = re.compile(r"\d{4}")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class RelativeDate:
    moment: datetime
    """Aware."""
    is_instant: bool
    """False if only the day is known."""
    rest: str = ""
    """The text behind a day, which may have a clock."""


@dataclass(frozen=True, slots=True)
class RelativeWords:
    """The contents of relative_dates.toml."""

    ago: Mapping[str, re.Pattern[str]]
    languages: Mapping[str, Sequence[str]]
    rewrites: Sequence[tuple[re.Pattern[str], str]]


def find_relative(text: str, languages: Sequence[str], now: datetime) -> RelativeDate | None:
    """Return the relative date that a short *text* consists of, after a label at most.

    *languages* are primary subtags, *now* is aware.
    """
    if not 2 < len(text) <= MAX_TEXT or _YEAR.search(text):
        return None
    text = text.lower().strip(" .,|·•()")
    for language in languages:
        found = _find_ago(text, language, now) or _find_day(text, language, now)
        if found is not None:
            return found
    return None


def _find_ago(text: str, language: str, now: datetime) -> RelativeDate | None:
    words = _relative_words()
    ago = words.ago.get(language)
    if ago is None or not ago.search(text):
        return None
    for pattern, replacement in words.rewrites:
        text = pattern.sub(replacement, text)
    words_of_text = text.split()
    for skipped in range(min(MAX_LABEL_WORDS, len(words_of_text) - 1) + 1):
        if skipped and _DIGIT.search(words_of_text[skipped - 1]):
            break
        moment = _dateparser(" ".join(words_of_text[skipped:]), tuple(words.languages.get(language, (language,))), now)
        if moment is not None and now - MAX_AGE <= moment <= now:
            is_instant = (now - moment) % timedelta(days=1) != timedelta() or moment == now
            return RelativeDate(moment, is_instant)
    return None


@lru_cache(maxsize=256)
def _dateparser(text: str, languages: tuple[str, ...], now: datetime) -> datetime | None:
    import dateparser  # takes 0.2 s, and most pages have ISO dates

    base = now.astimezone(UTC).replace(tzinfo=None)
    settings: Any = {"PARSERS": ["relative-time"], "RELATIVE_BASE": base, "RETURN_AS_TIMEZONE_AWARE": False}
    try:
        found = dateparser.parse(text, languages=list(languages), settings=settings)
    except (ValueError, OverflowError, RecursionError, TypeError):
        return None
    return None if found is None else found.replace(tzinfo=UTC)


def _find_day(text: str, language: str, now: datetime) -> RelativeDate | None:
    """Find "yesterday", alone or with a clock, and "today" with a clock."""
    for days, pattern in _days_ago(language):
        match = pattern.match(text)
        if match is not None:
            rest = text[match.end() :].strip()
            if find_clock(rest) is not None or (days and not rest):
                return RelativeDate(now - timedelta(days=days), is_instant=False, rest=rest)
    return None


@lru_cache(maxsize=64)
def _days_ago(language: str) -> Sequence[tuple[int, re.Pattern[str]]]:
    """Return the words of a language for today and the days before, as dateparser has them."""
    try:
        info: dict[str, Any] = import_module(f"dateparser.data.date_translation_data.{language}").info
    except ImportError:
        return ()
    found = []
    for key, names in info.get("relative-type", {}).items():
        if match := _DAYS_AGO.fullmatch(key):
            found.append((int(match[1]), re.compile(rf"(?:{'|'.join(map(re.escape, names))})(?!\w)")))
    return found


def read_relative_words(text: str, file: str) -> RelativeWords:
    """Parse the text of relative_dates.toml; *file* is used in error messages only."""
    document = parse_document(text, file)
    check_keys(text, file, document, ("ago", "languages", "rewrite"))
    rewrites = []
    for table in document.get("rewrite", []):
        check_keys(text, file, table, sorted(PLAIN_PATTERN[0] | {"to"}))
        rewrites.append((compile_pattern(text, file, table), table["to"]))
    ago = {
        language: re.compile("|".join(rf"{re.escape(word)}(?!\w)" for word in words))
        for language, words in document.get("ago", {}).items()
    }
    return RelativeWords(ago, document.get("languages", {}), rewrites)


@lru_cache(maxsize=1)
def _relative_words() -> RelativeWords:
    return read_relative_words(package_file("relative_dates.toml", "newscrawl.fields"), "relative_dates.toml")
