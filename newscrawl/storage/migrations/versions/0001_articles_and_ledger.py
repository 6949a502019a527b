"""The first tables: articles with their parts, the ledger of pages, and the runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "crawls",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("spider", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finish_reason", sa.String(length=64), nullable=True),
        sa.Column("extractor_version", sa.Integer(), nullable=True),
        sa.Column("normaliser_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawls")),
    )
    op.create_table(
        "pages",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("discovered_from", sa.Text(), nullable=True),
        sa.Column("discovered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("stated", sa.JSON(), nullable=True),
        sa.Column("redirects_to", _id(), nullable=True),
        sa.Column("article_id", _id(), nullable=True),
        sa.Column("crawl_id", _id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_pages_crawl_id_crawls"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["redirects_to"], ["pages.id"], name=op.f("fk_pages_redirects_to_pages"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("key", name=op.f("uq_pages_key")),
    )
    op.create_index(op.f("ix_pages_article_id"), "pages", ["article_id"])
    op.create_index(op.f("ix_pages_crawl_id_outcome"), "pages", ["crawl_id", "outcome"])
    op.create_index(op.f("ix_pages_discovered_from"), "pages", ["discovered_from"])
    op.create_index(op.f("ix_pages_next_visit_at"), "pages", ["next_visit_at"])
    op.create_index(op.f("ix_pages_site_outcome"), "pages", ["site", "outcome"])

    op.create_table(
        "site_crawls",
        sa.Column("crawl_id", _id(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_site_crawls_crawl_id_crawls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("crawl_id", "site", "outcome", "reason", "kind", name=op.f("pk_site_crawls")),
    )
    op.create_table(
        "articles",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("date_published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_published_raw", sa.Text(), nullable=True),
        sa.Column("date_published_precision", sa.String(length=8), nullable=True),
        sa.Column("date_modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_modified_raw", sa.Text(), nullable=True),
        sa.Column("date_modified_precision", sa.String(length=8), nullable=True),
        sa.Column("article_body", sa.Text(), nullable=False),
        sa.Column("article_body_html", sa.Text(), nullable=True),
        sa.Column("in_language", sa.String(length=35), nullable=True),
        sa.Column("article_section", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("main_image", sa.Text(), nullable=True),
        sa.Column("is_accessible_for_free", sa.Boolean(), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_downloaded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extractor_version", sa.Integer(), nullable=True),
        sa.Column("page_id", _id(), nullable=True),
        sa.Column("crawl_id", _id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_articles_crawl_id_crawls"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_articles_page_id_pages"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("key", name=op.f("uq_articles_key")),
    )
    op.create_index(op.f("ix_articles_content_hash"), "articles", ["content_hash"])
    op.create_index(op.f("ix_articles_crawl_id"), "articles", ["crawl_id"])
    op.create_index(op.f("ix_articles_date_published"), "articles", ["date_published"])
    op.create_index(op.f("ix_articles_site_date_published"), "articles", ["site", "date_published"])

    op.create_table(
        "article_authors",
        sa.Column("article_id", _id(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_authors_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_article_authors")),
    )
    op.create_index(op.f("ix_article_authors_name"), "article_authors", ["name"])

    op.create_table(
        "article_changes",
        sa.Column("change_id", _id(), autoincrement=True, nullable=False),
        sa.Column("article_id", _id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("crawl_id", _id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_changes_article_id_articles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_article_changes_crawl_id_crawls"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_article_changes")),
    )
    op.create_index(op.f("ix_article_changes_article_id"), "article_changes", ["article_id"])
    op.create_index(op.f("ix_article_changes_changed_at"), "article_changes", ["changed_at"])

    op.create_table(
        "article_images",
        sa.Column("article_id", _id(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_images_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_article_images")),
    )
    op.create_table(
        "article_keywords",
        sa.Column("article_id", _id(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("keyword", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_keywords_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_article_keywords")),
    )
    op.create_index(op.f("ix_article_keywords_keyword"), "article_keywords", ["keyword"])

    op.create_table(
        "article_revisions",
        sa.Column("article_id", _id(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("article_body", sa.Text(), nullable=False),
        sa.Column("article_body_html", sa.Text(), nullable=True),
        sa.Column("date_modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_downloaded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("extractor_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_revisions_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", name=op.f("pk_article_revisions")),
    )
