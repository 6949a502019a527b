"""What a text is recognised by."""

from __future__ import annotations

import pytest

from newscrawl.identity import content_hash

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
