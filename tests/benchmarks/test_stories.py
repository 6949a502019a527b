"""Check recall and false positives of near-duplicate detection on part of the real pages (benchmarks/stories.py)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.stories import is_newscrawl_match
from benchmarks.story_pairs import near_duplicate_pairs, originals, unrelated_pairs

EVERY = 12


def test_near_duplicates_are_found_with_few_false_positives(corpora: Path) -> None:
    texts = originals([Corpus(corpora / name, EVERY) for name in ("news-dev", "wcxb-dev")])
    found = [is_newscrawl_match(pair) for pair in near_duplicate_pairs(texts)]
    wrong = [is_newscrawl_match(pair) for pair in unrelated_pairs(texts)]
    assert len(found) > 500
    assert sum(found) / len(found) >= 0.97
    assert sum(wrong) / len(wrong) <= 0.03
