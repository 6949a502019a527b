"""Bodies without end are cut, and say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.evidence import Block
from newscrawl.fields.body_length import MAX_BODY_LENGTH, TOO_LONG, cut_text, limit_body
from newscrawl.workers.tasks import PageInput, extract_article

SENTENCE = "The council voted for the new bridge after a long debate about its cost. "


def block(text: str, *, kept: bool = True) -> Block:
    return Block(text, "p", kept, "body", html=f"<b>{text}</b>")


def test_body_within_the_limit_stays_as_it_is() -> None:
    blocks = [block("one two"), block("x" * 100, kept=False), block("three")]
    assert limit_body(blocks, 12) == (blocks, False)


def test_body_is_cut_between_words_and_what_follows_is_left_out() -> None:
    blocks, is_cut = limit_body([block("one two"), block("three four"), block("menu", kept=False), block("five")], 14)
    assert is_cut
    assert [(one.text, one.kept, one.reason) for one in blocks] == [
        ("one two", True, "body"),
        ("three", True, "body"),
        ("menu", False, "body"),
        ("", False, TOO_LONG),
    ]
    assert blocks[0].html == "<b>one two</b>"
    assert blocks[1].html is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one two", "one two"), ("one two three", "one two"), ("one\ntwothree", "one"), ("x" * 20, "x" * 8)],
)
def test_text_is_cut_at_the_last_space(text: str, expected: str) -> None:
    assert cut_text(text, 8) == expected


@pytest.mark.parametrize("separator", ["</p><p>", ""])
def test_huge_article_is_stored_up_to_the_limit_and_says_so(separator: str) -> None:
    text = separator.join(
        f"{SENTENCE * 500}{n} people came. " for n in range(MAX_BODY_LENGTH // len(SENTENCE * 500) + 9)
    )
    page = f"<html lang=en><body><article><h1>A new bridge</h1><p>{text}</p></article></body></html>"
    found = extract_article(PageInput(page.encode(), "https://example.org/2026/11/20/a-new-bridge", datetime.now(UTC)))
    assert found.article is not None
    body = found.article.article_body or ""
    assert 0.99 * MAX_BODY_LENGTH < len(body) <= MAX_BODY_LENGTH
    assert body.startswith(f"{SENTENCE * 500}0 people came.")
    assert len(found.article.article_body_html or "") < 1.2 * MAX_BODY_LENGTH
    assert found.article.is_truncated
    assert found.article.sources["is_truncated"] == TOO_LONG


def test_article_of_usual_length_is_not_marked() -> None:
    page = f"<html lang=en><body><article><h1>A new bridge</h1><p>{SENTENCE * 20}</p></article></body></html>"
    found = extract_article(PageInput(page.encode(), "https://example.org/2026/11/20/a-new-bridge", datetime.now(UTC)))
    assert found.article is not None
    assert "is_truncated" not in found.article.sources
