"""Links that could lead to articles: recorded with a reason, and fetched once something follows them."""

from __future__ import annotations

from typing import Any

import pytest

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.selection import LinkRules
from newscrawl.items import Outcome
from newscrawl.scheduling.periods import ANY_TIME
from newscrawl.storage.operations.claims import ClaimPages, ClaimPending
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.operations.not_followed import ReconsiderLinks, make_scored_metadata
from newscrawl.storage.records import Claim, DiscoveredPage, ListingClaims, ListingResult
from newscrawl.storage.schema import pages
from newscrawl.urls.normalize import normalize
from tests.support.store import Store

A, B, C, D = (f"https://example.org/{name}/1" for name in "abcd")
SECTION = "https://example.org/news"


def page(url: str, obstacle: str | None = None, score: float = 1.0) -> DiscoveredPage:
    metadata = make_scored_metadata(Link(url, LinkKind.ARTICLE, "section", score, "Snow")) if obstacle else None
    return DiscoveredPage(url, normalize(url), "example.org", "article", metadata, obstacle=obstacle)


def finish(store: Store, links: list[DiscoveredPage], not_followed: list[DiscoveredPage]) -> ListingResult:
    [section] = store.claim(SECTION, kind="section", force=True)
    result = store.result(Outcome.NOT_ARTICLE, "section")
    done: ListingResult = store.do(
        FinishListing(section, result, links, claims=ListingClaims(10), not_followed=not_followed)
    )
    return done


def rows(store: Store) -> dict[str, tuple[str | None, str | None]]:
    return {row.url: (row.outcome, row.reason) for row in store.rows(pages) if row.kind == "article"}


def claim_pending(store: Store) -> list[str]:
    claims: list[Claim] = store.do(ClaimPending("example.org", store.crawl_id, store.now, 10, ANY_TIME))
    return [claim.url for claim in claims]


def test_a_link_that_is_not_followed_has_a_row_with_reason_and_score_and_is_not_claimed(store: Store) -> None:
    result = finish(store, [page(A)], [page(B, "unlikely_article", 0.35), page(C, "denied")])
    assert ([claim.url for claim in result.claims], result.new) == ([A], 1)
    assert rows(store) == {
        A: (None, None),
        B: ("not_followed", "unlikely_article"),
        C: ("not_followed", "denied"),
    }
    [row] = [row for row in store.rows(pages) if row.url == B]
    assert row.source_metadata == {"source": "section", "headline": "Snow", "score": 0.35}
    assert (row.discovered_from, row.next_fetch_at, row.fetch_count, row.crawl_id) == (SECTION, None, 0, None)
    store.start_crawl()
    assert claim_pending(store) == [A]


def test_a_page_that_was_fetched_or_waits_keeps_its_outcome(store: Store) -> None:
    [stored] = store.claim(A)
    store.finish(stored, Outcome.STORED, "new")
    finish(store, [page(B)], [page(A, "unlikely_article", 0.3), page(B, "unlikely_article", 0.3)])
    assert rows(store) == {A: ("stored", "new"), B: (None, None)}


def test_a_link_is_fetched_once_another_listing_names_it(store: Store) -> None:
    finish(store, [], [page(A, "unlikely_article", 0.3), page(B, "unlikely_article", 0.3)])
    store.start_crawl()
    named = DiscoveredPage(A, normalize(A), "example.org", "article", {"source": "feed", "headline": "Snow falls"})
    result = finish(store, [named], [])
    assert ([claim.url for claim in result.claims], result.new) == ([A], 1)
    assert result.claims[0].source_metadata == {"source": "feed", "headline": "Snow falls"}
    assert rows(store) == {A: (None, None), B: ("not_followed", "unlikely_article")}


def test_a_link_that_is_named_and_not_claimed_is_pending(store: Store) -> None:
    finish(store, [], [page(A, "unlikely_article", 0.3)])
    store.do(ClaimPages([page(A)], store.crawl_id, store.now, limit=0))
    store.start_crawl()
    assert claim_pending(store) == [A]


def test_the_reason_follows_the_site_file(store: Store) -> None:
    finish(store, [], [page(A, "not_allowed")])
    store.start_crawl()
    finish(store, [], [page(A, "denied")])
    assert rows(store) == {A: ("not_followed", "denied")}


@pytest.mark.parametrize(
    ("rules", "reasons"),
    [
        (LinkRules(), {B: None, C: None}),
        (LinkRules(follow=("/a/",)), {A: None, B: None, C: None}),
        (LinkRules(follow=("/a/",), deny=("/a/", "/b/")), {A: "denied", B: "denied", C: None}),
        (LinkRules(allow=("/c/",)), {B: "not_allowed", C: None}),
    ],
)
def test_a_change_of_the_site_file_applies_to_links_that_were_not_followed(
    store: Store, rules: LinkRules, reasons: dict[str, str | None]
) -> None:
    before: dict[str, Any] = {A: "unlikely_article", B: "not_allowed", C: "denied", D: "unlikely_article"}
    scores = {A: 0.2, B: 0.8, C: 0.9, D: 0.4}
    finish(store, [], [page(url, reason, scores[url]) for url, reason in before.items()])
    pending = store.do(ReconsiderLinks("example.org", "example.org", rules))
    after = {url: reason for url, (_, reason) in rows(store).items()}
    assert after == before | reasons
    assert pending == list(after.values()).count(None)
    assert claim_pending(store) == [url for url, reason in after.items() if reason is None]
    assert store.do(ReconsiderLinks("another.org", "another.org", rules)) == 0
