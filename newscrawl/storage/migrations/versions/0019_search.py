"""Add the search index. `newscrawl.storage.upgrade` fills it after the migrations, in batches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0020"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    documents = op.create_table(
        "search_documents",
        sa.Column("id", Id, primary_key=True, autoincrement=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("in_language", sa.String(35)),
        sa.Column("article_section", sa.Text),
        sa.Column("terms", sa.LargeBinary if is_sqlite else postgresql.TSVECTOR, nullable=False),
        sa.UniqueConstraint("article_id", name="uq_search_documents_article_id"),
    )
    state = op.create_table(
        "search_state",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.SmallInteger, nullable=False),
        sa.Column("filled_to", Id),
    )
    op.bulk_insert(state, [{"id": 1, "version": 0, "filled_to": 0}])
    if is_sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5(headline, description, authors, body, facets, "
            """content='', columnsize=0, tokenize="ascii tokenchars '=:.^-'")"""
        )
    else:
        op.create_index("ix_search_documents_terms", documents.name, ["terms"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_state")
    op.drop_table("search_documents")
