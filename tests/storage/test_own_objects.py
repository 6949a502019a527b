"""Tables, indexes, views, triggers and columns of users are their own business."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, text

from newscrawl.exceptions import StorageError
from newscrawl.storage.engine import open_engine
from newscrawl.storage.upgrade import alembic_config, inspect_schema, keep_own_objects, require_current, upgrade

ON_BOTH = (
    "CREATE INDEX my_words ON articles (lower(headline))",
    "CREATE INDEX ix_mine ON pages (site, kind) WHERE outcome = 'error'",
    "CREATE UNIQUE INDEX one_per_url ON articles (url, id)",
    "CREATE TABLE watchlist (id INTEGER PRIMARY KEY, article_id BIGINT REFERENCES articles (id))",
    "CREATE VIEW latest AS SELECT headline, date_published FROM articles ORDER BY id DESC LIMIT 10",
    "ALTER TABLE articles ADD COLUMN sentiment FLOAT",
    "ALTER TABLE pages ADD COLUMN note TEXT DEFAULT 'none' NOT NULL",
)
OWN = {
    "sqlite": (
        *ON_BOTH,
        "CREATE VIRTUAL TABLE search USING fts5(headline, article_body, content='articles', content_rowid='id')",
        "CREATE TRIGGER search_new AFTER INSERT ON articles BEGIN"
        " INSERT INTO search (rowid, headline, article_body) VALUES (new.id, new.headline, new.article_body); END",
    ),
    "postgresql": (
        *ON_BOTH,
        "CREATE INDEX my_fts ON articles USING gin (to_tsvector('english', headline || ' ' || article_body))",
        "CREATE MATERIALIZED VIEW per_site AS SELECT site, count(*) AS number FROM articles GROUP BY site",
        "CREATE TABLE places (area point, tags tsvector, span int4range)",
    ),
}


def add(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_what_users_add_neither_fails_the_check_nor_the_upgrade_nor_a_crawl(engine: Engine) -> None:
    add(engine, *OWN[engine.dialect.name])
    assert inspect_schema(engine).differences == ()
    assert upgrade(engine).is_current
    require_current(engine)


def test_what_users_add_to_an_old_database_survives_the_upgrade(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0009")
    renamed = ("CREATE INDEX by_visit ON visits (reason)", "CREATE VIEW busy AS SELECT page_id, visited_at FROM visits")
    add(engine, *OWN[engine.dialect.name], *renamed)
    assert upgrade(engine).is_current
    names = "SELECT name FROM sqlite_master" if engine.dialect.name == "sqlite" else "SELECT relname FROM pg_class"
    with engine.connect() as connection:
        kept = set(connection.execute(text(names)).scalars())
        assert connection.execute(text("SELECT count(*) FROM busy")).scalar_one() == 0
    assert {"my_words", "ix_mine", "watchlist", "latest", "by_visit"} <= kept
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        ("DROP INDEX ix_pages_next_fetch_at", "index pages.ix_pages_next_fetch_at is missing"),
        ("DROP TABLE hosts", "table hosts is missing"),
        ("ALTER TABLE articles DROP COLUMN extractor_version", "column articles.extractor_version is missing"),
    ],
)
def test_what_newscrawl_needs_is_a_difference_where_it_is_missing(
    engine: Engine, statement: str, difference: str
) -> None:
    add(engine, *OWN[engine.dialect.name], statement)
    state = inspect_schema(engine)
    assert (state.differences, state.is_current) == ((difference,), False)


def test_an_index_of_the_same_name_on_another_column_is_a_difference(engine: Engine) -> None:
    add(engine, "DROP INDEX ix_pages_next_fetch_at", "CREATE INDEX ix_pages_next_fetch_at ON pages (site)")
    assert inspect_schema(engine).differences == ("index pages.ix_pages_next_fetch_at is missing",)


def rebuild(engine: Engine, *, drop: str) -> None:
    """Rebuild the table `articles` without the column *drop*, as a migration does on SQLite."""
    with engine.begin() as connection, keep_own_objects(connection):
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("articles", recreate="always") as batch:
            batch.drop_column(drop)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_indexes_triggers_and_views_of_users_survive_the_rebuild_of_their_table(sqlite_engine: Engine) -> None:
    add(sqlite_engine, *OWN["sqlite"])
    rebuild(sqlite_engine, drop="extractor_version")
    with sqlite_engine.begin() as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
        assert {"my_words", "one_per_url", "search_new", "latest", "stories"} <= names
        assert connection.execute(text("SELECT count(*) FROM latest")).scalar_one() == 0
    assert inspect_schema(sqlite_engine).differences == ("column articles.extractor_version is missing",)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_an_index_that_does_not_fit_the_new_table_stops_the_upgrade(sqlite_engine: Engine) -> None:
    add(sqlite_engine, "CREATE INDEX mine ON articles (round(extractor_version, 1))")
    with pytest.raises(sa.exc.OperationalError, match="no such column: extractor_version"):
        rebuild(sqlite_engine, drop="extractor_version")
    assert inspect_schema(sqlite_engine).is_current


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("CREATE TABLE fetches (id INTEGER)", "rename that table"),
        ("CREATE VIEW hosts AS SELECT 1 AS id", "rename that table, view"),
    ],
)
def test_names_that_the_upgrade_needs_are_reported(database_url: str, statement: str, hint: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0005")
    add(engine, statement)
    with pytest.raises(StorageError, match=hint):
        upgrade(engine)
    engine.dispose()
