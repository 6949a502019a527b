"""Run extraction over a corpus of saved pages and write what it finds, for a scorer.

    python benchmarks/extraction.py CORPUS OUT.jsonl [--repeat N]

CORPUS holds truth.jsonl (`id`, `url` a line) and html/<id>.html.gz. Prints the milliseconds a page beside those of
the bare parse of the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1]))

from newscrawl.extraction.extract import extract
from newscrawl.extraction.model import Extraction, ExtractionRules
from newscrawl.items import Article, Precision
from newscrawl.loaders import load_article

RULES = ExtractionRules()


def pages(corpus: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    with (corpus / "truth.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            with gzip.open(corpus / "html" / f"{row['id']}.html.gz") as file:
                yield row, file.read()


def in_the_pages_offset(article: Article) -> str | None:
    """The published moment with the offset that the page states, so that its calendar day is the page's own."""
    moment, raw = article.date_published, article.date_published_raw
    if moment is None or raw is None:
        return None
    if article.date_published_precision is Precision.DAY:
        return moment.date().isoformat()
    try:
        stated = datetime.fromisoformat(raw)
    except ValueError:
        return moment.isoformat()
    return moment.isoformat() if stated.tzinfo is None else moment.astimezone(stated.tzinfo).isoformat()


def run(body: bytes, url: str, now: datetime) -> tuple[Extraction, Article]:
    extraction = extract(body, url, RULES)
    return extraction, load_article(extraction, url=url, stated=None, rules=RULES, now=now)


def prediction(page: str, extraction: Extraction, article: Article) -> dict[str, Any]:
    return {
        "id": page,
        "article_body": article.article_body,
        "headline": article.headline,
        "authors": article.authors,
        "date_published": in_the_pages_offset(article),
        "date_published_raw": article.date_published_raw,
        "verdict": extraction.verdict,
        "sources": article.sources,
    }


def parse_only(body: bytes) -> None:
    etree.fromstring(body, etree.HTMLParser(encoding="utf-8", huge_tree=True))


def seconds(action: Any, *arguments: Any) -> float:
    start = time.process_time()
    action(*arguments)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--repeat", type=int, default=1, help="time each page this often and keep the best")
    options = parser.parse_args()
    now = datetime.now(UTC)
    bare, whole, verdicts = [], [], {}
    with options.out.open("w", encoding="utf-8") as out:
        for row, body in pages(options.corpus):
            extraction, article = run(body, row["url"] or "", now)
            out.write(json.dumps(prediction(row["id"], extraction, article), ensure_ascii=False) + "\n")
            verdicts[extraction.verdict] = verdicts.get(extraction.verdict, 0) + 1
            bare.append(1000 * min(seconds(parse_only, body) for _ in range(options.repeat)))
            whole.append(1000 * min(seconds(run, body, row["url"] or "", now) for _ in range(options.repeat)))
    print(f"pages      {len(whole)}   verdicts {verdicts}")
    for name, values in (("bare parse", bare), ("everything", whole)):
        worst = sorted(values)[int(0.99 * len(values)) - 1]
        print(
            f"{name} {statistics.fmean(values):6.2f} ms a page, median {statistics.median(values):.2f}, p99 {worst:.2f}"
        )


if __name__ == "__main__":
    main()
