"""Count the widget words of a block."""

from __future__ import annotations

import pytest

from newscrawl.boilerplate.rules import read_widget_words, widget_words
from newscrawl.data_files import DataFileError
from newscrawl.extraction.body.widget_words import get_terms, widget_word_kinds, word_columns


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("subscribe to our newsletter and follow us", [3, 0, 0]),
        ("abonnieren sie den newsletter, kostenlos", [3, 0, 0]),
        ("подпишитесь на нашу рассылку", [2, 0, 0]),
        ("無断転載を禁じます", [0, 2, 0]),
        ("copyright 2026. all rights reserved.", [0, 3, 0]),
        ("the author is a journalist", [0, 0, 2]),
        ("the lamp has been broken since the storm", [0, 0, 0]),
    ],
)
def test_widget_words_are_counted_by_kind(text: str, counts: list[int]) -> None:
    assert [int(column[0]) for column in word_columns([text], [text.split()])] == counts


def test_each_text_has_its_own_count() -> None:
    invitations = word_columns(["Newsletter", "1", "Lamp subscribe"], [["newsletter"], [], ["lamp", "subscribe"]])[0]
    assert invitations.tolist() == [1, 0, 1]


def test_scripts_without_spaces_are_compared_by_bigrams() -> None:
    assert get_terms(["広告欄", "x"]) == ["広告", "告欄", "x"]
    assert get_terms(["subscription"]) == ["subscri"]


def test_every_kind_of_widget_word_has_many_languages() -> None:
    assert widget_word_kinds() == ("invitation", "notice", "person")
    assert all(len(rule.words) > 15 for rule in widget_words())


def test_an_unknown_key_in_a_word_list_is_named_in_the_error() -> None:
    with pytest.raises(DataFileError, match="wordz"):
        read_widget_words('[[words]]\nid = "x"\nwhy = "y"\n[words.wordz]\nen = ["a"]\n', "x.toml")
