"""Index the first letters of words on SQLite. `newscrawl.storage.upgrade` fills the index anew, in batches."""

from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None

COLUMNS = "headline, description, authors, body, facets, content='', columnsize=0"
TOKENIZER = "tokenize=\"ascii tokenchars '=:.^-'\""


def upgrade() -> None:
    _recreate_index(f"{COLUMNS}, {TOKENIZER}, prefix='2 3 4'")


def downgrade() -> None:
    _recreate_index(f"{COLUMNS}, {TOKENIZER}")


def _recreate_index(options: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
        op.execute(f"CREATE VIRTUAL TABLE search_index USING fts5({options})")
        op.execute("DELETE FROM search_documents")
        op.execute("UPDATE search_state SET version = 0, filled_to = 0")
