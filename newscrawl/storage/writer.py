"""The writer: a thread that applies operations in batches, one transaction per batch."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from newscrawl.exceptions import StorageError

logger = logging.getLogger(__name__)

_REPEATABLE = {"40001", "40P01"}
"""Codes of PostgreSQL for transactions that cannot be serialized, and for deadlocks."""
RETRY_PAUSE = 0.1
"""Seconds."""
MAX_PAUSE = 0.2
"""Longest pause of a crawl's writer, in seconds. A page waits for two batches: its look-up, and its article."""
PAUSE_FACTOR = 10

Result_co = TypeVar("Result_co", covariant=True)


class Operation(Protocol[Result_co]):
    """Something to write. The class applies all operations of its kind in a batch and returns one result each."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[Self], /) -> Sequence[Result_co]: ...


@dataclass(frozen=True, slots=True)
class _Job:
    operation: Operation[Any]
    future: Future[Any]


class Writer:
    """Applies operations that are submitted from any thread.

    Operations queue while a transaction is committed, so batches grow with the load and a single operation does not
    wait. After a batch the writer pauses PAUSE_FACTOR times as long as the batch took, at most *max_pause* seconds:
    a transaction for each operation costs three times as much CPU time as one for ten of them.
    Operations of one batch are grouped by kind: callers that need an order await the first before they submit the
    second. When the database rejects a row, the operations of the batch are applied one by one, so that only one fails.
    """

    def __init__(self, engine: Engine, *, batch_size: int = 100, max_pause: float = 0.0) -> None:
        self._engine = engine
        self._batch_size = batch_size
        self._max_pause = max_pause
        self._is_hurried = threading.Event()
        """Set when there is no time for pauses any more."""
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="newscrawl-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[Result_co]) -> Future[Result_co]:
        """Queue *operation*; the future holds its result or its own error."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        job = _Job(operation, Future())
        self._queue.put(job)
        return job.future

    def fail_pending(self) -> None:
        """Fail queued operations without trying them: the database has failed, and nothing must wait for it."""
        self._failed = True
        self._is_hurried.set()

    def close(self, timeout: float | None = None) -> None:
        """Write what is queued and stop the thread; after *timeout* seconds return without waiting any longer.

        The thread then ends with the process, and the database rolls its transaction back.
        """
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._is_hurried.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        next_start = 0.0
        while (job := self._queue.get()) is not None:
            if self._queue.qsize() < self._batch_size:
                self._is_hurried.wait(max(0.0, next_start - time.monotonic()))
            started = time.monotonic()
            jobs = [job]
            closed = self._gather(jobs)
            # Drops cancelled futures; the others can no longer be cancelled.
            self._write([job for job in jobs if job.future.set_running_or_notify_cancel()])
            if closed:
                return
            ended = time.monotonic()
            next_start = ended + min(PAUSE_FACTOR * (ended - started), self._max_pause)

    def _gather(self, jobs: list[_Job]) -> bool:
        """Move queued jobs to *jobs*, up to the batch size; return whether the writer was closed."""
        while len(jobs) < self._batch_size:
            try:
                job = self._queue.get_nowait()
            except Empty:
                return False
            if job is None:
                return True
            jobs.append(job)
        return False

    def _write(self, jobs: Sequence[_Job]) -> None:
        if not jobs or (failure := self._try(jobs)) is None:
            return
        # Frames of the traceback hold the jobs, those their futures, and those the error: a cycle, which only a late
        # collection of garbage would free. Cleared before a waiting coroutine can add its own frame.
        traceback.clear_frames(failure.__traceback__)
        apply_singly = len(jobs) > 1 and isinstance(failure, (IntegrityError, DataError, ValueError, TypeError))
        if apply_singly:
            logger.debug("a batch of %d operations failed, applying them one by one", len(jobs))
        for job in jobs:
            if apply_singly:
                self._write([job])
            else:
                job.future.set_exception(failure)
        del failure, job, jobs

    def _try(self, jobs: Sequence[_Job]) -> Exception | None:
        """Apply the jobs and set their results, or return why that failed."""
        try:
            if self._failed:
                raise StorageError("the database has failed")
            results = self._apply(jobs)
        except BaseException as error:
            # The thread must survive, and the event loop would stop at anything but an Exception.
            return error if isinstance(error, Exception) else StorageError(f"an operation raised {error!r}")
        for job, result in results:
            job.future.set_result(result)
        return None

    def _apply(self, jobs: Sequence[_Job]) -> list[tuple[_Job, Any]]:
        by_kind: dict[type, list[_Job]] = {}
        for job in jobs:
            by_kind.setdefault(type(job.operation), []).append(job)
        try:
            return self._apply_once(by_kind)
        except _BeforeCommit as failure:
            error = failure.cause
        if not _may_be_repeated(error):
            raise error
        # Nothing was committed. Of a lost connection, SQLAlchemy has discarded the other pooled ones, too.
        logger.warning("the database broke off a transaction, retrying: %s", error)
        # The other transaction of a deadlock goes first; it waits for the same rows.
        time.sleep(RETRY_PAUSE)
        try:
            return self._apply_once(by_kind)
        except _BeforeCommit as failure:
            error = failure.cause
        raise error

    def _apply_once(self, by_kind: dict[type, list[_Job]]) -> list[tuple[_Job, Any]]:
        """Apply the jobs in one transaction. Raises _BeforeCommit for an error before COMMIT."""
        results: list[tuple[_Job, Any]] = []
        with contextlib.ExitStack() as stack:
            try:
                connection = stack.enter_context(self._engine.connect())
                transaction = stack.enter_context(connection.begin())
                for kind, group in by_kind.items():
                    applied = kind.apply_all(connection, [job.operation for job in group])  # type: ignore[attr-defined]
                    results += zip(group, applied, strict=True)
            except Exception as error:
                raise _BeforeCommit(error) from error
            transaction.commit()
        return results


class _BeforeCommit(Exception):
    """Wraps an error of a transaction that was rolled back."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _may_be_repeated(error: Exception) -> bool:
    """Return whether the connection was lost, or PostgreSQL chose the transaction to end a deadlock."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _REPEATABLE
