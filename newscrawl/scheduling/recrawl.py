"""When a page is fetched again: pure decisions on plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from newscrawl.items import Outcome

RECRAWL_STEPS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""The recrawl schedule: how long after a fetch an article is fetched again, step by step; after the last one, never."""
MAX_NEWS_AGE = timedelta(days=7)
"""An article that was published earlier than this before it was found starts at the last step."""

FIRST_RETRY = timedelta(hours=1)
MAX_RETRY = timedelta(days=7)
"""The retries of articles: the wait doubles with each failure."""
FIRST_LISTING_RETRY = timedelta(minutes=5)
MAX_LISTING_RETRY = timedelta(minutes=50)
"""The retries of feeds, sitemaps and sections, 404 and 410 included: new articles are found through nothing else.

The wait is below an hour, so that a listing that failed is due whenever an hourly crawl starts.
"""
RARE_LISTING_RETRY = timedelta(hours=3, minutes=50)
"""The longest wait for a listing that failed FAILURES_UNTIL_RARE times, about two weeks of hourly crawls."""
FAILURES_UNTIL_RARE = 14 * 24
MAX_FAILURES = 10_000
"""The count ends here; its column is a SMALLINT."""
CONFIRM_AFTER = timedelta(hours=1)
"""When a page that returned 404 is fetched again: to confirm that its article was withdrawn, or to find it at last."""
CONFIRM_NEW_AFTER = (CONFIRM_AFTER, timedelta(days=1))
"""When a page without an article that returned 404 is fetched again: feeds may name an article before it is online."""
MIN_CONFIRM_SPAN = timedelta(minutes=30)
"""Minimum time between the two 404s: within minutes, they may have the same temporary cause."""

MAX_AHEAD = MAX_RETRY + timedelta(days=1)
"""Nothing is scheduled later than this: a later time was written while a clock was wrong, and counts as due."""
MAX_LISTING_INTERVAL = timedelta(days=1)
"""Feeds, sitemaps and sections are fetched at least this often, however little they yield."""
MAX_SITEMAP_AGE = timedelta(days=30)
"""A sitemap whose newest date is older, and that had no new link on two fetches, is retired."""
MIN_REFETCH_GAP = timedelta(minutes=10)
"""Minimum time between two fetches of a page if the second is due to a change that its source declares."""
TRUST_SOURCE_UNTIL_STEP = 3
"""From this step on, changes that the source declares are ignored: the article never turned out to have changed."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What the database knows about a page when a crawl discovers it."""

    outcome: str | None
    next_fetch_at: datetime | None
    crawl_id: int | None
    fetched_at: datetime | None = None
    recrawl_step: int = 0
    source_modified_at: datetime | None = None
    """The newest date that any source has declared for it."""
    is_article: bool = True


def should_fetch(
    page: PageState, *, crawl_id: int, now: datetime, force: bool = False, source_modified_at: datetime | None = None
) -> bool:
    """Return whether this crawl fetches the page: once per crawl, if it is unfinished, due or *force* is set.

    A page that is not due is fetched if its source declares a change after the last fetch (*source_modified_at*),
    unless that is not new or the page was unchanged several times in a row: some sitemaps date every URL "now".
    A page whose article was deleted is never fetched, not even with *force*.
    """
    if page.crawl_id == crawl_id or page.outcome == Outcome.DELETED:
        return False
    if page.outcome is None or force:
        return True
    if page.next_fetch_at is not None and not now < page.next_fetch_at <= now + MAX_AHEAD:
        return True
    return _is_declared_changed(page, source_modified_at, now)


def _is_declared_changed(page: PageState, source_modified_at: datetime | None, now: datetime) -> bool:
    if source_modified_at is None or page.fetched_at is None or page.outcome not in _PARSED:
        return False
    is_new = page.source_modified_at is None or source_modified_at > page.source_modified_at
    is_after_fetch = page.fetched_at < source_modified_at <= now
    is_trusted = page.recrawl_step < TRUST_SOURCE_UNTIL_STEP or not page.is_article
    return is_new and is_after_fetch and is_trusted and now - page.fetched_at >= MIN_REFETCH_GAP


_PARSED = frozenset({Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.NOT_ARTICLE})


@dataclass(frozen=True, slots=True)
class RecrawlState:
    """The state of a page before the fetch that has just ended."""

    has_article: bool = False
    recrawl_step: int = 0
    """Articles: index into RECRAWL_STEPS. Listings: consecutive fetches without a new link."""
    failures: int = 0
    """Consecutive failed fetches."""


@dataclass(frozen=True, slots=True)
class NextFetch:
    """When a page is due again, and its new state."""

    at: datetime | None
    """None: never."""
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

    The step goes up after each fetch without a change (by two after a 304: *not_modified*) and down after a change.
    *not_before* is the time that the host asked for with Retry-After. *to_confirm*: the page is missing, and a second
    fetch has to confirm it.
    """
    if outcome is Outcome.BLOCKED and not_before is not None:
        # The host has set the time. Its refusals are counted for the host, not for each of its pages.
        return NextFetch(not_before, page.recrawl_step, page.failures)
    if to_confirm and page.has_article:
        due = NextFetch(now + CONFIRM_AFTER, page.recrawl_step, 0)
    elif to_confirm and page.failures < len(CONFIRM_NEW_AFTER):
        due = NextFetch(now + CONFIRM_NEW_AFTER[page.failures], page.recrawl_step, page.failures + 1)
    else:
        due = _next_by_outcome(page, outcome, now, date_published, not_modified=not_modified)
    return _postpone(due, not_before)


def _next_by_outcome(
    page: RecrawlState, outcome: Outcome, now: datetime, date_published: datetime | None, *, not_modified: bool
) -> NextFetch:
    last = len(RECRAWL_STEPS) - 1
    match outcome:
        case Outcome.STORED:
            is_old = date_published is not None and now - date_published > MAX_NEWS_AGE
            return _at_step(last if is_old else 0, now)
        case Outcome.UPDATED:
            return _at_step(max(page.recrawl_step - 1, 0), now)
        case Outcome.UNCHANGED if not_modified and page.recrawl_step < last:
            return _at_step(min(page.recrawl_step + 2, last), now)
        case Outcome.UNCHANGED:
            return _at_step(page.recrawl_step + 1, now)
        case Outcome.ERROR | Outcome.BLOCKED | Outcome.ROBOTS:
            return _retry(page, now, FIRST_RETRY, MAX_RETRY)
        case Outcome.NOT_ARTICLE | Outcome.TOO_SHORT | Outcome.GONE if page.has_article:
            # A login form or a challenge in place of the article may be temporary.
            return _at_step(page.recrawl_step + 1, now)
        case Outcome.TOO_SHORT:
            return NextFetch(now + timedelta(days=1), page.recrawl_step, 0)
        case _:
            return NextFetch(None, page.recrawl_step, 0)


def _at_step(recrawl_step: int, now: datetime) -> NextFetch:
    return NextFetch(now + RECRAWL_STEPS[recrawl_step] if recrawl_step < len(RECRAWL_STEPS) else None, recrawl_step, 0)


def _retry(page: RecrawlState, now: datetime, first: timedelta, longest: timedelta) -> NextFetch:
    # The exponent is capped, too: a page that has failed for years must not overflow timedelta.
    wait = min(first * (1 << min(page.failures, 10)), longest)
    return NextFetch(now + wait, page.recrawl_step, min(page.failures + 1, MAX_FAILURES))


def _postpone(due: NextFetch, not_before: datetime | None) -> NextFetch:
    if not_before is None:
        return due
    return NextFetch(max(not_before, due.at or not_before), due.recrawl_step, due.failures)


@dataclass(frozen=True, slots=True)
class ListingYield:
    """What one fetch of a feed, sitemap or section yielded."""

    at: datetime
    new_links: int
    is_after_outage: bool = False
    """Whether the fetch before it failed: how fast its links accumulated is unknown."""


def next_listing_fetch(
    listing: RecrawlState,
    outcome: Outcome,
    *,
    now: datetime,
    earlier: Sequence[ListingYield] = (),
    new_links: int = 0,
    newest: datetime | None = None,
    only_when_named: bool = False,
    is_guess: bool = False,
    is_after_outage: bool = False,
    not_before: datetime | None = None,
) -> NextFetch:
    """Return when a feed, sitemap or section is due again.

    After the first fetch that is the next crawl, later the time at which one more new link is expected (see
    estimate_wait; *earlier* are previous fetches, *is_after_outage* says that the last one failed). A listing that
    fails, in whatever way, is retried within the hour. *newest* is the newest date of its links: a sitemap of a past
    period is retired. *only_when_named*: the next page of a section is never due by itself, but fetched if the page
    before it has something new. *is_guess*: nothing has named its URL, so it may never have been there.
    """
    if outcome is Outcome.BLOCKED and not_before is not None:
        return NextFetch(not_before, listing.recrawl_step, listing.failures)
    if outcome is Outcome.GONE and only_when_named:
        due = NextFetch(None, listing.recrawl_step, 0)
    elif outcome in {Outcome.ERROR, Outcome.BLOCKED, Outcome.ROBOTS, Outcome.GONE}:
        is_rare = is_guess or listing.failures >= FAILURES_UNTIL_RARE
        due = _retry(listing, now, FIRST_LISTING_RETRY, RARE_LISTING_RETRY if is_rare else MAX_LISTING_RETRY)
    else:
        recrawl_step = 0 if new_links else listing.recrawl_step + 1
        is_over = newest is not None and now - newest > MAX_SITEMAP_AGE and recrawl_step >= 2
        this = ListingYield(now, new_links, is_after_outage)
        at = None if is_over or only_when_named else now + estimate_wait(earlier, this)
        due = NextFetch(at, recrawl_step, 0)
    return _postpone(due, not_before)


def estimate_wait(earlier: Sequence[ListingYield], this: ListingYield) -> timedelta:
    """Return the time in which one new link is expected, at most MAX_LISTING_INTERVAL; zero after the first fetch.

    The rate is the posterior mean of a Poisson rate under Jeffreys' prior, (n + 1/2) / t, for n new links in the time t
    between *this* fetch and the *earlier* ones. The links of the oldest had accumulated before it and do not count, nor
    does an interval in which the listing failed: after an outage the schedule is the one before it.
    """
    fetches = sorted([*earlier, this], key=lambda one: one.at)
    known = [(later.at - one.at, later.new_links) for one, later in pairwise(fetches) if not later.is_after_outage]
    observed = sum((time for time, _ in known), timedelta())
    return min(observed / (sum(links for _, links in known) + 0.5), MAX_LISTING_INTERVAL)


def is_withdrawn(http_status: int | None, *, last_status: int | None, since_last: timedelta | None) -> bool:
    """Return whether a response confirms that an article was withdrawn.

    410 does. 404 may be temporary, so it does only if the previous fetch, at least MIN_CONFIRM_SPAN ago, returned 404
    or 410, too.
    """
    if http_status == 410:
        return True
    if http_status != 404 or last_status not in {404, 410}:
        return False
    return since_last is not None and since_last >= MIN_CONFIRM_SPAN
