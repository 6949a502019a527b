"""Keep what exactly was found where a fetch brought nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fetches", sa.Column("detail", sa.Text()))


def downgrade() -> None:
    op.drop_column("fetches", "detail")
