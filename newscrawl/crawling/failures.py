"""What a failed request means for the ledger."""

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

from newscrawl.crawling.exceptions import Refused
from newscrawl.items import Outcome
from newscrawl.outcomes import Verdict

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (DownloadTimeoutError, "timeout"),
    (ResponseDataLossError, "truncated"),
    (DownloadCancelledError, "too_large"),
    (DownloadFailedError, "connection_lost"),
)


def verdict_of_failure(error: BaseException) -> Verdict:
    """Return the outcome of a request that brought no answer."""
    if isinstance(error, Refused):
        return error.verdict
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return Verdict(Outcome.ERROR, reason)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Verdict(Outcome.ERROR, "too_large")
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
    return Verdict(Outcome.ERROR, name)
