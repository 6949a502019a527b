"""Sign webhooks as Standard Webhooks says (https://www.standardwebhooks.com), with HMAC-SHA256."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

from newscrawl.exceptions import UsageError

PREFIX = "whsec_"
MIN_BYTES = 24


def parse_secrets(text: str) -> tuple[bytes, ...]:
    """Return the secrets in *text*, which are separated by spaces: after `whsec_` in base64, otherwise as they are.

    Raises UsageError, without any part of a secret, for one that is too short or not base64.
    """
    secrets = tuple(map(_parse_secret, text.split()))
    if not secrets:
        raise UsageError("the secret is empty")
    return secrets


def _parse_secret(text: str) -> bytes:
    try:
        secret = (
            base64.b64decode(text.removeprefix(PREFIX), validate=True) if text.startswith(PREFIX) else text.encode()
        )
    except binascii.Error:
        raise UsageError(f"the secret is not base64 after {PREFIX!r}") from None
    if len(secret) < MIN_BYTES:
        raise UsageError(f"the secret has {len(secret)} bytes; use at least {MIN_BYTES} random ones")
    return secret


def make_signature(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each secret, so that secrets can be replaced."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret, signed, "sha256") for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
