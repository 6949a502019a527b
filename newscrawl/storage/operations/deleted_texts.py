"""The hashes of deleted texts: no copy of one is stored again, whatever URL it is found at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, bindparam, insert, select

from newscrawl.dedup.content_hash import headline_hash
from newscrawl.items import Article, Outcome
from newscrawl.storage.records import Claim
from newscrawl.storage.schema import article_revisions, deleted_texts, pages, rejected_versions

DELETED_TEXT = "deleted_text"
"""The reason of a page that shows a text which was deleted."""

_is_deleted = pages.c.outcome == Outcome.DELETED.value
_pages = select(pages.c.id).where(pages.c.id.in_(bindparam("values", expanding=True)), _is_deleted)
_keys = select(pages.c.url_key).where(pages.c.url_key.in_(bindparam("values", expanding=True)), _is_deleted)
_texts = select(deleted_texts.c.site, deleted_texts.c.content_hash).where(
    deleted_texts.c.content_hash.in_(bindparam("values", expanding=True))
)
_headlines = select(deleted_texts.c.site, deleted_texts.c.headline_hash).where(
    deleted_texts.c.headline_hash.in_(bindparam("values", expanding=True))
)


@dataclass(frozen=True, slots=True)
class DeletedTexts:
    """What of a batch of articles was deleted before: their pages, their texts, or the pages of their canonical URLs.

    A canonical URL counts only together with the headline: some sites have the same one on all their pages.
    """

    pages: frozenset[int]
    """Claimed pages whose article was deleted while the crawl fetched them."""
    _keys: frozenset[str]
    """URL keys of articles that belong to pages whose article was deleted."""
    _texts: frozenset[tuple[str, str]]
    _headlines: frozenset[tuple[str, str]]

    @classmethod
    def find(cls, connection: Connection, new: Sequence[Article], claims: Sequence[Claim]) -> Self:
        """Look *new* articles and their *claims* up at once."""

        def query(statement: Any, values: Iterable[Any]) -> Sequence[Any]:
            wanted = list({*values} - {None})
            return connection.execute(statement, {"values": wanted}).all() if wanted else ()

        by_canonical = [one for one, claim in zip(new, claims, strict=True) if one.url_key != claim.url_key]
        keys = frozenset(row[0] for row in query(_keys, (one.url_key for one in by_canonical)))
        hashes = (headline_hash(one.headline) for one in by_canonical if one.url_key in keys)
        return cls(
            frozenset(row[0] for row in query(_pages, (claim.page_id for claim in claims))),
            keys,
            frozenset((row[0], row[1]) for row in query(_texts, (one.content_hash for one in new))),
            frozenset((row[0], row[1]) for row in query(_headlines, hashes)),
        )

    def includes(self, article: Article) -> bool:
        """Return whether the site had this text, or one with this canonical URL and headline, and it was deleted."""
        if (article.site, article.content_hash) in self._texts:
            return True
        is_known = article.url_key in self._keys
        return is_known and (article.site, headline_hash(article.headline)) in self._headlines


def remember_texts(connection: Connection, articles: Sequence[Any], reason: str, *, with_versions: bool) -> None:
    """Keep the hashes of *articles*, rows that are about to be deleted; *with_versions*: of all their versions."""
    by_id = {row.id: row for row in articles}
    texts = {(row.id, row.content_hash): headline_hash(row.headline) for row in articles}
    if with_versions:
        texts |= _hash_versions(connection, by_id)
    rows = [
        {"article_id": one, "content_hash": text, "headline_hash": headline, "site": by_id[one].site, "reason": reason}
        for (one, text), headline in texts.items()
    ]
    connection.execute(insert(deleted_texts), rows)


def _hash_versions(connection: Connection, by_id: dict[int, Any]) -> dict[tuple[int, str], str]:
    """Return (article, content hash) -> headline hash of older and rejected versions."""
    columns = article_revisions.c
    older = select(columns.article_id, columns.content_hash, columns.headline).where(_is_of(columns.article_id, by_id))
    rejected = select(rejected_versions.c.article_id, rejected_versions.c.content_hash).where(
        _is_of(rejected_versions.c.article_id, by_id)
    )
    found = {
        (row.article_id, row.content_hash): headline_hash(by_id[row.article_id].headline)
        for row in connection.execute(rejected)
    }
    return found | {
        (row.article_id, row.content_hash): headline_hash(row.headline) for row in connection.execute(older)
    }


def _is_of(column: Any, ids: Collection[int]) -> Any:
    return column.in_(list(ids))
