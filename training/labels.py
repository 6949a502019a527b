"""Which blocks of a page are its body, by aligning their words with those of the true text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

MIN_RUN = 3
"""Words in a row that must agree; a shorter block must agree as a whole."""
MOSTLY = 0.5
"""Share of a block's words in the true text from which it belongs to the body."""
_WORD = re.compile(r"\w+")


def are_body(blocks: Sequence[str], truth: str) -> list[bool]:
    """For each block whether it is a part of *truth*; the order of both counts."""
    words = [_WORD.findall(block) for block in blocks]
    owners = [index for index, block in enumerate(words) for _ in block]
    matcher = SequenceMatcher(None, [word for block in words for word in block], _WORD.findall(truth), autojunk=False)
    found = [0] * len(blocks)
    for match in matcher.get_matching_blocks():
        at, end = match.a, match.a + match.size
        while at < end:
            owner, start = owners[at], at
            while at < end and owners[at] == owner:
                at += 1
            if at - start >= min(MIN_RUN, len(words[owner])):
                found[owner] += at - start
    return [bool(block) and count >= MOSTLY * len(block) for count, block in zip(found, words, strict=True)]
