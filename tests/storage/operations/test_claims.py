"""Claiming, redirects and recrawls, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Article, Outcome
from newscrawl.monitoring.summary import SiteCount
from newscrawl.storage.operations.claims import ClaimListings, ClaimPending
from newscrawl.storage.queries.crawls import crawl_counts
from newscrawl.storage.schema import fetches, pages
from tests.support.store import Store

A, B, C = (f"https://example.org/{name}" for name in "abc")


def test_a_url_is_recorded_before_it_is_fetched(store: Store) -> None:
    store.claim(A, discovered_from="https://example.org/feed")
    [page] = store.rows(pages)
    assert (page.url, page.outcome, page.fetched_at) == (A, None, None)
    assert (page.discovered_from, page.discovered_at) == ("https://example.org/feed", store.now)


def test_a_page_is_claimed_once_per_crawl(store: Store) -> None:
    assert [claim.url for claim in store.claim(A, B)] == [A, B]
    assert [claim.url for claim in store.claim(B, C)] == [C]


@pytest.mark.parametrize(
    "copy", ["http://example.org/a", "https://www.example.org/a/", f"{A}?utm_source=rss", f"{A}#comments", f"{A}/amp"]
)
def test_other_spellings_of_a_page_are_the_same_page(store: Store, copy: str) -> None:
    store.claim(A)
    assert store.claim(copy) == []
    assert len(store.rows(pages)) == 1


def test_spellings_within_one_listing_are_one_page_and_the_first_is_fetched(store: Store) -> None:
    assert [claim.url for claim in store.claim(A, f"{A}?utm_source=rss", B)] == [A, B]


def test_pages_over_the_limit_are_recorded_and_pending_for_the_next_crawl(store: Store) -> None:
    assert [claim.url for claim in store.claim(A, B, C, limit=1)] == [A]
    assert len(store.rows(pages)) == 3
    store.start_crawl()
    assert [claim.url for claim in store.claim_pending()] == [A, B, C]


def test_a_finished_page_is_not_claimed_before_it_is_due(store: Store) -> None:
    [claim] = store.claim(A)
    store.finish(claim, Outcome.STORED)
    store.start_crawl()
    assert store.claim(A) == []
    store.now += timedelta(hours=1)
    assert [due.fetch_count for due in store.claim(A)] == [1]


def test_a_forced_claim_has_no_validators(store: Store) -> None:
    [claim] = store.claim(A)
    store.finish(claim, Outcome.STORED, etag='"1"', last_modified="Sun, 22 Nov 2026 12:00:00 GMT")
    store.start_crawl()
    [again] = store.claim(A, force=True)
    assert (again.etag, again.last_modified) == (None, None)


def test_a_claim_has_the_validators_of_the_last_answer(store: Store) -> None:
    [claim] = store.claim(A, kind="feed")
    store.finish(claim, Outcome.NOT_ARTICLE, "feed", etag='"1"')
    store.start_crawl()
    [again] = store.claim(A, kind="feed")
    store.finish(again, Outcome.UNCHANGED, "not_modified")
    store.start_crawl()
    assert [one.etag for one in store.claim(A, kind="feed")] == ['"1"']


def test_a_page_without_a_stored_article_is_claimed_without_validators(store: Store) -> None:
    [claim] = store.claim(A)
    store.finish(claim, Outcome.ERROR, etag='"1"')
    store.start_crawl()
    assert [one.etag for one in store.claim_pending()] == []
    store.now += timedelta(hours=1)
    assert [one.etag for one in store.claim_pending()] == [None]


def test_retry_after_applies_to_later_crawls(store: Store) -> None:
    [claim] = store.claim(A)
    store.finish(claim, Outcome.BLOCKED, "retry_after", not_before=store.now + timedelta(hours=20))
    store.start_crawl()
    store.now += timedelta(hours=19)
    assert store.claim_pending() == []
    store.now += timedelta(hours=1)
    assert len(store.claim_pending()) == 1


def test_a_redirect_finishes_one_page_and_claims_the_other(store: Store) -> None:
    [old] = store.claim(A)
    new = store.follow(old, B)
    assert new is not None
    assert new.url == B
    rows = {page.url: page for page in store.rows(pages)}
    assert (rows[A].outcome, rows[A].reason, rows[A].redirects_to) == ("duplicate", "redirect", rows[B].id)


def test_a_redirect_to_a_page_that_is_already_claimed_is_not_followed(store: Store) -> None:
    old, _ = store.claim(A, B)
    assert store.follow(old, B) is None


def test_a_chain_of_redirects_leads_to_one_article_though_its_pages_were_claimed_separately(
    store: Store, make_article: Callable[..., Article]
) -> None:
    first, middle, last = store.claim(A, B, C)
    assert store.follow(first, B) is None
    assert store.follow(middle, C) is None
    saved = store.save(make_article(C), last)
    assert {page.url: page.article_id for page in store.rows(pages)} == dict.fromkeys((A, B, C), saved.article_id)


def test_a_redirect_leads_to_its_article_when_the_crawl_was_killed_in_between(
    store: Store, make_article: Callable[..., Article]
) -> None:
    [old] = store.claim(A)
    store.follow(old, B)
    store.start_crawl()
    [left] = store.claim_pending()
    saved = store.save(make_article(B), left)
    assert {page.url: page.article_id for page in store.rows(pages)} == dict.fromkeys((A, B), saved.article_id)


def test_of_two_pages_that_redirect_to_each_other_one_is_fetched_again(store: Store) -> None:
    [one, other] = store.claim(A, B)
    assert not store.redirect(one, B).is_loop
    assert store.redirect(other, A).is_loop
    assert {page.url: page.outcome for page in store.rows(pages)} == {A: "duplicate", B: None}
    store.finish(other, Outcome.ERROR, "redirect_loop", article_id=None)
    assert {page.article_id for page in store.rows(pages)} == {None}
    assert {page.url: page.next_fetch_at is not None for page in store.rows(pages)} == {A: False, B: True}


def test_a_crawls_counts_add_up_by_outcome_and_reason(store: Store) -> None:
    stored, gone, _ = store.claim(A, B, C)
    store.finish(stored, Outcome.STORED, "new")
    store.finish(gone, Outcome.GONE, "http_404")
    store.end_crawl()
    assert crawl_counts(store.engine, store.crawl_id) == [
        SiteCount("example.org", "article", "gone", "http_404", 1, 1),
        SiteCount("example.org", "article", "pending", "unfinished", 1),
        SiteCount("example.org", "article", "stored", "new", 1, 1),
    ]


def test_fifty_thousand_links_of_one_sitemap_are_recorded(store: Store) -> None:
    urls = [f"https://example.org/{number}" for number in range(50_000)]
    assert len(store.claim(*urls, limit=10)) == 10
    assert len(store.rows(pages)) == 50_000


FEED = "https://example.org/feed"


def test_links_of_a_listing_are_recorded_when_it_is_finished(store: Store) -> None:
    [feed] = store.claim(FEED, kind="feed")
    assert store.finish_listing(feed, A, B) == 2
    rows = {page.url: page for page in store.rows(pages)}
    assert (rows[FEED].outcome, rows[A].outcome, rows[A].discovered_from) == ("not_article", None, FEED)
    store.start_crawl()
    assert [claim.url for claim in store.claim_pending()] == [A, B]
    [feed] = store.claim_listings()
    assert store.finish_listing(feed, A, B, C) == 1


def test_a_listing_is_due_when_a_new_link_is_expected(store: Store) -> None:
    [feed] = store.claim(FEED, kind="feed")
    store.finish_listing(feed, A, B)
    store.start_crawl()
    store.now += timedelta(hours=2)
    [feed] = store.claim_listings()
    store.finish_listing(feed, A, B)
    store.start_crawl()
    store.now += timedelta(hours=4, seconds=-1)
    assert store.claim_listings() == store.claim(FEED, kind="feed") == []
    store.now += timedelta(seconds=1)
    assert [claim.url for claim in store.claim_listings()] == [FEED]


def test_a_listing_with_a_newer_date_in_its_index_is_due_at_once(store: Store) -> None:
    for _ in range(3):
        [sitemap] = store.claim_listings() or store.claim(FEED, kind="sitemap")
        store.finish_listing(sitemap, A, source_modified_at=store.now - timedelta(days=90))
        store.start_crawl()
        store.now += timedelta(days=1)
    assert store.claim_listings() == [], "retired"
    assert store.claim(FEED, kind="sitemap", source_modified_at=store.now - timedelta(days=30)) == []
    assert len(store.claim(FEED, kind="sitemap", source_modified_at=store.now - timedelta(hours=1))) == 1


def test_a_declared_change_survives_a_crawl_that_is_killed(store: Store) -> None:
    listed = [*store.claim(FEED, kind="sitemap"), *store.claim(A, source_modified_at=store.now - timedelta(days=9))]
    store.finish_listing(listed[0], A, source_modified_at=store.now - timedelta(days=9))
    store.finish(listed[1], Outcome.STORED, "new")
    store.start_crawl()
    store.now += timedelta(minutes=50)
    assert store.claim_pending() == []
    [sitemap] = store.claim(FEED, kind="sitemap", force=True)
    store.finish_listing(sitemap, A, source_modified_at=store.now - timedelta(minutes=5))
    store.start_crawl()
    assert [claim.url for claim in store.claim_pending()] == [A]


def test_a_change_that_is_over_the_limit_of_one_crawl_is_due_in_the_next(store: Store) -> None:
    for claim in store.claim(A, B):
        store.finish(claim, Outcome.STORED, "new")
    store.start_crawl()
    store.now += timedelta(minutes=50)
    changed = store.now - timedelta(minutes=5)
    assert [claim.url for claim in store.claim(A, B, source_modified_at=changed, limit=1)] == [A]
    store.start_crawl()
    assert B in [claim.url for claim in store.claim_pending()]


def test_the_next_page_of_a_section_is_not_due_by_itself(store: Store) -> None:
    [section] = store.claim(FEED, kind="section")
    store.finish_listing(section, A, next_pages=[C])
    store.start_crawl()
    [page_2] = store.claim_listings()[1:]
    assert page_2.url == C
    store.finish_listing(page_2, B)
    store.start_crawl()
    store.now += timedelta(days=30)
    assert [claim.url for claim in store.claim_listings()] == [FEED]
    assert [claim.url for claim in store.claim(C, kind="section", force=True)] == [C]


def test_the_next_page_of_a_section_without_new_articles_is_not_recorded(store: Store) -> None:
    store.claim(A)
    [section] = store.claim(FEED, kind="section")
    assert store.finish_listing(section, A, next_pages=[C]) == 0
    assert {page.url for page in store.rows(pages)} == {A, FEED}


def test_follow_next_records_the_next_page_without_new_articles(store: Store) -> None:
    store.claim(A)
    [section] = store.claim(FEED, kind="section")
    assert store.finish_listing(section, A, next_pages=[C], is_next_page=True) == 0
    assert {page.url for page in store.rows(pages)} == {A, C, FEED}


def test_every_fetch_is_logged(store: Store) -> None:
    [claim] = store.claim(A)
    store.finish(claim, Outcome.ERROR, "timeout", http_status=None)
    store.start_crawl()
    store.now += timedelta(hours=1)
    [claim] = store.claim(A)
    store.finish(claim, Outcome.STORED, "new")
    lines = [(row.crawl_id, row.outcome, row.reason, row.http_status) for row in store.rows(fetches)]
    assert lines == [(store.crawl_id - 1, "error", "timeout", None), (store.crawl_id, "stored", "new", 200)]


def test_pending_pages_are_claimed_in_batches_oldest_first(store: Store) -> None:
    store.claim(A, B, C, limit=0)
    assert [[claim.url for claim in store.claim_pending(limit=2)] for _ in range(3)] == [[A, B], [C], []]


OCTOBER, NOVEMBER = (datetime(2026, month, 2, 8, tzinfo=UTC) for month in (10, 11))
NOVEMBER_1 = datetime(2026, 11, 1, tzinfo=UTC)


def test_articles_dated_before_the_period_stay_pending(store: Store) -> None:
    store.claim(A, limit=0, published_at=OCTOBER)
    store.claim(B, limit=0, published_at=NOVEMBER)
    store.claim(C, limit=0)
    assert [claim.url for claim in store.claim_pending(since=NOVEMBER_1)] == [B, C]
    assert [claim.url for claim in store.claim_pending()] == [A]


def test_articles_published_after_the_period_stay_pending(store: Store) -> None:
    store.claim(A, limit=0, published_at=OCTOBER)
    store.claim(B, limit=0, published_at=NOVEMBER)
    store.claim(C, limit=0, source_modified_at=NOVEMBER)
    assert [claim.url for claim in store.claim_pending(until=NOVEMBER_1)] == [C, A]
    assert [claim.url for claim in store.claim_pending()] == [B]


def test_the_newest_pending_pages_are_claimed_first(store: Store) -> None:
    store.claim(A, limit=0, published_at=OCTOBER)
    store.claim(B, limit=0)
    store.claim(C, limit=0, published_at=NOVEMBER)
    assert [claim.url for claim in store.claim_pending()] == [C, A, B]


def test_sitemaps_outside_the_period_stay_pending(store: Store) -> None:
    months = [f"https://example.org/sitemap-2026-{month}.xml" for month in ("07", "09", "11")]
    store.claim(*months, kind="sitemap", limit=0)
    around = {"since": datetime(2026, 9, 10, tzinfo=UTC), "until": datetime(2026, 9, 20, tzinfo=UTC)}
    assert [claim.url for claim in store.claim_listings(**around)] == [months[1]]
    assert [claim.url for claim in store.claim_listings(**around | {"until": store.now})] == [months[2]]
    assert [claim.url for claim in store.claim_listings()] == [months[0]]


def test_force_claims_listings_that_are_due_later_and_articles_that_failed(store: Store) -> None:
    listings = {FEED: Outcome.NOT_ARTICLE, f"{FEED}/2": Outcome.ERROR, f"{FEED}/3": Outcome.GONE}
    for (url, outcome), claim in zip(listings.items(), store.claim(*listings, kind="feed"), strict=True):
        store.finish(claim, outcome, "feed", etag='"1"')
        assert claim.url == url
    for url, outcome in {A: Outcome.STORED, B: Outcome.ERROR, C: Outcome.NOT_ARTICLE}.items():
        [claim] = store.claim(url)
        store.finish(claim, outcome)
    store.now += timedelta(seconds=1)
    store.start_crawl()
    forced = store.do(ClaimListings("example.org", store.crawl_id, store.now, 1000, force=True)).claims
    assert {claim.url: claim.etag for claim in forced} == dict.fromkeys(listings)
    failed = store.do(ClaimPending("example.org", store.crawl_id, store.now, 1000, force=True))
    assert [claim.url for claim in failed] == [B]
    assert store.do(ClaimPending("example.org", store.crawl_id, store.now, 1000, force=True)) == [], "once per crawl"


def test_listings_that_named_a_stored_article_do_not_count_as_unproven(
    store: Store, make_article: Callable[..., Article]
) -> None:
    listings = [f"https://example.org/map-{number}.xml" for number in range(6)]
    for number, claim in enumerate(store.claim(*listings, kind="sitemap")):
        store.finish_listing(claim, f"https://example.org/2026/11/20/report-on-number-{number}", C)
    # The third one named another's article again, which proves nothing.
    for number in (0, 1):
        store.save(make_article(f"https://example.org/2026/11/20/report-on-number-{number}"))
    store.save(make_article(C))
    store.start_crawl()
    store.now += timedelta(days=2)
    due = store.do(ClaimListings("example.org", store.crawl_id, store.now, 2, max_total=100))
    assert ([claim.url for claim in due.claims], due.has_more) == (listings[:4], True)
    due = store.do(ClaimListings("example.org", store.crawl_id, store.now, 2, max_total=100))
    assert ([claim.url for claim in due.claims], due.has_more) == (listings[4:], False)


def test_listings_are_limited_in_total_however_useful_they_are(
    store: Store, make_article: Callable[..., Article]
) -> None:
    listings = [f"https://example.org/map-{number}.xml" for number in range(3)]
    for number, claim in enumerate(store.claim(*listings, kind="sitemap")):
        store.finish_listing(claim, f"https://example.org/2026/11/20/report-on-number-{number}")
        store.save(make_article(f"https://example.org/2026/11/20/report-on-number-{number}"))
    store.start_crawl()
    store.now += timedelta(days=2)
    due = store.do(ClaimListings("example.org", store.crawl_id, store.now, 1, max_total=2))
    assert ([claim.url for claim in due.claims], due.has_more) == (listings[:2], True)
