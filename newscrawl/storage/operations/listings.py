"""Finishing a listing: what it links to is recorded and claimed in the transaction that writes its outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from newscrawl.outcomes import is_listing_read
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.operations.fetch_results import write_results
from newscrawl.storage.operations.page_rows import PageRows, drop_repeated, is_not_followed
from newscrawl.storage.queries.frontier import may_be_within
from newscrawl.storage.records import Claim, DiscoveredPage, FetchResult, ListingClaims, ListingResult


@dataclass(frozen=True, slots=True)
class FinishListing(SingleOperation[ListingResult]):
    """Write the outcome of a feed, sitemap or section, record its links, claim those that are due.

    Result: ListingResult. All of it is one transaction, so a crawl that is killed loses no link. *next_pages* are
    recorded, and claimed whether due or not, where an article is new or *follow_next* is set. Claims carry the site of
    the listing, even for pages that were recorded under another one. If the listing failed before, what failed in the
    same way is due again.
    """

    claim: Claim
    result: FetchResult
    links: Sequence[DiscoveredPage]
    next_pages: Sequence[DiscoveredPage] = ()
    follow_next: bool = False
    claims: ListingClaims | None = None
    """What to claim; None: links are recorded only."""
    not_followed: Sequence[DiscoveredPage] = ()
    """Links that could lead to articles, with their obstacle."""

    def apply(self, connection: Connection) -> ListingResult:
        rows = PageRows(connection, self.claim.crawl_id or 0, self.result.at)
        links = drop_repeated(self.links)
        articles = [page for page in links if page.kind == "article"]
        listings = [page for page in links if page.kind != "article"]
        states = rows.record([*articles, *listings], self.claim.url)
        new = sum(page.url_key not in states or is_not_followed(states[page.url_key]) for page in articles)
        rows.record_not_followed(drop_repeated(self.not_followed), self.claim.url)
        next_pages = drop_repeated(self.next_pages) if new or self.follow_next else []
        next_states = rows.record(next_pages, self.claim.url)
        newest = max((page.source_modified_at for page in articles if page.source_modified_at), default=None)
        is_read = is_listing_read(self.result.outcome, self.result.reason)
        if is_read and self.result.reason == self.claim.kind:
            rows.update_named(self.claim.site, self.claim.url, listings)
        result = replace(
            self.result,
            new_links=new if is_read else None,
            newest_link_at=newest,
            is_contradicted=self.result.was_not_modified and len(states) < len(links),
        )
        write_results(connection, [(self.claim, result)])
        new_urls = len(links) - len(states) + len(next_pages) - len(next_states)
        listed = ListingResult([], [], new, new_urls, contradicts_304=result.is_contradicted)
        if self.claims is None:
            return listed
        due_listings = list(self._due(rows, listings, states))
        keys = due_listings[: self.claims.listings]
        listed = replace(listed, is_limited=len(keys) < len(due_listings))
        of_articles = list(islice(self._due(rows, articles, states), self.claims.articles))
        claims = self._at_site(rows.claim([*keys, *of_articles]))
        if not self.claims.includes_next_pages(len(of_articles)):
            return replace(listed, claims=claims)
        due = [
            page.url_key
            for page in next_pages
            if page.url_key not in keys and rows.is_due(next_states.get(page.url_key), force=True)
        ]
        followed = due if self.claims.listings is None else due[: self.claims.listings - len(keys)]
        return replace(
            listed,
            claims=claims,
            next_page_claims=self._at_site(rows.claim(followed, force=True)),
            is_limited=listed.is_limited or len(followed) < len(due),
        )

    def _due(self, rows: PageRows, found: Sequence[DiscoveredPage], states: Mapping[str, Any]) -> Iterator[str]:
        """Yield the keys of pages that are due and may fall within the period."""
        assert self.claims is not None
        for page in found:
            state = states.get(page.url_key)
            is_due = rows.is_due(state, source_modified_at=page.source_modified_at)
            if is_due and may_be_within(self.claims.period, page):
                yield page.url_key

    def _at_site(self, claims: Sequence[Claim]) -> list[Claim]:
        return [replace(claim, site=self.claim.site) for claim in claims]
