"""Conditional requests: ask only for pages that changed since the last fetch (RFC 9110, section 13)."""

from __future__ import annotations

from scrapy import Request

from newscrawl.storage.records import Claim


class ConditionalMiddleware:
    """Adds If-None-Match and If-Modified-Since from the validators of the page's last response."""

    def process_request(self, request: Request) -> None:
        claim: Claim | None = request.meta.get("claim")
        if claim is None:
            return
        if claim.etag:
            request.headers.setdefault("If-None-Match", claim.etag)
        if claim.last_modified:
            request.headers.setdefault("If-Modified-Since", claim.last_modified)
