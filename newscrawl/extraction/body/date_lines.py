"""Find lines that only say when a page was published or changed, and by whom."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache

from newscrawl.data_files import package_file
from newscrawl.fields.month_names import read_months
from newscrawl.fields.people import begins_with_by, is_label, split_names
from newscrawl.text.fold import fold_spelling

MAX_LINE = 140
MAX_PART = 60
"""Characters of a byline beside a date."""
_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}|\d{4}\s?[年년]|\d{1,2}\s?[月월]|tháng \d")
_PARTS = re.compile(r"\s*[|•·]\s*|\s+[-–—/]\s+|\n")


def is_date_line(text: str, authors: Iterable[str] = ()) -> bool:
    """Return whether a line holds nothing but dates, times, their labels, and bylines of or like *authors*."""
    if len(text) > MAX_LINE or not any(map(str.isdecimal, text)):
        return False
    known = {fold_spelling(name) for name in authors}
    has_date = False
    for part in _PARTS.split(text):
        if not part:
            continue
        if is_date(part):
            has_date = True
        elif not (_is_time(part) or _is_byline(part, known)):
            return False
    return has_date


def is_date(text: str) -> bool:
    """Return whether a text holds a date, and no word that is not part of dates."""
    words = _WORD.findall(fold_spelling(text))
    if not all(word in _words() or word in _months() for word in words):
        return False
    return bool(_DATE.search(text)) or (any(map(str.isdecimal, text)) and any(word in _months() for word in words))


def is_date_word(word: str) -> bool:
    """Return whether a word often stands beside a date: a weekday, a preposition, "published"."""
    return fold_spelling(word) in _words()


def _is_time(text: str) -> bool:
    return all(word in _words() for word in _WORD.findall(fold_spelling(text)))


def _is_byline(text: str, known: set[str]) -> bool:
    line = fold_spelling(text)
    if len(text) > MAX_PART or any(map(str.isdecimal, text)):
        return False
    return line in known or any(line.endswith(name) and begins_with_by(text) for name in known) or _names_people(text)


def _names_people(text: str) -> bool:
    """Return whether a text is a label for authors and a name ("Author: Ann Lee", "By Ann Lee")."""
    label, colon, name = text.replace("：", ":").partition(":")
    if colon:
        return (is_label(f"{label}:") or begins_with_by(f"{label}: x")) and bool(split_names(name))
    return begins_with_by(" ".join(text.split()[:3])) and bool(split_names(text))


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    tables = tomllib.loads(package_file("date_words.toml", "newscrawl.boilerplate"))
    return frozenset(word for words in tables.values() for line in words for word in _WORD.findall(fold_spelling(line)))


@lru_cache(maxsize=1)
def _months() -> frozenset[str]:
    months = read_months(package_file("months.toml", "newscrawl.fields"), "months.toml")
    return frozenset(word for names in months.values() for name in names for word in _WORD.findall(fold_spelling(name)))
