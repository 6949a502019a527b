"""Outcomes of responses without an article, and of failed requests."""

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

from newscrawl.crawling.exceptions import RequestRejected
from newscrawl.crawling.failures import outcome_for_failure
from newscrawl.items import Outcome
from newscrawl.outcomes import PageOutcome, is_html, outcome_for_status


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (304, Outcome.UNCHANGED, "not_modified"),
        (404, Outcome.GONE, "http_404"),
        (410, Outcome.GONE, "http_410"),
        (401, Outcome.BLOCKED, "http_401"),
        (403, Outcome.BLOCKED, "http_403"),
        (429, Outcome.BLOCKED, "http_429"),
        (451, Outcome.BLOCKED, "http_451"),
        (503, Outcome.BLOCKED, "http_503"),
        (500, Outcome.ERROR, "http_500"),
        (301, Outcome.ERROR, "http_301"),
        (204, Outcome.ERROR, "http_204"),
    ],
)
def test_the_status_decides_the_outcome(status: int, outcome: Outcome, reason: str) -> None:
    assert outcome_for_status(status) == PageOutcome(outcome, reason)


def test_the_body_of_a_200_decides() -> None:
    assert outcome_for_status(200) is None


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html; charset=utf-8", b"", True),
        ("TEXT/HTML", b"", True),
        ("application/xhtml+xml", b"", True),
        (None, b"\n<!DOCTYPE html><title>x", True),
        ("text/plain", b"<html><body>", True),
        ("text/plain", b"hello", False),
        ("image/jpeg", b"<html>", False),
        ("application/pdf", b"%PDF-1.7", False),
        (None, b"\x00\x01", False),
    ],
)
def test_only_html_is_a_page(content_type: str | None, body: bytes, expected: bool) -> None:
    assert is_html(content_type, body) is expected


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
        (ZeroDivisionError(), "zero_division_error"),
    ],
)
def test_a_failed_request_has_a_reason(error: Exception, reason: str) -> None:
    assert outcome_for_failure(error) == PageOutcome(Outcome.ERROR, reason)


def test_a_rejected_request_has_its_own_outcome() -> None:
    page_outcome = PageOutcome(Outcome.ROBOTS, "disallowed")
    assert outcome_for_failure(RequestRejected(page_outcome, "robots.txt")) == page_outcome
