"""The people (or, where none is named, the organisations) in a byline. What words mean what: people.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from newscrawl.data_files import iter_tables, package_file
from newscrawl.fields.dates import is_month
from newscrawl.fields.headlines import key_of, site_keys
from newscrawl.text.clean import clean_line

MAX_NAME = 80
MAX_WORDS = 8
MAX_DIGITS = 3
MIN_LINE = 4
"""Words that no sentence has."""
MAX_DATE = 40
_URL = re.compile(
    r"^(?:https?:)?//|^www\.|^/|\S@\w+\.\w|^\S+\.(?:html?|php|aspx?)$|[{}<>=]|^\w+(?:\.\w+){3,}$", re.IGNORECASE
)
_PARENTHESES = re.compile(r"\s*[(\[（][^()\[\]（）]{0,60}[)\]）]\s*")
_HANDLE = re.compile(r"\s*@\w{2,20}\b")
_PARTS = re.compile(r"\s*(?:;|\||•|●|·|⋆|⋅|、|\s/\s|，)\s*|\s+[–—]\s+")
_GLUED = re.compile(r"^(By|Von|Par|Por)(?=[^\W\d_a-z][^\W\d_A-Z]+ )")
"""A name that another element sets behind "By" without a space."""
_LOGIN = re.compile(r"\w*(?:[._\d]|(?<=[a-z])[A-Z])\w*")
_BEHIND = re.compile(r"\s+-\s+|\s(?:on|at)$")
_AMPERSAND = re.compile(r"\s&\s")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATED = re.compile(
    rf"\d{{4}}|\d[:.]\d|\d\s?(?:min|h\b|kommentar|comment|share|view|read)|^\d+$|{_MONTH}\.? \d|\d {_MONTH}",
    re.IGNORECASE,
)
_DATE_BEHIND = re.compile(
    rf"\s+(?:on\s+)?(?:{_MONTH}\.? \d|\d{{1,2}}[./ -](?:\d|[^\W\d]{{3}})|\d{{4}}[-/年]).*$", re.IGNORECASE
)


def split_names(text: str) -> list[str]:
    """The names in a byline: "By Ann Lee and Bo Diaz, Staff Writers" gives both, without "By" and roles.

    URLs, mail addresses, dates and words that name nobody ("admin", "7 min read") give nothing; neither does who
    only edited, reviewed or photographed.
    """
    return list(_names(text))


@lru_cache(maxsize=512)
def _names(text: str) -> tuple[str, ...]:
    text = clean_line(_PARENTHESES.sub(" ", clean_line(text)))
    if _URL.search(text) or len(text) > 10 * MAX_NAME:
        return ()
    names: list[str] = []
    for part in _PARTS.split(_HANDLE.sub("", text)):
        if names and "," not in part and names_a_role(part):
            continue
        for name in _names_of_part(part.strip()):
            if _is_name(name) and name not in names:
                names.append(name)
    return tuple(names)


def names_in_line(text: str) -> list[str]:
    """The names that a line of the page states: behind "By" or its like, or before a bar and a role.

    None where it goes on as prose.
    """
    parts = _PARTS.split(_GLUED.sub(r"\1 ", text))
    if len(parts) > 1 and names_a_role(parts[1]) and _is_full_name(parts[0]):
        return [parts[0]]
    for part in parts:
        match = _pattern("by", before=True).match(part) or _pattern("by").search(part)
        if match and (match.start() == 0 or _is_date(part[: match.start()])):
            names = split_names(part[match.end() :])
            if names and all(_is_written_as_name(name) for name in names):
                return names
    return []


def _is_full_name(text: str) -> bool:
    words = text.split()
    return 1 < len(words) <= MAX_WORDS and _is_written_as_name(text) and not any(map(str.isdigit, text))


def _is_date(text: str) -> bool:
    return len(text) <= MAX_DATE and any(sign.isdigit() for sign in text)


def begins_with_by(text: str) -> bool:
    """Whether a line of a few words begins with "By": then what follows is a name, however it is written."""
    return len(text.split()) <= MIN_LINE and bool(_pattern("by", before=True).match(text))


def names_a_role(text: str) -> bool:
    """Whether a line says what somebody does."""
    return bool(_pattern("role").search(text)) and not _pattern("by", before=True).match(text)


def is_label(text: str) -> bool:
    """Whether a line is only what stands before an author's name ("Written by:")."""
    return text.casefold().strip(" :") in _words("by")


def is_author_page(address: str) -> bool:
    """Whether a link leads to an author's page."""
    address = address.casefold()
    return any(piece in address for piece in _words("link")) and not any(
        piece in address for piece in _words("not-link")
    )


def without_sites(names: Iterable[str], publisher: str | None, site: str | None) -> list[str]:
    """People only; the site's own name or staff stays where nobody else is named. Names written twice stay once."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(key_of(name), name)
    own = _own_keys(publisher, site)
    people = [name for key, name in seen.items() if not _is_own(key, name, own) and not _is_made_of(key, seen)]
    return people or list(seen.values())


def names_only_site(names: Iterable[str], publisher: str | None, site: str | None) -> bool:
    """Whether all names are the site's own, or its staff's."""
    own = _own_keys(publisher, site)
    return all(_is_own(key_of(name), name, own) or key_of(name).startswith(tuple(own)) for name in names)


def are_accounts(names: Sequence[str]) -> bool:
    """Whether none is a full name: one word, in a script that writes names as several."""
    return all(" " not in name and name.lower() != name.upper() for name in names)


def are_logins(names: Sequence[str]) -> bool:
    """Whether all are names under which somebody logs in: "ann.lee", "AnnL", "lee2"."""
    return all(_LOGIN.fullmatch(name) for name in names)


def _is_own(key: str, name: str, own: set[str]) -> bool:
    return key in own or name.casefold() in _words("staff")


def _is_made_of(key: str, names: Iterable[str]) -> bool:
    """Whether a name is nothing but several of the others, written one after the other."""
    parts = sorted((key.find(name), name) for name in names if name and name != key and name in key)
    return len(parts) > 1 and "".join(name for _, name in parts) == key


def _own_keys(publisher: str | None, site: str | None) -> set[str]:
    return {key for key in (key_of(publisher), *site_keys(site), key_of(site)) if len(key) > 1}


def _names_of_part(text: str) -> list[str]:
    if text.casefold() in _words("nobody") or _pattern("not-by", before=True).match(text):
        return []
    for words in ("by", "by-in-byline", "before-name"):
        text = _pattern(words, before=True).sub("", text)
    text = _DATE_BEHIND.sub("", _pattern("after-name", behind=True).sub("", text))
    if _pattern("organisation").search(text) and "," not in text:
        return [_trimmed(text)]
    names: list[str] = []
    for piece in _split_commas(text):
        for name in _AMPERSAND.split(piece):
            names.extend(_trimmed(one) for one in _split_and(name))
    return names


def _split_commas(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(part and " " not in part for part in parts) and parts[1].isupper():
        return parts[:1] if _is_addition(parts[1]) else [text.strip()]
    return [part for at, part in enumerate(parts) if part and (at == 0 or not _is_addition(part))]


def _is_addition(text: str) -> bool:
    """What stands behind a name and a comma: a role or a degree."""
    return bool(_pattern("role").search(text)) or text.casefold().strip("*†") in _words("credential")


def _split_and(text: str) -> list[str]:
    """Split at "and" in any language, where what stands on both sides is written as a name."""
    parts = _pattern("and", between=True).split(text)
    if len(parts) > 1 and not all(_is_written_as_name(part) for part in parts if part):
        return [text]
    lead = _pattern("and", before=True)
    return [lead.sub("", part) if part.startswith(tuple("abcdefghijklmnopqrstuvwxyz")) else part for part in parts]


def _trimmed(name: str) -> str:
    name = _BEHIND.split(name.strip())[0]
    return name.strip(" -–—|:,»→*.") if not name.endswith("r.") else name.strip(" -–—|:,*")


def _is_written_as_name(text: str) -> bool:
    """Capitals at every word but particles, or a script without them."""
    words = text.split()
    return 0 < len(words) <= 6 and all(
        not word[0].islower() or word in _words("particle") or word[:2] in ("d'", "d’") for word in words
    )


def _is_name(text: str) -> bool:
    folded = text.casefold()
    if not 1 < len(text) <= MAX_NAME or ":" in text or len(text.split()) > MAX_WORDS:
        return False
    if any(sign.isdigit() for sign in text):
        digits = sum(sign.isdigit() for sign in text)
        if digits > MAX_DIGITS or digits > sum(sign.isalpha() for sign in text) or _DATED.search(text):
            return False
    is_word = any(folded in _words(words) for words in ("nobody", "by", "by-in-byline")) or is_month(folded)
    return not is_word and any(sign.isalpha() for sign in text)


def read_lists(text: str, file: str) -> dict[str, frozenset[str]]:
    """The words of each `[[list]]` of a TOML text by its id, without case; *file* is only named in errors."""
    keys = ("id", "why", "words")
    tables = iter_tables(text, file, {"list": (frozenset(keys), keys)})
    return {table["id"]: frozenset(word.casefold() for word in table["words"]) for _, table in tables}


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    return read_lists(package_file("people.toml", "newscrawl.fields"), "people.toml")


def _words(name: str) -> frozenset[str]:
    return _lists()[name]


@lru_cache(maxsize=32)
def _pattern(name: str, *, before: bool = False, behind: bool = False, between: bool = False) -> re.Pattern[str]:
    """Any word of a list: at the beginning (once or more), from it to the end, between two spaces, or anywhere."""
    words = "|".join(
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)
        for word in sorted(_words(name), key=len, reverse=True)
    )
    if before:
        return re.compile(rf"^(?:(?:{words})(?:\s*[:：]\s*|\s+))+", re.IGNORECASE)
    if behind:
        return re.compile(rf"(?:^|\s+)(?:{words})(?!\w).*$", re.IGNORECASE)
    if between:
        return re.compile(rf"\s+(?:{words})\s+", re.IGNORECASE)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)\s*", re.IGNORECASE)
