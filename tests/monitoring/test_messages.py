"""The sentences that explain a summary."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.monitoring.messages import HINTS, add_hint, explain_results, explain_skipped
from newscrawl.monitoring.summary import IdleSite, PartialListing, SiteCount, SiteSummary, summarize

COUNTS = [
    SiteCount("a.org", "article", "stored", "new", 5),
    SiteCount("b.org", "section", "error", "dns", 1),
]


def test_failed_sites_have_their_reasons_and_others_their_waiting_pages() -> None:
    assert explain_results(summarize(COUNTS), "finished", {"a.org": 1200}) == [
        "a.org: 1,200 more pages are waiting; the next crawl fetches them.",
        f"b.org: nothing could be fetched: error: dns ({HINTS['dns']})",
    ]


def test_backoff_and_warnings_are_explained() -> None:
    until = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    site = SiteSummary("a.org", listings=1, cooldown_until=until, warnings=["no new article for 4 days"])
    assert explain_results([site], "finished", {}) == [
        "a.org: backing off until 2026-11-22 14:05:00 UTC; no crawl sends a request before.",
        "a.org: no new article for 4 days.",
    ]


def test_network_that_is_down_is_named() -> None:
    line = "is the network up? No page counts as failed; the next crawl tries them all."
    failed = SiteSummary("b.org", listing_failures=Counter(["error: dns"]))
    assert explain_results([failed], "network_down", {})[0] == f"No host could be reached: {line}"
    read = SiteSummary("a.org", listings=1)
    assert explain_results([read, failed], "network_down", {})[0] == f"No host could be reached any more: {line}"


@pytest.mark.parametrize(("reason", "line"), [("shutdown", "The crawl was stopped"), ("finished", "Nothing was due")])
def test_a_crawl_without_sites_is_explained(reason: str, line: str) -> None:
    assert explain_results([], reason, {})[0].startswith(line)


def test_sites_without_a_request_have_the_time_of_the_last_and_the_next_one() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    idle = {
        "b.org": IdleSite(noon, noon + timedelta(minutes=5)),
        "a.org": IdleSite(noon, None),
        "c.org": IdleSite(None, noon),
    }
    assert explain_results([], "finished", {}, idle)[1:] == [
        "a.org: no request was sent; last tried at 2026-11-22 12:00:00 UTC, nothing is scheduled; "
        "use -a force=1 to try now.",
        "b.org: no request was sent; last tried at 2026-11-22 12:00:00 UTC, not tried before 2026-11-22 12:05:00 UTC; "
        "use -a force=1 to try now.",
        "c.org: no request was sent; not tried before 2026-11-22 12:00:00 UTC; use -a force=1 to try now.",
    ]
    lines = explain_results([], "finished", {}, {f"{number}.org": IdleSite(noon, noon) for number in range(23)})
    assert len(lines) == 22
    assert lines[-1].startswith("To 3 more sites no request was sent; `scrapy plan`")


def test_a_reason_without_a_hint_stays_as_it_is() -> None:
    assert add_hint("error: http_500") == "error: http_500"


def test_listing_of_which_only_a_part_was_read_is_named_with_the_cause() -> None:
    counts = [SiteCount("a.org", "feed", "not_article", "feed_partial", 1)]
    [site] = summarize(counts)
    site.partial_listing = PartialListing("feed", "https://a.org/feed.xml", "1 of 3 entries has an invalid URL")
    line = "a.org: only a part of the feed https://a.org/feed.xml could be read: 1 of 3 entries has an invalid URL."
    assert explain_results([site], "finished", {}) == [line]
    site.partial_listings = 2
    assert explain_results([site], "finished", {}) == [f"{line} Another one was, too."]
    site.partial_listings = 1_001
    assert explain_results([site], "finished", {}) == [f"{line} 1,000 more were, too."]


def test_pages_of_an_archive_without_a_url_are_counted() -> None:
    assert explain_skipped(1) == "1 page of the archive has no valid URL and cannot be stored; the log says which."
    assert explain_skipped(1_200).startswith("1,200 pages of the archive have no valid URL")
