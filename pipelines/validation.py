"""Which articles are good enough to keep. Everything refused has a named reason in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawl.items import Article, Outcome
from newscrawl.outcomes import AFTER_UNTIL, BEFORE_SINCE, PageOutcome
from newscrawl.scheduling.periods import ANY_TIME, Period


class Rejected(DropItem):
    """An article that is not kept; the ledger writes the verdict."""

    def __init__(self, page_outcome: PageOutcome) -> None:
        super().__init__(f"{page_outcome.outcome}: {page_outcome.reason}")
        self.page_outcome = page_outcome


def reject(article: Article, *, min_body_length: int, period: Period = ANY_TIME) -> PageOutcome | None:
    """Return why *article* is not kept, None when it is. *min_body_length* counts characters."""
    checks: tuple[Callable[[], PageOutcome | None], ...] = (
        lambda: None if article.headline else PageOutcome(Outcome.NOT_ARTICLE, "no_headline"),
        lambda: None if article.article_body else PageOutcome(Outcome.NOT_ARTICLE, "no_body"),
        lambda: _length(article, min_body_length),
        lambda: _age(article, period),
    )
    return next((page_outcome for check in checks if (page_outcome := check()) is not None), None)


def _length(article: Article, min_body_length: int) -> PageOutcome | None:
    short = len(article.article_body or "") < min_body_length
    return PageOutcome(Outcome.TOO_SHORT, f"body_under_{min_body_length}") if short else None


def _age(article: Article, period: Period) -> PageOutcome | None:
    if article.date_published is None:
        return None
    newest = max(article.date_published, article.date_modified or article.date_published)
    if period.since is not None and newest < period.since:
        return PageOutcome(Outcome.NOT_ARTICLE, BEFORE_SINCE)
    if period.until is not None and article.date_published >= period.until:
        return PageOutcome(Outcome.NOT_ARTICLE, AFTER_UNTIL)
    return None


class ValidationPipeline:
    """Drops articles that lack what makes one."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._min_body_length = crawler.settings.getint("NEWSCRAWL_MIN_BODY_LENGTH")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        period = getattr(getattr(self._crawler.spider, "scope", None), "period", ANY_TIME)
        page_outcome = reject(item, min_body_length=self._min_body_length, period=period)
        if page_outcome is not None:
            self._crawler.stats.inc_value(f"validation/{page_outcome.reason}")
            raise Rejected(page_outcome)
        return item
