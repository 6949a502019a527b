"""A database at revision 0009, the last one before tables and columns were renamed, keeps every row when upgraded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, insert, select, text

from newscrawl.dedup.shingles import SHINGLES_VERSION
from newscrawl.search.analysis import SEARCH_VERSION
from newscrawl.storage.engine import open_engine
from newscrawl.storage.schema import UtcDateTime, article_revisions, articles, metadata
from newscrawl.storage.upgrade import alembic_config, get_newest_revision, get_revision, inspect_schema, upgrade
from newscrawl.urls.normalize import NORMALIZER_VERSION

OLD = "0009"
ADDED: dict[str, dict[str, Any]] = {
    "articles": {"article_type": None, "word_count": 4, "alternative_headline": None, "standfirst": None},
    "article_revisions": {"article_type": None, "word_count": 4, "alternative_headline": None, "standfirst": None},
    "fetches": {"detail": None},
    "article_changes": dict.fromkeys(("url", "site", "reason", "detail")),
    "crawls": dict.fromkeys(("exit_code", "warnings", "host", "pid", "heartbeat_at")),
}
"""Columns that later revisions add, with the value of old rows."""
AT, LATER = (datetime(2026, 11, day, 8, tzinfo=UTC) for day in (1, 2))
KEY = "https://example.org/a"
LISTS: dict[str, Any] = {"authors": ["Ann"], "keywords": ["rain"], "images": [{"url": "https://example.org/a.jpg"}]}
VERSION: dict[str, Any] = {
    "url": f"{KEY}?id=1",
    "canonical_url": KEY,
    "headline": "Rain",
    "description": "It rains.",
    "date_published": AT,
    "date_published_raw": "1 November",
    "date_published_precision": "day",
    "date_modified": LATER,
    "date_modified_raw": "2 November",
    "date_modified_precision": "instant",
    "article_body": "It rained all day.",
    "article_body_html": "<p>It rained all day.</p>",
    "in_language": "en",
    "article_section": "Weather",
    "publisher": "Example",
    "source_organization": "Agency",
    "main_image": "https://example.org/a.jpg",
    "is_accessible_for_free": True,
    "is_truncated": False,
    "disagreements": ["headline"],
    "sources": {"headline": "json-ld"},
    "content_hash": "5" * 64,
    "date_downloaded": LATER,
    "extractor_version": 3,
    "page_id": 1,
    "crawl_id": 1,
}
PAGE: dict[str, Any] = {
    "url": KEY,
    "site": "example.org",
    "kind": "article",
    "http_status": 200,
    "discovered_from": "https://example.org/feed",
    "discovered_at": AT,
    "fetched_at": LATER,
    "next_visit_at": LATER,
    "visits": 3,
    "rung": 2,
    "failures": 1,
    "stated_at": LATER,
    "stated_published_at": AT,
    "newest_link_at": AT,
    "etag": '"1"',
    "last_modified": "Sun, 01 Nov 2026 08:00:00 GMT",
    "stated": {"source": "feed", "headline": "Rain"},
    "article_id": 1,
    "crawl_id": 1,
}
REASONS = {
    "new": "new",
    "script_shell": "javascript_required",
    "service_page": "utility_page",
    "same_key": "merged",
    "refused_by_database": "database_error",
    "worse_truncated": "regression_truncated",
    "worse_half_body": "regression_half_body",
    "worse_headline": "regression_headline",
    "worse_other_text": "regression_other_text",
    "timeout": "timeout",
}
"""Old reason -> the one it has now."""
ROWS: dict[str, list[dict[str, Any]]] = {
    "crawls": [
        {
            "id": number,
            "spider": "news",
            "arguments": {"url": "https://example.org/"},
            "started_at": AT,
            "finished_at": LATER,
            "finish_reason": reason,
            "extractor_version": 3,
            "normaliser_version": 2,
        }
        for number, reason in enumerate(("budget", "finished"), 1)
    ],
    "pages": [
        {**PAGE, "id": number, "key": f"{KEY}#{number}", "outcome": "unchanged", "reason": reason, "redirects_to": 1}
        for number, reason in enumerate(REASONS, 1)
    ],
    "site_crawls": [
        {"crawl_id": 1, "site": "example.org", "outcome": "error", "reason": reason, "kind": "article", "pages": 7}
        for reason in REASONS
    ]
    + [
        {
            "crawl_id": 1,
            "site": "example.org",
            "outcome": "pending",
            "reason": "unfinished",
            "kind": "feed",
            "pages": 2,
        }
    ],
    "visits": [
        {
            "id": number,
            "page_id": number,
            "crawl_id": 1,
            "visited_at": AT,
            "outcome": "unchanged",
            "reason": reason,
            "http_status": 200,
            "new_links": 4,
            "article_id": 1,
        }
        for number, reason in enumerate(REASONS, 1)
    ],
    "articles": [
        {
            **VERSION,
            "id": number,
            "key": f"{KEY}{number}",
            "site": "example.org",
            "revision": 2,
            "story_id": 1,
            "similarity": 0.5,
            "signature_version": SHINGLES_VERSION,
            "withdrawn_at": LATER,
        }
        for number in (1, 2, 3, 4)
    ],
    "article_authors": [{"article_id": 1, "position": 0, "name": "Ann"}],
    "article_keywords": [{"article_id": 1, "position": 0, "keyword": "rain"}],
    "article_images": [
        {"article_id": 1, "position": 0, "url": "https://example.org/a.jpg", "caption": "Rain", "credit": "Ann"}
    ],
    "article_revisions": [{**VERSION, **LISTS, "article_id": 1, "revision": 1}],
    "article_bands": [{"band": 2**62, "article_id": 1}],
    "article_refusals": [
        {
            "article_id": number,
            "content_hash": "6" * 64,
            "reason": reason,
            "visits": 2,
            "first_at": AT,
            "last_at": LATER,
        }
        for number, reason in enumerate((one for one in REASONS if one.startswith("worse_")), 1)
    ],
    "article_changes": [
        {
            "change_id": 1,
            "article_id": 1,
            "kind": "revised",
            "revision": 2,
            "changed_at": AT,
            "change_size": 0.25,
            "change_label": "update",
            "crawl_id": 1,
        }
    ],
    "article_merges": [{"merged_id": 9, "article_id": 1, "url": KEY, "merged_at": AT}],
    "key_rules": [
        {"site": "*", "made_by": str(NORMALIZER_VERSION)},
    ],
    "hosts": [
        {"host": "example.org", "rest_until": LATER, "refusals": 3, "refused_since": AT, "updated_at": AT},
    ],
}
"""Rows of every table of the old schema, with a value in every column."""
TABLES = {
    "visits": "fetches",
    "article_bands": "article_shingles",
    "article_refusals": "rejected_versions",
    "key_rules": "url_key_rules",
}
COLUMNS = {
    "crawls": {"normaliser_version": "normalizer_version"},
    "pages": {
        "key": "url_key",
        "next_visit_at": "next_fetch_at",
        "visits": "fetch_count",
        "rung": "recrawl_step",
        "stated": "source_metadata",
        "stated_at": "source_modified_at",
        "stated_published_at": "source_published_at",
    },
    "articles": {"key": "url_key", "signature_version": "shingles_version"},
    "fetches": {"visited_at": "fetched_at"},
    "article_shingles": {"band": "shingle_hash"},
    "rejected_versions": {"visits": "fetches"},
    "hosts": {"rest_until": "cooldown_until", "refusals": "backoff_count", "refused_since": "backoff_since"},
}
"""New table -> old column -> new column."""


@pytest.fixture
def old(database_url: str) -> Iterator[Engine]:
    """A database at revision 0009 with rows in every table, on each engine in turn."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), OLD)
        connection.execute(text("DELETE FROM key_rules"))
        tables = _reflect(connection)
        for name in _in_order(tables):
            connection.execute(insert(tables.tables[name]), ROWS[name])
    yield engine
    engine.dispose()


def test_rows_of_an_old_database_are_kept_under_the_new_names(old: Engine) -> None:
    assert upgrade(old).is_current
    assert inspect_schema(old).is_current
    assert _rows(old) == _expected()
    with old.connect() as connection:
        stories = connection.execute(text("SELECT articles, sites FROM stories")).all()
    assert [tuple(story) for story in stories] == [(4, 1)]


@pytest.mark.parametrize(
    ("raw", "published", "precision", "expected"),
    [
        ("2 November", AT, "day", (None, None, date(2026, 11, 1))),
        (
            "2026-11-02T06:30:00+10:00",
            datetime(2026, 11, 1, 20, 30, tzinfo=UTC),
            "instant",
            (600, "stated", date(2026, 11, 2)),
        ),
        ("2026-11-01T08:00:00Z", AT, "instant", (0, "stated", date(2026, 11, 1))),
        ("2026-11-01T08:00:00", AT, "instant", (None, None, None)),
        ("2026-11-01T08:00:00+05:00", AT, "instant", (None, None, None)),
        ("8 o'clock", AT, "instant", (None, None, None)),
        (None, None, None, (None, None, None)),
    ],
    ids=["day", "offset", "UTC", "no offset", "another moment", "words", "no date"],
)
def test_the_zone_and_day_of_old_dates_are_filled_in_as_far_as_they_are_known(
    old: Engine, raw: str | None, published: datetime | None, precision: str | None, expected: tuple[Any, ...]
) -> None:
    values = {"date_published": published, "date_published_raw": raw, "date_published_precision": precision}
    with old.begin() as connection:
        tables = _reflect(connection).tables
        for name in ("articles", "article_revisions"):
            connection.execute(tables[name].update().values(values))
    upgrade(old)
    with old.connect() as connection:
        for table in (articles, article_revisions):
            new = (table.c.date_published_utc_offset, table.c.date_published_zone, table.c.date_published_day)
            assert {tuple(row) for row in connection.execute(select(*new))} == {expected}


def test_every_table_and_column_of_the_old_schema_has_a_value(old: Engine) -> None:
    """So that a migration that loses a column cannot pass the other tests."""
    with old.connect() as connection:
        tables = _reflect(connection).tables
    for name, table in tables.items():
        given = {column for row in ROWS[name] for column, value in row.items() if value is not None}
        assert given == set(table.columns.keys()), name


def test_a_downgrade_restores_the_old_database_and_can_be_upgraded_again(old: Engine) -> None:
    before = _rows(old)
    upgrade(old)
    after = _rows(old)
    with old.begin() as connection:
        command.downgrade(alembic_config(connection), OLD)
    assert _rows(old) == before
    assert upgrade(old).is_current
    assert _rows(old) == after


def test_an_upgraded_database_has_the_tables_of_the_code(old: Engine) -> None:
    upgrade(old)
    with old.connect() as connection:
        assert set(_reflect(connection).tables) == set(metadata.tables)


@pytest.mark.parametrize(
    ("kind", "outcome", "reason", "is_due"),
    [
        ("feed", "gone", "http_404", True),
        ("section", "error", "timeout", True),
        ("sitemap", "robots", "robots_unavailable", True),
        ("feed", "blocked", "retry_after", False),
        ("section", "not_article", "section", False),
        ("article", "error", "timeout", False),
    ],
)
def test_listings_that_failed_before_the_upgrade_are_due(
    old: Engine, kind: str, outcome: str, reason: str, is_due: bool
) -> None:
    with old.begin() as connection:
        waiting = {"next_visit_at": datetime(2026, 11, 9, 8, tzinfo=UTC), "kind": kind, "outcome": outcome}
        connection.execute(_reflect(connection).tables["pages"].update().values(**waiting, reason=reason))
    upgrade(old)
    with old.connect() as connection:
        due = set(connection.execute(select(metadata.tables["pages"].c.next_fetch_at)).scalars())
    assert due == {LATER if is_due else waiting["next_visit_at"]}


def test_characters_that_jsonb_cannot_hold_are_removed(old: Engine) -> None:
    stored = r"""{"url": "a\u0000b \\u0000 \ud83d\ude00 \udcff"}"""
    with old.begin() as connection:
        connection.exec_driver_sql(f"UPDATE crawls SET arguments = '{stored}'")
    assert upgrade(old).is_current
    if old.dialect.name == "sqlite":
        return
    with old.connect() as connection:
        found = set(connection.execute(text("SELECT arguments ->> 'url' FROM crawls")).scalars())
    assert found == {r"ab \u0000 😀 "}


def _expected() -> dict[str, list[Any]]:
    expected = {}
    for old_table, rows in ROWS.items():
        table = TABLES.get(old_table, old_table)
        names = COLUMNS.get(table, {})
        renamed = [{names.get(column, column): value for column, value in row.items()} for row in rows]
        for row in renamed:
            if "reason" in row:
                row["reason"] = REASONS.get(row["reason"], row["reason"])
            if "date_published_precision" in row:
                row |= {"date_published_utc_offset": None, "date_published_zone": None, "date_published_day": AT.date()}
            if row.get("finish_reason") == "budget":
                row["finish_reason"] = "limit_reached"
            if table == "pages":
                row |= {"not_modified_count": 0, "validators_distrusted_until": None}
            if table == "site_crawls":
                row["fetched"] = 0 if row["reason"] in {"timeout", "unfinished"} else row["pages"]
            if table == "articles":
                row |= {name: LISTS[name] if row["id"] == 1 else [] for name in ("authors", "keywords")}
            row |= ADDED.get(table, {})
        expected[table] = sorted(map(_comparable, renamed))
    state = {"id": 1, "version": SEARCH_VERSION, "filled_to": None}
    added = ("site_checks", "learned_parameters", "deleted_texts", "change_cursors")
    # The articles are withdrawn, so they are not indexed for search.
    searched: dict[str, list[Any]] = {"search_documents": [], "search_state": [_comparable(state)]}
    return expected | searched | {table: [] for table in added}


def _rows(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            name: sorted(_comparable(dict(row._mapping)) for row in connection.execute(select(table)))
            for name, table in _reflect(connection).tables.items()
        }


def _comparable(row: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((name, repr(value)) for name, value in row.items())


def _reflect(connection: Any) -> MetaData:
    """Read the tables as they are, with dates as aware datetimes."""
    found = MetaData()
    found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    for name in [name for name in found.tables if name.startswith("search_index")]:
        found.remove(found.tables[name])
    for table in found.tables.values():
        for column in table.columns:
            if column.type.python_type is datetime:
                column.type = UtcDateTime()
    return found


def _in_order(tables: MetaData) -> list[str]:
    """Return the names of the tables, those first that others refer to."""
    return [table.name for table in tables.sorted_tables]


def test_revisions_are_those_of_alembic(engine: Engine) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(None))
    assert get_newest_revision() == scripts.get_current_head()
    with engine.begin() as connection:
        assert get_revision(connection) == scripts.get_current_head()
        command.downgrade(alembic_config(connection), OLD)
        assert get_revision(connection) == OLD
        connection.execute(text("DROP TABLE alembic_version"))
        assert get_revision(connection) is None
