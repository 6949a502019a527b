"""The views: what those who read the database query. One definition makes them on both engines.

Views and the indexes behind them belong to the code, not to a migration: each `scrapy db upgrade` creates those that
are missing or have changed. docs/schema.md explains them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
)

from newscrawl.storage.comments import add_comments
from newscrawl.storage.schema import Id, articles, json_type

metadata = MetaData()
"""Apart from that of the tables: Alembic must not take a view for a missing table."""


class ViewDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, to the second. SQLite's views have it as `2026-11-22T12:00:00Z`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(20) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware datetime")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


TIME = {"sqlite": "replace(substr({0}, 1, 19), ' ', 'T') || 'Z'", "postgresql": "{0}"}
"""A stored time as the views show it. SQLite stores `2026-11-22 12:00:00.000000`."""
EPOCH = {
    "sqlite": "CAST(strftime('%s', {0}) AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM {0})) AS bigint)",
}
"""A stored time in seconds since 1970-01-01 00:00 UTC."""
_DAY = {"sqlite": "date({0})", "postgresql": "CAST({0} AT TIME ZONE 'UTC' AS date)"}
_IMAGES = {
    "sqlite": (
        "(SELECT json_group_array(json_object('url', i.url, 'caption', i.caption, 'credit', i.credit)) FROM"
        " (SELECT * FROM article_images WHERE article_id = {0} ORDER BY position) i)"
    ),
    "postgresql": (
        "(SELECT coalesce(jsonb_agg(jsonb_build_object('url', i.url, 'caption', i.caption, 'credit', i.credit)"
        " ORDER BY i.position), '[]') FROM article_images i WHERE i.article_id = {0})"
    ),
}
"""The images of an article as a JSON array of objects, in order."""
_IS_CURRENT = {"sqlite": "1", "postgresql": "true"}
_IS_OLDER = {"sqlite": "0", "postgresql": "false"}
_NO_TIME = {"sqlite": "NULL", "postgresql": "CAST(NULL AS timestamptz)"}

Expression = str | Mapping[str, str]
"""SQL, for both engines or for each."""


def _of(templates: Mapping[str, str], expression: str) -> dict[str, str]:
    return {dialect: template.format(expression) for dialect, template in templates.items()}


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT of a view, with the columns of its table in their order."""

    source: Expression
    """FROM and what follows."""
    alias: str
    """What columns without an expression of their own are taken from."""
    expressions: Mapping[str, Expression] = field(default_factory=dict)
    """Column -> how it is computed."""

    def make_sql(self, table: Table, dialect: str) -> str:
        columns = ", ".join(f"{self._compute(column, dialect)} AS {column.name}" for column in table.columns)
        return f"SELECT {columns} FROM {_choose(self.source, dialect)}"

    def _compute(self, column: Column[Any], dialect: str) -> str:
        if column.name in self.expressions:
            return _choose(self.expressions[column.name], dialect)
        stored = f"{self.alias}.{column.name}"
        return TIME[dialect].format(stored) if isinstance(column.type, ViewDateTime) else stored


def _choose(expression: Expression, dialect: str) -> str:
    return expression if isinstance(expression, str) else expression[dialect]


@dataclass(frozen=True, slots=True)
class View:
    """A view, as a table for queries and as the SQL that creates it."""

    table: Table
    queries: tuple[Query, ...]

    def make_sql(self, dialect: str) -> str:
        """Return the SELECT of the view on an engine (`sqlite` or `postgresql`)."""
        return "\nUNION ALL\n".join(query.make_sql(self.table, dialect) for query in self.queries)


def _text_columns() -> Iterator[Column[Any]]:
    """Yield the columns that a version of an article has."""
    yield Column("headline", Text)
    yield Column("alternative_headline", Text)
    yield Column("description", Text)
    yield Column("standfirst", Text)
    yield Column("authors", json_type())
    yield Column("keywords", json_type())
    yield Column("date_published", ViewDateTime)
    yield Column("published_epoch", BigInteger)
    yield Column("date_published_day", Date)
    yield Column("date_published_precision", String(8))
    yield Column("date_published_utc_offset", SmallInteger)
    yield Column("date_published_zone", String(8))
    yield Column("date_modified", ViewDateTime)
    yield Column("in_language", String(35))
    yield Column("article_type", String(40))
    yield Column("article_section", Text)
    yield Column("publisher", Text)
    yield Column("source_organization", Text)
    yield Column("word_count", Integer)
    yield Column("article_body", Text)
    yield Column("article_body_html", Text)
    yield Column("main_image", Text)
    yield Column("images", json_type())
    yield Column("is_accessible_for_free", Boolean)
    yield Column("is_truncated", Boolean)
    yield Column("disagreements", json_type())
    yield Column("sources", json_type())
    yield Column("content_hash", String(64))
    yield Column("date_downloaded", ViewDateTime)


articles_current = Table(
    "articles_current",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("site", Text),
    *_text_columns(),
    Column("revision", Integer),
    Column("story_id", Id),
    Column("similarity", Float),
)

article_versions = Table(
    "article_versions",
    metadata,
    Column("article_id", Id, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("is_current", Boolean),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("site", Text),
    *_text_columns(),
    Column("withdrawn_at", ViewDateTime),
)

stories = Table(
    "stories",
    metadata,
    Column("story_id", Id, primary_key=True),
    Column("articles", BigInteger),
    Column("sites", BigInteger),
    Column("first_article_id", Id),
    Column("first_url", Text),
    Column("first_site", Text),
    Column("first_publisher", Text),
    Column("headline", Text),
    Column("first_date_published", ViewDateTime),
    Column("last_date_published", ViewDateTime),
    Column("source_organization", Text),
)

OPTIONAL_FIELDS = (
    "canonical_url",
    "alternative_headline",
    "description",
    "standfirst",
    "date_modified",
    "in_language",
    "article_type",
    "article_section",
    "publisher",
    "source_organization",
    "main_image",
    "is_accessible_for_free",
)
LIST_FIELDS = ("authors", "keywords")
site_days = Table(
    "site_days",
    metadata,
    Column("site", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("articles", BigInteger),
    Column("stories", BigInteger),
    Column("words", BigInteger),
    Column("revised", BigInteger),
    Column("truncated", BigInteger),
    *(Column(f"{name}_rate", Float) for name in (*LIST_FIELDS, *OPTIONAL_FIELDS)),
)

add_comments(metadata.tables.values(), inherit=articles)

_EPOCH_OF_ARTICLE = {"published_epoch": _of(EPOCH, "a.date_published"), "images": _of(_IMAGES, "a.id")}


def _rate(condition: str) -> str:
    return f"round(avg(CASE WHEN {condition} THEN 1.0 ELSE 0.0 END), 4)"


# A date that is only known to the day stands for its midnight; within its day, any instant goes before it.
_FIRST_OF_STORY = """(
    SELECT story_id, count(*) AS articles, count(DISTINCT site) AS sites,
           min(date_published) AS first_date_published, max(date_published) AS last_date_published
    FROM articles GROUP BY story_id
) s
JOIN articles f ON f.id = (
    SELECT a.id FROM articles a WHERE a.story_id = s.story_id
    ORDER BY a.date_published IS NULL, {0}, a.date_published_precision = 'day', a.date_published, a.id LIMIT 1
)"""

VIEWS = (
    View(articles_current, (Query("articles a WHERE a.withdrawn_at IS NULL", "a", _EPOCH_OF_ARTICLE),)),
    View(
        article_versions,
        (
            Query("articles a", "a", {**_EPOCH_OF_ARTICLE, "article_id": "a.id", "is_current": _IS_CURRENT}),
            Query(
                "article_revisions r JOIN articles a ON a.id = r.article_id",
                "r",
                {
                    "published_epoch": _of(EPOCH, "r.date_published"),
                    "is_current": _IS_OLDER,
                    "site": "a.site",
                    "withdrawn_at": _NO_TIME,
                },
            ),
        ),
    ),
    View(
        stories,
        (
            Query(
                {dialect: _FIRST_OF_STORY.format(day.format("a.date_published")) for dialect, day in _DAY.items()},
                "s",
                {
                    "first_article_id": "f.id",
                    "first_url": "f.url",
                    "first_site": "f.site",
                    "first_publisher": "f.publisher",
                    "headline": "f.headline",
                    "source_organization": (
                        "(SELECT min(c.source_organization) FROM articles c WHERE c.story_id = s.story_id)"
                    ),
                },
            ),
        ),
    ),
    View(
        site_days,
        (
            Query(
                "articles a WHERE a.withdrawn_at IS NULL GROUP BY a.site, a.date_published_day",
                "a",
                {
                    "day": "a.date_published_day",
                    "articles": "count(*)",
                    "stories": "count(DISTINCT a.story_id)",
                    "words": "sum(a.word_count)",
                    "revised": "count(CASE WHEN a.revision > 1 THEN 1 END)",
                    "truncated": "count(CASE WHEN a.is_truncated THEN 1 END)",
                    **{f"{name}_rate": _rate(f"CAST(a.{name} AS TEXT) <> '[]'") for name in LIST_FIELDS},
                    **{f"{name}_rate": _rate(f"a.{name} IS NOT NULL") for name in OPTIONAL_FIELDS},
                },
            ),
        ),
    ),
)

_PUBLISHED = TIME["sqlite"].format("date_published")
INDEXES: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "ix_articles_published_text": f"articles ({_PUBLISHED})",
        "ix_articles_site_published_text": f"articles (site, {_PUBLISHED})",
        "ix_articles_published_epoch": f"articles ({EPOCH['sqlite'].format('date_published')})",
    },
    "postgresql": {
        "ix_articles_authors": "articles USING gin (authors jsonb_path_ops)",
        "ix_articles_keywords": "articles USING gin (keywords jsonb_path_ops)",
    },
}
"""Engine -> index -> what it is on: indexes that one engine has, for conditions on the columns of views."""
