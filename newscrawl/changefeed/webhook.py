"""Post changes as signed webhooks, in order; one that is not accepted is sent again and never skipped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from newscrawl.changefeed.http import Response, Target, post
from newscrawl.changefeed.retries import is_delivered, is_temporary, next_delay
from newscrawl.changefeed.signing import make_signature
from newscrawl.changefeed.stop import Stop
from newscrawl.exceptions import NewscrawlError
from newscrawl.scheduling.backoff import parse_retry_after
from newscrawl.text.secrets import mask_values
from newscrawl.text.terminal import dump_json_for_terminal

EVENT = "article.changes"
MAX_CHANGES = 100
MAX_BYTES = 1_000_000
"""Of one webhook; a single change may be larger."""
MAX_QUOTED = 200
"""Characters of a response in a message."""


class DeliveryError(NewscrawlError):
    """A webhook that was not accepted; the position stays before it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook; the same changes with the same articles make the same one."""

    id: str
    body: bytes
    first: int
    last: int
    size: int
    """Number of changes."""


def make_message(changes: Sequence[Mapping[str, Any]], cursor: str) -> Message:
    """Return a webhook with as many of *changes* as fit, at least one."""
    encoded: list[bytes] = []
    total = 0
    for change in changes[:MAX_CHANGES]:
        text = dump_json_for_terminal(change, indent=None).encode()
        total += len(text)
        if encoded and total > MAX_BYTES:
            break
        encoded.append(text)
    last = changes[len(encoded) - 1]
    head = f'{{"type": "{EVENT}", "timestamp": "{last["changed_at"].isoformat()}", "data": {{"changes": ['
    body = head.encode() + b", ".join(encoded) + b"]}}"
    first_id, last_id = changes[0]["change_id"], last["change_id"]
    message_id = f"changes_{cursor}_{first_id}_{last_id}_{sha256(body).hexdigest()[:16]}"
    return Message(message_id, body, first_id, last_id, len(encoded))


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """Who receives webhooks, and how persistently they are sent."""

    target: Target
    secrets: Sequence[bytes]
    """Empty: webhooks are not signed."""
    cursor: str
    max_attempts: int | None
    """Of one webhook; None for no limit."""


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """Posts batches of changes."""

    options: WebhookOptions
    stop: Stop
    report: Callable[[str], None]
    """Gets a line about each attempt that failed."""

    def deliver(self, changes: Sequence[Mapping[str, Any]]) -> int:
        """Post the first of *changes* until they are accepted; return how many, 0 if a stop was requested.

        Raises DeliveryError if the receiver rejects them, or fails too often.
        """
        message, attempts = make_message(changes, self.options.cursor), 0
        while not self.stop.requested:
            response = self._send(message)
            if is_delivered(response.status):
                return message.size
            attempts += 1
            self._check(message, response, attempts)
            asked = parse_retry_after((response.retry_after or "").encode("utf-8", "replace"), datetime.now(UTC))
            delay = next_delay(attempts, asked, random.random())
            what = describe(self.options.target, response)
            self.report(f"{what}; sending changes {message.first} to {message.last} again in {delay:.0f} s")
            self.stop.wait(delay)
        return 0

    def _send(self, message: Message) -> Response:
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "newscrawl",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
        }
        if self.options.secrets:
            headers["webhook-signature"] = make_signature(self.options.secrets, message.id, timestamp, message.body)
        return post(self.options.target, message.body, headers)

    def _check(self, message: Message, response: Response, attempts: int) -> None:
        what, cursor = describe(self.options.target, response), self.options.cursor
        which = f"changes {message.first} to {message.last}"
        if not is_temporary(response.status):
            raise DeliveryError(
                f"{what} to {which}; the cursor {cursor} stays before them. Fix the receiver and start again, "
                f"or skip them: scrapy changes --reset {cursor} --since {message.last}"
            )
        if attempts == self.options.max_attempts:
            raise DeliveryError(f"{what} to {which}, {attempts} times; the cursor {cursor} stays before them")


def describe(target: Target, response: Response) -> str:
    """Return what a receiver answered, without anything secret of its URL."""
    # Many servers quote the URL that they do not know.
    path, _, query = target.path.partition("?")
    text = mask_values(response.text, {target.path, path, query, *(value for _, value in parse_qsl(query))})
    if response.status is None:
        return f"{target.origin} did not respond ({text})"
    quoted = f" ({text[:MAX_QUOTED]!r})" if text else ""
    return f"{target.origin} returned {response.status}{quoted}"
