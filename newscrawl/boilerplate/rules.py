"""Load the boilerplate rules from TOML: checked key by key, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.data_files import compile_pattern, iter_tables, package_file

PHRASE_KEYS = frozenset({"id", "why", "lines", "also_as_prefix", "also_as_title"})
PATTERN_KEYS = frozenset({"id", "why", "pattern", "max_chars", "edge", "end"})
NAME_KEYS = frozenset({"id", "why", "names", "max_prose"})
WORDS_KEYS = frozenset({"id", "why", "words"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Whole lines of one kind, by language."""

    id: str
    lines: Mapping[str, tuple[str, ...]]
    """Language subtag -> lines, as written in the file."""
    also_as_prefix: bool = False
    """Also removes a short line in which a colon, dash or bar follows the phrase."""
    also_as_title: bool = False
    """As a heading it is the title of a widget, so the links under it are not part of the article."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that must match a whole line of at most `max_chars` characters."""

    id: str
    pattern: re.Pattern[str]
    max_chars: int
    edge: bool = False
    """Applies only before the first and after the last prose."""
    end: bool = False
    """Applies only to the last block of the text that is left."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """Names that mark an element as a zone to skip, a content container, or a part with a role."""

    id: str
    kind: str
    """`zone`, `content` or `role`."""
    names: tuple[str, ...]
    max_prose: int | None = None
    """With more characters of prose the element is not the zone that its name suggests."""


@dataclass(frozen=True, slots=True)
class WidgetWords:
    """Words of one kind that are common in widgets and rare in articles, by language."""

    id: str
    words: Mapping[str, tuple[str, ...]]
    """Language subtag -> words, as written in the file."""


def read_phrases(text: str, file: str) -> tuple[Phrase, ...]:
    """Return the `[[phrase]]` tables of a TOML text; *file* is the name used in errors."""
    return tuple(
        Phrase(
            id=table["id"],
            lines={language: tuple(lines) for language, lines in table["lines"].items()},
            also_as_prefix=table.get("also_as_prefix", False),
            also_as_title=table.get("also_as_title", False),
        )
        for _, table in iter_tables(text, file, {"phrase": (PHRASE_KEYS, ("id", "why", "lines"))})
    )


def read_patterns(text: str, file: str) -> tuple[Pattern, ...]:
    """Return the `[[pattern]]` tables of a TOML text."""
    tables = iter_tables(text, file, {"pattern": (PATTERN_KEYS, ("id", "why", "pattern", "max_chars"))})
    return tuple(
        Pattern(
            table["id"],
            compile_pattern(text, file, table),
            table["max_chars"],
            table.get("edge", False),
            table.get("end", False),
        )
        for _, table in tables
    )


def read_name_rules(text: str, file: str) -> tuple[NameRule, ...]:
    """Return the `[[zone]]`, `[[content]]` and `[[role]]` tables of a TOML text, in this order."""
    shape = (NAME_KEYS, ("id", "why", "names"))
    tables = iter_tables(text, file, {"zone": shape, "content": shape, "role": shape})
    return tuple(NameRule(table["id"], kind, tuple(table["names"]), table.get("max_prose")) for kind, table in tables)


def read_widget_words(text: str, file: str) -> tuple[WidgetWords, ...]:
    """Return the `[[words]]` tables of a TOML text."""
    return tuple(
        WidgetWords(table["id"], {language: tuple(words) for language, words in table["words"].items()})
        for _, table in iter_tables(text, file, {"words": (WORDS_KEYS, ("id", "why", "words"))})
    )


@lru_cache(maxsize=1)
def phrases() -> tuple[Phrase, ...]:
    """Return the bundled phrases."""
    return read_phrases(package_file("phrases.toml", "newscrawl.boilerplate"), "phrases.toml")


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """Return the bundled line patterns."""
    return read_patterns(package_file("patterns.toml", "newscrawl.boilerplate"), "patterns.toml")


@lru_cache(maxsize=1)
def name_rules() -> tuple[NameRule, ...]:
    """Return the bundled name rules."""
    return read_name_rules(package_file("name_rules.toml", "newscrawl.boilerplate"), "name_rules.toml")


@lru_cache(maxsize=1)
def widget_words() -> tuple[WidgetWords, ...]:
    """Return the bundled widget words."""
    return read_widget_words(package_file("widget_words.toml", "newscrawl.boilerplate"), "widget_words.toml")
