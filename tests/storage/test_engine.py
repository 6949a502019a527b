"""Open, create and upgrade databases."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, event, inspect, select, text

from newscrawl.dedup.content_hash import content_hash
from newscrawl.exceptions import NewscrawlError, StorageError, UsageError
from newscrawl.items import Article, Outcome
from newscrawl.storage.engine import connect_for_reading, open_engine, parse_url
from newscrawl.storage.schema import article_revisions, articles, metadata
from newscrawl.storage.upgrade import alembic_config, inspect_schema, require_current, upgrade
from tests.support.store import Store

Make = Callable[..., Article]


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("articles.db", UsageError, ["'articles.db'", "sqlite:///newscrawl.db"]),
        ("", UsageError, ["''", "sqlite:///newscrawl.db"]),
        ("sqlite:///news.db ", UsageError, ["white space around it"]),
        ("sqlite:///news.db\n", UsageError, ["white space around it"]),
        ("mysql://root@localhost/test", UsageError, ["'mysql'", "postgresql+psycopg://"]),
        ("sqlite3:///news.db", UsageError, ["'sqlite3'", "did you mean 'sqlite'?"]),
        ("postgres://joe:secret@db/news", UsageError, ["'postgres://joe:***@db/news'", "did you mean 'postgresql'?"]),
        ("postgresql+psycopg2://joe:secret@db/news", UsageError, ["driver 'psycopg2'", "did you mean 'psycopg'?"]),
        ("postgresql+asyncpg://joe:secret@db/news", UsageError, ["driver 'asyncpg'"]),
        ("sqlite+aiosqlite:///news.db", UsageError, ["driver 'aiosqlite'"]),
        ("sqlite://news.db", UsageError, ["lacks a slash", "'sqlite:///news.db'"]),
        ("sqlite://data/news.db", UsageError, ["lacks a slash", "'sqlite:///data/news.db'"]),
        ("sqlite:/news.db", UsageError, ["lacks a slash after 'sqlite'"]),
        ("sqlite:news.db", UsageError, ["lacks two slashes after 'sqlite'"]),
        ("sqlite:///", UsageError, ["names no file"]),
        ("sqlite:////tmp", UsageError, ["names a folder"]),
        ("sqlite:///news.db?tiemout=3", UsageError, ["options are invalid"]),
        ("postgresql//joe:secret@db/news", UsageError, ["not a database URL"]),
        ("joe:secret@db/news", UsageError, ["joe:***@db/news"]),
        ("postgresql:/joe:secret@db/news", UsageError, ["lacks a slash after 'postgresql'"]),
        ("postgresql://joe:se@secret@db/news", UsageError, ["write it as %40"]),
        ("postgresql://joe:secret@db:port/news", UsageError, ["host or port is invalid"]),
        ("postgresql://joe:secret@db:70000/news", UsageError, ["port is not between 1 and 65535"]),
        (f"postgresql://joe:secret@{'d' * 64}.example/news", UsageError, ["label"]),
        ("postgresql://joe@127.0.0.1:9/news?password=secret", StorageError, ["password=***"]),
        ("postgresql://joe:secret@no-such-host.invalid/news", StorageError, ["no-such-host.invalid", "joe:***@"]),
        (f"sqlite:////tmp/{'d' * 300}", StorageError, ["writable"]),
        ("sqlite:////no/such/folder/x.db", StorageError, ["create the folder /no/such/folder"]),
        ("sqlite:////proc/x.db", StorageError, ["writable"]),
        (
            "postgresql+psycopg://joe:secret@127.0.0.1:9/news",
            StorageError,
            ["joe:***@", "refused", "server is running"],
        ),
    ],
)
def test_error_for_a_database_that_cannot_be_opened_has_url_cause_and_hint(
    url: str, error: type[NewscrawlError], words: list[str]
) -> None:
    with pytest.raises(error) as raised:
        open_engine(url)
    assert all(word in str(raised.value) for word in words), raised.value
    assert "secret" not in str(raised.value)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    "name", ["news.db", "my news.db", "нове.db", "a?b=c".replace("?", "%3F"), "100% news.db", "x@y:z.db", "sqlite"]
)
def test_unusual_file_names_are_no_mistake(tmp_path: Path, name: str) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/{name}")
    engine.dispose()
    assert any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["postgresql://joe@db/news", "postgresql+psycopg://joe:a/b:c@[::1]:5432/news?sslmode=require"]
)
def test_urls_of_postgresql_get_the_driver(url: str) -> None:
    assert parse_url(url).drivername == "postgresql+psycopg"


def test_file_that_is_not_a_database_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("dear diary, " * 200, encoding="utf-8")
    with pytest.raises(StorageError, match="something else"):
        open_engine(f"sqlite:///{file}")
    assert file.read_text(encoding="utf-8") == "dear diary, " * 200


def test_tables_are_created_in_an_empty_database(database_url: str) -> None:
    engine = open_engine(database_url)
    assert inspect_schema(engine).empty
    require_current(engine)
    assert metadata.tables.keys() <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_migrations_create_the_tables_declared_in_the_schema(engine: Engine) -> None:
    state = inspect_schema(engine)
    assert (state.is_current, state.differences) == (True, ())


def test_upgrade_from_the_first_release_keeps_the_articles(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO articles (id, url, key, site, headline, article_body, sources, content_hash,"
                " date_downloaded) VALUES (1, 'u', 'k', 's', 'h', 'b', '{}', 'c', '2026-11-22 12:00:00')"
            )
        )
    state = upgrade(engine)
    assert (state.is_current, state.differences) == (True, ())
    with connect_for_reading(engine) as connection:
        row = connection.execute(select(articles)).one()
    assert (row.headline, row.is_truncated, row.disagreements) == ("h", None, [])
    engine.dispose()


def test_upgrade_recomputes_content_hashes_so_that_stored_texts_are_recognised(
    database_url: str, make_article: Make
) -> None:
    engine = open_engine(database_url)
    article = make_article(headline="News", article_body="The “same” text as ever.", extractor_version=2)
    known = {"url": article.url, "key": article.url_key, "headline": article.headline, "body": article.article_body}
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0002")
        connection.execute(
            text(
                "INSERT INTO crawls (id, spider, arguments, started_at, extractor_version)"
                " VALUES (1000, 'news', '{}', '2026-11-22 12:00:00', 2)"
            )
        )
        for number in range(1, 1203):
            values = (
                known
                if number == 1
                else known
                | {
                    "url": f"https://example.org/{number}",
                    "key": f"https://example.org/{number}",
                    "body": f"Text {number}",
                }
            )
            connection.execute(
                text(
                    "INSERT INTO articles (id, url, key, site, headline, article_body, sources, content_hash,"
                    " date_downloaded, crawl_id) VALUES (:id, :url, :key, 's', :headline, :body, '{}', 'old',"
                    " '2026-11-21 12:00:00', 1000)"
                ),
                values | {"id": number},
            )
            connection.execute(
                text(
                    "INSERT INTO article_revisions (article_id, revision, headline, article_body, content_hash,"
                    " date_downloaded) VALUES (:id, 1, :headline, :body, 'old', '2026-11-20 12:00:00')"
                ),
                {"id": number, "headline": "News", "body": f"First text {number}"},
            )
    upgrade(engine)
    with connect_for_reading(engine) as connection:
        for table in (articles, article_revisions):
            rows = connection.execute(select(table)).all()
            assert len(rows) == 1202
            assert all(row.content_hash == content_hash(row.headline, row.article_body) for row in rows)
        assert set(connection.execute(select(articles.c.extractor_version)).scalars()) == {2}
    store = Store(engine)
    saved = store.save(article)
    assert (saved.outcome, saved.reason) == (Outcome.UNCHANGED, "same_content")
    store.close()
    engine.dispose()


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    assert upgrade(engine).is_current


def test_database_of_another_program_is_not_changed(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cats (name TEXT)"))
    with pytest.raises(StorageError, match="but none of newscrawl"):
        require_current(engine)
    assert inspect(engine).get_table_names() == ["cats"]
    engine.dispose()


def test_database_of_a_newer_newscrawl_is_not_changed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="upgrade newscrawl"):
        require_current(engine)


def test_full_disk_is_not_reported_as_a_database_of_another_program(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=8"))
    engine.dispose()
    with pytest.raises(StorageError, match="full; free space") as raised:
        require_current(engine)
    assert "another program" not in str(raised.value)
    engine.dispose()


def test_opening_waits_while_another_crawl_creates_the_database(tmp_path: Path) -> None:
    file = tmp_path / "newscrawl.db"
    other = sqlite3.connect(file, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.commit)
    done.start()
    engine = open_engine(f"sqlite:///{file}")
    assert not other.in_transaction
    with connect_for_reading(engine) as reader:
        assert reader.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    engine.dispose()
    done.join()
    other.close()


def test_concurrent_crawls_can_start_on_an_empty_database(database_url: str) -> None:
    failures: list[Exception] = []

    def start() -> None:
        try:
            engine = open_engine(database_url)
            require_current(engine)
            engine.dispose()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with engine.begin() as writer, connect_for_reading(engine) as reader:
        writer.execute(text("UPDATE alembic_version SET version_num = 'half-way'"))
        assert reader.execute(text("SELECT version_num FROM alembic_version")).scalar_one() != "half-way"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_connections_share_the_memory_of_their_page_caches(sqlite_url: str) -> None:
    def read_mib() -> float:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1024**2

    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE blobs (content BLOB)"))
        connection.execute(text("INSERT INTO blobs VALUES (:content)"), [{"content": bytes(3_000)}] * 15_000)
    engine.dispose()
    before = read_mib()
    with contextlib.ExitStack() as stack:
        for _ in range(4):  # each could keep 32 MiB
            connection = stack.enter_context(connect_for_reading(engine))
            assert (
                connection.execute(text("SELECT count(*) FROM blobs WHERE content IS NOT NULL")).scalar_one() == 15_000
            )
        assert read_mib() - before < 70
    engine.dispose()


def test_postgresql_compiles_no_query(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.begin() as connection:
        assert connection.execute(text("SHOW jit")).scalar_one() == "off"
    engine.dispose()
