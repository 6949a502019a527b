"""Read, deliver, remember the position; again and again if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Engine

from newscrawl.changefeed.reader import ChangeReader
from newscrawl.changefeed.stop import Stop
from newscrawl.storage.operations.change_cursors import advance_cursor

BATCH = 500
"""Changes that are read at a time, and delivered before the position is stored."""


class Sink(Protocol):
    """Where changes are delivered."""

    def deliver(self, changes: Sequence[Mapping[str, Any]]) -> int:
        """Deliver the first of *changes* and return how many; 0 if a stop was requested before any was delivered.

        What was delivered will not be lost with this process.
        """


class Position(Protocol):
    """Where a follower stands in the feed."""

    change_id: int

    def advance(self, change_id: int) -> None:
        """Move forward to *change_id*, after everything up to it was delivered."""


@dataclass(slots=True)
class Unnamed:
    """A position that ends with the process."""

    change_id: int

    def advance(self, change_id: int) -> None:
        self.change_id = change_id


@dataclass(slots=True)
class Cursor:
    """A position that is stored in the database under a name."""

    engine: Engine
    name: str
    change_id: int

    def advance(self, change_id: int) -> None:
        """Store the position. Raises LockedError if another process has moved the cursor."""
        with self.engine.begin() as connection:
            now = datetime.now(UTC)
            advance_cursor(connection, self.name, change_id, expected=self.change_id, now=now)
        self.change_id = change_id


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """How long to go on."""

    limit: int | None = None
    """Number of changes to deliver; None for no limit."""
    interval: float | None = None
    """Seconds to wait for new changes; None to end after the last change."""


def follow(reader: ChangeReader, sink: Sink, position: Position, stop: Stop, options: FollowOptions) -> bool:
    """Deliver the changes after *position* in order, each at least once.

    Returns whether everything that was asked for was delivered; False if a stop was requested before.
    """
    left = options.limit
    while not stop.requested:
        batch = reader.read(position.change_id, BATCH if left is None else min(left, BATCH))
        pending = batch.changes
        while pending:
            delivered = 0 if stop.requested else sink.deliver(pending)
            if not delivered:
                return False
            last, pending = pending[delivered - 1]["change_id"], pending[delivered:]
            position.advance(last if pending else batch.position)
        if batch.position > position.change_id:
            position.advance(batch.position)
        if left is not None:
            left -= len(batch.changes)
            if not left:
                return True
        if not batch.changes:
            if options.interval is None:
                return True
            stop.wait(options.interval)
    return False
