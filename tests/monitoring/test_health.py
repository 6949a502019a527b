"""Warnings about sites that yield less than they used to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extensions.summary import SiteHealthCheck
from newscrawl.items import Outcome
from newscrawl.monitoring.health import CrawlYield, warn_if_below_minimum, warn_if_silent, warn_if_unreadable
from newscrawl.storage.queries.site_health import crawl_yields
from tests.support.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def crawl(readable: int, unreadable: int = 0, new: int = 1, ago: timedelta = timedelta()) -> CrawlYield:
    return CrawlYield(NOW - ago, new, readable, unreadable)


USUAL = [crawl(19, 1), crawl(38, 2), crawl(18, 2), crawl(1, 8)]


@pytest.mark.parametrize(
    ("this", "past", "warning"),
    [
        (crawl(3, 37), USUAL, "only 3 of 40 pages could be parsed as articles; 95% is usual"),
        (crawl(20, 20), USUAL, None),
        (crawl(1, 8), USUAL, None),
        (crawl(3, 37), USUAL[:2], None),
        (crawl(3, 37), [crawl(5, 35)] * 10 + [crawl(40)] * 10, None),
    ],
    ids=["far below", "half", "too few pages", "too few crawls", "low for long"],
)
def test_a_site_with_far_fewer_readable_pages_than_usual_gets_a_warning(
    this: CrawlYield, past: list[CrawlYield], warning: str | None
) -> None:
    assert warn_if_unreadable(this, past) == warning


def fruitful(last: timedelta, gap: timedelta, number: int = 8) -> list[CrawlYield]:
    return [crawl(5, ago=last + n * gap) for n in range(number)]


@pytest.mark.parametrize(
    ("new", "past", "warning"),
    [
        (0, fruitful(2 * DAY, HOUR), "no new article for 2 days; the longest gap before was 1 hours"),
        (0, fruitful(23 * HOUR, HOUR), None),
        (0, fruitful(2 * DAY, DAY), None),
        (0, fruitful(4 * DAY, DAY), "no new article for 4 days; the longest gap before was 24 hours"),
        (1, fruitful(4 * DAY, HOUR), None),
        (0, fruitful(4 * DAY, HOUR, number=4), None),
        (0, [], None),
    ],
    ids=["silent", "a night", "a slow site", "a slow site for long", "something new", "too few gaps", "new site"],
)
def test_a_site_without_new_articles_for_much_longer_than_before_gets_a_warning(
    new: int, past: list[CrawlYield], warning: str | None
) -> None:
    assert warn_if_silent(crawl(0, new=new), past) == warning


@pytest.mark.parametrize(
    ("min_articles_per_day", "new", "known_for", "warning"),
    [
        (20, 3, 2 * DAY, "3 new articles in 24 hours, below min_articles_per_day = 20"),
        (20, 20, 2 * DAY, None),
        (20, 3, 23 * HOUR, None),
        (None, 0, 2 * DAY, None),
    ],
)
def test_a_site_below_its_minimum_of_articles_a_day_gets_a_warning(
    min_articles_per_day: int | None, new: int, known_for: timedelta, warning: str | None
) -> None:
    assert warn_if_below_minimum(min_articles_per_day, new, known_for) == warning


def test_the_counts_of_past_crawls_come_from_the_database(store: Store) -> None:
    for number in range(4):
        if number:
            store.start_crawl()
        broken = number == 3
        claims = store.claim(*(f"https://example.org/{number}/{page}" for page in range(20)))
        for page, claim in enumerate(claims):
            read = page < 2 if broken else page < 18
            store.finish(claim, Outcome.STORED if read else Outcome.NOT_ARTICLE, "new" if read else "section_page")
        store.end_crawl()
    found = crawl_yields(store.engine, store.crawl_id, "example.org")
    assert [(one.new, one.readable, one.unreadable) for one in found] == [(2, 2, 18), *[(18, 18, 2)] * 3]
    check = SiteHealthCheck(store.engine, store.crawl_id, NOW + 2 * DAY)
    assert check.warnings("example.org", None) == ["only 2 of 20 pages could be parsed as articles; 90% is usual"]
    assert "0 new articles in 24 hours, below min_articles_per_day = 5" in check.warnings("example.org", 5)
    assert check.warnings("other.org", None) == []
