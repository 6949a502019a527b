"""Folding of text for comparison."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.fold import (
    fold_base_letters,
    fold_letters,
    fold_line,
    fold_term,
    fold_word,
    fold_word_characters,
    fold_words,
)

TEXT = " L’İstanbul:\u00a0snake_case,\n Größe 42% "


@pytest.mark.parametrize(
    "fold, folded",
    [
        (fold_word, " l'i\u0307stanbul:\u00a0snake_case,\n grösse 42% "),
        (fold_line, "l’i\u0307stanbul: snake_case, grösse 42%"),
        (fold_term, "l'istanbul: snake_case, grösse 42%"),
        (fold_words, "l i stanbul snake_case grösse 42"),
        (fold_letters, "listanbulsnakecasegrösse42"),
        (fold_word_characters, "listanbulsnake_casegrösse42"),
        (fold_base_letters, "listanbulsnakecasegrosse42"),
    ],
)
def test_each_fold_keeps_what_its_name_says(fold, folded):
    assert fold(TEXT) == folded


@pytest.mark.parametrize("text", ["Łódź", "Ærø", "Žižkov", "São", "İzmir", "Straße"])
def test_base_letters_are_ascii(text):
    assert fold_base_letters(text).isascii()


@given(st.text())
def test_letters_are_the_alphanumeric_characters(text):
    assert fold_letters(text) == re.sub(r"[\W_]", "", text.casefold())
    assert fold_word_characters(text) == re.sub(r"\W", "", text.casefold())


@given(st.text())
def test_the_order_of_folding_and_collapsing_makes_no_difference(text):
    assert fold_line(text) == " ".join(text.split()).casefold()


@pytest.mark.parametrize("fold", [fold_word, fold_line, fold_term, fold_words, fold_letters])
def test_folding_twice_changes_nothing_in_any_character(fold):
    for code in range(sys.maxunicode + 1):
        assert fold(fold(chr(code))) == fold(chr(code)), hex(code)
