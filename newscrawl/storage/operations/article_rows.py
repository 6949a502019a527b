"""Articles as rows: the columns of a new version, and what of a version is compared, indexed or recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from newscrawl.dedup.differences import count_words
from newscrawl.dedup.metadata_changes import FIELDS
from newscrawl.dedup.revisions import ArticleVersion
from newscrawl.fields.body_length import TOO_LONG
from newscrawl.items import Article, Fingerprints
from newscrawl.search.document import IndexedArticle
from newscrawl.storage.operations.article_parts import get_lists
from newscrawl.storage.operations.search_index import KnownArticle
from newscrawl.storage.operations.stories import StoryAssignment
from newscrawl.storage.schema import article_revisions, articles

_SEPARATE = {"id", "revision", "withdrawn_at", "word_count", *StoryAssignment(0, None).columns()}
_COLUMNS = tuple(column.name for column in articles.columns if column.name not in _SEPARATE)
REVISION_COLUMNS = tuple(column.name for column in article_revisions.columns if column.name in articles.columns)
"""Columns of `articles` that are kept of an older version."""
_INDEXED = tuple({one.name for one in fields(IndexedArticle)} - {"id", "authors"})
_VERSION_FIELDS = tuple(ArticleVersion.__dataclass_fields__)


def make_row(article: Article) -> dict[str, Any]:
    """Return the columns of `articles` that the text and metadata of an article determine."""
    row = {name: getattr(article, name) for name in _COLUMNS}
    return {**row, "word_count": get_word_count(article)}


def get_stored_version(row: Mapping[str, Any]) -> ArticleVersion:
    """Return what comparisons need of a stored version."""
    return ArticleVersion(**{name: row[name] for name in _VERSION_FIELDS})


def get_new_version(article: Article) -> ArticleVersion:
    """Return what comparisons need of a new version."""
    return ArticleVersion(**{name: getattr(article, name) for name in _VERSION_FIELDS})


def get_metadata(article: Article) -> dict[str, Any]:
    """Return the fields that are compared where the text is unchanged."""
    lists = get_lists(article)
    return {name: lists[name] if name in lists else getattr(article, name) for name in FIELDS}


def get_word_count(article: Article) -> int:
    """Return the number of words of the body."""
    prints = _get_fingerprints(article)
    return count_words(article.article_body) if prints is None else prints.word_count


def get_known_article(article_id: int, article: Article) -> KnownArticle | None:
    """Return what is indexed of an article that is stored as it was extracted; None if its tokens are not known."""
    prints = _get_fingerprints(article)
    if prints is None:
        return None
    values = {name: getattr(article, name) for name in _INDEXED}
    return IndexedArticle(id=article_id, authors=(*article.authors,), **values), prints.search_tokens


def describe_cut(article: Article) -> str | None:
    """Return what `fetches.detail` says about a body that was too long; None for others."""
    is_cut = article.sources.get("is_truncated") == TOO_LONG
    return f"the body is cut after {len(article.article_body or '')} characters" if is_cut else None


def _get_fingerprints(article: Article) -> Fingerprints | None:
    """Return the fingerprints of an article if they are those of its text."""
    prints = article.fingerprints
    return prints if prints is not None and prints.describe(article) else None
