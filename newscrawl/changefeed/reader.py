"""Read batches of the change feed, each in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.queries.changes import get_newest_change_id, read_articles, read_changes


@dataclass(frozen=True, slots=True)
class Batch:
    """Some changes in their order, as objects for JSON."""

    changes: Sequence[Mapping[str, Any]]
    position: int
    """The change to go on after; larger than the last one here if changes of other sites follow it."""


@dataclass(frozen=True, slots=True)
class ChangeReader:
    """Reads changes of some sites, or of all."""

    engine: Engine
    sites: Sequence[str] = ()
    full: bool = False
    """Add the whole article to each change, as `article`; None if it is gone."""

    def read(self, since: int, limit: int) -> Batch:
        """Return at most *limit* changes after *since*, with their articles in the same state."""
        with connect_for_reading(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            newest = get_newest_change_id(connection)
            found = read_changes(connection, since, limit, self.sites)
            articles = read_articles(connection, {one.article_id for one in found}) if self.full else {}
        changes = [one.as_json() for one in found]
        if self.full:
            changes = [one | {"article": articles.get(one["article_id"])} for one in changes]
        if len(found) == limit:
            return Batch(changes, found[-1].change_id)
        return Batch(changes, max(newest, since))

    def get_newest(self) -> int:
        """Return the `change_id` of the last change, 0 if there is none."""
        with connect_for_reading(self.engine) as connection:
            return get_newest_change_id(connection)
