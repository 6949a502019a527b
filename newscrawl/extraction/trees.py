"""Evaluate oblivious decision trees, for many rows at once.

An oblivious tree has one split per level, shared by all nodes of the level; the results are the bits of the leaf
index (Prokhorenkova et al., CatBoost, NeurIPS 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from newscrawl.exceptions import NewscrawlError


class ModelError(NewscrawlError):
    """A model file that does not match this version of newscrawl."""


@dataclass(frozen=True, slots=True)
class _Splits:
    """The different splits of all trees, which share many of them, ordered by feature."""

    count: int
    by_feature: list[tuple[int, slice, NDArray[np.float32]]]
    """Feature index, the place of its splits in the order, and their borders, shape (splits, 1)."""
    levels: list[NDArray[np.int64]]
    """For each level of the trees, the index of each tree's split."""


@dataclass(frozen=True)
class ObliviousTrees:
    """Trees of equal depth, at most 8."""

    columns: NDArray[np.int32]
    """Feature index of each level of each tree, shape (trees x depth,)."""
    borders: NDArray[np.float32]
    """Thresholds, same shape: the bit of a level is set if the feature is greater."""
    leaves: NDArray[np.float32]
    """Leaf values in log-odds, shape (trees, 2 ** depth), or one per class, shape (trees, 2 ** depth, classes)."""
    bias: float
    """Log-odds added to the sum of the leaves."""

    def probabilities(self, rows: NDArray[np.float32]) -> list[float]:
        """Return for each row, shape (rows, features), the probability of the class that was learned."""
        raw = self.leaves.take(self._find_leaves(rows)).sum(axis=1) + self.bias
        probabilities: list[float] = (1.0 / (1.0 + np.exp(-raw.astype(np.float64)))).tolist()
        return probabilities

    def class_probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities of all classes, shape (rows, classes), of trees with leaf values for each."""
        leaves = self.leaves.reshape(-1, self.leaves.shape[2])
        raw = leaves.take(self._find_leaves(rows), axis=0).sum(axis=1, dtype=np.float64) + self.bias
        powers: NDArray[np.float64] = np.exp(raw - raw.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def _find_leaves(self, rows: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return for each row the indexes of its leaves among those of all trees, shape (rows, trees)."""
        trees, size = self.leaves.shape[:2]
        # One row per split: numpy compares whole rows many times faster than single values.
        columns, is_above = rows.T, np.empty((self._splits.count, len(rows)), dtype=np.bool_)
        for feature, part, borders in self._splits.by_feature:
            np.greater(columns[feature], borders, out=is_above[part])
        bits, leaf = is_above.view(np.uint8), np.zeros((trees, len(rows)), dtype=np.uint8)
        for level in reversed(self._splits.levels):
            leaf += leaf
            leaf |= bits[level]
        chosen: NDArray[np.int64] = np.ascontiguousarray(leaf.T) + np.arange(trees) * size
        return chosen

    @cached_property
    def _splits(self) -> _Splits:
        pairs = np.stack([self.columns.astype(np.float64), self.borders.astype(np.float64)])
        (features, borders), at = np.unique(pairs, axis=1, return_inverse=True)
        starts = np.flatnonzero(np.diff(features, prepend=-1)).tolist()
        parts = [slice(*ends) for ends in pairwise([*starts, len(features)])]
        by_feature = [(int(features[part.start]), part, borders[part, np.newaxis].astype(np.float32)) for part in parts]
        return _Splits(len(features), by_feature, list(at.reshape(len(self.leaves), -1).T.copy()))


def read_trees(file: Path | IO[bytes], features: Sequence[str], script: str) -> ObliviousTrees:
    """Read a model written by *script*. Raises ModelError if it was trained on other features."""
    with np.load(file, allow_pickle=False) as arrays:
        if tuple(arrays["features"].tolist()) != tuple(features):
            raise ModelError(f"model was trained on other features; retrain it with {script}")
        return ObliviousTrees(arrays["columns"], arrays["borders"], arrays["leaves"], float(arrays["bias"]))
