"""Text from the web on a terminal."""

from __future__ import annotations

import pytest

from newscrawl.text.terminal import dump_json_for_terminal, escape_for_terminal


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Ärger, “quotes”, 日本語, العربية, 👍🏽", "Ärger, “quotes”, 日本語, العربية, 👍🏽"),
        ("می\u200cخواهم 👩\u200d🚒", "می\u200cخواهم 👩\u200d🚒"),
        ("\x1b[31m", "<U+001B>[31m"),
        ("a\u202eb\u2066c\u061cd\u200fe", "a<U+202E>b<U+2066>c<U+061C>d<U+200F>e"),
        ("\x9b\x00\ud800\U000e0041\u2028", "<U+009B><U+0000><U+D800><U+E0041><U+2028>"),
        ("two\nlines\r", "two\nlines<U+000D>"),
    ],
)
def test_invisible_characters_are_escaped(text: str, escaped: str) -> None:
    assert escape_for_terminal(text) == escaped


def test_json_keeps_invisible_characters_as_escapes() -> None:
    assert dump_json_for_terminal(["é\u202e\U000e0041"]) == '[\n  "é\\u202e\\udb40\\udc41"\n]'
