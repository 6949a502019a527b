"""The publication period that a crawl is limited to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A publication period; a side that is None is open."""

    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""

    def may_include(self, newest: datetime | None, published: datetime | None) -> bool:
        """Return whether an article with these declared dates can be in the period; one without dates can.

        *newest* (published or modified) shows that an article is too old. Only *published* shows that it is too new:
        an article that was modified later may have been published earlier.
        """
        is_too_old = self.since is not None and newest is not None and newest < self.since
        is_too_new = self.until is not None and published is not None and published >= self.until
        return not is_too_old and not is_too_new


ANY_TIME = Period()
