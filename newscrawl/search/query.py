"""The query language of search: words, phrases, exclusions, prefixes, OR, and filters such as `site:` or `from:`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from newscrawl.exceptions import UsageError
from newscrawl.search.folding import UNSPACED_RUN
from newscrawl.text.clean import clean_line

MAX_LENGTH = 1_000
MAX_TERMS = 40
FILTERS = ("site", "author", "lang", "section", "type", "story", "from", "to")
_PART = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>site|author|lang|section|type|story|from|to):)?"""
    r"""(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))(?P<star>\*)?""",
    re.I,
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_SINGLE_LETTER = re.compile(r"(?:^|[\W_])([^\W_])[\W_]*$")
"""A last word of one letter or digit."""
_QUOTES = str.maketrans("“”„‟«»「」『』＂", '"' * 11)


class InvalidQuery(UsageError):
    """A query, order or cursor that cannot be answered; the message names the part and what is expected."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field; of several conditions on one field, one has to hold, and none that is negated."""

    field: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed query: articles match that have a term of every group, no excluded term, and pass the filters."""

    groups: tuple[tuple[Term, ...], ...] = ()
    """Terms of one group are joined by OR."""
    excluded: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    """On site, author, lang, section and type."""
    story: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether the query matches every article."""
        return self == SearchQuery()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the query asks for."""
        return tuple(one.value for one in self.filters if one.field == "lang" and not one.negated)


@dataclass(slots=True)
class _Parser:
    groups: list[list[Term]] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    query: SearchQuery = field(default_factory=SearchQuery)

    def add_term(self, term: Term, *, negated: bool, joined: bool) -> None:
        if negated:
            self.excluded.append(term)
        elif joined and self.groups:
            self.groups[-1].append(term)
        else:
            self.groups.append([term])

    def add_filter(self, name: str, value: str, *, negated: bool) -> None:
        if not value:
            raise InvalidQuery(f"'{name}:' needs a value, such as {_EXAMPLES[name]}")
        if name in ("from", "to", "story") and negated:
            raise InvalidQuery(f"'-{name}:' is not possible; leave out the '-'")
        if name == "story":
            self.query = replace(self.query, story=_parse_id(value))
        elif name == "from":
            self.query = replace(self.query, first_day=_parse_day(value, last=False))
        elif name == "to":
            self.query = replace(self.query, last_day=_parse_day(value, last=True))
        else:
            one = Filter(name, _parse_site(value) if name == "site" else value, negated)
            self.query = replace(self.query, filters=(*self.query.filters, one))

    def finish(self) -> SearchQuery:
        terms = sum(map(len, self.groups)) + len(self.excluded) + len(self.query.filters)
        if terms > MAX_TERMS:
            raise InvalidQuery(f"the query has {terms} terms; at most {MAX_TERMS} are possible")
        return replace(self.query, groups=tuple(map(tuple, self.groups)), excluded=tuple(self.excluded))


_EXAMPLES = {
    "site": "site:example.org", "author": 'author:"Jane Doe"', "lang": "lang:en", "section": "section:politics",
    "type": "type:OpinionNewsArticle", "story": "story:17", "from": "from:2026-11-01", "to": "to:2026-11-30",
}  # fmt: skip


def parse_query(text: str) -> SearchQuery:
    """Parse a query as a user writes it. What is no syntax is searched as words.

    Raises InvalidQuery for a filter with an impossible value, and for a query that is too long.
    """
    text = clean_line(text.translate(_QUOTES))
    if len(text) > MAX_LENGTH:
        raise InvalidQuery(f"the query has {len(text)} characters; at most {MAX_LENGTH} are possible")
    parser = _Parser()
    parts = list(_PART.finditer(text))
    for number, part in enumerate(parts):
        if _is_or(parts, number):
            continue
        joined = number > 1 and _is_or(parts, number - 1)
        name, negated = (part["field"] or "").lower(), part["minus"] is not None
        if name:
            if joined or (number + 2 < len(parts) and _is_or(parts, number + 1) and not parts[number + 2]["field"]):
                _check_or(name, parts[number - 2] if joined else parts[number + 2])
            parser.add_filter(name, clean_line(_get_value(part).rstrip("*")), negated=negated)
        elif (empty := _get_value(part).lower()).endswith(":") and empty[:-1] in FILTERS:
            parser.add_filter(empty[:-1], "", negated=negated)
        elif (term := _parse_term(part)) is not None:
            if joined and parts[number - 2]["field"]:
                _check_or(parts[number - 2]["field"].lower(), part)
            parser.add_term(term, negated=negated, joined=joined)
    return parser.finish()


def _get_value(part: re.Match[str]) -> str:
    return part["word"] if part["phrase"] is None else part["phrase"]


def _is_or(parts: Sequence[re.Match[str]], number: int) -> bool:
    """Return whether a part is the operator OR: between two others. Elsewhere it is a word."""
    return 0 < number < len(parts) - 1 and parts[number][0] == "OR" and parts[number - 1][0] != "OR"


def _check_or(name: str, other: re.Match[str]) -> None:
    if (other["field"] or "").lower() != name:
        raise InvalidQuery(
            f"OR joins words and phrases, not '{name}:' with something else; "
            "several filters of one kind are joined by OR without being asked"
        )


def _parse_term(part: re.Match[str]) -> Term | None:
    """Return the term of a part, None for one without a letter or digit."""
    value = _get_value(part)
    is_prefix = part["star"] is not None or (part["phrase"] is None and value.endswith("*"))
    last = _SINGLE_LETTER.search(value) if is_prefix else None
    if last is not None and UNSPACED_RUN.fullmatch(last[1]) is None:
        raise InvalidQuery(f"'{last[1]}*' would match nearly every article; give at least two letters of the word")
    return Term(value.rstrip("*"), is_prefix) if any(map(str.isalnum, value)) else None


def _parse_site(value: str) -> str:
    host = re.sub(r"^[a-z]+://", "", value.lower()).partition("/")[0]
    return host.removeprefix("www.") or value.lower()


def _parse_id(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise InvalidQuery(f"invalid story '{value}': expected a number, such as {_EXAMPLES['story']}")
    return int(value)


def _parse_day(value: str, *, last: bool) -> date:
    """Return the first or last day of a day, month or year."""
    match = _DAY.fullmatch(value)
    try:
        if match is None or not match[0].isascii():
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        month = month or (12 if last else 1)
        return date(year or 0, month, day or (monthrange(year or 0, month)[1] if last else 1))
    except ValueError:
        raise InvalidQuery(f"invalid date '{value}': expected YYYY-MM-DD, YYYY-MM or YYYY") from None
