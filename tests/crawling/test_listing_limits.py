"""Which listings of a site may still be read."""

from __future__ import annotations

from newscrawl.crawling.listing_limits import ListingLimits


def make_limits() -> ListingLimits:
    return ListingLimits(max_listings=10, max_new_urls=100, max_unproven=3)


def test_unproven_listings_are_limited_until_articles_were_found_through_them() -> None:
    limits = make_limits()
    limits.add("a", [1, 2, 3])
    assert limits.get_left("a") == 0
    assert limits.describe("a") == "3 of its listings have named no article that is stored, the limit is 3"
    assert limits.get_left("b") == 3
    limits.prove("a", [1, 2], kept=5)
    assert (limits.get_left("a"), limits.get_total_left("a")) == (2, 7)


def test_listings_are_looked_up_only_where_that_can_make_room() -> None:
    limits = make_limits()
    limits.add("a", [1, 2])
    assert not limits.needs_check("a", kept=0), "there is room"
    limits.add("a", [3])
    assert limits.needs_check("a", kept=0), "earlier crawls may have proved them"
    limits.prove("a", [], kept=0)
    assert not limits.needs_check("a", kept=0)
    assert limits.needs_check("a", kept=1)


def test_listings_of_the_site_file_need_no_proof_but_count_in_total() -> None:
    limits = make_limits()
    limits.add("a", range(9), named_by_operator=True)
    assert (limits.get_unproven_left("a"), limits.get_left("a")) == (3, 1)
    limits.add("a", [20])
    assert limits.describe("a") == "10 listings were selected, the limit is 10"


def test_nothing_is_read_after_enough_new_urls() -> None:
    limits = make_limits()
    limits.new_urls["a"] = 100
    assert limits.get_left("a") == limits.get_unproven_left("a") == limits.get_total_left("a") == 0
    assert limits.describe("a") == "100 new URLs were found, the limit is 100"
