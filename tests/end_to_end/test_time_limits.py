"""Budgets of time, for a run and for a site."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newscrawl.crawling.time_limits import TimeLimits
from newscrawl.exceptions import UsageError
from newscrawl.spiders.arguments import NewsArguments
from newscrawl.spiders.page_limits import PageLimits
from newscrawl.text.durations import parse_duration
from tests.support.crawling import article_page, crawl, front_page, query, tiny_site

PATHS = [f"/2026/11/20/report-on-number-{number}-of-the-town" for number in range(40)]
SITE = {"/": front_page(*PATHS)} | {path: article_page(path[12:]) for path in PATHS}


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("30 min", 1800), ("1.5h", 5400), ("1d", 86_400)]
)
def test_times_are_written_as_people_do(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "-5", "soon", "5 weeks", "1h30"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 90s, 30m or 2h"):
        parse_duration(text)


def test_the_time_of_a_run_comes_from_argument_or_setting() -> None:
    settings = Settings({"NEWSCRAWL_SITES_DIR": "sites", "NEWSCRAWL_MAX_TIME": "2h"})
    assert NewsArguments(settings, url="https://a.org/").max_time == 7200
    assert NewsArguments(settings, url="https://a.org/", max_time="30m").max_time == 1800
    with pytest.raises(UsageError, match="max_time: 'soon' is no length of time"):
        NewsArguments(settings, url="https://a.org/", max_time="soon")


def test_a_site_whose_time_is_over_gets_no_more_pages() -> None:
    limits = TimeLimits()
    limits.start({"a": 0.0, "b": 3600.0})
    assert (limits.is_over("a"), limits.is_over("b"), limits.is_over("c")) == (True, False, False)


def test_sites_share_what_a_run_may_fetch_and_what_one_leaves_is_there_for_the_others() -> None:
    limits = PageLimits(9, {"a": None, "b": None, "c": 1})
    assert [limits.reserve(site, 5, within_share=True) for site in "abc"] == [3, 3, 1]
    assert limits.reserve("a", 5, within_share=True) == 0, "others may still come"
    assert (limits.get_share(2), limits.reserve("a", 5)) == (1, 2)


def test_two_sites_both_get_pages_of_a_small_budget(sqlite_url: str) -> None:
    with tiny_site(SITE) as one, tiny_site(SITE) as other:
        urls = f"{one.url}/,{other.url.replace('127.0.0.1', 'localhost')}/"
        done = crawl("news", url=urls, database_url=sqlite_url, max_pages=6)
        again = crawl("news", url=urls, database_url=sqlite_url, max_pages=6)
    for crawled in (done, again):
        assert [site["stored"] for site in crawled.summary["sites"]] == [3, 3], crawled.log


def test_a_sites_time_ends_also_for_what_waits_for_its_delay(sqlite_url: str, tmp_path: Path) -> None:
    with tiny_site(SITE) as site:
        (tmp_path / "tiny.toml").write_text(f'url = "{site.url}/"\nmax_time = "3s"\ndelay = 1\n', encoding="utf-8")
        settings = {"NEWSCRAWL_SITES_DIR": tmp_path}
        crawl("news", database_url=sqlite_url, settings=settings, max_pages=1)
        # What an earlier crawl left is asked for all at once.
        done = crawl("news", database_url=sqlite_url, settings=settings)
    assert (done.code, done.summary["finish_reason"]) == (0, "limit_reached"), done.log
    assert done.summary["seconds"] < 15


@pytest.mark.parametrize("of", ["run", "site"])
def test_when_the_time_is_over_the_crawl_ends_well_and_the_next_one_goes_on(
    sqlite_url: str, tmp_path: Path, of: str
) -> None:
    with tiny_site(SITE) as site:
        text = f'url = "{site.url}/"\n' + ('max_time = "4s"\n' if of == "site" else "")
        (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
        settings = {"NEWSCRAWL_SITES_DIR": tmp_path, "NEWSCRAWL_DELAY": 1}
        limit = {"max_time": "4s"} if of == "run" else {}
        done = crawl("news", site="tiny", database_url=sqlite_url, settings=settings, **limit)
        assert (done.code, done.summary["finish_reason"]) == (0, "limit_reached"), done.log
        assert done.summary["seconds"] < 35
        [(left,)] = query(sqlite_url, "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL")
        assert left > 10
        (tmp_path / "tiny.toml").write_text(f'url = "{site.url}/"\n', encoding="utf-8")
        rest = crawl("news", site="tiny", database_url=sqlite_url, settings=settings | {"NEWSCRAWL_DELAY": 0})
        paths = [path for path in site.paths() if path in PATHS]
    assert (rest.code, rest.summary["finish_reason"]) == (0, "finished")
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(len(PATHS),)]
    times = [len(list(group)) for _, group in itertools.groupby(sorted(paths))]
    assert set(times) <= {1, 2}, "only what was under way when the time was over is asked for twice"
    assert times.count(2) <= 2
