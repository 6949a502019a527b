"""Hosts that do not answer are noticed within a second, and given up after several timeouts."""

from __future__ import annotations

from newscrawl.crawling.slow_hosts import MAX_TIMEOUTS, STALLED_AFTER, SlowHosts


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_host_is_stalled_while_its_downloads_run_and_it_does_not_answer() -> None:
    clock = Clock()
    hosts = SlowHosts(clock)
    assert hosts.begin("a")
    assert not hosts.begin("a")
    hosts.begin("b")
    clock.now += STALLED_AFTER
    hosts.on_response("b")
    assert hosts.get_stalled() == {"a"}
    hosts.on_response("a")
    hosts.end("a")
    assert hosts.get_stalled() == set()
    clock.now += STALLED_AFTER
    assert hosts.get_stalled() == {"a", "b"}
    hosts.end("a")
    hosts.end("b")
    assert hosts.get_stalled() == set()


def test_host_that_timed_out_is_in_doubt_until_it_answers() -> None:
    hosts = SlowHosts(Clock())
    hosts.on_timeout("a")
    assert hosts.is_in_doubt("a")
    assert hosts.get_stalled() == {"a"}
    hosts.on_response("a")
    assert not hosts.is_in_doubt("a")
    assert hosts.get_stalled() == set()


def test_host_is_given_up_after_timeouts_in_a_row_only() -> None:
    hosts = SlowHosts(Clock())
    for _ in range(MAX_TIMEOUTS - 1):
        hosts.on_timeout("a")
    hosts.on_response("a")
    for _ in range(MAX_TIMEOUTS - 1):
        hosts.on_timeout("a")
    assert not hosts.is_given_up("a")
    hosts.on_timeout("a")
    assert hosts.is_given_up("a")
    assert not hosts.is_given_up("b")
