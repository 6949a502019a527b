"""Measure how well search finds a known article again, by language and engine.

    python benchmarks/search_quality.py CORPUS... --database URL [--database URL] [--queries 200]

Loads all articles of the corpora that have a headline and a body into each database, which must be empty. Of a corpus
whose truth has no bodies, they are those that newscrawl extracts. For each
language it draws queries from single articles, seeded: three informative words of the headline (on half of the queries,
written without capitals and diacritics), four words of one sentence of the body, or three words where each is replaced
by another word of the same stem, where the corpus has one. In Chinese, Japanese and Thai a query is two pieces of three
to five characters. The figure is the mean reciprocal rank of the article among the first ten by relevance.

A language with few articles would make that easy, so its bodies are cut into pieces of about 400 characters, each an
article.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Engine, insert

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus
from benchmarks.extraction import run
from newscrawl.fields.languages import detect_language
from newscrawl.search.analysis import get_stemmed_language, stem
from newscrawl.search.folding import UNSPACED_RUN, WORD, fold_text
from newscrawl.search.query import parse_query
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.operations.search_index import fill_index
from newscrawl.storage.queries.search import search_articles
from newscrawl.storage.schema import articles
from newscrawl.storage.upgrade import upgrade

LANGUAGES = ("en", "de", "es", "fr", "ca", "zh", "ja", "ar", "th")
FEW, PIECE = 30, 400
MIN_ARTICLES = 4
COMMON = 0.05
"""Share of the articles of a language from which a word is not informative."""
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_SENTENCE = re.compile(r"[^.!?。！？\n]+")


@dataclass(frozen=True, slots=True)
class Item:
    """An article to load and to find."""

    id: int
    language: str
    headline: str
    body: str


def read_items(folders: Sequence[Path]) -> list[Item]:
    """Return the articles of the corpora; those of languages with few articles in pieces."""
    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for headline, body in (pair for folder in folders for pair in read_texts(Corpus(folder))):
        if headline and body and (language := detect_language(body)):
            by_language[language].append((headline, body))
    found = []
    for language, pairs in sorted(by_language.items()):
        for pair in pairs if len(pairs) >= FEW else [piece for one in pairs for piece in cut(*one)]:
            found.append(Item(len(found) + 1, language, *pair))
    return found


def read_texts(corpus: Corpus) -> Iterator[tuple[str | None, str | None]]:
    """Yield headline and body of each page, as extracted where the truth has no bodies at all."""
    truth = list(corpus.ground_truth().values())
    if any(row.get("article_body") for row in truth):
        yield from ((row.get("headline"), row.get("article_body")) for row in truth)
        return
    for page in corpus.pages():
        article = run(page, NOW)[1]
        yield article.headline, article.article_body


def cut(headline: str, body: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of a body, each with its first sentence as headline; the first with that of the article."""
    sentences, size, first = list[str](), 0, headline
    for sentence in (match[0].strip() for match in _SENTENCE.finditer(body)):
        if not sentence:
            continue
        if not first:
            first = sentence
            continue
        sentences.append(sentence)
        size += len(sentence)
        if size >= PIECE:
            yield first, ". ".join(sentences)
            sentences, size, first = [], 0, ""
    if sentences and first:
        yield first, ". ".join(sentences)


def make_queries(items: Sequence[Item], number: int, rng: Random) -> Iterator[tuple[str, int]]:
    """Yield queries with the article that each was made from."""
    frequencies = Counter(word for one in items for word in {*_words(one.headline), *_words(one.body)})
    forms: dict[str, list[str]] = defaultdict(list)
    language = get_stemmed_language(items[0].language)
    for word, one in zip(frequencies, stem([fold_text(word) for word in frequencies], language), strict=True):
        forms[one].append(word)
    limit = max(2, COMMON * len(items))
    made = tried = 0
    while made < number and tried < 50 * number:
        tried += 1
        item = rng.choice(items)
        sentence = item.headline if tried % 2 else rng.choice(_SENTENCE.findall(item.body) or [""])
        if UNSPACED_RUN.search(sentence) and items[0].language != "ko":
            query = _draw_pieces(sentence, rng)
        else:
            words = [one for one in dict.fromkeys(_words(sentence)) if len(one) > 2 and frequencies[one] <= limit]
            size = 3 if tried % 2 else 4
            query = " ".join(rng.sample(words, size)) if len(words) >= size else ""
            if query and tried % 4 == 1:
                query = _plain(query)
            elif query and tried % 4 == 0 and language:
                query = " ".join(rng.choice(forms[stem([fold_text(one)], language)[0]]) for one in query.split())
        if query:
            made += 1
            yield query, item.id


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f"))


def _draw_pieces(sentence: str, rng: Random) -> str:
    long_runs = [one for one in UNSPACED_RUN.findall(sentence) if len(one) >= 5]
    pieces = []
    for one in rng.sample(long_runs, min(2, len(long_runs))):
        size = rng.randint(3, 5)
        start = rng.randint(0, len(one) - size)
        pieces.append(one[start : start + size])
    return " ".join(pieces)


def load(engine: Engine, items: Sequence[Item]) -> None:
    rows = [
        {
            "id": one.id, "url": f"https://example.org/{one.id}", "url_key": str(one.id), "site": "example.org",
            "headline": one.headline, "article_body": one.body, "in_language": one.language, "sources": {},
            "content_hash": str(one.id), "date_downloaded": NOW, "story_id": one.id,
        }
        for one in items
    ]  # fmt: skip
    with engine.begin() as connection:
        for start in range(0, len(rows), 500):
            connection.execute(insert(articles), rows[start : start + 500])
    fill_index(engine, restart=True)


def measure(engine: Engine, queries: Sequence[tuple[str, int]]) -> tuple[float, int]:
    """Return the mean reciprocal rank and the number of queries whose article is not among the first ten."""
    total, missed = 0.0, 0
    with connect_for_reading(engine) as connection:
        for query, wanted in queries:
            hits = [hit.id for hit in search_articles(connection, parse_query(query), limit=10).hits]
            missed += wanted not in hits
            total += 1 / (hits.index(wanted) + 1) if wanted in hits else 0
    return total / len(queries), missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--database", action="append", required=True)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    items = read_items(options.corpora)
    engines = [open_engine(url) for url in options.database]
    for engine in engines:
        upgrade(engine)
        load(engine, items)
    print("| language | articles | queries |", " | ".join(f"{one.dialect.name} | missed" for one in engines), "|")
    print("| --- " * (3 + 2 * len(engines)) + "|")
    for language in LANGUAGES:
        of_language = [one for one in items if one.language == language]
        if len(of_language) < MIN_ARTICLES:
            continue
        queries = list(make_queries(of_language, options.queries, Random(language)))
        results = [measure(engine, queries) for engine in engines]
        figures = " | ".join(f"{rank:.3f} | {missed}" for rank, missed in results)
        print(f"| {language} | {len(of_language)} | {len(queries)} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
