"""Label the blocks of a page as body or not by aligning their words with the ground truth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

MIN_RUN = 3
"""Words in a row that must match; a shorter block must match as a whole."""
MIN_SHARE = 0.5
"""Share of matching words from which a block belongs to the body."""
_WORD = re.compile(r"\w+")


def label_blocks(blocks: Sequence[str], ground_truth: str) -> list[bool]:
    """Return for each block whether it is part of *ground_truth*; the order matters."""
    words = [_WORD.findall(block) for block in blocks]
    owners = [index for index, block in enumerate(words) for _ in block]
    matcher = SequenceMatcher(
        None, [word for block in words for word in block], _WORD.findall(ground_truth), autojunk=False
    )
    found = [0] * len(blocks)
    for match in matcher.get_matching_blocks():
        at, end = match.a, match.a + match.size
        while at < end:
            owner, start = owners[at], at
            while at < end and owners[at] == owner:
                at += 1
            if at - start >= min(MIN_RUN, len(words[owner])):
                found[owner] += at - start
    return [bool(block) and count >= MIN_SHARE * len(block) for count, block in zip(found, words, strict=True)]
