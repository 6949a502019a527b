"""Count 304 responses in a row, and remember which validators turned out to be wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("not_modified_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("pages", sa.Column("validators_distrusted_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("pages", "validators_distrusted_until")
    op.drop_column("pages", "not_modified_count")
