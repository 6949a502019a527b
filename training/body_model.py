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
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
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
from newscrawl.extraction.html.document import Document, UnreadableDocument, parse
from training.labels import label_blocks
from training.variants import SectionWriter, hash_names, insert_sections

MODEL = Path(__file__).parents[1] / "newscrawl" / "extraction" / "body" / "model.npz"
NEWS_WEIGHT = 3.0
"""Weight of pages of a corpus whose name begins with "news", the target domain."""
VARIANT_WEIGHT = 0.3
"""Weight of a variant of a page relative to the page."""
VARIANT_BLOCKS = 60
"""Blocks of a variant that are used, chosen at random; all would take too long."""
MIN_INSERTED = 60
"""Characters of a paragraph that is inserted into other articles."""
FEW_WIDGETS, MANY_WIDGETS = 0.06, 0.25
"""Widgets per section in articles of many and of few paragraphs."""
MANY_PARAGRAPHS = 60
SHORT, LONG = (4, 40), (20, 1_000)
"""Paragraphs from which the sections are written that are inserted into an article."""
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

    def sample(self, count: int, seed: int) -> Example:
        """Return an example of *count* of the blocks, with the same total weight."""
        if len(self.labels) <= count:
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(len(self.labels), count, replace=False))
        weights = self.weights[chosen] * (self.weights.sum() / self.weights[chosen].sum())
        return Example(self.fold, self.rows[chosen], self.labels[chosen], weights)


def read_page(body: bytes, url: str) -> PageMetadata | None:
    """Return the metadata of a page, or None if it has no text."""
    try:
        return read_document(parse(body), url)
    except UnreadableDocument:
        return None


def read_document(document: Document, url: str) -> PageMetadata | None:
    metadata = read_page_metadata(document, url, ExtractionRules())
    return metadata if metadata.scan.blocks else None


def build_example(page: PageMetadata, url: str, labels: Sequence[bool], weight: float) -> Example:
    # All pages weigh the same; within a page, longer blocks weigh more.
    sizes = np.sqrt([min(len(block.text), 800) + 20 for block in page.scan.blocks])
    rows = block_features(analyze(page.scan, page.hints))
    return Example(fold_of(url), rows, np.array(labels, dtype=np.int8), weight * 20 * sizes / sizes.sum())


def label_page(page: PageMetadata, ground_truth: str) -> list[bool]:
    return label_blocks([block.text for block in page.scan.blocks], ground_truth)


def build_examples(corpus: Corpus) -> Iterator[Example]:
    """Yield the examples of all pages that have a text and a ground truth, each followed by its variants.

    Of three pages, one gets a long article, one a few sections, and one a few sections and no names.
    """
    texts = {page: row["article_body"] or "" for page, row in corpus.ground_truth().items()}
    weight = NEWS_WEIGHT if corpus.name.startswith("news") else 1.0
    others = collect_paragraphs(corpus, texts)
    for number, saved in enumerate(corpus.pages()):
        page, text = read_page(saved.body, saved.url), texts[saved.id]
        if page is None or not text:
            continue
        labels = label_page(page, text)
        yield build_example(page, saved.url, labels, weight)
        hashed = replace(saved, body=hash_names(saved.body))
        body = {block.text for block, label in zip(page.scan.blocks, labels, strict=True) if label}
        language = (page.hints.language or "en")[:2]
        writer = build_writer(saved.id, others[fold_of(saved.url)], language, LONG if number % 3 == 0 else SHORT)
        less = weight * VARIANT_WEIGHT
        variants = [
            build_hashed(hashed, text, less),
            build_enriched(hashed if number % 3 == 2 else saved, body, writer, less),
        ]
        for variant in filter(None, variants):
            yield variant.sample(VARIANT_BLOCKS, zlib.crc32(saved.id.encode()))


def collect_paragraphs(corpus: Corpus, texts: Mapping[str, str]) -> dict[int, list[str]]:
    """Return the paragraphs of all articles by fold, so that no variant has a text of another fold."""
    paragraphs: dict[int, set[str]] = defaultdict(set)
    for page in corpus.pages():
        lines = (" ".join(line.split()) for line in texts[page.id].split("\n"))
        paragraphs[fold_of(page.url)].update(line for line in lines if len(line) >= MIN_INSERTED)
    return {fold: sorted(lines) for fold, lines in paragraphs.items()}


def build_writer(seed: str, paragraphs: Sequence[str], language: str, length: tuple[int, int]) -> SectionWriter:
    """Return a writer that has a random number of *paragraphs*, from the least to the most of *length*."""
    random, (low, high) = Random(seed), length
    count = min(len(paragraphs), int(low * (high / low) ** random.random()))
    widgets = MANY_WIDGETS if count < MANY_PARAGRAPHS else FEW_WIDGETS
    return SectionWriter(random.sample(paragraphs, count), random, language=language, widgets=widgets)


def build_hashed(saved: SavedPage, ground_truth: str, weight: float) -> Example | None:
    page = read_page(saved.body, saved.url)
    return None if page is None else build_example(page, saved.url, label_page(page, ground_truth), weight)


def build_enriched(saved: SavedPage, body: Collection[str], writer: SectionWriter, weight: float) -> Example | None:
    """Return the example of a page with more sections in its article, whose blocks have the texts *body*."""
    try:
        document = parse(saved.body)
        inserted = insert_sections(document.root, body, writer)
        page = read_document(document, saved.url)
    except UnreadableDocument:
        return None
    if not inserted or page is None:
        return None
    labels = [block.text in body or block.text in inserted for block in page.scan.blocks]
    return build_example(page, saved.url, labels, weight)


def train(pages: Sequence[Example], out: Path) -> None:
    from catboost import CatBoostClassifier, Pool

    model = CatBoostClassifier(**PARAMETERS)
    rows, labels = np.vstack([page.rows for page in pages]), np.concatenate([page.labels for page in pages])
    model.fit(Pool(rows, labels, weight=np.concatenate([page.weights for page in pages])))
    write(model, out)


def write(model: Any, out: Path, features: Sequence[str] = FEATURES, **others: NDArray[Any]) -> None:
    """Save the trees as plain arrays, with *others*; shallower trees are padded with splits that are never true.

    The leaves of a model of several classes include its biases.
    """
    exported = _export_json(model, out.with_suffix(".json"))
    scale, biases = exported["scale_and_bias"]
    depth = max(len(tree["splits"] or []) for tree in exported["oblivious_trees"])
    columns, borders, leaves = [], [], []
    for tree in exported["oblivious_trees"]:
        splits = tree["splits"] or []
        missing = depth - len(splits)
        columns += [split["float_feature_index"] for split in splits] + [0] * missing
        borders += [split["border"] for split in splits] + [np.inf] * missing
        values = np.reshape(tree["leaf_values"], (-1, len(biases)))
        leaves.append(np.pad(values, ((0, (1 << depth) - len(values)), (0, 0))))
    scaled = np.array(leaves, dtype=np.float32) * scale
    if len(biases) > 1:
        scaled[0] += np.array(biases, dtype=np.float32)
    np.savez_compressed(
        out, features=np.array(features), columns=np.array(columns, dtype=np.int32),
        borders=np.array(borders, dtype=np.float32), leaves=scaled if len(biases) > 1 else scaled[:, :, 0],
        bias=0.0 if len(biases) > 1 else biases[0], **others,
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
