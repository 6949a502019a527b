"""`scrapy search` prints what it finds, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from newscrawl.exceptions import ExitCode
from newscrawl.items import Article
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import scrapy
from tests.support.store import Store


def test_search_prints_hits_and_exits_like_grep(tmp_path: Path, make_article: Callable[..., Article]) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    engine = open_engine(url)
    upgrade(engine)
    store = Store(engine)
    store.save_all(
        [
            make_article("https://example.org/1", headline="Rain \x1b[31m today", authors=["Ann"]),
            make_article("https://example.org/2", headline="Snow today"),
        ]
    )
    store.close()
    done = scrapy("search", "today -snow", database_url=url)
    assert done.code == ExitCode.OK, done.log
    assert "Rain <U+001B>[31m today\nexample.org  no date  Ann  id 1\nhttps://example.org/1\n" in done.output
    assert "1 article found." in done.output
    first = json.loads(scrapy("search", "--json", "--limit", "1", "today", database_url=url).output)
    assert (first["total"], first["hits"][0]["headline_marked"]) == (2, [["Snow ", False], ["today", True]])
    nothing = scrapy("search", "hail", database_url=url)
    assert (nothing.code, nothing.output) == (ExitCode.FAILURE, "Nothing found.\n")
    wrong = scrapy("search", "from:tomorrow", database_url=url)
    assert (wrong.code, wrong.log.startswith("newscrawl: invalid date 'tomorrow'")) == (ExitCode.USAGE, True)
    rebuilt = scrapy("db", "reindex", database_url=url)
    assert (rebuilt.code, rebuilt.output.endswith("indexed 2 articles for search\n")) == (ExitCode.OK, True)
