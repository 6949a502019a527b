"""Train the model of the body, newscrawl/extraction/body/model.npz, and the models of its cross-validation.

    make model CORPORA="../news-dev ../wcxb-dev"

or, with requirements.txt beside this file installed:

    python training/body_model.py CORPUS... [--folds DIRECTORY]

Each CORPUS holds truth.jsonl and html/<id>.html.gz. With --folds the models of the cross-validation go to DIRECTORY:
`fold-K.npz` has seen no page of the sites of fold K; `benchmarks/extraction.py --folds DIRECTORY` judges every page
with the model that has not seen its site. The same corpora give the same file, bit by bit.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus, SavedPage
from benchmarks.folds import FOLDS, fold_file, fold_of
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.body.classify import analyze
from newscrawl.extraction.body.features import FEATURES, block_features
from newscrawl.extraction.extract import read_stated
from newscrawl.extraction.html.document import UnreadableDocument, parse
from training.labels import are_body

MODEL = Path(__file__).parents[1] / "newscrawl" / "extraction" / "body" / "model.npz"
NEWS_WEIGHT = 3.0
"""A page of a corpus whose name begins with "news" counts so much: news is what the model is for."""
PARAMETERS = {
    "iterations": 200, "depth": 6, "learning_rate": 0.1, "l2_leaf_reg": 6, "border_count": 64, "rsm": 0.4,
    "bootstrap_type": "Bernoulli", "subsample": 0.8, "random_seed": 1, "thread_count": 1, "verbose": False,
    "allow_writing_files": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """The blocks of one page."""

    fold: int
    rows: NDArray[np.float32]
    labels: NDArray[np.int8]
    weights: NDArray[np.float64]


def example(page: SavedPage, truth: str, weight: float) -> Example | None:
    """None for a page without text or without truth."""
    rules = ExtractionRules()
    try:
        stated = read_stated(parse(page.body), page.url, rules)
    except UnreadableDocument:
        return None
    texts = [block.text for block in stated.scan.blocks]
    if not texts or not truth:
        return None
    labels = np.array(are_body(texts, truth), dtype=np.int8)
    # Every page counts the same, its longer blocks more than its labels.
    sizes = np.sqrt([min(len(text), 800) + 20 for text in texts])
    rows = block_features(analyze(stated.scan, stated.hints))
    return Example(fold_of(page.url), rows, labels, weight * 20 * sizes / sizes.sum())


def examples(corpus: Corpus) -> list[Example]:
    truth = corpus.truth()
    weight = NEWS_WEIGHT if corpus.name.startswith("news") else 1.0
    made = (example(page, truth[page.id]["article_body"] or "", weight) for page in corpus.pages())
    return [one for one in made if one is not None]


def train(pages: Sequence[Example], out: Path) -> None:
    from catboost import CatBoostClassifier, Pool

    model = CatBoostClassifier(**PARAMETERS)
    rows, labels = np.vstack([page.rows for page in pages]), np.concatenate([page.labels for page in pages])
    model.fit(Pool(rows, labels, weight=np.concatenate([page.weights for page in pages])))
    write(model, out)


def write(model: Any, out: Path) -> None:
    """Save the trees as plain arrays; a tree with fewer levels gets questions whose answer is always no."""
    described = _described(model, out.with_suffix(".json"))
    depth = int(PARAMETERS["depth"])
    columns, borders, leaves = [], [], []
    for tree in described["oblivious_trees"]:
        splits = tree["splits"] or []
        missing = depth - len(splits)
        columns += [split["float_feature_index"] for split in splits] + [0] * missing
        borders += [split["border"] for split in splits] + [np.inf] * missing
        leaves.append(np.pad(tree["leaf_values"], (0, (1 << depth) - len(tree["leaf_values"]))))
    scale, (bias,) = described["scale_and_bias"]
    np.savez_compressed(
        out, features=np.array(FEATURES), columns=np.array(columns, dtype=np.int32),
        borders=np.array(borders, dtype=np.float32), leaves=np.array(leaves, dtype=np.float32) * scale, bias=bias,
    )  # fmt: skip
    print(f"{out}: {len(leaves)} trees, {out.stat().st_size} bytes")


def _described(model: Any, file: Path) -> dict[str, Any]:
    import json

    model.save_model(str(file), format="json")
    try:
        described: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    finally:
        file.unlink()
    return described


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY", help="also train the models of the cross-validation")
    options = parser.parse_args()
    pages = [page for folder in options.corpus for page in examples(Corpus(folder))]
    print(f"{len(pages)} pages, {sum(len(page.labels) for page in pages)} blocks")
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        for fold in range(FOLDS):
            train([page for page in pages if page.fold != fold], fold_file(options.folds, fold))
    train(pages, MODEL)


if __name__ == "__main__":
    main()
