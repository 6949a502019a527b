"""Look at texts of n and of 2n characters, and print how much more CPU time the longer one costs.

    python benchmarks/doubling.py [--size 100000] [NAME...]

Each function that looks at text gets inputs that are hard for it: runs of combining marks, of one word, of punctuation,
open brackets, tags that are never closed. Twice the input may cost 2.5 times as much; the exit code is 1 where it costs
more. The best of three measurements counts, and times under 20 ms are not judged.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from newscrawl.boilerplate.plain_text import strip_boilerplate_lines
from newscrawl.dedup.comparisons import compare_versions
from newscrawl.dedup.content_hash import content_hash, same_body
from newscrawl.dedup.near_duplicates import Text, measure_similarity
from newscrawl.dedup.revisions import ArticleVersion
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.dedup.word_diff import diff_words
from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.sitemaps import read_sitemap
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.fields.dates import parse_exact_date
from newscrawl.fields.people import split_names
from newscrawl.search.analysis import analyze
from newscrawl.text.clean import clean_line, limit_marks, remove_unstorable, split_paragraphs
from newscrawl.workers.tasks import PageInput, read_section

MAX_RATIO = 2.5
MIN_SECONDS = 0.02
URL = "https://example.org/2026/11/20/a-new-bridge-over-the-river"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
PIECES = {
    "one word": "word ",
    "one letter": "a",
    "marks": "\u0301\u0323",
    "marks between": "e\u0301\u0323 ",
    "han": "市",
    "hangul jamo": "\u1100\u1161\u11a8",
    "quotes": "\u00bb ",
    "copyright": "\u00a9 ",
    "commas": ", ",
    "dashes": "--",
    "brackets": "(",
    "digits": "2026-11-",
    "lines": "a\n\n",
    "spaces": " \t",
    "ampersands": "&amp",
    "names": "By Ada Lovelace and ",
    "urls": "https://example.org/",
    "sentence": "The council voted on 3 May 2026 for a bridge, said Ada. ",
}
MARKUP = {
    "paragraphs": "<p>The council voted for it, and so did the others in the room.</p>",
    "empty": "<p>",
    "bold": "<b>",
    "links": '<a href="/2026/11/20/other-page">Another page about the same thing</a> ',
    "lists": "<ul><li>one",
    "tables": "<table><tr><td>",
    "comments": "<!-- a ",
    "scripts": "<script>var a = '<div>';",
    "attributes": '<i class="a b c d">x</i>',
    "svg": "<svg><p>",
    "entities": "&eacute;&#769;",
    "json-ld": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"a"}</script>',
}
ENTRIES = {
    "urls": "<url><loc>https://example.org/2026/11/20/page</loc></url>",
    "open": "<url><loc>",
    "sections": "<![CDATA[",
    "ampersands": "&amp;&x;",
    "items": "<item><link>https://example.org/2026/11/20/page</link><title>a &lt;b</title></item>",
    "closed": "</item>",
}

Function = Callable[[str], object]


def _compare(text: str) -> object:
    return compare_versions(ArticleVersion("A", text), ArticleVersion("B", text[: len(text) // 2] + " and more of it."))


def _measure_similarity(text: str) -> object:
    return measure_similarity(Text.of("a.example", "A", text), Text.of("b.example", "B", text[::-1]))


def _extract_text(text: str) -> object:
    page = f"<html lang=en><article><h1>A new bridge</h1><p>{text}</p></article>"
    return extract(page.encode(), URL, ExtractionRules())


def _extract_markup(markup: str) -> object:
    return extract(f"<html lang=en><article><h1>A new bridge</h1>{markup}".encode(), URL, ExtractionRules())


TEXT_FUNCTIONS: dict[str, Function] = {
    "clean_line": clean_line,
    "limit_marks": limit_marks,
    "remove_unstorable": remove_unstorable,
    "split_paragraphs": split_paragraphs,
    "content_hash": lambda text: content_hash("A", limit_marks(text)),
    "same_body": lambda text: same_body(limit_marks(text), limit_marks(text)[::-1]),
    "shingle_hashes": lambda text: compute_shingle_hashes(limit_marks(text)),
    "similarity": lambda text: _measure_similarity(limit_marks(text)),
    "compare_versions": lambda text: _compare(limit_marks(text)),
    "diff_words": lambda text: diff_words(limit_marks(text), limit_marks(text)[::-1]),
    "analyze": lambda text: analyze(limit_marks(text), "en"),
    "plain text": lambda text: strip_boilerplate_lines(limit_marks(text), "en"),
    "parse_exact_date": lambda text: parse_exact_date(text[:100_000], time_zone=None, now=NOW),
    "split_names": lambda text: split_names(text[:5_000]),
    "extract text": _extract_text,
}
MARKUP_FUNCTIONS: dict[str, Function] = {
    "extract markup": _extract_markup,
    "read_section": lambda text: read_section(PageInput(text.encode(), "https://example.org/", NOW)),
}
ENTRY_FUNCTIONS: dict[str, Function] = {
    "read_sitemap": lambda text: read_sitemap(f"<urlset>{text}".encode(), URL),
    "read_feed": lambda text: read_feed(f"<rss version='2.0'><channel>{text}".encode(), URL),
}


def iter_cases() -> Iterator[tuple[str, str, Function, str]]:
    for functions, pieces in ((TEXT_FUNCTIONS, PIECES), (MARKUP_FUNCTIONS, MARKUP), (ENTRY_FUNCTIONS, ENTRIES)):
        for name, function in functions.items():
            for kind, piece in pieces.items():
                yield name, kind, function, piece


def measure(function: Function, text: str) -> float:
    """Return the CPU seconds of the fastest of three calls."""
    times = []
    for _ in range(3):
        started = time.process_time()
        function(text)
        times.append(time.process_time() - started)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    worst = slow = 0.0
    failed = count = 0
    for name, kind, function, piece in iter_cases():
        if options.names and name not in options.names:
            continue
        once, twice = (measure(function, piece * (times * options.size // len(piece))) for times in (1, 2))
        ratio = twice / once if once and twice >= MIN_SECONDS else 0.0
        worst, slow, count = max(worst, ratio), max(slow, twice), count + 1
        if ratio > MAX_RATIO:
            failed += 1
            print(
                f"{name}, {kind}: {1000 * once:.0f} ms, twice the input {1000 * twice:.0f} ms, ratio {ratio:.2f}",
                flush=True,
            )
    print(f"{count} cases; largest ratio {worst:.2f}, slowest {slow:.2f} s; {failed} over the bound")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
