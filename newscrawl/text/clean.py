"""The one boundary of text: what no database column can hold, and white space, are taken out here."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNSTORABLE_SIGNS = [sign for code in (*range(0x80), 0xFFFE, 0xFFFF) if _UNSTORABLE.match(sign := chr(code))]
"""All but the surrogates."""
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark: nobody sees them, and they break words."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_DENSE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BREAKS = re.compile(r"\n\s*\n")


def remove_unstorable(text: str) -> str:
    """*text* without NUL, C0 controls (tab and line ends stay), DEL and lone surrogates."""
    return text if _is_storable(text) else _UNSTORABLE.sub("", text)


def _is_storable(text: str) -> bool:
    """To look for sign after sign is faster, in a long text, than to look at each sign."""
    if any(sign in text for sign in _UNSTORABLE_SIGNS):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_line(text: str) -> str:
    """*text* as one line: storable, white space collapsed, soft hyphens and zero-width spaces gone."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", _UNSTORABLE.sub("", text)).split())


def clean_lines(text: str) -> str:
    """*text* with each line cleaned and empty lines gone."""
    lines = (clean_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def split_paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which empty lines separate; single line ends where it has no empty line."""
    parts = _BREAKS.split(text) if _BREAKS.search(text) else text.split("\n")
    return [part for part in (clean_lines(part) for part in parts) if part]


def weight(text: str) -> int:
    """Characters of *text*; the signs of Chinese, Japanese and Korean, which say more, count double."""
    return len(text) if text.isascii() else len(text) + len(_DENSE_SCRIPT.findall(text))
