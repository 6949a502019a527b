"""Whether large blocks lie in the heap."""

from __future__ import annotations

import subprocess
import sys

import pytest

COUNT_MAPPED = """
import ctypes

class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in
                "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Mallinfo
{call}
block = bytes(16 << 20)
del block  # glibc would now put blocks of up to 16 MiB into the heap.
before = mallinfo().hblks
blocks = [bytes({size}) for _ in range(20)]
print(mallinfo().hblks - before)
"""
CALL = "from newscrawl.workers.heap import map_large_blocks; map_large_blocks()"


@pytest.mark.parametrize(
    ("call", "size", "is_mapped"),
    [(CALL, 100 * 1024, True), (CALL, 1 << 20, True), (CALL, 30 * 1024, False), ("", 100 * 1024, False)],
    ids=["body", "large body", "page", "not called"],
)
def test_large_blocks_get_memory_of_their_own_after_a_larger_one_was_freed(
    call: str, size: int, is_mapped: bool
) -> None:
    code = COUNT_MAPPED.format(call=call, size=size)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Up to two blocks may find room in gaps that the heap already has.
    assert int(found.stdout) in (range(18, 21) if is_mapped else range(1))


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from newscrawl.workers import heap

    class Library:
        def __init__(self, name: str | None) -> None:
            self.name = name

    monkeypatch.setattr(heap.ctypes, "CDLL", Library)
    assert heap.map_large_blocks() is None
