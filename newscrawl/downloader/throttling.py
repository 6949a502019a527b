"""The delay between requests to one host."""

from __future__ import annotations

from scrapy.crawler import Crawler


def set_min_delay(crawler: Crawler, host: str, delay: float) -> None:
    """Keep at least *delay* seconds between two requests to *host* for the rest of the crawl."""
    downloader = crawler.engine.downloader
    slot_settings = downloader.per_slot_settings.setdefault(host, {})
    slot_settings["delay"] = max(delay, slot_settings.get("delay", crawler.settings.getfloat("DOWNLOAD_DELAY")))
    if host in downloader.slots:
        downloader.slots[host].delay = slot_settings["delay"]
