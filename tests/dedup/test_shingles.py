"""Shingle hashes."""

from __future__ import annotations

import pytest

from newscrawl.dedup.shingles import (
    MAX_SHINGLE_HASHES,
    MIN_WORDS,
    SHINGLE_CHARACTERS,
    compute_shingle_hashes,
    read_spellings,
    shingle_text,
)

WORDS = [f"word{number}" for number in range(400)]
BODY = " ".join(WORDS)


@pytest.mark.parametrize(
    "same",
    [
        BODY.upper(),
        BODY.replace(" ", " \u00a0\n\n"),
        "“" + BODY.replace(" word7 ", " – word7, ") + "!”",
    ],
)
def test_case_punctuation_and_white_space_do_not_change_the_hashes(same: str) -> None:
    assert compute_shingle_hashes(same) == compute_shingle_hashes(BODY)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("the colour of the theatre", "the color of the theater"),
        ("organised travelling programmes", "organized traveling programs"),
        ("defence licence, grey dialogue", "defense license, gray dialog"),
        ("ten per cent towards the centre", "ten percent toward the center"),
        ("paediatric manoeuvres", "pediatric maneuvers"),
    ],
)
def test_british_and_american_spelling_are_the_same(british: str, american: str) -> None:
    assert shingle_text(british).words == shingle_text(american).words


def test_a_text_has_a_bounded_number_of_hashes_of_48_bits() -> None:
    shingle_hashes = compute_shingle_hashes(BODY)
    assert len(shingle_hashes) == len(set(shingle_hashes)) == MAX_SHINGLE_HASHES
    assert list(shingle_hashes) == sorted(shingle_hashes)
    assert 0 <= shingle_hashes[0] <= shingle_hashes[-1] < 2**48


def test_hashes_are_stable() -> None:
    assert compute_shingle_hashes(BODY)[:3] == (437140554024, 1101411606754, 1105277681345)


def test_a_third_of_a_text_shares_hashes_with_the_whole() -> None:
    assert len(set(compute_shingle_hashes(" ".join(WORDS[:133]))) & set(compute_shingle_hashes(BODY))) >= 4


def test_different_texts_share_no_hashes() -> None:
    assert set(compute_shingle_hashes(BODY)).isdisjoint(compute_shingle_hashes(" ".join(reversed(WORDS))))


def test_a_short_text_has_no_hashes() -> None:
    assert compute_shingle_hashes(" ".join(WORDS[: MIN_WORDS - 1])) == ()
    assert compute_shingle_hashes(" ".join(WORDS[:MIN_WORDS])) != ()
    assert compute_shingle_hashes(None) == compute_shingle_hashes("") == ()


@pytest.mark.parametrize("start", [0x4E00, 0x0E01], ids=["Chinese", "Thai"])
def test_scripts_without_spaces_are_split_into_characters(start: int) -> None:
    text = "".join(chr(start + number * 7 % 40) for number in range(300))
    assert shingle_text(text).size == SHINGLE_CHARACTERS
    assert len(shingle_text(text).words) == 300
    assert compute_shingle_hashes(text) == compute_shingle_hashes(f"「{text[:100]}」、{text[100:]}。") != ()


def test_vowel_marks_do_not_split_a_word() -> None:
    assert shingle_text("भारतीय जनता पार्टी").words == tuple(word.encode() for word in ("भारतीय", "जनता", "पार्टी"))


def test_any_string_can_be_shingled() -> None:
    assert shingle_text("\ud800 lone").words == (b"lone",)


def test_spellings_keep_the_order_of_the_file() -> None:
    text = '[[fold]]\nid = "a"\nwhy = "b"\npairs = [["x", "y"], ["our", "or"]]\n'
    assert read_spellings(text, "spelling.toml") == (("x", "y"), ("our", "or"))
