"""Measure the time to store an article and find its story among a million others.

    python benchmarks/million.py CORPUS... --database URL [--articles 1000000] [--only-fill]

Fills the database (SQLite or PostgreSQL; it must be empty) with synthetic articles, then stores the corpora's bodies,
each in its own transaction: look up shingle hashes, read and compare the texts that share some, write article, hashes
and story. Prints milliseconds from begin to commit for articles without a near-duplicate, near-duplicates with several
edits, texts between notices whose hashes are full, and near-duplicates in batches of 100 as in a busy crawl. `CPU`
includes the database server. `load` is the load average: with more processes than cores, each statement also waits for
a core.

Before that, it measures complete fetches, each in its own transaction: the outcome of the page, the article with its
lists, hashes, story and change, for new and for unchanged articles.

Synthetic hashes are drawn from the range of the smallest of 300 to 1,500 hashes. Every seventh article shares up to 24
hashes with the previous one. Hashes that several texts of the corpora share (common phrases) and those of the notices
have the maximum number of articles. Bodies are random excerpts of the corpora, so texts have realistic lengths.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, insert, select, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus
from benchmarks.story_pairs import TEXTS, Version, boilerplate, combined, originals
from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import MAX_SHINGLE_HASHES, SHINGLES_VERSION, compute_shingle_hashes, shingle_text
from newscrawl.evidence import EXTRACTOR_VERSION
from newscrawl.items import Article, Outcome
from newscrawl.storage.engine import open_engine
from newscrawl.storage.operations.articles import SaveArticle
from newscrawl.storage.operations.claims import ClaimPages
from newscrawl.storage.operations.crawls import StartCrawl
from newscrawl.storage.operations.stories import MAX_PER_HASH, Stories
from newscrawl.storage.records import DiscoveredPage, FetchResult
from newscrawl.storage.schema import article_shingles, articles
from newscrawl.storage.upgrade import upgrade

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAMES = (
    "id", "url", "url_key", "site", "headline", "article_body", "sources", "content_hash", "date_downloaded",
    "story_id", "shingles_version",
)  # fmt: skip
SITES = 5_000
NEAR_DUPLICATE_EVERY, SHARED_HASHES = 7, 24
CHUNK = 20_000


def generate_hashes(count: int, common: Sequence[tuple[int, ...]]) -> NDArray[np.uint64]:
    """Return sorted rows of (shingle hash, article id); each group in *common* shares a full list of articles."""
    rng = np.random.default_rng(1)
    # The k-th smallest of n hashes lies near k/n of their range.
    limits = (MAX_SHINGLE_HASHES / rng.uniform(300, 1500, count) * 2**48).astype(np.uint64)
    shingle_hashes = (rng.random((count, MAX_SHINGLE_HASHES)) * limits[:, None]).astype(np.uint64)
    copied = np.arange(NEAR_DUPLICATE_EVERY, count, NEAR_DUPLICATE_EVERY)
    shingle_hashes[copied, :SHARED_HASHES] = shingle_hashes[copied - 1, :SHARED_HASHES]
    ids = np.repeat(np.arange(1, count + 1, dtype=np.uint64), MAX_SHINGLE_HASHES)
    extra = [
        (shingle_hash, one)
        for group in common
        for one in rng.choice(count, MAX_PER_HASH, replace=False) + 1
        for shingle_hash in group
    ]
    rows = np.concatenate([np.stack([shingle_hashes.ravel(), ids], axis=1), np.array(extra, np.uint64).reshape(-1, 2)])
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return rows[np.append(True, (np.diff(rows, axis=0) != 0).any(axis=1))]


def generate_articles(count: int, source: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows of `articles`, in the order of NAMES."""
    rng = Random(2)
    for one in range(1, count + 1):
        size = min(12_000, round(rng.lognormvariate(7.8, 0.6)))
        start = rng.randrange(len(source) - size)
        story = one - 1 if one > NEAR_DUPLICATE_EVERY and (one - 1) % NEAR_DUPLICATE_EVERY == 0 else one
        url = f"https://site-{one % SITES}.example/news/{one}"
        body, digest = source[start : start + size].strip() or "-", f"{one:064x}"
        yield one, url, url, f"site-{one % SITES}.example", body[:60], body, "{}", digest, NOW, story, SHINGLES_VERSION


def fill_sqlite(connection: Connection, count: int, rows: NDArray[np.uint64], source: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    marks = ",".join("?" * len(NAMES))
    moment = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    values = (tuple(moment if one is NOW else one for one in row) for row in generate_articles(count, source))
    raw.executemany(f"INSERT INTO articles ({','.join(NAMES)}) VALUES ({marks})", values)
    for start in range(0, len(rows), 1_000_000):
        raw.executemany("INSERT INTO article_shingles VALUES (?, ?)", rows[start : start + 1_000_000].tolist())


def fill_postgresql(connection: Connection, count: int, rows: NDArray[np.uint64], source: str) -> None:
    raw: Any = connection.connection.driver_connection
    connection.execute(text("ALTER TABLE article_shingles DROP CONSTRAINT pk_article_shingles"))
    with raw.cursor() as cursor:
        with cursor.copy(f"COPY articles ({','.join(NAMES)}) FROM STDIN") as copy:
            for row in generate_articles(count, source):
                copy.write_row(row)
        with cursor.copy("COPY article_shingles FROM STDIN") as copy:
            for start in range(0, len(rows), CHUNK):
                lines = io.StringIO()
                np.savetxt(lines, rows[start : start + CHUNK], fmt="%d", delimiter="\t")
                copy.write(lines.getvalue())
    connection.execute(
        text("ALTER TABLE article_shingles ADD CONSTRAINT pk_article_shingles PRIMARY KEY (shingle_hash, article_id)")
    )
    connection.execute(text("SELECT setval(pg_get_serial_sequence('articles', 'id'), :count)"), {"count": count})


def fill(engine: Engine, count: int, texts: Sequence[Version]) -> int:
    """Load the synthetic articles; return the number of their shingle hashes."""
    common = Counter(shingle_hash for version in texts for shingle_hash in compute_shingle_hashes(version.body))
    phrases = [(shingle_hash,) for shingle_hash, number in common.items() if number > 1]
    notices = [
        tuple(np.unique(shingle_text(notice).hashes)[:MAX_SHINGLE_HASHES].tolist())
        for notice in TEXTS["notices"]["texts"]
    ]
    rows = generate_hashes(count, [*phrases, *(group for group in notices if group)])
    source = "\n\n".join(version.body for version in texts)
    with engine.begin() as connection:
        (fill_sqlite if engine.dialect.name == "sqlite" else fill_postgresql)(connection, count, rows, source)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    return len(rows)


def make_article(version: Version, name: str) -> Article:
    url = f"https://{version.site or 'none.example'}/{name}"
    return Article(
        url=url, url_key=url, site=version.site or "none.example", headline=version.headline or "-",
        article_body=version.body, content_hash=content_hash(version.headline, version.body), date_downloaded=NOW,
        shingle_hashes=compute_shingle_hashes(version.body),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one transaction."""

    lookup: float
    """Reading hashes, reading and comparing texts, merging stories."""
    insert: float
    """Writing article and hashes."""
    commit: float
    joined: int
    """Number of articles that joined a story."""


def store(engine: Engine, batch: Sequence[Article]) -> Times:
    """Store articles in one transaction."""
    clock, joined, lookup = time.perf_counter, 0, 0.0
    with engine.connect() as connection:
        # The pool checks the connection first, which is not part of the transaction.
        connection.exec_driver_sql("SELECT 1")
        connection.rollback()
        started = clock()
        with connection.begin():
            stories = Stories.load(connection, batch)
            lookup += clock() - started
            for article in batch:
                row = {name: getattr(article, name) for name in NAMES[1:9]}
                if connection.dialect.name == "sqlite":
                    article_id = connection.exec_driver_sql("SELECT max(id) + 1 FROM articles").scalar_one()
                else:
                    article_id = connection.exec_driver_sql("SELECT nextval('articles_id_seq')").scalar_one()
                lookup_started = clock()
                story = stories.assign(article_id, article)
                lookup += clock() - lookup_started
                connection.execute(insert(articles), {"id": article_id, **row, **story.columns()})
                joined += story.similarity is not None
            stories.write()
            written = clock()
        ended = clock()
    return Times(1000 * lookup, 1000 * (written - started - lookup), 1000 * (ended - written), joined)


def cpu_seconds(engine: Engine) -> float:
    """Return the CPU time of this process and of the PostgreSQL backend, if that runs on this machine."""
    if engine.dialect.name == "sqlite":
        return time.process_time()
    with engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_batches(engine: Engine, name: str, batches: Sequence[Sequence[Article]]) -> None:
    cpu = cpu_seconds(engine)
    measured = [store(engine, batch) for batch in batches]
    cpu = cpu_seconds(engine) - cpu
    sizes = [len(batch) for batch in batches]
    parts = [[one.lookup / n, one.insert / n, one.commit / n] for one, n in zip(measured, sizes, strict=True)]
    medians = " | ".join(f"{value:.2f}" for value in np.median(parts, axis=0))
    p50, p95 = np.percentile(np.sum(parts, axis=1), (50, 95))
    joined = sum(one.joined for one in measured)
    load = os.getloadavg()[0]
    print(
        f"| {name} | {sum(sizes)} | {medians} | {p50:.2f} | {p95:.2f} | {1000 * cpu / sum(sizes):.2f} | {joined} |"
        f" {load:.0f} |",
        flush=True,
    )


def measure_fetches(engine: Engine, name: str, batch: Sequence[Article]) -> None:
    """Fetch the pages of all articles one by one and print the milliseconds that finishing a fetch takes."""
    with engine.begin() as connection:
        [crawl_id] = StartCrawl.apply_all(connection, [StartCrawl("news", {}, NOW, EXTRACTOR_VERSION, 1)])
        pages = [DiscoveredPage(one.url or "", one.url_key or "", one.site or "", "article") for one in batch]
        [result] = ClaimPages.apply_all(connection, [ClaimPages(pages, crawl_id, NOW, force=True)])
    by_key = {one.url_key: one for one in result.claims}
    times = []
    for article in batch:
        claim = by_key[article.url_key or ""]
        new = replace(article, page_id=claim.page_id, crawl_id=crawl_id, extractor_version=EXTRACTOR_VERSION)
        fetched = FetchResult(Outcome.STORED, "new", NOW, http_status=200)
        started = time.perf_counter()
        with engine.begin() as connection:
            SaveArticle.apply_all(connection, [SaveArticle(new, claim, fetched)])
        times.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(times, (50, 95))
    print(f"| {name} | {len(batch)} | | | | {p50:.2f} | {p95:.2f} | | | {os.getloadavg()[0]:.0f} |", flush=True)


def clean_up(engine: Engine, stored: Sequence[Article]) -> None:
    """Delete the stored articles, so that the next run starts from the same database."""
    keys = [one.url_key for one in stored]
    with engine.begin() as connection:
        ids = set[int]()
        for at in range(0, len(keys), 500):
            found = select(articles.c.id).where(articles.c.url_key.in_(keys[at : at + 500]))
            ids |= set(connection.execute(found).scalars())
        for one in stored:
            own = (
                article_shingles.c.shingle_hash.in_(one.shingle_hashes or ()),
                article_shingles.c.article_id >= min(ids),
            )
            connection.execute(delete(article_shingles).where(*own))
        connection.execute(delete(articles).where(articles.c.id >= min(ids)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--database", required=True)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--only-fill", action="store_true", help="do not measure; do so later with --articles 0")
    options = parser.parse_args()
    texts = originals([Corpus(folder) for folder in options.corpora])
    engine = open_engine(options.database)
    upgrade(engine)
    if options.articles:
        started = time.perf_counter()
        rows = fill(engine, options.articles, texts)
        seconds = time.perf_counter() - started
        print(f"{engine.dialect.name}: {options.articles} articles, {rows} hashes, {seconds:.0f} s", flush=True)
        if options.only_fill:
            return
    unrelated = [make_article(one, f"new-{number}") for number, one in enumerate(texts)]
    kinds: dict[str, list[Article]] = {
        "no near-duplicate": unrelated,
        "near-duplicates with several edits": [
            make_article(replace(combined(one, Random(number), texts), site="copy.example"), f"copy-{number}")
            for number, one in enumerate(texts)
        ],
        "texts between notices (full hashes)": [
            make_article(replace(boilerplate(one, Random(number), texts), site="notices.example"), f"notices-{number}")
            for number, one in enumerate(texts)
        ],
    }
    again = [replace(one, url=f"{one.url}-b", url_key=f"{one.url_key}-b", site="batch.example") for one in unrelated]
    print("| ms, median | articles | lookup | insert | commit | all | p95 | CPU | joined | load |")
    print("| --- |" + " --- |" * 9)
    measure_fetches(engine, "complete fetch of a new article", unrelated)
    measure_fetches(engine, "complete fetch of an unchanged article", unrelated)
    clean_up(engine, unrelated)
    for name, group in kinds.items():
        measure_batches(engine, name, [[one] for one in group])
    batches = [again[at : at + 100] for at in range(0, len(again), 100)]
    measure_batches(engine, "near-duplicates, 100 per transaction", batches)
    clean_up(engine, [one for group in (*kinds.values(), again) for one in group])
    engine.dispose()


if __name__ == "__main__":
    main()
