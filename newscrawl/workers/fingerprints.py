"""Compute what the database needs of an article's text, so that the writer need not look at the text."""

from __future__ import annotations

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.differences import count_words
from newscrawl.dedup.near_duplicates import MAX_COMPARED_LENGTH, shingle_body
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article, Fingerprints, get_fingerprinted
from newscrawl.search.document import make_tokens


def compute_fingerprints(article: Article) -> Fingerprints:
    """Return the fingerprints of *article*, for the writer and the search index."""
    body = article.article_body
    compared = shingle_body(body)
    is_whole = len(body or "") <= MAX_COMPARED_LENGTH
    return Fingerprints(
        source=get_fingerprinted(article),
        content_hash=content_hash(article.headline, body),
        shingle_hashes=compared.shingle_hashes if is_whole else compute_shingle_hashes(body),
        shingles=compared.hashes.tobytes(),
        shingle_size=compared.size,
        shingled_words=compared.word_count,
        word_count=count_words(body),
        search_tokens=make_tokens(article),
    )
