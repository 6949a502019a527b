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
_MAY_BE_RANDOM = re.compile(r"[A-Z\d]")
"""A character that every generated name has."""
_COLOUR = re.compile(r"(?:\S*:)?(?:tw-)?(?:bg|border|divide|fill|outline|ring|stroke|text)-(?:\w+-)*secondary\b")
"""Utility classes for a colour."""
_TYPE_STYLE = re.compile(
    r"(?:\w+[-_]+)?(?:text|font|type|typo(?:graphy)?|muitypography)[-_]+caption\b"
    r"|caption(?:\d\b|[-_]+(?:with|large|small|medium|bold|regular|[lms]|xs)\b)",
    re.IGNORECASE,
)
"""Classes for small type, which themes use for dates and bylines as well as for captions."""
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
        match = NO_MATCH if _is_style(name) else _match_name(name)
        if match is not NO_MATCH:
            found = combine_matches(found, match)
    return found


def _is_style(name: str) -> bool:
    """Return whether a class says how an element looks, and not what it is."""
    return ("secondary" in name and _COLOUR.match(name) is not None) or (
        "caption" in name and _TYPE_STYLE.match(name) is not None
    )


def combine_matches(first: NameMatch, second: NameMatch) -> NameMatch:
    """Return both matches in one; where they differ, *first* wins."""
    if first is NO_MATCH:
        return second
    return _get_match(first.zone or second.zone, first.content or second.content, first.role or second.role)


@lru_cache(maxsize=10_000)
def _get_match(zone: str | None, content: str | None, role: str | None) -> NameMatch:
    """Return the match of these rules: names match few different ones, and building one takes longer."""
    return NameMatch(zone, content, role)


@lru_cache(maxsize=50_000)
def _match_name(name: str) -> NameMatch:
    words = [word.lower() for word in _WORDS.findall(_without_hashes(name))]
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        candidates = _list_candidates(word)
        if not candidates or (at and words[at - 1] in STATE_WORDS):
            continue
        after = " ".join([*words[at + 1 :], ""])
        for rule, rest in candidates:
            if rule.kind not in found and after.startswith(rest):
                found[rule.kind] = rule.id
    if not found or found.get("content") == WHOLE_PAGE:
        return NO_MATCH
    return _get_match(found.get("zone"), found.get("content"), found.get("role"))


def _without_hashes(name: str) -> str:
    """Return the name without generated parts ("teaser__Xy7Hd")."""
    if not _MAY_BE_RANDOM.search(name) or not _RANDOM.search(name):
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


Candidate = tuple[NameRule, str]
"""Rule, and the words that must follow the first one, each with a space behind it unless it is a stem."""


@lru_cache(maxsize=20_000)
def _list_candidates(word: str) -> tuple[Candidate, ...]:
    """Return the candidates that begin with a word, and those that are stems of it."""
    whole, stems = _index()
    matching = ((rule, "") for stem, rule in stems.get(word[:3], ()) if word.startswith(stem))
    return (*whole.get(word, ()), *matching)


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
                following = " ".join(rest) if is_stem else "".join(f"{word} " for word in rest)
                whole[first] = (*whole.get(first, ()), (rule, following))
    longest_first = {
        word: tuple(sorted(found, key=lambda candidate: -len(candidate[1].split()))) for word, found in whole.items()
    }
    return longest_first, stems
