"""Nothing readable is never fine: each such site gets one line that names the cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from newscrawl.exceptions import ExitCode
from newscrawl.items import Outcome
from newscrawl.monitoring.diagnosis import SiteFacts, diagnose
from newscrawl.monitoring.listings import ListingState
from newscrawl.monitoring.summary import SiteSummary, choose_exit_code
from newscrawl.storage.queries.listings import list_listings
from newscrawl.storage.queries.site_health import get_site_facts
from tests.monitoring.test_listings import FEED, FRONT, GUESS, NOW, SECTIONS, fail
from tests.support.store import Store

CRAWL = 7
PAGE = ("not_article", "javascript_required")


def diagnosed(facts: SiteFacts, summary: SiteSummary | None = None) -> SiteSummary:
    summary = summary or SiteSummary("example.org", by_listings=True)
    diagnose(summary, facts, NOW)
    return summary


def facts(*listings: ListingState, articles: bool = False, **counts: dict[tuple[str, str], int]) -> SiteFacts:
    return SiteFacts(CRAWL, [replace(one, crawl_id=CRAWL) for one in listings], articles, **counts)


def guessed() -> list[ListingState]:
    return [fail(GUESS, "not_article", "not_feed", detail="text/html"), fail(replace(GUESS, url="x", kind="sitemap"))]


@pytest.mark.parametrize(
    ("site", "line"),
    [
        (
            facts(fail(FRONT, *PAGE, last_read_at=None), *guessed()),
            "nothing could be read: the front page is a JavaScript application",
        ),
        (
            facts(fail(FRONT, "not_article", "not_html", detail="application/pdf", last_read_at=None), *guessed()),
            "nothing could be read: the front page is a PDF, not a web page",
        ),
        (facts(FRONT, *guessed()), "no article was named: the front page has no links to articles"),
        (
            facts(FRONT, fail(FEED, "not_article", "not_feed", detail="text/html", last_read_at=None)),
            "no article was named: the feed https://example.org/rss answers with an HTML page, not with a feed",
        ),
        (
            facts(FRONT, FEED, named={PAGE: 12, ("duplicate", "redirect"): 3}),
            "12 articles were named, none could be read: 12 javascript_required",
        ),
        (
            facts(FRONT, named={PAGE: 1, ("pending", ""): 40}),
            "1 article was named, none could be read: 1 javascript_required",
        ),
        (
            facts(FRONT, named={("gone", "http_404"): 2, ("not_article", "section_page"): 3}),
            "5 articles were named, none could be read: 3 section_page, 2 http_404",
        ),
        (
            facts(fail(FRONT, "error", "dns"), fail(FEED, "error", "dns"), articles=True),
            "nothing could be read: the front page (and 1 more listing) could not be fetched: host name not found",
        ),
    ],
    ids=["script", "PDF", "empty", "HTML feed", "articles", "one article", "no articles", "known site"],
)  # fmt: skip
def test_a_site_without_anything_readable_failed(site: SiteFacts, line: str) -> None:
    summary = diagnosed(site)
    assert summary.failed
    assert len(summary.warnings) == 1
    assert summary.warnings[0].startswith(line)
    assert choose_exit_code([summary], "finished") == ExitCode.NOTHING_FETCHED
    assert choose_exit_code([summary, SiteSummary("b.org", listings=1)], "finished") == ExitCode.DEGRADED


@pytest.mark.parametrize(
    "site",
    [
        facts(FRONT, FEED, articles=True),
        facts(FRONT, *guessed(), articles=True),
        facts(FRONT, named={("pending", ""): 5}),
        facts(FRONT, named={("not_article", "before_since"): 9, ("error", "timeout"): 1}),
        facts(FRONT, named={("duplicate", "redirect"): 3}),
        facts(fail(FRONT, *PAGE, last_read_at=None), FEED, articles=True),
        facts(FRONT, articles=True, unread={PAGE: 2}),
        facts(FRONT, articles=True, unread={("not_article", "video_page"): 9, ("gone", "http_404"): 4}),
        facts(fail(FRONT, None, None)),
        facts(),
    ],
    ids=[
        "fine", "guesses fail", "pending", "of another period", "redirects", "application with a feed", "two pages",
        "videos", "front page pending", "nothing fetched",
    ],
)  # fmt: skip
def test_other_sites_are_fine(site: SiteFacts) -> None:
    summary = diagnosed(site, SiteSummary("example.org", listings=1, by_listings=True))
    assert (summary.failed, summary.warnings) == (False, [])


def test_guesses_alone_do_not_fail_a_site_whose_listings_are_not_due() -> None:
    summary = SiteSummary("example.org", listing_failures=Counter({"gone: http_404": 2}), by_listings=True)
    assert summary.failed
    site = facts(*guessed(), articles=True)
    diagnose(summary, replace(site, listings=[*site.listings, FRONT]), NOW)
    assert (summary.failed, summary.warnings) == (False, [])


def test_several_unreadable_pages_degrade_a_known_site() -> None:
    unread = {PAGE: 3, ("blocked", "http_403"): 1, ("blocked", "retry_after"): 5}
    summary = diagnosed(facts(FRONT, articles=True, unread=unread), SiteSummary("example.org", listings=1))
    assert not summary.failed
    assert summary.warnings == [
        "4 articles were named, none could be read: 3 javascript_required, 1 http_403; "
        "look at one with `scrapy inspect URL`"
    ]
    kept = SiteSummary("example.org", kept=Counter(stored=1))
    assert diagnosed(facts(FRONT, articles=True, unread=unread), kept).warnings == []


def test_a_failing_feed_degrades_a_site_that_is_read() -> None:
    site = facts(FRONT, fail(FEED, "error", "http_500"), *SECTIONS, articles=True)
    summary = diagnosed(site, SiteSummary("example.org", listings=1))
    [warning] = summary.warnings
    assert warning.startswith("the feed https://example.org/rss answered with HTTP 500; try again later (last read")
    assert not summary.failed


def test_failed_pages_are_named_if_no_listing_failed() -> None:
    summary = SiteSummary("example.org", rejected=Counter({"error: dns": 2}), by_listings=True)
    site = SiteFacts(CRAWL, [FRONT], has_articles=True)
    assert diagnosed(site, summary).warnings[0].startswith("nothing could be read: error: dns (")


def test_the_facts_come_from_the_database(store: Store) -> None:
    front, feed = store.claim("https://example.org/"), store.claim("https://example.org/feed", kind="feed")
    assert front
    store.finish_listing(feed[0], "https://example.org/a", "https://example.org/b")
    [page] = store.claim("https://example.org/a")
    store.finish(page, Outcome.NOT_ARTICLE, "javascript_required")
    first = store.now
    store.end_crawl()
    store.start_crawl()
    store.now = NOW.replace(hour=13)
    [feed_again] = store.claim("https://example.org/feed", kind="feed", force=True)
    store.finish(feed_again, Outcome.NOT_ARTICLE, "not_feed", detail="text/html\0")
    store.now = NOW.replace(hour=14)
    [feed_again] = store.claim("https://example.org/feed", kind="feed", force=True) or [feed_again]
    store.finish(feed_again, Outcome.NOT_ARTICLE, "not_feed", detail="text/html")
    found = get_site_facts(store.engine, "example.org", store.crawl_id)
    assert found.named == {("pending", ""): 2, PAGE: 1}
    [listing] = found.listings
    assert (listing.reason, listing.detail, listing.last_read_at) == ("not_feed", "text/html", first)
    assert listing.failing_since == NOW.replace(hour=13)
    assert list_listings(store.engine, "other.org") == []
