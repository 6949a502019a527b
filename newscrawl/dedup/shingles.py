"""Compute the shingle hashes that near-duplicates are found by.

A shingle is the hash of some consecutive words. Of all its shingles, a text keeps the smallest hashes (bottom-k
sampling: Broder 1997, "On the resemblance and containment of documents"). If one text contains the other, the kept
hashes in the common part are the same, so that a third of a text still shares several with the whole.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from newscrawl.data_files import iter_tables, package_file
from newscrawl.text.scripts import UNSPACED_CHARACTER

SHINGLES_VERSION = 2
"""Part of every hash, so that hashes of different versions never match; raised whenever a text may get other ones."""
MAX_SHINGLE_HASHES = 16
SHINGLE_WORDS = 4
SHINGLE_CHARACTERS = 10
"""Size of a shingle in scripts without spaces between words."""
MIN_WORDS = 60
"""Shorter texts have no shingle hashes: they share too few words to tell whether one is a copy."""

Hashes = NDArray[np.uint64]

# Separators of words. Any other non-ASCII character is part of a word: replacing bytes is several times as fast as a
# regular expression, which would also split words at the vowel signs of Indic scripts.
_MARKS = "“”„‟«»‹›‘’‚‛´–—―‐‑…•·©®™€£°¿¡§\u00a0\u200b\u2028\ufeff「」『』《》〈〉（）【】、。，！？：；・〜،؛؟۔।״׳"
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_TO_SPACES = bytes.maketrans(_ASCII_MARKS, b" " * len(_ASCII_MARKS))
_LEADS = bytes([0xE0, 0xE1, *range(0xE3, 0xEA)])
"""First UTF-8 bytes of the characters of scripts that may have no spaces between words."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_HALF, _KEPT = np.uint64(31), np.uint64(16)


@dataclass(frozen=True, slots=True)
class ShingledText:
    """The hashes of the shingles of a text."""

    text: str
    size: int
    """Words in a shingle."""
    word_count: int
    hashes: Hashes
    """One for each word but the last ones, in text order; 48 bits each, which SQLite stores in six bytes."""

    @property
    def words(self) -> tuple[bytes, ...]:
        """The words, split again each time: few texts need them.

        Folded, in UTF-8; single characters in scripts without spaces between words.
        """
        return tuple(split_words(self.text)[0])

    @property
    def min_words(self) -> int:
        """MIN_WORDS, or the corresponding number of characters."""
        return MIN_WORDS * self.size // SHINGLE_WORDS

    @property
    def shingle_hashes(self) -> tuple[int, ...]:
        """The MAX_SHINGLE_HASHES smallest hashes; none of a text that is too short."""
        if self.word_count < self.min_words:
            return ()
        ordered = np.sort(self.hashes)
        return tuple(ordered[np.append(True, ordered[1:] != ordered[:-1])][:MAX_SHINGLE_HASHES].tolist())


def shingle_text(text: str | None) -> ShingledText:
    """Split *text* into shingles, ignoring case, punctuation, white space, and British or American spelling."""
    words, size = split_words(text or "")
    return ShingledText(text or "", size, len(words), _hashes(words, size))


def split_words(text: str) -> tuple[list[bytes], int]:
    """Return the words of *text*, and the number of words in a shingle."""
    folded = _fold(text)
    is_unspaced = _is_unspaced(folded)
    if is_unspaced:
        folded = UNSPACED_CHARACTER.sub(r" \g<0> ", folded)
    return _words(folded), SHINGLE_CHARACTERS if is_unspaced else SHINGLE_WORDS


def compute_shingle_hashes(text: str | None) -> tuple[int, ...]:
    """Return the shingle hashes of *text*: at most 16 of 48 bits, ascending; none under MIN_WORDS words."""
    return shingle_text(text).shingle_hashes


def _fold(text: str) -> str:
    """Return *text* in the form that is split into words. Its own, because a change needs a new SHINGLES_VERSION."""
    if text.isascii():
        return text.lower()
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold()
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return text


def _is_unspaced(folded: str) -> bool:
    if folded.isascii():
        return False
    data = folded.encode("utf-8", "replace")
    # This rules out most texts without a regular expression.
    leads = len(data) - len(data.translate(None, _LEADS))
    return 6 * leads > len(data) and 2 * len(UNSPACED_CHARACTER.findall(folded)) > len(folded)


def _words(folded: str) -> list[bytes]:
    spaced = b" ".join(folded.encode("utf-8", "replace").translate(_TO_SPACES).split())
    spelled = b" %b " % spaced
    for piece, other in _spellings():
        spelled = spelled.replace(piece, other)
    return spelled.split()


def _hashes(words: list[bytes], size: int) -> Hashes:
    count = len(words) - size + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    single = np.fromiter(map(crc32, words), np.uint64, len(words))
    hashes = np.full(count, SHINGLES_VERSION, np.uint64)
    for start in range(size):
        hashes = hashes * _FACTOR + single[start : start + count]
    # The finalizer of SplitMix64 (Steele, Lea and Flood 2014): every bit of the result depends on every word.
    for factor in _MIX:
        hashes = (hashes ^ (hashes >> _HALF)) * factor
    mixed: Hashes = (hashes ^ (hashes >> _HALF)) >> _KEPT
    return mixed


def read_spellings(text: str, file: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of the `[[fold]]` tables of a TOML text, in order; *file* is used in error messages only."""
    keys = ("id", "why", "pairs")
    tables = iter_tables(text, file, {"fold": (frozenset(keys), keys)})
    return tuple((piece, other) for _, table in tables for piece, other in table["pairs"])


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[bytes, bytes], ...]:
    pairs = read_spellings(package_file("spelling.toml", "newscrawl.dedup"), "spelling.toml")
    return tuple((piece.encode(), other.encode()) for piece, other in pairs)
