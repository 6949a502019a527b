"""Every visit has a row of its own; pages know how often they are worth a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("pages", sa.Column("rung", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("pages", sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("pages", sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pages", sa.Column("stated_published_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pages", sa.Column("newest_link_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "visits",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("page_id", _ID, nullable=False),
        sa.Column("crawl_id", _ID, nullable=True),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("new_links", sa.Integer(), nullable=True),
        sa.Column("article_id", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_visits_page_id_pages", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name="fk_visits_crawl_id_crawls", ondelete="SET NULL"),
    )
    op.create_index("ix_visits_page_id", "visits", ["page_id"])
    # The ladder was climbed by counting visits before. `stated_at` comes with the next listing that names a page.
    op.execute(
        "UPDATE pages SET rung = CASE WHEN visits > 5 THEN 5 ELSE visits - 1 END WHERE visits > 0 AND kind = 'article'"
    )
    op.execute(
        "INSERT INTO visits (page_id, crawl_id, visited_at, outcome, reason, http_status, article_id) "
        "SELECT id, crawl_id, fetched_at, outcome, COALESCE(reason, 'unknown'), http_status, article_id FROM pages "
        "WHERE fetched_at IS NOT NULL AND outcome IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("visits")
    for column in ("newest_link_at", "stated_published_at", "stated_at", "failures", "rung"):
        op.drop_column("pages", column)
