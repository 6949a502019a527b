"""Whole old versions, the size and label of changes, and versions that were refused; hashes of version 2."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from newscrawl.dedup.content_hash import content_hash

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MANY = 500
_ID: sa.types.TypeEngine[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW: dict[str, sa.types.TypeEngine[Any]] = {
    "url": sa.Text(),
    "canonical_url": sa.Text(),
    "authors": sa.JSON(),
    "keywords": sa.JSON(),
    "images": sa.JSON(),
    "date_published": sa.DateTime(timezone=True),
    "date_published_raw": sa.Text(),
    "date_published_precision": sa.String(length=8),
    "date_modified_raw": sa.Text(),
    "date_modified_precision": sa.String(length=8),
    "in_language": sa.String(length=35),
    "article_section": sa.Text(),
    "publisher": sa.Text(),
    "source_organization": sa.Text(),
    "main_image": sa.Text(),
    "is_accessible_for_free": sa.Boolean(),
    "is_truncated": sa.Boolean(),
    "disagreements": sa.JSON(),
    "sources": sa.JSON(),
    "page_id": _ID,
    "crawl_id": _ID,
}


def upgrade() -> None:
    for name, kind in _NEW.items():
        op.add_column("article_revisions", sa.Column(name, kind))
    op.add_column("article_changes", sa.Column("change_size", sa.Float()))
    op.add_column("article_changes", sa.Column("change_label", sa.String(length=16)))
    op.create_table(
        "article_refusals",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_refusals_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_refusals")),
    )
    # Articles did not keep the version that read them; their crawl did.
    op.execute(
        "UPDATE articles SET extractor_version = (SELECT c.extractor_version FROM crawls c WHERE c.id = crawl_id)"
        " WHERE extractor_version IS NULL"
    )
    _hash_again(sa.table("articles", *map(sa.column, ("id", "headline", "article_body", "content_hash"))), ("id",))
    names = ("article_id", "revision")
    revisions = sa.table("article_revisions", *map(sa.column, (*names, "headline", "article_body", "content_hash")))
    _hash_again(revisions, names)


def _hash_again(table: sa.TableClause, names: tuple[str, ...]) -> None:
    """Write the content hash of every row anew, some hundred rows at a time, whatever the size of the table."""
    connection, keys = op.get_bind(), [table.c[name] for name in names]
    query = sa.select(*keys, table.c.headline, table.c.article_body).order_by(*keys).limit(MANY)
    this = sa.and_(*(key == sa.bindparam(f"key_{key.name}") for key in keys))
    change = table.update().where(this).values(content_hash=sa.bindparam("hash"))
    last: tuple[object, ...] | None = None
    while rows := connection.execute(query if last is None else query.where(sa.tuple_(*keys) > last)).all():
        values = [
            {f"key_{name}": getattr(row, name) for name in names}
            | {"hash": content_hash(row.headline, row.article_body)}
            for row in rows
        ]
        connection.execute(change, values)
        last = tuple(rows[-1][: len(keys)])


def downgrade() -> None:
    op.drop_table("article_refusals")
    op.drop_column("article_changes", "change_label")
    op.drop_column("article_changes", "change_size")
    for name in reversed(_NEW):
        op.drop_column("article_revisions", name)
