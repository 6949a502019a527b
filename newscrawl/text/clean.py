"""Clean all text that is stored: remove what no database column can hold, and collapse white space."""

from __future__ import annotations

import re

from newscrawl.text.scripts import DENSE_CHARACTER

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSTORABLE_CHARACTERS = [char for code in (*range(0xA0), 0xFFFE, 0xFFFF) if _UNSTORABLE.match(char := chr(code))]
"""All but the surrogates."""
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark: invisible characters that split words."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_BREAKS = re.compile(r"\n\s*\n")


def remove_unstorable(text: str) -> str:
    """Return *text* without NUL, other control characters (tabs and line ends stay) and lone surrogates."""
    return text if _is_storable(text) else _UNSTORABLE.sub("", text)


def _is_storable(text: str) -> bool:
    # In a long text, searching for each of these characters is faster than one regular expression.
    if any(char in text for char in _UNSTORABLE_CHARACTERS):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_line(text: str) -> str:
    """Return *text* on one line: storable, white space collapsed, soft hyphens and zero-width spaces removed."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", _UNSTORABLE.sub("", text)).split())


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
