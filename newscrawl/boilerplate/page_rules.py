"""The rules that tell what a page is: read from TOML, checked key by key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from newscrawl.data_files import DataFileError, compiled, iter_tables, package_file

_ALWAYS = frozenset({"id", "why", "page_type"})
_LIMITS = frozenset({"alone", "max_run", "points", "undated", "with_article"})
_SHAPES = {
    "says": (_ALWAYS | _LIMITS | {"where", "lines", "pattern", "at_least"}, ("id", "why", "page_type", "where")),
    "path": (_ALWAYS | _LIMITS | {"words", "max_segments", "any_segment"}, ("id", "why", "page_type", "words")),
    "body": (_ALWAYS | _LIMITS | {"names"}, ("id", "why", "page_type", "names")),
    "generator": (_ALWAYS | _LIMITS | {"names"}, ("id", "why", "page_type", "names")),
    "data": (_ALWAYS | _LIMITS | {"types"}, ("id", "why", "page_type", "types")),
    "sign": (frozenset({"id", "why", "points"}), ("id", "why", "points")),
    "score": (_ALWAYS | {"enough"}, ("id", "why", "page_type", "enough")),
}
PLACES = frozenset({"title", "headline", "text", "line"})


@dataclass(frozen=True, slots=True)
class PageRule:
    """One thing that a page may say, be called or be described as."""

    id: str
    kind: str
    """`says`, `path`, `body`, `generator` or `data`: where it is looked for."""
    page_type: str
    terms: frozenset[str] = frozenset()
    """Lower-case; whole titles, lines, parts of a path, classes or types, as the kind asks for."""
    starts: tuple[str, ...] = ()
    """Beginnings of titles: the terms with an asterisk."""
    pattern: re.Pattern[str] | None = None
    """Instead of terms."""
    where: str = ""
    """Of `says`: `title` (a part of any title or of a heading), `headline` (the first part of the page's own),
    `text` (anywhere in the first text) or `line` (a block's whole text)."""
    at_least: int = 1
    """So many lines."""
    last_only: bool = False
    """Of `path`: only the last part counts."""
    max_segments: int | None = None
    alone: bool = True
    """One is enough; others need a second one with the same verdict."""
    points: float | None = None
    """What it adds to a score, instead of deciding."""
    max_run: int | None = None
    """With more characters of text in a row the page is judged by its text."""
    undated: bool = False
    """Holds only where the page states no date."""
    with_article: bool = False
    """Holds also where data describes the page as an article and there is some text."""


@dataclass(frozen=True, slots=True)
class PageRules:
    """All rules of a file."""

    rules: tuple[PageRule, ...] = ()
    signs: dict[str, float] = field(default_factory=dict)
    """Id -> points."""
    score_verdict: str = ""
    enough: float = 0.0


def read_page_rules(text: str, file: str) -> PageRules:
    """The tables of a TOML text; *file* is only named in errors."""
    rules: list[PageRule] = []
    signs: dict[str, float] = {}
    score: dict[str, Any] = {}
    for kind, table in iter_tables(text, file, _SHAPES):
        if kind == "sign":
            signs[table["id"]] = float(table["points"])
        elif kind == "score":
            score = table
        else:
            rules.append(_rule(text, file, kind, table))
    return PageRules(tuple(rules), signs, score.get("page_type", ""), float(score.get("enough", 0)))


def folded(text: str) -> str:
    """*text* as terms are compared: lower-case, one kind of apostrophe, white space collapsed."""
    # The dotted capital I of Turkish leaves a combining dot behind.
    return " ".join(text.casefold().replace("i\u0307", "i").replace("’", "'").split())


@lru_cache(maxsize=1)
def page_rules() -> PageRules:
    """The rules that come with newscrawl."""
    return read_page_rules(package_file("page_types.toml", "newscrawl.boilerplate"), "page_types.toml")


def _rule(text: str, file: str, kind: str, table: dict[str, Any]) -> PageRule:
    where = table.get("where", "")
    if where and where not in PLACES:
        raise DataFileError(f"{file}: {table['id']!r} looks in {where!r}; known places: {', '.join(sorted(PLACES))}")
    terms = list(_terms(table))
    if not terms and "pattern" not in table:
        raise DataFileError(f"{file}: [[{kind}]] {table['id']!r} lacks 'lines' or 'pattern'")
    return PageRule(
        id=table["id"],
        kind=kind,
        page_type=table["page_type"],
        terms=frozenset(term for term in terms if not term.endswith("*")),
        starts=tuple(term[:-1] for term in terms if term.endswith("*")),
        pattern=compiled(text, file, table) if "pattern" in table else None,
        where=where,
        at_least=table.get("at_least", 1),
        last_only=not table.get("any_segment", False),
        max_segments=table.get("max_segments"),
        **{key: table[key] for key in _LIMITS if key in table},
    )


def _terms(table: dict[str, Any]) -> Iterator[str]:
    for key in ("words", "names", "types"):
        yield from map(folded, table.get(key, ()))
    for lines in table.get("lines", {}).values():
        yield from map(folded, lines)
