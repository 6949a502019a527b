"""The tables. docs/schema.md says how they fit together; comments.toml describes each of them and every column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import TypeEngine

from newscrawl.storage.comments import add_comments


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps it as text in UTC, PostgreSQL as `timestamptz`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite autoincrements INTEGER keys only; on PostgreSQL, INTEGER would overflow at 2^31."""


def json_type(*, none_as_null: bool = False) -> TypeEngine[Any]:
    """Return the type of JSON columns: `jsonb` on PostgreSQL, text on SQLite."""
    return JSON(none_as_null=none_as_null).with_variant(JSONB(none_as_null=none_as_null), "postgresql")


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _article_key(**options: Any) -> Column[Any]:
    return Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), **options)


_is_open = text("finished_at IS NULL")
"""For a partial index: few runs are not finished."""

crawls = Table(
    "crawls",
    metadata,
    _id(),
    Column("spider", String(64), nullable=False),
    Column("arguments", json_type(), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("finish_reason", String(64)),
    Column("extractor_version", Integer),
    Column("normalizer_version", Integer),
    Column("exit_code", SmallInteger),
    Column("warnings", json_type(none_as_null=True)),
    Column("host", Text),
    Column("pid", Integer),
    Column("heartbeat_at", UtcDateTime),
    Index("ix_crawls_open", "id", sqlite_where=_is_open, postgresql_where=_is_open),
)

_is_uncounted = text("word_count IS NULL")
"""For a partial index: `scrapy db upgrade` counts the words of versions stored before the column existed."""
is_listing = text("kind <> 'article'")
"""For a partial index: few pages are listings. SQLite uses it only for conditions in exactly these words."""
_redirects = text("redirects_to IS NOT NULL")
"""For a partial index: few pages redirect, and each stored article looks up those that lead to its page."""

pages = Table(
    "pages",
    metadata,
    _id(),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False),
    # SQLite cannot rename a constraint, so these two keep the names they were created with.
    UniqueConstraint("url_key", name="uq_pages_key"),
    Column("site", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("outcome", String(16)),
    Column("reason", Text),
    Column("http_status", SmallInteger),
    Column("discovered_from", Text),
    Column("discovered_at", UtcDateTime, nullable=False),
    Column("fetched_at", UtcDateTime),
    Column("next_fetch_at", UtcDateTime),
    Column("fetch_count", Integer, nullable=False, server_default="0"),
    Column("recrawl_step", SmallInteger, nullable=False, server_default="0"),
    Column("failures", SmallInteger, nullable=False, server_default="0"),
    Column("source_modified_at", UtcDateTime),
    Column("source_published_at", UtcDateTime),
    Column("newest_link_at", UtcDateTime),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("not_modified_count", Integer, nullable=False, server_default="0"),
    Column("validators_distrusted_until", UtcDateTime),
    Column("source_metadata", json_type(none_as_null=True)),
    Column("redirects_to", Id, ForeignKey("pages.id", ondelete="SET NULL")),
    # Pages and articles refer to each other; the article is written first, so this side has no foreign key.
    Column("article_id", Id),
    Column("crawl_id", Id, ForeignKey("crawls.id", ondelete="SET NULL")),
    Index(None, "site", "outcome"),
    Index(None, "crawl_id", "outcome"),
    Index(None, "next_fetch_at"),
    Index(None, "discovered_from"),
    Index(None, "article_id"),
    Index("ix_pages_listings", "site", sqlite_where=is_listing, postgresql_where=is_listing),
    Index(None, "redirects_to", sqlite_where=_redirects, postgresql_where=_redirects),
)

fetches = Table(
    "fetches",
    metadata,
    _id(),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("crawl_id", Id, ForeignKey("crawls.id", ondelete="SET NULL")),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("http_status", SmallInteger),
    Column("new_links", Integer),
    Column("article_id", Id),
    Column("detail", Text),
)

articles = Table(
    "articles",
    metadata,
    _id(),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False),
    UniqueConstraint("url_key", name="uq_articles_key"),
    Column("canonical_url", Text),
    Column("site", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("alternative_headline", Text),
    Column("description", Text),
    Column("standfirst", Text),
    Column("authors", json_type(), nullable=False, server_default="[]"),
    Column("keywords", json_type(), nullable=False, server_default="[]"),
    Column("date_published", UtcDateTime),
    Column("date_published_raw", Text),
    Column("date_published_precision", String(8)),
    Column("date_published_utc_offset", SmallInteger),
    Column("date_published_zone", String(8)),
    Column("date_published_day", Date),
    Column("date_modified", UtcDateTime),
    Column("date_modified_raw", Text),
    Column("date_modified_precision", String(8)),
    Column("article_body", Text, nullable=False),
    Column("article_body_html", Text),
    Column("word_count", Integer),
    Column("in_language", String(35)),
    Column("article_type", String(40)),
    Column("article_section", Text),
    Column("publisher", Text),
    Column("source_organization", Text),
    Column("main_image", Text),
    Column("is_accessible_for_free", Boolean),
    Column("is_truncated", Boolean),
    Column("disagreements", json_type(), nullable=False, server_default="[]"),
    Column("sources", json_type(), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    # The article's own id or a smaller one. No foreign key: SQLite cannot add one to an existing table.
    Column("story_id", Id),
    Column("similarity", Float),
    Column("shingles_version", SmallInteger),
    Column("withdrawn_at", UtcDateTime),
    Column("date_downloaded", UtcDateTime, nullable=False),
    Column("extractor_version", Integer),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="SET NULL")),
    Column("crawl_id", Id, ForeignKey("crawls.id", ondelete="SET NULL")),
    Index(None, "content_hash"),
    Index(None, "site", "date_published"),
    Index(None, "date_published"),
    Index(None, "date_published_day"),
    Index(None, "crawl_id"),
    Index(None, "page_id"),
    # Covers what the view `stories` counts, so that it does not read the texts.
    Index(None, "story_id", "site", "date_published"),
    Index(None, "shingles_version"),
    Index("ix_articles_uncounted", "id", sqlite_where=_is_uncounted, postgresql_where=_is_uncounted),
)

article_shingles = Table(
    "article_shingles",
    metadata,
    Column("shingle_hash", BigInteger, primary_key=True, autoincrement=False),
    # No foreign key: it would cost a check for every row.
    Column("article_id", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

article_authors = Table(
    "article_authors",
    metadata,
    _article_key(primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Index(None, "name"),
)

article_keywords = Table(
    "article_keywords",
    metadata,
    _article_key(primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("keyword", Text, nullable=False),
    Index(None, "keyword"),
)

article_images = Table(
    "article_images",
    metadata,
    _article_key(primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("url", Text, nullable=False),
    Column("caption", Text),
    Column("credit", Text),
)

article_revisions = Table(
    "article_revisions",
    metadata,
    _article_key(primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("headline", Text, nullable=False),
    Column("alternative_headline", Text),
    Column("description", Text),
    Column("standfirst", Text),
    Column("article_body", Text, nullable=False),
    Column("article_body_html", Text),
    Column("word_count", Integer),
    Column("date_modified", UtcDateTime),
    Column("date_downloaded", UtcDateTime, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("extractor_version", Integer),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("authors", json_type(none_as_null=True)),
    Column("keywords", json_type(none_as_null=True)),
    Column("images", json_type(none_as_null=True)),
    Column("date_published", UtcDateTime),
    Column("date_published_raw", Text),
    Column("date_published_precision", String(8)),
    Column("date_published_utc_offset", SmallInteger),
    Column("date_published_zone", String(8)),
    Column("date_published_day", Date),
    Column("date_modified_raw", Text),
    Column("date_modified_precision", String(8)),
    Column("in_language", String(35)),
    Column("article_type", String(40)),
    Column("article_section", Text),
    Column("publisher", Text),
    Column("source_organization", Text),
    Column("main_image", Text),
    Column("is_accessible_for_free", Boolean),
    Column("is_truncated", Boolean),
    Column("disagreements", json_type(none_as_null=True)),
    Column("sources", json_type(none_as_null=True)),
    Column("page_id", Id),
    Column("crawl_id", Id),
    Index("ix_article_revisions_uncounted", "article_id", sqlite_where=_is_uncounted, postgresql_where=_is_uncounted),
)
"""No foreign keys to page and crawl: an older version is history, and they may have been deleted."""

rejected_versions = Table(
    "rejected_versions",
    metadata,
    _article_key(primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("fetches", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

article_changes = Table(
    "article_changes",
    metadata,
    Column("change_id", Id, primary_key=True, autoincrement=True),
    # No foreign key: the entry `deleted` outlives the article.
    Column("article_id", Id, nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
    Column("change_size", Float),
    Column("change_label", String(16)),
    Column("crawl_id", Id, ForeignKey("crawls.id", ondelete="SET NULL")),
    Column("url", Text),
    Column("site", Text),
    Column("reason", String(16)),
    Column("detail", Text),
)

deleted_texts = Table(
    "deleted_texts",
    metadata,
    Column("article_id", Id, primary_key=True, autoincrement=False),
    Column("content_hash", String(64), primary_key=True),
    Column("headline_hash", String(64), nullable=False),
    Column("site", Text, nullable=False),
    Column("reason", String(16), nullable=False),
    Index(None, "content_hash"),
    Index(None, "headline_hash"),
)

change_cursors = Table(
    "change_cursors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("change_id", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""No foreign key to a change: a cursor may stand before the first one."""

article_merges = Table(
    "article_merges",
    metadata,
    Column("merged_id", Id, primary_key=True, autoincrement=False),
    _article_key(nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("merged_at", UtcDateTime, nullable=False),
)

url_key_rules = Table(
    "url_key_rules",
    metadata,
    Column("site", Text, primary_key=True),
    Column("made_by", Text, nullable=False),
)

learned_parameters = Table(
    "learned_parameters",
    metadata,
    Column("site", Text, primary_key=True),
    Column("parameter", Text, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("learned_at", UtcDateTime, nullable=False),
)

site_crawls = Table(
    "site_crawls",
    metadata,
    Column("crawl_id", Id, ForeignKey("crawls.id", ondelete="CASCADE"), primary_key=True),
    Column("site", Text, primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("pages", Integer, nullable=False),
    Column("fetched", Integer, nullable=False, server_default="0"),
)

site_checks = Table(
    "site_checks",
    metadata,
    Column("site", Text, primary_key=True),
    Column("crawl_id", Id, ForeignKey("crawls.id", ondelete="SET NULL")),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("degraded_since", UtcDateTime),
    Column("warnings", json_type(), nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("cooldown_until", UtcDateTime, nullable=False),
    Column("backoff_count", Integer, nullable=False),
    Column("backoff_since", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)


search_documents = Table(
    "search_documents",
    metadata,
    # In order of publication (newscrawl.search.document.get_first_id), and the rowid in `search_index`.
    Column("id", Id, primary_key=True, autoincrement=False),
    # No foreign key: on SQLite, rows of the virtual table have to be removed first.
    Column("article_id", Id, nullable=False, unique=True),
    Column("site", Text, nullable=False),
    Column("in_language", String(35)),
    Column("article_section", Text),
    # On SQLite the indexed tokens, compressed: FTS5 needs them to remove a document.
    Column("terms", TSVECTOR().with_variant(LargeBinary, "sqlite"), nullable=False),
    Index(None, "terms", postgresql_using="gin", info={"engine": "postgresql"}).ddl_if(dialect="postgresql"),
)

search_state = Table(
    "search_state",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", SmallInteger, nullable=False),
    # Articles up to this id are indexed; NULL where all are.
    Column("filled_to", Id),
)
"""One row: which version of `newscrawl.search.analysis` made the index, and how far it is filled."""

add_comments(metadata.tables.values())
