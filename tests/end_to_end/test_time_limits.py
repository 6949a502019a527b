"""Time and page limits of a run and of a site."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newscrawl.crawling.time_limits import TimeLimits
from newscrawl.exceptions import UsageError
from newscrawl.spiders.arguments import NewsArguments
from newscrawl.spiders.page_limits import PageLimits
from tests.support.crawling import article_page, crawl, front_page, query, tiny_site

PATHS = [f"/2026/11/20/report-on-number-{number}-of-the-town" for number in range(40)]
SITE = {"/": front_page(*PATHS)} | {path: article_page(path[12:]) for path in PATHS}


def test_time_limit_of_a_run_comes_from_argument_or_setting() -> None:
    settings = Settings({"NEWSCRAWL_SITES_DIR": "sites", "NEWSCRAWL_MAX_TIME": "2h"})
    assert NewsArguments(settings, url="https://a.org/").max_time == 7200
    assert NewsArguments(settings, url="https://a.org/", max_time="30m").max_time == 1800
    with pytest.raises(UsageError, match="max_time: invalid duration 'soon'"):
        NewsArguments(settings, url="https://a.org/", max_time="soon")


def test_site_that_reached_its_time_limit_gets_no_more_pages() -> None:
    limits = TimeLimits()
    limits.start({"a": 0.0, "b": 3600.0})
    assert (limits.is_over("a"), limits.is_over("b"), limits.is_over("c")) == (True, False, False)


def test_sites_share_the_page_limit_and_unused_shares_go_to_the_others() -> None:
    limits = PageLimits(9, {"a": None, "b": None, "c": 1})
    assert [limits.reserve(site, 5, within_share=True) for site in "abc"] == [3, 3, 1]
    assert limits.reserve("a", 5, within_share=True) == 0, "the other sites may still need their shares"
    assert (limits.get_share(2), limits.reserve("a", 5)) == (1, 2)


def test_two_sites_share_a_small_page_limit_equally(sqlite_url: str) -> None:
    with tiny_site(SITE) as one, tiny_site(SITE) as other:
        urls = f"{one.url}/,{other.url.replace('127.0.0.1', 'localhost')}/"
        done = crawl("news", url=urls, database_url=sqlite_url, max_pages=6)
        again = crawl("news", url=urls, database_url=sqlite_url, max_pages=6)
    for crawled in (done, again):
        assert [site["stored"] for site in crawled.summary["sites"]] == [3, 3], crawled.log


def test_time_limit_of_a_site_also_ends_requests_that_wait_for_its_delay(sqlite_url: str, tmp_path: Path) -> None:
    with tiny_site(SITE) as site:
        (tmp_path / "tiny.toml").write_text(f'url = "{site.url}/"\nmax_time = "3s"\ndelay = 1\n', encoding="utf-8")
        settings = {"NEWSCRAWL_SITES_DIR": tmp_path}
        crawl("news", database_url=sqlite_url, settings=settings, max_pages=1)
        # All pending pages are scheduled at once and wait for the delay.
        done = crawl("news", database_url=sqlite_url, settings=settings)
    assert (done.code, done.summary["finish_reason"]) == (0, "limit_reached"), done.log
    assert done.summary["seconds"] < 15
    assert done.stats["time_limit/site_reached"] > 10, "requests that waited"
    assert done.stats["time_limit/reached"] == 0


@pytest.mark.parametrize("scope", ["run", "site"])
def test_time_limit_ends_the_crawl_normally_and_the_next_one_continues(
    sqlite_url: str, tmp_path: Path, scope: str
) -> None:
    with tiny_site(SITE) as site:
        text = f'url = "{site.url}/"\n' + ('max_time = "3s"\n' if scope == "site" else "")
        (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
        settings = {"NEWSCRAWL_SITES_DIR": tmp_path, "NEWSCRAWL_DELAY": 1}
        limit = {"max_time": "3s"} if scope == "run" else {}
        done = crawl("news", site="tiny", database_url=sqlite_url, settings=settings, **limit)
        assert (done.code, done.summary["finish_reason"]) == (0, "limit_reached"), done.log
        assert done.summary["seconds"] < 35
        assert done.stats["time_limit/reached"] == (scope == "run")
        [(pending,)] = query(sqlite_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
        assert pending > 10
        (tmp_path / "tiny.toml").write_text(f'url = "{site.url}/"\n', encoding="utf-8")
        following = crawl("news", site="tiny", database_url=sqlite_url, settings=settings | {"NEWSCRAWL_DELAY": 0})
        paths = [path for path in site.paths() if path in PATHS]
    assert (following.code, following.summary["finish_reason"]) == (0, "finished")
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(len(PATHS),)]
    counts = [len(list(group)) for _, group in itertools.groupby(sorted(paths))]
    assert set(counts) <= {1, 2}, "only requests running at the time limit are repeated"
    assert counts.count(2) <= 2
