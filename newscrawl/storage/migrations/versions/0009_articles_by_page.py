"""Articles are asked for by the page they were read from, for each visit: without an index, all of them were read."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_articles_page_id"), "articles", ["page_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_articles_page_id"), "articles")
