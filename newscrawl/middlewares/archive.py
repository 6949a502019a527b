"""Responses from an archive in place of the network."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from newscrawl.crawling.responses import ARCHIVED


class ArchiveMiddleware:
    """Answers requests that carry a saved response; comes first, so that no host is asked for anything."""

    def process_request(self, request: Request) -> Response | None:
        response: Response | None = request.meta.pop(ARCHIVED, None)
        return response
