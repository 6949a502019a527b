"""Named positions of consumers in the change feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.exceptions import LockedError
from newscrawl.storage.schema import change_cursors


def create_cursor(connection: Connection, name: str, change_id: int, now: datetime) -> int:
    """Create the cursor *name* after change *change_id* unless it exists; return its position."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"name": name, "change_id": change_id, "created_at": now, "updated_at": now}
    connection.execute(dialect.insert(change_cursors).values(values).on_conflict_do_nothing(index_elements=["name"]))
    position: int = connection.execute(
        select(change_cursors.c.change_id).where(change_cursors.c.name == name)
    ).scalar_one()
    return position


def advance_cursor(connection: Connection, name: str, change_id: int, *, expected: int, now: datetime) -> None:
    """Move the cursor *name* forward from *expected* to *change_id*.

    Raises LockedError if it stands elsewhere, since another process has moved or deleted it; ValueError for a move
    backwards.
    """
    if change_id < expected:
        raise ValueError(f"cursor {name!r} cannot go back from {expected} to {change_id}")
    cursor = change_cursors.c
    moved = update(change_cursors).where(cursor.name == name, cursor.change_id == expected)
    if connection.execute(moved.values(change_id=change_id, updated_at=now)).rowcount == 1:
        return
    found = connection.execute(select(cursor.change_id).where(cursor.name == name)).scalar()
    what = "was deleted" if found is None else f"was moved to {found}"
    raise LockedError(
        f"the cursor {name!r} {what} by another process while this one went from {expected} to {change_id}; "
        "let only one process use it"
    )


def reset_cursor(connection: Connection, name: str, change_id: int, now: datetime) -> bool:
    """Move the cursor *name* to *change_id*, in either direction; return whether it exists."""
    moved = update(change_cursors).where(change_cursors.c.name == name).values(change_id=change_id, updated_at=now)
    return connection.execute(moved).rowcount == 1


def delete_cursor(connection: Connection, name: str) -> bool:
    """Delete the cursor *name*; return whether it existed."""
    return connection.execute(delete(change_cursors).where(change_cursors.c.name == name)).rowcount == 1
