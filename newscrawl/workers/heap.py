"""Set how malloc of this process gets memory from the system."""

from __future__ import annotations

import contextlib
import ctypes

MIN_MAPPED = 64 * 1024
"""Bytes from which a block gets memory of its own, which goes back to the system when the block is freed."""
_M_MMAP_THRESHOLD = -3
"""As in malloc.h of glibc."""


def map_large_blocks() -> None:
    """Take blocks of MIN_MAPPED bytes and more out of the heap, for good; elsewhere than with glibc, do nothing.

    glibc does so from 128 KiB, but only until a larger block is freed: then it raises the limit to that size, up to 32
    MiB. From then on bodies, pages and lists of URLs lie in the heap among small objects that stay, and leave gaps.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, MIN_MAPPED)
