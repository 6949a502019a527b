"""What a text is recognised by."""

from __future__ import annotations

import pytest

from newscrawl.identity import content_hash, same_body, same_headline

BODY = "First “paragraph” – here.\n\nSecond one."


@pytest.mark.parametrize(
    "same",
    [
        'First "paragraph" - here. Second one.',
        "first “PARAGRAPH” – here.\n\n\n  Second one. ",
        "First «paragraph» — here.\u00a0Second one.",
    ],
)
def test_white_space_case_and_quotation_marks_make_no_other_text(same: str) -> None:
    assert content_hash("News", BODY) == content_hash(" NEWS ", same)


@pytest.mark.parametrize("other", ["First paragraph here. Second one", BODY + " Third.", ""])
def test_other_words_make_another_text(other: str) -> None:
    assert content_hash("News", BODY) != content_hash("News", other)


def test_headline_and_body_do_not_run_into_each_other() -> None:
    assert content_hash("a b", "c") != content_hash("a", "b c")


def test_any_string_has_a_hash() -> None:
    assert len(content_hash(None, "\ud800 lone")) == 64


def numbered(first: int, last: int) -> str:
    return " ".join(f"word{number} stands here" for number in range(first, last))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (numbered(0, 100), numbered(0, 100), True),
        (numbered(0, 100), numbered(0, 40), True),
        (numbered(0, 100), numbered(50, 150), True),
        (numbered(0, 100), numbered(100, 200), False),
        (numbered(0, 100), None, False),
        ("short", "short", True),
        ("", "", False),
        ("東京都知事は本日の会見で新しい計画を発表した", "東京都知事は本日の会見で新しい計画を発表", True),
        ("東京都知事は本日の会見で新しい計画を発表した", "大阪では昨夜から大雨となり鉄道が止まっている", False),
    ],
)
def test_versions_of_a_text_are_told_from_another_text(one: str | None, other: str | None, same: bool) -> None:
    assert same_body(one, other) is same
    assert same_body(other, one) is same


def test_headlines_are_the_same_whatever_their_marks() -> None:
    assert same_headline("“A vote”", '"a  vote"')
    assert not same_headline("A vote", "Another")
