"""Group the blocks of a page by appearance (tag and classes): the paragraphs of an article mostly share one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newscrawl.extraction.html.scan import Node, RawBlock

Numbers = NDArray[np.float64]

KINDS = ("look", "parent_look")
"""Grouped by tag and class of the element; by those of its parent as well."""


def look_columns(nodes: Sequence[Node], blocks: Sequence[RawBlock], size: Numbers, kept: Numbers) -> list[Numbers]:
    """Return for each of KINDS the prose, share kept and number of each block's group, one value per block.

    Prose is relative to the group with the most. *size* is the prose of each block in characters, *kept* is 1
    for blocks that the rules keep.
    """
    at = [block.node for block in blocks]
    around = [max(nodes[index].parent, 0) for index in at]
    names: dict[str, int] = {}
    kinds = {i: names.setdefault(f"{nodes[i].tag} {nodes[i].classes}", len(names)) for i in {*at, *around}}
    own = np.array([kinds[index] for index in at])
    both = own * len(names) + np.array([kinds[index] for index in around])
    return [*_sums(own, size, kept), *_sums(np.unique(both, return_inverse=True)[1], size, kept)]


def _sums(kind: NDArray[np.int64], size: Numbers, kept: Numbers) -> list[Numbers]:
    prose, count = np.bincount(kind, weights=size), np.bincount(kind)
    shares = np.bincount(kind, weights=kept) / np.maximum(count, 1)
    return [(prose / max(1.0, float(prose.max())))[kind], shares[kind], count[kind].astype(np.float64)]
