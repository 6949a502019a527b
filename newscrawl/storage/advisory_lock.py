"""The lock that serializes transactions which write articles or the change feed."""

from __future__ import annotations

from sqlalchemy import Connection, text

_lock = text("SELECT pg_advisory_xact_lock(7236483)")


def lock_article_writes(connection: Connection) -> None:
    """Wait until no other transaction writes articles, and hold the lock to the end of this transaction.

    Two workers that store the same text at the same time thus see each other's article, and no change is committed
    with a smaller `change_id` than one that a consumer has read already. SQLite allows one writer only.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_lock)
