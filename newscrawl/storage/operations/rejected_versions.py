"""Worse versions that a page shows in place of its article: counted until they end, or have won."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from newscrawl.dedup.regressions import Worse, is_insistent, shown_again
from newscrawl.storage.operations.known_articles import KnownArticle
from newscrawl.storage.schema import article_refusals


def refuse(connection: Connection, stored: KnownArticle, worse: Worse, content_hash: str, at: datetime) -> bool:
    """Write down that a worse version of *stored* was shown; False where it was shown so often that it has won."""
    refusal = stored.refusal = shown_again(stored.refusal, content_hash, at)
    if is_insistent(refusal, at):
        return False
    connection.execute(delete(article_refusals).where(article_refusals.c.article_id == stored.id))
    row = {
        "article_id": stored.id,
        "content_hash": refusal.content_hash,
        "reason": worse.value,
        "visits": refusal.visits,
        "first_at": refusal.first_at,
        "last_at": at,
    }
    connection.execute(insert(article_refusals), row)
    return True


def forget_refusal(connection: Connection, stored: KnownArticle) -> None:
    """The page shows something good again, or the worse version has won."""
    if stored.refusal is not None:
        connection.execute(delete(article_refusals).where(article_refusals.c.article_id == stored.id))
        stored.refusal = None
