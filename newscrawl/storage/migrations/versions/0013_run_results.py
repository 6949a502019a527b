"""Keep how each run ended and whether it still runs, and the last health check of each site."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("crawls", sa.Column("exit_code", sa.SmallInteger()))
    op.add_column("crawls", sa.Column("warnings", sa.JSON(none_as_null=True)))
    op.add_column("crawls", sa.Column("host", sa.Text()))
    op.add_column("crawls", sa.Column("pid", sa.Integer()))
    op.add_column("crawls", sa.Column("heartbeat_at", sa.DateTime(timezone=True)))
    op.create_table(
        "site_checks",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("crawl_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("degraded_since", sa.DateTime(timezone=True)),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name="fk_site_checks_crawl_id_crawls", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("site", name="pk_site_checks"),
    )
    is_listing = sa.text("kind <> 'article'")
    op.create_index("ix_pages_listings", "pages", ["site"], sqlite_where=is_listing, postgresql_where=is_listing)
    is_open = sa.text("finished_at IS NULL")
    op.create_index("ix_crawls_open", "crawls", ["id"], sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    op.drop_index("ix_crawls_open", "crawls")
    op.drop_index("ix_pages_listings", "pages")
    op.drop_table("site_checks")
    for column in ("exit_code", "warnings", "host", "pid", "heartbeat_at"):
        op.drop_column("crawls", column)
