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
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus, SavedPage
from benchmarks.folds import FOLDS, fold_file, fold_of
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.body.classify import analyze
from newscrawl.extraction.body.features import FEATURES, block_features
from newscrawl.extraction.extract import PageMetadata, read_page_metadata
from newscrawl.extraction.html.document import UnreadableDocument, parse
from training.labels import label_blocks
from training.variants import hash_names, lengthen

MODEL = Path(__file__).parents[1] / "newscrawl" / "extraction" / "body" / "model.npz"
NEWS_WEIGHT = 3.0
"""Weight of pages of a corpus whose name begins with "news", the target domain."""
HASHED_WEIGHT = 0.3
"""Weight of the variant of a page whose class names say nothing, relative to the page."""
LONG_WEIGHT = 0.5
"""Weight of the variant of a page whose article is longer, relative to the page."""
MIN_INSERTED = 60
"""Characters of a paragraph that is inserted."""
LONG_EVERY = 3
"""Of so many pages, one has such a variant."""
MAX_INSERTED = 2_000
"""Paragraphs that are inserted into an article at most; at least 20, and mostly a few hundred."""
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
    metadata = _read(page)
    if metadata is None or not ground_truth:
        return None
    texts = [block.text for block in metadata.scan.blocks]
    return _build(metadata, page.url, label_blocks(texts, ground_truth), weight)


def build_long_example(page: SavedPage, ground_truth: str, weight: float, others: Sequence[str]) -> Example | None:
    """Return the example of a page with some of *others*, paragraphs of other articles, in its article."""
    metadata = _read(page)
    if metadata is None or not ground_truth:
        return None
    texts = [block.text for block in metadata.scan.blocks]
    body = {text for text, label in zip(texts, label_blocks(texts, ground_truth), strict=True) if label}
    random = Random(page.id)
    count = min(len(others), int(20 * (MAX_INSERTED / 20) ** random.random()))
    inserted = random.sample(others, count)
    document = parse(page.body)
    if not lengthen(document.root, body, inserted):
        return None
    metadata = read_page_metadata(document, page.url, ExtractionRules())
    body.update(inserted)
    return _build(metadata, page.url, [block.text in body for block in metadata.scan.blocks], weight)


def _read(page: SavedPage) -> PageMetadata | None:
    try:
        metadata = read_page_metadata(parse(page.body), page.url, ExtractionRules())
    except UnreadableDocument:
        return None
    return metadata if metadata.scan.blocks else None


def _build(metadata: PageMetadata, url: str, labels: Sequence[bool], weight: float) -> Example:
    # All pages weigh the same; within a page, longer blocks weigh more.
    sizes = np.sqrt([min(len(block.text), 800) + 20 for block in metadata.scan.blocks])
    rows = block_features(analyze(metadata.scan, metadata.hints))
    return Example(fold_of(url), rows, np.array(labels, dtype=np.int8), weight * 20 * sizes / sizes.sum())


def build_examples(corpus: Corpus) -> Iterator[Example]:
    """Yield the examples of all pages of a corpus: as served, with hashed class names, and some with longer articles.

    An article is made longer by paragraphs from articles of the same fold.
    """
    texts = {page: row["article_body"] or "" for page, row in corpus.ground_truth().items()}
    weight = NEWS_WEIGHT if corpus.name.startswith("news") else 1.0
    paragraphs: dict[int, list[str]] = defaultdict(list)
    for page in corpus.pages():
        lines = (" ".join(line.split()) for line in texts[page.id].split("\n"))
        paragraphs[fold_of(page.url)] += [line for line in lines if len(line) >= MIN_INSERTED]
    for number, page in enumerate(corpus.pages()):
        text, others = texts[page.id], sorted(set(paragraphs[fold_of(page.url)]))
        hashed = replace(page, body=hash_names(page.body))
        variants = [build_example(page, text, weight), build_example(hashed, text, weight * HASHED_WEIGHT)]
        if number % LONG_EVERY == 0:
            variants.append(build_long_example(page, text, weight * LONG_WEIGHT, others))
        yield from filter(None, variants)


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
    print(f"{len(pages)} pages and variants, {sum(len(page.labels) for page in pages)} blocks")
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        for fold in range(FOLDS):
            train([page for page in pages if page.fold != fold], fold_file(options.folds, fold))
    train(pages, MODEL)


if __name__ == "__main__":
    main()
