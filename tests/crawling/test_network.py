"""An outage of one's own network is told from hosts that are down."""

from __future__ import annotations

import pytest

from newscrawl.crawling.network import NetworkMonitor

LOCAL = {"is_local": True}
REMOTE = {"is_local": False}


def watch(*events: tuple[str, dict[str, bool] | None]) -> NetworkMonitor:
    """Return a monitor that saw *events*: a host with how it failed, or None where it answered."""
    monitor = NetworkMonitor()
    for host, failure in events:
        if failure is None:
            monitor.on_contact(host)
        else:
            monitor.on_failure(host, **failure)
    return monitor


@pytest.mark.parametrize(
    "events",
    [
        [("a.org", LOCAL)],
        [("a.org", REMOTE), ("b.org", REMOTE)],
        [("a.org", REMOTE), ("a.org", REMOTE), ("b.org", LOCAL)],
        [("a.org", None), ("b.org", None), ("a.org", REMOTE), ("b.org", LOCAL)],
        [("a.org", None), ("b.org", None), ("c.org", LOCAL), ("a.org", REMOTE), ("b.org", REMOTE)],
    ],
)
def test_network_is_down_when_every_host_fails_at_once(events: list[tuple[str, dict[str, bool] | None]]) -> None:
    assert watch(*events).is_down(sites=1)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [("a.org", None)],
        [("a.org", REMOTE)],
        [("a.org", REMOTE), ("a.org", REMOTE)],
        [("a.org", None), ("a.org", LOCAL)],
        [("a.org", None), ("b.org", LOCAL), ("c.org", LOCAL)],
        [("a.org", LOCAL), ("b.org", LOCAL), ("c.org", None)],
        [("a.org", None), ("b.org", None), ("a.org", REMOTE), ("b.org", REMOTE), ("c.org", None)],
        [("a.org", None), ("b.org", None), ("b.org", REMOTE), ("c.org", REMOTE)],
    ],
)
def test_hosts_are_down_when_another_one_answers_or_never_did(
    events: list[tuple[str, dict[str, bool] | None]],
) -> None:
    assert not watch(*events).is_down(sites=1)


def test_one_of_several_sites_may_be_the_only_one_that_was_due() -> None:
    assert not watch(("a.org", LOCAL)).is_down(sites=2)
    assert watch(("a.org", LOCAL), ("b.org", LOCAL)).is_down(sites=2)
