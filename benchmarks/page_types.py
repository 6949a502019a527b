"""Measure how many pages of each type are rejected as not an article, with which reason, and how many articles are.

    python benchmarks/page_types.py [CORPUS ...] [--wrong]

The first tables cover the labelled set of tests/support/page_types: for each kind of page the number of pages, of
rejected pages, and of those with the right reason. Shapes held out while the rules were written have their own table.
Each CORPUS (a folder with truth.jsonl and html/, as for benchmarks/extraction.py) contains articles only: its rejected
pages are listed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.page_type.classify import ARTICLE
from tests.support.page_types.pages import Page, pages

RULES = ExtractionRules()


def page_type(html: bytes, url: str) -> str:
    return extract(html, url, RULES).page_type


def report_set(classified: list[tuple[Page, str]]) -> None:
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for page, found in classified:
        kinds[page.kind].update({"pages": 1, "rejected": found != ARTICLE, "right": found == page.expected})
    print(f"{'kind':18} {'pages':>6} {'rejected':>8} {'right reason':>13}")
    for kind, counts in sorted(kinds.items(), key=lambda pair: pair[0] == ARTICLE):
        print(f"{kind:18} {counts['pages']:6} {counts['rejected']:8} {counts['right']:13}")
    others = sum((counts for kind, counts in kinds.items() if kind != ARTICLE), Counter())
    print(f"{'not articles':18} {others['pages']:6} {others['rejected']:8} {others['right']:13}", end="")
    print(f"   {100 * others['rejected'] / others['pages']:.1f} % rejected\n")


def report_corpus(corpus: Path) -> None:
    found = {(page.id, page.url): page_type(page.body, page.url) for page in Corpus(corpus).pages()}
    rejected = {page: reason for page, reason in found.items() if reason != ARTICLE}
    print(f"{corpus.name}: {len(found)} articles, {len(rejected)} rejected ({100 * len(rejected) / len(found):.2f} %)")
    for (page, url), reason in rejected.items():
        print(f"  {page} {reason} {url}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="*")
    parser.add_argument("--wrong", action="store_true", help="list the misclassified pages of the set")
    options = parser.parse_args()
    classified = [(page, page_type(page.html.encode(), page.url)) for page in pages()]
    for held_out, name in ((False, "shapes known to the rules' author"), (True, "held-out shapes")):
        print(name)
        report_set([(page, found) for page, found in classified if page.held_out == held_out])
    if options.wrong:
        for page, found in classified:
            if found != page.expected:
                print(f"{page.name}: {found}, not {page.expected}")
    for corpus in filter(Path.is_dir, options.corpus):
        report_corpus(corpus)


if __name__ == "__main__":
    main()
