"""By what keys were made, and which articles became one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    key_rules = op.create_table(
        "key_rules",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_key_rules")),
    )
    # Before this table there was only the first normaliser.
    op.bulk_insert(key_rules, [{"site": "*", "made_by": "1"}])
    op.create_table(
        "article_merges",
        sa.Column("merged_id", _id(), autoincrement=False, nullable=False),
        sa.Column("article_id", _id(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_merges_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merged_id", name=op.f("pk_article_merges")),
    )
    op.create_index(op.f("ix_article_merges_article_id"), "article_merges", ["article_id"])


def downgrade() -> None:
    op.drop_table("article_merges")
    op.drop_table("key_rules")
