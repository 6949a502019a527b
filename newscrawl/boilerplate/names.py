"""What the names of an element (class, id, role ...) say about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.boilerplate.rules import NameRule, names

MAX_NAMES = 400
"""Frameworks write hundreds of style classes on one element; those that mean something come early."""
_RANDOM = re.compile(
    r"[a-zA-Z]\d+[a-zA-Z]*[A-Z]|[A-Z][a-z]?[A-Z][a-z]?[A-Z]|[a-z]\d[a-z]\d|(?<![^\W_])(?=[a-f]*\d)[0-9a-f]{6,}(?![^\W_])"
)
"""Generated ids and class hashes: their pieces are no words."""
_COLOUR = re.compile(r"(?:\S*:)?(?:tw-)?(?:bg|border|divide|fill|outline|ring|stroke|text)-(?:\w+-)*secondary\b")
"""Utility classes that name a colour."""
WHOLE_PAGE = "whole-page"
STATES = frozenset({"has", "with", "without", "no"})
"""What follows is what an element has, or has not, inside: "has-sidebar", "no-toc"."""
_SIGNS = re.compile(r"[\W_]+")
_WORDS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the names of one element say; rule ids, or None."""

    zone: str | None = None
    content: str | None = None
    role: str | None = None


NOTHING = Meaning()
HIDDEN = Meaning(zone="hidden-name")


@lru_cache(maxsize=20_000)
def meaning_of(text: str) -> Meaning:
    """The rules that the names of an element match. *text* is its class, id or test id.

    Of several zones that of the first name wins; it is the most telling one in nearly all themes.
    """
    # A class attribute's classes are names apart: words of two of them make no name together.
    classes = text[:MAX_NAMES].split()
    found = HIDDEN if _is_hidden(classes) else NOTHING
    for name in classes:
        meaning = NOTHING if "secondary" in name and _COLOUR.match(name) else _meaning_of_name(name)
        if meaning is not NOTHING:
            found = merged(found, meaning)
    return found


def merged(first: Meaning, second: Meaning) -> Meaning:
    """Both, the first where they differ."""
    if first is NOTHING:
        return second
    return Meaning(first.zone or second.zone, first.content or second.content, first.role or second.role)


@lru_cache(maxsize=50_000)
def _meaning_of_name(name: str) -> Meaning:
    index, stems = _index()
    words = [word.lower() for word in _WORDS.findall(_without_hashes(name))]
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        if at and words[at - 1] in STATES:
            continue
        for rule, rest, is_stem in index.get(word, ()):
            if rule.kind not in found and (not rest or _goes_on(words[at + 1 :], rest, is_stem=is_stem)):
                found[rule.kind] = rule.id
        for stem, rule in stems.get(word[:3], ()):
            if word.startswith(stem):
                found.setdefault(rule.kind, rule.id)
    if found.get("content") == WHOLE_PAGE:
        return NOTHING
    return Meaning(found.get("zone"), found.get("content"), found.get("role")) if found else NOTHING


def _without_hashes(name: str) -> str:
    """The name without generated pieces ("teaser__Xy7Hd"), whose letters are no words."""
    if not _RANDOM.search(name):
        return name
    return " ".join(piece for piece in _SIGNS.split(name) if piece.isupper() or not _RANDOM.search(piece))


def _is_hidden(classes: list[str]) -> bool:
    """Utility classes: hidden, unless another class shows the element from some width of the screen on."""
    if "hidden" in classes:
        return not any(":" in name for name in classes)
    return "d-none" in classes and not any(name.startswith("d-") and name != "d-none" for name in classes)


@lru_cache(maxsize=1)
def most_prose() -> dict[str, int]:
    """Zone -> characters of prose above which its name means something else."""
    return {rule.id: rule.max_prose for rule in names() if rule.max_prose is not None}


Candidate = tuple[NameRule, tuple[str, ...], bool]
"""A rule, the words that must follow the first one, and whether the last of them is only a stem."""


def _goes_on(words: list[str], rest: tuple[str, ...], *, is_stem: bool) -> bool:
    if len(words) < len(rest) or tuple(words[: len(rest) - 1]) != rest[:-1]:
        return False
    last = words[len(rest) - 1]
    return last.startswith(rest[-1]) if is_stem else last == rest[-1]


@lru_cache(maxsize=1)
def _index() -> tuple[dict[str, tuple[Candidate, ...]], dict[str, tuple[tuple[str, NameRule], ...]]]:
    """Candidates by their first word; one-word stems by their first three letters."""
    whole: dict[str, tuple[Candidate, ...]] = {}
    stems: dict[str, tuple[tuple[str, NameRule], ...]] = {}
    for rule in names():
        for name in rule.names:
            is_stem = name.endswith("*")
            first, *rest = (word.lower() for word in _WORDS.findall(name))
            if is_stem and not rest:
                stems[first[:3]] = (*stems.get(first[:3], ()), (first, rule))
            else:
                whole[first] = (*whole.get(first, ()), (rule, tuple(rest), is_stem))
    return whole, stems
