"""Add authors, keywords and the number of words to articles; on PostgreSQL, make all JSON columns jsonb.

Words are not counted here but behind the migrations, by `word_counts.count_all`. Views are created there, too.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("articles", "article_revisions")
LISTS = {"authors": ("article_authors", "name"), "keywords": ("article_keywords", "keyword")}
JSON_COLUMNS = {
    "crawls": ("arguments", "warnings"),
    "pages": ("source_metadata",),
    "articles": ("disagreements", "sources"),
    "article_revisions": ("authors", "keywords", "images", "disagreements", "sources"),
    "site_checks": ("warnings",),
}
UNCOUNTED = {"articles": "id", "article_revisions": "article_id"}
VIEWS = ("articles_current", "article_versions", "site_days", "stories")
SQLITE_INDEXES = ("published_text", "site_published_text", "published_epoch")

_HEX = "[0-9a-fA-F]"
_HIGH, _LOW = rf"\\u[dD][89abAB]{_HEX}{_HEX}", rf"\\u[dD][c-fC-F]{_HEX}{_HEX}"
_UNSTORABLE = rf"(?<!\\)((?:\\\\)*)(?:\\u0000|{_HIGH}(?!{_LOW})|(?<!{_HIGH}){_LOW})"
"""Escapes that json accepts and jsonb does not: NUL, and one half of a surrogate pair; not after a backslash."""
_TO_JSONB = rf"""CASE WHEN "{{0}}"::text ~* '\\u(0000|d[89a-f])'
THEN regexp_replace("{{0}}"::text, '{_UNSTORABLE}', '\1', 'g')::jsonb ELSE "{{0}}"::jsonb END"""
_DAY = {
    "sqlite": "date(a.date_published)",
    "postgresql": "CAST(a.date_published AT TIME ZONE 'UTC' AS date)",
}
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
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        for table, columns in JSON_COLUMNS.items():
            _alter_types(table, columns, "jsonb", _TO_JSONB)
    for name in LISTS:
        kind = postgresql.JSONB() if is_postgresql else sa.JSON()
        op.add_column("articles", sa.Column(name, kind, nullable=False, server_default="[]"))
    _fill(is_postgresql=is_postgresql)
    for table in TABLES:
        op.add_column(table, sa.Column("word_count", sa.Integer()))
    is_uncounted = sa.text("word_count IS NULL")
    for table, key in UNCOUNTED.items():
        name = f"ix_{table}_uncounted"
        op.create_index(name, table, [key], sqlite_where=is_uncounted, postgresql_where=is_uncounted)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for view in VIEWS:
        op.execute(f"DROP VIEW IF EXISTS {view}")
    for index in SQLITE_INDEXES:
        op.execute(f"DROP INDEX IF EXISTS ix_articles_{index}")
    for table in TABLES:
        op.drop_index(f"ix_{table}_uncounted", table)
        op.drop_column(table, "word_count")
    for name in LISTS:
        op.drop_column("articles", name)
    if is_postgresql:
        for table, columns in JSON_COLUMNS.items():
            _alter_types(table, columns, "json", '"{0}"::json')
    op.execute(_STORIES.format(day=_DAY[op.get_bind().dialect.name]))


def _alter_types(table: str, columns: tuple[str, ...], kind: str, value: str) -> None:
    """Change the types of columns in one statement, which rewrites the table once."""
    actions = []
    for name in columns:
        # A default cannot be converted together with the type.
        default = f"DEFAULT '[]'::{kind}" if name == "disagreements" and table == "articles" else None
        actions += [f'ALTER "{name}" DROP DEFAULT'] if default else []
        actions.append(f'ALTER "{name}" TYPE {kind} USING {value.replace("{0}", name)}')
        actions += [f'ALTER "{name}" SET {default}'] if default else []
    op.execute(sa.text(f"ALTER TABLE {table} {', '.join(actions)}".replace(":", r"\:")))


def _fill(*, is_postgresql: bool) -> None:
    """Copy authors and keywords into the JSON columns, in one statement that writes each row of articles once."""
    if is_postgresql:
        lists = {
            name: f"SELECT article_id, jsonb_agg({value} ORDER BY position) AS list FROM {parts} GROUP BY article_id"
            for name, (parts, value) in LISTS.items()
        }
        op.execute(
            "UPDATE articles SET authors = coalesce(p.authors, '[]'), keywords = coalesce(p.keywords, '[]') FROM ("
            f" SELECT article_id, a.list AS authors, k.list AS keywords FROM ({lists['authors']}) a"
            f" FULL JOIN ({lists['keywords']}) k USING (article_id)) p WHERE p.article_id = articles.id"
        )
        return
    ordered = {
        name: f"SELECT {value} FROM {parts} WHERE article_id = articles.id ORDER BY position"
        for name, (parts, value) in LISTS.items()
    }
    values = (f"{name} = (SELECT json_group_array({LISTS[name][1]}) FROM ({query}))" for name, query in ordered.items())
    having = " UNION ".join(f"SELECT article_id FROM {parts}" for parts, _ in LISTS.values())
    op.execute(f"UPDATE articles SET {', '.join(values)} WHERE id IN ({having})")
