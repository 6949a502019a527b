"""Memory for the large responses of a crawl: those that are received, unpacked, or wait to be parsed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

MAX_BYTES = 64 * 1024 * 1024
"""Bytes of large responses, and of all responses that wait to be parsed."""
FREE_BYTES = 1024 * 1024
"""Bytes of a response that need no reservation: nearly all pages are smaller."""
MAX_WAITING = 64
"""Downloads that wait for memory and do not count among CONCURRENT_REQUESTS; each has FREE_BYTES in memory."""
POLL_INTERVAL = 0.05
"""Seconds between two checks of how much waits to be parsed."""


class ResponseMemory:
    """Grants reservations in the order of the requests, each for the whole response.

    A response that has a reservation can always be completed, so no two responses wait for each other. *get_waiting*
    returns the bytes of the downloaded responses that wait to be parsed; *call_after* calls a function once, after a
    number of seconds.
    """

    def __init__(
        self,
        get_waiting: Callable[[], int],
        call_after: Callable[[float, Callable[[], None]], object],
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._get_waiting = get_waiting
        self._call_after = call_after
        self._max_bytes = max_bytes
        self._reserved: dict[object, int] = {}
        self._requested: OrderedDict[object, tuple[int, Callable[[], None]]] = OrderedDict()
        self._is_polling = False

    @property
    def waiting(self) -> int:
        """How many downloads wait for a reservation."""
        return len(self._requested)

    @property
    def reserved(self) -> int:
        """Reserved bytes."""
        return sum(self._reserved.values())

    def has(self, owner: object) -> bool:
        """Return whether *owner* has a reservation."""
        return owner in self._reserved

    def request(self, owner: object, size: int, on_granted: Callable[[], None]) -> None:
        """Call *on_granted* once *size* bytes are reserved for *owner*: at once if there is room."""
        if owner in self._reserved:
            on_granted()
            return
        self._requested[owner] = size, on_granted
        self._grant()

    async def reserve(self, owner: object, size: int) -> None:
        """Wait until *size* bytes are reserved for *owner*."""
        granted = asyncio.Event()
        self.request(owner, size, granted.set)
        await granted.wait()

    def reduce(self, owner: object, size: int) -> None:
        """Give back what *owner* has reserved beyond *size*."""
        if owner in self._reserved:
            self._reserved[owner] = min(size, self._reserved[owner])
            self._grant()

    def release(self, owner: object) -> None:
        """Give back the reservation of *owner*, or stop waiting for it. Does nothing if there is none."""
        self._reserved.pop(owner, None)
        self._requested.pop(owner, None)
        self._grant()

    def _grant(self) -> None:
        while self._requested:
            owner, (size, on_granted) = next(iter(self._requested.items()))
            if not self._has_room(size):
                self._look_again()
                return
            del self._requested[owner]
            self._reserved[owner] = size
            on_granted()

    def _has_room(self, size: int) -> bool:
        waiting, reserved = self._get_waiting(), self.reserved
        # Nothing is being received, so what waits can only shrink: even a response larger than the rest is granted.
        is_next = not reserved and 2 * waiting <= self._max_bytes
        return is_next or waiting + reserved + size <= self._max_bytes

    def _look_again(self) -> None:
        """Check again soon: nothing reports when a response has been parsed."""
        if not self._is_polling:
            self._is_polling = True
            self._call_after(POLL_INTERVAL, self._on_poll)

    def _on_poll(self) -> None:
        self._is_polling = False
        self._grant()
