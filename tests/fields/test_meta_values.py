"""Keyword lists, URLs and booleans from markup."""

from __future__ import annotations

import pytest

from newscrawl.fields.meta_values import absolute_url, parse_boolean, split_keywords


@pytest.mark.parametrize(
    ("text", "url"),
    [("/a.jpg", "https://e.example/a.jpg"), ("//c.example/a", "https://c.example/a"), ("javascript:alert(1)", None),
     ("data:image/png;base64,xx", None), ("http://[", None), ("ftp://e.example/", None), ("https://", None)],
)  # fmt: skip
def test_only_http_urls_are_made_absolute(text: str, url: str | None) -> None:
    assert absolute_url(text, "https://e.example/x/y") == url


def test_keywords_and_booleans_are_parsed() -> None:
    assert split_keywords(" sea, #storm ,, light house") == ["sea", "storm", "light house"]
    assert [parse_boolean(text) for text in ("True", "false", "https://schema.org/False", "maybe")] == [
        True,
        False,
        False,
        None,
    ]
