"""The hosts that have asked for a backoff; a host that answers again is removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.schema import hosts


@dataclass(frozen=True, slots=True)
class RememberHost(SingleOperation[None]):
    """Store the backoff that a host asked for. Result: None."""

    host: str
    state: HostBackoff | None
    """None: the host answered, and its row is deleted."""
    now: datetime

    def apply(self, connection: Connection) -> None:
        if self.state is None:
            connection.execute(delete(hosts).where(hosts.c.host == self.host))
            return
        values = {
            "cooldown_until": self.state.cooldown_until,
            "backoff_count": self.state.backoff_count,
            "backoff_since": self.state.backoff_since,
            "updated_at": self.now,
        }
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(hosts).values(host=self.host, **values)
        connection.execute(insert.on_conflict_do_update(index_elements=["host"], set_=values))
