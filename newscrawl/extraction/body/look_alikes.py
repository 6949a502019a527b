"""Which blocks of a page look alike, by the tags and classes around them: an article's paragraphs mostly do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newscrawl.extraction.html.scan import Node, RawBlock

Numbers = NDArray[np.float64]

KINDS = ("look", "parent_look")
"""By tag and class; by those of the element around it, too."""


def look_columns(nodes: Sequence[Node], blocks: Sequence[RawBlock], size: Numbers, kept: Numbers) -> list[Numbers]:
    """For each of KINDS, of the blocks that are alike: prose (of the most there is), share kept, number.

    *size* is the prose of each block, *kept* is 1 for those that the rules keep.
    """
    at = [block.node for block in blocks]
    around = [max(nodes[index].parent, 0) for index in at]
    names: dict[str, int] = {}
    analyze = {i: names.setdefault(f"{nodes[i].tag} {nodes[i].classes}", len(names)) for i in {*at, *around}}
    own = np.array([analyze[index] for index in at])
    both = own * len(names) + np.array([analyze[index] for index in around])
    return [*_sums(own, size, kept), *_sums(np.unique(both, return_inverse=True)[1], size, kept)]


def _sums(kind: NDArray[np.int64], size: Numbers, kept: Numbers) -> list[Numbers]:
    prose, count = np.bincount(kind, weights=size), np.bincount(kind)
    shares = np.bincount(kind, weights=kept) / np.maximum(count, 1)
    return [(prose / max(1.0, float(prose.max())))[kind], shares[kind], count[kind].astype(np.float64)]
