"""FinishListing on both databases: links are recorded and claimed in the transaction that finishes the listing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from newscrawl.items import Outcome
from newscrawl.storage.operations.claims import ClaimPages
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.records import Claim, DiscoveredPage, ListingClaims, ListingResult, Period
from newscrawl.storage.schema import pages
from newscrawl.urls.normalize import normalize
from tests.support.databases import Databases, database
from tests.support.store import Store

A, B, C = (f"https://example.org/{name}" for name in "abc")
FEED = "https://example.org/feed"
NEXT = "https://example.org/news?page=2"
OCTOBER = datetime(2026, 10, 2, 8, tzinfo=UTC)


def page(url: str, kind: str = "article", **dates: Any) -> DiscoveredPage:
    return DiscoveredPage(url, normalize(url), "example.org", kind, None, **dates)


def finish(store: Store, links: list[DiscoveredPage], claims: ListingClaims | None, **options: Any) -> ListingResult:
    """Finish a section that links to *links*."""
    [section] = store.claim(FEED, kind="section", force=True)
    result: ListingResult = store.do(
        FinishListing(section, store.result(Outcome.NOT_ARTICLE, "section"), links, claims=claims, **options)
    )
    return result


def urls(claims: list[Claim]) -> list[str]:
    return [claim.url for claim in claims]


def test_links_are_recorded_and_claimed_together(store: Store) -> None:
    result = finish(store, [page(A), page(B)], ListingClaims(10))
    assert (urls(result.claims), result.new) == ([A, B], 2)
    rows = {row.url: row for row in store.rows(pages)}
    assert (rows[A].outcome, rows[A].crawl_id, rows[A].discovered_from) == (None, store.crawl_id, FEED)
    assert rows[FEED].outcome == "not_article"


def test_listings_are_claimed_without_a_limit_and_articles_up_to_theirs(store: Store) -> None:
    links = [page(A), page(f"{A}/feed", "feed"), page(B), page(f"{A}/sitemap.xml", "sitemap"), page(C)]
    result = finish(store, links, ListingClaims(2))
    assert urls(result.claims) == [f"{A}/feed", f"{A}/sitemap.xml", A, B]
    assert {row.url for row in store.rows(pages)} == {FEED, *(link.url for link in links)}


def test_pages_of_this_crawl_and_pages_that_are_not_due_are_not_claimed(store: Store) -> None:
    [stored] = store.claim(A)
    store.finish(stored, Outcome.STORED, "new")
    store.start_crawl()
    store.claim(B)
    result = finish(store, [page(A), page(B), page(C)], ListingClaims(10))
    assert (urls(result.claims), result.new) == ([C], 1)


def test_a_page_that_its_source_dates_later_than_the_last_fetch_is_claimed(store: Store) -> None:
    [stored] = store.claim(A)
    store.finish(stored, Outcome.STORED, "new")
    store.start_crawl()
    store.now += timedelta(minutes=50)
    links = [page(A, source_modified_at=store.now - timedelta(minutes=5))]
    assert urls(finish(store, links, ListingClaims(10)).claims) == [A]


def test_listings_outside_the_period_are_recorded_only(store: Store) -> None:
    months = [page(f"https://example.org/sitemap-2026-{month}.xml", "sitemap") for month in ("07", "11")]
    result = finish(store, [*months, page(A)], ListingClaims(0, period=Period(since=OCTOBER)))
    assert urls(result.claims) == [months[1].url]
    assert len(store.rows(pages)) == 4


def test_next_pages_are_claimed_whether_due_or_not_and_beyond_the_limit(store: Store) -> None:
    [earlier] = store.claim(NEXT, kind="section")
    store.finish(earlier, Outcome.NOT_ARTICLE, "section", etag='"1"')
    store.start_crawl()
    result = finish(store, [page(A), page(B)], ListingClaims(1), next_pages=[page(NEXT, "section")])
    assert [(claim.url, claim.etag) for claim in result.next_page_claims] == [(NEXT, None)]
    assert urls(result.claims) == [A]


@pytest.mark.parametrize(("remaining", "claimed"), [(None, True), (3, True), (2, False), (0, False)])
def test_next_pages_wait_when_the_limit_of_the_crawl_is_reached(
    store: Store, remaining: int | None, claimed: bool
) -> None:
    claims = ListingClaims(2, remaining=remaining)
    result = finish(store, [page(A), page(B), page(C)], claims, next_pages=[page(NEXT, "section")])
    assert urls(result.next_page_claims) == [NEXT] * claimed
    assert NEXT in {row.url for row in store.rows(pages)}


@pytest.mark.parametrize("follow_next", [False, True])
def test_next_pages_of_a_section_without_new_articles_are_followed_only_on_request(
    store: Store, follow_next: bool
) -> None:
    store.claim(A)
    next_pages = [page(NEXT, "section")]
    result = finish(store, [page(A)], ListingClaims(10), next_pages=next_pages, follow_next=follow_next)
    assert (urls(result.next_page_claims), result.new) == ([NEXT] * follow_next, 0)
    assert (NEXT in {row.url for row in store.rows(pages)}) is follow_next


def test_a_next_page_that_is_a_link_as_well_is_claimed_once(store: Store) -> None:
    result = finish(store, [page(A), page(NEXT, "section")], ListingClaims(1), next_pages=[page(NEXT, "section")])
    assert (urls(result.claims), result.next_page_claims) == ([NEXT, A], [])


def test_claims_carry_the_site_of_the_listing(store: Store) -> None:
    other = DiscoveredPage(A, normalize(A), "other.org", "article")
    store.do(ClaimPages([other], store.crawl_id, store.now, limit=0))
    assert [claim.site for claim in finish(store, [page(A)], ListingClaims(1)).claims] == ["example.org"]


def test_without_claims_links_are_recorded_only(store: Store) -> None:
    result = finish(store, [page(A)], None)
    assert (result.claims, result.new) == ([], 1)
    store.start_crawl()
    assert urls(store.claim_pending()) == [A]


@pytest.mark.parametrize("seed", range(4))
def test_one_operation_claims_what_two_did(sqlite_tables: tuple[Databases, str], seed: int) -> None:
    """Recording the links first and claiming them afterwards leaves the same rows and claims."""
    databases, tables = sqlite_tables
    found = [_crawl_at_random(databases, tables, seed, in_one=in_one) for in_one in (True, False)]
    assert found[0] == found[1]


def _crawl_at_random(databases: Databases, tables: str, seed: int, *, in_one: bool) -> list[Any]:
    random = Random(seed)
    with database(databases, like=tables) as url:
        store = Store.open(url)
        seen: list[Any] = []
        for _ in range(12):
            store.now += timedelta(minutes=random.randint(20, 2000))
            store.start_crawl()
            links = [_random_link(random, store.now) for _ in range(random.randint(0, 12))]
            limit = random.randint(0, 5)
            if in_one:
                claims = finish(store, links, ListingClaims(limit)).claims
            else:
                finish(store, links, None)
                listings = [link for link in links if link.kind != "article"]
                articles = [link for link in links if link.kind == "article"]
                claims = store.do(ClaimPages(listings, store.crawl_id, store.now, FEED)).claims
                claims += store.do(ClaimPages(articles, store.crawl_id, store.now, FEED, limit)).claims
            seen.append(claims)
            for claim in claims:
                if random.random() < 0.8:
                    store.finish(claim, random.choice([Outcome.STORED, Outcome.UNCHANGED, Outcome.ERROR]))
        seen.append(store.rows(pages))
        store.close()
        store.engine.dispose()
    return seen


def _random_link(random: Random, now: datetime) -> DiscoveredPage:
    number = random.randrange(20)
    date = random.choice([None, now - timedelta(minutes=random.randint(-60, 3000))])
    return page(f"https://example.org/{number}", "feed" if number > 16 else "article", source_modified_at=date)


def test_listing_that_its_page_no_longer_names_is_a_former_one(store: Store) -> None:
    old, new, guess = (
        DiscoveredPage(f"{FEED}/{name}", f"{FEED}/{name}", "example.org", "feed", {"source": source})
        for name, source in (("old", "alternate"), ("new", "alternate"), ("guess", "usual path"))
    )

    def sources() -> list[str]:
        rows = {row.url: (row.source_metadata or {}).get("source") for row in store.rows(pages)}
        return [rows.get(listing.url) for listing in (old, new, guess)]

    finish(store, [old, guess], None)
    assert sources() == ["alternate", None, "usual path"]
    store.start_crawl()
    finish(store, [new], None)
    assert sources() == ["former", "alternate", "usual path"]
    store.start_crawl()
    finish(store, [old, new], None)
    assert sources() == ["alternate", "alternate", "usual path"]


def test_listing_that_was_read_in_part_says_nothing_about_former_ones(store: Store) -> None:
    feed = DiscoveredPage(f"{FEED}/old", f"{FEED}/old", "example.org", "feed", {"source": "alternate"})
    finish(store, [feed], None)
    store.start_crawl()
    [section] = store.claim(FEED, kind="section", force=True)
    store.do(FinishListing(section, store.result(Outcome.NOT_ARTICLE, "section_partial"), []))
    assert [row.source_metadata["source"] for row in store.rows(pages) if row.url == feed.url] == ["alternate"]
