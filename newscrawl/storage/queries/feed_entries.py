"""What a feed says about articles, besides what a search finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from newscrawl.storage.schema import articles


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An article as a feed shows it."""

    id: int
    description: str | None
    article_section: str | None
    main_image: str | None
    date_downloaded: datetime
    """When the current version was stored."""


def read_entry_facts(connection: Connection, ids: Collection[int]) -> dict[int, EntryFacts]:
    """Return the facts of the articles with these ids, by id."""
    columns = [articles.c[name] for name in EntryFacts.__slots__]
    rows = connection.execute(select(*columns).where(articles.c.id.in_(ids)))
    return {row.id: EntryFacts(*row) for row in rows}
