"""Which outcome a failed request gives its page."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from sqlalchemy.exc import DataError, IntegrityError

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (DownloadTimeoutError, "timeout"),
    (ResponseDataLossError, "truncated"),
    (DownloadCancelledError, "too_large"),
    (DownloadFailedError, "connection_lost"),
    (MemoryError, "out_of_memory"),
    (IntegrityError, "database_error"),
    (DataError, "database_error"),
)
"""The first class that matches gives the reason, so subclasses come first."""


def outcome_for_failure(error: BaseException) -> PageOutcome:
    """Return the outcome of a request that failed with *error*; an unknown class gives its name as the reason."""
    if isinstance(error, RequestRejected):
        return error.outcome
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return PageOutcome(Outcome.ERROR, reason)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return PageOutcome(Outcome.ERROR, "too_large")
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
    return PageOutcome(Outcome.ERROR, name)
