"""Outcomes of failed requests."""

from __future__ import annotations

import pytest
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
from twisted.internet.error import ConnectError, NoRouteError

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
        (ZeroDivisionError(), "zero_division_error"),
    ],
)
def test_a_failed_request_has_a_reason(error: Exception, reason: str) -> None:
    assert outcome_for_failure(error) == PageOutcome(Outcome.ERROR, reason)


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
