"""What components read off a response."""

from __future__ import annotations

from scrapy.http import Response

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
