"""Page numbers in the URLs of articles of several pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl

from newscrawl.text.numbers import parse_whole_number
from newscrawl.urls.parse import split_any

MAX_PAGE = 99
_PARAM = re.compile(
    r"(?:art(?:icle)?_?)?(?:p|pg|page|paged|pag|pagina|página|seite|sida|side|sivu|strona|str|sayfa|halaman|trang|part)"
    r"(?:_?(?:no|nr|num|number|index|id))?|pn",
    re.I,
)
_WORD = r"(?:p|pg|page|pag|pagina|seite|sida|side|sivu|strona|str|sayfa|halaman|trang|part|teil)"
_PATHS = tuple(
    re.compile(rf"(?P<stem>.*[^/]){marker}(?P<number>\d{{1,2}})", re.I)
    for marker in (rf"/{_WORD}[-_/]?", "/", rf"[-_,.]{_WORD}[-_]?", "[-_,.]")
)
"""Forms of numbered paths. `/story/page-2` has two of them: it may be a page of `/story` or of `/story/page`."""
_EXTENSION = re.compile(r"\.(?:[sdx]?html?|php|aspx?|jsp|do)$", re.I)
_WHOLE_PARAM = re.compile(r"(?:view_?|show_?)?all(?:pages)?|single_?(?:page)?|one_?page|full_?(?:page|text)?", re.I)
_WHOLE_VALUE = re.compile(r"all|full|single(?:page)?|whole|komplett|tout|todo|todas?|alle|tutto", re.I)
_YES = frozenset({"", "1", "true", "yes", "y", "on"})
_WHOLE_PATH = re.compile(r"(?P<stem>.*[^/])[-_/](?:all|all-?pages|full|view-?all|single-?page|komplettansicht)", re.I)


class PagePosition(NamedTuple):
    """A place that a URL may have in an article."""

    article: str
    """Equal for all pages of one article."""
    number: int
    """From 1; 0 for all pages in one."""
    is_marked: bool
    """Whether the URL states the number."""


def get_positions(url: str) -> Iterator[PagePosition]:
    """Yield the places that *url* may have in an article: first as its first page, then by each number in it.

    Any URL may end in a number; only the links of the page tell which of these places it has.
    """
    parts = split_any(url)
    path = _EXTENSION.sub("", parts.path.rstrip("/"))
    if not path:
        return
    query = parse_qsl(parts.query, keep_blank_values=True)

    def article(stem: str, params: Iterable[tuple[str, str]]) -> str:
        return f"{parts.netloc.lower()}{stem}?{sorted(params)}"

    yield PagePosition(article(path, query), 1, is_marked=False)
    for name, value in query:
        number = _read_param(name, value)
        if number is not None:
            yield PagePosition(article(path, [pair for pair in query if pair[0] != name]), number, is_marked=True)
    for form in _PATHS:
        if (match := form.fullmatch(path)) and (number := int(match["number"])):
            yield PagePosition(article(match["stem"], query), number, is_marked=True)
    if match := _WHOLE_PATH.fullmatch(path):
        yield PagePosition(article(match["stem"], query), 0, is_marked=True)


def get_shared_segment(article: str) -> str:
    """Return a piece of the URL that all pages of `PagePosition.article` share, however they are numbered."""
    path = article.partition("?")[0]
    match = next(filter(None, (form.fullmatch(path) for form in _PATHS)), None)
    return (match["stem"] if match else path).rpartition("/")[2]


def _read_param(name: str, value: str) -> int | None:
    """Return the page number of a query parameter, 0 for all pages in one, None for any other parameter."""
    if _PARAM.fullmatch(name) and value.isascii() and value.isdigit():
        number = parse_whole_number(value)
        return number if number is not None and 0 < number <= MAX_PAGE else None
    if (_PARAM.fullmatch(name) or name.lower() == "view") and _WHOLE_VALUE.fullmatch(value):
        return 0
    return 0 if _WHOLE_PARAM.fullmatch(name) and value.lower() in _YES else None
