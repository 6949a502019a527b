"""This machine, and which of its processes exist."""

from __future__ import annotations

import os
from pathlib import Path


def get_host() -> str:
    return os.uname().nodename


def process_exists(pid: int) -> bool:
    """Return whether a process has this id and has not ended; one that its parent has not waited for has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return True
    return not state or state[0] not in {"Z", "X"}
