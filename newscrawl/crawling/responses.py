"""What components read off a response."""

from __future__ import annotations

from datetime import UTC, datetime

from scrapy.http import Response

from newscrawl.scheduling.backoff import parse_retry_after

ARCHIVED = "archived"
"""Flag of a response that comes from an archive, and key in Request.meta under which it is kept until then."""
TRUNCATED = "truncated"
"""Flag of a feed or sitemap that was cut off, and not sent whole when it was asked for again."""


def get_content_type(response: Response) -> str | None:
    """Return the declared content type, or None if it is missing or not ASCII."""
    return get_ascii_header(response, "Content-Type")


def get_ascii_header(response: Response, name: str) -> str | None:
    """Return a header as text, or None if it is missing or not ASCII."""
    value = response.headers.get(name)
    return value.decode("ascii") if value and value.isascii() else None


def asks_to_wait(response: Response) -> bool:
    """Return whether the host asks for a pause: with 429, or with 503 and a valid Retry-After.

    503 alone says that the server fails, as 500 does.
    """
    if response.status == 429:
        return True
    return (
        response.status == 503 and parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC)) is not None
    )
