"""What failed during an outage is due again as soon as a listing of the site has recovered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.records import Claim, DiscoveredPage, ListingClaims
from newscrawl.storage.schema import articles, pages
from newscrawl.urls.normalize import normalize
from tests.support.store import Store

FRONT, FEED = "https://example.org/", "https://example.org/feed"
A, B = "https://example.org/a", "https://example.org/b"
TIMEOUT, DNS, BAD_GATEWAY = (Outcome.ERROR, "timeout"), (Outcome.ERROR, "dns"), (Outcome.ERROR, "http_502")
NOT_FOUND, GONE, FORBIDDEN = (Outcome.GONE, "http_404"), (Outcome.GONE, "http_410"), (Outcome.BLOCKED, "http_403")
NO_ROBOTS, DISALLOWED = (Outcome.ROBOTS, "robots_unavailable"), (Outcome.ROBOTS, "disallowed")
Failure = tuple[Outcome, str]


def next_crawl(store: Store, after: timedelta = timedelta(hours=1)) -> None:
    store.now += after
    store.start_crawl()


def fail(store: Store, url: str, failure: Failure, kind: str = "article") -> None:
    [claim] = store.claim(url, kind=kind, force=True)
    store.finish(claim, *failure)


def read(store: Store, url: str, outcome: Outcome = Outcome.NOT_ARTICLE) -> None:
    """Fetch a listing successfully."""
    [claim] = store.claim(url, kind="section", force=True)
    store.do(FinishListing(claim, store.result(outcome, "section"), []))


def get_due(store: Store) -> dict[str, datetime | None]:
    return {row.url: row.next_fetch_at for row in store.rows(pages)}


def run_outage(store: Store, listing: list[Failure], article: Failure) -> None:
    """Fail for as many hours as there are failures of the listing; then the listing can be read."""
    for failure in listing:
        next_crawl(store)
        fail(store, FRONT, failure, "section")
    fail(store, A, article)
    fail(store, FEED, article, "feed")
    next_crawl(store, timedelta(minutes=4))
    read(store, FRONT)


@pytest.mark.parametrize(
    ("listing", "article"),
    [
        ([TIMEOUT], TIMEOUT),
        ([TIMEOUT, DNS, BAD_GATEWAY], BAD_GATEWAY),
        ([NO_ROBOTS] * 30, TIMEOUT),
        ([FORBIDDEN], NO_ROBOTS),
        ([NOT_FOUND, NOT_FOUND], NOT_FOUND),
        ([GONE], NOT_FOUND),
        ([BAD_GATEWAY, NOT_FOUND], NOT_FOUND),
    ],
)
def test_what_failed_with_a_listing_is_due_when_it_recovers(
    store: Store, listing: list[Failure], article: Failure
) -> None:
    read(store, FRONT)
    run_outage(store, listing, article)
    due = get_due(store)
    assert (due[A], due[FEED]) == (store.now, store.now)
    assert [claim.url for claim in store.claim_pending()] == [A], "by the crawl that read the listing"


@pytest.mark.parametrize(
    ("listing", "article"),
    [([TIMEOUT], NOT_FOUND), ([NOT_FOUND], TIMEOUT), ([NOT_FOUND], FORBIDDEN), ([TIMEOUT], DISALLOWED)],
)
def test_what_failed_in_another_way_keeps_its_schedule(store: Store, listing: list[Failure], article: Failure) -> None:
    read(store, FRONT)
    run_outage(store, listing, article)
    assert get_due(store)[A] != store.now


def test_what_failed_before_the_outage_keeps_its_schedule(store: Store) -> None:
    read(store, FRONT)
    fail(store, B, NOT_FOUND)
    kept = get_due(store)[B]
    next_crawl(store)
    read(store, FRONT)
    assert get_due(store)[B] == kept, "the front page had not failed"
    run_outage(store, [NOT_FOUND], NOT_FOUND)
    assert get_due(store)[B] == kept, "it failed before the front page did"


def test_listing_that_answers_not_modified_has_recovered(store: Store) -> None:
    read(store, FRONT)
    next_crawl(store)
    fail(store, FRONT, TIMEOUT, "section")
    fail(store, A, TIMEOUT)
    next_crawl(store)
    read(store, FRONT, Outcome.UNCHANGED)
    assert get_due(store)[A] == store.now


def test_failed_listings_that_became_due_are_claimed_apart_from_others(store: Store) -> None:
    fail(store, FEED, NOT_FOUND, "feed")
    next_crawl(store)
    store.claim(FRONT, kind="section", limit=0)
    assert [claim.url for claim in store.claim_listings(only_failed=True)] == [FEED]
    assert [claim.url for claim in store.claim_listings()] == [FRONT]


@pytest.mark.parametrize(
    ("listing", "failure", "withdrawn"),
    [
        (NOT_FOUND, NOT_FOUND, False),
        (NOT_FOUND, GONE, True),
        (TIMEOUT, NOT_FOUND, True),
        (None, NOT_FOUND, True),
    ],
)
def test_404_withdraws_no_article_while_the_whole_site_returns_it(
    store: Store,
    make_article: Callable[..., Article],
    listing: Failure | None,
    failure: Failure,
    withdrawn: bool,
) -> None:
    read(store, FRONT)
    store.save(make_article(A))
    for _ in range(3):
        next_crawl(store)
        if listing is None:
            read(store, FRONT)
        else:
            fail(store, FRONT, listing, "section")
        fail(store, A, failure)
    [article] = store.rows(articles)
    assert (article.withdrawn_at is not None) is withdrawn
    assert (get_due(store)[A] == store.now + timedelta(hours=1)) is not withdrawn


def test_guessed_listing_that_was_never_there_does_not_keep_an_article_from_being_withdrawn(
    store: Store, make_article: Callable[..., Article]
) -> None:
    store.save(make_article(A))
    for _ in range(2):
        next_crawl(store)
        fail(store, FEED, NOT_FOUND, "feed")
        fail(store, A, NOT_FOUND)
    assert store.rows(articles)[0].withdrawn_at is not None


def fail_for_days(store: Store, failure: Failure, days: int) -> None:
    """Fail two articles for days while the listings can be read; then one of them is due."""
    for _ in range(days):
        next_crawl(store, timedelta(days=1))
        read(store, FRONT)
        fail(store, A, failure)
        fail(store, B, failure)
    next_crawl(store)


@pytest.mark.parametrize(("failure", "is_due"), [(TIMEOUT, True), (BAD_GATEWAY, True), (NOT_FOUND, False)])
def test_article_that_can_be_fetched_again_makes_those_due_that_failed_with_it(
    store: Store, make_article: Callable[..., Article], failure: Failure, is_due: bool
) -> None:
    fail_for_days(store, failure, 5)
    store.save(make_article(A))
    assert (get_due(store)[B] == store.now) is is_due


def test_new_article_says_nothing_about_those_that_failed(store: Store, make_article: Callable[..., Article]) -> None:
    fail_for_days(store, TIMEOUT, 5)
    waiting = get_due(store)
    store.save(make_article("https://example.org/new"))
    assert {url: get_due(store)[url] for url in (A, B)} == {url: waiting[url] for url in (A, B)}


def test_listing_that_redirects_to_a_failing_one_is_due_with_it(store: Store) -> None:
    [feed] = store.claim("https://example.org/feed", kind="feed")
    target = store.follow(feed, "https://example.org/moved")
    assert target is not None
    with store.engine.begin() as connection:
        later = update(pages).where(pages.c.id == feed.page_id).values(next_fetch_at=store.now + timedelta(days=1))
        connection.execute(later)
    store.finish(target, Outcome.ERROR, "connection_refused")
    due = {row.url: row.next_fetch_at for row in store.rows(pages)}
    assert due[feed.url] == due[target.url] < store.now + timedelta(hours=1)


def claim_listing(store: Store, kind: str, source: str) -> tuple[Claim, Claim]:
    """Return the claims of a front page and of a listing that it names, neither of which is due for a day."""
    [front] = store.claim("https://example.org/", kind="section")
    url = "https://example.org/listing"
    named = DiscoveredPage(url, normalize(url), "example.org", kind, {"source": source})
    listed = store.do(
        FinishListing(front, store.result(Outcome.NOT_ARTICLE, "section"), [named], claims=ListingClaims())
    )
    return front, listed.claims[0]


def finish_later(store: Store, claim: Claim, outcome: Outcome, reason: str) -> dict[str, datetime]:
    """Finish *claim* while all pages are due tomorrow; return URL -> when it is due."""
    with store.engine.begin() as connection:
        connection.execute(update(pages).values(next_fetch_at=store.now + timedelta(days=1)))
    store.finish(claim, outcome, reason)
    return {row.url: row.next_fetch_at for row in store.rows(pages)}


def test_page_that_names_a_failing_listing_is_due_with_it(store: Store) -> None:
    front, feed = claim_listing(store, "feed", "alternate")
    due = finish_later(store, feed, Outcome.GONE, "http_404")
    assert due[front.url] == due[feed.url] < store.now + timedelta(hours=1)


def test_page_that_links_to_a_section_is_due_when_that_fails_for_the_first_time(store: Store) -> None:
    front, section = claim_listing(store, "section", "link")
    due = finish_later(store, replace(section, fetch_count=3), Outcome.GONE, "http_404")
    assert due[front.url] == due[section.url] < store.now + timedelta(hours=1)


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ("link", {"fetch_count": 0}),
        ("link", {"fetch_count": 3, "failures": 1}),
        ("usual path", {"fetch_count": 3}),
        ("pagination", {"fetch_count": 3}),
    ],
)
def test_page_that_links_to_a_section_stays_as_it_is_otherwise(
    store: Store, source: str, facts: dict[str, int]
) -> None:
    front, section = claim_listing(store, "section", source)
    due = finish_later(store, replace(section, **facts), Outcome.GONE, "http_404")
    assert due[front.url] == store.now + timedelta(days=1)
