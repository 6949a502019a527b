"""What near-duplicates are found by: the shingles of a text, and the few of them that are its bands. Pure, versioned.

A shingle is the hash of some consecutive words. The bands of a text are its smallest shingles (bottom-k sampling:
Broder 1997, "On the resemblance and containment of documents"). Of a text that holds another one, the bands that lie in
the common part are bands of both, so a copy of which a third is left still shares several with its original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from newscrawl.data_files import iter_tables, package_file

SHINGLES_VERSION = 2
"""Part of every hash, so that bands of different versions never meet; raised whenever a text may get other bands."""
MAX_SHINGLE_HASHES = 16
SHINGLE_WORDS = 4
SHINGLE_SIGNS = 10
"""The same in scripts that do not part words by spaces."""
MIN_WORDS = 60
"""Shorter texts have no bands: of two briefs with so few words in common nobody can tell whether one is a copy."""

Hashes = NDArray[np.uint64]

# Han, kana, and Thai, Lao, Myanmar and Khmer, whose words are not parted by spaces.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# What stands between words. Whatever else is not ASCII is taken for a part of one: one pass over the bytes is several
# times as fast as a regular expression, which knows no vowel signs of Indic scripts, besides.
_MARKS = "“”„‟«»‹›‘’‚‛´–—―‐‑…•·©®™€£°¿¡§\u00a0\u200b\u2028\ufeff「」『』《》〈〉（）【】、。，！？：；・〜،؛؟۔।״׳"
_ASCII_MARKS = bytes(sign for sign in range(128) if not chr(sign).isalnum())
_TO_SPACES = bytes.maketrans(_ASCII_MARKS, b" " * len(_ASCII_MARKS))
_LEADS = bytes([0xE0, 0xE1, *range(0xE3, 0xEA)])
"""First bytes of the signs of scripts that may part no words, in UTF-8."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_HALF, _KEPT = np.uint64(31), np.uint64(16)


@dataclass(frozen=True, slots=True)
class ShingledText:
    """A text as its words and the hashes of their shingles."""

    words: tuple[bytes, ...]
    """Folded, in UTF-8; single signs in scripts without spaces."""
    size: int
    """Words of a shingle."""
    hashes: Hashes
    """One for each word but the last ones, in the text's order; 48 bits each, which SQLite keeps in six bytes."""

    @property
    def fewest(self) -> int:
        """FEWEST_WORDS, or the signs that as many words have."""
        return MIN_WORDS * self.size // SHINGLE_WORDS

    @property
    def shingle_hashes(self) -> tuple[int, ...]:
        """The smallest hashes; none of a text that is too short to be recognised."""
        if len(self.words) < self.fewest:
            return ()
        ordered = np.sort(self.hashes)
        return tuple(ordered[np.append(True, ordered[1:] != ordered[:-1])][:MAX_SHINGLE_HASHES].tolist())


def shingle_text(text: str | None) -> ShingledText:
    """Read *text*, without regard to case, punctuation, white space and spelling."""
    folded = _folded(text or "")
    is_unspaced = _is_unspaced(folded)
    if is_unspaced:
        folded = _UNSPACED.sub(r" \g<0> ", folded)
    size = SHINGLE_SIGNS if is_unspaced else SHINGLE_WORDS
    words = _words(folded)
    return ShingledText(tuple(words), size, _hashes(words, size))


def compute_shingle_hashes(text: str | None) -> tuple[int, ...]:
    """The bands of *text*: at most BANDS numbers of 48 bits, smallest first; none of a text under FEWEST_WORDS."""
    return shingle_text(text).shingle_hashes


def _folded(text: str) -> str:
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
    # Most texts need no closer look.
    leads = len(data) - len(data.translate(None, _LEADS))
    return 6 * leads > len(data) and 2 * len(_UNSPACED.findall(folded)) > len(folded)


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
    """The pairs of the `[[fold]]` tables of a TOML text, in order; *file* is only named in errors."""
    keys = ("id", "why", "pairs")
    tables = iter_tables(text, file, {"fold": (frozenset(keys), keys)})
    return tuple((piece, other) for _, table in tables for piece, other in table["pairs"])


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[bytes, bytes], ...]:
    pairs = read_spellings(package_file("spelling.toml", "newscrawl.dedup"), "spelling.toml")
    return tuple((piece.encode(), other.encode()) for piece, other in pairs)
