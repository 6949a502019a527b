"""When pages are fetched again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.items import Outcome
from newscrawl.scheduling.recrawl import (
    ListingYield,
    PageState,
    RecrawlState,
    is_withdrawn,
    next_article_fetch,
    next_listing_fetch,
    should_fetch,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (PageState(None, None, None), True),
        (PageState(None, None, 6), True),
        (PageState(None, None, 7), False),
        (PageState("stored", NOW, 6), True),
        (PageState("stored", NOW + timedelta(seconds=1), 6), False),
        (PageState("stored", NOW + timedelta(days=7), 6), False),
        (PageState("stored", NOW + timedelta(days=3650), 6), True),
        (PageState("stored", None, 6), False),
    ],
)
def test_an_unfinished_or_due_page_is_fetched_once_per_crawl(page: PageState, expected: bool) -> None:
    assert should_fetch(page, crawl_id=7, now=NOW) is expected


def test_force_fetches_a_page_that_is_not_due_but_only_once_per_crawl() -> None:
    assert should_fetch(PageState("stored", None, 6), crawl_id=7, now=NOW, force=True)
    assert not should_fetch(PageState("stored", None, 7), crawl_id=7, now=NOW, force=True)


def test_a_page_that_changed_since_the_last_fetch_according_to_its_source_is_fetched_early() -> None:
    page = PageState("unchanged", NOW + timedelta(days=3), 6, fetched_at=NOW - timedelta(hours=1), recrawl_step=1)
    changed = NOW - timedelta(minutes=5)
    assert should_fetch(page, crawl_id=7, now=NOW, source_modified_at=changed)
    assert not should_fetch(page, crawl_id=7, now=NOW, source_modified_at=NOW - timedelta(hours=2)), (
        "older than the fetch"
    )
    assert not should_fetch(page, crawl_id=7, now=NOW, source_modified_at=NOW + timedelta(hours=2)), "not yet"
    assert not should_fetch(
        replace(page, source_modified_at=changed), crawl_id=7, now=NOW, source_modified_at=changed
    ), "declared before"
    just_fetched = replace(page, fetched_at=NOW - timedelta(minutes=6))
    assert not should_fetch(just_fetched, crawl_id=7, now=NOW, source_modified_at=changed)


def test_a_source_that_always_declares_a_change_is_trusted_for_sitemaps_only() -> None:
    page = PageState("unchanged", NOW + timedelta(days=3), 6, fetched_at=NOW - timedelta(hours=1), recrawl_step=3)
    assert not should_fetch(page, crawl_id=7, now=NOW, source_modified_at=NOW - timedelta(minutes=5))
    assert should_fetch(
        replace(page, is_article=False), crawl_id=7, now=NOW, source_modified_at=NOW - timedelta(minutes=5)
    )


def get_waits(*outcomes: Outcome, **facts: Any) -> list[timedelta | None]:
    """Return the wait after each fetch."""
    page, waits = RecrawlState(), []
    for outcome in outcomes:
        due = next_article_fetch(page, outcome, now=NOW, **facts)
        page = RecrawlState(has_article=True, recrawl_step=due.recrawl_step, failures=due.failures)
        waits.append(due.at - NOW if due.at else None)
    return waits


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STORED, UPDATED, SAME, ERROR = Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.ERROR


def test_an_article_is_fetched_at_growing_intervals_and_then_never() -> None:
    assert get_waits(STORED, *[SAME] * 5) == [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, None]


def test_a_change_shortens_the_interval() -> None:
    assert get_waits(STORED, SAME, SAME, UPDATED, SAME) == [HOUR, 6 * HOUR, DAY, 6 * HOUR, DAY]


def test_a_304_skips_a_step_but_not_the_last_one() -> None:
    waits = get_waits(STORED, SAME, SAME, SAME, not_modified=True)
    assert waits == [HOUR, DAY, 7 * DAY, None]


def test_an_article_that_was_old_when_it_was_found_is_fetched_once_more() -> None:
    waits = get_waits(STORED, SAME, date_published=NOW - timedelta(days=400))
    assert waits == [7 * DAY, None]


def test_retries_wait_twice_as_long_each_time_and_do_not_overflow() -> None:
    assert get_waits(ERROR, ERROR, ERROR) == [HOUR, 2 * HOUR, 4 * HOUR]
    assert next_article_fetch(RecrawlState(failures=10_000), ERROR, now=NOW).at == NOW + 7 * DAY


def test_a_success_resets_the_retries_and_the_recrawl_schedule_continues() -> None:
    assert get_waits(STORED, ERROR, ERROR, SAME, ERROR) == [HOUR, HOUR, 2 * HOUR, 6 * HOUR, HOUR]


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.DUPLICATE, Outcome.NOT_ARTICLE])
def test_a_page_without_an_article_is_not_fetched_again(outcome: Outcome) -> None:
    assert next_article_fetch(RecrawlState(), outcome, now=NOW).at is None


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.TOO_SHORT, Outcome.NOT_ARTICLE])
def test_a_page_that_had_an_article_stays_on_the_recrawl_schedule_whatever_it_shows(outcome: Outcome) -> None:
    waits = get_waits(STORED, outcome, outcome, outcome, outcome, outcome)
    assert waits == [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, None]


def test_a_missing_page_is_fetched_again_soon_even_after_the_last_step() -> None:
    page = RecrawlState(has_article=True, recrawl_step=5)
    assert next_article_fetch(page, Outcome.GONE, now=NOW, to_confirm=True).at == NOW + HOUR
    assert next_article_fetch(page, Outcome.GONE, now=NOW).at is None


@pytest.mark.parametrize(
    ("status", "last", "since", "withdrawn"),
    [
        (410, 200, timedelta(0), True),
        (410, None, None, True),
        (404, 200, timedelta(days=1), False),
        (404, 404, timedelta(minutes=30), True),
        (404, 404, timedelta(minutes=29), False),
        (404, 410, timedelta(hours=1), True),
        (404, 503, timedelta(hours=1), False),
        (404, None, None, False),
        (None, 404, timedelta(hours=1), False),
    ],
)
def test_an_article_is_withdrawn_by_410_or_by_a_repeated_404(
    status: int | None, last: int | None, since: timedelta | None, withdrawn: bool
) -> None:
    assert is_withdrawn(status, last_status=last, since_last=since) is withdrawn


def test_retry_after_takes_precedence() -> None:
    until = NOW + timedelta(hours=20)
    assert next_article_fetch(RecrawlState(), Outcome.BLOCKED, now=NOW, not_before=until).at == until
    soon = NOW + timedelta(minutes=1)
    assert next_article_fetch(RecrawlState(failures=5), Outcome.BLOCKED, now=NOW, not_before=soon).at == soon
    assert next_article_fetch(RecrawlState(), Outcome.NOT_ARTICLE, now=NOW, not_before=soon).at == soon


PARSED = Outcome.NOT_ARTICLE


def test_a_listing_is_due_at_the_next_crawl_after_its_first_fetch() -> None:
    assert next_listing_fetch(RecrawlState(), PARSED, now=NOW, new_links=20).at == NOW


def test_a_listing_is_due_when_one_more_new_link_is_expected() -> None:
    earlier = [ListingYield(NOW - 9 * HOUR, 30), ListingYield(NOW - 6 * HOUR, 2)]
    assert next_listing_fetch(RecrawlState(), PARSED, now=NOW, earlier=earlier, new_links=1).at == NOW + 9 * HOUR / 3.5
    quiet = [ListingYield(NOW - 2 * HOUR, 30)]
    assert next_listing_fetch(RecrawlState(), Outcome.UNCHANGED, now=NOW, earlier=quiet).at == NOW + 4 * HOUR
    assert (
        next_listing_fetch(RecrawlState(), PARSED, now=NOW, earlier=[ListingYield(NOW - 30 * DAY, 0)]).at == NOW + DAY
    )


def test_a_sitemap_of_a_past_period_is_retired_after_two_fetches_without_a_new_link() -> None:
    facts = {"now": NOW, "newest": NOW - 40 * DAY, "earlier": [ListingYield(NOW - DAY, 0)]}
    first = next_listing_fetch(RecrawlState(), PARSED, **facts)
    assert first.at is not None
    assert next_listing_fetch(RecrawlState(recrawl_step=first.recrawl_step), PARSED, **facts).at is None
    assert (
        next_listing_fetch(RecrawlState(recrawl_step=first.recrawl_step), PARSED, **facts, new_links=1).at is not None
    )
    assert next_listing_fetch(RecrawlState(recrawl_step=5), PARSED, **facts | {"newest": NOW - 20 * DAY}).at is not None
    assert next_listing_fetch(RecrawlState(recrawl_step=5), PARSED, **facts | {"newest": None}).at is not None


def test_the_next_page_of_a_section_is_never_due_by_itself() -> None:
    assert next_listing_fetch(RecrawlState(), PARSED, now=NOW, only_when_named=True).at is None


FAILED = [Outcome.ERROR, Outcome.GONE, Outcome.BLOCKED, Outcome.ROBOTS]


def get_listing_retries(outcome: Outcome, failures: int, **facts: Any) -> list[timedelta]:
    """Return the wait after each of *failures* fetches of a listing that fail with *outcome*."""
    listing, waits = RecrawlState(), []
    for _ in range(failures):
        due = next_listing_fetch(listing, outcome, now=NOW, **facts)
        listing = RecrawlState(failures=due.failures)
        assert due.at is not None
        waits.append(due.at - NOW)
    return waits


@pytest.mark.parametrize("outcome", FAILED)
def test_failing_listing_is_retried_within_the_hour_for_weeks_and_then_about_every_four_hours(outcome: Outcome) -> None:
    waits = get_listing_retries(outcome, 400)
    assert waits[:6] == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 50, 50)]
    weeks = [wait for wait in waits if wait < HOUR]
    assert waits[: len(weeks)] == weeks
    assert sum(weeks, timedelta()) > 10 * DAY
    assert {wait.total_seconds() // 3600 for wait in waits[len(weeks) :]} == {3}


@pytest.mark.parametrize("outcome", FAILED)
def test_count_of_failures_fits_its_column(outcome: Outcome) -> None:
    assert next_listing_fetch(RecrawlState(failures=2**15 - 1), outcome, now=NOW).failures < 2**15
    assert next_article_fetch(RecrawlState(failures=2**15 - 1), ERROR, now=NOW).failures < 2**15


def test_path_that_was_only_guessed_is_tried_less_often() -> None:
    waits = get_listing_retries(Outcome.GONE, 9, is_guess=True)
    assert waits[:3] == [timedelta(minutes=minutes) for minutes in (5, 10, 20)]
    assert waits[6:] == [timedelta(hours=3, minutes=50)] * 3


def test_next_page_that_is_gone_is_not_due_by_itself() -> None:
    assert next_listing_fetch(RecrawlState(), Outcome.GONE, now=NOW, only_when_named=True).at is None


def test_listing_in_a_cooldown_counts_no_failure_and_waits_as_long_as_the_host_asks() -> None:
    until = NOW + timedelta(hours=20)
    due = next_listing_fetch(RecrawlState(failures=3), Outcome.BLOCKED, now=NOW, not_before=until)
    assert (due.at, due.failures) == (until, 3)


@pytest.mark.parametrize("outage", [timedelta(minutes=20), 5 * HOUR, 9 * DAY])
def test_schedule_of_a_listing_after_an_outage_is_the_one_before_it(outage: timedelta) -> None:
    before = [ListingYield(NOW - outage - number * HOUR, 2) for number in range(1, 6)]
    usual = next_listing_fetch(RecrawlState(), PARSED, now=NOW - outage, earlier=before, new_links=2).at
    after = next_listing_fetch(RecrawlState(), PARSED, now=NOW, earlier=before, new_links=20, is_after_outage=True)
    assert usual is not None
    assert after.at is not None
    assert after.at - NOW == pytest.approx(usual - (NOW - outage), rel=0.1)
    assert after.failures == 0
    recovered = ListingYield(NOW, 20, is_after_outage=True)
    later = next_listing_fetch(RecrawlState(), PARSED, now=NOW + HOUR, earlier=[recovered, *before], new_links=2)
    assert later.at is not None
    assert later.at - NOW - HOUR == pytest.approx(usual - (NOW - outage), rel=0.1)


def test_first_fetch_of_a_listing_that_had_failed_is_a_first_fetch() -> None:
    assert next_listing_fetch(RecrawlState(failures=9), PARSED, now=NOW, new_links=20, is_after_outage=True).at == NOW


def test_new_page_that_is_not_there_yet_is_tried_twice_more() -> None:
    page, waits = RecrawlState(), []
    for _ in range(3):
        due = next_article_fetch(page, Outcome.GONE, now=NOW, to_confirm=True)
        page = RecrawlState(failures=due.failures)
        waits.append(due.at)
    assert waits == [NOW + HOUR, NOW + DAY, None]
