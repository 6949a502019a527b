"""Which tokens are good enough."""

from newscrawl.exceptions import UsageError

MIN_LENGTH = 16


def check_token(token: str) -> str | None:
    """Return *token*, None for an empty one. Raises UsageError for one that can be guessed or not be sent."""
    if not token:
        return None
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("invalid NEWSCRAWL_SERVE_TOKEN: write it in printable ASCII characters without spaces")
    if len(token) < MIN_LENGTH:
        raise UsageError(
            f"NEWSCRAWL_SERVE_TOKEN has {len(token)} characters and could be guessed: give it {MIN_LENGTH} or more, "
            "for example from `openssl rand -hex 32`"
        )
    return token
