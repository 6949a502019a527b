"""Find lines about the page, its publisher or its channels: an old article, affiliate links, a messenger channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newscrawl.data_files import iter_tables, package_file
from newscrawl.text.fold import fold_spelling

ANY_LANGUAGE = "*"
MAX_BEFORE = 12
"""Characters before the phrase that a line must begin with: emoji, a label."""
MAX_AT_END = 220
_KEYS = frozenset({"id", "why", "first", "second", "max_chars", "edge", "opens"})
_QUOTES = '"“”„«»‘「『'


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of line, told by two phrases of the same language."""

    id: str
    pairs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """(first, second) phrases, folded, for each language or for all of them."""
    by_start: Mapping[str, Sequence[int]]
    """First three characters of a phrase -> indexes of `pairs`; a line without any of them is not read further."""
    max_chars: int
    edge: bool = False
    """Applies only beside the first and the last prose."""
    opens: bool = False
    """The line must begin with one of the two phrases."""


def match_notice(text: str, *, at_edge: bool, at_end: bool = False) -> str | None:
    """Return the id of the notice that a line is, or None.

    *at_edge*: the line is beside the first or the last prose; *at_end*: it is beside the last, where only short
    lines count.
    """
    size = len(text)
    possible = [
        notice for notice in notices()
        if size <= (min(notice.max_chars, MAX_AT_END) if at_end else notice.max_chars) and (at_edge or not notice.edge)
    ]  # fmt: skip
    if not possible:
        return None
    line = fold_spelling(text)
    starts = {line[at : at + 3] for at in range(len(line))}
    if not line.isascii():
        starts |= {line[at : at + 2] for at in range(len(line))}
    return next((notice.id for notice in possible if _matches(notice, line, starts)), None)


def _matches(notice: Notice, line: str, starts: set[str]) -> bool:
    if notice.opens and line[:1] in _QUOTES:
        return False
    for at in {at for start in notice.by_start.keys() & starts for at in notice.by_start[start]}:
        first, second = notice.pairs[at]
        found = next((phrase for phrase in first if phrase in line), None)
        other = next((phrase for phrase in second if phrase in line), None) if found is not None else None
        if found is None or other is None:
            continue
        if not notice.opens or min(line.find(found), line.find(other)) <= MAX_BEFORE:
            return True
    return False


def read_notices(text: str, file: str) -> tuple[Notice, ...]:
    """Return the `[[notice]]` tables of a TOML text; *file* is the name used in errors."""
    tables = iter_tables(text, file, {"notice": (_KEYS, ("id", "why", "first", "second", "max_chars"))})
    return tuple(_build_notice(table) for _, table in tables)


def _build_notice(table: dict[str, Any]) -> Notice:
    pairs = tuple(_iter_pairs(table["first"], table["second"]))
    by_start: dict[str, list[int]] = {}
    for at, (first, second) in enumerate(pairs):
        for phrase in first if ANY_LANGUAGE in table["first"] else second:
            by_start.setdefault(phrase[:3], []).append(at)
    options = {key: table[key] for key in ("edge", "opens") if key in table}
    return Notice(table["id"], pairs, by_start, table["max_chars"], **options)


def _iter_pairs(
    first: dict[str, list[str]], second: dict[str, list[str]]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    if ANY_LANGUAGE in first:
        second = {ANY_LANGUAGE: [phrase for phrases in second.values() for phrase in phrases]}
    for language, phrases in second.items():
        yield tuple(map(fold_spelling, first[language])), tuple(map(fold_spelling, phrases))


@lru_cache(maxsize=1)
def notices() -> tuple[Notice, ...]:
    """Return the bundled notices."""
    return read_notices(package_file("notices.toml", "newscrawl.boilerplate"), "notices.toml")
