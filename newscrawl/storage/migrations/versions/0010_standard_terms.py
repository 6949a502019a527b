"""Rename tables, columns and reasons to standard terms, and count the responses of each crawl."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = {
    "visits": "fetches",
    "article_bands": "article_shingles",
    "article_refusals": "rejected_versions",
    "key_rules": "url_key_rules",
}
COLUMNS = {
    "pages": {
        "key": "url_key",
        "next_visit_at": "next_fetch_at",
        "visits": "fetch_count",
        "rung": "recrawl_step",
        "stated": "source_metadata",
        "stated_at": "source_modified_at",
        "stated_published_at": "source_published_at",
    },
    "articles": {"key": "url_key", "signature_version": "shingles_version"},
    "fetches": {"visited_at": "fetched_at"},
    "article_shingles": {"band": "shingle_hash"},
    "rejected_versions": {"visits": "fetches"},
    "crawls": {"normaliser_version": "normalizer_version"},
    "hosts": {"rest_until": "cooldown_until", "refusals": "backoff_count", "refused_since": "backoff_since"},
}
INDEXES = {
    ("pages", "next_visit_at"): ("pages", "next_fetch_at"),
    ("articles", "signature_version"): ("articles", "shingles_version"),
    ("visits", "page_id"): ("fetches", "page_id"),
}
REASONS = {
    "script_shell": "javascript_required",
    "service_page": "utility_page",
    "same_key": "merged",
    "refused_by_database": "database_error",
    "worse_truncated": "regression_truncated",
    "worse_half_body": "regression_half_body",
    "worse_headline": "regression_headline",
    "worse_other_text": "regression_other_text",
}
WITHOUT_RESPONSE = ("dns", "connection_refused", "connection_lost", "timeout", "robots_unavailable", "disallowed")
"""Reasons of claimed pages that received no response."""


def upgrade() -> None:
    for old, new in TABLES.items():
        op.rename_table(old, new)
    for table, names in COLUMNS.items():
        for old, new in names.items():
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_indexes({f"ix_{'_'.join(old)}": new for old, new in INDEXES.items()})
    _rename_reasons(REASONS)
    op.execute("UPDATE crawls SET finish_reason = 'limit_reached' WHERE finish_reason = 'budget'")
    op.add_column("site_crawls", sa.Column("fetched", sa.Integer(), nullable=False, server_default="0"))
    counts = sa.table("site_crawls", *map(sa.column, ("outcome", "reason", "pages", "fetched")))
    has_response = (counts.c.outcome != "pending", counts.c.reason.not_in([*WITHOUT_RESPONSE, "retry_after"]))
    op.execute(counts.update().where(*has_response).values(fetched=counts.c.pages))


def downgrade() -> None:
    op.drop_column("site_crawls", "fetched")
    op.execute("UPDATE crawls SET finish_reason = 'budget' WHERE finish_reason = 'limit_reached'")
    _rename_reasons({new: old for old, new in REASONS.items()})
    for table, names in COLUMNS.items():
        for old, new in names.items():
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
    for old, new in TABLES.items():
        op.rename_table(new, old)
    _rename_indexes({f"ix_{'_'.join(new)}": old for old, new in INDEXES.items()})


def _rename_indexes(names: dict[str, tuple[str, str]]) -> None:
    """Rename indexes (old name -> table and column); recreate them on SQLite, which cannot rename."""
    for name, (table, column) in names.items():
        new = f"ix_{table}_{column}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER INDEX {name} RENAME TO {new}")
        else:
            op.drop_index(name)
            op.create_index(new, table, [column])


def _rename_reasons(names: dict[str, str]) -> None:
    for table in ("pages", "fetches", "site_crawls", "rejected_versions"):
        reasons = sa.table(table, sa.column("reason"))
        statement = reasons.update().where(reasons.c.reason == sa.bindparam("old")).values(reason=sa.bindparam("new"))
        op.get_bind().execute(statement, [{"old": old, "new": new} for old, new in names.items()])
