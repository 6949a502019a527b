"""How many pages that are no articles are refused, with which reason, and how many articles are.

    python benchmarks/page_types.py [CORPUS ...] [--wrong]

The first table is made of the labelled set of tests/support/page_types: for each kind of page how many there
are, how many are refused, and how many with the right reason; shapes that were held out while the rules were written
stand apart. Each CORPUS (a folder with truth.jsonl and html/, as for benchmarks/extraction.py) holds articles only:
what is refused of it is named.
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


def report_set(judged: list[tuple[Page, str]]) -> None:
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for page, said in judged:
        kinds[page.kind].update({"pages": 1, "refused": said != ARTICLE, "right": said == page.expected})
    print(f"{'kind':18} {'pages':>6} {'refused':>8} {'right reason':>13}")
    for kind, counts in sorted(kinds.items(), key=lambda pair: pair[0] == ARTICLE):
        print(f"{kind:18} {counts['pages']:6} {counts['refused']:8} {counts['right']:13}")
    others = sum((counts for kind, counts in kinds.items() if kind != ARTICLE), Counter())
    print(f"{'no articles':18} {others['pages']:6} {others['refused']:8} {others['right']:13}", end="")
    print(f"   {100 * others['refused'] / others['pages']:.1f} % refused\n")


def report_corpus(corpus: Path) -> None:
    said = {(page.id, page.url): page_type(page.body, page.url) for page in Corpus(corpus).pages()}
    refused = {page: reason for page, reason in said.items() if reason != ARTICLE}
    print(f"{corpus.name}: {len(said)} articles, {len(refused)} refused ({100 * len(refused) / len(said):.2f} %)")
    for (page, url), reason in refused.items():
        print(f"  {page} {reason} {url}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="*")
    parser.add_argument("--wrong", action="store_true", help="name the pages of the set that are judged wrongly")
    options = parser.parse_args()
    judged = [(page, page_type(page.html.encode(), page.url)) for page in pages()]
    for held_out, name in ((False, "shapes known to the rules' author"), (True, "held-out shapes")):
        print(name)
        report_set([(page, said) for page, said in judged if page.held_out == held_out])
    if options.wrong:
        for page, said in judged:
            if said != page.expected:
                print(f"{page.name}: {said}, not {page.expected}")
    for corpus in filter(Path.is_dir, options.corpus):
        report_corpus(corpus)


if __name__ == "__main__":
    main()
