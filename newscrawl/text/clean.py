"""Clean all text that is stored: remove what no database column can hold, and collapse white space."""

from __future__ import annotations

import re
from unicodedata import combining

from newscrawl.text.scripts import DENSE_CHARACTER

MAX_MARKS = 30
"""Combining marks of one character, as in the Stream-Safe Text Format (Unicode Standard Annex 15). Normalising a text
takes time quadratic in the longest run of marks; no language needs more than a few.
"""

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSTORABLE_CHARACTERS = [char for code in (*range(0xA0), 0xFFFE, 0xFFFF) if _UNSTORABLE.match(char := chr(code))]
"""All but the surrogates."""
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark: invisible characters that split words."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_DECOMPOSED_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
"""Starters that are decomposed to combining marks: Tibetan vowels, and the half-width voicing marks of katakana."""
_BREAKS = re.compile(r"\n\s*\n")


def remove_unstorable(text: str) -> str:
    """Return *text* without NUL, other control characters (tabs and line ends stay), lone surrogates, excess marks."""
    return limit_marks(text if _is_storable(text) else _UNSTORABLE.sub("", text))


def limit_marks(text: str) -> str:
    """Return *text* without the combining marks after the first MAX_MARKS of a run; the cost is linear."""
    if len(text) <= MAX_MARKS or text.isascii():
        return text
    step, parts, end = MAX_MARKS + 1, list[str](), 0
    # A longer run has a mark at one of these places.
    sample = text[MAX_MARKS::step]
    if sample.isascii() or (not any(map(combining, sample)) and _DECOMPOSED_MARKS.isdisjoint(sample)):
        return text
    for at, char in enumerate(sample):
        place = MAX_MARKS + at * step
        if place < end or not _is_mark(char):
            continue
        first, last = place, place
        while first > end and _is_mark(text[first - 1]):
            first -= 1
        while last + 1 < len(text) and _is_mark(text[last + 1]):
            last += 1
        if last - first >= MAX_MARKS:
            parts.append(text[end : first + MAX_MARKS])
            end = last + 1
    return "".join(parts) + text[end:] if parts else text


def _is_mark(char: str) -> bool:
    """Return whether normalising moves *char*, or what it is decomposed to, past other marks."""
    return combining(char) != 0 or char in _DECOMPOSED_MARKS


def _is_storable(text: str) -> bool:
    if text.isprintable():
        return True
    # In a long text, searching for each of these characters is faster than one regular expression.
    if any(char in text for char in _UNSTORABLE_CHARACTERS):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_line(text: str) -> str:
    """Return *text* on one line: storable, white space collapsed, invisible characters and excess marks removed."""
    if not text.isprintable():
        text = _INVISIBLE.sub("", _UNSTORABLE.sub("", text))
    return limit_marks(" ".join(text.split()))


def clean_lines(text: str) -> str:
    """Return *text* with each line cleaned and empty lines removed."""
    lines = (clean_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def split_paragraphs(text: str) -> list[str]:
    """Return the cleaned paragraphs of *text*: split at empty lines, or at every line end where there are none."""
    parts = _BREAKS.split(text) if _BREAKS.search(text) else text.split("\n")
    return [part for part in (clean_lines(part) for part in parts) if part]


def weight(text: str) -> int:
    """Return the length of *text* in characters; Chinese, Japanese and Korean ones count double."""
    return len(text) if text.isascii() else len(text) + len(DENSE_CHARACTER.findall(text))
