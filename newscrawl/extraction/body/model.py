"""Read the block model. The model card is docs/body-model.md."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import IO

from newscrawl.extraction.body.features import FEATURES
from newscrawl.extraction.trees import ModelError, ObliviousTrees, read_trees

BlockModel = ObliviousTrees
BlockModelError = ModelError


def read_model(file: Path | IO[bytes]) -> BlockModel:
    """Read a model written by training/body_model.py. Raises BlockModelError if it was trained on other features."""
    return read_trees(file, FEATURES, "training/body_model.py")


@lru_cache(maxsize=1)
def bundled_model() -> BlockModel:
    """Return the model shipped with newscrawl."""
    with files("newscrawl.extraction.body").joinpath("model.npz").open("rb") as file:
        return read_model(file)
