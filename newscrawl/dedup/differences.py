"""How two versions of a text differ, word by word, at a bounded cost. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

MIN_IN_A_ROW = 3
"""Words in a row that both versions have, from which they count as kept: texts about anything share single words."""
WINDOW = 8_000
"""Words of the part that differs that are compared at once; a window costs at most 8 MB and some 20 ms."""
MAX_PLACES = 60
"""More places are not told one by one."""

_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Thai, Lao, Burmese, Khmer, kana and Han have no spaces between words: each of their signs counts as a word."""
_SIGNS = "!-/:-@\\[-`{-~¡-¿\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\uff00-\uff0f\u060c\u061b\u061f\u0964\u0965"
_WORD = re.compile(f"\\d+(?:[.,:]\\d+)+|[{_DENSE}]|[^\\s{_SIGNS}{_DENSE}]+(?:['’][^\\s{_SIGNS}{_DENSE}]+)*")
_SENTENCE_END = re.compile('[.!?:…。！？।\n"“”„«»‘‹›(]')


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, as it stands there."""

    text: str
    opens: bool
    """Whether it is the first of a sentence, line or quotation, where every word may have a capital."""


@dataclass(frozen=True, slots=True)
class ChangedSpan:
    """Words in a row that one version has in place of others (or of none)."""

    old: tuple[Word, ...]
    new: tuple[Word, ...]
    before: str = ""
    """The word before it, folded."""
    after: str = ""


@dataclass(frozen=True)
class Difference:
    """What became of the words of a text."""

    old: Sequence[Word]
    new: Sequence[Word]
    runs: tuple[tuple[int, int, int], ...]
    """(index in old, index in new, words) of what both have in the same order, from beginning to end."""

    @cached_property
    def kept(self) -> int:
        """Words that both versions have, in the same order and at least FEWEST_IN_A_ROW in a row."""
        return sum(run[2] for run in self.runs if run[2] >= MIN_IN_A_ROW or self._is_edge(*run))

    @property
    def size(self) -> float:
        """Share of the words of both versions that the other does not have, 0 to 1.

        1 - 2 * kept / (old + new): one minus the Dice coefficient over the longest common subsequence.
        """
        total = len(self.old) + len(self.new)
        return round(1 - 2 * self.kept / total, 4) if total else 0.0

    @property
    def beginning(self) -> int:
        """Words that both begin with."""
        return self.runs[0][2] if self.runs and self.runs[0][:2] == (0, 0) else 0

    def places(self) -> tuple[ChangedSpan, ...] | None:
        """Where the versions differ; None where that is in more than MOST_PLACES places."""
        if len(self.runs) > MAX_PLACES:
            return None
        return tuple(self._places())

    def _places(self) -> Iterator[ChangedSpan]:
        left, right = 0, 0
        for start, new_start, length in (*self.runs, (len(self.old), len(self.new), 0)):
            if left < start or right < new_start:
                before = _key(self.old[left - 1].text) if left else ""
                after = _key(self.old[start].text) if start < len(self.old) else ""
                yield ChangedSpan(tuple(self.old[left:start]), tuple(self.new[right:new_start]), before, after)
            left, right = start + length, new_start + length

    def _is_edge(self, left: int, right: int, length: int) -> bool:
        return (left, right) == (0, 0) or self._ends(left, right, length)

    def _ends(self, left: int, right: int, length: int) -> bool:
        return (left + length, right + length) == (len(self.old), len(self.new))


def difference(old: str, new: str) -> Difference:
    """Compare two texts by their words; case, white space and punctuation between words make no difference."""
    left, right = words_of(old), words_of(new)
    matches = _matches([_key(word.text) for word in left], [_key(word.text) for word in right])
    return Difference(left, right, tuple(_runs(matches)))


def words_of(text: str) -> list[Word]:
    """The words of a text; numbers with their inner points are one."""
    text = unicodedata.normalize("NFKC", text)
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        opens = not words or _SENTENCE_END.search(text, end, match.start()) is not None
        words.append(Word(match[0], opens))
        end = match.end()
    return words


def _key(word: str) -> str:
    return word.casefold().replace("’", "'")


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The pairs of indexes of a longest common subsequence.

    Common beginnings and endings are set aside; of what is left, windows of the same place are compared, so that the
    cost grows with the length of the texts and not with its square.
    """
    start = _common(old, new)
    ending = _common(old[start:][::-1], new[start:][::-1])
    last, new_last = len(old) - ending, len(new) - ending
    yield from ((index, index) for index in range(start))
    for at in range(start, min(last, new_last), WINDOW):
        pairs = _longest(old[at : min(at + WINDOW, last)], new[at : min(at + WINDOW, new_last)])
        yield from ((at + left, at + right) for left, right in pairs)
    yield from ((last + index, new_last + index) for index in range(ending))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def _longest(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence, found bit-parallel: a row of the table is one number.

    H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004); a bit of a row is 0 where the common
    subsequence grows with this word of *old*.
    """
    places: dict[str, int] = {}
    for index, word in enumerate(old):
        places[word] = places.get(word, 0) | 1 << index
    full = (1 << len(old)) - 1
    row, rows = full, []
    for word in new:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    return _traced(rows, len(old))


def _traced(rows: Sequence[int], left: int) -> list[tuple[int, int]]:
    """Walk back through the rows of a table and collect the pairs that match."""
    found: list[tuple[int, int]] = []
    right = len(rows)
    while left and right:
        if rows[right - 1] >> (left - 1) & 1:
            left -= 1
            continue
        right -= 1
        if right and not rows[right - 1] >> (left - 1) & 1:
            continue
        left -= 1
        found.append((left, right))
    return found[::-1]


def _runs(matches: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    start, new_start, length = 0, 0, 0
    for left, right in matches:
        if length and (left, right) == (start + length, new_start + length):
            length += 1
            continue
        if length:
            yield start, new_start, length
        start, new_start, length = left, right, 1
    if length:
        yield start, new_start, length
