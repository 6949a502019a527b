"""Mark the words of a text that a query found, and cut out the passage that shows most of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from newscrawl.search.analysis import MAX_TOKENS, Token, analyze_word
from newscrawl.search.expression import Leaf, Phrase
from newscrawl.search.folding import WORD

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


class Highlighter:
    """Marks the terms of a query in texts; what it learns about a word holds for all of them."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self._by_first: dict[str, list[tuple[Phrase, int]]] = {}
        self._prefixes: list[tuple[str, int]] = []
        self._longest = 1
        for number, leaf in enumerate(leaves):
            for phrase in leaf:
                self._longest = max(self._longest, len(phrase.tokens))
                if phrase.is_prefix and len(phrase.tokens) == 1:
                    self._prefixes.append((phrase.tokens[0], number))
                else:
                    self._by_first.setdefault(phrase.tokens[0], []).append((phrase, number))
        self._words: dict[str | None, dict[str, tuple[int, bool]]] = {}
        """Language -> word -> how many tokens it has, and whether a phrase may begin with one of them."""

    def mark(self, text: str, language: str | None) -> Marked:
        """Return the whole of *text* in pieces; *language* as in `analyze`."""
        return _cut(text, self._find(text, language), 0, len(text))

    def make_snippet(self, text: str, language: str | None) -> Marked:
        """Return about SNIPPET_LENGTH characters of *text* with as many different terms as possible, in pieces."""
        matches = self._find(text, language)
        start, end = _choose_window(text, matches)
        pieces = list(_cut(text, matches, start, end))
        if start > 0:
            pieces.insert(0, (f"{ELLIPSIS} ", False))
        if end < len(text):
            pieces.append((f" {ELLIPSIS}", False))
        return tuple(_join(pieces))

    def _find(self, text: str, language: str | None) -> list[_Match]:
        """Return the matches in the first MAX_TOKENS tokens."""
        if not self._by_first and not self._prefixes:
            return []
        words = [(match[0], match.start()) for match in islice(WORD.finditer(text), MAX_TOKENS)]
        known = self._words.setdefault(language, {})
        matches: list[_Match] = []
        seen = 0
        for at, (word, _) in enumerate(words):
            if word not in known:
                known[word] = self._look_at(word, language)
            number, may_begin = known[word]
            if may_begin:
                tokens = list(islice(_locate(words, at, language), number + self._longest - 1))
                matches += (match for one in range(number) for match in self._find_at(tokens, one))
            seen += number
            if seen > MAX_TOKENS:
                break
        return matches

    def _look_at(self, word: str, language: str | None) -> tuple[int, bool]:
        tokens = analyze_word(word, language)
        for token in tokens:
            if token.text in self._by_first or any(token.text.startswith(prefix) for prefix, _ in self._prefixes):
                return len(tokens), True
        return len(tokens), False

    def _find_at(self, tokens: Sequence[Token], at: int) -> Iterator[_Match]:
        """Yield the phrases that begin with tokens[at]."""
        token = tokens[at]
        for phrase, number in self._by_first.get(token.text, ()):
            if _is_at(tokens, at, phrase):
                yield _Match(token.start, tokens[at + len(phrase.tokens) - 1].end, number)
        for prefix, number in self._prefixes:
            if token.text.startswith(prefix):
                yield _Match(token.start, _end_of_prefix(token, prefix), number)


def _locate(words: Sequence[tuple[str, int]], first: int, language: str | None) -> Iterator[Token]:
    """Yield the tokens of words[first:] with their places in the text."""
    for word, start in islice(words, first, None):
        for token in analyze_word(word, language):
            yield Token(token.text, start + token.start, start + token.end)


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
