"""The model of the body: oblivious decision trees, evaluated for all blocks of a page at once.

An oblivious tree asks the same question of every row at each of its levels; the answers are the bits of the leaf's
number (Prokhorenkova et al., CatBoost, NeurIPS 2018). docs/body-model.md is the model's card.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from newscrawl.exceptions import NewscrawlError
from newscrawl.extraction.body.features import FEATURES


class BlockModelError(NewscrawlError):
    """A model file that does not fit this release."""


@dataclass(frozen=True, slots=True)
class BlockModel:
    """Trees of one depth, at most 8."""

    columns: NDArray[np.int32]
    """Feature index of each tree's levels, shape (trees x depth,)."""
    borders: NDArray[np.float32]
    """The level's bit is set where the feature is greater; the same shape."""
    leaves: NDArray[np.float32]
    """Shape (trees, 2 ** depth)."""
    bias: float

    def probabilities(self, rows: NDArray[np.float32]) -> list[float]:
        """For each row of features, shape (rows, len(FEATURES)), the probability that its block is body."""
        trees, size = self.leaves.shape
        # A row of answers for each question: numpy copies and compares whole rows many times faster than single values.
        answers = rows.T[self.columns] > self.borders[:, np.newaxis]
        bits = answers.view(np.uint8).reshape(trees, -1, len(rows))
        leaf = np.zeros((trees, len(rows)), dtype=np.uint8)
        for level in reversed(range(bits.shape[1])):
            leaf += leaf
            leaf |= bits[:, level]
        chosen = np.ascontiguousarray(leaf.T) + np.arange(trees) * size
        raw = self.leaves.take(chosen).sum(axis=1) + self.bias
        chances: list[float] = (1.0 / (1.0 + np.exp(-raw.astype(np.float64)))).tolist()
        return chances


def read_model(file: Path | IO[bytes]) -> BlockModel:
    """Read a model that training/body_model.py wrote. Raises BlockModelError where it was made for other features."""
    with np.load(file, allow_pickle=False) as arrays:
        if tuple(arrays["features"].tolist()) != FEATURES:
            raise BlockModelError("the model was trained for other features; train it again: training/body_model.py")
        return BlockModel(arrays["columns"], arrays["borders"], arrays["leaves"], float(arrays["bias"]))


@lru_cache(maxsize=1)
def bundled_model() -> BlockModel:
    """The model that comes with newscrawl."""
    with files("newscrawl.extraction.body").joinpath("model.npz").open("rb") as file:
        return read_model(file)
