"""Words of indexed texts take shortcuts, which must find the same words."""

from __future__ import annotations

from random import Random

import pytest

from newscrawl.search import analysis
from newscrawl.search.analysis import analyze, split_words, stem
from newscrawl.search.folding import WORD, find_words, fold_text

SAMPLES = (
    "Plain ASCII: the 3,500 O'Neills' well-known snake_case; e-mail to a@b.org\tand\x1fmore",
    "“Don’t” – said Mr. O’Neill… «again» at\u00a010:30",
    "Straße, Œuvre, İstanbul, Łódź, naïve “façade”, smørbrød, ﬁne ½",
    "Йод и́ли ий\u0301, и\u0306 и\u0483 и\u0487 а\u0306 а\u0483, ΣΊΣΥΦΟΣ",
    "مُدَرِّسَة في ٱلمدرسة ی ک ٣٤",
    "東京の天気は Windows 11 だ。 ภาษาไทย 한국어 ガ",
)
PIECES = "aé ’“ß\u0306и\u0483ий0.·_…\u00a0\n한東ñ-Lł\u0301İ"


def _random_texts() -> list[str]:
    rng = Random(1)
    return ["".join(rng.choices(PIECES, k=rng.randrange(1, 30))) for _ in range(500)]


@pytest.mark.parametrize("text", SAMPLES)
def test_words_are_those_of_the_folded_text(text: str) -> None:
    assert find_words(text) == WORD.findall(fold_text(text))


def test_words_of_any_characters_are_those_of_the_folded_text() -> None:
    assert [find_words(text) for text in _random_texts()] == [WORD.findall(fold_text(text)) for text in _random_texts()]


@pytest.mark.parametrize(
    ("text", "folded"),
    [("й", "й"), ("и\u0301", "и"), ("и\u0483", "и\u0483"), ("а\u0483", "а"), ("а\u0306", "а"), ("\u0301a", "a")],
)
def test_marks_are_removed_but_for_those_of_the_cyrillic_i(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@pytest.mark.parametrize("language", ["en", "de", "ru", "ar", None])
def test_kept_stems_are_those_of_the_stemmer(monkeypatch: pytest.MonkeyPatch, language: str | None) -> None:
    monkeypatch.setattr(analysis, "MAX_STEMS", 20)
    for text in (*SAMPLES, *SAMPLES):
        assert analyze(text, language) == stem(split_words(text), language)
