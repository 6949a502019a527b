"""Stories: near-duplicates across sites are linked, and a view counts them once.

Signatures are not made here but behind the migrations, by `stories.index_all`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DAY = {
    "sqlite": "date(a.date_published)",
    "postgresql": "CAST(a.date_published AT TIME ZONE 'UTC' AS date)",
}
# A date that is only known to the day stands for its midnight; within its day, any instant goes before it.
_STORIES = """
CREATE VIEW stories AS
SELECT s.story_id, s.articles, s.sites,
       f.id AS first_article_id, f.url AS first_url, f.site AS first_site, f.publisher AS first_publisher, f.headline,
       s.first_date_published, s.last_date_published,
       (SELECT min(c.source_organization) FROM articles c WHERE c.story_id = s.story_id) AS source_organization
FROM (
    SELECT story_id, count(*) AS articles, count(DISTINCT site) AS sites,
           min(date_published) AS first_date_published, max(date_published) AS last_date_published
    FROM articles GROUP BY story_id
) s
JOIN articles f ON f.id = (
    SELECT a.id FROM articles a WHERE a.story_id = s.story_id
    ORDER BY a.date_published IS NULL, {day}, a.date_published_precision = 'day', a.date_published, a.id LIMIT 1
)
"""


def upgrade() -> None:
    op.add_column("articles", sa.Column("source_organization", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("story_id", _id(), nullable=True))
    op.add_column("articles", sa.Column("similarity", sa.Float(), nullable=True))
    op.add_column("articles", sa.Column("signature_version", sa.SmallInteger(), nullable=True))
    op.execute("UPDATE articles SET story_id = id")
    columns = ["story_id", "site", "date_published"]
    op.create_index(op.f("ix_articles_story_id_site_date_published"), "articles", columns)
    op.create_index(op.f("ix_articles_signature_version"), "articles", ["signature_version"])
    op.create_table(
        "article_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", _id(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_article_bands")),
        sqlite_with_rowid=False,
    )
    op.execute(_STORIES.format(day=_DAY[op.get_bind().dialect.name]))


def downgrade() -> None:
    op.execute("DROP VIEW stories")
    op.drop_table("article_bands")
    op.drop_index(op.f("ix_articles_signature_version"), "articles")
    op.drop_index(op.f("ix_articles_story_id_site_date_published"), "articles")
    for name in ("signature_version", "similarity", "story_id", "source_organization"):
        op.drop_column("articles", name)


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
