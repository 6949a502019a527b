"""`scrapy prune` deletes what is old, and a dry run nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.commands.prune import parse_age, prune
from newscrawl.exceptions import ExitCode, UsageError
from newscrawl.items import Article
from newscrawl.storage.schema import articles, metadata
from tests.support.crawling import scrapy
from tests.support.store import Store


def test_age_is_a_duration() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert parse_age("180d", now) == now - timedelta(days=180)
    for text in ("soon", "0d", "-3d", "99999999d"):
        with pytest.raises(UsageError, match="--older-than"):
            parse_age(text, now)


def test_old_articles_are_deleted_as_the_dry_run_says(store: Store, make_article: Callable[..., Article]) -> None:
    store.now = now = datetime.now(UTC)
    store.save(make_article("https://example.org/new", date_published=now))
    for number in range(3):
        store.save(make_article(f"https://example.org/{number}", date_published=now - timedelta(days=200)))
    before = [store.rows(table) for table in metadata.sorted_tables]
    would = prune(store.engine, now - timedelta(days=180), history=True, dry_run=True)
    assert (would.articles, would.versions, would.dry_run) == (3, 0, True)
    assert [store.rows(table) for table in metadata.sorted_tables] == before
    url = store.engine.url.render_as_string(hide_password=False)
    dry = scrapy("prune", "--older-than", "180d", "--dry-run", database_url=url)
    assert (dry.code, "would delete 3 articles from before" in dry.output) == (ExitCode.OK, True), dry.log
    assert [store.rows(table) for table in metadata.sorted_tables] == before
    shrink = ["--vacuum"] if store.engine.dialect.name == "sqlite" else []
    done = scrapy("prune", "--older-than", "180d", "--site", "example.org", "--json", *shrink, database_url=url)
    assert (done.code, json.loads(done.output)["articles"]) == (ExitCode.OK, 3), done.log
    assert [row.url for row in store.rows(articles)] == ["https://example.org/new"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "say how old: scrapy prune --older-than 180d"),
        (["--older-than", "soon"], "invalid duration"),
        (["--older-than", "9d", "--site", "exmaple.org"], "did you mean 'example.org'?"),
    ],
)
def test_mistakes_end_with_one_line(store: Store, options: list[str], words: str) -> None:
    store.claim("https://example.org/one")
    done = scrapy("prune", *options, database_url=store.engine.url.render_as_string(hide_password=False))
    assert (done.code, words in done.log, done.log.count("\n")) == (ExitCode.USAGE, True, 1), done.log
