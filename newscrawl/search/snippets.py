"""Mark the words of a text that a query found, and cut out the passage that shows most of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newscrawl.search.analysis import Token, locate_tokens
from newscrawl.search.expression import Leaf, Phrase

Marked = tuple[tuple[str, bool], ...]
"""A text in pieces: (text, whether it matches)."""
SNIPPET_LENGTH = 240
ELLIPSIS = "…"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    leaf: int


def mark(text: str, leaves: Sequence[Leaf], language: str | None) -> Marked:
    """Return the whole of *text* in pieces; *language* as in `analyze`."""
    return _cut(text, _find_matches(locate_tokens(text, language), leaves), 0, len(text))


def make_snippet(text: str, leaves: Sequence[Leaf], language: str | None) -> Marked:
    """Return about SNIPPET_LENGTH characters of *text* with as many different terms as possible, in pieces."""
    matches = _find_matches(locate_tokens(text, language), leaves) if leaves else []
    start, end = _choose_window(text, matches)
    pieces = list(_cut(text, matches, start, end))
    if start > 0:
        pieces.insert(0, (f"{ELLIPSIS} ", False))
    if end < len(text):
        pieces.append((f" {ELLIPSIS}", False))
    return tuple(_join(pieces))


def _find_matches(tokens: Sequence[Token], leaves: Sequence[Leaf]) -> list[_Match]:
    by_first: dict[str, list[tuple[Phrase, int]]] = {}
    prefixes: list[tuple[str, int]] = []
    for number, leaf in enumerate(leaves):
        for phrase in leaf:
            if phrase.is_prefix and len(phrase.tokens) == 1:
                prefixes.append((phrase.tokens[0], number))
            else:
                by_first.setdefault(phrase.tokens[0], []).append((phrase, number))
    matches = []
    for at, token in enumerate(tokens):
        for phrase, number in by_first.get(token.text, ()):
            if _is_at(tokens, at, phrase):
                matches.append(_Match(token.start, tokens[at + len(phrase.tokens) - 1].end, number))
        for prefix, number in prefixes:
            if token.text.startswith(prefix):
                matches.append(_Match(token.start, _end_of_prefix(token, prefix), number))
    return matches


def _end_of_prefix(token: Token, prefix: str) -> int:
    """Mark the whole word, but of a pair of characters only the one that was asked for."""
    return token.start + 1 if len(prefix) == 1 and token.end - token.start == 2 and not prefix.isascii() else token.end


def _is_at(tokens: Sequence[Token], at: int, phrase: Phrase) -> bool:
    if at + len(phrase.tokens) > len(tokens):
        return False
    *firsts, last = phrase.tokens
    if any(tokens[at + offset].text != one for offset, one in enumerate(firsts)):
        return False
    found = tokens[at + len(firsts)].text
    return found.startswith(last) if phrase.is_prefix else found == last


def _choose_window(text: str, matches: Sequence[_Match]) -> tuple[int, int]:
    """Return start and end of the passage with the most different terms; the first one of several."""
    best, start, last = 0, 0, 0
    counts: dict[int, int] = {}
    starts = [one.start for one in matches]
    chosen: _Match | None = None
    for first, match in enumerate(matches):
        while last < len(matches) and starts[last] <= match.start + SNIPPET_LENGTH * 3 // 4:
            counts[matches[last].leaf] = counts.get(matches[last].leaf, 0) + 1
            last += 1
        if len(counts) > best:
            best, chosen = len(counts), match
        counts[matches[first].leaf] -= 1
        if not counts[matches[first].leaf]:
            del counts[matches[first].leaf]
    if chosen is not None and chosen.start > SNIPPET_LENGTH // 2:
        start = _move_to_word(text, chosen.start - SNIPPET_LENGTH // 4)
    end = start + SNIPPET_LENGTH
    return (start, len(text)) if end >= len(text) else (start, _move_to_word(text, end))


def _move_to_word(text: str, at: int) -> int:
    """Return the nearest end of a word before *at*, or *at* where there is none."""
    space = text.rfind(" ", max(0, at - 30), at)
    return at if space < 0 else space + 1


def _cut(text: str, matches: Iterable[_Match], start: int, end: int) -> Marked:
    """Return text[start:end] in pieces; matches that overlap or touch become one."""
    spans: list[list[int]] = []
    for match in sorted(matches, key=lambda one: (one.start, one.end)):
        first, last = max(match.start, start), min(match.end, end)
        if first >= last:
            continue
        if spans and first <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], last)
        else:
            spans.append([first, last])
    pieces, at = [], start
    for first, last in spans:
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    return tuple(_join([*pieces, (text[at:end], False)]))


def _join(pieces: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Collapse white space, drop empty pieces, and join neighbours of one kind."""
    joined: list[tuple[str, bool]] = []
    for text, is_match in pieces:
        line = _SPACE.sub(" ", text)
        if joined and joined[-1][1] == is_match:
            joined[-1] = (joined[-1][0] + line, is_match)
        elif line:
            joined.append((line, is_match))
    return joined
