"""Stop a follower at SIGINT and SIGTERM, between two deliveries where possible."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_S = 5.0
"""Time for a running delivery to end after the first signal."""


class GraceExpired(BaseException):
    """A delivery did not end in time; raised in the middle of it, like KeyboardInterrupt."""


class Stop:
    """Whether a signal has asked to stop, and which one."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.signal_name: str | None = None

    @property
    def requested(self) -> bool:
        return self._event.is_set()

    def request(self, signal_name: str) -> None:
        self.signal_name = signal_name
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most until a stop is requested; return whether one is."""
        return self._event.wait(seconds)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Yield a Stop that the first SIGINT or SIGTERM requests; a second one ends the process as usual.

    A delivery that does not end within GRACE_S, as into a pipe that nobody reads, is interrupted with GraceExpired.
    """
    stop = Stop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stop.request(signal.Signals(number).name)
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, GRACE_S)

    def on_alarm(_number: int, _frame: FrameType | None) -> None:
        raise GraceExpired

    signal.signal(signal.SIGALRM, on_alarm)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
