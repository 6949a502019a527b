"""Fold words for search, the same way for the index and for queries: case, diacritics, width, spelling variants."""

from __future__ import annotations

import re
import unicodedata

from newscrawl.text.scripts import HANGUL, KANA_AND_HAN, SOUTHEAST_ASIAN

MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
)
"""Marks that are removed: diacritics, Hebrew points, Arabic vowel signs and tatweel. Vowel signs of Indic scripts and
of Thai are letters, and stay."""
_KEPT_MARKS = (
    "\u0900-\u0963\u0966-\u0df3\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u105e-\u1060\u1062-\u106d\u1071-\u1074\u1082-\u108f\u17b4-\u17d3\u3099\u309a"
)
WORD = re.compile(f"[^\\W_]+(?:[{MARKS}{_KEPT_MARKS}]+[^\\W_]*)*")
"""A word with its marks, which `\\w` leaves out."""
UNSPACED_RUN = re.compile(
    f"[{SOUTHEAST_ASIAN}\u3005{KANA_AND_HAN}{HANGUL}\uf900-\ufaff\uff66-\uff9f\u1100-\u11ff\U00020000-\U0002fa1f]+"
)
"""A run of characters of a script that is searched by pairs of characters. Korean has spaces, but its particles are
part of the word before them."""
# The breve makes another letter of the Cyrillic i, which the stemmer needs to know. The character class stands first
# because most texts have none of these marks, and expressions that begin with a class are searched fast.
_REMOVED = re.compile(f"[{MARKS}](?:(?<=[\u0300-\u0305\u0307-\u036f])|(?<![иИ].))")
_PUNCTUATION = "“”„‘’‚«»‹›–—…·•\u00a0"
"""What makes most texts in English not ASCII."""
_ASCII_WORDS = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
"""ASCII character -> the same folded, a space for all that is in no word."""
_VARIANTS = tuple(
    {
        "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "đ": "d", "ł": "l", "ı": "i", "ς": "σ",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ە": "ه",
        **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6) for digit in range(10)},
    }.items()
)  # fmt: skip
"""Letters that NFKD does not decompose, Arabic spellings of one letter, and digits."""


def fold_text(text: str) -> str:
    """Return *text* case-folded, in NFKC, without diacritics and with one spelling of each Arabic letter."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    folded = unicodedata.normalize("NFKC", _REMOVED.sub("", decomposed).casefold())
    # Most of these calls find nothing; all of them take a tenth of the time of one translate().
    for variant, letters in _VARIANTS:
        folded = folded.replace(variant, letters)
    return folded


def find_words(text: str) -> list[str]:
    """Return the words of *text*, folded."""
    plain = text
    if not text.isascii():
        for mark in _PUNCTUATION:
            plain = plain.replace(mark, " ")
    if plain.isascii():
        return plain.encode("ascii").translate(_ASCII_WORDS).decode("ascii").split()
    return WORD.findall(fold_text(text))
