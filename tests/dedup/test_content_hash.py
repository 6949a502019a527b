"""Content hashes."""

from __future__ import annotations

import pytest

from newscrawl.dedup.content_hash import content_hash, same_body, same_headline

BODY = "First “paragraph” – here.\n\nSecond one."


@pytest.mark.parametrize(
    "same",
    [
        'First "paragraph" - here. Second one.',
        "first “PARAGRAPH” – here.\n\n\n  Second one. ",
        "First «paragraph» — here.\u00a0Second one.",
        "First «\u202fparagraph\u00a0»\u2009\u2212\u2009here. Second one.",
        "First 'paragraph'--here. Second one.",
        "First ``paragraph'' ― here. Second one.",
        "Fi\u00adrst \u200e“para\u200bgraph”\u200f – \ufeffhere.\u2060 Second\u200d one.",
        "\ufb01rst “paragraph” – here. Second one.",
        "Ｆirst “paragraph” – here. Ｓecond one.",
    ],
)
def test_white_space_case_marks_and_invisible_characters_do_not_change_the_hash(same: str) -> None:
    assert content_hash("News", BODY) == content_hash(" NEWS ", same)


@pytest.mark.parametrize("other", ["First paragraph here. Second one", BODY + " Third.", ""])
def test_other_words_change_the_hash(other: str) -> None:
    assert content_hash("News", BODY) != content_hash("News", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It’s done … now", "It's done ... now"),
        ("café", "cafe\u0301"),
        ("re-elected", "re\u2010elected"),
        ("he said “‘no’”", "he said \"'no'\""),
        ("می\u200cخواهم", "میخواهم"),
        ("a\u00b4s", "a's"),
    ],
)
def test_equivalent_characters_have_the_same_hash(one: str, other: str) -> None:
    assert content_hash(None, one) == content_hash(None, other)


@pytest.mark.parametrize(
    ("one", "other"), [("in fact", "infact"), ("5.1", "51"), ("he is, now", "he is now"), ("what?", "what!")]
)
def test_word_breaks_punctuation_and_numbers_change_the_hash(one: str, other: str) -> None:
    assert content_hash(None, one) != content_hash(None, other)


def test_the_boundary_of_headline_and_body_changes_the_hash() -> None:
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
def test_versions_of_a_text_have_the_same_body_and_other_texts_do_not(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_body(one, other) is same
    assert same_body(other, one) is same


def test_headlines_are_the_same_with_other_quotation_marks() -> None:
    assert same_headline("“A vote”", '"a  vote"')
    assert not same_headline("A vote", "Another")
