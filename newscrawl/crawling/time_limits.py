"""How long a crawl may spend on each site (`max_time` of a site file)."""

from __future__ import annotations

import time
from collections.abc import Mapping


class TimeLimits:
    """The end of each site's time, counted from start()."""

    def __init__(self) -> None:
        self._ends: dict[str, float] = {}
        """Site -> seconds of time.monotonic(); sites without a limit are left out."""

    def start(self, seconds: Mapping[str, float]) -> None:
        """Start the clocks: site -> seconds that it may take."""
        now = time.monotonic()
        self._ends = {site: now + limit for site, limit in seconds.items()}

    def is_over(self, site: str) -> bool:
        """Return whether the time of *site* has run out."""
        end = self._ends.get(site)
        return end is not None and time.monotonic() >= end
