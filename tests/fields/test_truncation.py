"""Complete and truncated texts."""

from __future__ import annotations

import pytest

from newscrawl.evidence import Block
from newscrawl.fields.truncation import is_truncated

SENTENCE = "The harbour council decided on Tuesday to rebuild the old lighthouse after the great storm of last May."


def kept(*texts: str) -> list[Block]:
    return [Block(text, "p", True, "body") for text in texts]


def truncated(blocks: list[Block], *, is_free: bool | None = None, words: str | None = None) -> bool | None:
    return is_truncated(blocks, is_free=is_free, declared_words=words)


def test_a_complete_text_is_not_truncated() -> None:
    assert truncated(kept(SENTENCE, SENTENCE)) is False
    assert truncated(kept(SENTENCE, "Reuters")) is False
    assert truncated([]) is None


@pytest.mark.parametrize(
    "ending",
    [
        SENTENCE[:-1],
        SENTENCE[:-6] + ",",
        "The mayor said …",
        "The mayor said [...]",
        "It stays. Read more",
        "Weiterlesen",
    ],
)
def test_a_text_that_stops_early_is_truncated(ending: str) -> None:
    assert truncated(kept(SENTENCE, ending)) is True


def test_a_long_text_may_end_without_a_full_stop() -> None:
    assert truncated(kept(*[SENTENCE] * 40, SENTENCE[:-1])) is False


@pytest.mark.parametrize(
    ("is_free", "words", "expected"),
    [(False, None, True), (True, None, False), (None, "1800", True), (None, "40", False), (None, "many", False)],
)
def test_declared_price_and_word_count_show_truncation(is_free: bool | None, words: str | None, expected: bool) -> None:
    assert truncated(kept(SENTENCE, SENTENCE), is_free=is_free, words=words) is expected


@pytest.mark.parametrize("notice", ["Subscribe to continue reading", "Nur für Abonnenten", "この記事は会員限定です"])
def test_a_notice_after_a_short_text_shows_truncation(notice: str) -> None:
    blocks = [*kept(SENTENCE), Block(notice, "p", False, "outside")]
    assert truncated(blocks) is True
    assert truncated([*kept(*[SENTENCE] * 40), *blocks[1:]]) is False
    assert truncated([blocks[1], *kept(SENTENCE)]) is False
