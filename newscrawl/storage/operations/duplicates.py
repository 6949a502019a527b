"""Look a duplicate up on the writer's connection: in a crawl, cheaper than a connection and a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from newscrawl.items import Article
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.queries.duplicates import find_duplicate
from newscrawl.storage.records import Claim, Saved


@dataclass(frozen=True, slots=True)
class FindDuplicate(SingleOperation[Saved | None]):
    """Find the stored article that *article* duplicates; writes nothing."""

    article: Article
    claim: Claim

    def apply(self, connection: Connection) -> Saved | None:
        return find_duplicate(connection, self.article, self.claim)
