"""Whether an article's text is whole, and on which fields the page's sources disagree."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("is_truncated", sa.Boolean(), nullable=True))
    op.add_column("articles", sa.Column("disagreements", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("articles", "disagreements")
    op.drop_column("articles", "is_truncated")
