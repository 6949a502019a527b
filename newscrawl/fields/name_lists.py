"""Read the words around names in bylines, which are in people.toml, and the patterns made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from os.path import commonprefix

from newscrawl.data_files import iter_tables, package_file


def read_lists(text: str, file: str) -> dict[str, frozenset[str]]:
    """Return the case-folded words of each `[[list]]` of a TOML text by id; *file* is used in error messages only."""
    keys = ("id", "why", "words")
    tables = iter_tables(text, file, {"list": (frozenset(keys), keys)})
    return {table["id"]: frozenset(word.casefold() for word in table["words"]) for _, table in tables}


@lru_cache(maxsize=1)
def get_lists() -> dict[str, frozenset[str]]:
    """Return the lists of people.toml; "by" has the words of "posted-by", too."""
    lists = read_lists(package_file("people.toml", "newscrawl.fields"), "people.toml")
    return lists | {"by": lists["by"] | lists["posted-by"]}


def get_words(name: str) -> frozenset[str]:
    return get_lists()[name]


def join_alternatives(names: Iterable[str]) -> str:
    """Return the words of lists as alternatives of a regular expression; '*' stands for any rest of the word.

    Longer words are tried first. Words share their beginnings: trying hundreds of them one by one takes long.
    """
    words = {word for name in names for word in get_words(name)}
    return _join_endings(sorted(words, key=len, reverse=True))


def _join_endings(words: Sequence[str]) -> str:
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[:1], []).append(word)
    alternatives = []
    for group in groups.values():
        start = commonprefix(group)  # noqa: RUF071 (not of paths)
        if len(group) > 1:
            alternatives.append(f"{re.escape(start)}(?:{_join_endings([word[len(start) :] for word in group])})")
        else:
            alternatives.append(re.escape(start[:-1]) + r"\w*" if start.endswith("*") else re.escape(start))
    return "|".join(alternatives)


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
