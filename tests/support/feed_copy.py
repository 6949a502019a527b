"""Keep a copy of the articles from the lines of `scrapy changes --full`, and compare it with the table."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from newscrawl.dedup.content_hash import content_hash
from newscrawl.items import Article
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.queries.changes import read_articles
from newscrawl.storage.schema import article_changes, articles
from newscrawl.text.terminal import dump_json_for_terminal
from newscrawl.urls.normalize import normalize
from tests.support.crawling import environment
from tests.support.paths import ROOT
from tests.support.random_site import RandomSite
from tests.support.store import Store

CHANGED_WITHOUT_ENTRY = ("story_id", "similarity", "shingles_version", "url_key", "extractor_version")
"""Columns that change without an entry in the feed (docs/schema.md)."""
CURSOR = "copy"


@dataclass
class FeedCopy:
    """What a consumer has after some lines."""

    articles: dict[int, dict[str, Any]] = field(default_factory=dict)
    change_ids: set[int] = field(default_factory=set)
    repeated: int = 0
    """Changes that came more than once."""
    torn: int = 0
    """Articles whose text is not that of their hash."""

    def apply(self, line: str) -> None:
        change = json.loads(line)
        self.repeated += change["change_id"] in self.change_ids
        self.change_ids.add(change["change_id"])
        for article_id in (change["article_id"], *change["merged_ids"]):
            self.articles.pop(article_id, None)
        if (article := change["article"]) is not None:
            self.torn += article["content_hash"] != content_hash(article["headline"], article["article_body"])
            self.articles[article["id"]] = _comparable(article)

    def find_faults(self, database_url: str) -> list[str]:
        """Return how the copy differs from the table, and which changes it has missed."""
        engine = open_engine(database_url)
        with connect_for_reading(engine) as connection:
            ids = connection.execute(select(articles.c.id)).scalars().all()
            stored = {
                one: _comparable(json.loads(dump_json_for_terminal(article, indent=None)))
                for one, article in read_articles(connection, ids).items()
            }
            changes = set(connection.execute(select(article_changes.c.change_id)).scalars())
        engine.dispose()
        faults = [f"missed change {one}" for one in sorted(changes - self.change_ids)]
        faults += [f"article {one} differs" for one in stored if self.articles.get(one) != stored[one]]
        return faults + [f"article {one} is not stored" for one in self.articles.keys() - stored.keys()]


def read_copy(file: Path) -> FeedCopy:
    """Return the copy that the lines in *file* make."""
    copy = FeedCopy()
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            copy.apply(line)
    return copy


def _comparable(article: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in article.items() if name not in (*CHANGED_WITHOUT_ENTRY, "date_downloaded")}


def follower_command(*options: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "changes", "--full", "--cursor", CURSOR, *options]


def start_follower(database_url: str, file: Path) -> subprocess.Popen[bytes]:
    """Start a follower that appends to *file*, after removing a line that a kill cut off."""
    with file.open("ab+") as output:
        output.seek(0)
        output.truncate(output.read().rfind(b"\n") + 1)
        command = follower_command("--follow", "--interval", "0.1")
        return subprocess.Popen(command, cwd=ROOT, env=environment(database_url), stdout=output)


def finish_follower(database_url: str, file: Path) -> None:
    """Deliver what is left."""
    follower = start_follower(database_url, file)
    engine = open_engine(database_url)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        time.sleep(0.2)
        with connect_for_reading(engine) as connection:
            row = connection.exec_driver_sql(
                "SELECT (SELECT max(change_id) FROM article_changes), (SELECT max(change_id) FROM change_cursors)"
            ).one()
        if row[0] == row[1]:
            break
    engine.dispose()
    follower.send_signal(signal.SIGTERM)
    assert follower.wait(60) == 0
    assert row[0] == row[1], row


def write_changes(database_url: str, seed: int, until: float, pause: float) -> int:
    """Save and change articles until *until* of time.monotonic(), as one of several crawls; return how many steps."""
    store, site, random, steps = Store.open(database_url), RandomSite(seed), Random(seed), 0
    while time.monotonic() < until:
        if seed == 0:
            # Its pages are the same for all seeds, and no two crawls fetch a site at the same time.
            site.step(store)
        for _ in range(4):
            article = _make_article(seed, random.randrange(1 + steps), steps, store)
            for claim in store.claim(article.url or "", force=True):
                store.save(article, claim)
        steps += 1
        time.sleep(pause)
    store.close()
    store.engine.dispose()
    return steps


def _make_article(seed: int, number: int, version: int, store: Store) -> Article:
    url = f"https://example.org/{seed}/{number}"
    body = "\n\n".join(f"Version {version} of {url}, paragraph {one}, told at length." for one in range(20))
    article = Article(url=url, headline=f"{url} {version}", article_body=body, site="example.org")
    article.date_downloaded, article.url_key = store.now, normalize(url)
    article.content_hash = content_hash(article.headline, article.article_body)
    return article
