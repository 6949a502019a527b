"""Exceptions that carry an outcome through Scrapy, or say that there is none yet."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import DropItem, IgnoreRequest

from newscrawl.outcomes import PageOutcome


class FetchDeferred(IgnoreRequest):
    """The page is not fetched now. Nothing is written: it stays pending for the next crawl, or has its outcome."""


class RequestRejected(IgnoreRequest):
    """A middleware stopped the request, and knows the outcome of its page."""

    def __init__(
        self,
        outcome: PageOutcome,
        message: str,
        *,
        not_before: datetime | None = None,
        stays_due: bool = False,
        is_unreachable: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.not_before = not_before
        """When the host may be asked again, if it said so."""
        self.stays_due = stays_due
        """Whether the next crawl tries again: nothing is known about the page itself."""
        self.is_unreachable = is_unreachable
        """Whether the cause is that the host could not be reached."""


class ArticleRejected(DropItem):
    """A pipeline dropped the article, and knows the outcome of its page."""

    def __init__(self, outcome: PageOutcome, *, article_id: int | None = None, is_recorded: bool = False) -> None:
        super().__init__(f"{outcome.outcome}: {outcome.reason}")
        self.outcome = outcome
        self.article_id = article_id
        """The stored article that it duplicates."""
        self.is_recorded = is_recorded
        """Whether the outcome is in the database already."""
