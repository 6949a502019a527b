"""Load the page type rules from TOML, checked key by key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from newscrawl.data_files import DataFileError, compile_pattern, iter_tables, package_file
from newscrawl.text.fold import fold_term

_ALWAYS = frozenset({"id", "why", "page_type"})
_LIMITS = frozenset({"alone", "max_run", "points", "undated", "with_article"})
_SHAPES = {
    "says": (_ALWAYS | _LIMITS | {"where", "lines", "pattern", "at_least"}, ("id", "why", "page_type", "where")),
    "path": (_ALWAYS | _LIMITS | {"words", "max_segments", "any_segment"}, ("id", "why", "page_type", "words")),
    "body": (_ALWAYS | _LIMITS | {"names"}, ("id", "why", "page_type", "names")),
    "generator": (_ALWAYS | _LIMITS | {"names"}, ("id", "why", "page_type", "names")),
    "data": (_ALWAYS | _LIMITS | {"types"}, ("id", "why", "page_type", "types")),
    "signal": (frozenset({"id", "why", "points"}), ("id", "why", "points")),
    "score": (_ALWAYS | {"enough"}, ("id", "why", "page_type", "enough")),
}
PLACES = frozenset({"title", "headline", "text", "line"})


@dataclass(frozen=True, slots=True)
class PageRule:
    """One clue to the type of a page: a phrase, a path, a class, a generator or a data type."""

    id: str
    kind: str
    """Where to look: `says`, `path`, `body`, `generator` or `data`."""
    page_type: str
    terms: frozenset[str] = frozenset()
    """Lower-case; whole titles, lines, path segments, classes or types, depending on the kind."""
    starts: tuple[str, ...] = ()
    """Title prefixes: the terms that end in an asterisk."""
    pattern: re.Pattern[str] | None = None
    """Instead of terms."""
    where: str = ""
    """For `says`: `title` (part of any title or heading), `headline` (first part of the page's own title), `text`
    (anywhere in the first text) or `line` (the whole text of a block)."""
    at_least: int = 1
    """Number of lines that must match."""
    last_only: bool = False
    """For `path`: only the last segment counts."""
    max_segments: int | None = None
    alone: bool = True
    """Decides by itself; otherwise a second rule with the same page type is needed."""
    points: float | None = None
    """Added to the score instead of deciding."""
    max_run: int | None = None
    """Applies only if no run of text is longer than this many characters."""
    undated: bool = False
    """Applies only to pages without a declared date."""
    with_article: bool = False
    """Also applies if structured data declares an article and the page has some text."""


@dataclass(frozen=True, slots=True)
class PageRules:
    """All rules of one file."""

    rules: tuple[PageRule, ...] = ()
    signals: dict[str, float] = field(default_factory=dict)
    """Signal id -> points."""
    score_page_type: str = ""
    enough: float = 0.0


def read_page_rules(text: str, file: str) -> PageRules:
    """Return the rules of a TOML text; *file* is the name used in errors."""
    rules: list[PageRule] = []
    signals: dict[str, float] = {}
    score: dict[str, Any] = {}
    for kind, table in iter_tables(text, file, _SHAPES):
        if kind == "signal":
            signals[table["id"]] = float(table["points"])
        elif kind == "score":
            score = table
        else:
            rules.append(_rule(text, file, kind, table))
    return PageRules(tuple(rules), signals, score.get("page_type", ""), float(score.get("enough", 0)))


@lru_cache(maxsize=1)
def page_rules() -> PageRules:
    """Return the bundled rules."""
    return read_page_rules(package_file("page_types.toml", "newscrawl.boilerplate"), "page_types.toml")


def _rule(text: str, file: str, kind: str, table: dict[str, Any]) -> PageRule:
    where = table.get("where", "")
    if where and where not in PLACES:
        raise DataFileError(
            f"{file}: {table['id']!r} has unknown place where = {where!r}; expected one of: {', '.join(sorted(PLACES))}"
        )
    terms = list(_terms(table))
    if not terms and "pattern" not in table:
        raise DataFileError(f"{file}: [[{kind}]] {table['id']!r} lacks 'lines' or 'pattern'")
    return PageRule(
        id=table["id"],
        kind=kind,
        page_type=table["page_type"],
        terms=frozenset(term for term in terms if not term.endswith("*")),
        starts=tuple(term[:-1] for term in terms if term.endswith("*")),
        pattern=compile_pattern(text, file, table) if "pattern" in table else None,
        where=where,
        at_least=table.get("at_least", 1),
        last_only=not table.get("any_segment", False),
        max_segments=table.get("max_segments"),
        **{key: table[key] for key in _LIMITS if key in table},
    )


def _terms(table: dict[str, Any]) -> Iterator[str]:
    for key in ("words", "names", "types"):
        yield from map(fold_term, table.get(key, ()))
    for lines in table.get("lines", {}).values():
        yield from map(fold_term, lines)
