"""The difference between two versions as a reader sees it."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from newscrawl.dedup.word_diff import MAX_COMPARED, RunKind, WordDiff, diff_words

_MARKED = {RunKind.EQUAL: "{}", RunKind.INSERT: "[+{}+]", RunKind.DELETE: "[-{}-]"}


def mark(old: str, new: str) -> str:
    return "".join(_MARKED[run.kind].format(run.text) for run in diff_words(old, new).runs)


def get_sides(diff: WordDiff) -> tuple[str, str]:
    old = "".join(run.text for run in diff.runs if run.kind is not RunKind.INSERT)
    return old, "".join(run.text for run in diff.runs if run.kind is not RunKind.DELETE)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("One two three.", "One two three.", "One two three."),
        ("The red car hit it.", "The blue car hit it.", "The [-red-][+blue+] car hit it."),
        ("12,500 people died", "12,700 people died", "[-12,500-][+12,700+] people died"),
        ("He said yes.", "he said yes!", "[-He-][+he+] said yes[-.-][+!+]"),
        ("", "New.", "[+New.+]"),
        ("Old.", "", "[-Old.-]"),
        ("東京で大雨。", "東京で大雪。", "東京で大[-雨-][+雪+]。"),
        ("ที่นี่", "ที่นั่น", "ที่นี่"[:3] + "[-นี่-][+นั่น+]"),
    ],
)
def test_changed_words_are_marked(old: str, new: str, marked: str) -> None:
    assert mark(old, new) == marked


def test_unchanged_paragraphs_stay_whole() -> None:
    old = "First of all.\n\nThe red car.\n\nLast of all."
    new = "First of all.\n\nThe blue car.\n\nLast of all."
    assert mark(old, new) == "First of all.\n\nThe [-red-][+blue+] car.\n\nLast of all."


@pytest.mark.parametrize("place", ["start", "middle", "end"])
def test_an_added_paragraph_is_one_run(place: str) -> None:
    parts = ["First of all it rained.", "Then it snowed.", "It ended well."]
    added = parts.copy()
    added.insert({"start": 0, "middle": 1, "end": 3}[place], "Nobody was hurt, it seems.")
    diff = diff_words("\n\n".join(parts), "\n\n".join(added))
    [insertion] = [run for run in diff.runs if run.kind is not RunKind.EQUAL]
    assert insertion.text[0] == "\n" or insertion.text[-1] == "\n"
    assert (insertion.kind, insertion.text.strip()) == (RunKind.INSERT, "Nobody was hurt, it seems.")


def test_sentences_with_few_words_in_common_are_replaced_as_a_whole() -> None:
    assert mark("Bonn, the minister went.", "Paris, a council came.") == (
        "[-Bonn, the minister went-][+Paris, a council came+]."
    )


@pytest.mark.parametrize("seed", range(30))
def test_both_versions_can_be_read_from_the_difference(seed: int) -> None:
    source = random.Random(seed)
    pieces = [
        "a",
        "b ",
        "\n",
        "\n\n",
        "word ",
        "é",
        "e\u0301",
        "東",
        "ที่",
        "👩‍🚀",
        "\u2028",
        "\t",
        "1,5",
        ".",
        "'s",
        "\r\n",
    ]
    old, new = ("".join(source.choices(pieces, k=source.randrange(60))) for _ in range(2))
    diff = diff_words(old, new)
    assert get_sides(diff) == (old, new)
    assert diff.has_changes == (old != new)
    kinds = [run.kind for run in diff.runs]
    assert all(one != other for one, other in pairwise(kinds))


def test_the_cost_of_large_texts_is_bounded_and_the_cap_is_reported() -> None:
    source = random.Random(1)
    words = [f"word{number}" for number in range(5_000)]
    old, new = ("\n\n".join(" ".join(source.choices(words, k=60)) for _ in range(10_000)) for _ in range(2))
    assert len(old) > 5_000_000
    started = time.process_time()
    diff = diff_words(old, new)
    assert time.process_time() - started < 5
    assert not diff.is_complete
    assert get_sides(diff) == (old, new)


def test_joining_many_scattered_changes_takes_linear_time() -> None:
    count = 60_000
    old, new = (" ".join(f"k{number} {word}" for number in range(count)) for word in ("b" * 16, "a" * 16))
    started = time.process_time()
    diff = diff_words(old, new, max_compared=len(old) + len(new))
    assert time.process_time() - started < 4
    assert diff.is_complete
    assert [run.kind for run in diff.runs] == [RunKind.EQUAL, RunKind.DELETE, RunKind.INSERT]
    assert get_sides(diff) == (old, new)


def test_a_small_change_in_a_large_text_is_found_exactly() -> None:
    old = "\n\n".join(f"Paragraph {number} of a long text." for number in range(40_000))
    assert len(old) > MAX_COMPARED
    diff = diff_words(old, old.replace("Paragraph 20000 ", "Paragraph 20001 "))
    assert diff.is_complete
    assert [run.text for run in diff.runs if run.kind is not RunKind.EQUAL] == ["20000", "20001"]
