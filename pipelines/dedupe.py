"""What an article is recognised by: the identity of its URL, the hash of its content, and the bands of its text.

The fingerprints are taken here; whether they are known is decided inside the transaction that stores the article,
where no second writer can slip between the look and the write.
"""

from __future__ import annotations

from newscrawl.identity import content_hash
from newscrawl.items import Article
from newscrawl.signature import bands_of
from newscrawl.urls import normalise


class DedupePipeline:
    """Gives an article its fingerprints."""

    def process_item(self, item: Article) -> Article:
        item.key = normalise(item.canonical_url or item.url or "")
        item.content_hash = content_hash(item.headline, item.article_body)
        if item.bands is None:
            item.bands = bands_of(item.article_body)
        return item
