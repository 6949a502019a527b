"""Crawl a folder of saved pages with `scrapy crawl archive` and write the stored articles for scoring.

    python benchmarks/archive.py FOLDER PREDICTIONS.jsonl

FOLDER contains index.jsonl or truth.jsonl and html/<id>.html.gz. Prints the number of pages and stored articles and the
seconds. Each line of PREDICTIONS.jsonl has id, article_body, headline, authors and date_published (ISO 8601, with the
offset declared by the page, so that the calendar day is the page's).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from newscrawl.storage.engine import open_engine
from newscrawl.urls.normalize import normalize
from tests.support.stored_articles import StoredArticle, stored_articles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("predictions", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        url = f"sqlite:///{temporary}/articles.db"
        started = time.monotonic()
        summary = crawl(options.folder, url)
        seconds = time.monotonic() - started
        engine = open_engine(url)
        by_key = {article.page_url_key: article for article in stored_articles(engine)}
        engine.dispose()
    rows = read_index(options.folder)
    with options.predictions.open("w", encoding="utf-8") as out:
        for row in rows:
            # Pages without a URL are not stored.
            article = by_key.get(normalize(row["url"])) if row["url"] else None
            if article is not None:
                out.write(json.dumps({"id": row["id"], **prediction(article)}, ensure_ascii=False) + "\n")
    print(f"pages {len(rows)}, stored {summary['stored']}, rejected {summary['rejected']}, {seconds:.1f} s")


def crawl(folder: Path, database_url: str) -> dict[str, Any]:
    """Run the command like a user and return its JSON summary."""
    command = [sys.executable, "-m", "scrapy", "crawl", "archive", "-a", f"path={folder.absolute()}"]
    environment = os.environ | {"NEWSCRAWL_DATABASE_URL": database_url}
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return summary


def read_index(folder: Path) -> list[dict[str, Any]]:
    index = next(folder / name for name in ("index.jsonl", "truth.jsonl") if (folder / name).is_file())
    return [json.loads(line) for line in index.read_text(encoding="utf-8").split("\n") if line.strip()]


def prediction(article: StoredArticle) -> dict[str, Any]:
    return {
        "headline": article.headline,
        "article_body": article.article_body,
        "authors": list(article.authors),
        "date_published": local_date(article),
    }


def local_date(article: StoredArticle) -> str | None:
    """Return the date with the offset declared by the page, or in UTC without one."""
    moment = article.date_published
    if moment is None:
        return None
    try:
        offset = datetime.fromisoformat(article.date_published_raw or "").tzinfo
    except ValueError:
        offset = None
    return moment.astimezone(offset).isoformat() if offset else moment.isoformat()


if __name__ == "__main__":
    main()
