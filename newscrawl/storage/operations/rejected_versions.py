"""Worse versions that a page shows in place of its article: counted until they end, or have won."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from newscrawl.dedup.regressions import Regression, count_rejection, is_insistent
from newscrawl.storage.operations.existing_articles import ExistingArticle
from newscrawl.storage.schema import rejected_versions


def record_rejected(
    connection: Connection, stored: ExistingArticle, worse: Regression, content_hash: str, at: datetime
) -> bool:
    """Write down that a worse version of *stored* was shown; False where it was shown so often that it has won."""
    refusal = stored.refusal = count_rejection(stored.refusal, content_hash, at)
    if is_insistent(refusal, at):
        return False
    connection.execute(delete(rejected_versions).where(rejected_versions.c.article_id == stored.id))
    row = {
        "article_id": stored.id,
        "content_hash": refusal.content_hash,
        "reason": worse.value,
        "fetches": refusal.fetches,
        "first_at": refusal.first_at,
        "last_at": at,
    }
    connection.execute(insert(rejected_versions), row)
    return True


def clear_rejected(connection: Connection, stored: ExistingArticle) -> None:
    """The page shows something good again, or the worse version has won."""
    if stored.refusal is not None:
        connection.execute(delete(rejected_versions).where(rejected_versions.c.article_id == stored.id))
        stored.refusal = None
