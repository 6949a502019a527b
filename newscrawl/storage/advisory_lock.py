"""Transactions that write articles or the feed of changes take turns."""

from __future__ import annotations

from sqlalchemy import Connection, text

_turn = text("SELECT pg_advisory_xact_lock(7236483)")


def lock_article_writes(connection: Connection) -> None:
    """Wait until no other transaction writes articles; the turn ends with the transaction.

    So two workers that store the same text at the same time see each other's, and whoever has read the feed up to a
    `change_id` misses none that was committed later with a smaller one. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_turn)
