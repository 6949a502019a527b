"""Measure what readers ask a large database: search, filters, paging, the change feed.

    python benchmarks/readers.py --database URL [--rounds 3] [--texts 400]

The database is one that benchmarks/reader_database.py generated. Queries are made of words of its own headlines and
bodies, rare and common ones; each is asked once cold in this process (plans and connections are warm, results are not
cached), and times are those of the functions that the commands, the API and the pages call, on one read-only
connection. Pages and API are asked without a network. Prints milliseconds at the median, at p95 and at most.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np
from sqlalchemy import Connection, select
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1]))

from newscrawl.search.query import parse_query
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.queries.changes import read_changes
from newscrawl.storage.queries.search import SearchPage, count_facets, search_articles
from newscrawl.storage.schema import articles
from newscrawl.web.app import create_app
from newscrawl.web.settings import WebSettings

PAGES = 1_000


def sample_texts(connection: Connection, count: int) -> list[tuple[str, str, str, str]]:
    """Return headline, body, site and language of articles spread over the ids."""
    largest = connection.execute(select(articles.c.id).order_by(articles.c.id.desc()).limit(1)).scalar_one()
    ids = sorted({1 + number * largest // count for number in range(count)})
    columns = (articles.c.headline, articles.c.article_body, articles.c.site, articles.c.in_language)
    return [tuple(row) for row in connection.execute(select(*columns).where(articles.c.id.in_(ids)))]


def make_queries(texts: Sequence[tuple[str, str, str, str]]) -> dict[str, list[str]]:
    """Return kind of query -> queries."""
    random = Random(3)
    words = [[word for word in body.split() if word.isalnum()] for _, body, _, _ in texts]
    words = [one for one in words if len(one) > 30]
    common = sorted({word for one in words for word in one}, key=lambda word: -sum(word in one for one in words))

    def pick(number: int) -> Iterator[str]:
        return (" ".join(random.sample(one, number)) for one in words)

    phrases = (f'"{" ".join(body.split()[9:12])}"' for _, body, _, _ in texts)
    return {
        "one word": list(pick(1)),
        "two words": list(pick(2)),
        "four words": list(pick(4)),
        "the 100 most common words": common[:100],
        "two common words": [" ".join(random.sample(common[:100], 2)) for _ in range(100)],
        "phrase": [one.replace('"', "", one.count('"') - 2) for one in phrases][:200],
        "prefix": [f"{next(word for word in one if len(word) > 1)[:4]}*" for one in words][:200],
        "word, not another": [f"{one[0]} -{common[number % 50]}" for number, one in enumerate(words)][:200],
        "word on a site": [f"{one[0]} site:{text[2]}" for one, text in zip(words, texts, strict=False)][:200],
        "word in a language": [f"{one[0]} lang:{text[3]}" for one, text in zip(words, texts, strict=False)][:200],
        "word and days": [f"{one[0]} from:2026-03-01 to:2026-03-31" for one in words][:200],
        "Chinese, Japanese": [headline[:8] for headline, _, _, language in texts if language in ("zh", "ja")][:200],
    }


FILTERS = {
    "no filter": "",
    "frequent site": "site:site-0.example",
    "rare site": "site:site-499.example",
    "language": "lang:de",
    "rare language": "lang:ja",
    "section": "section:Travel",
    "author": "author:Author3",
    "type": "type:OpinionNewsArticle",
    "one day": "from:2025-06-01 to:2025-06-01",
    "site and language": "site:site-3.example lang:fr",
    "site, section, days": "site:site-1.example section:Sport from:2025-01-01 to:2025-12-31",
}


def measure(label: str, calls: Sequence[Callable[[], object]]) -> None:
    times, found = [], 0
    for call in calls:
        started = time.perf_counter()
        result = call()
        times.append(1000 * (time.perf_counter() - started))
        found += bool(result.hits if isinstance(result, SearchPage) else result)
    p50, p95 = np.percentile(times, (50, 95))
    print(
        f"| {label} | {len(times)} | {found / len(times):.2f} | {p50:.1f} | {p95:.1f} | {max(times):.1f} |", flush=True
    )


def measure_search(connection: Connection, queries: dict[str, list[str]]) -> None:
    def ask(query: str, order: str = "relevance") -> Callable[[], object]:
        return lambda: search_articles(connection, parse_query(query), order=order)

    for kind, some in queries.items():
        measure(f"search: {kind}", [ask(query) for query in some])
    everything = [query for some in queries.values() for query in some]
    measure("search: all of these", [ask(query) for query in everything])
    measure("the same, newest first", [ask(query, "newest") for query in everything])
    sample = Random(4).sample(everything, 100)
    measure(
        "facets of a search", [lambda query=query: count_facets(connection, parse_query(query)) for query in sample]
    )


def measure_filters(connection: Connection, rounds: int) -> None:
    for name, query in FILTERS.items():
        calls = [lambda query=query: search_articles(connection, parse_query(query), order="newest")] * max(rounds, 3)
        measure(f"first page: {name}", calls)


def measure_paging(connection: Connection, rounds: int) -> None:
    """Compare page 1 with page 1,000 of all articles."""
    query, cursor = parse_query(""), None
    for _ in range(PAGES - 1):
        cursor = search_articles(connection, query, order="newest", after=cursor).next_cursor
    for name, after in (("page 1", None), (f"page {PAGES:,}", cursor)):
        measure(
            name, [lambda after=after: search_articles(connection, query, order="newest", after=after)] * rounds * 5
        )


def measure_changes(connection: Connection, rounds: int) -> None:
    for since in (0, 500_000):
        calls = [lambda since=since: list(read_changes(connection, since, 10_000))] * rounds
        measure(f"10,000 changes since {since:,}", calls)


PATHS = (
    "/", "/search?q=government", "/articles/{id}", "/sites/site-0.example", "/sites/site-250.example",
    "/history?url={url}", "/feeds/atom?q=government", "/metrics", "/api/v1/articles?q=government&limit=100",
    "/api/v1/articles/{id}", "/api/v1/changes?since={id}&limit=1000", "/api/v1/sites", "/api/v1/runs",
)  # fmt: skip
"""What a browser, a feed reader, a monitoring system and a program ask `scrapy serve` for."""


def measure_pages(database: str, article: int, url: str, rounds: int) -> None:
    """Ask the application, without a network: the first answer of a path, and further ones."""
    with TestClient(create_app(WebSettings(database)), base_url="http://localhost") as client:
        for path in PATHS:
            address = path.format(id=article, url=url)
            statuses = set[int]()

            def get(address: str = address, statuses: set[int] = statuses) -> bool:
                answer = client.get(address)
                statuses.add(answer.status_code)
                return bool(answer.is_success)

            measure(f"page: {path}, first", [get])
            measure(f"page: {path}, next", [get] * rounds)
            if statuses != {200}:
                raise SystemExit(f"{address} answered {statuses}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--texts", type=int, default=400, help="articles that queries are made of")
    options = parser.parse_args()
    engine = open_engine(options.database, reads_only=True)
    with connect_for_reading(engine) as connection:
        queries = make_queries(sample_texts(connection, options.texts))
        print(f"{engine.dialect.name}, load {os.getloadavg()[0]:.1f}\n")
        print(
            "| what | calls | share with results | median ms | p95 ms | max ms |\n| --- | --- | --- | --- | --- | --- |"
        )
        measure_filters(connection, options.rounds)
        measure_paging(connection, options.rounds)
        measure_changes(connection, options.rounds)
        measure_search(connection, queries)
        article = connection.execute(
            select(articles.c.id, articles.c.url).where(articles.c.id >= options.texts).limit(1)
        ).one()
    measure_pages(options.database, article.id, article.url, options.rounds)


if __name__ == "__main__":
    main()
