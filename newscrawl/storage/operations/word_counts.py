"""Count the words of versions that were stored before `word_count` existed."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Table, bindparam, func, select, update

from newscrawl.dedup.differences import count_words
from newscrawl.storage.schema import article_revisions, articles

BATCH = 500
_KEYS = {articles: ("id",), article_revisions: ("article_id", "revision")}


def count_uncounted(connection: Connection) -> int:
    """Return how many versions have no word count."""
    counts = (select(func.count()).select_from(table).where(table.c.word_count.is_(None)) for table in _KEYS)
    return sum(connection.execute(count).scalar_one() for count in counts)


def count_all(engine: Engine) -> int:
    """Count the words of all versions that have no word count; return their number. Each batch is a transaction."""
    number = 0
    for table in _KEYS:
        while counted := _count_batch(engine, table):
            number += counted
    return number


def _count_batch(engine: Engine, table: Table) -> int:
    keys = [table.c[name] for name in _KEYS[table]]
    uncounted = select(*keys, table.c.article_body).where(table.c.word_count.is_(None)).limit(BATCH)
    with engine.begin() as connection:
        rows = connection.execute(uncounted).all()
        if rows:
            same = (key == bindparam(f"key_{key.name}") for key in keys)
            values = [
                {**{f"key_{key.name}": row._mapping[key.name] for key in keys}, "words": count_words(row.article_body)}
                for row in rows
            ]
            connection.execute(update(table).where(*same).values(word_count=bindparam("words")), values)
    return len(rows)
