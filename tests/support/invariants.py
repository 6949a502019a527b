"""Check invariants of a database that hold even if crawls were killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, text

from newscrawl.monitoring.summary import KEPT
from newscrawl.storage.engine import connect_for_reading, open_engine

PENDING = "article pages without an outcome"
VIOLATIONS = {
    PENDING: "SELECT url FROM pages WHERE kind = 'article' AND outcome IS NULL",
    "outcomes without a reason": "SELECT url FROM pages WHERE outcome IS NOT NULL AND reason IS NULL",
    "pages that point to no article": """
        SELECT url FROM pages WHERE article_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = pages.article_id)""",
    "kept pages without an article extracted from them": """
        SELECT url FROM pages WHERE kind = 'article' AND outcome IN ('stored', 'updated', 'unchanged')
        AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = pages.article_id AND articles.page_id = pages.id)""",
    "articles whose page has a contradicting outcome": """
        SELECT articles.url FROM articles
        LEFT JOIN pages ON pages.id = articles.page_id AND pages.article_id = articles.id
        WHERE pages.id IS NULL
        OR pages.outcome NOT IN ('stored', 'updated', 'unchanged') AND articles.withdrawn_at IS NULL""",
    "articles without exactly one `inserted`": """
        SELECT url FROM articles WHERE 1 != (
        SELECT count(*) FROM article_changes WHERE article_id = articles.id AND kind = 'inserted')""",
    "articles with missing revisions": """
        SELECT url FROM articles
        WHERE revision != 1 + (SELECT count(*) FROM article_revisions WHERE article_id = articles.id)
        OR revision <= (SELECT coalesce(max(revision), 0) FROM article_revisions WHERE article_id = articles.id)""",
    "articles with revisions missing from the change feed": """
        SELECT url FROM articles WHERE revision != 1 + (
        SELECT count(*) FROM article_changes WHERE article_id = articles.id AND kind = 'revised')""",
    "articles whose last change contradicts withdrawn_at": """
        SELECT url FROM articles WHERE (withdrawn_at IS NOT NULL) != ('withdrawn' = (
        SELECT kind FROM article_changes WHERE article_id = articles.id ORDER BY change_id DESC LIMIT 1))""",
    "articles that search does not find, or finds in spite of their withdrawal": """
        SELECT url FROM articles WHERE (withdrawn_at IS NULL) != EXISTS (
        SELECT 1 FROM search_documents WHERE article_id = articles.id)""",
    "search documents without an article": """
        SELECT article_id FROM search_documents WHERE article_id NOT IN (SELECT id FROM articles)""",
    "texts stored twice": "SELECT content_hash FROM articles GROUP BY content_hash, site HAVING count(*) > 1",
}
"""Violation -> the query that finds it."""
_OUTCOMES = text("SELECT url_key, kind, outcome FROM pages")
_STORED = text(
    "SELECT pages.url_key FROM articles JOIN pages ON pages.id = articles.page_id WHERE articles.withdrawn_at IS NULL"
)


def faults(database_url: str, *, are_finished: bool = True) -> Iterator[str]:
    """Yield a line for each violation in a database; unless its crawls *are_finished*, pages may be pending."""
    engine = open_engine(database_url)
    try:
        with connect_for_reading(engine) as connection:
            if engine.dialect.name == "sqlite":
                yield from _damage(connection)
            for what, query in VIOLATIONS.items():
                if what == PENDING and not are_finished:
                    continue
                found = [row[0] for row in connection.execute(text(query))]
                if found:
                    yield f"{len(found)} {what}: {', '.join(map(str, found[:3]))}"
    finally:
        engine.dispose()


def equation(database_url: str, requested: Collection[str]) -> Iterator[str]:
    """Yield a line unless fetched = stored + rejected + pending, each counted from its own source.

    *requested* are the keys of all pages requested from the server. Stored is counted in the table of articles.
    """
    engine = open_engine(database_url)
    try:
        with connect_for_reading(engine) as connection:
            known = {row.url_key: (row.kind, row.outcome) for row in connection.execute(_OUTCOMES)}
            stored = set(connection.execute(_STORED).scalars())
    finally:
        engine.dispose()
    fetched = [key for key in requested if known.get(key, ("article",))[0] == "article"]
    rejected = Counter(known[key][1] for key in fetched if key in known and known[key][1] not in (*KEPT, None))
    pending = sum(known[key][1] is None for key in fetched if key in known)
    kept = len(stored.intersection(fetched))
    if len(fetched) != kept + rejected.total() + pending:
        missing = [key for key in fetched if key not in known]
        yield (
            f"{len(fetched)} fetched, but {kept} stored + {dict(rejected)} + {pending} pending"
            f"; not recorded: {missing[:3]}"
        )


def _damage(connection: Connection) -> Iterator[str]:
    found = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
    if found != ["ok"]:
        yield f"integrity_check: {found[:3]}"
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        yield f"foreign_key_check: {broken[:3]}"
