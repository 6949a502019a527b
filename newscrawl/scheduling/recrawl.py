"""When a page is visited, and what a new version of it is: pure decisions on plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newscrawl.items import Outcome

RECRAWL_STEPS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How long after a visit an article is looked at again, rung by rung; above the last one, never."""
NO_LONGER_NEWS = timedelta(days=7)
"""An article that is published longer ago when it is found begins on the last rung."""

RETRY_FIRST = timedelta(hours=1)
RETRY_LIMIT = timedelta(days=7)
LOOK_AGAIN = timedelta(days=7)
"""When a feed, sitemap or section that is gone is asked for again."""
CONFIRM_AFTER = timedelta(hours=1)
"""When an article's page that answered 404 is asked again, before the article counts as withdrawn."""
CONFIRM_SPAN = timedelta(minutes=30)
"""How long a page must have been missing: two 404s within minutes may be one fault."""

LISTING_LIMIT = timedelta(days=1)
"""A feed, sitemap or section is looked at once in so long, however little it brings."""
RETIRED_AFTER = timedelta(days=30)
"""A sitemap whose newest date is older, and that brought nothing new on two visits, is not asked for again."""
MIN_REFETCH_GAP = timedelta(minutes=10)
"""A page is not visited sooner than so long after its last visit because its source states a change."""
TRUST_SOURCE_UNTIL_STEP = 3
"""From this rung on an article is not visited sooner because its source states a change: it never was one."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What the ledger knows of a page when a crawl meets it."""

    outcome: str | None
    next_fetch_at: datetime | None
    crawl_id: int | None
    fetched_at: datetime | None = None
    recrawl_step: int = 0
    source_modified_at: datetime | None = None
    """The newest date that a source ever stated of it."""
    is_article: bool = True


def should_fetch(
    page: PageState, *, crawl_id: int, now: datetime, force: bool = False, source_modified_at: datetime | None = None
) -> bool:
    """Tell whether this crawl fetches the page: once a crawl, when unfinished or due (*force*: or not).

    Also when its source states now, in *source_modified_at*, that it changed after the last visit, unless that was said
    before or such a page turned out to be unchanged again and again: there are sitemaps that date everything "now".
    """
    if page.crawl_id == crawl_id:
        return False
    if page.outcome is None or force:
        return True
    if page.next_fetch_at is not None and page.next_fetch_at <= now:
        return True
    return _is_stated_changed(page, source_modified_at, now)


def _is_stated_changed(page: PageState, source_modified_at: datetime | None, now: datetime) -> bool:
    if source_modified_at is None or page.fetched_at is None or page.outcome not in _READ:
        return False
    is_said_for_the_first_time = page.source_modified_at is None or source_modified_at > page.source_modified_at
    is_after = page.fetched_at < source_modified_at <= now
    is_believed = page.recrawl_step < TRUST_SOURCE_UNTIL_STEP or not page.is_article
    return is_said_for_the_first_time and is_after and is_believed and now - page.fetched_at >= MIN_REFETCH_GAP


_READ = frozenset({Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.NOT_ARTICLE})


@dataclass(frozen=True, slots=True)
class RecrawlState:
    """Where a page stood before the visit that has ended."""

    has_article: bool = False
    recrawl_step: int = 0
    """Articles: position on ARTICLE_LADDER. Listings: visits in a row that brought nothing new."""
    failures: int = 0
    """Visits in a row that failed."""


@dataclass(frozen=True, slots=True)
class NextFetch:
    """When a page is due again, None for never, and where it stands."""

    at: datetime | None
    recrawl_step: int
    failures: int


def next_article_fetch(
    page: RecrawlState,
    outcome: Outcome,
    *,
    now: datetime,
    not_modified: bool = False,
    date_published: datetime | None = None,
    not_before: datetime | None = None,
    to_confirm: bool = False,
) -> NextFetch:
    """Return when an article page is due again.

    A rung up after each visit without a change (two where the host itself said so: *not_modified*), one down after a
    change. *not_before* is what the host asked for (Retry-After). *to_confirm*: the page is missing, and that is not
    certain yet.
    """
    if outcome is Outcome.BLOCKED and not_before is not None:
        # The host has said when; how often it did so is counted for the host, not for each of its pages.
        return NextFetch(not_before, page.recrawl_step, page.failures)
    if to_confirm:
        found = NextFetch(now + CONFIRM_AFTER, page.recrawl_step, 0)
    else:
        found = _next_visit(page, outcome, now, date_published, not_modified=not_modified)
    if not_before is None:
        return found
    return NextFetch(max(not_before, found.at or not_before), found.recrawl_step, found.failures)


def _next_visit(
    page: RecrawlState, outcome: Outcome, now: datetime, date_published: datetime | None, *, not_modified: bool
) -> NextFetch:
    last = len(RECRAWL_STEPS) - 1
    match outcome:
        case Outcome.STORED:
            is_old = date_published is not None and now - date_published > NO_LONGER_NEWS
            return _on_rung(last if is_old else 0, now)
        case Outcome.UPDATED:
            return _on_rung(max(page.recrawl_step - 1, 0), now)
        case Outcome.UNCHANGED if not_modified and page.recrawl_step < last:
            return _on_rung(min(page.recrawl_step + 2, last), now)
        case Outcome.UNCHANGED:
            return _on_rung(page.recrawl_step + 1, now)
        case Outcome.ERROR | Outcome.BLOCKED | Outcome.ROBOTS:
            return _retry(page, now)
        case Outcome.NOT_ARTICLE | Outcome.TOO_SHORT | Outcome.GONE if page.has_article:
            # What stands where the article was, a wall or a challenge, may do so for a while.
            return _on_rung(page.recrawl_step + 1, now)
        case Outcome.TOO_SHORT:
            return NextFetch(now + timedelta(days=1), page.recrawl_step, 0)
        case _:
            return NextFetch(None, page.recrawl_step, 0)


def _on_rung(recrawl_step: int, now: datetime) -> NextFetch:
    return NextFetch(now + RECRAWL_STEPS[recrawl_step] if recrawl_step < len(RECRAWL_STEPS) else None, recrawl_step, 0)


def _retry(page: RecrawlState, now: datetime) -> NextFetch:
    # Capping the exponent, too: a page that failed for years must not overflow timedelta.
    wait = min(RETRY_FIRST * (1 << min(page.failures, 10)), RETRY_LIMIT)
    return NextFetch(now + wait, page.recrawl_step, page.failures + 1)


@dataclass(frozen=True, slots=True)
class ListingYield:
    """What one visit of a feed, sitemap or section brought."""

    at: datetime
    new_links: int


def next_listing_fetch(
    listing: RecrawlState,
    outcome: Outcome,
    *,
    now: datetime,
    earlier: Sequence[ListingYield] = (),
    new_links: int = 0,
    newest: datetime | None = None,
    only_when_named: bool = False,
    not_before: datetime | None = None,
) -> NextFetch:
    """Return when a feed, sitemap or section is due again.

    After its first visit at the next crawl; then when one more new link is to be expected: the rate is the posterior
    mean of a Poisson rate under Jeffreys' prior, (n + 1/2) / t, for n new links since the oldest of *earlier* visits,
    t ago. *newest* is the latest date of its links: a sitemap of times that are over is retired. *only_when_named*:
    a section's next pages are looked at when a page before them brings something new, never by themselves.
    """
    if outcome is Outcome.BLOCKED and not_before is not None:
        return NextFetch(not_before, listing.recrawl_step, listing.failures)
    if outcome in {Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS}:
        found = _retry(listing, now)
    elif outcome is Outcome.GONE:
        found = NextFetch(now + LOOK_AGAIN, listing.recrawl_step, 0)
    else:
        recrawl_step = 0 if new_links else listing.recrawl_step + 1
        is_over = newest is not None and now - newest > RETIRED_AFTER and recrawl_step >= 2
        due = None if is_over or only_when_named else now + expected_wait(earlier, new_links, now)
        found = NextFetch(due, recrawl_step, 0)
    if not_before is None:
        return found
    return NextFetch(max(not_before, found.at or not_before), found.recrawl_step, found.failures)


def expected_wait(earlier: Sequence[ListingYield], new_links: int, now: datetime) -> timedelta:
    """Return the time in which one new link is to be expected; none where there was only one visit so far.

    What the oldest of *earlier* brought had gathered before it, so it does not count.
    """
    if not earlier:
        return timedelta()
    oldest = min(earlier, key=lambda one: one.at)
    brought = new_links + sum(one.new_links for one in earlier if one is not oldest)
    return min((now - oldest.at) / (brought + 0.5), LISTING_LIMIT)


def is_withdrawn(http_status: int | None, *, last_status: int | None, since_last: timedelta | None) -> bool:
    """Tell whether an answer says for certain that a page's article was withdrawn.

    410 says so. 404 may be a fault of the hour: only where the visit before, at least CONFIRM_SPAN ago, met a 404
    (or 410), too.
    """
    if http_status == 410:
        return True
    if http_status != 404 or last_status not in {404, 410}:
        return False
    return since_last is not None and since_last >= CONFIRM_SPAN
