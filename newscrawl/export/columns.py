"""What an export consists of: columns of a kind, and rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ColumnKind(StrEnum):
    """What a column holds, and as which Python type a row has it; None for a missing value of any kind."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    """bool, or 0 and 1."""
    TIME = "time"
    """UTC, as in `2026-11-22T12:00:00Z`."""
    DAY = "day"
    """As in `2026-11-22`."""
    STRINGS = "strings"
    """A list of strings, as JSON text."""
    IMAGES = "images"
    """A list of objects with `url`, `caption` and `credit`, as JSON text."""
    JSON = "json"
    """Anything else, as JSON text."""


IS_JSON = frozenset({ColumnKind.STRINGS, ColumnKind.IMAGES, ColumnKind.JSON})


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of an export."""

    name: str
    kind: ColumnKind


Row = Sequence[Any]
"""The values of an article in the order of the columns."""
