"""Limits on the number of article pages."""

from __future__ import annotations

from newscrawl.spiders.page_limits import PageLimits


def test_limits_count_for_the_crawl_and_for_each_site() -> None:
    limits = PageLimits(total=10, by_site={"a": 4, "b": None})
    assert limits.reserve("a", 100) == 4
    limits.give_back("a", 1)
    assert limits.reserve("b", 100) == 7
    assert limits.reserve("a", 1) == 0
    assert limits.is_reached("a")
    assert limits.is_reached("b")


def test_without_limits_everything_is_granted() -> None:
    limits = PageLimits(total=None, by_site={"a": None})
    assert limits.reserve("a", 50_000) == 50_000
    assert not limits.is_reached("a")
