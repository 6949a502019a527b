"""The opaque cursor between pages of search results."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from newscrawl.search.query import InvalidQuery

_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins."""

    order: str
    last_id: int
    """The last document of the page before."""
    total: int | None
    """The number of matches, counted for the first page."""
    score: float | None = None
    """Of that document, where results are ordered by relevance."""
    today: date | None = None
    """The day of the first page, by which the age of articles is measured."""

    def encode(self) -> str:
        values = [self.order, self.last_id, self.total, self.score, self.today and self.today.isoformat()]
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def parse_cursor(text: str, order: str) -> Cursor:
    """Return the cursor that `Cursor.encode` made. Raises InvalidQuery for another text, or one of another order."""
    try:
        if len(text) > _MAX_LENGTH:
            raise ValueError
        values: list[Any] = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        made_for, last_id, total, score, today = values
        cursor = Cursor(
            str(made_for),
            _check_id(last_id),
            None if total is None else _check_id(total),
            None if score is None else float(score),
            None if today is None else date.fromisoformat(today),
        )
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise InvalidQuery("invalid cursor: pass the `next_cursor` of the page before") from None
    if cursor.order != order:
        raise InvalidQuery(f"the cursor belongs to order {cursor.order[:20]!r}, not {order!r}")
    return cursor


def _check_id(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError
    return value
