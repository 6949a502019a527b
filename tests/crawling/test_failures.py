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

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.crawling.failures import outcome_for_failure
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CannotResolveHostError("no such host"), "dns"),
        (DownloadConnectionRefusedError("nothing listens there"), "connection_refused"),
        (DownloadTimeoutError("30 s"), "timeout"),
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
