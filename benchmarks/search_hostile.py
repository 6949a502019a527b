"""Run hostile search strings on both engines: each gives results or an InvalidQuery, never an error of the engine.

    python benchmarks/search_hostile.py --database URL [--database URL] [--queries 10000]

The databases must have tables; a few articles with hostile texts are added. Prints each failure, and a line of counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Engine, insert

sys.path.insert(0, str(Path(__file__).parents[1]))

from newscrawl.search.query import InvalidQuery, parse_query
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.operations.search_index import fill_index
from newscrawl.storage.queries.search import ORDERS, count_facets, search_articles
from newscrawl.storage.schema import articles
from newscrawl.storage.upgrade import upgrade

PARTS = (
    '"', "'", "''", '""', "\\", "\\'", "*", "**", "-", "--", "+", "^", ":", "::", ":*", "(", ")", "((", "{", "}", "[",
    "]", "<->", "<1>", "<99999>", "&", "&&", "|", "||", "!", "!!", "~", "@@", "$$", "$1", "%", "%s", "%(a)s", "?", ":a",
    ";", "/*", "*/", "#", "\x00", "\x01", "\x1b[31m", "\x7f", "\ud800", "\udfff", "\ufeff", "\u200b", "\u200d",
    "\u202e", "\u2066", "\u2028", "\r\n", "\t", "\u3000", "OR", "AND", "NOT", "NEAR", "NEAR(", "NEAR/2", "or", "rowid",
    "headline:", "{headline body}:", "terms", "site:", "site:*", "-site:x", "author:", 'author:"', "lang:", "lang:-",
    "section:'", "story:", "story:1", "story:-1", "story:99999999999999999999", "story:９", "from:", "from:2026",
    "from:9999-12-31", "to:9999-12-31", "to:0001-01-01", "from:0001", "from:2026-02-30", "to:٢٠٢٦", "type:*", "=all",
    "=dated", "=site:example.org", "^rain", "rain", "snow*", "r*", "*a", "DROP TABLE articles; --", "' OR 1=1 --",
    "UNION SELECT", "'::tsquery", "to_tsquery('x')", "search_index MATCH 'x'", "<script>alert(1)</script>", "&amp;",
    "東京", "京", "東*", "전", "대통령", "ไทย", "ก", "\u0e31", "ສະ", "မြန်", "ខ្មែរ", "مدرسة", "\u064b", "ى", "שלום",
    "हिन्दी", "\u0301", "e\u0301", "a" + "\u0301" * 60, "ﬁ", "ß", "İ", "ı", "ſ", "½", "①", "²", "𝕬", "😀", "👩\u200d👩",
    "\U0010ffff", "\ufffe", "\ufdfa", "x" * 50, "x" * 300, "東" * 300, "a-b-c-d", "a.b@c", "https://example.org/?q=1#x",
    "10:30", "1,000.5", "1e999", "-0", "NaN", "null", "_", "__", "a_b", "¿", "«", "“", "」", "’s", "l’homme",
)  # fmt: skip


def make_strings(number: int) -> Iterator[str]:
    """Yield hostile strings: parts next to each other or apart, random characters, and long ones."""
    rng = Random(7)
    yield from PARTS
    for index in range(number - len(PARTS)):
        kind = index % 5
        if kind == 0:
            yield "".join(rng.choices(PARTS, k=rng.randint(2, 6)))
        elif kind in (1, 2):
            yield " ".join(rng.choices(PARTS, k=rng.randint(2, 12)))
        elif kind == 3:
            yield "".join(
                chr(rng.choice((rng.randrange(0x250), rng.randrange(0x10000)))) for _ in range(rng.randint(1, 40))
            )
        else:
            yield rng.choice(PARTS) * rng.choice((2, 7, 39, 41, 500)) + rng.choice(PARTS)


def add_texts(engine: Engine) -> None:
    """Store every part as the headline and body of an article, as far as databases can hold it."""
    upgrade(engine)
    texts = [part.replace("\x00", "").encode(errors="ignore").decode() or "-" for part in PARTS]
    rows = [
        {
            "id": key, "url": f"https://example.org/{key}", "url_key": str(key), "site": "example.org", "headline": one,
            "article_body": f"{one} rain {one}", "sources": {}, "content_hash": str(key),
            "date_downloaded": datetime(2026, 11, 22, tzinfo=UTC), "story_id": key,
        }
        for key, one in enumerate(texts, 1)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(articles), rows)
    fill_index(engine, restart=True)


def run(engine: Engine, strings: list[str]) -> Counter[str]:
    """Return how many strings had results, none, or a clear message, and how many failed."""
    counts: Counter[str] = Counter()
    slowest = 0.0
    for number, string in enumerate(strings):
        start = time.perf_counter()
        try:
            with connect_for_reading(engine) as connection:
                query = parse_query(string)
                page = search_articles(connection, query, order=ORDERS[number % 3], limit=5)
                if page.next_cursor:
                    search_articles(connection, query, order=ORDERS[number % 3], limit=5, after=page.next_cursor)
                if number % 10 == 0:
                    count_facets(connection, query)
            counts["results" if page.hits else "no results"] += 1
        except InvalidQuery:
            counts["message"] += 1
        except Exception as error:
            counts["failed"] += 1
            print(f"{string!r}: {error!r}"[:400])
        slowest = max(slowest, time.perf_counter() - start)
    print(f"{engine.dialect.name}: {dict(counts)}, slowest {slowest * 1000:.0f} ms")
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", required=True)
    parser.add_argument("--queries", type=int, default=10_000)
    options = parser.parse_args()
    failed = 0
    for url in options.database:
        engine = open_engine(url)
        add_texts(engine)
        failed += run(engine, list(make_strings(options.queries)))["failed"]
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
