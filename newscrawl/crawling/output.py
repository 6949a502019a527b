"""Writing to standard output."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def guard_stdout() -> Iterator[None]:
    """Log a warning instead of failing if the block cannot print (`| head`, a full disk).

    The work is already done when its result is printed, and the exit code reports it too.
    """
    try:
        yield
        sys.stdout.flush()
    # Rich exits when a pipe is closed.
    except (OSError, SystemExit) as error:
        logger.warning("could not write all of the output: %s", error.__context__ or error)
        # Discard what is still buffered: flushing it at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
