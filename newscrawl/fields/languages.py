"""Which language a text is written in: by its script, and by its little words where languages share one. Pure."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

from newscrawl.data_files import check_keys, package_file, parse_document

MAX_LOOK = 2_000
MIN_WORDS = 12
"""Of fewer words nothing is said."""
SURE_SHARE, PLAIN_SHARE = 0.08, 0.14
"""Share of little words from which a language is named, and from which it speaks against a declared one."""
PLAIN_LEAD = 2.5
"""How many times the declared language's little words the text must have of another."""
TABLES = ("kin", "scripts", "three_letters", "words")
_WORD = re.compile(r"[^\W\d_]+")
_SIGN = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u036f\u0400-\u04ff\u0600-\u06ff\u0900-\u097f]")
_RANGES = (
    ("Greek", 0x370, 0x3FF), ("Armenian", 0x530, 0x58F), ("Hebrew", 0x590, 0x5FF), ("Bengali", 0x980, 0x9FF),
    ("Gurmukhi", 0xA00, 0xA7F), ("Gujarati", 0xA80, 0xAFF), ("Tamil", 0xB80, 0xBFF), ("Telugu", 0xC00, 0xC7F),
    ("Kannada", 0xC80, 0xCFF), ("Malayalam", 0xD00, 0xD7F), ("Sinhala", 0xD80, 0xDFF), ("Thai", 0xE00, 0xE7F),
    ("Lao", 0xE80, 0xEFF), ("Myanmar", 0x1000, 0x109F), ("Georgian", 0x10A0, 0x10FF), ("Hangul", 0x1100, 0x11FF),
    ("Ethiopic", 0x1200, 0x137F), ("Khmer", 0x1780, 0x17FF), ("Kana", 0x3040, 0x30FF), ("Han", 0x3400, 0x9FFF),
    ("Hangul", 0xAC00, 0xD7AF),
)  # fmt: skip


def detect_language(text: str) -> str | None:
    """The language (ISO 639 code) that a text's beginning is written in; None where it does not show."""
    own = _script_language(text[:MAX_LOOK])
    if own is not None:
        return own
    counts, words = _little_words(text)
    best = _best(counts)
    return best if best is not None and counts[best] >= SURE_SHARE * words else None


def contradiction(declared: str, text: str) -> str | None:
    """The language of a text that plainly is not in the declared one (a BCP 47 tag); None where it may be."""
    tag = declared.partition("-")[0].lower()
    own = _script_language(text[:MAX_LOOK])
    if own is not None:
        return None if _are_kin(own, tag) else own
    counts, words = _little_words(text)
    best = _best(counts)
    if best is None or _are_kin(best, tag) or counts[best] < PLAIN_SHARE * words:
        return None
    stated = max((counts[kin] for kin in _kin_of(tag)), default=0)
    return best if counts[best] >= PLAIN_LEAD * stated else None


def short_code(code: str) -> str:
    """The two-letter code of a language where it has one ("eng" gives "en")."""
    return str(_table()["three_letters"].get(code, code))


def _little_words(text: str) -> tuple[Counter[str], int]:
    words = _WORD.findall(text[:MAX_LOOK].casefold())
    counts: Counter[str] = Counter()
    table = _languages_by_word()
    for word, times in Counter(words).items():
        for language in table.get(word, ()):
            counts[language] += times
    return (counts, len(words)) if len(words) >= MIN_WORDS else (Counter(), len(words))


def _best(counts: Counter[str]) -> str | None:
    return max(counts, key=lambda name: counts[name], default=None)


def _script_language(text: str) -> str | None:
    """The language of a script that only one is written in, where most of the text is in it."""
    signs = _SIGN.findall(text)
    if len(signs) < MIN_WORDS:
        return None
    counts = Counter(_script_of(ord(sign)) for sign in signs)
    if counts["Kana"] * 10 >= counts["Han"] and counts["Kana"]:
        return "ja" if 2 * (counts["Kana"] + counts["Han"]) > _letters(text) else None
    script, count = counts.most_common(1)[0]
    return _table()["scripts"].get(script) if 2 * count > _letters(text) else None


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _script_of(code: int) -> str:
    return next((name for name, first, last in _RANGES if first <= code <= last), "")


def _are_kin(one: str, other: str) -> bool:
    return one in _kin_of(other)


def _kin_of(tag: str) -> frozenset[str]:
    return frozenset({tag}.union(*(group for group in _table()["kin"] if tag in group)))


def read_languages(text: str, file: str) -> dict[str, Any]:
    """The tables of languages.toml; *file* is only named in errors."""
    table = parse_document(text, file)
    check_keys(text, file, table, TABLES)
    check_keys(text, file, table.get("scripts", {}), sorted({name for name, _, _ in _RANGES}))
    return table


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return read_languages(package_file("languages.toml", "newscrawl.fields"), "languages.toml")


@lru_cache(maxsize=1)
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in _table()["words"].items():
        for word in set(words.split()):
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}
