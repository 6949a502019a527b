"""Find the copies of a text that a page shows more than once, as for narrow and for wide screens."""

from __future__ import annotations

from collections.abc import Sequence

REPEATED = "repeated"
"""The reason of blocks that stand on the page before."""
MIN_COPIED = 40
"""Characters of a paragraph that shows a copy; shorter ones recur by chance, as "Pros" and "Cons" in reviews."""
MIN_RUN, MIN_RUN_LENGTH = 4, 400
"""Paragraphs, and their characters, that recur in the same order; refrains and warm-ups of training plans are shorter.
"""
MIN_SHARE = 0.1
"""Share of a copy in the whole text. Real texts that repeat paragraphs in order, as for each event of a list, do so
with 0.04 at most."""
MAX_BETWEEN = 2
"""Other paragraphs between two of a copy."""


def find_copies(texts: Sequence[str]) -> set[int]:
    """Return the indexes of *texts*, the kept blocks of a page in order, that belong to a second or later copy."""
    if len(set(texts)) == len(texts):
        return set()
    places: dict[str, int] = {}
    sources = [places.setdefault(text, index) for index, text in enumerate(texts)]
    length, found = sum(map(len, texts)), set[int]()
    for run in _find_runs(texts, sources):
        size = sum(len(texts[index]) for index in run)
        if len(run) >= MIN_RUN and size >= max(MIN_RUN_LENGTH, MIN_SHARE * length):
            start, end = _extend(texts, run[0], sources[run[0]], -1), _extend(texts, run[-1], sources[run[-1]], 1)
            found.update(index for index in range(start, end + 1) if sources[index] != index)
    return found


def _find_runs(texts: Sequence[str], sources: Sequence[int]) -> list[list[int]]:
    """Return runs of paragraphs that recur in the order of their first occurrences."""
    long = [index for index, text in enumerate(texts) if len(text) >= MIN_COPIED]
    runs: list[list[int]] = []
    last = 0
    for place, index in enumerate(long):
        if sources[index] == index:
            continue
        if not runs or place - last > MAX_BETWEEN + 1 or sources[index] <= sources[runs[-1][-1]]:
            runs.append([])
        runs[-1].append(index)
        last = place
    return runs


def _extend(texts: Sequence[str], index: int, source: int, step: int) -> int:
    """Return the last index up to which short blocks recur beside a run as well."""
    while 0 <= source + step < len(texts) > index + step and texts[index + step] == texts[source + step]:
        index, source = index + step, source + step
    return index
