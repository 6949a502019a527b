"""Versions that must not replace the stored one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.dedup.comparisons import compare_versions
from newscrawl.dedup.regressions import Regression, RejectedVersion, count_rejection, is_insistent
from newscrawl.dedup.revisions import ArticleVersion
from tests.dedup.test_revisions import BODY, HEADLINE, PARAGRAPH

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG = f"{BODY}\n\nA suit would be filed within the month, the lawyer of the group told reporters late on Tuesday."
STORED = ArticleVersion(
    HEADLINE, LONG, is_truncated=False, extractor_version=2, publisher="The Town Gazette", site="gazette.example"
)
CHALLENGE = "We need to make sure that you are no machine. Please wait a moment until your browser has been looked at."


def regression(body: str, **fields: object) -> Regression | None:
    return compare_versions(STORED, replace(STORED, article_body=body, **fields)).regression


def test_half_a_body_is_a_regression() -> None:
    first, *_ = LONG.split("\n\n")
    assert regression(first) is Regression.HALF_BODY
    assert regression("\n\n".join(LONG.split("\n\n")[:2])) is Regression.HALF_BODY


def test_a_text_that_is_cut_off_in_mid_sentence_is_a_regression_however_late() -> None:
    words = LONG.split(" ")
    assert regression(" ".join(words[:-3])) is Regression.HALF_BODY
    assert regression(" ".join(words[:-4]) + " rep") is Regression.HALF_BODY


def test_a_stub_with_a_notice_is_a_regression() -> None:
    stub = LONG.split("\n\n")[0] + "\n\nThis text is for those who have paid for it."
    assert regression(stub) is Regression.HALF_BODY


def test_a_newly_truncated_text_is_a_regression() -> None:
    most = "\n\n".join(LONG.split("\n\n")[:3])
    assert regression(most, is_truncated=True) is Regression.TRUNCATED
    assert regression(most, is_truncated=False) is None
    cut = replace(STORED, is_truncated=True)
    assert compare_versions(cut, replace(cut, article_body=most)).regression is None


def test_a_longer_text_with_a_notice_is_no_regression() -> None:
    assert regression(f"{LONG}\n\n{PARAGRAPH.replace('lawyer', 'speaker')}", is_truncated=True) is None


def test_a_short_unrelated_text_is_a_regression() -> None:
    assert regression(CHALLENGE) is Regression.OTHER_TEXT


@pytest.mark.parametrize("headline", ["The Town Gazette", "the town-gazette", "gazette.example", "Gazette"])
def test_the_sites_name_as_headline_is_a_regression(headline: str) -> None:
    assert regression(f"{LONG}\n\n{PARAGRAPH}", headline=headline) is Regression.HEADLINE


@pytest.mark.parametrize(
    "body",
    [
        LONG + "\n\nMore is to follow.",
        "\n\n".join(LONG.split("\n\n")[:3]),
        LONG.replace(" Its pillars have been closed to lorries since the flood of 2019,", ""),
        "\n\n".join([PARAGRAPH, LONG.split("\n\n")[0], PARAGRAPH.replace("lawyer", "speaker")]),
    ],
)
def test_additions_edits_and_rewrites_are_no_regressions(body: str) -> None:
    assert regression(body) is None


def test_short_stored_texts_are_not_checked() -> None:
    brief = replace(STORED, article_body="The bridge is closed today, the town said.")
    assert compare_versions(brief, replace(STORED, article_body="Open again.")).regression is None


def test_a_retraction_is_no_regression_however_short() -> None:
    assert regression("Retraction: This article has been retracted because its source was made up.") is None


def test_text_that_a_newer_extractor_leaves_out_is_no_regression() -> None:
    first, second, *_ = LONG.split("\n\n")
    assert regression(f"{first}\n\n{second}", extractor_version=3) is None
    assert regression(CHALLENGE, extractor_version=3) is Regression.OTHER_TEXT
    assert regression(f"{first}\n\n{second}", extractor_version=3, is_truncated=True) is Regression.TRUNCATED


def test_a_text_shown_three_times_over_a_day_is_accepted() -> None:
    first = count_rejection(None, "a", NOW)
    second = count_rejection(first, "a", NOW + timedelta(hours=6))
    third = count_rejection(second, "a", NOW + timedelta(hours=30))
    assert third == RejectedVersion("a", 3, NOW)
    assert not is_insistent(second, NOW + timedelta(days=9))
    assert not is_insistent(third, NOW + timedelta(hours=23))
    assert is_insistent(third, NOW + timedelta(hours=30))


def test_a_different_rejected_text_restarts_the_count() -> None:
    assert count_rejection(RejectedVersion("a", 2, NOW), "b", NOW + timedelta(days=2)) == RejectedVersion(
        "b", 1, NOW + timedelta(days=2)
    )
