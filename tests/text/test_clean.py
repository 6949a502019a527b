"""Cleaning of text that is stored."""

from __future__ import annotations

import unicodedata

import pytest

from newscrawl.text.clean import clean_line, clean_lines, limit_marks, remove_unstorable, split_paragraphs, weight


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


@pytest.mark.parametrize("marks", ["\u0301", "\u0301\u0323", "\uff9e\u0301", "\u0f73", "\u05b0\u05c2"])
@pytest.mark.parametrize("before", [0, 1, 29, 30, 31, 61, 62])
def test_runs_of_combining_marks_end_after_the_first_30(before: int, marks: str) -> None:
    text = "x" * before + "e" + marks * 100 + "y" + marks * 31 + "z"
    run = (marks * 30)[:30]
    assert limit_marks(text) == "x" * before + "e" + run + "y" + run + "z"
    assert clean_line(text) == remove_unstorable(text) == limit_marks(text)


@pytest.mark.parametrize(
    "text",
    [
        "e" + "\u0301" * 30,
        "Việt Nam đã ký hiệp định này. " * 40,
        "בְּרֵאשִׁית בָּרָא אֱלֹהִים " * 40,
        "بِسْمِ ٱللَّٰهِ ٱلرَّحْمَٰنِ " * 40,
        "हिन्दी में समाचार " * 40,
        "ｶﾞｷﾞｸﾞｹﾞｺﾞ" * 40,
        "བཀྲ་ཤིས་བདེ་ལེགས། " * 40,
        "z̵̧̡a̴̛͖l̷̢͠g̶̨͝o̸̡͘ " * 40,
    ],
)
def test_texts_that_people_write_keep_their_marks(text: str) -> None:
    assert limit_marks(text) == text
    assert limit_marks(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFD", text)


def test_normalising_a_cleaned_text_has_linear_cost() -> None:
    text = clean_line("a" + "\u0301\u0323" * 1_000_000 + "b")
    assert len(text) == 32
