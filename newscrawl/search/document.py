"""What is indexed of an article: tokens by field, and facets that filters look up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from newscrawl.search.analysis import analyze, get_stemmed_language, split_words, stem

ALL, DATED = "=all", "=dated"
"""Facets of every article, and of those with a publication date. No word begins with an equals sign."""
GAP = "="
"""Between the values of a list, so that no phrase reaches from one to the next."""
_EPOCH = date(1970, 1, 1)
_MAX_DAY = (1 << 17) - 1
MINUTES = 1 << 11
"""Of a day in ids; those after the 1,440th are for what exceeds a minute."""
PER_MINUTE = 1 << 14
PER_DAY = MINUTES * PER_MINUTE
_UNSAFE = re.compile(r"[^\w.:=-]|_")


SearchTokens = tuple[str, str, str, str]
"""The tokens of headlines, description with standfirst, authors and body, separated by spaces."""


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """The columns of an article that are indexed."""

    id: int
    site: str
    headline: str
    alternative_headline: str | None
    description: str | None
    standfirst: str | None
    article_body: str
    in_language: str | None
    article_type: str | None
    article_section: str | None
    date_published: datetime | None
    date_published_precision: str | None
    date_published_utc_offset: int | None
    date_published_day: date | None
    date_downloaded: datetime
    authors: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """The tokens of an article."""

    headline: list[str]
    description: list[str]
    authors: list[str]
    body: list[str]
    facets: list[str]

    def fields(self) -> tuple[list[str], ...]:
        """Return the token lists in the order of the columns of the index."""
        return self.headline, self.description, self.authors, self.body, self.facets


class SearchableText(Protocol):
    """The texts of an article that are indexed: an article as extracted, or its columns."""

    @property
    def headline(self) -> str | None: ...
    @property
    def alternative_headline(self) -> str | None: ...
    @property
    def description(self) -> str | None: ...
    @property
    def standfirst(self) -> str | None: ...
    @property
    def authors(self) -> Sequence[str]: ...
    @property
    def article_body(self) -> str | None: ...
    @property
    def in_language(self) -> str | None: ...


def make_tokens(article: SearchableText) -> SearchTokens:
    """Return the tokens of an article's texts."""
    language = get_stemmed_language(article.in_language)
    headlines = _join(analyze(article.headline, language), analyze(article.alternative_headline, language))
    summaries = _join(analyze(article.description, language), analyze(article.standfirst, language))
    names = [token for author in article.authors for token in (*stem(split_words(author), language), GAP)]
    fields = (headlines, summaries, names, analyze(article.article_body, language))
    first, second, third, fourth = (" ".join(tokens) for tokens in fields)
    return first, second, third, fourth


def make_document(article: IndexedArticle, tokens: SearchTokens | None = None) -> SearchDocument:
    """Return the tokens and facets of *article*; *tokens* are those of its text, if they are known already."""
    authors = [split_words(author) for author in article.authors]
    headline, description, names, body = (field.split() for field in tokens or make_tokens(article))
    return SearchDocument(headline, description, names, body, list(_make_facets(article, authors)))


def _join(tokens: list[str], more: list[str]) -> list[str]:
    """Return the tokens of two texts in one field; those of the same text count once."""
    return [*tokens, GAP, *more] if more and more != tokens else tokens


def make_facet(name: str, value: str) -> str:
    """Return the token of a facet with one value."""
    return f"={name}:{_UNSAFE.sub('-', value.lower())[:100]}"


def make_word_facets(name: str, words: Sequence[str]) -> list[str]:
    """Return the tokens of a facet that is searched by words; they follow each other."""
    return [make_facet(name, word) for word in words]


def _make_facets(article: IndexedArticle, authors: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ALL
    if article.date_published is not None or article.date_published_day is not None:
        yield DATED
    yield make_facet("site", article.site)
    if article.in_language:
        parts = article.in_language.split("-")
        yield from (make_facet("lang", "-".join(parts[:size])) for size in range(1, len(parts) + 1))
    if article.article_type:
        yield make_facet("type", article.article_type)
    if article.article_section:
        yield from make_word_facets("section", split_words(article.article_section))
    for words in authors:
        yield GAP
        yield from make_word_facets("author", words)


def get_first_id(article: IndexedArticle) -> int:
    """Return the smallest id of a document in the minute of publication on the publisher's day.

    Ids of documents are thus in order of publication: a search for the newest ones, or for a period, is a search in a
    range of ids. An article without a date stands at the time it was downloaded.
    """
    at = article.date_published or article.date_downloaded
    if article.date_published is not None and article.date_published_utc_offset is not None:
        at += timedelta(minutes=article.date_published_utc_offset)
    at = at.astimezone(UTC) if article.date_published_utc_offset is None else at
    day, minute = at.date(), at.hour * 60 + at.minute
    if article.date_published_day is not None and article.date_published_day != day:
        day, minute = article.date_published_day, 0
    elif article.date_published_precision == "day":
        minute = 0
    return get_day_id(day) + minute * PER_MINUTE


def get_id_ranges(first: int) -> tuple[range, range]:
    """Return the ids of the minute that begins with *first*, and those of its day that belong to no minute.

    The latter are for what exceeds 16,384 articles of one minute: all dates without a time stand at midnight.
    """
    day = first - first % PER_DAY
    return range(first, first + PER_MINUTE), range(day + 24 * 60 * PER_MINUTE, day + PER_DAY)


def get_day_id(day: date) -> int:
    """Return the smallest id that a document of *day* can have."""
    return min(max((day - _EPOCH).days, 0), _MAX_DAY) * PER_DAY


def get_day(document_id: int) -> date:
    """Return the day of a document."""
    return _EPOCH + timedelta(days=document_id // PER_DAY)
