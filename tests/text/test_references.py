"""Character references are resolved as HTML does, however they are written."""

from __future__ import annotations

import html

import pytest

from newscrawl.text.references import unescape


@pytest.mark.parametrize(
    "text",
    ["", "a", "&amp;", "&#65;&#x41;", "&#0000065;", "&#1114112;", "&#xD800;", "&#128;", "&x;", "&", "&#;", "& #"],
)
def test_references_are_resolved(text: str) -> None:
    assert unescape(text) == html.unescape(text)
    assert unescape(text + "a" * 2_000) == html.unescape(text + "a" * 2_000)


def test_number_of_any_length_is_no_character() -> None:
    assert unescape(f"a&#{'9' * 5_000};b&#{'0' * 5_000}65 c&#{'9' * 300};") == "a\ufffdb\ufffd c\ufffd"
