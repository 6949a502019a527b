"""Asking only for what has changed since the last visit (RFC 9110, section 13)."""

from __future__ import annotations

from scrapy import Request


class ConditionalMiddleware:
    """Adds If-None-Match and If-Modified-Since from what the page's last answer stated."""

    def process_request(self, request: Request) -> None:
        visit = request.meta.get("visit")
        if visit is None:
            return
        if visit.etag:
            request.headers.setdefault("If-None-Match", visit.etag)
        if visit.last_modified:
            request.headers.setdefault("If-Modified-Since", visit.last_modified)
