"""Parse the people (organisations if no person is named) in bylines. The word lists are in people.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from newscrawl.fields.agencies import agencies
from newscrawl.fields.date_search import find_dates
from newscrawl.fields.east_asian_names import parse_byline
from newscrawl.fields.headlines import is_section
from newscrawl.fields.month_names import is_month
from newscrawl.fields.name_kinds import (
    MAX_WORDS,
    are_accounts,
    are_logins,
    is_capitalised,
    is_full_name,
    is_organisation,
    names_a_role,
)
from newscrawl.fields.name_lists import get_lists, get_words, join_alternatives, word_pattern
from newscrawl.text.clean import clean_line

MAX_NAME = 80
MAX_DIGITS = 3
MAX_BYLINE_WORDS = 4
"""A line of so few words is not a sentence."""
MAX_DATE = 40
MIN_COMMON_NOUN = 7
"""Letters of a word that is no initials of an author or an agency: "gastroenterologist"."""
MAX_LOWER = 3
"""Words of a name in small letters that are no particles: "ana maría gonzález"."""
MAX_CODE = 4
"""Letters of initials in a byline that are not capitalised: "dpa", "jse"."""
MAX_EAST_ASIAN_LINE = 60
"""Characters; a longer line in these scripts is a sentence."""
_URL = re.compile(
    r"^(?:https?:)?//|^www\.|^/|\S@\w+\.\w|^\S+\.(?:html?|php|aspx?)$|[{}<>=]|^\w+(?:\.\w+){3,}$", re.IGNORECASE
)
_PARENTHESES = re.compile(r"\s*[(\[（【〔［〈][^()\[\]（）【】〔〕［］〈〉]{0,60}[)\]）】〕］〉]\s*")
_BRACKETS = re.compile(r"[()\[\]（）【】〔〕［］〈〉]")
_IN_BRACKETS = re.compile(r"\((?P<and>[^\W\d]+)\s+(?P<name>[^()]{3,60})\)")
_FOOTNOTES = re.compile(r"(?<= )([^\W\d_]{2,})(?:\d{1,2}[,*†‡§]*)+$")
"""Numbers of the institutes of an author, behind the family name."""
_COUNT = re.compile(r"\d+\s+[^\W\d_]")
"""A number before a word, and no name: "2 comments"."""
_EMAIL = re.compile(r"[(\[<（]?(?:e-?mail\s*:\s*|mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+[)\]>）]?", re.IGNORECASE)
_HANDLE = re.compile(r"\s*@\w{2,20}\b")
_PARTS = re.compile(r"(?=\s*[;|•●·⋆⋅、/，–—])(?:\s*(?:;|\||•|●|·|⋆|⋅|、|\s/\s|，)\s*|\s+[–—]\s+|[–—](?=\d))")
_DASH = re.compile(r"\s+-\s+")
_PLACE = re.compile(r"\s+[–—]\s+[^\W\d_a-z][^\W\d_]+$")
"""One word behind a dash, where the town stands: "By Ann Lee, Harbour Post — London"."""
_OF = re.compile(r"de (?=[^\W\d_a-z][\w'’-]+ [^\W\d_a-z])")
"""Romanian "by", which elsewhere is part of a name."""
_GLUED = re.compile(r"^(By|Von|Par|Por)(?=[^\W\d_a-z][^\W\d_A-Z]+ )")
"""A name that follows "By" without a space, because it is in another element."""
_BEFORE_DATE = re.compile(r"(?=\d{1,2}[./ -]\s?\w)(?<=[^\W\d_A-Z]{3})")
"""Where a date follows a name without a space."""
_JOINED = re.compile(r"[^\W\d_A-Z]{3}[A-Z]")
_TWICE_BY = re.compile(r"^by(?=by\b)", re.IGNORECASE)
"""The word in a hidden element beside the visible one."""
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
    text = _separate(_TWICE_BY.sub("", _remove_brackets(_EMAIL.sub(" ", clean_line(text)))))
    if (byline := parse_byline(text, get_lists())) is not None and (byline.authors or byline.is_whole):
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


def _separate(text: str) -> str:
    """Return a byline with spaces and bars where words of other elements join a name: "ByAnn LeeStaff Writer"."""
    text = _BEFORE_DATE.sub(" ", _GLUED.sub(r"\1 ", text))
    if not _JOINED.search(text):
        return text
    parts, end = [], 0
    for match in _joined_words().finditer(text):
        head = text[end : match.start()].rpartition(",")[2]
        if " " in head.strip():
            parts += [text[end : match.start()], match.group()]
            end = match.end()
    return " | ".join((*parts, text[end:])).rstrip(" |")


def _split_parts(text: str) -> Iterator[str]:
    """Yield the parts between bars, and between dashes if both begin with Vietnamese family names; no place."""
    head = _PLACE.sub("", text)
    text = head if _starts_with_by(head) and " " in head else text
    for part in _PARTS.split(text):
        people = _DASH.split(part)
        are_names = all(one.partition(" ")[0].casefold() in get_words("vietnamese-family-name") for one in people)
        yield from people if are_names else [part]


def _remove_brackets(text: str) -> str:
    """Return a byline without its parts in brackets, or only without the brackets if they are around all of it."""
    if not _BRACKETS.search(text):
        return clean_line(text)
    if "(" in text:
        text = _other_in_brackets().sub("", _IN_BRACKETS.sub(_join_person_in_brackets, text))
    bare = clean_line(_PARENTHESES.sub(" ", text))
    return bare if any(map(str.isalpha, bare)) else clean_line(_BRACKETS.sub(" ", text))


def _join_person_in_brackets(match: re.Match[str]) -> str:
    """Return " avec Bo Diaz" for "(avec Bo Diaz)", and other brackets unchanged: agencies are no second author."""
    name = match["name"].strip()
    is_person = is_full_name(name) and not is_organisation(name) and not agencies().find(name)
    return f" {match['and']} {name}" if is_person and match["and"].casefold() in get_words("and") else match.group()


def names_in_line(text: str) -> list[str]:
    """Return the names in a line of text: after "By" or the like, or before a bar and a role.

    Empty if the line goes on as prose.
    """
    if len(text) <= MAX_EAST_ASIAN_LINE and not text.isascii():
        byline = parse_byline(_remove_brackets(_EMAIL.sub(" ", clean_line(text))), get_lists())
        if byline is not None and byline.is_whole:
            return byline.authors if byline.is_explicit else []
        if byline is not None:
            first, bar, _ = text.partition("|")
            return names_in_line(first) if bar else []
    if text.startswith("(") and text.endswith((")", ").")):
        text = text[1:].rstrip(".)")
    parts = _PARTS.split(_BEFORE_DATE.sub(" ", _GLUED.sub(r"\1 ", _TWICE_BY.sub("", text))))
    if len(parts) > 1 and names_a_role(parts[1]) and is_full_name(parts[0]):
        return [parts[0]]
    for part in parts:
        if names := _names_behind_label(part, text):
            return names
        match = word_pattern("by", before=True).match(part) or word_pattern("by").search(part)
        if match and (match.start() == 0 or _is_date(part[: match.start()])):
            names = split_names(part[match.start() :])
            if names and is_capitalised(names[0]) and all(is_capitalised(name) or _is_code(name) for name in names):
                return names
    return []


def _names_behind_label(text: str, line: str) -> list[str]:
    """Return the full names behind a label that other lines begin with, too, if it has a colon: "Text: Ann Lee".

    *text* is a part of the *line*.
    """
    match = word_pattern("by-in-byline", before=True).match(text) if is_labelled(text) else None
    if match is None and ":" in text and _other_role().search(line):
        # "Interview: Bo Diaz" alone may be an interview with Bo Diaz.
        match = _label_with_colon().match(text)
    names = split_names(text) if match else []
    if match is None and (match := word_pattern("by-alone", before=True).match(text)):
        names = split_names(text[match.end() :]) if is_full_name(text[match.end() :]) else []
    return names if all(is_capitalised(name) and not are_accounts([name]) for name in names) else []


def is_labelled(text: str) -> bool:
    """Return whether a line begins with the label of an author and a colon."""
    if ":" in text and _label_with_colon().match(text) and _other_role().search(text):
        return True
    patterns = (word_pattern(words, before=True) for words in ("by", "by-in-byline"))
    return any((match := pattern.match(text)) and match.group().rstrip()[-1:] in ":：" for pattern in patterns)


def _is_code(name: str) -> bool:
    """Return whether a name in small letters may be the initials of an author or an agency."""
    return len(name) <= MAX_CODE and name.isalpha()


def ends_with_other_role(text: str) -> bool:
    """Return whether a name that follows is that of somebody who is not the author ("Reviewed by ", "Foto: ")."""
    return bool(_other_role_at_end().search(text.rstrip(" :：")))


def _is_date(text: str) -> bool:
    return len(text) <= MAX_DATE and any(map(str.isdigit, text))


def begins_with_by(text: str) -> bool:
    """Return whether a line of a few words begins with "By": then a name follows, even if it is not capitalised."""
    return len(text.split()) <= MAX_BYLINE_WORDS and bool(word_pattern("by", before=True).match(text))


def is_label(text: str) -> bool:
    """Return whether a line is only the label before an author's name ("Written by:")."""
    return text.casefold().strip(" :") in get_words("by")


def without_other_people(lines: Sequence[str]) -> list[str]:
    """Return the lines of a byline without labels, and without those of people whose label is no author's.

    Labels are lines of their own, all before the names or all behind them: "Words", "Ann Lee", "Photos", "Bo Diaz".
    """
    kinds = [_get_label_kind(line) for line in lines]
    if not any(kinds) or len(lines) < 2:
        return list(lines)
    kept: list[str] = []
    current = ""
    for line, kind in zip(lines, kinds, strict=True):
        if kind == "other" and not kinds[0] and kept:
            kept.pop()
        elif not kind and current != "other":
            kept.append(line)
        if kinds[0]:
            current = kind or current
    return kept


def _get_label_kind(line: str) -> str:
    """Return "author" or "other" for a line that is only a label, else ""."""
    folded = line.casefold().strip(" :")
    if any(folded in get_words(words) for words in ("by", "by-in-byline", "by-label")):
        return "author"
    return "other" if any(folded in get_words(words) for words in ("not-by", "not-by-label", "after-name")) else ""


def _split_part(text: str) -> list[str]:
    text = _cut_other_roles(_cut_leading_date(text))
    if not text or text.casefold() in get_words("nobody"):
        return []
    bare = _strip_labels(text)
    text = _cut_behind_name(_OF.sub("", bare) if _OF.match(bare) else bare, has_label=bare != text)
    if word_pattern("organisation").search(text) and "," not in text:
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


def _cut_leading_date(text: str) -> str:
    """Return "Ann Lee" for "Dec 17, 2025 Ann Lee": the date stands in another element."""
    if not any(map(str.isdigit, text)):
        return text
    date = next(find_dates(text), "")
    rest = text[len(date) :].lstrip(" ,|") if date and text.startswith(date) else ""
    return rest if is_full_name(rest) or _starts_with_by(rest) else text


def _starts_with_by(text: str) -> bool:
    return bool(word_pattern("by", before=True).match(text))


def _cut_other_roles(text: str) -> str:
    """Return a byline without editors and photographers; "" if nobody is left.

    "Text: Ann Lee" for "Text: Ann Lee Photo: Bo Diaz" and "Ann Lee" for "Photo: Bo Diaz Text: Ann Lee".
    """
    if label := word_pattern("not-by", before=True).match(text) or _other_label().match(text):
        author = _author_label().search(text, label.end())
        return text[author.end() :] if author else ""
    other = _other_role().search(text)
    if other is None:
        return text
    head = text[: other.start()]
    is_one_label = head.split()[-1].casefold() in get_words("and") | {"&"}
    return text if is_one_label else head


def _strip_labels(text: str) -> str:
    """Return a byline without "By" or "More articles by" before the name; words that are names, too, may stay."""
    if text.casefold().replace("i\u0307", "i") in get_words("staff"):
        return text
    if ":" in text and (with_colon := _label_with_colon().match(text)):
        text = text[with_colon.end() :]
    for words in ("by-in-byline", "by", "before-name"):
        match = word_pattern(words, before=True).match(text)
        if match is None:
            continue
        rest = text[match.end() :]
        label = match.group().strip()
        is_name = label.casefold() in get_words("by-or-name") and label[0].isupper() and rest[:1].isupper()
        if not (is_name and " " not in rest and not rest.isupper() and rest.casefold() not in get_words("staff")):
            text = rest
    for pattern in (
        word_pattern("before-full-name", before=True),
        word_pattern("by-alone", before=True),
        _role_before_name(),
    ):
        match = pattern.match(text)
        if match and is_full_name(_trim(text[match.end() :])) and not is_organisation(text[match.end() :]):
            return text[match.end() :]
    return text


def _cut_behind_name(text: str, *, has_label: bool) -> str:
    """Return a byline without what follows the name: a date, "published", a newspaper."""
    text = _weekday().sub("", word_pattern("after-name", after=True).sub("", text))
    text = _TRAILING_DATE.sub("", text)
    if (match := _TRAILING_WEEKDAY.search(text)) and (match[1] or is_full_name(text[: match.start()])):
        text = text[: match.start()]
    role = word_pattern("role").search(text)
    head = text[: role.start()].rstrip() if role and text[role.start()].islower() else ""
    if is_full_name(head) and head.split()[0].casefold() not in get_words("before-role"):
        text = head
    return _cut_newspaper(text, has_label=has_label)


def _cut_section(text: str) -> str:
    """Return "Ann Lee" for "Ann Lee in Politics" and "Ann Lee for the Harbour Post"."""
    match = _behind_full_name().search(text)
    head = text[: match.start()] if match else text
    are_full = all(map(is_full_name, word_pattern("and", between=True).split(head)))
    return head if are_full and not is_organisation(head) and not word_pattern("organisation").search(head) else text


def _cut_newspaper(text: str, *, has_label: bool) -> str:
    """Return "Ann Lee" for "By Ann Lee Harbour Post" and "Ann Lee HARBOUR POST"."""
    words = text.split()
    if has_label and len(words) > 2 and "," not in text and _is_role_word(words[-1], last=True):
        while len(words) > 2 and _is_role_word(words[-1]):
            words.pop()
        text = " ".join(words)
    if (
        len(words) < 4
        or "," in text
        or _behind_full_name().search(text)
        or words[-1].casefold().strip(".") not in get_words("newspaper")
    ):
        return text
    capitals = next((at for at, word in enumerate(words) if all(map(str.isupper, words[at:]))), len(words))
    if 2 <= capitals < len(words) - 1 and not words[0].isupper():
        return " ".join(words[:capitals])
    if not has_label:
        return text
    the = next((at for at, word in enumerate(words) if at >= 2 and word.casefold() == "the"), len(words) - 2)
    return " ".join(words[:the])


def _is_role_word(word: str, *, last: bool = False) -> bool:
    """Return whether a word behind a name is a role, or belongs to one: "Political", "Landespolitische"."""
    folded = word.casefold()
    if folded in get_words("role-behind-name") or (word[:1].isupper() and bool(word_pattern("role").fullmatch(word))):
        return True
    return not last and (folded in get_words("before-role") or is_section(word) or folded.endswith(("ische", "ischer")))


def _put_given_name_first(text: str) -> str | None:
    """Return "Ann Lee" for "Lee, Ann"; None if it is something else, such as two agencies or a name and a role."""
    match = _REVERSED.fullmatch(text.strip())
    if match is None or text.isupper():
        return None
    family, given = match["family"], match["given"]
    lists = ("nobody", "staff", "credential", "by", "particle", "newsroom", "newspaper", "company")
    is_other = any(part.casefold() in get_words(words) for part in (family, given) for words in lists)
    is_role = word_pattern("role").search(text) is not None
    is_name = family.split()[-1][0].isupper() and given[0].isupper() and not family.isupper() and not given.isupper()
    return f"{given} {family}" if is_name and not is_other and not is_role else None


def _split_commas(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(part and " " not in part for part in parts) and parts[1].isupper():
        return parts[:1] if _is_addition(parts[1]) else [text.strip()]
    # "By Ann Lee, in News, Culture": sections follow.
    stop = next((at for at, part in enumerate(parts) if at and _is_section_list(part)), len(parts))
    found, has_addition = parts[:1], False
    for part in parts[1:stop]:
        if _is_addition(part, parts[0]) or (has_addition and " " not in part):
            # "By Ann Lee, field coordinator, Leeds": a town follows the role.
            has_addition = True
        else:
            found.append(part)
    return [part for part in found if part]


def _is_section_list(text: str) -> bool:
    first, space, rest = text.partition(" ")
    return bool(space) and first in get_words("after-full-name") and rest[:1].isupper()


def _is_addition(text: str, name: str = "") -> bool:
    """Return whether a text after a *name* and a comma is a role, a degree, a newspaper or the place of writing."""
    first, space, rest = text.partition(" ")
    if " " in name and any(text.casefold() in get_words(words) for words in ("place", "company")):
        return True
    if text.islower() and " " not in text and len(text) >= MIN_COMMON_NOUN and " " in name:
        return True
    # "Ann Lee in London, Bo Diaz in Paris"
    people = _cut_section(text) if _cut_section(name) != name else text
    is_phrase = not all(map(is_capitalised, word_pattern("and", between=True).split(people)))
    if space and " " in name and is_phrase and not text.islower() and first not in get_words("and"):
        return True
    if (space and (first in get_words("after-full-name") or word_pattern("organisation").search(text))) or (
        first == "The" and is_organisation(rest) and not agencies().find(text)
    ):
        return True
    is_joined = first in get_words("particle") or first in get_words("and")
    if space and first.islower() and not is_joined and not rest.islower():
        return True
    return bool(word_pattern("role").search(text)) or text.casefold().strip("*†") in get_words("credential")


def _split_and(text: str) -> list[str]:
    """Split at "and" in any language if both sides are capitalised like names; cut the sections behind the names."""
    parts = [part for part in word_pattern("and", between=True).split(text) if part]
    names = [_cut_section(part) for part in parts]
    are_sections = [at > 0 and names[at - 1] != parts[at - 1] and " " not in part for at, part in enumerate(parts)]
    if len(parts) > 1 and (not all(map(is_capitalised, names)) or _is_double_name(text, parts)):
        return [_cut_section(text)]
    lead = word_pattern("and", before=True)
    return [
        lead.sub("", name) if name.startswith(tuple("abcdefghijklmnopqrstuvwxyz")) else name
        for name, is_rest in zip(names, are_sections, strict=True)
        if not is_rest
    ]


def _is_double_name(text: str, parts: Sequence[str]) -> bool:
    """Return whether "y" or "i" joins the two family names of one person: "José Ortega y Gasset"."""
    is_joined = len(parts) == 2 and text[len(parts[0]) :].split()[0] in ("y", "i", "e")
    return is_joined and " " in parts[0] and " " not in parts[1]


def _trim(name: str) -> str:
    name, *rest = _TRAILING.split(name.strip())
    is_place = len(rest) == 1 and " " not in name and not are_logins([name])
    if is_place and is_full_name(rest[0]) and not is_organisation(rest[0]):
        name = rest[0]
    name = _FOOTNOTES.sub(r"\1", name)
    return name.strip(" -–—|:,»→*.") if not name.endswith("r.") else name.strip(" -–—|:,*")


def _is_name(text: str) -> bool:
    folded = text.casefold()
    if not 1 < len(text) <= MAX_NAME or ":" in text or len(text.split()) > MAX_WORDS:
        return False
    if any(map(str.isdigit, text)):
        digits = sum(map(str.isdigit, text))
        if (count := _COUNT.match(text)) and text[count.end() - 1].islower():
            return False
        if digits > MAX_DIGITS or digits > sum(map(str.isalpha, text)) or _DATED.search(text):
            return False
    if _is_label(text) or _is_phrase(text):
        return False
    if " " not in text and word_pattern("role").fullmatch(text):
        return False
    is_word = any(folded in get_words(words) for words in ("nobody", "by", "by-in-byline")) or is_month(folded)
    is_repetition = " " in folded and len(set(folded.split())) == 1 and folded.split()[0] in get_words("nobody")
    return not is_word and not is_repetition and any(map(str.isalpha, text))


def _is_phrase(text: str) -> bool:
    """Return whether a text has too many words in small letters: "contributed to this report", "link to the list"."""
    return sum(word[0].islower() and word not in get_words("particle") for word in text.split()) > MAX_LOWER


def _is_label(text: str) -> bool:
    """Return whether a text is that of a link in an author box: "View author archive"."""
    words = text.split()
    if len(words) < 2:
        return False
    return all(word.casefold().strip(".…:") in get_words("label") for word in words) or any(
        word.islower() and word.strip(".…:") in get_words("label-noun") for word in words
    )


@lru_cache(maxsize=1)
def _weekday() -> re.Pattern[str]:
    """Match a weekday with a number behind it, and all that follows."""
    words = join_alternatives(["weekday"])
    return re.compile(
        rf"(?:^|[\s,]+)(?:(?:on|le|am|el|op|il|den)\s+)?(?:{words})\.?,?\s+(?:den |le |el |dia |ngày )?\d.*$",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _behind_full_name() -> re.Pattern[str]:
    words = join_alternatives(["after-full-name"])
    return re.compile(rf"\s+(?:{words}|For)\s+(?!['’]t\b)(?=\S)")


@lru_cache(maxsize=1)
def _other_role() -> re.Pattern[str]:
    """Match somebody who is not the author behind a name: ". Photographs by Bo Diaz", " Foto: Bo Diaz"."""
    phrases = "|".join(re.escape(word) for word in get_words("not-by") if " " in word)
    return re.compile(
        rf"(?<=\w)[\s.,;–—-]+(?:(?:{phrases})\s|(?:{join_alternatives(['not-by', 'not-by-label'])})\s*[:：]).*$",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _label_with_colon() -> re.Pattern[str]:
    """Match "Interview: "."""
    return re.compile(rf"(?:{join_alternatives(['by-label'])})\s*[:：]\s*", re.IGNORECASE)


@lru_cache(maxsize=1)
def _other_label() -> re.Pattern[str]:
    return re.compile(rf"(?:{join_alternatives(['not-by-label'])})\s*[:：]", re.IGNORECASE)


@lru_cache(maxsize=1)
def _other_in_brackets() -> re.Pattern[str]:
    """Match a photographer: " und Bo Diaz (Fotos)"."""
    others = join_alternatives(["not-by"])
    return re.compile(
        rf"(?:^|[,;/&]|\s(?:{join_alternatives(['and'])})\s)[^,;/&()]{{2,60}}\((?:{others})\)", re.IGNORECASE
    )


@lru_cache(maxsize=1)
def _joined_words() -> re.Pattern[str]:
    """Match the words that join a name: up to three and a role, or the label of a date and the rest."""
    roles = join_alternatives(["role"]).replace(r"\w*", r"(?-i:[^\W\d_A-Z]*)")
    labels = join_alternatives(["after-name"])
    role = rf"(?:[A-Z][\w-]* ){{0,3}}?(?i:{roles})(?![^\W\d_A-Z])"
    return re.compile(rf"(?<=[^\W\d_A-Z]{{3}})(?<!Fitz)(?=[A-Z])(?:{role}|(?i:{labels})(?![^\W\d_]).*)")


@lru_cache(maxsize=1)
def _other_role_at_end() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{join_alternatives(['not-by'])})$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _author_label() -> re.Pattern[str]:
    return re.compile(rf"[\s.,;–—-](?:{join_alternatives(['by', 'by-in-byline'])})\s*[:：]\s*", re.IGNORECASE)


@lru_cache(maxsize=1)
def _role_before_name() -> re.Pattern[str]:
    """Match "unserer Redakteurin " and "Staff Reporter "."""
    roles, beside = join_alternatives(["role"]), join_alternatives(["role", "before-role"])
    return re.compile(rf"^(?:(?:{beside})\s+)*(?:{roles})\s+(?:(?:{beside})\s+)*", re.IGNORECASE)
