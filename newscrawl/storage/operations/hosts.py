"""The hosts that asked for a rest; one that answers again is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.storage.schema import hosts


@dataclass(frozen=True, slots=True)
class RememberHost:
    """Keep how a host refuses us. Result: None."""

    host: str
    state: HostBackoff | None
    """None: it answers again, and is forgotten."""
    now: datetime

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[RememberHost]) -> list[None]:
        for operation in operations:
            operation._apply(connection)
        return [None] * len(operations)

    def _apply(self, connection: Connection) -> None:
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
