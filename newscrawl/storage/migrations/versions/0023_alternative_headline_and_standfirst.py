"""Add the alternative headline and the standfirst of articles. Both are NULL until an article is extracted again."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("articles", "article_revisions")
COLUMNS = ("alternative_headline", "standfirst")
VIEWS = ("articles_current", "article_versions", "site_days", "stories")


def upgrade() -> None:
    for table in TABLES:
        for name in COLUMNS:
            op.add_column(table, sa.Column(name, sa.Text()))


def downgrade() -> None:
    # Views are created behind the migrations, by `newscrawl.storage.upgrade`.
    for view in VIEWS:
        op.execute(f"DROP VIEW IF EXISTS {view}")
    for table in TABLES:
        for name in COLUMNS:
            op.drop_column(table, name)
