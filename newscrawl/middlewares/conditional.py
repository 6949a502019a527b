"""Asking only for what has changed since the last visit (RFC 9110, section 13)."""

from __future__ import annotations

from scrapy import Request


class ConditionalMiddleware:
    """Adds If-None-Match and If-Modified-Since from what the page's last answer stated."""

    def process_request(self, request: Request) -> None:
        claim = request.meta.get("claim")
        if claim is None:
            return
        if claim.etag:
            request.headers.setdefault("If-None-Match", claim.etag)
        if claim.last_modified:
            request.headers.setdefault("If-Modified-Since", claim.last_modified)
