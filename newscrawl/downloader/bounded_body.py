"""Bodies that wait for memory: reading is paused, so that the sender has to wait."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import _ResponseReader
from twisted.internet.base import DelayedCall

from newscrawl.crawling.response_memory import FREE_BYTES, ResponseMemory

MAX_PAUSE = 900.0
"""Seconds after which a paused download times out."""


class _ReservingReader(_ResponseReader):
    """Reserves the memory for the whole body when it turns out to be large. Made by limit_reader()."""

    _memory: ResponseMemory
    _size: int
    _timeout: DelayedCall
    _time_left: float | None = None
    _has_asked = False

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        if self._bytes_received <= FREE_BYTES or self._has_asked or self._finished.called:
            return
        self._has_asked = True
        self._memory.request(self._request, self._size, self._resume)
        if not self._memory.has(self._request):
            assert self.transport is not None
            self.transport.pauseProducing()
            if self._timeout.active():
                self._time_left = self._timeout.getTime() - self._timeout.seconds()
                self._timeout.reset(MAX_PAUSE)

    def _resume(self) -> None:
        """Receive the rest, within the time that was left when the download was paused."""
        if self._time_left is None or self._finished.called:
            return
        if self._timeout.active():
            self._timeout.reset(self._time_left)
        assert self.transport is not None
        self.transport.resumeProducing()


def limit_reader(reader: _ResponseReader, memory: ResponseMemory, max_size: int, timeout: DelayedCall) -> None:
    """Let *reader*, which has received nothing yet, ask *memory* before it receives more than FREE_BYTES.

    *timeout* is the call that ends the download; it does not run on while the download is paused.
    """
    reader.__class__ = _ReservingReader
    assert isinstance(reader, _ReservingReader)
    reader._memory, reader._timeout = memory, timeout
    length = reader._txresponse.length
    is_encoded = reader._txresponse.headers.hasHeader("Content-Encoding")
    reader._size = min(max_size, length) if isinstance(length, int) and not is_encoded else max_size
