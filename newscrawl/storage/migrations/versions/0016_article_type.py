"""Add the schema.org type of articles. It is NULL until an article is extracted again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = ("articles", "article_revisions")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("article_type", sa.String(length=40)))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "article_type")
