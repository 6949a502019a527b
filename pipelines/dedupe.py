"""What an article is recognised by: the identity of its URL, the hash of its content, and the bands of its text.

The fingerprints are taken here; whether they are known is decided inside the transaction that stores the article,
where no second writer can slip between the look and the write.
"""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.extensions.crawl_state import CrawlStateExtension
from newscrawl.items import Article


class DedupePipeline:
    """Gives an article its fingerprints."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        ledger = self._crawler.get_extension(CrawlStateExtension)
        assert ledger is not None
        item.url_key = ledger.keys.article_key(item.url or "", item.canonical_url)
        item.content_hash = content_hash(item.headline, item.article_body)
        if item.shingle_hashes is None:
            item.shingle_hashes = compute_shingle_hashes(item.article_body)
        return item
