"""Versions rejected as regressions: counted until the page shows a good one, or the rejected one is accepted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from newscrawl.dedup.regressions import Regression, count_rejection, is_insistent
from newscrawl.storage.operations.existing_articles import ExistingArticle
from newscrawl.storage.schema import rejected_versions


def record_rejected(
    connection: Connection, stored: ExistingArticle, regression: Regression, content_hash: str, at: datetime
) -> bool:
    """Count a rejected version of *stored*; return False where it was shown so often that it is to be accepted."""
    rejected = stored.rejected = count_rejection(stored.rejected, content_hash, at)
    if is_insistent(rejected, at):
        return False
    connection.execute(delete(rejected_versions).where(rejected_versions.c.article_id == stored.id))
    row = {
        "article_id": stored.id,
        "content_hash": rejected.content_hash,
        "reason": regression.value,
        "fetches": rejected.fetches,
        "first_at": rejected.first_at,
        "last_at": at,
    }
    connection.execute(insert(rejected_versions), row)
    return True


def clear_rejected(connection: Connection, stored: ExistingArticle) -> None:
    """Forget the rejected version: the page shows a good one again, or the rejected one was accepted."""
    if stored.rejected is not None:
        connection.execute(delete(rejected_versions).where(rejected_versions.c.article_id == stored.id))
        stored.rejected = None
