"""On a part of the real pages: copies are found, and hardly anything else is taken for one (benchmarks/stories.py)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.stories import newscrawl_look
from benchmarks.story_pairs import copies, originals, strangers

EVERY = 12


def test_copies_are_found_and_others_are_not(corpora: Path) -> None:
    texts = originals([Corpus(corpora / name, EVERY) for name in ("news-dev", "wcxb-dev")])
    found = [newscrawl_look(pair) for pair in copies(texts)]
    wrong = [newscrawl_look(pair) for pair in strangers(texts)]
    assert len(found) > 500
    assert sum(found) / len(found) >= 0.97
    assert sum(wrong) / len(wrong) <= 0.03
