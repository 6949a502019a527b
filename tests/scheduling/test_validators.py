"""304 responses of listings are checked now and then, and validators that hide something are not used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.scheduling.validators import DISTRUST, ValidatorState, is_credible, must_check, next_validator_state

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(("credible", "first"), [(False, [1]), (True, [])])
def test_the_first_304s_are_checked_sooner_than_later_ones(credible: bool, first: list[int]) -> None:
    assert [number for number in range(40) if must_check(number, credible=credible)] == [*first, 2, 4, 8, 16, 24, 32]


@pytest.mark.parametrize(
    ("last_modified", "newest_link_at", "credible"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", NOW, True),
        ("Sun, 22 Nov 2026 12:00:00 -0000", NOW + timedelta(hours=20), True),
        ("Wed, 25 Nov 2026 12:00:00 GMT", NOW, True),
        ("Thu, 12 Jan 2017 00:12:01 GMT", NOW, False),
        ("Fri, 20 Nov 2026 12:00:00 GMT", NOW, False),
        ("Sun, 22 Nov 2026 12:00:00 GMT", None, False),
        ("yesterday", NOW, False),
        (None, NOW, False),
    ],
)
def test_validators_are_credible_if_they_are_not_older_than_what_they_validate(
    last_modified: str | None, newest_link_at: datetime | None, credible: bool
) -> None:
    assert is_credible(last_modified, newest_link_at) is credible


def test_304s_in_a_row_are_counted_whether_they_are_checked_or_not() -> None:
    assert next_validator_state(3, NOW, was_not_modified=True, is_contradicted=False) == ValidatorState(4)
    assert next_validator_state(3, NOW, was_not_modified=False, is_contradicted=False) == ValidatorState(0)


def test_validators_that_hid_something_are_distrusted_for_a_while() -> None:
    state = next_validator_state(3, NOW, was_not_modified=True, is_contradicted=True)
    assert state == ValidatorState(0, NOW + DISTRUST)
