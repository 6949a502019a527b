"""Tell full names of people from organisations, logins, roles and the site's own name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from newscrawl.fields.headlines import get_name_key, get_site_keys, is_section
from newscrawl.fields.name_lists import get_words, word_pattern
from newscrawl.text.fold import fold_base_letters

DOUBTFUL_AUTHORS = "doubtful_authors"
"""Evidence that is no author: declared names that are organisations, or that the page shows nowhere."""
MAX_WORDS = 8
MIN_HAN_ORGANISATION = 3
"""Characters; a shorter name that ends like a newsroom is one of a person."""
_POSSESSIVE = re.compile(r"['’]s\b")
_LOGIN = re.compile(r"\w*(?:[._\d]|(?<=[a-z])[A-Z])\w*|[a-z]{5,}|[a-z]+(?:-[a-z]+)+")


def without_sites(names: Iterable[str], publisher: str | None, site: str | None) -> list[str]:
    """Return the people in *names*, each once; the site's name or its staff only if nobody else is named.

    Beside full names, logins, companies, and repetitions of a name with more words behind it are left out.
    """
    seen: dict[str, str] = {}
    for name in names:
        key = get_name_key(name)
        if key not in seen or (" " in name and " " not in seen[key]):
            seen[key] = name
    own = _own_keys(publisher, site)
    people = [name for key, name in seen.items() if not _is_own(key, name, own) and not _is_concatenation(key, seen)]
    people = _without_owners(people, [publisher, site])
    full = [name for name in people if not are_accounts([name]) and not _is_company(name)]
    if full:
        people = [name for name in people if name in full or not (are_logins([name]) or _is_company(name))]
        people = _without_accounts(people)
        people = _without_additions(people)
        people = [name for name in people if not any(_repeats(name, other) for other in full)]
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


def are_organisations(names: Sequence[str]) -> bool:
    """Return whether all are companies, newspapers, accounts or newsrooms rather than people."""
    return bool(names) and all(is_organisation(name) for name in names)


def are_people(names: Sequence[str]) -> bool:
    """Return whether all look like full names of people: two to four capitalised words, none of an organisation."""
    return bool(names) and all(
        2 <= len(name.split()) <= 4
        and all(word[0].isupper() or word in get_words("particle") for word in name.split())
        and all(char.isalpha() or char in " .'’-" for char in name)
        and not _POSSESSIVE.search(name)
        and not name.startswith("The ")
        and not is_organisation(name)
        and not word_pattern("organisation").search(name)
        for name in names
    )


def is_full_name(text: str) -> bool:
    words = text.split()
    return 1 < len(words) <= MAX_WORDS and is_capitalised(text) and not any(map(str.isdigit, text))


def is_capitalised(text: str) -> bool:
    """Return whether all words but particles are capitalised, or in a script without capitals."""
    words = text.split()
    return 0 < len(words) <= 6 and all(
        not word[0].islower() or word in get_words("particle") or word[:2] in ("d'", "d’") for word in words
    )


def names_a_role(text: str) -> bool:
    """Return whether a line names a role."""
    return bool(word_pattern("role").search(text)) and not word_pattern("by", before=True).match(text)


def is_author_page(address: str) -> bool:
    """Return whether a link leads to an author page."""
    address = address.casefold()
    return any(piece in address for piece in get_words("link")) and not any(
        piece in address for piece in get_words("not-link")
    )


def _without_additions(names: Sequence[str]) -> list[str]:
    """Return the names without roles, degrees, newsrooms and sections beside a full name: "Deputy Editor", "RN"."""
    if not any(are_people([name]) and not names_a_role(name) for name in names):
        return list(names)
    return [name for name in names if not _is_addition_beside_name(name)]


def _without_accounts(names: Sequence[str]) -> list[str]:
    """Return the names without "Northern Marketing" and the like beside a person."""
    accounts = [name for name in names if " " in name and name.casefold().split()[-1] in get_words("account")]
    return (
        [name for name in names if name not in accounts]
        if any(are_people([name]) for name in names if name not in accounts)
        else list(names)
    )


def _is_addition_beside_name(name: str) -> bool:
    words = name.casefold().split()
    is_staff = len(words) > 1 and words[-1] in ("staff", "editors")
    return names_a_role(name) or name.casefold() in get_words("credential") or is_staff or is_section(name)


def _without_owners(names: Sequence[str], owners: Sequence[str | None]) -> list[str]:
    """Return the names without the name of the newspaper behind them: "Ann Lee" for "Ann Lee Harbour Post"."""
    found: list[str] = []
    for name in names:
        for owner in filter(None, owners):
            head = name[: len(name) - len(owner)].rstrip(" -–—|,")
            if name.casefold().endswith(f" {owner.casefold()}") and is_full_name(head):
                name = head.removesuffix(" The").removesuffix(" for").removesuffix(" For")
        found.append(name)
    return list(dict.fromkeys(found))


def _repeats(name: str, other: str) -> bool:
    """Return whether *name* is the *other* one with more words behind it, or its initials."""
    initials = "".join(word[0] for word in other.split())
    return name.startswith(f"{other} ") or (1 < len(name) <= 3 and name == initials.upper())


def _is_company(name: str) -> bool:
    words = name.casefold().split()
    return name.casefold() in get_words("company") or (len(words) > 1 and words[-1].strip(",") in get_words("company"))


def is_organisation(name: str) -> bool:
    words = {word.strip(".,") for word in name.casefold().split()}
    if not name.isascii() and len(name) >= MIN_HAN_ORGANISATION and name.endswith(_east_asian_organisations()):
        return True
    names_staff = any(not words.isdisjoint(get_words(one)) for one in ("newsroom", "newspaper"))
    return names_staff or _is_company(name) or name.isdigit()


@lru_cache(maxsize=1)
def _east_asian_organisations() -> tuple[str, ...]:
    return tuple(get_words("east-asian-organisation"))


def _is_own(key: str, name: str, own: set[str]) -> bool:
    return key in own or (not key.isascii() and fold_base_letters(key) in own) or name.casefold() in get_words("staff")


def _is_concatenation(key: str, names: Iterable[str]) -> bool:
    """Return whether a name consists of several of the others."""
    parts = sorted((key.find(name), name) for name in names if name and name != key and name in key)
    return len(parts) > 1 and "".join(name for _, name in parts) == key


def _own_keys(publisher: str | None, site: str | None) -> set[str]:
    return {key for key in (get_name_key(publisher), *get_site_keys(site), get_name_key(site)) if len(key) > 1}
