"""The writer thread groups operations into transactions and isolates failing ones."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from newscrawl.exceptions import StorageError
from newscrawl.storage.writer import Writer


class Gate:
    """Block the writer at an operation until the gate is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.reached.set()
        self.opened.wait(10)

    def block(self, writer: Writer) -> Future[int]:
        """Submit an operation of its own transaction and return when the writer is blocked at it."""
        blocked = writer.submit(InsertNumber(0, self))
        assert self.reached.wait(10)
        return blocked


@dataclass(frozen=True)
class InsertNumber:
    """Insert into a table of unique numbers; the result is the size of the group."""

    number: int | None
    gate: Gate | None = None

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[InsertNumber]) -> list[int]:
        for operation in operations:
            if operation.gate:
                operation.gate.wait()
            connection.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": operation.number})
        return [len(operations)] * len(operations)


@pytest.fixture
def numbers(engine: Engine) -> Engine:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE)"))
    return engine


def read(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars())


def test_queued_operations_are_written_in_one_transaction(numbers: Engine) -> None:
    writer, gate = Writer(numbers), Gate()
    first = gate.block(writer)
    others = [writer.submit(InsertNumber(number)) for number in range(1, 51)]
    gate.opened.set()
    first.result(10)
    assert all(future.result(10) == 50 for future in others)
    writer.close()


def pause(writer: Writer) -> None:
    """Let the writer begin a pause, which is a multiple of the time that an operation took."""
    gate = Gate()
    first = gate.block(writer)
    time.sleep(0.3)
    gate.opened.set()
    first.result(10)


def test_operations_that_arrive_in_a_pause_are_written_in_one_transaction_when_it_ends(numbers: Engine) -> None:
    writer = Writer(numbers, max_pause=3600.0)
    pause(writer)
    others = []
    for number in range(1, 6):
        others.append(writer.submit(InsertNumber(number)))
        time.sleep(0.01)
    assert not any(future.done() for future in others)
    writer.close(10)
    assert [future.result(0) for future in others] == [5] * 5


def test_writer_does_not_pause_while_a_full_batch_waits(numbers: Engine) -> None:
    writer, gate = Writer(numbers, batch_size=5, max_pause=3600.0), Gate()
    first = gate.block(writer)
    others = [writer.submit(InsertNumber(number)) for number in range(1, 11)]
    time.sleep(0.3)
    gate.opened.set()
    first.result(10)
    others[4].result(0.2)
    assert not others[5].done()
    writer.close(10)


def test_pause_ends_when_the_database_has_failed(numbers: Engine) -> None:
    writer = Writer(numbers, max_pause=3600.0)
    pause(writer)
    last = writer.submit(InsertNumber(1))
    writer.fail_pending()
    assert isinstance(last.exception(10), StorageError)
    writer.close(10)


def test_close_writes_queued_operations(numbers: Engine) -> None:
    writer = Writer(numbers)
    for number in range(300):
        writer.submit(InsertNumber(number))
    writer.close()
    assert read(numbers) == list(range(300))
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(InsertNumber(1))


def test_failing_operation_does_not_fail_the_others(numbers: Engine) -> None:
    writer, gate = Writer(numbers), Gate()
    blocker = gate.block(writer)
    futures = [writer.submit(InsertNumber(number)) for number in (1, 2, 2, None, 3)]
    gate.opened.set()
    blocker.result(10)
    assert [future.exception(10) is None for future in futures] == [True, True, False, False, True]
    assert isinstance(futures[2].exception(), IntegrityError)
    writer.close()
    assert read(numbers) == [0, 1, 2, 3]


def test_failed_operations_are_freed_without_a_garbage_collection(numbers: Engine) -> None:
    gc.collect()
    gc.disable()
    try:
        writer = Writer(numbers)
        futures = [writer.submit(InsertNumber(number)) for number in (None, 1, None)]
        freed = [weakref.ref(future) for future in futures]
        assert [type(future.exception()) for future in futures] == [IntegrityError, type(None), IntegrityError]
        futures.clear()
        writer.submit(InsertNumber(2)).result(10)  # the thread holds the last batch until the next
        assert [ref() for ref in freed] == [None, None, None]
        writer.close()
    finally:
        gc.enable()


def test_writer_survives_a_missing_table(numbers: Engine) -> None:
    writer = Writer(numbers)
    with numbers.begin() as connection:
        connection.execute(text("ALTER TABLE numbers RENAME TO away"))
    with pytest.raises((OperationalError, ProgrammingError)):
        writer.submit(InsertNumber(1)).result(10)
    with numbers.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO numbers"))
    writer.submit(InsertNumber(2)).result(10)
    writer.close()
    assert read(numbers) == [2]


@dataclass(frozen=True)
class Exit:
    """Raise an exception that would end the thread."""

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[Exit]) -> list[None]:
        raise SystemExit(1)


def test_thread_survives_an_operation_that_exits(numbers: Engine) -> None:
    writer = Writer(numbers)
    with pytest.raises(StorageError, match=r"SystemExit\(1\)"):
        writer.submit(Exit()).result(10)
    assert writer.submit(InsertNumber(1)).result(10) == 1
    writer.close()
    assert read(numbers) == [1]


@dataclass(frozen=True)
class DeleteInTurn:
    """Delete one number, wait for the gate, delete the other; end a deadlock sooner than another transaction would."""

    first: int
    second: int
    gate: Gate

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[DeleteInTurn]) -> list[None]:
        connection.execute(text("SET LOCAL deadlock_timeout = '300ms'"))
        for operation in operations:
            connection.execute(text("DELETE FROM numbers WHERE n = :n"), {"n": operation.first})
            operation.gate.wait()
            connection.execute(text("DELETE FROM numbers WHERE n = :n"), {"n": operation.second})
        return [None] * len(operations)


def test_transaction_that_postgresql_ends_in_a_deadlock_is_repeated(postgresql_engine: Engine) -> None:
    with postgresql_engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE)"))
        connection.execute(text("INSERT INTO numbers VALUES (1), (2), (3)"))
    writer, gate = Writer(postgresql_engine), Gate()
    deleted = writer.submit(DeleteInTurn(1, 2, gate))
    assert gate.reached.wait(10)
    with postgresql_engine.begin() as connection:
        connection.execute(text("UPDATE numbers SET n = n WHERE n = 2"))
        gate.opened.set()
        connection.execute(text("UPDATE numbers SET n = n WHERE n = 1"))
    assert deleted.result(10) is None
    writer.close()
    assert read(postgresql_engine) == [3]
