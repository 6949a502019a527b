"""Neutral figures leave out what is a matter of taste, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.neutral import score_neutral
from benchmarks.scoring import score

ONE, TWO, THREE, FOUR = (f"paragraph {name} of the long story" for name in ("one", "two", "three", "four"))
DECK = "a summary of all that happened"


def join(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def scored(true: dict[str, Any], guess: dict[str, Any]) -> dict[str, float]:
    return dict(score_neutral({"a": {"article_body": join(ONE, TWO), **true}}, {"a": guess}).figures)


@pytest.mark.parametrize(
    ("true", "found", "standfirst"),
    [
        (join(ONE, TWO), join(DECK, ONE, TWO), DECK),
        (join(DECK, ONE, TWO), join(ONE, TWO), DECK),
        (join(DECK, ONE, TWO), join(DECK, ONE, TWO), DECK),
        (join(DECK, TWO, ONE), join(ONE), join(DECK, TWO)),
        (f"{DECK}. {ONE}\n{TWO}", join(ONE, TWO), f"{DECK}."),
        (join(ONE, TWO, THREE), join(ONE, FOUR, TWO, THREE), None),
    ],
    ids=["not in the truth", "not in the body", "in both", "two paragraphs", "same line", "inserted"],
)
def test_standfirsts_and_inserted_paragraphs_do_not_count(true: str, found: str, standfirst: str | None) -> None:
    figures = scored({"article_body": true}, {"article_body": found, "standfirst": standfirst})
    assert (figures["f1"], figures["exact"]) == (1, 1)


@pytest.mark.parametrize(
    ("true", "found", "standfirst"),
    [
        (join(ONE, TWO), join(DECK, ONE, TWO), None),
        (join(ONE, TWO), join(ONE, TWO, THREE), DECK),
        (join(ONE, TWO), join(ONE, THREE, FOUR, TWO), DECK),
        (join(ONE, TWO, THREE), join(ONE, THREE), None),
    ],
    ids=["no standfirst", "at the end", "two inserted", "missing"],
)
def test_other_differences_count(true: str, found: str, standfirst: str | None) -> None:
    assert scored({"article_body": true}, {"article_body": found, "standfirst": standfirst})["exact"] == 0


@pytest.mark.parametrize(
    ("headlines", "is_right"),
    [(("Old lamp", None), 0), (("Old lamp", "New lamp"), 1), (("NEW lamp!", "Old lamp"), 1), ((None, None), 0)],
)
def test_either_of_two_stated_headlines_is_right(headlines: tuple[str | None, str | None], is_right: int) -> None:
    guess = dict(zip(("headline", "alternative_headline"), headlines, strict=True))
    assert scored({"headline": "New lamp"}, guess)["headline"] == is_right


def test_a_day_is_that_of_the_publisher() -> None:
    guess = {"date_published": "2026-05-01T22:30:00+00:00", "date_published_day": "2026-05-02"}
    true = {"article_body": ONE, "date_published": "2026-05-02T00:30:00+01:00"}
    assert scored(true, guess)["day"] == 1
    assert score({"a": true}, {"a": guess}).figures["day"] == 0
    in_utc = {"date_published": "2026-05-01T22:30:00+00:00"}
    assert scored(in_utc, guess)["day"] == score({"a": {**true, **in_utc}}, {"a": guess}).figures["day"] == 1
