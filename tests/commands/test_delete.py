"""`scrapy delete` removes single articles for good."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from newscrawl.commands.delete import delete_targets, describe
from newscrawl.exceptions import ExitCode, UsageError
from newscrawl.items import Article
from newscrawl.storage.operations.retries import Retry, retry_page
from newscrawl.storage.schema import article_changes, articles, metadata, pages
from newscrawl.storage.space import merge_search_index, overwrite_deleted, truncate_wal, vacuum
from tests.support.crawling import StubResponse, article_page, crawl, front_page, make_due, query, scrapy, tiny_site
from tests.support.store import Store

Make = Callable[..., Article]
ARTICLE, OTHER, COPY = (f"/2026/11/20/report-on-{name}-of-the-town" for name in ("one", "two", "three"))
SECRET = "Rumpelstilzchen"
INDEXED = b"rumpelstilzch"
"""As the full-text index has it."""
OUTCOMES = "SELECT outcome, reason FROM pages WHERE kind = 'article' ORDER BY id"


def test_a_deleted_article_is_not_fetched_again_and_why_says_so(database_url: str) -> None:
    fronts = [StubResponse(front_page(ARTICLE, OTHER)), StubResponse(front_page(ARTICLE, OTHER, COPY))]
    found = {"/": fronts, ARTICLE: article_page("one"), OTHER: article_page("two"), COPY: article_page("one")}
    with tiny_site(found) as site:
        crawl("news", database_url=database_url, url=f"{site.url}/")
        done = scrapy("delete", f"{site.url}{ARTICLE}?utm_source=x", "--reason", "a letter", database_url=database_url)
        # Which of the two is article 1 depends on which worker was faster.
        is_deleted = re.search(r"deleted article \d; the URL will not be fetched again", done.output)
        assert (done.code, is_deleted is not None) == (0, True), done.output + done.log
        make_due(database_url)
        crawl("news", database_url=database_url, url=f"{site.url}/", force=1)
        crawl("article", database_url=database_url, url=f"{site.url}{ARTICLE}")
        assert [site.paths().count(path) for path in (ARTICLE, OTHER, COPY)] == [1, 2, 1]
        explained = scrapy("why", f"{site.url}{ARTICLE}", database_url=database_url)
    outcomes = [("deleted", "on_request"), ("unchanged", "same_content"), ("deleted", "deleted_text")]
    assert query(database_url, OUTCOMES) == outcomes
    assert "now         deleted: on_request" in explained.output
    assert "next fetch  never; its article was deleted" in explained.output
    assert re.search(r"article \d, which was deleted 20\d\d-", explained.output)
    assert ": a letter" in explained.output


def fill(store: Store, make_article: Make) -> None:
    body = f"{SECRET} " * 2_000
    for name in "ab":
        lists = {"authors": [f"{SECRET} Grimm"], "keywords": [f"the {SECRET}"]}
        article = make_article(f"https://{name}.example/one", site=f"{name}.example", article_body=body + name, **lists)
        store.save(article)
    store.start_crawl()
    later = make_article("https://a.example/one", site="a.example", article_body=body + "changed", headline="New")
    store.save(later)


@pytest.mark.parametrize("with_vacuum", [False, True])
def test_the_content_is_gone_from_the_file(
    tmp_path: Path, sqlite_engine: object, make_article: Make, with_vacuum: bool
) -> None:
    store = Store(sqlite_engine)  # type: ignore[arg-type]
    fill(store, make_article)
    file = Path(store.engine.url.database or "")
    truncate_wal(store.engine)
    assert SECRET.encode() in file.read_bytes()
    assert INDEXED in file.read_bytes()
    delete_targets(store.engine, ["1", "2"], None)
    merge_search_index(store.engine)
    if with_vacuum:
        vacuum(store.engine)
    assert truncate_wal(store.engine)
    store.close()
    left = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))
    assert SECRET.encode() not in left
    assert INDEXED not in left


def test_a_reader_keeps_the_old_content_in_the_log(sqlite_engine: object, make_article: Make) -> None:
    store = Store(sqlite_engine)  # type: ignore[arg-type]
    fill(store, make_article)
    with store.engine.connect().execution_options(reads_only=True) as reader:
        reader.exec_driver_sql("SELECT count(*) FROM articles").all()
        delete_targets(store.engine, ["1"], None)
        store.engine.raw_connection().cursor().execute("PRAGMA busy_timeout=100")
        assert not truncate_wal(store.engine)
    assert truncate_wal(store.engine)
    store.close()


def test_dry_run_and_mistakes_change_nothing(store: Store, make_article: Make) -> None:
    fill(store, make_article)
    before = [store.rows(table) for table in metadata.sorted_tables]
    [target] = delete_targets(store.engine, ["https://a.example/one"], None, dry_run=True)
    assert (target.article_id, target.versions, target.story) == (1, 1, (2,))
    assert list(describe(target, dry_run=True)) == [
        "https://a.example/one: would delete article 1 and 1 older version; the URL will not be fetched again",
        "  copies and near-copies on other pages stay; delete them by id: 2",
    ]
    for names in (["1", "99"], ["1", "https://a.example/unknown"], ["1", "no url"]):
        with pytest.raises(UsageError):
            delete_targets(store.engine, names, None)
    assert [store.rows(table) for table in metadata.sorted_tables] == before


def test_a_page_without_an_article_is_closed(store: Store) -> None:
    store.claim("https://example.org/pending", limit=0)
    [target] = delete_targets(store.engine, ["https://example.org/pending"], None)
    assert "has no article; it will not be fetched again" in next(describe(target))
    assert [(page.outcome, page.reason) for page in store.rows(pages)] == [("deleted", "on_request")]
    store.start_crawl()
    assert store.claim_pending() == []
    assert store.rows(article_changes) == []
    with store.engine.begin() as connection:
        assert retry_page(connection, target.url, target.url, store.now) == Retry(target.url, 0, 0, 0)


def test_the_result_as_json_and_vacuum_on_sqlite_only(store: Store, make_article: Make) -> None:
    fill(store, make_article)
    url = store.engine.url.render_as_string(hide_password=False)
    done = scrapy("delete", "1", "--json", "--vacuum", database_url=url)
    if store.engine.dialect.name == "sqlite":
        assert (done.code, json.loads(done.output)[0]["versions"]) == (ExitCode.OK, 1), done.log
        assert [row.id for row in store.rows(articles)] == [2]
    else:
        assert (done.code, "--vacuum is for SQLite" in done.log) == (ExitCode.USAGE, True)
        assert [row.id for row in store.rows(articles)] == [1, 2]
    assert scrapy("delete", database_url=url).code == ExitCode.USAGE


def test_overwriting_is_left_to_sqlite(store: Store) -> None:
    with store.engine.begin() as connection:
        overwrite_deleted(connection)
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
