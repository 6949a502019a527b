"""Check the figures of the benchmarks on pages small enough to count by hand."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.scoring import Scores, score


def scored(true: dict[str, Any], guess: dict[str, Any]) -> dict[str, float]:
    return dict(score({"a": {"article_body": "one two three four", **true}}, {"a": guess}).figures)


def test_shingles_of_four_words_give_precision_and_recall() -> None:
    # True: one-two-three-four, two-…-five, three-…-six. Found: the first two, and one more.
    figures = scored({"article_body": "one two three four five six"}, {"article_body": "one two three four five and"})
    assert figures["precision"] == pytest.approx(2 / 3)
    assert figures["recall"] == pytest.approx(2 / 3)
    assert figures["f1"] == pytest.approx(2 / 3)
    assert figures["word_f1"] == pytest.approx(5 / 6)
    assert figures["exact"] == 0


def test_f1_is_computed_from_means_over_pages() -> None:
    truth = {"a": {"article_body": "one two three four"}, "b": {"article_body": "one two three four five"}}
    found = {"a": {"article_body": "one two three four"}, "b": {"article_body": "one two three four"}}
    figures = score(truth, found).figures
    assert (figures["precision"], figures["recall"]) == (1.0, 0.75)
    assert figures["f1"] == pytest.approx(2 * 0.75 / 1.75)


def test_text_of_fewer_than_four_words_is_one_shingle() -> None:
    assert scored({"article_body": "one two"}, {"article_body": "One, two."})["precision"] == 0
    assert scored({"article_body": "one two"}, {"article_body": "one, two."})["precision"] == 1


@pytest.mark.parametrize("text", ["港の灯台は日曜に消えた", "海港灯塔周日熄灭了", "ประภาคารดับลงเมื่อวันอาทิตย์"])
def test_characters_of_scripts_without_spaces_count_as_words(text: str) -> None:
    figures = scored({"article_body": text}, {"article_body": text[:-1]})
    shingles = len(text) - 3
    assert figures["recall"] == pytest.approx((shingles - 1) / shingles, abs=0.06)
    assert figures["word_f1"] > 0.9
    assert figures["exact"] == 0


def test_page_without_a_prediction_has_no_precision_and_zero_recall() -> None:
    truth = {name: {"article_body": "one two three four", "headline": "Yes"} for name in "ab"}
    figures = score(truth, {"a": {"article_body": "one two three four", "headline": "yes!"}}).figures
    assert (figures["precision"], figures["recall"], figures["word_f1"]) == (1.0, 0.5, 0.5)
    assert figures["headline"] == 0.5


def test_case_and_punctuation_of_headlines_and_names_are_ignored() -> None:
    figures = scored(
        {"headline": "Élan: “what now?”", "authors": ["Ann Lee", "Bo Oh"]},
        {"headline": "ÉLAN, what  now", "authors": ["ann lee", "Cy Poe", "Di Q"]},
    )
    assert figures["headline"] == 1
    assert figures["authors"] == pytest.approx(2 * 1 / (2 + 3))


@pytest.mark.parametrize(
    ("true", "found", "day", "instant"),
    [
        ("2024-05-01T23:30:00-05:00", "2024-05-01T23:30:00-05:00", 1, 1),
        ("2024-05-01T23:30:00-05:00", "2024-05-02T04:30:00Z", 1, 1),
        ("2024-05-01T23:30:00-05:00", "2024-05-01", 1, 0),
        ("2024-05-01", "2024-05-01T08:00:00+02:00", 1, None),
        ("2024-05-01T23:30:00Z", None, 0, 0),
    ],
)
def test_days_are_compared_in_the_zone_of_the_ground_truth_and_instants_by_their_moment(
    true: str, found: str | None, day: float, instant: float | None
) -> None:
    figures = scored({"date_published": true}, {"date_published": found})
    assert (figures["day"], figures.get("instant")) == (day, instant)


def test_snippets_are_scored_one_by_one() -> None:
    figures = scored(
        {"must_contain": ["One  two", "six"], "must_not_contain": ["Read more", "FOUR", "ads", "more ads"]},
        {"article_body": "one two three four"},
    )
    assert (figures["kept"], figures["leaks"]) == (0.5, 0.25)


def test_figures_without_ground_truth_are_absent() -> None:
    guess = {"article_body": "one", "headline": "x", "authors": ["y"], "date_published": "2024"}
    assert set(scored({}, guess)) == {
        "f1", "precision", "recall", "exact", "word_f1",
    }  # fmt: skip


def test_worst_pages_come_first() -> None:
    assert Scores(3, {}, {"a": 0.9, "b": 0.1, "c": 0.5}).worst(2) == [(0.1, "b"), (0.5, "c")]
