"""Which outcome a failed request gives its page."""

from __future__ import annotations

from OpenSSL import SSL
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
from twisted.internet.error import ConnectError, ConnectionClosed, NoRouteError
from twisted.web._newclient import ConnectionAborted

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.items import Outcome
from newscrawl.outcomes import UNREACHABLE, PageOutcome

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "dns"),
    (NoRouteError, "no_route"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (ConnectError, "connection_failed"),
    (DownloadTimeoutError, "timeout"),
    (ResponseDataLossError, "truncated"),
    (DownloadCancelledError, "too_large"),
    (DownloadFailedError, "connection_lost"),
    (MemoryError, "out_of_memory"),
    (IntegrityError, "database_error"),
    (DataError, "database_error"),
)
"""The first class that matches gives the reason, so subclasses come first."""
LOCAL_REASONS = frozenset({"dns", "no_route"})
"""Reasons that a crawler without a network has, too: no packet of the host is needed for them."""


_CONNECTION_ERRORS = (ConnectionClosed, ConnectionAborted, SSL.Error, OSError)


def outcome_for_failure(error: BaseException) -> PageOutcome:
    """Return the outcome of a request that failed with *error*; an unknown class is `unexpected_error`."""
    if isinstance(error, RequestRejected):
        return error.outcome
    if isinstance(error, DownloadFailedError) and (cause := _find_bad_response(error)) is not None:
        return PageOutcome(Outcome.ERROR, "bad_response", cause)
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return PageOutcome(Outcome.ERROR, reason)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return PageOutcome(Outcome.ERROR, "too_large")
    return PageOutcome(Outcome.ERROR, "unexpected_error", f"{type(error).__name__}: {error}")


def _find_bad_response(error: DownloadFailedError) -> str | None:
    """Return why a response could not be parsed; None if the connection failed."""
    failures = [failure.value for failure in getattr(error.__cause__, "reasons", ())]
    parsing = [one for one in failures if not isinstance(one, _CONNECTION_ERRORS)]
    return (str(parsing[0]) or type(parsing[0]).__name__) if parsing else None


def describe_failure(error: BaseException) -> str:
    """Return what *error* says, or its reason if it only shows the failures that it wraps."""
    message = str(error)
    return outcome_for_failure(error).reason if message.startswith("[<") else message


def get_unreachable_reason(error: BaseException) -> str | None:
    """Return the reason of a request whose host could not be reached; None for any other error."""
    reason = outcome_for_failure(error).reason
    return reason if reason in UNREACHABLE and not isinstance(error, RequestRejected) else None
