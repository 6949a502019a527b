"""Parse the people (organisations if no person is named) in bylines. The word lists are in people.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from newscrawl.data_files import iter_tables, package_file
from newscrawl.fields.dates import is_month
from newscrawl.fields.headlines import get_name_key, get_site_keys
from newscrawl.text.clean import clean_line

MAX_NAME = 80
MAX_WORDS = 8
MAX_DIGITS = 3
MAX_BYLINE_WORDS = 4
"""A line of so few words is not a sentence."""
MAX_DATE = 40
_URL = re.compile(
    r"^(?:https?:)?//|^www\.|^/|\S@\w+\.\w|^\S+\.(?:html?|php|aspx?)$|[{}<>=]|^\w+(?:\.\w+){3,}$", re.IGNORECASE
)
_PARENTHESES = re.compile(r"\s*[(\[（][^()\[\]（）]{0,60}[)\]）]\s*")
_HANDLE = re.compile(r"\s*@\w{2,20}\b")
_PARTS = re.compile(r"\s*(?:;|\||•|●|·|⋆|⋅|、|\s/\s|，)\s*|\s+[–—]\s+")
_GLUED = re.compile(r"^(By|Von|Par|Por)(?=[^\W\d_a-z][^\W\d_A-Z]+ )")
"""A name that follows "By" without a space, because it is in another element."""
_LOGIN = re.compile(r"\w*(?:[._\d]|(?<=[a-z])[A-Z])\w*")
_TRAILING = re.compile(r"\s+-\s+|\s(?:on|at)$")
_AMPERSAND = re.compile(r"\s&\s")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATED = re.compile(
    rf"\d{{4}}|\d[:.]\d|\d\s?(?:min|h\b|kommentar|comment|share|view|read)|^\d+$|{_MONTH}\.? \d|\d {_MONTH}",
    re.IGNORECASE,
)
_TRAILING_DATE = re.compile(
    rf"\s+(?:on\s+)?(?:{_MONTH}\.? \d|\d{{1,2}}[./ -](?:\d|[^\W\d]{{3}})|\d{{4}}[-/年]).*$", re.IGNORECASE
)


def split_names(text: str) -> list[str]:
    """Return the names in a byline: both for "By Ann Lee and Bo Diaz, Staff Writers", without "By" and roles.

    URLs, e-mail addresses, dates and words that name nobody ("admin", "7 min read") are left out, and so are people who
    only edited, reviewed or took photos.
    """
    return list(_split_names(text))


@lru_cache(maxsize=512)
def _split_names(text: str) -> tuple[str, ...]:
    text = clean_line(_PARENTHESES.sub(" ", clean_line(text)))
    if _URL.search(text) or len(text) > 10 * MAX_NAME:
        return ()
    names: list[str] = []
    for part in _PARTS.split(_HANDLE.sub("", text)):
        if names and "," not in part and names_a_role(part):
            continue
        for name in _split_part(part.strip()):
            if _is_name(name) and name not in names:
                names.append(name)
    return tuple(names)


def names_in_line(text: str) -> list[str]:
    """Return the names in a line of text: after "By" or the like, or before a bar and a role.

    Empty if the line goes on as prose.
    """
    parts = _PARTS.split(_GLUED.sub(r"\1 ", text))
    if len(parts) > 1 and names_a_role(parts[1]) and _is_full_name(parts[0]):
        return [parts[0]]
    for part in parts:
        match = _pattern("by", before=True).match(part) or _pattern("by").search(part)
        if match and (match.start() == 0 or _is_date(part[: match.start()])):
            names = split_names(part[match.end() :])
            if names and all(_is_capitalised(name) for name in names):
                return names
    return []


def _is_full_name(text: str) -> bool:
    words = text.split()
    return 1 < len(words) <= MAX_WORDS and _is_capitalised(text) and not any(map(str.isdigit, text))


def _is_date(text: str) -> bool:
    return len(text) <= MAX_DATE and any(map(str.isdigit, text))


def begins_with_by(text: str) -> bool:
    """Return whether a line of a few words begins with "By": then a name follows, even if it is not capitalised."""
    return len(text.split()) <= MAX_BYLINE_WORDS and bool(_pattern("by", before=True).match(text))


def names_a_role(text: str) -> bool:
    """Return whether a line names a role."""
    return bool(_pattern("role").search(text)) and not _pattern("by", before=True).match(text)


def is_label(text: str) -> bool:
    """Return whether a line is only the label before an author's name ("Written by:")."""
    return text.casefold().strip(" :") in _words("by")


def is_author_page(address: str) -> bool:
    """Return whether a link leads to an author page."""
    address = address.casefold()
    return any(piece in address for piece in _words("link")) and not any(
        piece in address for piece in _words("not-link")
    )


def without_sites(names: Iterable[str], publisher: str | None, site: str | None) -> list[str]:
    """Return the people in *names*, each once; the site's name or its staff only if nobody else is named."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(get_name_key(name), name)
    own = _own_keys(publisher, site)
    people = [name for key, name in seen.items() if not _is_own(key, name, own) and not _is_concatenation(key, seen)]
    return people or list(seen.values())


def names_only_site(names: Iterable[str], publisher: str | None, site: str | None) -> bool:
    """Return whether all names are those of the site or its staff."""
    own = _own_keys(publisher, site)
    return all(_is_own(get_name_key(name), name, own) or get_name_key(name).startswith(tuple(own)) for name in names)


def are_accounts(names: Sequence[str]) -> bool:
    """Return whether none is a full name: one word, in a script whose names have several."""
    return all(" " not in name and name.lower() != name.upper() for name in names)


def are_logins(names: Sequence[str]) -> bool:
    """Return whether all look like login names: "ann.lee", "AnnL", "lee2"."""
    return all(_LOGIN.fullmatch(name) for name in names)


def _is_own(key: str, name: str, own: set[str]) -> bool:
    return key in own or name.casefold() in _words("staff")


def _is_concatenation(key: str, names: Iterable[str]) -> bool:
    """Return whether a name consists of several of the others."""
    parts = sorted((key.find(name), name) for name in names if name and name != key and name in key)
    return len(parts) > 1 and "".join(name for _, name in parts) == key


def _own_keys(publisher: str | None, site: str | None) -> set[str]:
    return {key for key in (get_name_key(publisher), *get_site_keys(site), get_name_key(site)) if len(key) > 1}


def _split_part(text: str) -> list[str]:
    if text.casefold() in _words("nobody") or _pattern("not-by", before=True).match(text):
        return []
    for words in ("by", "by-in-byline", "before-name"):
        text = _pattern(words, before=True).sub("", text)
    text = _TRAILING_DATE.sub("", _pattern("after-name", after=True).sub("", text))
    if _pattern("organisation").search(text) and "," not in text:
        return [_trim(text)]
    names: list[str] = []
    for piece in _split_commas(text):
        for name in _AMPERSAND.split(piece):
            names.extend(_trim(one) for one in _split_and(name))
    return names


def _split_commas(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(part and " " not in part for part in parts) and parts[1].isupper():
        return parts[:1] if _is_addition(parts[1]) else [text.strip()]
    return [part for at, part in enumerate(parts) if part and (at == 0 or not _is_addition(part))]


def _is_addition(text: str) -> bool:
    """Return whether a text after a name and a comma is a role or a degree."""
    return bool(_pattern("role").search(text)) or text.casefold().strip("*†") in _words("credential")


def _split_and(text: str) -> list[str]:
    """Split at "and" in any language if both sides are capitalised like names."""
    parts = _pattern("and", between=True).split(text)
    if len(parts) > 1 and not all(_is_capitalised(part) for part in parts if part):
        return [text]
    lead = _pattern("and", before=True)
    return [lead.sub("", part) if part.startswith(tuple("abcdefghijklmnopqrstuvwxyz")) else part for part in parts]


def _trim(name: str) -> str:
    name = _TRAILING.split(name.strip())[0]
    return name.strip(" -–—|:,»→*.") if not name.endswith("r.") else name.strip(" -–—|:,*")


def _is_capitalised(text: str) -> bool:
    """Return whether all words but particles are capitalised, or in a script without capitals."""
    words = text.split()
    return 0 < len(words) <= 6 and all(
        not word[0].islower() or word in _words("particle") or word[:2] in ("d'", "d’") for word in words
    )


def _is_name(text: str) -> bool:
    folded = text.casefold()
    if not 1 < len(text) <= MAX_NAME or ":" in text or len(text.split()) > MAX_WORDS:
        return False
    if any(map(str.isdigit, text)):
        digits = sum(map(str.isdigit, text))
        if digits > MAX_DIGITS or digits > sum(map(str.isalpha, text)) or _DATED.search(text):
            return False
    is_word = any(folded in _words(words) for words in ("nobody", "by", "by-in-byline")) or is_month(folded)
    return not is_word and any(map(str.isalpha, text))


def read_lists(text: str, file: str) -> dict[str, frozenset[str]]:
    """Return the case-folded words of each `[[list]]` of a TOML text by id; *file* is used in error messages only."""
    keys = ("id", "why", "words")
    tables = iter_tables(text, file, {"list": (frozenset(keys), keys)})
    return {table["id"]: frozenset(word.casefold() for word in table["words"]) for _, table in tables}


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    return read_lists(package_file("people.toml", "newscrawl.fields"), "people.toml")


def _words(name: str) -> frozenset[str]:
    return _lists()[name]


@lru_cache(maxsize=32)
def _pattern(name: str, *, before: bool = False, after: bool = False, between: bool = False) -> re.Pattern[str]:
    """Match a word of a list: at the start (once or more), with all *after* it, *between* spaces, or anywhere."""
    words = "|".join(
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)
        for word in sorted(_words(name), key=len, reverse=True)
    )
    if before:
        return re.compile(rf"^(?:(?:{words})(?:\s*[:：]\s*|\s+))+", re.IGNORECASE)
    if after:
        return re.compile(rf"(?:^|\s+)(?:{words})(?!\w).*$", re.IGNORECASE)
    if between:
        return re.compile(rf"\s+(?:{words})\s+", re.IGNORECASE)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)\s*", re.IGNORECASE)
