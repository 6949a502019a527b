"""Parse the people (organisations if no person is named) in bylines. The word lists are in people.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from newscrawl.data_files import iter_tables, package_file
from newscrawl.fields.agencies import agencies
from newscrawl.fields.dates import is_month
from newscrawl.fields.east_asian_names import parse_byline
from newscrawl.fields.headlines import get_name_key, get_site_keys, is_section
from newscrawl.text.clean import clean_line

DOUBTFUL_AUTHORS = "doubtful_authors"
"""Evidence that is no author: declared names that are organisations, or that the page shows nowhere."""
MAX_NAME = 80
MAX_WORDS = 8
MAX_DIGITS = 3
MAX_BYLINE_WORDS = 4
"""A line of so few words is not a sentence."""
MAX_DATE = 40
MAX_EAST_ASIAN_LINE = 60
"""Characters; a longer line in these scripts is a sentence."""
_URL = re.compile(
    r"^(?:https?:)?//|^www\.|^/|\S@\w+\.\w|^\S+\.(?:html?|php|aspx?)$|[{}<>=]|^\w+(?:\.\w+){3,}$", re.IGNORECASE
)
_PARENTHESES = re.compile(r"\s*[(\[（【〔［〈][^()\[\]（）【】〔〕［］〈〉]{0,60}[)\]）】〕］〉]\s*")
_BRACKETS = re.compile(r"[()\[\]（）【】〔〕［］〈〉]")
_EMAIL = re.compile(r"[(\[<（]?(?:e-?mail\s*:\s*|mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+[)\]>）]?", re.IGNORECASE)
_HANDLE = re.compile(r"\s*@\w{2,20}\b")
_PARTS = re.compile(r"\s*(?:;|\||•|●|·|⋆|⋅|、|\s/\s|，)\s*|\s+[–—]\s+")
_DASH = re.compile(r"\s+-\s+")
_OF = re.compile(r"de (?=[^\W\d_a-z][\w'’-]+ [^\W\d_a-z])")
"""Romanian "by", which elsewhere is part of a name."""
_GLUED = re.compile(r"^(By|Von|Par|Por)(?=[^\W\d_a-z][^\W\d_A-Z]+ )")
"""A name that follows "By" without a space, because it is in another element."""
_POSSESSIVE = re.compile(r"['’]s\b")
_TWICE_BY = re.compile(r"^by(?=by\b)", re.IGNORECASE)
"""The word in a hidden element beside the visible one."""
_LOGIN = re.compile(r"\w*(?:[._\d]|(?<=[a-z])[A-Z])\w*|[a-z]{5,}|[a-z]+(?:-[a-z]+)+")
_TRAILING = re.compile(r"\s+-\s+|\s(?:on|at)$")
_TRAILING_WEEKDAY = re.compile(r",?\s+(on\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day[,.]?$", re.IGNORECASE)
_AMPERSAND = re.compile(r"\s&\s")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATED = re.compile(
    rf"\d{{4}}|\d[:.]\d|\d\s?(?:min|h\b|kommentar|comment|share|view|read)|^\d+$|{_MONTH}\.? \d|\d {_MONTH}",
    re.IGNORECASE,
)
_REVERSED = re.compile(
    r"(?P<family>(?:(?:van|von|de|der|den|del|di|da|du|la|le) )*[^\W\d_][^\W\d_'’-]*(?:[-'’][^\W\d_]+)*),\s+"
    r"(?P<given>[^\W\d_]+(?:-[^\W\d_]+)?(?: [^\W\d_]\.)*)"
)
"""A family name before a given one."""
_TRAILING_DATE = re.compile(
    r"\s+(?:(?:le|el|am|il|em|op|den)\s+\d{1,2}\b"
    rf"|(?:on\s+)?(?:{_MONTH}\.? \d|\d{{1,2}}(?:[./ -]|\. )(?:\d|[^\W\d]{{3}})|\d{{4}}[-/年])).*$",
    re.IGNORECASE,
)


def split_names(text: str) -> list[str]:
    """Return the names in a byline: both for "By Ann Lee and Bo Diaz, Staff Writers", without "By" and roles.

    URLs, e-mail addresses, dates and words that name nobody ("admin", "7 min read") are left out, and so are people who
    only edited, reviewed or took photos.
    """
    return list(_split_names(text))


@lru_cache(maxsize=512)
def _split_names(text: str) -> tuple[str, ...]:
    text = _TWICE_BY.sub("", _remove_brackets(_EMAIL.sub(" ", clean_line(text))))
    if (byline := parse_byline(text, _lists())) is not None and (byline.authors or byline.is_whole):
        return tuple(byline.authors)
    if _URL.search(text) or len(text) > 10 * MAX_NAME:
        return ()
    names: list[str] = []
    for part in _split_parts(_HANDLE.sub("", text)):
        if names and "," not in part and names_a_role(part):
            continue
        for name in _split_part(part.strip()):
            if _is_name(name) and name not in names:
                names.append(name)
    return tuple(names)


def _split_parts(text: str) -> Iterator[str]:
    """Yield the parts between bars, and between dashes if both begin with Vietnamese family names."""
    for part in _PARTS.split(text):
        people = _DASH.split(part)
        are_names = all(one.partition(" ")[0].casefold() in _words("vietnamese-family-name") for one in people)
        yield from people if are_names else [part]


def _remove_brackets(text: str) -> str:
    """Return a byline without its parts in brackets, or only without the brackets if they are around all of it."""
    text = _other_in_brackets().sub("", text) if "(" in text else text
    bare = clean_line(_PARENTHESES.sub(" ", text))
    return bare if any(map(str.isalpha, bare)) else clean_line(_BRACKETS.sub(" ", text))


def names_in_line(text: str) -> list[str]:
    """Return the names in a line of text: after "By" or the like, or before a bar and a role.

    Empty if the line goes on as prose.
    """
    if len(text) <= MAX_EAST_ASIAN_LINE:
        byline = parse_byline(_remove_brackets(_EMAIL.sub(" ", clean_line(text))), _lists())
        if byline is not None and byline.is_whole:
            return byline.authors if byline.is_explicit else []
        if byline is not None:
            first, bar, _ = text.partition("|")
            return names_in_line(first) if bar else []
    parts = _PARTS.split(_GLUED.sub(r"\1 ", _TWICE_BY.sub("", text)))
    if len(parts) > 1 and names_a_role(parts[1]) and _is_full_name(parts[0]):
        return [parts[0]]
    for part in parts:
        match = _pattern("by", before=True).match(part) or _pattern("by").search(part)
        if match and (match.start() == 0 or _is_date(part[: match.start()])):
            names = split_names(part[match.start() :])
            if names and all(is_capitalised(name) for name in names):
                return names
    return []


def _is_full_name(text: str) -> bool:
    words = text.split()
    return 1 < len(words) <= MAX_WORDS and is_capitalised(text) and not any(map(str.isdigit, text))


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
        people = _without_additions(people)
        people = [name for name in people if not any(_repeats(name, other) for other in full)]
    return people or list(seen.values())


def _without_additions(names: Sequence[str]) -> list[str]:
    """Return the names without roles, degrees, newsrooms and sections beside a full name: "Deputy Editor", "RN"."""
    if not any(are_people([name]) and not names_a_role(name) for name in names):
        return list(names)
    return [name for name in names if not _is_addition_beside_name(name)]


def _is_addition_beside_name(name: str) -> bool:
    words = name.casefold().split()
    is_staff = len(words) > 1 and words[-1] in ("staff", "editors")
    return names_a_role(name) or name.casefold() in _words("credential") or is_staff or is_section(name)


def _without_owners(names: Sequence[str], owners: Sequence[str | None]) -> list[str]:
    """Return the names without the name of the newspaper behind them: "Ann Lee" for "Ann Lee Harbour Post"."""
    found: list[str] = []
    for name in names:
        for owner in filter(None, owners):
            head = name[: len(name) - len(owner)].rstrip(" -–—|,")
            if name.casefold().endswith(f" {owner.casefold()}") and _is_full_name(head):
                name = head.removesuffix(" The").removesuffix(" for").removesuffix(" For")
        found.append(name)
    return list(dict.fromkeys(found))


def _repeats(name: str, other: str) -> bool:
    """Return whether *name* is the *other* one with more words behind it, or its initials."""
    initials = "".join(word[0] for word in other.split())
    return name.startswith(f"{other} ") or (1 < len(name) <= 3 and name == initials.upper())


def _is_company(name: str) -> bool:
    words = name.casefold().split()
    return name.casefold() in _words("company") or (len(words) > 1 and words[-1].strip(",") in _words("company"))


def names_only_site(names: Iterable[str], publisher: str | None, site: str | None) -> bool:
    """Return whether all names are those of the site or its staff."""
    own = _own_keys(publisher, site)
    return all(_is_own(get_name_key(name), name, own) or get_name_key(name).startswith(tuple(own)) for name in names)


def are_accounts(names: Sequence[str]) -> bool:
    """Return whether none is a full name: one word, in a script whose names have several."""
    return all(" " not in name and name.lower() != name.upper() for name in names)


def are_organisations(names: Sequence[str]) -> bool:
    """Return whether all are companies, newspapers, accounts or newsrooms rather than people."""
    return bool(names) and all(_is_organisation(name) for name in names)


def _is_organisation(name: str) -> bool:
    words = {word.strip(".,") for word in name.casefold().split()}
    return _is_company(name) or bool(words & (_words("newsroom") | _words("newspaper"))) or name.isdigit()


def are_people(names: Sequence[str]) -> bool:
    """Return whether all look like full names of people: two to four capitalised words, none of an organisation."""
    return bool(names) and all(
        2 <= len(name.split()) <= 4
        and all(word[0].isupper() or word in _words("particle") for word in name.split())
        and all(char.isalpha() or char in " .'’-" for char in name)
        and not _POSSESSIVE.search(name)
        and not _is_organisation(name)
        and not _pattern("organisation").search(name)
        for name in names
    )


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
    text = _cut_other_roles(text)
    if not text or text.casefold() in _words("nobody"):
        return []
    bare = _strip_labels(text)
    text = _cut_behind_name(_OF.sub("", bare) if _OF.match(bare) else bare, has_label=bare != text)
    if _pattern("organisation").search(text) and "," not in text:
        if (people := _cut_section(text)) == text:
            return [_trim(text)]
        text = people
    if reversed_name := _put_given_name_first(text):
        return [reversed_name]
    names: list[str] = []
    for piece in _split_commas(text):
        for name in _AMPERSAND.split(piece):
            names.extend(_trim(one) for one in _split_and(name))
    return names


def _cut_other_roles(text: str) -> str:
    """Return a byline without editors and photographers; "" if nobody is left.

    "Text: Ann Lee" for "Text: Ann Lee Photo: Bo Diaz" and "Ann Lee" for "Photo: Bo Diaz Text: Ann Lee".
    """
    if _pattern("not-by", before=True).match(text) or _other_label().match(text):
        author = _author_label().search(text)
        return text[author.end() :] if author else ""
    other = _other_role().search(text)
    if other is None:
        return text
    head = text[: other.start()]
    is_one_label = head.split()[-1].casefold() in _words("and") | {"&"}
    return text if is_one_label else head


def _strip_labels(text: str) -> str:
    """Return a byline without "By" or "More articles by" before the name; words that are names, too, may stay."""
    if text.casefold().replace("i\u0307", "i") in _words("staff"):
        return text
    for words in ("by-in-byline", "by", "before-name"):
        match = _pattern(words, before=True).match(text)
        if match is None:
            continue
        rest = text[match.end() :]
        label = match.group().strip()
        is_name = label.casefold() in _words("by-or-name") and label[0].isupper() and rest[:1].isupper()
        if not (is_name and " " not in rest and not rest.isupper() and rest.casefold() not in _words("staff")):
            text = rest
    for pattern in (_pattern("before-full-name", before=True), _role_before_name()):
        match = pattern.match(text)
        if match and _is_full_name(_trim(text[match.end() :])) and not _is_organisation(text[match.end() :]):
            return text[match.end() :]
    return text


def _cut_behind_name(text: str, *, has_label: bool) -> str:
    """Return a byline without what follows the name: a date, "published", a newspaper."""
    text = _weekday().sub("", _pattern("after-name", after=True).sub("", text))
    text = _TRAILING_DATE.sub("", text)
    if (match := _TRAILING_WEEKDAY.search(text)) and (match[1] or _is_full_name(text[: match.start()])):
        text = text[: match.start()]
    return _cut_newspaper(text, has_label=has_label)


def _cut_section(text: str) -> str:
    """Return "Ann Lee" for "Ann Lee in Politics" and "Ann Lee for the Harbour Post"."""
    match = _behind_full_name().search(text)
    head = text[: match.start()] if match else text
    are_full = all(map(_is_full_name, _pattern("and", between=True).split(head)))
    return head if are_full and not _is_organisation(head) and not _pattern("organisation").search(head) else text


def _cut_newspaper(text: str, *, has_label: bool) -> str:
    """Return "Ann Lee" for "By Ann Lee Harbour Post" and "Ann Lee HARBOUR POST"."""
    words = text.split()
    while has_label and len(words) > 2 and "," not in text and words[-1].casefold() in _words("role-behind-name"):
        words.pop()
        text = " ".join(words)
    if (
        len(words) < 4
        or "," in text
        or _behind_full_name().search(text)
        or words[-1].casefold().strip(".") not in _words("newspaper")
    ):
        return text
    capitals = next((at for at, word in enumerate(words) if all(map(str.isupper, words[at:]))), len(words))
    if 2 <= capitals < len(words) - 1 and not words[0].isupper():
        return " ".join(words[:capitals])
    if not has_label:
        return text
    the = next((at for at, word in enumerate(words) if at >= 2 and word.casefold() == "the"), len(words) - 2)
    return " ".join(words[:the])


def _put_given_name_first(text: str) -> str | None:
    """Return "Ann Lee" for "Lee, Ann"; None if it is something else, such as two agencies or a name and a role."""
    match = _REVERSED.fullmatch(text.strip())
    if match is None or text.isupper():
        return None
    family, given = match["family"], match["given"]
    lists = ("nobody", "staff", "credential", "by", "particle", "newsroom", "newspaper", "company")
    is_other = any(part.casefold() in _words(words) for part in (family, given) for words in lists)
    is_role = _pattern("role").search(text) is not None
    is_name = family.split()[-1][0].isupper() and given[0].isupper() and not family.isupper() and not given.isupper()
    return f"{given} {family}" if is_name and not is_other and not is_role else None


def _split_commas(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(part and " " not in part for part in parts) and parts[1].isupper():
        return parts[:1] if _is_addition(parts[1]) else [text.strip()]
    return [part for at, part in enumerate(parts) if part and (at == 0 or not _is_addition(part))]


def _is_addition(text: str) -> bool:
    """Return whether a text after a name and a comma is a role, a degree or a newspaper."""
    first, space, rest = text.partition(" ")
    if (space and (first in _words("after-full-name") or _pattern("organisation").search(text))) or (
        first == "The" and _is_organisation(rest) and not agencies().find(text)
    ):
        return True
    if space and first.islower() and first not in _words("particle") | _words("and") and not rest.islower():
        return True
    return bool(_pattern("role").search(text)) or text.casefold().strip("*†") in _words("credential")


def _split_and(text: str) -> list[str]:
    """Split at "and" in any language if both sides are capitalised like names; cut the sections behind the names."""
    parts = [part for part in _pattern("and", between=True).split(text) if part]
    names = [_cut_section(part) for part in parts]
    is_section = [at > 0 and names[at - 1] != parts[at - 1] and " " not in part for at, part in enumerate(parts)]
    if len(parts) > 1 and (not all(map(is_capitalised, names)) or _is_double_name(text, parts)):
        return [_cut_section(text)]
    lead = _pattern("and", before=True)
    return [
        lead.sub("", name) if name.startswith(tuple("abcdefghijklmnopqrstuvwxyz")) else name
        for name, is_rest in zip(names, is_section, strict=True)
        if not is_rest
    ]


def _is_double_name(text: str, parts: Sequence[str]) -> bool:
    """Return whether "y" or "i" joins the two family names of one person: "José Ortega y Gasset"."""
    is_joined = len(parts) == 2 and text[len(parts[0]) :].split()[0] in ("y", "i", "e")
    return is_joined and " " in parts[0] and " " not in parts[1]


def _trim(name: str) -> str:
    name, *rest = _TRAILING.split(name.strip())
    is_place = len(rest) == 1 and " " not in name and not are_logins([name])
    if is_place and _is_full_name(rest[0]) and not _is_organisation(rest[0]):
        name = rest[0]
    return name.strip(" -–—|:,»→*.") if not name.endswith("r.") else name.strip(" -–—|:,*")


def is_capitalised(text: str) -> bool:
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
    if _is_label(text):
        return False
    if " " not in text and _pattern("role").fullmatch(text):
        return False
    is_word = any(folded in _words(words) for words in ("nobody", "by", "by-in-byline")) or is_month(folded)
    return not is_word and any(map(str.isalpha, text))


def _is_label(text: str) -> bool:
    """Return whether a text is that of a link in an author box: "View author archive"."""
    words = text.split()
    if len(words) < 2:
        return False
    return all(word.casefold().strip(".…:") in _words("label") for word in words) or any(
        word.islower() and word.strip(".…:") in _words("label-noun") for word in words
    )


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


@lru_cache(maxsize=1)
def _weekday() -> re.Pattern[str]:
    """Match a weekday with a number behind it, and all that follows."""
    words = "|".join(map(re.escape, sorted(_words("weekday"), key=len, reverse=True)))
    return re.compile(
        rf"(?:^|[\s,]+)(?:(?:on|le|am|el|op|il|den)\s+)?(?:{words})\.?,?\s+(?:den |le |el |dia |ngày )?\d.*$",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _behind_full_name() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(_words("after-full-name"), key=len, reverse=True)))
    return re.compile(rf"\s+(?:{words}|For)\s+(?!['’]t\b)(?=\S)")


def _alternatives(names: Iterable[str]) -> str:
    """Return the words of lists as alternatives of a regular expression; '*' stands for any rest of the word."""
    words = {word for name in names for word in _words(name)}
    return "|".join(
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)
        for word in sorted(words, key=len, reverse=True)
    )


@lru_cache(maxsize=1)
def _other_role() -> re.Pattern[str]:
    """Match somebody who is not the author behind a name: ". Photographs by Bo Diaz", " Foto: Bo Diaz"."""
    phrases = "|".join(re.escape(word) for word in _words("not-by") if " " in word)
    return re.compile(
        rf"(?<=\w)[\s.,;–—-]+(?:(?:{phrases})\s|(?:{_alternatives(['not-by', 'not-by-label'])})\s*[:：]).*$",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _other_label() -> re.Pattern[str]:
    return re.compile(rf"(?:{_alternatives(['not-by-label'])})\s*[:：]", re.IGNORECASE)


@lru_cache(maxsize=1)
def _other_in_brackets() -> re.Pattern[str]:
    """Match a photographer: " und Bo Diaz (Fotos)"."""
    others = _alternatives(["not-by"])
    return re.compile(rf"(?:^|[,;/&]|\s(?:{_alternatives(['and'])})\s)[^,;/&()]{{2,60}}\((?:{others})\)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _author_label() -> re.Pattern[str]:
    return re.compile(rf"[\s.,;–—-](?:{_alternatives(['by', 'by-in-byline'])})\s*[:：]\s*", re.IGNORECASE)


@lru_cache(maxsize=1)
def _role_before_name() -> re.Pattern[str]:
    """Match "unserer Redakteurin " and "Staff Reporter "."""
    roles, beside = _alternatives(["role"]), _alternatives(["role", "before-role"])
    return re.compile(rf"^(?:(?:{beside})\s+)*(?:{roles})\s+(?:(?:{beside})\s+)*", re.IGNORECASE)


@lru_cache(maxsize=32)
def _pattern(name: str, *, before: bool = False, after: bool = False, between: bool = False) -> re.Pattern[str]:
    """Match a word of a list: at the start (once or more), with all *after* it, *between* spaces, or anywhere."""
    words = _alternatives([name])
    if before:
        return re.compile(rf"^(?:(?:{words})(?:\s*[:：]\s*|\s+))+", re.IGNORECASE)
    if after:
        return re.compile(rf"(?:^|\s+)(?:{words})(?!\w).*$", re.IGNORECASE)
    if between:
        return re.compile(rf"\s+(?:{words})\s+", re.IGNORECASE)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)\s*", re.IGNORECASE)
