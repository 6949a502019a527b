"""Generate a database of many articles, to measure search, filters, the change feed and exports.

    python benchmarks/reader_database.py CORPUS... --database URL [--articles 1000000]

The database must be empty. Words are drawn with their frequency in the corpora's bodies, for each language apart;
Chinese, Japanese and Thai texts are put together from the corpora's clauses. Sites, authors, sections and keywords
have a long tail, as real ones have. Articles were published over two years, in the order of their ids but for some
days; every twentieth has an older version.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus
from newscrawl.dedup.shingles import SHINGLES_VERSION
from newscrawl.evidence import EXTRACTOR_VERSION
from newscrawl.fields.languages import detect_language
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.search_index import fill_index
from newscrawl.storage.schema import metadata
from newscrawl.storage.upgrade import upgrade
from newscrawl.urls.normalize import NORMALIZER_VERSION

END = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAYS = 730
SITES, AUTHORS, KEYWORDS = 500, 20_000, 30_000
SECTIONS = ("Politics", "Economy", "Sport", "Culture", "Science", "World", "Local", "Opinion", "Technology", "Travel")
TYPES = ("NewsArticle", "NewsArticle", "NewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "LiveBlogPosting")
UNSPACED = frozenset({"zh", "ja", "th"})
REVISED_EVERY = 20
CHUNK = 5_000
_CLAUSE = re.compile(r"[^。，、！？；\s]{2,40}[。，、！？；]?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a language, or the clauses of one that is written without spaces."""

    language: str
    words: list[str]
    cumulative: np.ndarray[Any, np.dtype[np.float64]]
    """Share of the texts that the words up to this one have."""

    @classmethod
    def count(cls, language: str, texts: Sequence[str]) -> Vocabulary:
        split = _CLAUSE.findall if language in UNSPACED else str.split
        counted = Counter(word for body in texts for word in split(body))
        words, counts = zip(*counted.most_common(), strict=True)
        return cls(language, list(words), np.cumsum(counts) / sum(counts))

    def draw(self, rng: np.random.Generator, sizes: Sequence[int]) -> Iterator[list[str]]:
        """Yield lists of words of the given sizes."""
        drawn = np.searchsorted(self.cumulative, rng.random(sum(sizes)), side="right")
        drawn = np.minimum(drawn, len(self.words) - 1).tolist()
        words, start = self.words, 0
        for size in sizes:
            yield [words[one] for one in drawn[start : start + size]]
            start += size


def read_vocabularies(folders: Sequence[Path]) -> list[Vocabulary]:
    """Return the vocabularies of all languages with enough text, that with the most text first."""
    texts: dict[str, list[str]] = {}
    for folder in folders:
        for row in Corpus(folder).ground_truth().values():
            body = row.get("article_body") or ""
            language = detect_language(body)
            if language:
                texts.setdefault(language.partition("-")[0], []).append(body)
    found = [Vocabulary.count(language, bodies) for language, bodies in texts.items()]
    return sorted((one for one in found if len(one.words) >= 100), key=lambda one: -len(one.words))


def generate(count: int, vocabularies: Sequence[Vocabulary]) -> Iterator[dict[str, Any]]:
    """Yield the values of articles, with `authors` and `keywords` as lists, in the order of their ids from 1."""
    rng = np.random.default_rng(1)
    shares = 1 / np.arange(2, len(vocabularies) + 2)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        languages = rng.choice(len(vocabularies), size, p=shares / shares.sum())
        lengths = np.clip(rng.lognormal(5.5, 0.6, size), 40, 1_500).astype(int)
        texts: dict[int, Iterator[list[str]]] = {}
        for number, vocabulary in enumerate(vocabularies):
            wanted = lengths[languages == number] // (12 if vocabulary.language in UNSPACED else 1) + 10
            texts[number] = vocabulary.draw(rng, wanted.tolist())
        tails = rng.random((size, 8))
        for offset in range(size):
            vocabulary = vocabularies[languages[offset]]
            yield _make_article(start + offset + 1, count, vocabulary, next(texts[languages[offset]]), tails[offset])


def _make_article(
    number: int, count: int, vocabulary: Vocabulary, words: list[str], tails: np.ndarray[Any, Any]
) -> dict[str, Any]:
    glue = "" if vocabulary.language in UNSPACED else " "
    published = END - timedelta(days=DAYS * (1 - number / count) + 3 * float(tails[0]))
    site = f"site-{int(SITES * tails[1] ** 3)}.example"
    url = f"https://{site}/{published:%Y/%m/%d}/{number}"
    paragraphs = (glue.join(words[one : one + 60]) for one in range(10, len(words), 60))
    return {
        "id": number,
        "url": url,
        "url_key": url,
        "canonical_url": url,
        "site": site,
        "headline": glue.join(words[: 1 if glue == "" else 9]),
        "description": glue.join(words[4:10]) if tails[2] > 0.3 else None,
        "date_published": published.replace(microsecond=0),
        "date_published_raw": published.isoformat(),
        "date_published_precision": "instant",
        "date_published_utc_offset": 60,
        "date_published_zone": "stated",
        "date_published_day": (published + timedelta(hours=1)).date(),
        "article_body": "\n\n".join(paragraphs) or glue.join(words),
        "in_language": vocabulary.language,
        "article_type": TYPES[int(len(TYPES) * tails[3])],
        "article_section": SECTIONS[int(len(SECTIONS) * tails[4] ** 2)],
        "publisher": site.title(),
        "disagreements": "[]",
        "sources": '{"headline": "json-ld", "article_body": "dom", "date_published": "json-ld"}',
        "content_hash": f"{number:064x}",
        "revision": 2 if number % REVISED_EVERY == 0 else 1,
        "story_id": number - 1 if number % 7 == 0 else number,
        "shingles_version": SHINGLES_VERSION,
        "date_downloaded": published.replace(microsecond=0) + timedelta(hours=1),
        "extractor_version": EXTRACTOR_VERSION,
        "page_id": number,
        "crawl_id": 1,
        "word_count": len(words),
        "authors": [f"{_NAMES[int(20 * tails[5])]} Author{int(AUTHORS * tails[5] ** 2)}"],
        "keywords": [f"keyword {int(KEYWORDS * tails[one] ** 3)}" for one in (6, 7)],
    }


_NAMES = ("Ada", "Bo", "Cem", "Dana", "Eva", "Finn", "Gül", "Hana", "Ivo", "Jin", "Kai", "Lea", "Mia", "Noa", "Oda",
          "Pia", "Quinn", "Rui", "Sol", "Tea")  # fmt: skip


def make_rows(article: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield table and row of everything that stands in the database for an article."""
    number, downloaded = article["id"], article["date_downloaded"]
    page = {"id": number, "url": article["url"], "url_key": article["url_key"], "site": article["site"]}
    fetch = {"outcome": "stored", "reason": "new", "http_status": 200, "fetched_at": downloaded}
    yield "pages", page | fetch | {
        "kind": "article", "discovered_at": downloaded, "fetch_count": 1, "article_id": number, "crawl_id": 1
    }  # fmt: skip
    yield "fetches", fetch | {"id": number, "page_id": number, "crawl_id": 1, "article_id": number}
    lists = {name: json.dumps(article[name], ensure_ascii=False) for name in ("authors", "keywords")}
    yield "articles", article | lists
    for name, column in (("authors", "name"), ("keywords", "keyword")):
        for position, value in enumerate(article[name]):
            yield f"article_{name}", {"article_id": number, "position": position, column: value}
    change = {"article_id": number, "kind": "inserted", "revision": 1, "changed_at": downloaded, "crawl_id": 1}
    yield "article_changes", change
    if article["revision"] > 1:
        yield "article_changes", change | {
            "kind": "revised", "revision": 2, "change_size": 0.1, "change_label": "update"
        }  # fmt: skip
        older = {name: value for name, value in article.items() if name in metadata.tables["article_revisions"].columns}
        yield "article_revisions", older | lists | {"article_id": number, "revision": 1, "content_hash": "0" * 64}


def fill(engine: Engine, articles: Iterator[dict[str, Any]]) -> int:
    """Insert the articles with their pages, fetches, lists, versions and changes; return their number."""
    crawl = {
        "id": 1, "spider": "news", "arguments": "{}", "started_at": END, "finished_at": END, "exit_code": 0,
        "finish_reason": "finished", "extractor_version": EXTRACTOR_VERSION, "normalizer_version": NORMALIZER_VERSION,
    }  # fmt: skip
    _insert(engine, {"crawls": [crawl]})
    count = 0
    while chunk := list(islice(articles, CHUNK)):
        rows: dict[str, list[dict[str, Any]]] = {}
        for article in chunk:
            for table, row in make_rows(article):
                rows.setdefault(table, []).append(row)
        _insert(engine, rows)
        count += len(chunk)
        if count % 100_000 == 0:
            print(f"{count:,} articles", file=sys.stderr, flush=True)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for table in ("articles", "pages", "fetches", "crawls"):
                query = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                connection.execute(text(query))
    return count


def _insert(engine: Engine, rows: dict[str, list[dict[str, Any]]]) -> None:
    order = [table.name for table in metadata.sorted_tables]
    with engine.begin() as connection:
        raw: Any = connection.connection.driver_connection
        for table in sorted(rows, key=order.index):
            names = [column.name for column in metadata.tables[table].columns if column.name in rows[table][0]]
            values = ([row[name] for name in names] for row in rows[table])
            if engine.dialect.name == "sqlite":
                marks = ",".join("?" * len(names))
                texts = ([_to_sqlite(value) for value in row] for row in values)
                raw.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", texts)
            else:
                with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({','.join(names)}) FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)


def _to_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if hasattr(value, "isoformat") else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--database", required=True)
    parser.add_argument("--articles", type=int, default=1_000_000)
    options = parser.parse_args()
    started = time.perf_counter()
    engine = open_engine(options.database)
    upgrade(engine)
    vocabularies = read_vocabularies(options.corpora)
    print("languages:", ", ".join(f"{one.language} ({len(one.words)})" for one in vocabularies), file=sys.stderr)
    count = fill(engine, generate(options.articles, vocabularies))
    print(f"{count:,} articles after {time.perf_counter() - started:.0f} s; filling the search index", file=sys.stderr)
    fill_index(engine, restart=True)
    upgrade(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    print(f"ready after {time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
