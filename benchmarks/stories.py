"""Measure recall and precision of near-duplicate detection: newscrawl, MinHash with LSH (datasketch), and SimHash.

    pip install -r benchmarks/stories.txt
    python benchmarks/stories.py CORPUS... [--json FILE]

All methods classify the same pairs, which benchmarks/story_pairs.py makes from the corpora's bodies. newscrawl uses the
thresholds of its code. The others use the threshold with the best recall at a precision of at least 0.99 or, if none
reaches that, the best F1. benchmarks/million.py measures the time with a million articles.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus
from benchmarks.story_pairs import Pair, Version, near_duplicate_pairs, originals, unrelated_pairs
from newscrawl.dedup.near_duplicates import Text, measure_similarity
from newscrawl.dedup.shingles import shingle_text

TARGET_RECALL, TARGET_PRECISION = 0.97, 0.99
PERMUTATIONS = 128
JACCARD_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
HAMMING_DISTANCES = tuple(range(31))


@dataclass(slots=True)
class Result:
    """The pairs that one method with one threshold classifies as near-duplicates."""

    name: str
    threshold: str
    found: Counter[tuple[bool, str]] = field(default_factory=Counter)
    """(is near-duplicate, kind) -> number of pairs."""

    def figures(self, pairs: Counter[tuple[bool, str]]) -> tuple[float, float]:
        """Return recall and precision."""
        true_positives = sum(number for (is_near_duplicate, _), number in self.found.items() if is_near_duplicate)
        positives = sum(number for (is_near_duplicate, _), number in pairs.items() if is_near_duplicate)
        return true_positives / positives, true_positives / max(1, self.found.total())


Classifier = Callable[[Pair], bool]


def is_newscrawl_match(pair: Pair) -> bool:
    """Classify as the store does if no other text has these hashes: find a common one, then compare the texts."""
    one, other = _text(pair.first), _text(pair.second)
    if set(one.body.shingle_hashes).isdisjoint(other.body.shingle_hashes):
        return False
    return measure_similarity(one, other) is not None


@cache
def _text(version: Version) -> Text:
    # Without the site: the stricter thresholds within one site would make some pairs too easy.
    return Text(None, version.headline, shingle_text(version.body))


def minhash_classifiers() -> dict[str, Classifier]:
    """Return plain MinHash of lower-case 4-word shingles, with candidates by LSH at the same threshold."""
    from datasketch import MinHash, MinHashLSH

    @cache
    def signature(body: str) -> MinHash:
        minhash = MinHash(num_perm=PERMUTATIONS)
        minhash.update_batch(_plain_shingles(body))
        return minhash

    def make_classifier(threshold: float) -> Classifier:
        ranges = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS).hashranges

        def classify(pair: Pair) -> bool:
            one, other = signature(pair.first.body), signature(pair.second.body)
            same = one.hashvalues == other.hashvalues
            return any(same[start:end].all() for start, end in ranges) and one.jaccard(other) >= threshold

        return classify

    return {f"{threshold:.2f}": make_classifier(threshold) for threshold in JACCARD_THRESHOLDS}


def simhash_classifiers() -> dict[str, Classifier]:
    """Return plain SimHash (Charikar 2002) of the same shingles in 64 bits, with all pairs compared."""

    @cache
    def signature(body: str) -> int:
        hashes = np.array(
            [int.from_bytes(hashlib.blake2b(one, digest_size=8).digest(), "little") for one in _plain_shingles(body)],
            np.uint64,
        )
        ones = (hashes[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        bits = np.flatnonzero(2 * ones.sum(axis=0) > len(hashes)).tolist()
        return sum(1 << bit for bit in bits)

    def make_classifier(distance: int) -> Classifier:
        return lambda pair: (signature(pair.first.body) ^ signature(pair.second.body)).bit_count() <= distance

    return {f"{distance} bits": make_classifier(distance) for distance in HAMMING_DISTANCES}


def _plain_shingles(body: str) -> list[bytes]:
    words = re.findall(r"\w+", body.lower())
    return [" ".join(words[at : at + 4]).encode() for at in range(max(1, len(words) - 3))]


def best(results: Sequence[Result], pairs: Counter[tuple[bool, str]]) -> Result:
    """Return the result with the best recall among those precise enough, else the one with the best F1."""

    def rank(result: Result) -> tuple[bool, float]:
        recall, precision = result.figures(pairs)
        precise = precision >= TARGET_PRECISION and recall > 0
        return precise, recall if precise else 2 * recall * precision / max(1e-9, recall + precision)

    return max(results, key=rank)


def measure(pairs: Sequence[Pair]) -> list[Result]:
    """Classify all pairs by each method, and return its result at the best threshold."""
    methods = {
        "newscrawl": {"in the code": is_newscrawl_match},
        f"MinHash ({PERMUTATIONS}) + LSH": minhash_classifiers(),
        "SimHash (64)": simhash_classifiers(),
    }
    numbers = Counter((pair.is_near_duplicate, pair.kind) for pair in pairs)
    chosen = []
    for name, classifiers in methods.items():
        results = []
        for threshold, classify in classifiers.items():
            found = Counter((pair.is_near_duplicate, pair.kind) for pair in pairs if classify(pair))
            results.append(Result(name, threshold, found))
        chosen.append(best(results, numbers))
    return chosen


def report(pairs: Sequence[Pair], results: Sequence[Result]) -> str:
    """Return a Markdown table."""
    numbers = Counter((pair.is_near_duplicate, pair.kind) for pair in pairs)
    figures = [result.figures(numbers) for result in results]
    lines = ["| | pairs | " + " | ".join(result.name for result in results) + " |"]
    lines.append("| --- |" + " --- |" * (len(results) + 1))
    lines.append("| threshold | | " + " | ".join(result.threshold for result in results) + " |")
    lines.append(f"| recall | {_sum(numbers, True)} | " + " | ".join(f"{recall:.4f}" for recall, _ in figures) + " |")
    lines.append("| precision | | " + " | ".join(f"{precision:.4f}" for _, precision in figures) + " |")
    for (positive, kind), number in numbers.items():
        found = [result.found[positive, kind] for result in results]
        cells = " | ".join(f"{one / number:.3f}" if positive else str(one) for one in found)
        lines.append(f"| {'recall' if positive else 'false positives'}: {kind} | {number} | {cells} |")
    return "\n".join(lines)


def _sum(numbers: Counter[tuple[bool, str]], is_near_duplicate: bool) -> int:
    return sum(number for (positive, _), number in numbers.items() if positive == is_near_duplicate)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="use only every Nth page")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    texts = originals([Corpus(folder, options.every) for folder in options.corpora])
    pairs = [*near_duplicate_pairs(texts), *unrelated_pairs(texts)]
    results = measure(pairs)
    print(f"{len(texts)} texts, {len(pairs)} pairs\n\n{report(pairs, results)}")
    recall, precision = results[0].figures(Counter((pair.is_near_duplicate, pair.kind) for pair in pairs))
    if options.json:
        options.json.write_text(json.dumps({"recall": recall, "precision": precision}), encoding="utf-8")
    return 0 if recall >= TARGET_RECALL and precision >= TARGET_PRECISION else 1


if __name__ == "__main__":
    sys.exit(main())
