"""Compare two versions of a text word by word, at a bounded cost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from newscrawl.text.fold import fold_word
from newscrawl.text.scripts import UNSPACED

MIN_KEPT_RUN = 3
"""Words in a row that both versions need to have to count as kept: any two texts share single words."""
WINDOW = 8_000
"""Words of the differing part that are compared at once; a window costs at most 8 MB and about 20 ms."""
MAX_SPANS = 60
"""If more spans changed, they are not listed."""

_PUNCTUATION = "!-/:-@\\[-`{-~¡-¿\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\uff00-\uff0f\u060c\u061b\u061f\u0964\u0965"
_LETTER = f"[^\\s{_PUNCTUATION}{UNSPACED}]"
WORD = re.compile(f"\\d+(?:[.,:]\\d+)+|[{UNSPACED}]|{_LETTER}++(?:['’]{_LETTER}++)*+")
"""A number, a word, or one character of a script without spaces between words."""
_SENTENCE_END = re.compile('[.!?:…。！？।\n"“”„«»‘‹›(]')


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, as written."""

    text: str
    opens: bool
    """Whether it starts a sentence, line or quotation, where any word may be capitalised."""


def count_words(text: str | None) -> int:
    """Return the number of words; in scripts without spaces between words, each character counts as one."""
    return len(WORD.findall(text or ""))


@dataclass(frozen=True, slots=True)
class ChangedSpan:
    """Consecutive words of one version, and the words of the other that replace them; one of the two may be empty."""

    old: tuple[Word, ...]
    new: tuple[Word, ...]
    before: str = ""
    """The word before the span, folded."""
    after: str = ""


@dataclass(frozen=True)
class Difference:
    """The difference between the words of two versions."""

    old: Sequence[Word]
    new: Sequence[Word]
    runs: tuple[tuple[int, int, int], ...]
    """(index in old, index in new, number of words) of what both have in the same order, from start to end."""

    @cached_property
    def kept(self) -> int:
        """Number of words that both versions have in the same order, in runs of at least MIN_KEPT_RUN."""
        return sum(run[2] for run in self.runs if run[2] >= MIN_KEPT_RUN or self._is_edge(*run))

    @property
    def size(self) -> float:
        """Share of the words of both versions that only one has, 0 to 1.

        1 - 2 * kept / (old + new): one minus the Dice coefficient over the longest common subsequence.
        """
        total = len(self.old) + len(self.new)
        return round(1 - 2 * self.kept / total, 4) if total else 0.0

    @property
    def common_prefix(self) -> int:
        """Number of words that both versions start with."""
        return self.runs[0][2] if self.runs and self.runs[0][:2] == (0, 0) else 0

    def spans(self) -> tuple[ChangedSpan, ...] | None:
        """Return the changed spans, or None if there are more than MAX_SPANS."""
        if len(self.runs) > MAX_SPANS:
            return None
        return tuple(self._spans())

    def _spans(self) -> Iterator[ChangedSpan]:
        left, right = 0, 0
        for start, new_start, length in (*self.runs, (len(self.old), len(self.new), 0)):
            if left < start or right < new_start:
                before = fold_word(self.old[left - 1].text) if left else ""
                after = fold_word(self.old[start].text) if start < len(self.old) else ""
                yield ChangedSpan(tuple(self.old[left:start]), tuple(self.new[right:new_start]), before, after)
            left, right = start + length, new_start + length

    def _is_edge(self, left: int, right: int, length: int) -> bool:
        return (left, right) == (0, 0) or self._ends(left, right, length)

    def _ends(self, left: int, right: int, length: int) -> bool:
        return (left + length, right + length) == (len(self.old), len(self.new))


def compare_words(left: Sequence[Word], right: Sequence[Word]) -> Difference:
    """Compare the words of two texts; case, white space and punctuation between words do not count."""
    runs = find_common_runs([fold_word(word.text) for word in left], [fold_word(word.text) for word in right])
    return Difference(left, right, tuple(runs))


def find_common_runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield (index in old, index in new, length) of what both have in the same order; the cost is linear."""
    start, new_start, length = 0, 0, 0
    for left, right in _matches(old, new):
        if length and (left, right) == (start + length, new_start + length):
            length += 1
            continue
        if length:
            yield start, new_start, length
        start, new_start, length = left, right, 1
    if length:
        yield start, new_start, length


def split_words(text: str) -> list[Word]:
    """Return the words of a text; a number with inner separators ("3,500.50") is one word."""
    text = unicodedata.normalize("NFKC", text)
    words: list[Word] = []
    end = 0
    for match in WORD.finditer(text):
        opens = not words or _SENTENCE_END.search(text, end, match.start()) is not None
        words.append(Word(match[0], opens))
        end = match.end()
    return words


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Return the index pairs of a longest common subsequence.

    The common prefix and suffix are set aside. The rest is compared in windows at the same position, so that the cost
    is linear in the length of the texts, not quadratic.
    """
    start = _common_prefix(old, new)
    suffix = _common_prefix(old[start:][::-1], new[start:][::-1])
    last, new_last = len(old) - suffix, len(new) - suffix
    yield from ((index, index) for index in range(start))
    for at in range(start, min(last, new_last), WINDOW):
        pairs = _longest(old[at : min(at + WINDOW, last)], new[at : min(at + WINDOW, new_last)])
        yield from ((at + left, at + right) for left, right in pairs)
    yield from ((last + index, new_last + index) for index in range(suffix))


def _common_prefix(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def _longest(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return a longest common subsequence; bit-parallel, a row of the table is one integer.

    H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004); a bit of a row is 0 where this word of
    *old* extends the common subsequence.
    """
    positions: dict[str, int] = {}
    for index, word in enumerate(old):
        positions[word] = positions.get(word, 0) | 1 << index
    full = (1 << len(old)) - 1
    row, rows = full, []
    for word in new:
        hits = row & positions.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    return _trace(rows, len(old))


def _trace(rows: Sequence[int], left: int) -> list[tuple[int, int]]:
    """Walk back through the rows of the table and return the matching pairs."""
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
