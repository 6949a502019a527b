"""The hosts that have asked for a backoff."""

from __future__ import annotations

from sqlalchemy import Engine, select

from newscrawl.scheduling.backoff import HostBackoff
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.schema import hosts


def get_host_states(engine: Engine) -> dict[str, HostBackoff]:
    """Return, by host, the backoff of each host that has not answered since it asked for one."""
    columns = hosts.c
    query = select(columns.host, columns.cooldown_until, columns.backoff_count, columns.backoff_since)
    with connect_for_reading(engine) as connection:
        return {host: HostBackoff(*state) for host, *state in connection.execute(query)}
