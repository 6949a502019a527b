"""The boilerplate rules: read from TOML, checked key by key, compiled once."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from newscrawl.exceptions import UsageError

PHRASE_KEYS = frozenset({"id", "why", "lines", "also_as_prefix", "also_as_title"})
PATTERN_KEYS = frozenset({"id", "why", "pattern", "max_chars", "edge"})
NAME_KEYS = frozenset({"id", "why", "names", "max_prose"})
WORDS_KEYS = frozenset({"id", "why", "words"})


class RuleFileError(UsageError):
    """A rule file that cannot be used; the message names file, key and line."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Whole lines of one kind, by language."""

    id: str
    lines: Mapping[str, tuple[str, ...]]
    """Language subtag -> lines, as written in the file."""
    also_as_prefix: bool = False
    """Also removes a short line that goes on after a colon, dash or bar."""
    also_as_title: bool = False
    """As a heading it is the title of a box: the links under it are not the article's."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that must match a whole line of at most `max_chars` characters."""

    id: str
    pattern: re.Pattern[str]
    max_chars: int
    edge: bool = False
    """Holds only before the first and after the last prose."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """What the names of an element say: a zone to leave out, a container, or a part's role."""

    id: str
    kind: str
    """`zone`, `content` or `role`."""
    names: tuple[str, ...]
    max_prose: int | None = None
    """A zone with more characters of prose is something else than its name says."""


@dataclass(frozen=True, slots=True)
class BoxWords:
    """Words of one kind that are common in boxes and rare in articles, by language."""

    id: str
    words: Mapping[str, tuple[str, ...]]
    """Language subtag -> words, as written in the file."""


def read_phrases(text: str, file: str) -> tuple[Phrase, ...]:
    """The `[[phrase]]` tables of a TOML text; *file* is only named in errors."""
    return tuple(
        Phrase(
            id=table["id"],
            lines={language: tuple(lines) for language, lines in table["lines"].items()},
            also_as_prefix=table.get("also_as_prefix", False),
            also_as_title=table.get("also_as_title", False),
        )
        for _, table in tables_of(text, file, {"phrase": (PHRASE_KEYS, ("id", "why", "lines"))})
    )


def read_patterns(text: str, file: str) -> tuple[Pattern, ...]:
    """The `[[pattern]]` tables of a TOML text."""
    tables = tables_of(text, file, {"pattern": (PATTERN_KEYS, ("id", "why", "pattern", "max_chars"))})
    return tuple(
        Pattern(table["id"], compiled(text, file, table), table["max_chars"], table.get("edge", False))
        for _, table in tables
    )


def read_names(text: str, file: str) -> tuple[NameRule, ...]:
    """The `[[zone]]`, `[[content]]` and `[[role]]` tables of a TOML text, in this order."""
    shape = (NAME_KEYS, ("id", "why", "names"))
    tables = tables_of(text, file, {"zone": shape, "content": shape, "role": shape})
    return tuple(NameRule(table["id"], kind, tuple(table["names"]), table.get("max_prose")) for kind, table in tables)


def read_box_words(text: str, file: str) -> tuple[BoxWords, ...]:
    """The `[[words]]` tables of a TOML text."""
    return tuple(
        BoxWords(table["id"], {language: tuple(words) for language, words in table["words"].items()})
        for _, table in tables_of(text, file, {"words": (WORDS_KEYS, ("id", "why", "words"))})
    )


@lru_cache(maxsize=1)
def phrases() -> tuple[Phrase, ...]:
    """The phrases that come with newscrawl."""
    return read_phrases(package_file("phrases.toml"), "phrases.toml")


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """The line patterns that come with newscrawl."""
    return read_patterns(package_file("patterns.toml"), "patterns.toml")


@lru_cache(maxsize=1)
def names() -> tuple[NameRule, ...]:
    """The name rules that come with newscrawl."""
    return read_names(package_file("zones.toml"), "zones.toml")


@lru_cache(maxsize=1)
def box_words() -> tuple[BoxWords, ...]:
    """The words of boxes that come with newscrawl."""
    return read_box_words(package_file("box_words.toml"), "box_words.toml")


def package_file(name: str, package: str = "newscrawl.boilerplate") -> str:
    """The text of a rule file that comes with newscrawl."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


Shape = tuple[frozenset[str], tuple[str, ...]]
"""The keys a table may have, and those it must have."""
PLAIN_PATTERN: Shape = (frozenset({"id", "why", "pattern"}), ("id", "why", "pattern"))
"""A rule that is nothing but a pattern."""


def tables_of(text: str, file: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kinds and tables of a rule file, kind by kind as in *shapes*; raises RuleFileError for what is not known."""
    document = document_of(text, file)
    check_keys(text, file, document, list(shapes))
    for kind, (allowed, required) in shapes.items():
        for table in document.get(kind, []):
            _check(text, file, kind, table, allowed, required)
            yield kind, table


def document_of(text: str, file: str) -> dict[str, Any]:
    """What a TOML text says; raises RuleFileError where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleFileError(f"{file}: not valid TOML: {error}") from error


def check_keys(text: str, file: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise RuleFileError for a key of *table* that is not *known*; the message names line and nearest key."""
    for key in table:
        if key not in known:
            raise _unknown(text, file, key, known)


def _check(
    text: str, file: str, kind: str, table: dict[str, Any], allowed: frozenset[str], required: tuple[str, ...]
) -> None:
    check_keys(text, file, table, sorted(allowed))
    for key in required:
        if not table.get(key):
            raise RuleFileError(f"{file}: [[{kind}]] {table.get('id', '(without id)')!r} lacks {key!r}")


def _unknown(text: str, file: str, key: str, allowed: Sequence[str]) -> RuleFileError:
    near = difflib.get_close_matches(key, allowed, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(allowed)}"
    return RuleFileError(f"{file}, line {line_of(text, key)}: unknown key {key!r}{hint}")


def line_of(text: str, key: str) -> int:
    """The first line, from 1 on, that states *key*; 0 where none does."""
    pattern = re.compile(rf"\s*(?:\[+\s*(?:\w+\.)?)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 0)


def compiled(text: str, file: str, table: dict[str, Any], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """The pattern of a table."""
    try:
        return re.compile(table["pattern"], flags)
    except re.error as error:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if f'"{table["id"]}"' in row), 0)
        raise RuleFileError(f"{file}, line {line}: pattern of {table['id']!r} is wrong: {error}") from error
