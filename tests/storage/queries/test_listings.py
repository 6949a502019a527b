"""How the listings of a crawl did."""

from __future__ import annotations

from sqlalchemy import update

from newscrawl.items import Outcome
from newscrawl.monitoring.summary import PartialListing
from newscrawl.storage.queries.listings import find_partial_listings
from newscrawl.storage.schema import pages
from newscrawl.urls.normalize import get_site
from tests.support.store import Store


def test_first_listing_of_each_site_that_was_read_in_part_is_found(store: Store) -> None:
    feed, other = "https://example.org/feed.xml", "https://example.org/other.xml"
    foreign = "https://example.net/map.xml"
    whole, article = "https://example.com/feed.xml", "https://example.com/a"
    kinds = ((feed, "feed"), (other, "feed"), (foreign, "sitemap"), (whole, "feed"), (article, "article"))
    for number, (url, kind) in enumerate(kinds):
        [claim] = store.claim(url, kind=kind)
        reason = "feed" if url == whole else f"{kind}_partial"
        store.finish(claim, Outcome.NOT_ARTICLE, reason, detail=f"cause {number}")
        with store.engine.begin() as connection:
            connection.execute(update(pages).where(pages.c.id == claim.page_id).values(site=get_site(url)))
    assert find_partial_listings(store.engine, claim.crawl_id) == {
        "example.org": PartialListing("feed", feed, "cause 0"),
        "example.net": PartialListing("sitemap", foreign, "cause 2"),
    }
    assert find_partial_listings(store.engine, claim.crawl_id + 1) == {}


def test_only_the_last_fetch_counts(store: Store) -> None:
    feed = "https://example.org/feed.xml"
    for detail in ("old cause", "new cause"):
        store.start_crawl()
        [claim] = store.claim(feed, kind="feed", force=True)
        store.finish(claim, Outcome.NOT_ARTICLE, "feed_partial", detail=detail)
    assert find_partial_listings(store.engine, claim.crawl_id)["example.org"].detail == "new cause"
    assert find_partial_listings(store.engine, claim.crawl_id - 1) == {}
