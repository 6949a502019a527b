"""Make listings due that failed: earlier versions retried them after up to seven days."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE pages SET next_fetch_at = fetched_at WHERE kind != 'article' AND next_fetch_at > fetched_at "
        "AND outcome IN ('error', 'blocked', 'robots', 'gone') AND reason != 'retry_after'"
    )


def downgrade() -> None:
    """Nothing to undo: a crawl schedules them again."""
