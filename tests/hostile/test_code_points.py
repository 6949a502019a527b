"""Text of every class of code point comes back from both engines as the same text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from newscrawl.items import Article, Image
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import articles
from newscrawl.text.clean import clean_line, clean_lines
from tests.hostile.texts import by_category
from tests.support.store import Store

CLASSES = by_category()
NUMBERS = count(2)
"""Each text is that of another article."""
URL = "https://example.org/{}"
CHARACTERS = st.one_of(
    st.characters(categories=None),
    st.sampled_from([chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, 0xFDD0, 0xFFFE, 0xFFFF)]),
    st.sampled_from("\u0301\u200b\u200d\u2028\u202e\ufeff\ue000\U000f0000\U0010ffff'\"\\%$\0"),
)


def assert_round_trip(engine: Engine, make_article: Callable[..., Article], text: str, number: int) -> None:
    """Store *text* in the fields of an article, and check that the same is read back."""
    headline, body = clean_line(f"{text} headline {number}"), clean_lines(f"{text} body {number}\n{text}")
    facts = {
        "headline": headline,
        "article_body": body,
        "authors": [headline],
        "images": [Image("https://e.org/", headline)],
    }
    store = Store(engine)
    store.save(make_article(URL.format(number), **facts))
    store.close()
    columns = (articles.c.headline, articles.c.article_body)
    with connect_for_reading(engine) as connection:
        row = connection.execute(select(*columns).where(articles.c.url == URL.format(number))).one()
    assert tuple(row) == (headline, body)


def test_every_general_category_and_all_noncharacters_are_there() -> None:
    names = {unicodedata.category(chr(code)) for code in range(0x110000)}
    assert names | {"noncharacters"} == set(CLASSES)
    assert {"Cs", "Cn", "Co", "Cc", "Mn", "Me", "Zl"} <= names


@pytest.mark.parametrize("category", CLASSES)
def test_each_class_comes_back_the_same_from_both_engines(
    sqlite_engine: Engine, postgresql_engine: Engine, make_article: Callable[..., Article], category: str
) -> None:
    for engine in (sqlite_engine, postgresql_engine):
        assert_round_trip(engine, make_article, f"a{CLASSES[category]}z", 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(CHARACTERS, max_size=40))
@example(text="\0\ud800\udfff\ufffe")
@example(text="e\u0301\u0301\u0301")
@example(text="%s ' \\x00 \\u0000 $1 :a")
def test_any_text_comes_back_the_same_from_both_engines(
    sqlite_engine: Engine, postgresql_engine: Engine, make_article: Callable[..., Article], text: str
) -> None:
    number = next(NUMBERS)
    for engine in (sqlite_engine, postgresql_engine):
        assert_round_trip(engine, make_article, text, number)
