"""Articles that lack something, or are outside the period of the crawl, are dropped with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.crawling.exceptions import ArticleRejected
from newscrawl.items import Article
from newscrawl.scheduling.periods import Period
from pipelines.validation import ValidationPipeline
from tests.support.fake_crawler import FakeCrawler

NOVEMBER = Period(since=datetime(2026, 11, 1, tzinfo=UTC), until=datetime(2026, 12, 1, tzinfo=UTC))
OCTOBER_31, DECEMBER_1 = datetime(2026, 10, 31, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def crawler() -> FakeCrawler:
    crawler = FakeCrawler(NEWSCRAWL_MIN_BODY_LENGTH="50")
    crawler.spider.arguments.period = NOVEMBER
    return crawler


@pytest.mark.parametrize(
    ("fields", "outcome", "stat"),
    [
        ({"headline": None}, "not_article: no_headline", "validation/no_headline"),
        ({"article_body": ""}, "not_article: no_body", "validation/no_body"),
        ({"article_body": "x" * 49}, "too_short: body_under_50", "validation/body_under_50"),
        ({"date_published": OCTOBER_31}, "not_article: before_since", "validation/before_since"),
        ({"date_published": DECEMBER_1}, "not_article: after_until", "validation/after_until"),
    ],
)
def test_article_is_dropped_with_a_reason(
    crawler: FakeCrawler, make_article: Callable[..., Article], fields: dict[str, Any], outcome: str, stat: str
) -> None:
    pipeline = ValidationPipeline.from_crawler(crawler)  # type: ignore[arg-type]
    with pytest.raises(ArticleRejected, match=f"^{outcome}$"):
        pipeline.process_item(make_article(**fields))
    assert {name: count for name, count in crawler.stats.get_stats().items() if "validation/" in name} == {stat: 1}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"article_body": "x" * 50},
        {"date_published": NOVEMBER.since},
        {"date_published": OCTOBER_31, "date_modified": NOVEMBER.since},
        {"date_published": NOVEMBER.since, "date_modified": DECEMBER_1},
    ],
)
def test_article_that_has_everything_passes(
    crawler: FakeCrawler, make_article: Callable[..., Article], fields: dict[str, Any]
) -> None:
    article = make_article(**fields)
    assert ValidationPipeline(crawler).process_item(article) is article  # type: ignore[arg-type]
