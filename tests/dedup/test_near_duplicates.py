"""Near-duplicates."""

from __future__ import annotations

from random import Random

import pytest

from newscrawl.dedup.near_duplicates import Text, common_passages, measure_similarity
from newscrawl.dedup.shingles import shingle_text

HEADLINE = "Harbour bridge closed after the storm"
FIRST = ["ba", "ko", "mi", "lu", "te", "so", "ra", "ni"]
SECOND = ["dor", "fen", "gal", "hum", "jot"]
VOCABULARY = [f"{first}{second}" for first in FIRST for second in SECOND]


def prose(seed: int, words: int) -> str:
    """Return random words; texts of two seeds have no common passage."""
    rng = Random(seed)
    return " ".join(f"{rng.choice(VOCABULARY)}{rng.choice(VOCABULARY)}" for _ in range(words))


def about(seed: int, words: int) -> str:
    """Return the same, on the topic of HEADLINE."""
    return f"The harbour bridge is closed since the storm. {prose(seed, words)}"


ORIGINAL = about(1, 500)
WORDS = ORIGINAL.split()


def similarity(
    one: str, other: str, *, headline: str = HEADLINE, other_headline: str = HEADLINE, sites: str = "ab"
) -> float | None:
    return measure_similarity(Text.of(sites[0], headline, one), Text.of(sites[1], other_headline, other))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_truncated_text_is_a_copy(share: float) -> None:
    assert similarity(ORIGINAL, " ".join(WORDS[: int(share * len(WORDS))])) == 1.0


def test_additions_lower_the_similarity_of_a_copy() -> None:
    cut = " ".join(WORDS[:200])
    with_addition = similarity(ORIGINAL, f"{cut} {prose(7, 100)}", other_headline="Storm closes a bridge")
    assert with_addition is not None
    assert 0.6 < with_addition < 0.7


def test_the_order_of_paragraphs_does_not_matter() -> None:
    parts = [" ".join(WORDS[start : start + 60]) for start in range(0, len(WORDS), 60)]
    assert (similarity(ORIGINAL, "\n\n".join(reversed(parts))) or 0) > 0.9


def test_a_different_text_is_no_copy() -> None:
    assert similarity(ORIGINAL, about(2, 500)) is None


def test_texts_of_one_template_with_other_values_are_no_copies() -> None:
    def filled(seed: int) -> str:
        rng = Random(seed)
        return " ".join(f"{sentence} {rng.random()}" for sentence in template)

    template = [prose(number, 6) for number in range(40)]
    assert similarity(filled(1), filled(2)) is None


def test_the_summary_of_a_live_blog_is_no_copy_of_it() -> None:
    live = about(1, 3000).split()
    summary = " ".join(word for start in range(0, 3000, 300) for word in live[start : start + 25])
    assert similarity(" ".join(live), summary) is None


def test_two_reports_with_the_same_quotation_are_no_copies() -> None:
    statement = prose(9, 70)
    assert similarity(f"{about(1, 150)} {statement}", f"{about(2, 150)} {statement}") is None


def test_two_texts_with_the_same_notices_are_no_copies() -> None:
    above, below = prose(8, 80), prose(9, 100)
    first, second = (f"{above} {prose(seed, 100)} {about(seed + 5, 100)} {below}" for seed in (1, 2))
    assert similarity(first, second) is None


def test_the_same_notices_alone_make_no_copy() -> None:
    notices = prose(8, 150)
    assert similarity(notices, notices, headline="Harbour bridge closed", other_headline="Grain prices rise") is None


def test_a_short_copy_needs_the_topic_of_both_headlines() -> None:
    text = about(3, 80)
    assert similarity(text, text, other_headline="Storm: no way over the bridge") == 1.0
    assert similarity(text, text, other_headline="What else happened") is None


def test_short_texts_are_no_copies() -> None:
    brief = about(3, 40)
    assert similarity(brief, brief) is None


def test_on_one_site_nearly_everything_must_be_the_same() -> None:
    cut = " ".join(WORDS[:300])
    assert similarity(ORIGINAL, cut, sites="ab") == 1.0
    assert similarity(ORIGINAL, cut, sites="aa") is None
    assert similarity(ORIGINAL, " ".join(WORDS[:450]), sites="aa") == 1.0


def test_chinese_copies_are_found_by_their_signs() -> None:
    rng = Random(1)
    signs = "港口大桥关闭风暴" + "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(600))
    assert similarity(signs, signs[:250], headline="港口大桥关闭", other_headline="风暴后大桥关闭") == 1.0


@pytest.mark.parametrize("at", [0, 100, 489])
def test_only_passages_of_eleven_words_count(at: int) -> None:
    words = prose(2, 500).split()
    other = [*words[:at], *WORDS[at : at + 11], *words[at + 11 :]]
    other[250:260] = WORDS[250:260]
    common = common_passages(shingle_text(ORIGINAL), shingle_text(" ".join(other)))
    assert common.shingles == 8


def test_texts_without_words_have_nothing_in_common() -> None:
    assert common_passages(shingle_text(""), shingle_text(ORIGINAL)).of_smaller == 0
    assert similarity("", "") is None
