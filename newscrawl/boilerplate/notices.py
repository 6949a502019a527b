"""Find lines about the page, its publisher or its channels: an old article, affiliate links, a messenger channel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newscrawl.data_files import iter_tables, package_file
from newscrawl.text.fold import fold_spelling
from newscrawl.text.scripts import DENSE_CHARACTER

ANY_LANGUAGE = "*"
MAX_BEFORE = 12
"""Characters before the phrase that a line must begin with: emoji, a label."""
MAX_WORDS, MAX_DENSE = 1, 3
"""Words before it, and the same where a character of a dense script counts as a word."""
MAX_AT_END = 220
PART, STEP = 5, 2
"""Characters of a phrase that are looked up, at every second character of a line: phrases of PART + STEP - 1 characters
or more have such a part. The few shorter ones are looked for one by one."""
_KEYS = frozenset({"id", "why", "first", "second", "last", "max_chars", "edge", "end", "opens"})
_WORD = re.compile(r"[^\W\d_]+")
_STOPS = (".", "。", "।", "۔")
_ENDS = " .!。！।…>»→👇"
_QUOTES = '"“”„«»‘「『'


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of line, told by two phrases of the same language."""

    id: str
    pairs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """(first, second) phrases, folded, for each language or for all of them."""
    by_phrase: Mapping[str, Sequence[int]]
    """Phrase -> indexes of the `pairs` with it: one phrase of each pair, so a line without any of them is no notice."""
    max_chars: int
    edge: bool = False
    """Applies only beside the first and the last prose."""
    end: bool = False
    """Applies only beside and after the last prose."""
    opens: bool = False
    """The line must begin with one of the two phrases, or end in one of `last`."""
    last: tuple[str, ...] = ()
    """Phrases, folded."""


def match_notice(text: str, *, at_edge: bool, at_end: bool = False) -> str | None:
    """Return the id of the notice that a line is, or None.

    *at_edge*: the line is beside the first or the last prose; *at_end*: it is beside the last, where only short
    lines count, except for closing notes.
    """
    size = len(text)
    possible = [notice for limit, notice in _list_applicable(at_edge=at_edge, at_end=at_end) if size <= limit]
    if not possible:
        return None
    line = fold_spelling(text)
    pairs: dict[str, list[int]] = {}
    is_inside = not at_edge and not at_end
    for phrase in _find_inner_phrases(line) if is_inside else _find_phrases(line):
        for notice_id, at in _pairs_by_phrase()[phrase]:
            pairs.setdefault(notice_id, []).extend(at)
    return next((one.id for one in possible if one.id in pairs and _matches(one, pairs[one.id], line)), None)


def _find_inner_phrases(line: str) -> list[str]:
    """Return the phrases in a folded line of the few notices that also stand amid the text."""
    return [phrase for phrase in _inner_phrases(is_ascii=line.isascii()) if phrase in line]


def _find_phrases(line: str) -> Iterator[str]:
    """Yield the phrases of all notices that are in a folded line. Most lines have not even a part of one."""
    parts = {line[at : at + PART] for at in range(0, len(line) - PART + 1, STEP)}
    for part in _phrases_by_part().keys() & parts:
        yield from (phrase for phrase in _phrases_by_part()[part] if phrase in line)
    is_ascii = line.isascii() or not _characters_of_short_phrases().search(line)
    yield from (phrase for phrase in _short_phrases(is_ascii=is_ascii) if phrase in line)


def _matches(notice: Notice, pairs: Iterable[int], line: str) -> bool:
    """Return whether one of the *pairs* of a notice, given by index, is in a folded line."""
    if notice.opens and line[:1] in _QUOTES:
        return False
    is_opened = not notice.opens or line.rstrip(_ENDS).endswith(notice.last)
    for at in pairs:
        first, second = notice.pairs[at]
        found = _find_first(first, line)
        other = _find_first(second, line) if found >= 0 else -1
        if other >= 0 and (is_opened or _opens(line, found, other)):
            return True
    return False


def _find_first(phrases: Sequence[str], line: str) -> int:
    """Return the index of the first of *phrases* in a line, or -1."""
    return min((at for phrase in phrases if (at := line.find(phrase)) >= 0), default=-1)


def _opens(line: str, first: int, second: int) -> bool:
    """Return whether a line begins with one of two phrases, at these indexes, and is no statement about the first."""
    if first < second and line.endswith(_STOPS) and "?" not in line:
        return False
    before = line[: min(first, second)]
    words = before if before.isascii() else DENSE_CHARACTER.sub(" x ", before)
    return len(before) <= MAX_BEFORE and len(_WORD.findall(words)) <= (MAX_WORDS if words is before else MAX_DENSE)


def read_notices(text: str, file: str) -> tuple[Notice, ...]:
    """Return the `[[notice]]` tables of a TOML text; *file* is the name used in errors."""
    tables = iter_tables(text, file, {"notice": (_KEYS, ("id", "why", "first", "second", "max_chars"))})
    return tuple(_build_notice(table) for _, table in tables)


def _build_notice(table: dict[str, Any]) -> Notice:
    pairs = tuple(_iter_pairs(table["first"], table["second"]))
    by_phrase: dict[str, list[int]] = {}
    for at, (first, second) in enumerate(pairs):
        for phrase in first if ANY_LANGUAGE in table["first"] else second:
            by_phrase.setdefault(phrase, []).append(at)
    options = {key: table[key] for key in ("edge", "end", "opens") if key in table}
    last = tuple(fold_spelling(phrase) for phrases in table.get("last", {}).values() for phrase in phrases)
    return Notice(table["id"], pairs, by_phrase, table["max_chars"], last=last, **options)


def _iter_pairs(
    first: dict[str, list[str]], second: dict[str, list[str]]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    if ANY_LANGUAGE in first:
        second = {ANY_LANGUAGE: [phrase for phrases in second.values() for phrase in phrases]}
    for language, phrases in second.items():
        yield tuple(map(fold_spelling, first[language])), tuple(map(fold_spelling, phrases))


@lru_cache(maxsize=1)
def notices() -> tuple[Notice, ...]:
    """Return the bundled notices and closing notes."""
    files = ("notices.toml", "closing_notes.toml")
    return tuple(notice for file in files for notice in read_notices(package_file(file, "newscrawl.boilerplate"), file))


@lru_cache(maxsize=4)
def _list_applicable(*, at_edge: bool, at_end: bool) -> tuple[tuple[int, Notice], ...]:
    """Return the notices that a line in this place may be, each with the characters of the longest such line."""
    return tuple(
        (min(notice.max_chars, MAX_AT_END) if at_end and not notice.end else notice.max_chars, notice)
        for notice in notices()
        if (at_edge or not notice.edge) and (at_end or not notice.end)
    )


@lru_cache(maxsize=1)
def _pairs_by_phrase() -> Mapping[str, Sequence[tuple[str, Sequence[int]]]]:
    """Return phrase -> id of each notice with it, and `by_phrase` of that notice."""
    found: dict[str, list[tuple[str, Sequence[int]]]] = {}
    for notice in notices():
        for phrase, pairs in notice.by_phrase.items():
            found.setdefault(phrase, []).append((notice.id, pairs))
    return found


@lru_cache(maxsize=2)
def _inner_phrases(*, is_ascii: bool) -> tuple[str, ...]:
    """Return the phrases of the notices that stand amid the text, too; if *is_ascii*, those that are ASCII."""
    inner = {phrase for _, notice in _list_applicable(at_edge=False, at_end=False) for phrase in notice.by_phrase}
    return tuple(phrase for phrase in sorted(inner) if phrase.isascii() or not is_ascii)


@lru_cache(maxsize=1)
def _phrases_by_part() -> Mapping[str, Sequence[str]]:
    """Return the parts that may be looked up -> phrases that begin with them, at most STEP - 1 characters later."""
    found: dict[str, list[str]] = {}
    for phrase in _pairs_by_phrase():
        for at in range(STEP if len(phrase) >= PART + STEP - 1 else 0):
            found.setdefault(phrase[at : at + PART], []).append(phrase)
    return found


@lru_cache(maxsize=2)
def _short_phrases(*, is_ascii: bool) -> tuple[str, ...]:
    """Return the phrases that are too short for that; *is_ascii*: those that an ASCII line may have."""
    short = (phrase for phrase in _pairs_by_phrase() if len(phrase) < PART + STEP - 1)
    return tuple(phrase for phrase in short if phrase.isascii() or not is_ascii)


@lru_cache(maxsize=1)
def _characters_of_short_phrases() -> re.Pattern[str]:
    """Match a character of the short phrases that are not ASCII."""
    characters = {char for phrase in _short_phrases(is_ascii=False) for char in phrase if not char.isascii()}
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]")
