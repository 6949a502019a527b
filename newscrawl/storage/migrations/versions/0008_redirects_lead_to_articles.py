"""Which pages redirect to a page, asked for each article that is stored; older redirects get their articles."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REDIRECTS = sa.text("redirects_to IS NOT NULL")
LONGEST_CHAIN = 5
LEAD_ON = """
    UPDATE pages SET article_id = (SELECT target.article_id FROM pages AS target WHERE target.id = pages.redirects_to)
    WHERE redirects_to IS NOT NULL AND article_id IS NULL
"""


def upgrade() -> None:
    op.create_index(
        op.f("ix_pages_redirects_to"),
        "pages",
        ["redirects_to"],
        sqlite_where=REDIRECTS,
        postgresql_where=REDIRECTS,
    )
    for _ in range(LONGEST_CHAIN):
        op.execute(LEAD_ON)


def downgrade() -> None:
    op.drop_index(op.f("ix_pages_redirects_to"), "pages")
