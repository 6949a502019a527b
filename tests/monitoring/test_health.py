"""When a site brings less than it should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extensions.summary import SiteHealthCheck, exit_code
from newscrawl.items import Outcome
from newscrawl.monitoring.health import CrawlYield, below_minimum, below_usual, silent
from newscrawl.monitoring.summary import SiteSummary
from newscrawl.storage.queries.crawls import yields
from tests.support.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def crawl(readable: int, unreadable: int = 0, new: int = 1, ago: timedelta = timedelta()) -> CrawlYield:
    return CrawlYield(NOW - ago, new, readable, unreadable)


USUAL = [crawl(19, 1), crawl(38, 2), crawl(18, 2), crawl(1, 8)]


@pytest.mark.parametrize(
    ("this", "past", "words"),
    [
        (crawl(3, 37), USUAL, "3 of 40 pages could be read as articles, 95% is usual"),
        (crawl(20, 20), USUAL, None),
        (crawl(1, 8), USUAL, None),
        (crawl(3, 37), USUAL[:2], None),
        (crawl(3, 37), [crawl(5, 35)] * 10 + [crawl(40)] * 10, None),
    ],
    ids=["far below", "half", "too few pages", "too few crawls", "it has long been so"],
)
def test_a_site_of_which_far_fewer_pages_can_be_read_is_below_its_usual(
    this: CrawlYield, past: list[CrawlYield], words: str | None
) -> None:
    assert below_usual(this, past) == words


def fruitful(last: timedelta, gap: timedelta, number: int = 8) -> list[CrawlYield]:
    return [crawl(5, ago=last + n * gap) for n in range(number)]


@pytest.mark.parametrize(
    ("new", "past", "words"),
    [
        (0, fruitful(2 * DAY, HOUR), "nothing new for 2 days; the longest pause was 1 hours"),
        (0, fruitful(23 * HOUR, HOUR), None),
        (0, fruitful(2 * DAY, DAY), None),
        (0, fruitful(4 * DAY, DAY), "nothing new for 4 days; the longest pause was 24 hours"),
        (1, fruitful(4 * DAY, HOUR), None),
        (0, fruitful(4 * DAY, HOUR, number=4), None),
        (0, [], None),
    ],
    ids=["silent", "a night", "a slow site", "a slow site for long", "not silent", "too little known", "new"],
)
def test_a_site_that_brings_nothing_for_much_longer_than_ever_is_silent(
    new: int, past: list[CrawlYield], words: str | None
) -> None:
    assert silent(crawl(0, new=new), past) == words


@pytest.mark.parametrize(
    ("min_articles_per_day", "new", "known_for", "words"),
    [
        (20, 3, 2 * DAY, "3 new articles in 24 hours, its file demands 20"),
        (20, 20, 2 * DAY, None),
        (20, 3, 23 * HOUR, None),
        (None, 0, 2 * DAY, None),
    ],
)
def test_a_floor_is_a_number_of_articles_a_day(
    min_articles_per_day: int | None, new: int, known_for: timedelta, words: str | None
) -> None:
    assert below_minimum(min_articles_per_day, new, known_for) == words


def test_a_site_with_complaints_makes_a_crawl_degraded() -> None:
    fine = SiteSummary("a.org", listings=1)
    assert exit_code([fine], "finished") == 0
    assert exit_code([fine, SiteSummary("b.org", listings=1, warnings=["nothing new"])], "finished") == 4


def test_what_crawls_brought_is_counted_from_the_database(store: Store) -> None:
    for number in range(4):
        if number:
            store.start_crawl()
        broken = number == 3
        claims = store.take(*(f"https://example.org/{number}/{page}" for page in range(20)))
        for page, claim in enumerate(claims):
            read = page < 2 if broken else page < 18
            store.finish(claim, Outcome.STORED if read else Outcome.NOT_ARTICLE, "new" if read else "section_page")
        store.end_crawl()
    found = yields(store.engine, store.crawl_id, "example.org")
    assert [(one.new, one.readable, one.unreadable) for one in found] == [(2, 2, 18), *[(18, 18, 2)] * 3]
    judge = SiteHealthCheck(store.engine, store.crawl_id, NOW + 2 * DAY)
    assert judge.warnings("example.org", None) == ["2 of 20 pages could be read as articles, 90% is usual"]
    assert "0 new articles in 24 hours, its file demands 5" in judge.warnings("example.org", 5)
    assert judge.warnings("other.org", None) == []
