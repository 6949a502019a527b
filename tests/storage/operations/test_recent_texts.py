"""Shingles of texts are kept within a bound."""

from __future__ import annotations

from newscrawl.dedup.near_duplicates import MAX_COMPARED_LENGTH, shingle_body
from newscrawl.storage.operations.recent_texts import MAX_LENGTH, RecentTexts


def text(number: int, words: int = 200) -> str:
    return " ".join(f"word{number}x{word}" for word in range(words))


def test_text_that_was_added_is_not_shingled_again() -> None:
    texts, shingled = RecentTexts(), shingle_body(text(1))
    texts.add(shingled)
    assert texts.get(text(1)) is shingled
    assert texts.get(text(2)) is texts.get(text(2))


def test_oldest_texts_make_room() -> None:
    texts, first = RecentTexts(max_bytes=100_000), shingle_body(text(0))
    texts.add(first)
    for number in range(1, 50):
        assert texts.get(text(0)) is first
        texts.get(text(number))
        assert texts.size <= 100_000
    one = texts.get(text(1))
    assert one is not texts.get(text(30))
    for number in range(100, 150):
        texts.get(text(number))
    assert texts.get(text(0)) is not first


def test_long_texts_are_compared_in_part_and_not_kept() -> None:
    texts, long = RecentTexts(), text(1, words=20_000)
    assert len(long) > MAX_COMPARED_LENGTH > MAX_LENGTH
    found = texts.get(long)
    assert found.text == long[:MAX_COMPARED_LENGTH]
    assert texts.size == 0
