"""Read a WARC file in bounded memory: plain, or made of gzip members of which each can be read on its own."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

BLOCK = 64 * 1024
"""Bytes that are read, or decompressed, at a time."""
_GZIP = b"\x1f\x8b\x08"
_WARC = b"WARC/"
_STEP = 64
_PROBE = 1024
"""Bytes of a gzip member that are decompressed to see whether it holds a WARC record."""


class BrokenStream(Exception):
    """The file cannot be read any further; the message names the cause."""


class LostFraming(Exception):
    """The end of a record is not where it should be, so only a new gzip member tells where the next one begins."""


class StoppedReading(Exception):
    """The caller has asked to stop."""


class RecordStream:
    """The decompressed bytes of a file, member by member: no method reads beyond the current gzip member.

    A file that is not compressed is one member. Memory: one block, and what the caller asks for.
    """

    def __init__(self, file: BinaryIO, is_stopping: Callable[[], bool]) -> None:
        self._file = file
        self._is_stopping = is_stopping
        self._buffer = b""
        self._at = 0
        self._raw = b""
        """Compressed bytes that come next."""
        self._damage: zlib.error | None = None
        self._member: zlib._Decompress | None = None
        self._member_at = 0
        """Offset of the current member in the file."""
        self.members = 1
        """Members begun so far."""
        self.gap: str | None = None
        """Where the end of a member could not be found, so that more than one record may be lost; None if nowhere."""
        self.is_compressed = file.read(len(_GZIP)).startswith(_GZIP[:2])
        self._begin(0)

    def readline(self, limit: int) -> bytes:
        """Return the next line with its end, cut at *limit* bytes; b"" at the end of the member."""
        searched = 0
        while (end := self._buffer.find(b"\n", self._at + searched) + 1) == 0:
            searched = len(self._buffer) - self._at
            if searched >= limit or not self._fill():
                end = len(self._buffer)
                break
        return self._take(min(end, self._at + limit) - self._at)

    def read(self, length: int, keep: int) -> tuple[bytes, int]:
        """Read *length* bytes, or up to the end of the member; return the first *keep* of them, and how many came."""
        parts, size, kept = [], 0, 0
        while size < length and (self._at < len(self._buffer) or self._fill()):
            part = self._take(length - size)
            size += len(part)
            if kept < keep:
                parts.append(part[: keep - kept])
                kept += len(parts[-1])
        return b"".join(parts), size

    def skip_line_ends(self) -> bool:
        """Skip CR and LF; return whether the member goes on."""
        while True:
            rest = self._buffer[self._at :].lstrip(b"\r\n")
            self._at = len(self._buffer) - len(rest)
            if rest:
                return True
            if not self._fill():
                return False

    def next_member(self) -> bool:
        """Go to the next member, whatever is left of this one; return False if this was the last.

        If this one is damaged, the next one is searched for. Raises BrokenStream if it is cut off.
        """
        if self._member is None:
            return False
        try:
            while self._fill():
                self._at = len(self._buffer)
        except LostFraming as error:
            self.gap = self.gap or str(error)
            return self._find_member()
        start = self._file.tell() - len(self._raw)
        rest = self._raw or self._file.read(BLOCK)
        while rest and not (content := rest.lstrip(b"\x00")):
            start, rest = start + len(rest), self._file.read(BLOCK)
        if not rest:
            return False
        start += len(rest) - len(content)
        self._file.seek(start)
        if self._file.read(len(_GZIP)) == _GZIP:
            return self._begin_next(start)
        self.gap = self.gap or f"no gzip member begins at byte {start}"
        return self._find_member(start)

    def _begin(self, start: int) -> None:
        self._file.seek(start)
        self._member_at = start
        self._buffer, self._at, self._raw, self._damage = b"", 0, b"", None
        self._member = zlib.decompressobj(wbits=31) if self.is_compressed else None

    def _begin_next(self, start: int) -> bool:
        self._begin(start)
        self.members += 1
        return True

    def _find_member(self, start: int | None = None) -> bool:
        """Go to the first member from *start* on (after the beginning of this one) that holds a WARC record."""
        at = self._member_at + 1 if start is None else start
        while True:
            self._check_stopping()
            self._file.seek(at)
            block = self._file.read(BLOCK)
            found = block.find(_GZIP)
            while found >= 0:
                if self._holds_record(at + found):
                    return self._begin_next(at + found)
                found = block.find(_GZIP, found + 1)
            if len(block) < BLOCK:
                return False
            at += len(block) - len(_GZIP) + 1

    def _holds_record(self, start: int) -> bool:
        self._file.seek(start)
        try:
            return zlib.decompressobj(wbits=31).decompress(self._file.read(_PROBE), len(_WARC)) == _WARC
        except zlib.error:
            return False

    def _take(self, length: int) -> bytes:
        part = self._buffer[self._at : self._at + length]
        self._at += len(part)
        return part

    def _fill(self) -> bool:
        """Append a block to the buffer; return False at the end of the member. Raises BrokenStream and LostFraming."""
        self._check_stopping()
        data = self._file.read(BLOCK) if self._member is None else self._decompress(self._member)
        self._buffer, self._at = self._buffer[self._at :] + data, 0
        return bool(data)

    def _decompress(self, member: zlib._Decompress) -> bytes:
        data = b""
        while not data and not member.eof:
            if self._damage is not None:
                raise LostFraming(f"the gzip member at byte {self._member_at} is damaged: {self._damage}")
            raw, before = self._raw or self._file.read(BLOCK), member.copy()
            try:
                data = member.decompress(raw, BLOCK)
            except zlib.error as error:
                self._damage = error
                data = _decompress_until_error(before, raw)
                continue
            self._raw = member.unused_data if member.eof else member.unconsumed_tail
            if not raw and not data and not member.eof:
                raise BrokenStream("the file ends in the middle of a record")
        return data

    def _check_stopping(self) -> None:
        if self._is_stopping():
            raise StoppedReading


def _decompress_until_error(member: zlib._Decompress, raw: bytes) -> bytes:
    """Return what *raw*, which is damaged, begins with: usually the header that names the page."""
    data = b""
    with suppress(zlib.error):
        for at in range(0, len(raw), _STEP):
            data += member.decompress(raw[at : at + _STEP], BLOCK)
    return data
