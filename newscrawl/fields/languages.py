"""Detect the language of a text: by its script, or by its function words where languages share one.

The word lists and language families are in languages.toml.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

from newscrawl.data_files import check_keys, package_file, parse_document
from newscrawl.text.clean import clean_line

MAX_SAMPLE = 2_000
"""Characters at the start of a text that are looked at."""
MIN_WORDS = 12
"""Shorter texts are not classified."""
MIN_SHARE, MIN_CONTRADICTING_SHARE = 0.08, 0.14
"""Share of function words needed to name a language, and to contradict a declared one."""
MIN_LEAD = 2.5
"""A contradicting language needs this many times the function words of the declared one."""
TABLES = ("countries", "kin", "scripts", "three_letters", "words")
_WORD = re.compile(r"[^\W\d_]+")
_TELLING_CHARACTER = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u036f\u0400-\u04ff\u0600-\u06ff\u0900-\u097f]")
"""A letter of a script other than Latin, Cyrillic, Arabic and Devanagari, which many languages share."""
_RANGES = (
    ("Greek", 0x370, 0x3FF), ("Armenian", 0x530, 0x58F), ("Hebrew", 0x590, 0x5FF), ("Bengali", 0x980, 0x9FF),
    ("Gurmukhi", 0xA00, 0xA7F), ("Gujarati", 0xA80, 0xAFF), ("Tamil", 0xB80, 0xBFF), ("Telugu", 0xC00, 0xC7F),
    ("Kannada", 0xC80, 0xCFF), ("Malayalam", 0xD00, 0xD7F), ("Sinhala", 0xD80, 0xDFF), ("Thai", 0xE00, 0xE7F),
    ("Lao", 0xE80, 0xEFF), ("Myanmar", 0x1000, 0x109F), ("Georgian", 0x10A0, 0x10FF), ("Hangul", 0x1100, 0x11FF),
    ("Ethiopic", 0x1200, 0x137F), ("Khmer", 0x1780, 0x17FF), ("Kana", 0x3040, 0x30FF), ("Han", 0x3400, 0x9FFF),
    ("Hangul", 0xAC00, 0xD7AF),
)  # fmt: skip


def detect_language(text: str) -> str | None:
    """Return the ISO 639 code of the language at the start of *text*, or None if there is no clear one."""
    by_script = _detect_by_script(text[:MAX_SAMPLE])
    if by_script is not None:
        return by_script
    counts, words = _count_function_words(text)
    best = _most_frequent(counts)
    return best if best is not None and counts[best] >= MIN_SHARE * words else None


def find_contradicting_language(declared: str, text: str) -> str | None:
    """Return the language of *text* if it is clearly not the *declared* one (a BCP 47 tag), else None."""
    tag = declared.partition("-")[0].lower()
    by_script = _detect_by_script(text[:MAX_SAMPLE])
    if by_script is not None:
        return None if _are_related(by_script, tag) else by_script
    counts, words = _count_function_words(text)
    best = _most_frequent(counts)
    if best is None or _are_related(best, tag) or counts[best] < MIN_CONTRADICTING_SHARE * words:
        return None
    declared_count = max((counts[language] for language in _related_languages(tag)), default=0)
    return best if counts[best] >= MIN_LEAD * declared_count else None


def parse_language_tag(text: str) -> str | None:
    """Return a BCP 47 tag in canonical case ("pt_br" gives "pt-BR"), or None if *text* is not a language tag."""
    parts = re.split(r"[-_]", clean_line(text).partition(".")[0])
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    tag = [shorten_code(parts[0].lower())]
    for part in parts[1:3]:
        if len(part) == 4 and part.isalpha():
            tag.append(part.title())
        elif (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit()):
            tag.append(part.upper())
    return "-".join(tag)


def shorten_code(code: str) -> str:
    """Return the two-letter code of a language that has one ("eng" gives "en"), else *code*."""
    return str(_load_tables()["three_letters"].get(code, code))


def find_country(tag: str) -> str | None:
    """Return the top-level domain of a country whose sites write the language of a BCP 47 *tag*; None for English."""
    countries: dict[str, str] = _load_tables()["countries"]
    return countries.get(shorten_code(re.split(r"[-_]", tag)[0].lower()))


def _count_function_words(text: str) -> tuple[Counter[str], int]:
    """Return the number of function words by language, and the number of all words."""
    words = _WORD.findall(text[:MAX_SAMPLE].casefold())
    table = _languages_by_word()
    counts = Counter([language for word in words if word in table for language in table[word]])
    return (counts, len(words)) if len(words) >= MIN_WORDS else (Counter(), len(words))


def _most_frequent(counts: Counter[str]) -> str | None:
    return max(counts, key=lambda name: counts[name], default=None)


def _detect_by_script(text: str) -> str | None:
    """Return the language if most of *text* is in a script that only one language uses."""
    characters = _TELLING_CHARACTER.findall(text)
    if len(characters) < MIN_WORDS:
        return None
    counts = Counter(_find_script(ord(character)) for character in characters)
    if counts["Kana"] * 10 >= counts["Han"] and counts["Kana"]:
        return "ja" if 2 * (counts["Kana"] + counts["Han"]) > _count_letters(text) else None
    script, count = counts.most_common(1)[0]
    return _load_tables()["scripts"].get(script) if 2 * count > _count_letters(text) else None


def _count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _find_script(code: int) -> str:
    return next((name for name, first, last in _RANGES if first <= code <= last), "")


def _are_related(one: str, other: str) -> bool:
    return one in _related_languages(other)


def _related_languages(tag: str) -> frozenset[str]:
    return frozenset({tag}.union(*(group for group in _load_tables()["kin"] if tag in group)))


def read_languages(text: str, file: str) -> dict[str, Any]:
    """Parse the tables of languages.toml; *file* is used in error messages only."""
    table = parse_document(text, file)
    check_keys(text, file, table, TABLES)
    check_keys(text, file, table.get("scripts", {}), sorted({name for name, _, _ in _RANGES}))
    return table


@lru_cache(maxsize=1)
def _load_tables() -> dict[str, Any]:
    return read_languages(package_file("languages.toml", "newscrawl.fields"), "languages.toml")


@lru_cache(maxsize=1)
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in _load_tables()["words"].items():
        for word in set(words.split()):
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}
