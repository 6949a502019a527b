"""Drops articles that are not good enough to keep, each with a reason."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.crawling.context import CrawlContext
from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.items import Article, Outcome
from newscrawl.outcomes import AFTER_UNTIL, BEFORE_SINCE, PageOutcome
from newscrawl.scheduling.periods import ANY_TIME, Period


class ValidationPipeline:
    """Drops articles without headline or body, with a short body, or outside the period of the crawl.

    Stats: `validation/<reason>`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._period = CrawlContext.of_crawl(crawler).spider.arguments.period
        self._min_body_length = crawler.settings.getint("NEWSCRAWL_MIN_BODY_LENGTH")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        outcome = reject(item, min_body_length=self._min_body_length, period=self._period)
        if outcome is not None:
            self._stats.inc_value(f"validation/{outcome.reason}")
            raise ArticleRejected(outcome)
        return item


def reject(article: Article, *, min_body_length: int, period: Period = ANY_TIME) -> PageOutcome | None:
    """Return why *article* is not kept, None when it is. *min_body_length* counts characters."""
    if not article.headline:
        return PageOutcome(Outcome.NOT_ARTICLE, "no_headline")
    if not article.article_body:
        return PageOutcome(Outcome.NOT_ARTICLE, "no_body")
    if len(article.article_body) < min_body_length:
        return PageOutcome(Outcome.TOO_SHORT, f"body_under_{min_body_length}")
    return _check_period(article, period)


def _check_period(article: Article, period: Period) -> PageOutcome | None:
    if article.date_published is None:
        return None
    newest = max(article.date_published, article.date_modified or article.date_published)
    if period.since is not None and newest < period.since:
        return PageOutcome(Outcome.NOT_ARTICLE, BEFORE_SINCE)
    if period.until is not None and article.date_published >= period.until:
        return PageOutcome(Outcome.NOT_ARTICLE, AFTER_UNTIL)
    return None
