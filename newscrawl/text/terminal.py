"""Printing: what the web wrote made safe, and readers who go away before the end."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime

logger = logging.getLogger(__name__)

_HARMLESS = frozenset("\n\u200c\u200d")
"""Line ends; the joiners, which Persian, the languages of India and emoji are written with."""
_DOUBTFUL = re.compile(r"[^\x20-\x7e\n\u00a0-\u00ac\u00ae-\u024f\u0370-\u05ff\u3040-\u30ff\u4e00-\u9fff]")
"""What is worth a look at its category: all but the letters that most pages are written with."""


def escape_for_terminal(text: str) -> str:
    """*text* with control characters, bidirectional overrides and other invisible signs written as `<U+202E>`.

    So a page can neither drive a terminal nor reorder what stands beside its words, and the reader sees what it holds.
    """
    return _escaped(text, lambda sign: f"<U+{ord(sign):04X}>")


def dump_json_for_terminal(value: object) -> str:
    """JSON that is safe to print: the same signs stand in it as escapes, moments as ISO 8601."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=datetime.isoformat)
    return _escaped(text, lambda sign: json.dumps(sign)[1:-1])


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Print in the block; where nobody reads (`| head`, a full disk), say so in the log and go on without.

    What was done is done, whether it can be told or not, and the exit code tells it, too.
    """
    try:
        yield
        sys.stdout.flush()
    # Rich leaves the program when a pipe is closed.
    except (OSError, SystemExit) as error:
        logger.warning("the end of the output could not be written: %s", error.__context__ or error)
        # What is still held back goes nowhere: to write it again would fail at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    return _DOUBTFUL.sub(lambda match: match[0] if _is_harmless(match[0]) else escape(match[0]), text)


def _is_harmless(sign: str) -> bool:
    return sign in _HARMLESS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
