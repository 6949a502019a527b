"""What failed during an outage is due again as soon as a listing of the site has recovered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newscrawl.items import Outcome
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.schema import pages
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
