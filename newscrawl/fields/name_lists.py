"""Read the words around names in bylines, which are in people.toml, and the patterns made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from newscrawl.data_files import iter_tables, package_file


def read_lists(text: str, file: str) -> dict[str, frozenset[str]]:
    """Return the case-folded words of each `[[list]]` of a TOML text by id; *file* is used in error messages only."""
    keys = ("id", "why", "words")
    tables = iter_tables(text, file, {"list": (frozenset(keys), keys)})
    return {table["id"]: frozenset(word.casefold() for word in table["words"]) for _, table in tables}


@lru_cache(maxsize=1)
def get_lists() -> dict[str, frozenset[str]]:
    return read_lists(package_file("people.toml", "newscrawl.fields"), "people.toml")


def get_words(name: str) -> frozenset[str]:
    return get_lists()[name]


def join_alternatives(names: Iterable[str]) -> str:
    """Return the words of lists as alternatives of a regular expression; '*' stands for any rest of the word."""
    words = {word for name in names for word in get_words(name)}
    return "|".join(
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)
        for word in sorted(words, key=len, reverse=True)
    )


@lru_cache(maxsize=32)
def word_pattern(name: str, *, before: bool = False, after: bool = False, between: bool = False) -> re.Pattern[str]:
    """Match a word of a list: at the start (once or more), with all *after* it, *between* spaces, or anywhere."""
    words = join_alternatives([name])
    if before:
        return re.compile(rf"^(?:(?:{words})(?:\s*[:：]\s*|\s+))+", re.IGNORECASE)
    if after:
        return re.compile(rf"(?:^|\s+)(?:{words})(?!\w).*$", re.IGNORECASE)
    if between:
        return re.compile(rf"\s+(?:{words})\s+", re.IGNORECASE)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)\s*", re.IGNORECASE)
