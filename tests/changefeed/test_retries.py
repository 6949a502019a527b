"""Which responses to a webhook are final, and how long the next attempt waits."""

from __future__ import annotations

import pytest

from newscrawl.changefeed.retries import is_delivered, is_temporary, next_delay


@pytest.mark.parametrize("status", [200, 202, 204])
def test_every_2xx_is_a_delivery(status: int) -> None:
    assert is_delivered(status)


@pytest.mark.parametrize("status", [None, 408, 425, 429, 500, 503, 599])
def test_temporary_failures_are_retried(status: int | None) -> None:
    assert is_temporary(status)
    assert not is_delivered(status)


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 422])
def test_other_responses_are_final(status: int) -> None:
    assert not is_temporary(status)
    assert not is_delivered(status)


def test_delays_double_up_to_five_minutes() -> None:
    assert [next_delay(one, None, 1) for one in (1, 2, 3, 9, 10, 1000)] == [1, 2, 4, 256, 300, 300]
    assert next_delay(3, None, 0) == 2


def test_receiver_can_ask_for_a_longer_delay() -> None:
    assert next_delay(1, 60, 0.5) == 60
    assert next_delay(9, 1, 1) == 256
