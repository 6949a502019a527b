"""Outcomes of responses without an article."""

from __future__ import annotations

import pytest

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
        (503, Outcome.ERROR, "http_503"),
        (500, Outcome.ERROR, "http_500"),
        (301, Outcome.ERROR, "http_301"),
        (204, Outcome.ERROR, "http_204"),
    ],
)
def test_the_status_decides_the_outcome(status: int, outcome: Outcome, reason: str) -> None:
    assert outcome_for_status(status) == PageOutcome(outcome, reason)


@pytest.mark.parametrize("status", [429, 503])
def test_host_that_asks_for_a_pause_denies_access(status: int) -> None:
    assert outcome_for_status(status, asks_to_wait=True) == PageOutcome(Outcome.BLOCKED, f"http_{status}")


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
