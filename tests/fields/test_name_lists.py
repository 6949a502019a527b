"""Words of bylines are found as the longest word of their list."""

from __future__ import annotations

import re

from newscrawl.fields.name_lists import get_lists, get_words, join_alternatives, word_pattern


def test_every_word_of_a_list_matches_as_a_whole() -> None:
    for name in get_lists():
        pattern = re.compile(join_alternatives([name]), re.IGNORECASE)
        missed = [word for word in get_words(name) if not pattern.fullmatch(word.removesuffix("*"))]
        assert not missed


def test_the_longest_of_the_words_that_begin_alike_matches() -> None:
    match = word_pattern("by", before=True).match("This article was written by Ann Lee")
    assert match is not None
    assert match.group() == "This article was written by "


def test_a_star_stands_for_the_rest_of_the_word_only() -> None:
    assert "korrespondent*" in get_words("role")
    match = word_pattern("role").search("Unsere Korrespondentin in Paris")
    assert match is not None
    assert match.group() == "Korrespondentin "
