"""Word-by-word comparison of two versions."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from newscrawl.dedup.differences import WINDOW, Difference, compare_words, split_words


def difference(old: str, new: str) -> Difference:
    return compare_words(split_words(old), split_words(new))


def test_equal_texts_have_no_difference() -> None:
    same = difference("One two three. Four!", "one  two\nthree – four")
    assert (same.size, same.spans()) == (0.0, ())


def test_texts_with_nothing_in_common_have_size_one() -> None:
    assert difference("one two three", "four five").size == 1.0
    assert difference("", "four").size == 1.0
    assert difference("", "").size == 0.0


def test_the_size_is_the_share_of_words_that_only_one_version_has() -> None:
    old = " ".join(f"word{number}" for number in range(90))
    added = difference(old, old + " " + " ".join(f"new{number}" for number in range(10)))
    assert added.size == pytest.approx(1 - 2 * 90 / (90 + 100), abs=1e-4)
    replaced = difference(old, old.replace("word40 ", "other "))
    assert replaced.size == pytest.approx(1 / 90, abs=1e-4)


def test_single_shared_words_do_not_count_as_kept() -> None:
    one = "In the morning the minister of the interior said that the budget was a matter of months"
    other = "Of all birds on the island the owl was the shyest, a keeper of the reserve noted with a smile"
    assert difference(one, other).size > 0.9


def test_spans_have_old_and_new_words_and_their_neighbours() -> None:
    [first, second] = difference("The red car hit the old wall.", "The blue car hit the wall.").spans() or ()
    assert [word.text for word in (*first.old, *first.new)] == ["red", "blue"]
    assert ([word.text for word in second.old], second.new, second.before, second.after) == (["old"], (), "the", "wall")


def test_words_that_start_a_sentence_or_quotation_are_marked() -> None:
    words = split_words("He came. “She left,” he said: No.\n\nThen Anna")
    assert [word.text for word in words if word.opens] == ["He", "She", "he", "No", "Then"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3,500.50 euros, 10:30", ["3,500.50", "euros", "10:30"]),
        ("it’s re-elected", ["it’s", "re", "elected"]),
        ("東京で3人", ["東", "京", "で", "3", "人"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("서울 시장", ["서울", "시장"]),
    ],
)
def test_text_of_any_script_is_split_into_words(text: str, words: list[str]) -> None:
    assert [word.text for word in split_words(text)] == words


def longest_common(one: list[str], other: list[str]) -> int:
    """The textbook algorithm: a table of all pairs."""
    row = [0] * (len(other) + 1)
    for word in one:
        last = row[:]
        for index, other_word in enumerate(other):
            row[index + 1] = last[index] + 1 if word == other_word else max(last[index + 1], row[index])
    return row[-1]


def test_the_runs_are_a_longest_common_subsequence() -> None:
    random.seed(7)
    for _ in range(500):
        old, new = (random.choices(["a1", "b1", "c1", "d1"], k=random.randint(0, 14)) for _ in range(2))
        found = difference(" ".join(old), " ".join(new))
        pairs = [(left + step, right + step) for left, right, length in found.runs for step in range(length)]
        assert len(pairs) == longest_common(old, new)
        assert all(old[left] == new[right] for left, right in pairs)
        assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))


def test_the_cost_is_linear_in_the_length() -> None:
    random.seed(7)
    words = [f"w{random.randint(0, 5_000)}" for _ in range(8 * WINDOW)]
    start = time.process_time()
    difference(" ".join(words), " ".join(random.sample(words, len(words))))
    assert time.process_time() - start < 5, "all pairs of 64,000 words would take minutes"
