"""Write changes as JSON lines."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from newscrawl.text.terminal import dump_json_for_terminal

_NO_FILE = frozenset({errno.EINVAL, errno.EROFS, errno.ENOTSUP})
"""Errors of pipes, terminals and devices, which cannot be synchronized."""


class LineSink:
    """Writes one JSON object a line in UTF-8, and flushes each."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def deliver(self, changes: Sequence[Mapping[str, Any]]) -> int:
        """Write all *changes*; into a file, they are on the disk afterwards. Raises BrokenPipeError without a reader.

        The end of a pipe may have been read by nobody; only its reader knows.
        """
        for change in changes:
            self._stream.write(dump_json_for_terminal(change, indent=None).encode() + b"\n")
            self._stream.flush()
        try:
            os.fsync(self._stream.fileno())
        except OSError as error:
            if error.errno not in _NO_FILE:
                raise
        return len(changes)
