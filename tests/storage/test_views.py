"""The views give the same on both engines, and times on SQLite compare with ISO strings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Row, func, select, text

from newscrawl.items import Article, DateZone, Image, Precision
from newscrawl.storage.derived import create_derived
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.upgrade import inspect_schema
from newscrawl.storage.views import VIEWS, article_versions, articles_current, site_days
from tests.support.store import Store

PUBLISHED = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
BODY = "It has rained in the whole country since Monday.\n\n雨が降る。"
"""Nine words and four characters that count as words."""
MakeArticle = Callable[..., Article]


def fill(store: Store, make_article: MakeArticle) -> None:
    """Store an article in two versions and one that is withdrawn."""
    values: dict[str, Any] = {
        "authors": ["Ann Ó", "李雷"],
        "keywords": ["rain"],
        "date_published": PUBLISHED,
        "date_published_precision": Precision.INSTANT,
        "date_published_zone": DateZone.DECLARED,
        "date_published_utc_offset": 120,
        "date_published_day": PUBLISHED.date(),
        "article_type": "OpinionNewsArticle",
        "images": [Image("https://example.org/a.jpg", "Rain", None)],
    }
    store.save(make_article(**values, article_body="It rains."))
    store.now += timedelta(hours=2)
    store.start_crawl()
    store.save(make_article(**values, article_body=BODY, date_downloaded=store.now))
    store.save(make_article("https://example.org/gone", headline="Gone"))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET withdrawn_at = date_downloaded WHERE headline = 'Gone'"))


def rows(store: Store, statement: Any) -> list[Row[Any]]:
    with connect_for_reading(store.engine) as connection:
        return list(connection.execute(statement))


def test_current_articles_have_lists_word_count_and_times(store: Store, make_article: MakeArticle) -> None:
    fill(store, make_article)
    [row] = rows(store, select(articles_current))
    assert (row.authors, row.keywords) == (["Ann Ó", "李雷"], ["rain"])
    assert row.images == [{"url": "https://example.org/a.jpg", "caption": "Rain", "credit": None}]
    assert (row.date_published, row.published_epoch) == (PUBLISHED, int(PUBLISHED.timestamp()))
    assert (row.word_count, row.article_type, row.date_published_day) == (13, "OpinionNewsArticle", date(2026, 11, 25))


def test_versions_old_and_new_have_one_shape(store: Store, make_article: MakeArticle) -> None:
    fill(store, make_article)
    of_one = select(article_versions).where(article_versions.c.site == "example.org").order_by("article_id", "revision")
    first, second, gone = rows(store, of_one)
    assert [(one.revision, one.is_current, one.word_count) for one in (first, second)] == [(1, False, 2), (2, True, 13)]
    for name in ("article_id", "url", "authors", "keywords", "images", "date_published", "published_epoch"):
        assert getattr(first, name) == getattr(second, name), name
    assert gone.is_current
    assert gone.withdrawn_at is not None


def test_site_days_count_articles_and_the_share_that_has_each_field(store: Store, make_article: MakeArticle) -> None:
    fill(store, make_article)
    store.save(make_article("https://example.org/two", date_published_day=PUBLISHED.date(), headline="Two"))
    [row] = rows(store, select(site_days))
    assert (row.site, row.day, row.articles, row.stories, row.revised) == ("example.org", PUBLISHED.date(), 2, 2, 1)
    assert (float(row.authors_rate), float(row.article_type_rate), float(row.publisher_rate)) == (0.5, 0.5, 0.0)


@pytest.mark.parametrize(
    ("condition", "is_found"),
    [
        ("date_published > '2026-11-25T08:29:59Z'", True),
        ("date_published >= '2026-11-25T08:30:00Z'", True),
        ("date_published > '2026-11-25T08:30:00Z'", False),
        ("date_published < '2026-11-25T23:59:59Z'", True),
        ("date_published BETWEEN '2026-11-25T00:00:00Z' AND '2026-11-26T00:00:00Z'", True),
        ("published_epoch >= {epoch:2026-11-25T10:30:00+02:00}", True),
        ("published_epoch > {epoch:2026-11-25T10:30:00+02:00}", False),
        ("published_epoch < {epoch:2026-11-25T03:31:00-05:00}", True),
    ],
)
def test_times_compare_with_iso_strings(
    store: Store, make_article: MakeArticle, condition: str, *, is_found: bool
) -> None:
    fill(store, make_article)
    is_sqlite = store.engine.dialect.name == "sqlite"
    before, after = ("unixepoch('", "')") if is_sqlite else ("extract(epoch FROM timestamptz '", "')")
    condition = condition.replace("{epoch:", before).replace("}", after)
    sql = f"SELECT count(*) FROM articles_current WHERE {condition}"
    assert rows(store, text(sql.replace(":", r"\:"))) == [(int(is_found),)]


def test_a_time_is_bound_in_the_format_of_the_view(store: Store, make_article: MakeArticle) -> None:
    fill(store, make_article)
    published = articles_current.c.date_published
    found = select(func.count()).where(published > PUBLISHED - timedelta(seconds=1), published <= PUBLISHED)
    assert rows(store, found) == [(1,)]


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("date_published > '2026-11-25T00:00:00Z'", "ix_articles_published_text"),
        ("site = 'example.org' AND date_published > '2026-11-25T00:00:00Z'", "ix_articles_site_published_text"),
        ("published_epoch > unixepoch('2026-11-25T00:00:00+02:00')", "ix_articles_published_epoch"),
        ("site = 'example.org' ORDER BY date_published DESC LIMIT 20", "ix_articles_site_published_text"),
        ("true ORDER BY date_published DESC LIMIT 20", "ix_articles_published_text"),
        ("date_published_day = '2026-11-25'", "ix_articles_date_published_day"),
    ],
)
def test_conditions_on_times_use_an_index_on_sqlite(sqlite_engine: Engine, condition: str, index: str) -> None:
    sql = f"EXPLAIN QUERY PLAN SELECT id, headline FROM articles_current WHERE {condition}"
    with connect_for_reading(sqlite_engine) as connection:
        plan = "\n".join(row[-1] for row in connection.exec_driver_sql(sql))
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_the_views_of_a_site_do_not_scan_all_articles_on_sqlite(sqlite_engine: Engine) -> None:
    with connect_for_reading(sqlite_engine) as connection:
        for sql in (
            "SELECT * FROM site_days WHERE site = 'example.org'",
            "SELECT * FROM article_versions WHERE article_id = 7",
            "SELECT * FROM stories WHERE story_id = 7",
        ):
            plan = "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
            assert "SCAN a\n" not in f"{plan}\n"


def test_a_missing_or_changed_view_is_a_difference_that_an_upgrade_removes(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW site_days")
        connection.exec_driver_sql("DROP VIEW article_versions")
        connection.exec_driver_sql("CREATE VIEW article_versions AS SELECT id AS article_id FROM articles")
        [index] = [name for name in ("ix_articles_published_epoch", "ix_articles_authors") if _has(connection, name)]
        connection.exec_driver_sql(f"DROP INDEX {index}")
    differences = inspect_schema(engine).differences
    assert tuple(one for one in differences if not one.startswith("comment of ")) == (
        "view article_versions differs",
        "view site_days is missing",
        f"index articles.{index} is missing",
    )
    with engine.begin() as connection:
        create_derived(connection)
    assert inspect_schema(engine).differences == ()


def test_a_view_of_a_user_on_top_survives(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW mine AS SELECT headline FROM articles_current")
        create_derived(connection)
        assert connection.exec_driver_sql("SELECT count(*) FROM mine").scalar_one() == 0


def test_authors_are_searched_with_the_index_on_postgresql(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        sql = "SELECT count(*) FROM articles_current, json_each(authors) WHERE json_each.value = 'Ann'"
        with connect_for_reading(engine) as connection:
            assert connection.exec_driver_sql(sql).scalar_one() == 0
        return
    sql = """EXPLAIN SELECT id FROM articles_current WHERE authors @> '["Ann"]'"""
    with connect_for_reading(engine) as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(sql))
    assert "ix_articles_authors" in plan


def test_every_view_has_the_columns_of_its_table(engine: Engine) -> None:
    with connect_for_reading(engine) as connection:
        for view in VIEWS:
            found = connection.exec_driver_sql(f"SELECT * FROM {view.table.name}")
            assert list(found.keys()) == view.table.columns.keys()


def _has(connection: Any, index: str) -> bool:
    names = "SELECT name FROM sqlite_master" if connection.dialect.name == "sqlite" else "SELECT relname FROM pg_class"
    return index in connection.exec_driver_sql(names).scalars().all()
