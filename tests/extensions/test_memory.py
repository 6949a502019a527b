import ctypes
import sys
from pathlib import Path

import pytest

from newscrawl.extensions.memory import get_malloc_trim

BLOCK, BLOCKS = 60_000, 3_000
"""Below the size from which glibc maps a block of its own (128 KiB), and not one that Python allocates itself."""


def read_rss() -> int:
    """Return the memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has malloc_trim")
def test_trimming_returns_what_was_freed_between_blocks_in_use() -> None:
    malloc_trim = get_malloc_trim()
    assert malloc_trim is not None
    blocks = [b"x" * BLOCK for _ in range(BLOCKS)]
    del blocks[:-1]  # the last one is at the top of the heap, so that free() cannot shrink it
    before = read_rss()
    malloc_trim(0)
    assert before - read_rss() > BLOCK * BLOCKS / 2


def test_a_c_library_without_malloc_trim_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert get_malloc_trim() is None
