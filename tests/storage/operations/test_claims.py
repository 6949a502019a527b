"""The ledger of pages, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Article, Outcome
from newscrawl.monitoring.summary import SiteCount
from newscrawl.storage.queries.crawls import crawl_counts
from newscrawl.storage.schema import fetches, pages
from tests.support.store import Store

A, B, C = (f"https://example.org/{name}" for name in "abc")


def test_a_url_is_in_the_ledger_before_it_is_fetched(store: Store) -> None:
    store.take(A, discovered_from="https://example.org/feed")
    [page] = store.rows(pages)
    assert (page.url, page.outcome, page.fetched_at) == (A, None, None)
    assert (page.discovered_from, page.discovered_at) == ("https://example.org/feed", store.now)


def test_a_page_is_taken_up_once_a_crawl(store: Store) -> None:
    assert [claim.url for claim in store.take(A, B)] == [A, B]
    assert [claim.url for claim in store.take(B, C)] == [C]


@pytest.mark.parametrize(
    "copy", ["http://example.org/a", "https://www.example.org/a/", f"{A}?utm_source=rss", f"{A}#comments", f"{A}/amp"]
)
def test_other_spellings_of_a_page_are_the_same_page(store: Store, copy: str) -> None:
    store.take(A)
    assert store.take(copy) == []
    assert len(store.rows(pages)) == 1


def test_spellings_within_one_listing_are_one_page_and_the_first_is_fetched(store: Store) -> None:
    assert [claim.url for claim in store.take(A, f"{A}?utm_source=rss", B)] == [A, B]


def test_what_is_over_the_limit_is_recorded_and_left_for_the_next_crawl(store: Store) -> None:
    assert [claim.url for claim in store.take(A, B, C, limit=1)] == [A]
    assert len(store.rows(pages)) == 3
    store.start_crawl()
    assert [claim.url for claim in store.claim_pending()] == [A, B, C]


def test_a_finished_page_rests_until_it_is_due(store: Store) -> None:
    [claim] = store.take(A)
    store.finish(claim, Outcome.STORED)
    store.start_crawl()
    assert store.take(A) == []
    store.now += timedelta(hours=1)
    assert [due.fetch_count for due in store.take(A)] == [1]


def test_a_forced_visit_asks_for_the_whole_page(store: Store) -> None:
    [claim] = store.take(A)
    store.finish(claim, Outcome.STORED, etag='"1"', last_modified="Sun, 22 Nov 2026 12:00:00 GMT")
    store.start_crawl()
    [again] = store.take(A, force=True)
    assert (again.etag, again.last_modified) == (None, None)


def test_validators_of_the_last_answer_come_back_with_the_visit(store: Store) -> None:
    [claim] = store.take(A, kind="feed")
    store.finish(claim, Outcome.NOT_ARTICLE, "feed", etag='"1"')
    store.start_crawl()
    [again] = store.take(A, kind="feed")
    store.finish(again, Outcome.UNCHANGED, "not_modified")
    store.start_crawl()
    assert [one.etag for one in store.take(A, kind="feed")] == ['"1"']


def test_a_page_of_which_nothing_was_kept_is_asked_for_whole(store: Store) -> None:
    [claim] = store.take(A)
    store.finish(claim, Outcome.ERROR, etag='"1"')
    store.start_crawl()
    assert [one.etag for one in store.claim_pending()] == []
    store.now += timedelta(hours=1)
    assert [one.etag for one in store.claim_pending()] == [None]


def test_what_a_host_asked_for_is_kept_across_crawls(store: Store) -> None:
    [claim] = store.take(A)
    store.finish(claim, Outcome.BLOCKED, "retry_after", not_before=store.now + timedelta(hours=20))
    store.start_crawl()
    store.now += timedelta(hours=19)
    assert store.claim_pending() == []
    store.now += timedelta(hours=1)
    assert len(store.claim_pending()) == 1


def test_a_redirect_ends_one_page_and_takes_up_the_other(store: Store) -> None:
    [old] = store.take(A)
    new = store.follow(old, B)
    assert new is not None
    assert new.url == B
    rows = {page.url: page for page in store.rows(pages)}
    assert (rows[A].outcome, rows[A].reason, rows[A].redirects_to) == ("duplicate", "redirect", rows[B].id)


def test_a_redirect_to_a_page_that_is_taken_up_already_is_not_followed(store: Store) -> None:
    old, _ = store.take(A, B)
    assert store.follow(old, B) is None


def test_a_chain_of_redirects_leads_to_one_article_though_its_pages_were_taken_up_apart(
    store: Store, make_article: Callable[..., Article]
) -> None:
    first, middle, last = store.take(A, B, C)
    assert store.follow(first, B) is None
    assert store.follow(middle, C) is None
    saved = store.save(make_article(C), last)
    assert {page.url: page.article_id for page in store.rows(pages)} == dict.fromkeys((A, B, C), saved.article_id)


def test_a_redirect_leads_to_its_article_when_the_crawl_was_killed_in_between(
    store: Store, make_article: Callable[..., Article]
) -> None:
    [old] = store.take(A)
    store.follow(old, B)
    store.start_crawl()
    [left] = store.claim_pending()
    saved = store.save(make_article(B), left)
    assert {page.url: page.article_id for page in store.rows(pages)} == dict.fromkeys((A, B), saved.article_id)


def test_pages_that_redirect_to_each_other_are_told_so_and_one_is_visited_again(store: Store) -> None:
    [one, other] = store.take(A, B)
    assert not store.redirect(one, B).in_a_circle
    assert store.redirect(other, A).in_a_circle
    assert {page.url: page.outcome for page in store.rows(pages)} == {A: "duplicate", B: None}
    store.finish(other, Outcome.ERROR, "redirect_loop", article_id=None)
    assert {page.article_id for page in store.rows(pages)} == {None}
    assert {page.url: page.next_fetch_at is not None for page in store.rows(pages)} == {A: False, B: True}


def test_a_crawls_counts_add_up_by_outcome_and_reason(store: Store) -> None:
    stored, gone, _ = store.take(A, B, C)
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
    assert len(store.take(*urls, limit=10)) == 10
    assert len(store.rows(pages)) == 50_000


FEED = "https://example.org/feed"


def test_what_a_listing_names_is_in_the_ledger_when_its_visit_ends(store: Store) -> None:
    [feed] = store.take(FEED, kind="feed")
    assert store.finish_listing(feed, A, B) == 2
    rows = {page.url: page for page in store.rows(pages)}
    assert (rows[FEED].outcome, rows[A].outcome, rows[A].discovered_from) == ("not_article", None, FEED)
    store.start_crawl()
    assert [claim.url for claim in store.claim_pending()] == [A, B]
    [feed] = store.claim_listings()
    assert store.finish_listing(feed, A, B, C) == 1


def test_a_listing_rests_as_long_as_it_needs_to_bring_something_new(store: Store) -> None:
    [feed] = store.take(FEED, kind="feed")
    store.finish_listing(feed, A, B)
    store.start_crawl()
    store.now += timedelta(hours=2)
    [feed] = store.claim_listings()
    store.finish_listing(feed, A, B)
    store.start_crawl()
    store.now += timedelta(hours=4, seconds=-1)
    assert store.claim_listings() == store.take(FEED, kind="feed") == []
    store.now += timedelta(seconds=1)
    assert [claim.url for claim in store.claim_listings()] == [FEED]


def test_a_listing_that_its_index_dates_later_is_not_waited_for(store: Store) -> None:
    for _ in range(3):
        [sitemap] = store.claim_listings() or store.take(FEED, kind="sitemap")
        store.finish_listing(sitemap, A, source_modified_at=store.now - timedelta(days=90))
        store.start_crawl()
        store.now += timedelta(days=1)
    assert store.claim_listings() == [], "retired"
    assert store.take(FEED, kind="sitemap", source_modified_at=store.now - timedelta(days=30)) == []
    assert len(store.take(FEED, kind="sitemap", source_modified_at=store.now - timedelta(hours=1))) == 1


def test_a_change_that_a_sitemap_states_is_not_forgotten_when_the_crawl_is_killed_there(store: Store) -> None:
    listed = [*store.take(FEED, kind="sitemap"), *store.take(A, source_modified_at=store.now - timedelta(days=9))]
    store.finish_listing(listed[0], A, source_modified_at=store.now - timedelta(days=9))
    store.finish(listed[1], Outcome.STORED, "new")
    store.start_crawl()
    store.now += timedelta(minutes=50)
    assert store.claim_pending() == []
    [sitemap] = store.take(FEED, kind="sitemap", force=True)
    store.finish_listing(sitemap, A, source_modified_at=store.now - timedelta(minutes=5))
    store.start_crawl()
    assert [claim.url for claim in store.claim_pending()] == [A]


def test_a_change_that_is_over_the_limit_of_one_crawl_is_due_in_the_next(store: Store) -> None:
    for claim in store.take(A, B):
        store.finish(claim, Outcome.STORED, "new")
    store.start_crawl()
    store.now += timedelta(minutes=50)
    changed = store.now - timedelta(minutes=5)
    assert [claim.url for claim in store.take(A, B, source_modified_at=changed, limit=1)] == [A]
    store.start_crawl()
    assert B in [claim.url for claim in store.claim_pending()]


def test_the_next_page_of_a_section_waits_for_it_to_bring_something_new(store: Store) -> None:
    [section] = store.take(FEED, kind="section")
    store.finish_listing(section, A, turns=[C])
    store.start_crawl()
    [page_2] = store.claim_listings()[1:]
    assert page_2.url == C
    store.finish_listing(page_2, B)
    store.start_crawl()
    store.now += timedelta(days=30)
    assert [claim.url for claim in store.claim_listings()] == [FEED]
    assert [claim.url for claim in store.take(C, kind="section", force=True)] == [C]


def test_a_section_that_brings_nothing_new_leaves_its_next_page_unrecorded(store: Store) -> None:
    store.take(A)
    [section] = store.take(FEED, kind="section")
    assert store.finish_listing(section, A, turns=[C]) == 0
    assert {page.url for page in store.rows(pages)} == {A, FEED}


def test_a_section_that_is_new_itself_may_turn_to_its_next_page_all_the_same(store: Store) -> None:
    store.take(A)
    [section] = store.take(FEED, kind="section")
    assert store.finish_listing(section, A, turns=[C], turn=True) == 0
    assert {page.url for page in store.rows(pages)} == {A, C, FEED}


def test_every_visit_leaves_a_line(store: Store) -> None:
    [claim] = store.take(A)
    store.finish(claim, Outcome.ERROR, "timeout", http_status=None)
    store.start_crawl()
    store.now += timedelta(hours=1)
    [claim] = store.take(A)
    store.finish(claim, Outcome.STORED, "new")
    lines = [(row.crawl_id, row.outcome, row.reason, row.http_status) for row in store.rows(fetches)]
    assert lines == [(store.crawl_id - 1, "error", "timeout", None), (store.crawl_id, "stored", "new", 200)]


def test_waiting_pages_are_taken_up_a_few_at_a_time_oldest_first(store: Store) -> None:
    store.take(A, B, C, limit=0)
    assert [[claim.url for claim in store.claim_pending(limit=2)] for _ in range(3)] == [[A, B], [C], []]


OCTOBER, NOVEMBER = (datetime(2026, month, 2, 8, tzinfo=UTC) for month in (10, 11))
NOVEMBER_1 = datetime(2026, 11, 1, tzinfo=UTC)


def test_what_its_source_dates_too_early_waits_for_a_crawl_that_goes_further_back(store: Store) -> None:
    store.take(A, limit=0, published_at=OCTOBER)
    store.take(B, limit=0, published_at=NOVEMBER)
    store.take(C, limit=0)
    assert [claim.url for claim in store.claim_pending(since=NOVEMBER_1)] == [B, C]
    assert [claim.url for claim in store.claim_pending()] == [A]


def test_what_its_source_dates_too_late_waits_unless_that_is_the_date_of_a_change(store: Store) -> None:
    store.take(A, limit=0, published_at=OCTOBER)
    store.take(B, limit=0, published_at=NOVEMBER)
    store.take(C, limit=0, source_modified_at=NOVEMBER)
    assert [claim.url for claim in store.claim_pending(until=NOVEMBER_1)] == [C, A]
    assert [claim.url for claim in store.claim_pending()] == [B]


def test_the_newest_waiting_pages_are_taken_up_first(store: Store) -> None:
    store.take(A, limit=0, published_at=OCTOBER)
    store.take(B, limit=0)
    store.take(C, limit=0, published_at=NOVEMBER)
    assert [claim.url for claim in store.claim_pending()] == [C, A, B]


def test_sitemaps_of_another_time_wait_for_a_crawl_of_theirs(store: Store) -> None:
    months = [f"https://example.org/sitemap-2026-{month}.xml" for month in ("07", "09", "11")]
    store.take(*months, kind="sitemap", limit=0)
    around = {"since": datetime(2026, 9, 10, tzinfo=UTC), "until": datetime(2026, 9, 20, tzinfo=UTC)}
    assert [claim.url for claim in store.claim_listings(**around)] == [months[1]]
    assert [claim.url for claim in store.claim_listings(**around | {"until": store.now})] == [months[2]]
    assert [claim.url for claim in store.claim_listings()] == [months[0]]
