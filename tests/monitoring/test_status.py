"""The state of a site between runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newscrawl.commands.status import format_age
from newscrawl.monitoring.status import RunState, SiteStatus, find_unchecked
from tests.monitoring.test_listings import FEED, FRONT, GUESS, NOW, fail

HOUR = timedelta(hours=1)
RUN = RunState(7, "news", NOW - HOUR, NOW, "finished", 0)
CHECKED = SiteStatus("example.org", (FRONT, FEED), RUN, checked_at=NOW)


@pytest.mark.parametrize(
    ("reason", "code", "failure"),
    [
        ("finished", 0, None),
        ("finished", 4, None),
        ("finished", 5, None),
        ("shutdown", 0, None),
        ("running", None, None),
        ("killed", None, "run 7 was killed"),
        ("network_down", 5, "run 7 could reach no host: the network was down"),
        ("internal_error", 1, "run 7 failed with exit code 1 (internal_error)"),
        ("bad_configuration", 2, "run 7 failed with exit code 2 (bad_configuration): no site file"),
    ],
)
def test_a_run_failed_if_it_did_not_do_its_work(reason: str, code: int | None, failure: str | None) -> None:
    warnings = {"*": ["no site file"]} if code == 2 else {}
    assert replace(RUN, finish_reason=reason, exit_code=code, warnings=warnings).failure == failure


def test_shares_are_of_finished_pages() -> None:
    pages = {("stored", "new"): 6, ("error", "timeout"): 2, ("blocked", "http_403"): 1, ("not_article", "no_body"): 1}
    week = replace(CHECKED, pages=pages).as_json(NOW)["last_week"]
    assert (week["pages"], week["error_share"], week["unreadable_share"]) == (10, 0.3, 0.1)
    assert next(iter(week["reasons"].items())) == ("stored: new", 6)
    assert CHECKED.as_json(NOW)["last_week"]["error_share"] is None


def test_the_next_due_time_is_that_of_the_first_listing_and_never_within_a_cooldown() -> None:
    later = replace(FRONT, next_fetch_at=NOW + 2 * HOUR), replace(FEED, next_fetch_at=NOW + HOUR)
    status = replace(CHECKED, listings=later)
    assert status.next_due_at(NOW) == NOW + HOUR
    assert replace(status, pending=3).next_due_at(NOW) == NOW
    assert replace(status, pending=3, cooldown_until=NOW + 3 * HOUR).next_due_at(NOW) == NOW + 3 * HOUR
    assert replace(status, listings=[fail(FRONT, None, None)]).next_due_at(NOW) == NOW
    assert CHECKED.next_due_at(NOW) is None


def test_the_state_in_one_word() -> None:
    assert CHECKED.state == "ok"
    assert SiteStatus("b.org").state == "never crawled"
    assert replace(CHECKED, cooldown_until=NOW).state == "in backoff"
    assert replace(CHECKED, degraded_since=NOW, cooldown_until=NOW).state == "degraded"


def test_guesses_and_redirects_are_no_listings_of_the_site() -> None:
    listings = [FRONT, fail(GUESS), fail(FEED, "duplicate", "redirect"), fail(FEED)]
    assert replace(CHECKED, listings=listings).known_listings == [FRONT, listings[3]]


def test_what_a_run_found_out_and_did_not_check_degrades_a_site() -> None:
    killed = replace(RUN, finish_reason="killed", exit_code=None)
    assert find_unchecked(CHECKED, NOW) is None
    assert find_unchecked(replace(CHECKED, listings=[FRONT, fail(FEED)]), NOW) is None
    assert find_unchecked(replace(CHECKED, last_run=killed), NOW) == (RUN.started_at, ["run 7 was killed"])
    stale = replace(CHECKED, listings=[FRONT, fail(FEED)], checked_at=NOW - 2 * HOUR)
    since, [line] = find_unchecked(stale, NOW) or (None, [""])
    assert since == NOW
    assert line.startswith("the feed https://example.org/rss answered with HTTP 404")
    unread = replace(CHECKED, listings=[fail(FRONT), fail(GUESS)], checked_at=None)
    assert (find_unchecked(unread, NOW) or (None, [""]))[1][0].startswith("nothing could be read: the front page")
    assert find_unchecked(SiteStatus("b.org"), NOW) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (-5, "0 s"), (59, "59 s"), (600, "10 min"), (7200, "2 h"), (864_000, "10 d")]
)
def test_ages_are_one_number(seconds: int, text: str) -> None:
    assert format_age(timedelta(seconds=seconds)) == text
