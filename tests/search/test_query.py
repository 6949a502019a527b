"""The query language: what is syntax, what is a word, and what is an error."""

from __future__ import annotations

from datetime import date

import pytest

from newscrawl.search.query import MAX_LENGTH, Filter, InvalidQuery, SearchQuery, Term, parse_query


@pytest.mark.parametrize(
    ("text", "groups", "excluded"),
    [
        ("climate summit", (("climate",), ("summit",)), ()),
        ('"climate summit" talks', (("climate summit",), ("talks",)), ()),
        ("“climate summit”", (("climate summit",),), ()),
        ('"not closed', (("not closed",),), ()),
        ("summit -glasgow", (("summit",),), ("glasgow",)),
        ('-"in glasgow"', (), ("in glasgow",)),
        ("a OR b OR c d", (("a", "b", "c"), ("d",)), ()),
        ("OR a or b OR", (("OR",), ("a",), ("or",), ("b",), ("OR",)), ()),
        ("well-known 10:30 https://example.org/", (("well-known",), ("10:30",), ("https://example.org/",)), ()),
        ('- -- * "" ( ) && \' \x00 \ud800', (), ()),
    ],
)
def test_words_phrases_exclusions_and_alternatives(
    text: str, groups: tuple[tuple[str, ...], ...], excluded: tuple[str, ...]
) -> None:
    query = parse_query(text)
    assert tuple(tuple(term.text for term in group) for group in query.groups) == groups
    assert tuple(term.text for term in query.excluded) == excluded


def test_a_star_makes_a_prefix_of_a_word_or_phrase() -> None:
    query = parse_query('elect* "prime minis"*')
    assert query.groups == ((Term("elect", is_prefix=True),), (Term("prime minis", is_prefix=True),))


def test_filters_stand_anywhere_in_any_case_and_with_quotes() -> None:
    query = parse_query('Site:https://www.Example.org/a rain -lang:de AUTHOR:"Jane Doe" story:17')
    expected = (Filter("site", "example.org"), Filter("lang", "de", negated=True), Filter("author", "Jane Doe"))
    assert (query.filters, query.story, query.groups) == (expected, 17, ((Term("rain"),),))


def test_days_may_be_months_or_years() -> None:
    assert parse_query("from:2026-02 to:2026-02") == SearchQuery(first_day=date(2026, 2, 1), last_day=date(2026, 2, 28))
    assert parse_query("from:2025 to:2026-11-3") == SearchQuery(first_day=date(2025, 1, 1), last_day=date(2026, 11, 3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rain s*", r"'s\*' would match nearly every article; give at least two letters"),
        ('-"foo b"*', r"'b\*' would match nearly every article"),
        ("7*", r"'7\*' would match nearly every article"),
        ("é*", r"'é\*' would match nearly every article"),
        ("from:yesterday", "invalid date 'yesterday': expected YYYY-MM-DD"),
        ("to:2026-02-30", "invalid date '2026-02-30'"),
        ("from:0000", "invalid date '0000'"),
        ("story:first", "invalid story 'first': expected a number"),
        ("site:", "'site:' needs a value, such as site:example.org"),
        ("-from:2026", "'-from:' is not possible"),
        ("site:a.example OR rain", "OR joins words and phrases, not 'site:'"),
        ("rain OR site:a.example", "OR joins words and phrases, not 'site:'"),
        ("x" * (MAX_LENGTH + 1), "the query has 1001 characters; at most 1000"),
        ("a " * 41, "the query has 41 terms; at most 40"),
    ],
)
def test_what_cannot_be_answered_is_a_clear_error(text: str, message: str) -> None:
    with pytest.raises(InvalidQuery, match=message):
        parse_query(text)


def test_filters_of_one_kind_may_be_joined_by_or() -> None:
    assert parse_query("site:a.example OR site:b.example") == parse_query("site:a.example site:b.example")


@pytest.mark.parametrize("text", ["ra*", "京*", "x京*", "선*", "s -ab*", "*", "s *", '"a b" cd*'])
def test_other_short_words_may_be_prefixes_and_a_star_alone_is_nothing(text: str) -> None:
    assert parse_query(text) is not None
