"""Fold text for comparison. Folded text is a key, never output.

The content hash and the shingles fold on their own (`newscrawl.dedup`): their results are stored and versioned.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"\w+")
_BASE_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "đ": "d", "ł": "l", "ı": "i"},
)
"""Letters that NFKD does not decompose."""


_VARIANTS = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **str.maketrans("أإآٱىيكة", "اااا\u06cc\u06cc\u06a9ه"),
    **dict.fromkeys([*range(0x064B, 0x0653), 0x0640, 0x0307]),
}
"""Full-width characters; variants of alef, yeh, kaf and teh marbuta; Arabic vowel signs, tatweel, Turkish dots."""
_VARIANT = re.compile(f"[{''.join(map(chr, _VARIANTS))}]")


def fold_word(word: str) -> str:
    """Return *word* case-folded, with typewriter apostrophes."""
    return word.casefold().replace("’", "'")


def fold_line(text: str) -> str:
    """Return *text* case-folded on one line: white space collapsed, punctuation kept."""
    return " ".join(text.casefold().split())


@lru_cache(maxsize=4)
def fold_spelling(text: str) -> str:
    """Return `fold_line` of *text* without full-width forms and variants of Arabic spelling.

    Cached, because many rules read the same line one after another.
    """
    line = fold_line(text)
    # `translate` is slow, even where there is nothing to replace.
    return line if line.isascii() or not _VARIANT.search(line) else " ".join(line.translate(_VARIANTS).split())


def fold_term(text: str) -> str:
    """Return *text* as rule terms are compared: `fold_line` with typewriter apostrophes and without Turkish dots."""
    # Case-folding "İ" leaves a combining dot behind.
    return " ".join(fold_word(text).replace("i\u0307", "i").split())


def fold_words(text: str) -> str:
    """Return the case-folded words of *text* (`\\w+`), separated by single spaces, without punctuation."""
    return " ".join(_WORD.findall(text.casefold()))


def fold_letters(text: str) -> str:
    """Return the letters and digits of *text*, case-folded, with nothing between them."""
    return fold_word_characters(text).replace("_", "")


def fold_word_characters(text: str) -> str:
    """Return `fold_letters` of *text* with underscores, which count as letters where blocks of a page are compared."""
    return "".join(_WORD.findall(text.casefold()))


def fold_base_letters(text: str) -> str:
    """Return `fold_letters` of *text* without diacritics, as in slugs: "Žižkov, größer" becomes "zizkovgrosser"."""
    text = text.casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_BASE_LETTERS))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return "".join(filter(str.isalnum, text))
