"""Outcomes of failed requests."""

from __future__ import annotations

import pytest
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
from sqlalchemy.exc import DataError
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, NoRouteError
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseNeverReceived

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.crawling.failures import describe_failure, get_unreachable_reason, outcome_for_failure
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CannotResolveHostError("no such host"), "dns"),
        (DownloadConnectionRefusedError("nothing listens there"), "connection_refused"),
        (DownloadTimeoutError("30 s"), "timeout"),
        (NoRouteError(), "no_route"),
        (ConnectError(), "connection_failed"),
        (ResponseDataLossError("cut off"), "truncated"),
        (DownloadCancelledError("11 MB"), "too_large"),
        (DownloadFailedError("connection reset"), "connection_lost"),
        (IgnoreRequest("its body exceeded DOWNLOAD_MAXSIZE (10 B)"), "too_large"),
        (MemoryError(), "out_of_memory"),
        (DataError("INSERT", {}, Exception("out of range")), "database_error"),
        (ZeroDivisionError(), "unexpected_error"),
    ],
)
def test_a_failed_request_has_a_reason(error: Exception, reason: str) -> None:
    assert outcome_for_failure(error) == PageOutcome(Outcome.ERROR, reason)


def make_failed(*causes: Exception) -> DownloadFailedError:
    """Return what a request fails with when Twisted reports *causes*."""
    error = DownloadFailedError("failed")
    error.__cause__ = ResponseNeverReceived([Failure(cause) for cause in causes])
    return error


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (ParseError("wrong number of parts", b"ICY"), "bad_response"),  # type: ignore[no-untyped-call]
        (ValueError("Content-Length headers contain non-digit characters"), "bad_response"),
        (KeyError(), "bad_response"),
        (ConnectionLost(), "connection_lost"),
        (ConnectionDone(), "connection_lost"),
        (ConnectionResetError(), "connection_lost"),
        (SSL.Error([("SSL routines", "", "wrong version number")]), "connection_lost"),
    ],
)
def test_a_response_that_cannot_be_parsed_is_told_from_a_lost_connection(cause: Exception, reason: str) -> None:
    assert outcome_for_failure(make_failed(cause)) == PageOutcome(Outcome.ERROR, reason)


def test_an_error_of_an_unknown_class_is_named_in_the_detail() -> None:
    assert outcome_for_failure(ZeroDivisionError("by zero")).detail == "ZeroDivisionError: by zero"


def test_a_rejected_request_has_its_own_outcome() -> None:
    page_outcome = PageOutcome(Outcome.ROBOTS, "disallowed")
    assert outcome_for_failure(RequestRejected(page_outcome, "robots.txt")) == page_outcome


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CannotResolveHostError(), "dns"),
        (DownloadTimeoutError(), "timeout"),
        (NoRouteError(), "no_route"),
        (ResponseDataLossError(), None),
        (DownloadCancelledError(), None),
        (RequestRejected(PageOutcome(Outcome.ERROR, "dns"), "robots.txt"), None),
    ],
)
def test_host_that_sent_something_was_reached(error: Exception, reason: str | None) -> None:
    assert get_unreachable_reason(error) == reason


def test_a_failure_of_failures_is_described_by_its_reason() -> None:
    assert (
        describe_failure(DownloadFailedError("[<twisted.python.failure.Failure ParseError: x>]")) == "connection_lost"
    )
    assert describe_failure(DownloadTimeoutError("took longer than 30 s")) == "took longer than 30 s"
