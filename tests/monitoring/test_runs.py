"""Runs whose process is gone are told from those that work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extensions.crawl_state import HEARTBEAT_INTERVAL
from newscrawl.monitoring.runs import HEARTBEAT_TIMEOUT, OpenRun, is_killed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("host", "pid", "silent", "killed"),
    [
        ("here", 1, 20 * SECOND, False),
        ("here", 2, 20 * SECOND, True),
        ("here", 1, HOUR, True),
        ("there", 2, 20 * SECOND, False),
        ("there", 2, HOUR, True),
        (None, None, 20 * SECOND, False),
        (None, None, HOUR, True),
    ],
    ids=["works", "process gone", "other process", "elsewhere", "elsewhere, silent", "unknown", "of an old version"],
)
def test_a_run_is_killed_if_its_process_is_gone_or_silent(
    host: str | None, pid: int | None, silent: timedelta, *, killed: bool
) -> None:
    run = OpenRun(7, host, pid, NOW - silent)
    assert is_killed(run, NOW, host="here", process_exists=lambda pid: pid == 1) is killed


def test_a_run_may_miss_some_heartbeats() -> None:
    assert timedelta(seconds=4 * HEARTBEAT_INTERVAL) <= HEARTBEAT_TIMEOUT
