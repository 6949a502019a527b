"""Train the block model, newscrawl/extraction/body/model.npz, and its cross-validation models.

    make model CORPORA="../news-dev ../wcxb-dev"

or, with training/requirements.txt installed:

    python training/body_model.py CORPUS... [--folds DIRECTORY]

Each CORPUS holds truth.jsonl and html/<id>.html.gz. With --folds the cross-validation models are written
to DIRECTORY: `fold-K.npz` is trained without the sites of fold K, and `benchmarks/extraction.py --folds DIRECTORY`
evaluates each page with the model that has not seen its site. The same corpora give bit-identical files.
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
from newscrawl.extraction.extract import read_page_metadata
from newscrawl.extraction.html.document import UnreadableDocument, parse
from training.labels import label_blocks

MODEL = Path(__file__).parents[1] / "newscrawl" / "extraction" / "body" / "model.npz"
NEWS_WEIGHT = 3.0
"""Weight of pages of a corpus whose name begins with "news", the target domain."""
PARAMETERS = {
    "iterations": 200, "depth": 6, "learning_rate": 0.1, "l2_leaf_reg": 6, "border_count": 64, "rsm": 0.4,
    "bootstrap_type": "Bernoulli", "subsample": 0.8, "random_seed": 1, "thread_count": 1, "verbose": False,
    "allow_writing_files": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """Features, labels and weights of the blocks of one page."""

    fold: int
    rows: NDArray[np.float32]
    labels: NDArray[np.int8]
    weights: NDArray[np.float64]


def build_example(page: SavedPage, ground_truth: str, weight: float) -> Example | None:
    """Return the example of a page, or None if it has no text or no ground truth."""
    rules = ExtractionRules()
    try:
        metadata = read_page_metadata(parse(page.body), page.url, rules)
    except UnreadableDocument:
        return None
    texts = [block.text for block in metadata.scan.blocks]
    if not texts or not ground_truth:
        return None
    labels = np.array(label_blocks(texts, ground_truth), dtype=np.int8)
    # All pages weigh the same; within a page, longer blocks weigh more.
    sizes = np.sqrt([min(len(text), 800) + 20 for text in texts])
    rows = block_features(analyze(metadata.scan, metadata.hints))
    return Example(fold_of(page.url), rows, labels, weight * 20 * sizes / sizes.sum())


def build_examples(corpus: Corpus) -> list[Example]:
    ground_truth = corpus.ground_truth()
    weight = NEWS_WEIGHT if corpus.name.startswith("news") else 1.0
    examples = (build_example(page, ground_truth[page.id]["article_body"] or "", weight) for page in corpus.pages())
    return [example for example in examples if example is not None]


def train(pages: Sequence[Example], out: Path) -> None:
    from catboost import CatBoostClassifier, Pool

    model = CatBoostClassifier(**PARAMETERS)
    rows, labels = np.vstack([page.rows for page in pages]), np.concatenate([page.labels for page in pages])
    model.fit(Pool(rows, labels, weight=np.concatenate([page.weights for page in pages])))
    write(model, out)


def write(model: Any, out: Path, features: Sequence[str] = FEATURES, **others: NDArray[Any]) -> None:
    """Save the trees as plain arrays, with *others*; shallower trees are padded with splits that are never true."""
    exported = _export_json(model, out.with_suffix(".json"))
    depth = max(len(tree["splits"] or []) for tree in exported["oblivious_trees"])
    columns, borders, leaves = [], [], []
    for tree in exported["oblivious_trees"]:
        splits = tree["splits"] or []
        missing = depth - len(splits)
        columns += [split["float_feature_index"] for split in splits] + [0] * missing
        borders += [split["border"] for split in splits] + [np.inf] * missing
        leaves.append(np.pad(tree["leaf_values"], (0, (1 << depth) - len(tree["leaf_values"]))))
    scale, (bias,) = exported["scale_and_bias"]
    np.savez_compressed(
        out, features=np.array(features), columns=np.array(columns, dtype=np.int32),
        borders=np.array(borders, dtype=np.float32), leaves=np.array(leaves, dtype=np.float32) * scale, bias=bias,
        **others,
    )  # fmt: skip
    print(f"{out}: {len(leaves)} trees, {out.stat().st_size} bytes")


def _export_json(model: Any, file: Path) -> dict[str, Any]:
    import json

    model.save_model(str(file), format="json")
    try:
        exported: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    finally:
        file.unlink()
    return exported


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--folds", type=Path, metavar="DIRECTORY", help="also train the cross-validation models")
    options = parser.parse_args()
    pages = [page for folder in options.corpus for page in build_examples(Corpus(folder))]
    print(f"{len(pages)} pages, {sum(len(page.labels) for page in pages)} blocks")
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        for fold in range(FOLDS):
            train([page for page in pages if page.fold != fold], fold_file(options.folds, fold))
    train(pages, MODEL)


if __name__ == "__main__":
    main()
