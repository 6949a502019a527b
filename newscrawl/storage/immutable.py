"""Read SQLite files in folders where nothing can be written: other users' folders, read-only media and mounts.

Readers of a database in WAL mode share an index beside the file (`-shm`). Where none exists and none can be created,
SQLite reads the file only if it is told that nobody changes it: `immutable=1`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

IMMUTABLE = "immutable"
"""Key of `record.info`: the stat() of a file that is read as immutable, otherwise None."""


def read_as_immutable(engine: Engine, file: Path) -> None:
    """Let each new connection of *engine*, for readers of *file*, open it as immutable where SQLite requires it."""

    @event.listens_for(engine, "do_connect")
    def _on_do_connect(_dialect: Any, record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        record.info[IMMUTABLE] = None
        if must_be_immutable(file):
            record.info[IMMUTABLE] = file.stat()
            arguments[:1] = [f"{file.as_uri()}?mode=ro&immutable=1"]
            options["uri"] = True


def must_be_immutable(file: Path) -> bool:
    """Return whether *file* can only be read as immutable: its folder is not writable, and no program has it open."""
    if os.access(file.parent, os.W_OK, effective_ids=True):
        return False
    return not any(file.with_name(file.name + end).exists() for end in ("-wal", "-shm", "-journal"))


def is_outdated(record: Any, file: Path) -> bool:
    """Return whether a connection reads *file* as immutable although a program writes it now, or has written it."""
    before = record.info[IMMUTABLE]
    if before is None:
        return False
    now = file.stat()
    return not must_be_immutable(file) or (before.st_mtime_ns, before.st_size) != (now.st_mtime_ns, now.st_size)
