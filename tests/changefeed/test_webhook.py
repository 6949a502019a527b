"""Webhooks are delivered in order, sent again after failures, and never skipped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.changefeed.follower import FollowOptions, Unnamed, follow
from newscrawl.changefeed.http import parse_target
from newscrawl.changefeed.reader import Batch, ChangeReader
from newscrawl.changefeed.signing import make_signature
from newscrawl.changefeed.stop import Stop
from newscrawl.changefeed.webhook import MAX_BYTES, DeliveryError, WebhookOptions, WebhookSink, make_message
from tests.support.crawling import StubResponse
from tests.support.receiver import Receiver, receiver

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"x" * 24


def make_changes(*ids: int, **facts: Any) -> list[dict[str, Any]]:
    return [{"change_id": one, "changed_at": AT, **facts} for one in ids]


class Quick(Stop):
    """Counts the seconds that it was asked to wait, and does not wait."""

    def __init__(self, *, at: int | None = None) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._at = at

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        if len(self.waits) == self._at:
            self.request("SIGTERM")
        return self.requested


def make_sink(
    found: Receiver, stop: Stop | None = None, lines: list[str] | None = None, attempts: int | None = 4
) -> WebhookSink:
    options = WebhookOptions(parse_target(found.url), [SECRET], "mirror", attempts)
    return WebhookSink(options, stop or Quick(), (lines if lines is not None else []).append)


def test_webhook_is_signed_and_has_an_id() -> None:
    with receiver() as found:
        assert make_sink(found).deliver(make_changes(3, 4)) == 2
    [body], [headers] = found.bodies, found.headers
    message_id, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == make_signature([SECRET], message_id, timestamp, body)
    assert message_id.startswith("changes_mirror_3_4_")
    assert headers["content-type"] == "application/json"
    assert found.change_ids() == [[3, 4]]


def test_the_same_changes_make_the_same_message() -> None:
    one, same, other = (make_message(make_changes(3, headline=text), "mirror") for text in "aab")
    assert one == same
    assert one.id != other.id


def test_a_large_article_is_sent_alone() -> None:
    large = make_changes(1, 2, 3, text="x" * MAX_BYTES)
    assert (make_message(large, "mirror").size, make_message(make_changes(*range(500)), "mirror").size) == (1, 100)


def test_failed_webhook_is_sent_again_with_the_same_id() -> None:
    stop, lines = Quick(), list[str]()
    failures = StubResponse(b"busy", 503, {"Retry-After": "77"}), StubResponse(b"", 429)
    with receiver(*failures) as found:
        assert make_sink(found, stop, lines).deliver(make_changes(3)) == 1
    assert len({headers["webhook-id"] for headers in found.headers}) == 1
    assert len(found.headers) == 3
    assert stop.waits[0] == 77
    assert 1 <= stop.waits[1] <= 2
    assert "returned 503 ('busy'); sending changes 3 to 3 again in 77 s" in lines[0]
    assert not any("hidden" in line or SECRET.decode() in line for line in lines)


@pytest.mark.parametrize("status", [400, 404, 410, 302])
def test_rejected_webhook_ends_the_delivery(status: int) -> None:
    with receiver(StubResponse(b"unknown", status)) as found, pytest.raises(DeliveryError) as raised:
        make_sink(found).deliver(make_changes(3, 4))
    assert f"returned {status} ('unknown') to changes 3 to 4; the cursor mirror stays before them" in str(raised.value)
    assert "hidden" not in str(raised.value)
    assert len(found.bodies) == 1


def test_delivery_ends_after_too_many_failures() -> None:
    with receiver(*[StubResponse(status=500)] * 4) as found, pytest.raises(DeliveryError, match="4 times"):
        make_sink(found).deliver(make_changes(3))
    assert len(found.bodies) == 4


def test_follower_retries_until_it_is_stopped() -> None:
    stop = Quick(at=9)
    with receiver(*[StubResponse(status=500)] * 50) as found:
        assert make_sink(found, stop, attempts=None).deliver(make_changes(3)) == 0
    assert len(found.bodies) == 9


class Feed(ChangeReader):
    """A feed of 250 changes."""

    def __init__(self) -> None:
        pass

    def read(self, since: int, limit: int) -> Batch:
        changes = make_changes(*range(since + 1, min(since + limit, 250) + 1))
        return Batch(changes, changes[-1]["change_id"] if changes else since)


def test_position_moves_with_each_webhook_that_was_accepted() -> None:
    position, stop = Unnamed(0), Quick()
    with receiver(StubResponse(status=200), StubResponse(status=500), StubResponse(b"", 422)) as found:
        with pytest.raises(DeliveryError):
            follow(Feed(), make_sink(found, stop), position, stop, FollowOptions())
        assert position.change_id == 100
        assert follow(Feed(), make_sink(found, stop), position, stop, FollowOptions())
    assert position.change_id == 250
    accepted = [found.change_ids()[0], *found.change_ids()[3:]]
    assert [one for ids in accepted for one in ids] == list(range(1, 251))
