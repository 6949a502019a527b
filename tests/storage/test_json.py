"""JSON columns hold any text that JSON can, but for characters that no column can hold."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from newscrawl.storage.operations.crawls import StartCrawl
from newscrawl.storage.schema import crawls
from tests.support.store import Store


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("李 😀 é", "李 😀 é"),
        ("a\x00b", "ab"),
        ("a\udcffb", "ab"),
        (r"a\u0000b", r"a\u0000b"),
        ("\\\x00", "\\"),
        ('tab\t "quoted"\n', 'tab\t "quoted"\n'),
    ],
)
def test_a_value_of_a_json_column_is_kept(store: Store, given: str, stored: str) -> None:
    crawl_id = store.do(StartCrawl("news", {"url": given}, store.now, 1, 1))
    assert [row.arguments for row in store.rows(crawls) if row.id == crawl_id] == [{"url": stored}]


def test_letters_of_any_script_are_searched_as_text_on_sqlite(store: Store) -> None:
    store.do(StartCrawl("news", {"url": "李"}, store.now, 1, 1))
    with store.engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM crawls WHERE CAST(arguments AS TEXT) LIKE '%李%'"))
        assert found.scalar_one() == 1
