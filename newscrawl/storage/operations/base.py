"""The base class of operations that gain nothing from being applied together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, Self, TypeVar

from sqlalchemy import Connection

Result = TypeVar("Result")


class SingleOperation(ABC, Generic[Result]):
    """An operation that is applied on its own, after those of its kind that were submitted before it."""

    __slots__ = ()

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[Self]) -> list[Result]:
        return [operation.apply(connection) for operation in operations]

    @abstractmethod
    def apply(self, connection: Connection) -> Result:
        """Do the work in the transaction of *connection*."""
