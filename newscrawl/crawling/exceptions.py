"""Why a request was not carried through, as an exception that says what the ledger has to write."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest

from newscrawl.outcomes import PageOutcome


class RequestRejected(IgnoreRequest):
    """A middleware of ours stopped the request."""

    def __init__(self, page_outcome: PageOutcome, message: str, *, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.page_outcome = page_outcome
        self.not_before = not_before


class FetchDeferred(IgnoreRequest):
    """There is nothing to write: the visit has its outcome already, or is left to the next crawl."""
