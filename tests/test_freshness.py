"""When pages are visited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.freshness import Change, PageState, classify_change, next_visit, should_visit
from newscrawl.items import Outcome

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (PageState(None, None, None), True),
        (PageState(None, None, 6), True),
        (PageState(None, None, 7), False),
        (PageState("stored", NOW, 6), True),
        (PageState("stored", NOW + timedelta(seconds=1), 6), False),
        (PageState("stored", None, 6), False),
    ],
)
def test_a_page_is_visited_when_unfinished_or_due_and_once_a_crawl(page: PageState, expected: bool) -> None:
    assert should_visit(page, crawl_id=7, now=NOW) is expected


def test_force_visits_a_page_that_is_not_due_but_still_once_a_crawl() -> None:
    assert should_visit(PageState("stored", None, 6), crawl_id=7, now=NOW, force=True)
    assert not should_visit(PageState("stored", None, 7), crawl_id=7, now=NOW, force=True)


def test_an_article_is_looked_at_again_at_growing_intervals_and_then_never() -> None:
    dues = [next_visit(Outcome.UNCHANGED, is_article=True, visits=n, now=NOW) for n in range(1, 7)]
    waits = [due - NOW if due else None for due in dues]
    assert waits == [timedelta(hours=1), timedelta(hours=6), timedelta(1), timedelta(3), timedelta(7), None]


def test_errors_are_tried_again_ever_more_seldom_and_never_overflow() -> None:
    waits = [next_visit(Outcome.ERROR, is_article=True, visits=n, now=NOW) for n in (1, 2, 3, 10_000)]
    assert waits == [NOW + timedelta(hours=1), NOW + timedelta(hours=2), NOW + timedelta(hours=4), NOW + timedelta(7)]


@pytest.mark.parametrize("outcome", [Outcome.NOT_ARTICLE, Outcome.UNCHANGED])
def test_listings_are_due_at_every_crawl(outcome: Outcome) -> None:
    assert next_visit(outcome, is_article=False, visits=3, now=NOW) == NOW


def test_a_listing_that_is_gone_is_asked_for_weekly() -> None:
    assert next_visit(Outcome.GONE, is_article=False, visits=1, now=NOW) == NOW + timedelta(days=7)


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.DUPLICATE, Outcome.NOT_ARTICLE])
def test_what_is_no_article_is_not_asked_for_again(outcome: Outcome) -> None:
    assert next_visit(outcome, is_article=True, visits=1, now=NOW) is None


def test_what_the_host_asked_for_comes_first() -> None:
    until = NOW + timedelta(hours=20)
    assert next_visit(Outcome.BLOCKED, is_article=True, visits=1, now=NOW, not_before=until) == until
    soon = NOW + timedelta(minutes=1)
    assert next_visit(Outcome.BLOCKED, is_article=True, visits=5, now=NOW, not_before=soon) == soon


@pytest.mark.parametrize(
    ("stored", "new", "change"),
    [(None, "a", Change.INSERTED), ("a", "a", Change.UNCHANGED), ("a", "b", Change.REVISED)],
)
def test_a_text_is_new_the_same_or_a_revision(stored: str | None, new: str, change: Change) -> None:
    assert classify_change(stored, new) is change
