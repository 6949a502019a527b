"""Whether a stored article already has the text of a new one, asked before the new one is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from newscrawl.dedup.content_hash import same_body, same_headline
from newscrawl.items import Article, Outcome
from newscrawl.storage.records import Claim, Saved
from newscrawl.storage.schema import articles

_select_similar = (
    select(
        articles.c.id,
        articles.c.url_key,
        articles.c.site,
        articles.c.headline,
        articles.c.content_hash,
        articles.c.page_id,
        articles.c.withdrawn_at,
    )
    .where(
        or_(
            articles.c.url_key.in_([bindparam("key"), bindparam("page_key")]),
            articles.c.page_id == bindparam("page"),
            # Without the site: SQLite would take the index of that, and read all its articles.
            articles.c.content_hash == bindparam("hash"),
        )
    )
    .order_by(articles.c.id)
)
_select_body = select(articles.c.article_body).where(articles.c.id == bindparam("article"))


def find_duplicate(connection: Connection, article: Article, claim: Claim) -> Saved | None:
    """Return what `SaveArticle` would return for a duplicate, where it would change no other article; else None.

    *article* has its fingerprints. None is for a new article, a new
    version, and for the rare cases in which a duplicate changes the key or the page of a stored article: those are
    decided in the transaction that writes them.
    Another crawl may store the same text after this look-up; `SaveArticle` then finds it.
    """
    values = {
        "key": article.url_key,
        "page_key": claim.url_key,
        "page": claim.page_id,
        "hash": article.content_hash,
    }
    similar = connection.execute(_select_similar, values).all()
    by_page = _first(similar, page_id=claim.page_id)
    stored = _first(similar, url_key=article.url_key)
    if stored is not None and stored.page_id not in {None, claim.page_id}:
        if claim.url_key == article.url_key:
            return None
        if not is_same_text(connection, article, stored):
            stored = _first(similar, url_key=claim.url_key) or by_page
    else:
        stored = stored or by_page
    if stored is None:
        return _find_same_content(similar, article)
    if stored.page_id in {None, claim.page_id} or stored.withdrawn_at is not None:
        return None
    return Saved(Outcome.DUPLICATE, "same_url", stored.id)


def is_same_text(connection: Connection, new: Article, stored: Any) -> bool:
    """Return whether *stored*, an article under the key of *new*, has its headline or body."""
    if stored.content_hash == new.content_hash or same_headline(stored.headline, new.headline):
        return True
    return same_body(connection.execute(_select_body, {"article": stored.id}).scalar_one(), new.article_body)


def _first(rows: Sequence[Any], **values: Any) -> Any:
    return next((row for row in rows if all(getattr(row, name) == value for name, value in values.items())), None)


def _find_same_content(similar: Sequence[Any], article: Article) -> Saved | None:
    for row in similar:
        if row.content_hash == article.content_hash and row.site == article.site and row.withdrawn_at is None:
            return Saved(Outcome.DUPLICATE, "same_content", row.id)
    return None
