"""Make text from the web safe to print."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date

_SAFE = frozenset("\n\u200c\u200d")
"""Line ends, and the joiners that Persian, Indic scripts and emoji need."""
_SUSPECT = re.compile(r"[^\x20-\x7e\n\u00a0-\u00ac\u00ae-\u024f\u0370-\u05ff\u3040-\u30ff\u4e00-\u9fff]")
"""Characters whose category is checked: everything but the most common letters."""


def escape_for_terminal(text: str) -> str:
    """Return *text* with control, bidirectional and other invisible characters written as `<U+202E>`.

    A page can then neither control the terminal nor reorder the text around its own, and what it contains is visible.
    """
    return _escape(text, lambda char: f"<U+{ord(char):04X}>")


def dump_json_for_terminal(value: object, *, indent: int | None = 2) -> str:
    """Return *value* as JSON that is safe to print: unsafe characters as JSON escapes, dates and times in ISO 8601.

    Without *indent* it is one line, whatever a program takes for the end of a line.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_format_date)
    return _escape(text, lambda char: json.dumps(char)[1:-1])


def _format_date(value: object) -> str:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no JSON value")
    return value.isoformat()


def _escape(text: str, escape: Callable[[str], str]) -> str:
    return _SUSPECT.sub(lambda match: match[0] if _is_safe(match[0]) else escape(match[0]), text)


def _is_safe(char: str) -> bool:
    return char in _SAFE or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
