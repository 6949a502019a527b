"""Training labels: which blocks count as body."""

from __future__ import annotations

from benchmarks.folds import FOLDS, fold_of
from training.labels import label_blocks

GROUND_TRUTH = "The lamp is broken since the storm.\n\nIt will cost a million.\n\nCosts\n\nThe port pays for all of it."


def test_blocks_of_the_ground_truth_are_labelled_as_body() -> None:
    blocks = ["Menu", "The lamp is broken since the storm.", "Advertisement", "It will cost a million.", "Costs",
              "The port pays for all of it.", "Read the story of the lamp"]  # fmt: skip
    assert label_blocks(blocks, GROUND_TRUTH) == [False, True, False, True, True, True, False]


def test_a_few_common_words_do_not_make_a_block_body() -> None:
    assert label_blocks(["The other port has a storm of its own and a lamp"], GROUND_TRUTH) == [False]


def test_a_page_without_ground_truth_has_no_body() -> None:
    assert label_blocks(["Some text of it"], "") == [False]


def test_all_pages_of_a_site_are_in_one_fold() -> None:
    folds = {
        fold_of(url) for url in ("https://www.example.org/a", "http://news.example.org/b/c", "https://example.org")
    }
    assert len(folds) == 1
    assert {fold_of(f"https://site{number}.example/") for number in range(80)} == set(range(FOLDS))
    assert fold_of("") == 0
