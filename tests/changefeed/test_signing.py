"""Signatures are those of Standard Webhooks."""

from __future__ import annotations

import pytest

from newscrawl.changefeed.signing import make_signature, parse_secrets
from newscrawl.exceptions import UsageError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_signature_of_the_published_example() -> None:
    body = b'{"test": 2432232314}'
    header = make_signature(parse_secrets(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_of_two_secrets_signs() -> None:
    both = make_signature(parse_secrets(f"{SECRET} {'x' * 24}"), "id", 1, b"{}")
    assert both.split() == [make_signature(parse_secrets(one), "id", 1, b"{}") for one in (SECRET, "x" * 24)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the secret is empty"),
        ("hunter2", "the secret has 7 bytes; use at least 24 random ones"),
        ("whsec_hunter!", "the secret is not base64"),
    ],
)
def test_bad_secret_is_rejected_without_being_repeated(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        parse_secrets(text)
    assert "hunter" not in str(raised.value)
