"""Match the names of an element (class, id, test id ...) against the name rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.boilerplate.rules import NameRule, name_rules

MAX_NAMES = 400
"""Characters that are read. Frameworks put hundreds of style classes on one element; meaningful ones come first."""
_RANDOM = re.compile(
    r"[a-zA-Z]\d+[a-zA-Z]*[A-Z]|[A-Z][a-z]?[A-Z][a-z]?[A-Z]|[a-z]\d[a-z]\d|(?<![^\W_])(?=[a-f]*\d)[0-9a-f]{6,}(?![^\W_])"
)
"""Generated ids and class hashes, which contain no words."""
_COLOUR = re.compile(r"(?:\S*:)?(?:tw-)?(?:bg|border|divide|fill|outline|ring|stroke|text)-(?:\w+-)*secondary\b")
"""Utility classes for a colour."""
MAX_RANDOM_CLASS = 2
"""Letters of a class. An element with several classes, all so short, has those of a stylesheet compiler."""
WHOLE_PAGE = "whole-page"
STATE_WORDS = frozenset({"has", "with", "without", "no"})
"""The next word names something inside the element, or missing from it: "has-sidebar", "no-toc"."""
_SEPARATORS = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Rule ids that the names of one element match, by kind of rule."""

    zone: str | None = None
    content: str | None = None
    role: str | None = None


NO_MATCH = NameMatch()
HIDDEN = NameMatch(zone="hidden-name")


@lru_cache(maxsize=20_000)
def match_names(text: str) -> NameMatch:
    """Return the rules that an element's class, id or test id (*text*) matches.

    If several zones match, the first name wins: in nearly all themes it is the most specific one.
    """
    # Words of two different classes never form one name.
    classes = text[:MAX_NAMES].split()
    if len(classes) > 1 and max(map(len, classes)) <= MAX_RANDOM_CLASS:
        return NO_MATCH
    found = HIDDEN if _is_hidden(classes) else NO_MATCH
    for name in classes:
        match = NO_MATCH if "secondary" in name and _COLOUR.match(name) else _match_name(name)
        if match is not NO_MATCH:
            found = combine_matches(found, match)
    return found


def combine_matches(first: NameMatch, second: NameMatch) -> NameMatch:
    """Return both matches in one; where they differ, *first* wins."""
    if first is NO_MATCH:
        return second
    return NameMatch(first.zone or second.zone, first.content or second.content, first.role or second.role)


@lru_cache(maxsize=50_000)
def _match_name(name: str) -> NameMatch:
    index, stems = _index()
    words = [word.lower() for word in _WORDS.findall(_without_hashes(name))]
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        if at and words[at - 1] in STATE_WORDS:
            continue
        for rule, rest, is_stem in index.get(word, ()):
            if rule.kind not in found and (not rest or _continues(words[at + 1 :], rest, is_stem=is_stem)):
                found[rule.kind] = rule.id
        for stem, rule in stems.get(word[:3], ()):
            if word.startswith(stem):
                found.setdefault(rule.kind, rule.id)
    if found.get("content") == WHOLE_PAGE:
        return NO_MATCH
    return NameMatch(found.get("zone"), found.get("content"), found.get("role")) if found else NO_MATCH


def _without_hashes(name: str) -> str:
    """Return the name without generated parts ("teaser__Xy7Hd")."""
    if not _RANDOM.search(name):
        return name
    return " ".join(piece for piece in _SEPARATORS.split(name) if piece.isupper() or not _RANDOM.search(piece))


def _is_hidden(classes: list[str]) -> bool:
    """Return whether utility classes hide the element at every screen width."""
    if "hidden" in classes:
        return not any(":" in name for name in classes)
    return "d-none" in classes and not any(name.startswith("d-") and name != "d-none" for name in classes)


@lru_cache(maxsize=1)
def max_prose_by_zone() -> dict[str, int]:
    """Return zone -> characters of prose above which the name does not mean that zone."""
    return {rule.id: rule.max_prose for rule in name_rules() if rule.max_prose is not None}


Candidate = tuple[NameRule, tuple[str, ...], bool]
"""Rule, words that must follow the first one, and whether the last of them is a stem."""


def _continues(words: list[str], rest: tuple[str, ...], *, is_stem: bool) -> bool:
    if len(words) < len(rest) or tuple(words[: len(rest) - 1]) != rest[:-1]:
        return False
    last = words[len(rest) - 1]
    return last.startswith(rest[-1]) if is_stem else last == rest[-1]


@lru_cache(maxsize=1)
def _index() -> tuple[dict[str, tuple[Candidate, ...]], dict[str, tuple[tuple[str, NameRule], ...]]]:
    """Return candidates by their first word, longest name first, and one-word stems by their first three letters."""
    whole: dict[str, tuple[Candidate, ...]] = {}
    stems: dict[str, tuple[tuple[str, NameRule], ...]] = {}
    for rule in name_rules():
        for name in rule.names:
            is_stem = name.endswith("*")
            first, *rest = (word.lower() for word in _WORDS.findall(name))
            if is_stem and not rest:
                stems[first[:3]] = (*stems.get(first[:3], ()), (first, rule))
            else:
                whole[first] = (*whole.get(first, ()), (rule, tuple(rest), is_stem))
    longest_first = {
        word: tuple(sorted(found, key=lambda candidate: -len(candidate[1]))) for word, found in whole.items()
    }
    return longest_first, stems
