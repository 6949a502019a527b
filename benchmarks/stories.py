"""Are copies of a text found, and only copies? newscrawl beside MinHash with LSH (datasketch) and SimHash.

    pip install -r benchmarks/stories.txt
    python benchmarks/stories.py CORPUS... [--json FILE]

All look at the same pairs in one run (benchmarks/story_pairs.py makes them from the corpora's bodies). newscrawl has
the thresholds of its code; of the others' thresholds the one with the best recall at a precision of at least 0.99 is
taken and, where none has that precision, the one with the best F1. The time with a million signatures is measured by
benchmarks/million.py.
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
from benchmarks.story_pairs import Pair, Version, copies, originals, strangers
from newscrawl.dedup.near_duplicates import Text, measure_similarity
from newscrawl.dedup.shingles import shingle_text

WANTED_RECALL, WANTED_PRECISION = 0.97, 0.99
PERMUTATIONS = 128
NEAR = tuple(round(0.05 * step, 2) for step in range(1, 20))
DISTANCES = tuple(range(0, 31))


@dataclass(slots=True)
class Result:
    """What one way of looking, at one threshold, took for copies."""

    name: str
    threshold: str
    found: Counter[tuple[bool, str]] = field(default_factory=Counter)
    """(is copy, kind) -> pairs taken for copies."""

    def figures(self, pairs: Counter[tuple[bool, str]]) -> tuple[float, float]:
        """Recall and precision."""
        right = sum(number for (is_copy, _), number in self.found.items() if is_copy)
        copies_in_all = sum(number for (is_copy, _), number in pairs.items() if is_copy)
        return right / copies_in_all, right / max(1, self.found.total())


Look = Callable[[Pair], bool]


def newscrawl_look(pair: Pair) -> bool:
    """As the store does where no other text has these bands: one in common, then the texts side by side."""
    one, other = _text(pair.first), _text(pair.second)
    if set(one.body.bands).isdisjoint(other.body.bands):
        return False
    return measure_similarity(one, other) is not None


@cache
def _text(version: Version) -> Text:
    # Without its site: on one site more is asked for, and that would make some of the pairs too easy.
    return Text(None, shingle_text(version.headline), shingle_text(version.body))


def minhash_looks() -> dict[str, Look]:
    """Plain MinHash of lower-case 4-word shingles, candidates by LSH at the same threshold."""
    from datasketch import MinHash, MinHashLSH

    @cache
    def signature(body: str) -> MinHash:
        minhash = MinHash(num_perm=PERMUTATIONS)
        minhash.update_batch(_plain_shingles(body))
        return minhash

    def look_at(threshold: float) -> Look:
        ranges = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS).hashranges

        def analyze(pair: Pair) -> bool:
            one, other = signature(pair.first.body), signature(pair.second.body)
            same = one.hashvalues == other.hashvalues
            return any(same[start:end].all() for start, end in ranges) and one.jaccard(other) >= threshold

        return analyze

    return {f"{threshold:.2f}": look_at(threshold) for threshold in NEAR}


def simhash_looks() -> dict[str, Look]:
    """Plain SimHash (Charikar 2002) of the same shingles in 64 bits, all pairs compared."""

    @cache
    def signature(body: str) -> int:
        hashes = np.array(
            [int.from_bytes(hashlib.blake2b(one, digest_size=8).digest(), "little") for one in _plain_shingles(body)],
            np.uint64,
        )
        ones = (hashes[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        bits = np.flatnonzero(2 * ones.sum(axis=0) > len(hashes)).tolist()
        return sum(1 << bit for bit in bits)

    def look_at(distance: int) -> Look:
        return lambda pair: (signature(pair.first.body) ^ signature(pair.second.body)).bit_count() <= distance

    return {f"{distance} bits": look_at(distance) for distance in DISTANCES}


def _plain_shingles(body: str) -> list[bytes]:
    words = re.findall(r"\w+", body.lower())
    return [" ".join(words[at : at + 4]).encode() for at in range(max(1, len(words) - 3))]


def best(results: Sequence[Result], pairs: Counter[tuple[bool, str]]) -> Result:
    """The result with the best recall among those precise enough; else the one with the best F1."""

    def worth(result: Result) -> tuple[bool, float]:
        recall, precision = result.figures(pairs)
        precise = precision >= WANTED_PRECISION and recall > 0
        return precise, recall if precise else 2 * recall * precision / max(1e-9, recall + precision)

    return max(results, key=worth)


def measure(pairs: Sequence[Pair]) -> list[Result]:
    """Show all pairs to all ways of looking, each at all its thresholds."""
    ways = {
        "newscrawl": {"in the code": newscrawl_look},
        f"MinHash ({PERMUTATIONS}) + LSH": minhash_looks(),
        "SimHash (64)": simhash_looks(),
    }
    numbers = Counter((pair.is_copy, pair.kind) for pair in pairs)
    chosen = []
    for name, looks in ways.items():
        results = []
        for threshold, analyze in looks.items():
            found = Counter((pair.is_copy, pair.kind) for pair in pairs if analyze(pair))
            results.append(Result(name, threshold, found))
        chosen.append(best(results, numbers))
    return chosen


def report(pairs: Sequence[Pair], results: Sequence[Result]) -> str:
    """One Markdown table."""
    numbers = Counter((pair.is_copy, pair.kind) for pair in pairs)
    figures = [result.figures(numbers) for result in results]
    lines = ["| | pairs | " + " | ".join(result.name for result in results) + " |"]
    lines.append("| --- |" + " --- |" * (len(results) + 1))
    lines.append("| threshold | | " + " | ".join(result.threshold for result in results) + " |")
    lines.append(f"| recall | {_sum(numbers, True)} | " + " | ".join(f"{recall:.4f}" for recall, _ in figures) + " |")
    lines.append("| precision | | " + " | ".join(f"{precision:.4f}" for _, precision in figures) + " |")
    for (is_copy, kind), number in numbers.items():
        shares = [result.found[is_copy, kind] for result in results]
        cells = [f"{share / number:.3f}" if is_copy else str(share) for share in shares]
        lines.append(f"| {'recall:' if is_copy else 'wrong:'} {kind} | {number} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _sum(numbers: Counter[tuple[bool, str]], is_copy: bool) -> int:
    return sum(number for (copy, _), number in numbers.items() if copy == is_copy)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only every so manieth page")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    texts = originals([Corpus(folder, options.every) for folder in options.corpora])
    pairs = [*copies(texts), *strangers(texts)]
    results = measure(pairs)
    print(f"{len(texts)} texts, {len(pairs)} pairs\n\n{report(pairs, results)}")
    recall, precision = results[0].figures(Counter((pair.is_copy, pair.kind) for pair in pairs))
    if options.json:
        options.json.write_text(json.dumps({"recall": recall, "precision": precision}), encoding="utf-8")
    return 0 if recall >= WANTED_RECALL and precision >= WANTED_PRECISION else 1


if __name__ == "__main__":
    sys.exit(main())
