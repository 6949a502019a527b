"""Let the change feed outlive deleted articles, and remember the hashes of deleted texts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID: sa.types.TypeEngine[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ADDED: dict[str, sa.types.TypeEngine[Any]] = {
    "url": sa.Text(),
    "site": sa.Text(),
    "reason": sa.String(length=16),
    "detail": sa.Text(),
}
_FOREIGN_KEY = "fk_article_changes_article_id_articles"


def upgrade() -> None:
    with op.batch_alter_table("article_changes") as batch:
        batch.drop_constraint(_FOREIGN_KEY, type_="foreignkey")
        for name, kind in _ADDED.items():
            batch.add_column(sa.Column(name, kind))
    op.create_table(
        "deleted_texts",
        sa.Column("article_id", _ID, nullable=False, autoincrement=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("headline_hash", sa.String(length=64), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "content_hash", name=op.f("pk_deleted_texts")),
    )
    op.create_index(op.f("ix_deleted_texts_content_hash"), "deleted_texts", ["content_hash"])
    op.create_index(op.f("ix_deleted_texts_headline_hash"), "deleted_texts", ["headline_hash"])


def downgrade() -> None:
    op.drop_table("deleted_texts")
    op.execute("DELETE FROM article_changes WHERE article_id NOT IN (SELECT id FROM articles)")
    with op.batch_alter_table("article_changes") as batch:
        for name in reversed(_ADDED):
            batch.drop_column(name)
        batch.create_foreign_key(_FOREIGN_KEY, "articles", ["article_id"], ["id"], ondelete="CASCADE")
