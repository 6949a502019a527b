"""The one writer: a thread that applies operations in batches, each batch in one transaction."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from newscrawl.exceptions import StorageError

logger = logging.getLogger(__name__)

Result_co = TypeVar("Result_co", covariant=True)


class Operation(Protocol[Result_co]):
    """A frozen piece of work; the class applies many of its kind at once and returns one result for each."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[Self], /) -> Sequence[Result_co]: ...


@dataclass(frozen=True, slots=True)
class _Job:
    operation: Operation[Any]
    future: Future[Any]


class Writer:
    """Applies operations from any thread in one transaction at a time.

    While a transaction is committed the next operations gather, so batches grow with the load and a lone operation
    does not wait. Operations of one batch are applied grouped by kind: callers that need an order await the first
    before they submit the second. When a batch fails, its operations are tried again one by one, so that a row that
    the database refuses fails alone.
    """

    def __init__(self, engine: Engine, *, batch_size: int = 100) -> None:
        self._engine = engine
        self._batch_size = batch_size
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="newscrawl-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[Result_co]) -> Future[Result_co]:
        """Queue *operation*. The future holds its result, or the error that it alone caused."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        job = _Job(operation, Future())
        self._queue.put(job)
        return job.future

    def fail_pending(self) -> None:
        """The database failed: what is queued fails without being tried, so that nobody waits for it."""
        self._failed = True

    def close(self, timeout: float | None = None) -> None:
        """Write what is queued and end the thread; after *timeout* seconds it is left behind, to end with the process.

        A transaction that is cut off so is rolled back by the database.
        """
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            jobs = [job]
            ended = self._gather(jobs)
            # Whoever was interrupted waits no longer; from here on it is done, wanted or not.
            self._write([job for job in jobs if job.future.set_running_or_notify_cancel()])
            if ended:
                return

    def _gather(self, jobs: list[_Job]) -> bool:
        """Add what waits in the queue to *jobs*; tell whether the end was met."""
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
        if not jobs:
            return
        try:
            if self._failed:
                raise StorageError("the database has failed")
            results = self._apply(jobs)
        except Exception as error:
            if len(jobs) > 1 and isinstance(error, (IntegrityError, DataError, ValueError, TypeError)):
                logger.debug("a batch of %d operations failed, trying each alone", len(jobs))
                for job in jobs:
                    self._write([job])
                return
            for job in jobs:
                job.future.set_exception(error)
        else:
            for job, result in results:
                job.future.set_result(result)

    def _apply(self, jobs: Sequence[_Job]) -> list[tuple[_Job, Any]]:
        by_kind: dict[type, list[_Job]] = {}
        for job in jobs:
            by_kind.setdefault(type(job.operation), []).append(job)
        try:
            return self._apply_once(by_kind)
        except _BeforeCommit as failure:
            if not _is_lost_connection(failure.cause):
                raise failure.cause from None
            # Nothing of it was committed, so it can be repeated; the pool's other connections are replaced, too.
            logger.warning("the connection to the database was lost, trying again: %s", failure.cause)
        try:
            return self._apply_once(by_kind)
        except _BeforeCommit as failure:
            raise failure.cause from None

    def _apply_once(self, by_kind: dict[type, list[_Job]]) -> list[tuple[_Job, Any]]:
        """Raises _BeforeCommit for what failed while nothing can have been committed; a failed COMMIT as it is."""
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
    """Carries an error out of a transaction that is rolled back."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _is_lost_connection(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
