"""Keep the query parameters that were learned not to identify the pages of a site."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned_parameters",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site", "parameter", name="pk_learned_parameters"),
    )


def downgrade() -> None:
    op.drop_table("learned_parameters")
