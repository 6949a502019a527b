"""A saved page, and the errors of reading one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

MAX_BODY: Final = 10 * 1024 * 1024
"""Bytes of a decoded page; the same limit as for responses from the network."""

DAMAGED: Final = "damaged"
TRUNCATED: Final = "truncated"
TOO_LARGE: Final = "too_large"

_TIMESTAMP = re.compile(r"\d{14}", re.ASCII)
_SHORT_DATE = re.compile(r"\d{4}(?:-\d\d)?", re.ASCII)


class UnreadablePage(Exception):
    """A page of an archive that has no usable body. The message is for `SavedPage.detail`."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One response of an archive."""

    url: str
    """As the archive has it, so it may be no URL; "" if the archive does not say."""
    body: bytes
    date_downloaded: datetime | None
    """Aware, UTC; None if the archive does not say, or nothing that is a time."""
    status: int = 200
    content_type: str | None = "text/html"
    problem: str | None = None
    """Why there is no body: `too_large`, `truncated` or `damaged`; None if it is complete."""
    detail: str | None = None
    """Where the archive has the page, and what exactly is wrong with it; None without a problem."""


def parse_datetime(text: object) -> datetime | None:
    """Return an ISO 8601 time (UTC if it names no offset), or a 14-digit timestamp, in UTC; None for anything else.

    A year or month stands for its first moment, as WARC 1.1 allows. Times that no datetime can hold are None, too.
    """
    if not isinstance(text, str):
        return None
    try:
        if _TIMESTAMP.fullmatch(text):
            moment = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007
        else:
            short = _SHORT_DATE.fullmatch(text)
            moment = datetime.fromisoformat(text + "-01-01"[: 10 - len(text)] if short else text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
