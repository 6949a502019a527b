"""Write names in capitals the usual way: "KAYLA O'BRIEN" becomes "Kayla O'Brien", but "BBC NEWS" stays."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newscrawl.fields.agencies import agencies
from newscrawl.fields.name_kinds import are_people, is_capitalised
from newscrawl.fields.name_lists import get_words
from newscrawl.text.fold import fold_base_letters

MIN_WORDS, MAX_WORDS = 2, 5
MIN_LONG, MIN_CAPITALS = 4, 4
"""Letters of a word that is no acronym, at least one of which a name has; and of one in capitals beside other words."""
MAX_TEXT = 200_000
"""Characters that are searched for the page's own form."""
_VOWELS = frozenset("aeiouyæøœаеёиоуыэюяіїєўѣ")
_WORD = re.compile(r"[^\W\d_]+")
_MC = re.compile(r"^Mc(?=[^\W\d_]{3})")
_HALF = re.compile(r"^(Mc|Mac|De|Di|La|Le|Van|Fitz)([^\W\d_a-z]{3,})$")
"""A word of which only the first letters are in small type: "McDONALD"."""
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})
_CAMEL = re.compile(r"[^\W\d_A-Z][A-Z]")
_GENERATION = frozenset({"ii", "iii", "iv"})
_NO_PEOPLE = (
    "acronym", "newspaper", "newsroom", "company", "staff", "nobody", "organisation", "credential", "role-behind-name",
    "before-role",
)  # fmt: skip


def with_usual_case(name: str, texts: Iterable[str]) -> str:
    """Return a person's name without capitals: as one of *texts* writes it, or each word with one capital.

    Other names stay: those with a word that may be an acronym, an agency or a newspaper, and those in other scripts
    than Latin and Cyrillic (Greek words in capitals lack their accents).
    """
    words = name.split()
    if not MIN_WORDS <= len(words) <= MAX_WORDS or not any(map(_is_in_capitals, words)):
        return name
    if own := _find_own_form(name, texts):
        return own
    return _write_name(words) if _is_person(name, words) else name


def _is_in_capitals(word: str) -> bool:
    return (word.isupper() and sum(map(str.isalpha, word)) > 1) or bool(_HALF.match(word))


def _find_own_form(name: str, texts: Iterable[str]) -> str | None:
    """Return the name as a text writes it in the usual case."""
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    left = MAX_TEXT
    for text in texts:
        for match in pattern.finditer(text[:left]):
            if not any(map(_is_in_capitals, match.group().split())) and is_capitalised(match.group()):
                return match.group()
        left -= len(text)
        if left <= 0:
            break
    return None


def _is_person(name: str, words: list[str]) -> bool:
    """Return whether nothing in a name in capitals is an acronym, an agency or a newspaper."""
    if agencies().find(name) or not all(map(_may_be_name, words)):
        return False
    usual = _write_name(words)
    if not are_people([usual]) and not are_people([usual.rpartition(" ")[0]]):
        return False
    if all(_is_in_capitals(word) or len(word) <= 2 for word in words):
        return any(sum(map(str.isalpha, word)) >= MIN_LONG for word in words)
    # Beside words in the usual case, the family name is in capitals; short words there are acronyms.
    return not _is_in_capitals(words[0]) and all(
        sum(map(str.isalpha, word)) >= MIN_CAPITALS if _is_in_capitals(word) else not _CAMEL.search(word)
        for word in words
    )


def _may_be_name(word: str) -> bool:
    """Return whether a word can be spoken, and is none of those in the names of organisations."""
    bare = word.strip(".,").casefold()
    if any(bare in get_words(words) for words in _NO_PEOPLE) or agencies().find(word):
        return bare in get_words("particle") or bare in _GENERATION or bare in ("jr", "sr")
    parts = [fold_base_letters(part) for part in _WORD.findall(word)]
    is_word = bool(parts) and not any(map(str.isdigit, word))
    return is_word and all(not _VOWELS.isdisjoint(part) for part in parts if len(part) > 2)


def _write_name(words: list[str]) -> str:
    """Return a name with one capital for each part; particles in small letters, initials as they are."""
    # Only Turkish has these letters; its I is no capital i.
    is_turkish = any(char in word for word in words for char in "İŞĞ")
    return " ".join(_write_word(word, is_first=at == 0, is_turkish=is_turkish) for at, word in enumerate(words))


def _write_word(word: str, *, is_first: bool, is_turkish: bool) -> str:
    if half := _HALF.match(word):
        return half[1] + half[2].capitalize()
    if not word.isupper() or word.casefold() in _GENERATION or _is_initials(word):
        return word
    if not is_first and word.casefold() in get_words("particle"):
        return word.lower()
    small = word[0] + word[1:].translate(_TURKISH) if is_turkish else word
    return _WORD.sub(lambda match: _capitalise(match.group()), small)


def _is_initials(word: str) -> bool:
    return len(word) == 2 and _VOWELS.isdisjoint(fold_base_letters(word))


def _capitalise(part: str) -> str:
    small = part[:1] + part[1:].lower()
    return f"Mc{small[2].upper()}{small[3:]}" if _MC.match(small) else small
