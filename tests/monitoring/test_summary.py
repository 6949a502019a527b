"""Summaries of a crawl by site, and its exit code."""

from __future__ import annotations

from collections import Counter

import pytest

from newscrawl.exceptions import ExitCode
from newscrawl.monitoring.summary import SiteCount, SiteSummary, choose_exit_code, summarize, totals, warn_if_unfinished

COUNTS = [
    SiteCount("a.org", "article", "stored", "new", 5, fetched=5),
    SiteCount("a.org", "article", "duplicate", "same_content", 2, fetched=1),
    SiteCount("a.org", "article", "error", "timeout", 1, fetched=0),
    SiteCount("a.org", "article", "pending", "unfinished", 3),
    SiteCount("a.org", "feed", "not_article", "feed", 1),
    SiteCount("a.org", "feed", "gone", "http_404", 2, fetched=2),
    SiteCount("b.org", "section", "error", "dns", 1),
]


def test_selected_is_stored_plus_rejected_plus_pending() -> None:
    a, _ = summarize(COUNTS)
    assert (a.kept["stored"], a.rejected.total(), a.pending, a.selected) == (5, 3, 3, 11)
    assert a.rejected == {"duplicate: same_content": 2, "error: timeout": 1}
    assert (a.listings, a.listing_failures) == (1, {"gone: http_404": 2})


def test_fetched_counts_article_pages_with_a_response() -> None:
    assert [site.fetched for site in summarize(COUNTS)] == [6, 0]


def test_totals_add_up_over_sites() -> None:
    sums = totals(summarize(COUNTS))
    assert sums == {
        "selected": 11,
        "fetched": 6,
        "stored": 5,
        "updated": 0,
        "unchanged": 0,
        "rejected": 3,
        "pending": 3,
    }


@pytest.mark.parametrize("kind", ["article", "feed", "section"])
@pytest.mark.parametrize(
    ("reason", "code"), [("finished", ExitCode.DEGRADED), ("shutdown", ExitCode.OK), ("limit_reached", ExitCode.OK)]
)
def test_finished_crawl_that_left_claimed_pages_open_is_degraded(kind: str, reason: str, code: ExitCode) -> None:
    pending = SiteCount("a.org", kind, "pending", "unfinished", 2)
    sites = summarize([SiteCount("a.org", "article", "stored", "new", 5), pending])
    warn_if_unfinished(sites, reason)
    assert choose_exit_code(sites, reason) == code
    assert bool(sites[0].warnings) is (code == ExitCode.DEGRADED)


def test_finished_crawl_without_open_pages_has_no_warning() -> None:
    sites = summarize([count for count in COUNTS if count.outcome != "pending"])
    warn_if_unfinished(sites, "finished")
    assert [site.warnings for site in sites] == [[], []]


def test_a_site_failed_if_nothing_could_be_fetched() -> None:
    assert [site.failed for site in summarize(COUNTS)] == [False, True]


@pytest.mark.parametrize(
    ("rejected", "failed"),
    [
        (["error: http_500", "gone: http_410"], False),
        (["error: http_500", "error: timeout"], False),
        (["error: dns"], True),
        (["blocked: retry_after"], False),
    ],
)
def test_failed_pages_are_no_failure_of_a_reachable_site_whose_listings_were_not_due(
    rejected: list[str], failed: bool
) -> None:
    assert SiteSummary("a.org", rejected=Counter(rejected), by_listings=True).failed is failed
    assert SiteSummary("a.org", rejected=Counter(rejected)).failed is (rejected != ["blocked: retry_after"])
    broken = SiteSummary(
        "a.org", rejected=Counter(rejected), listing_failures=Counter(["error: http_500"]), by_listings=True
    )
    assert broken.failed


@pytest.mark.parametrize(
    ("sites", "reason", "code"),
    [
        (COUNTS[:5], "finished", ExitCode.OK),
        (COUNTS, "finished", ExitCode.DEGRADED),
        (COUNTS[6:], "finished", ExitCode.NOTHING_FETCHED),
        ([], "finished", ExitCode.OK),
        (COUNTS[:5], "shutdown", ExitCode.OK),
        (COUNTS[6:], "shutdown", ExitCode.DEGRADED),
        (COUNTS[:5], "start_error", ExitCode.FAILURE),
    ],
)
def test_the_exit_code_of_a_crawl(sites: list[SiteCount], reason: str, code: ExitCode) -> None:
    assert choose_exit_code(summarize(sites), reason) == code


def test_a_broken_archive_is_a_failure() -> None:
    assert choose_exit_code(summarize(COUNTS[:5]), "finished", archive_failed=True) == ExitCode.FAILURE


def test_a_site_with_warnings_makes_a_crawl_degraded() -> None:
    fine = SiteSummary("a.org", listings=1)
    assert choose_exit_code([fine], "finished") == ExitCode.OK
    silent = SiteSummary("b.org", listings=1, warnings=["nothing new"])
    assert choose_exit_code([fine, silent], "finished") == ExitCode.DEGRADED


def test_json_has_every_reason() -> None:
    assert summarize(COUNTS)[0].as_json() == {
        "site": "a.org",
        "selected": 11,
        "fetched": 6,
        "stored": 5,
        "updated": 0,
        "unchanged": 0,
        "rejected": {"duplicate: same_content": 2, "error: timeout": 1},
        "pending": 3,
        "listings": 1,
        "listing_failures": {"gone: http_404": 2},
    }
    assert "listing_failures" not in SiteSummary("c.org").as_json()
    assert SiteSummary("c.org", warnings=["nothing new"]).as_json()["warnings"] == ["nothing new"]


@pytest.mark.parametrize(
    ("sites", "code"),
    [
        ([], ExitCode.NOTHING_FETCHED),
        ([SiteSummary("a.org", listing_failures=Counter(["error: dns"]))], ExitCode.NOTHING_FETCHED),
        ([SiteSummary("a.org", listings=1), SiteSummary("b.org")], ExitCode.DEGRADED),
    ],
)
def test_crawl_without_a_network_is_not_a_success(sites: list[SiteSummary], code: ExitCode) -> None:
    assert choose_exit_code(sites, "network_down") is code


def test_sites_of_which_nothing_was_due_can_be_read() -> None:
    unreadable = SiteSummary("a.org", listing_failures=Counter(["gone: http_404"]), by_listings=True)
    assert choose_exit_code([unreadable], "finished") is ExitCode.NOTHING_FETCHED
    assert choose_exit_code([unreadable], "finished", has_idle=True) is ExitCode.DEGRADED


def test_listings_of_which_only_a_part_was_read_are_counted_and_are_no_failure() -> None:
    counts = [
        SiteCount("a.org", "sitemap", "not_article", "sitemap_partial", 3),
        SiteCount("a.org", "feed", "not_article", "feed", 1),
    ]
    [site] = summarize(counts)
    assert (site.as_json()["listings"], site.as_json()["partial_listings"]) == (4, 3)
    assert choose_exit_code([site], "finished") == ExitCode.OK
    assert "partial_listings" not in summarize(counts[1:])[0].as_json()
