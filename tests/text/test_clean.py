"""Cleaning of text that is stored."""

from __future__ import annotations

import pytest

from newscrawl.text.clean import clean_line, clean_lines, remove_unstorable, split_paragraphs, weight


@pytest.mark.parametrize(
    "bad", ["\x00", "\x01", "\x1f", "\x7f", "\x80", "\x9b", "\x9f", chr(0xD800), chr(0xDFFF), chr(0xFFFE)]
)
def test_characters_that_no_column_can_hold_are_removed(bad: str) -> None:
    assert remove_unstorable(f"a{bad}b") == "ab"
    assert clean_line(f"a{bad}b") == "ab"
    remove_unstorable(f"a{bad}b").encode("utf-8")


def test_a_clean_line_has_single_spaces_and_no_invisible_characters() -> None:
    assert clean_line("one line\x85and another") == "one line and another"
    assert clean_line(" Ge\u00adschlecht\u200b\u00a0 und\n\tmehr ") == "Geschlecht und mehr"


def test_lines_and_paragraphs_stay_separate() -> None:
    assert clean_lines(" a  b \n\n c ") == "a b\nc"
    assert split_paragraphs("a\n\nb\nc\n \nd") == ["a", "b\nc", "d"]
    assert split_paragraphs("a\nb") == ["a", "b"]


def test_characters_of_dense_scripts_count_double() -> None:
    assert weight("lighthouse") == 10
    assert weight("phare éteint") == 12
    assert weight("灯台") == weight("등대") == 4
