"""The stored articles that a batch of new ones may match: looked up together, updated as the batch is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, bindparam, select

from newscrawl.dedup.content_hash import same_body, same_headline
from newscrawl.dedup.regressions import RejectedVersion
from newscrawl.items import Article
from newscrawl.storage.records import Claim
from newscrawl.storage.schema import articles, rejected_versions

_select = select(
    articles.c.id,
    articles.c.url_key,
    articles.c.site,
    articles.c.content_hash,
    articles.c.page_id,
    articles.c.withdrawn_at,
    articles.c.date_downloaded,
    articles.c.revision,
    articles.c.extractor_version,
    articles.c.headline,
    rejected_versions.c.content_hash.label("rejected_hash"),
    rejected_versions.c.fetches.label("rejected_fetches"),
    rejected_versions.c.first_at.label("first_rejected_at"),
).select_from(articles.outerjoin(rejected_versions, rejected_versions.c.article_id == articles.c.id))
_by_url_key = _select.where(articles.c.url_key.in_(bindparam("values", expanding=True)))
_by_page = _select.where(articles.c.page_id.in_(bindparam("values", expanding=True)))
_by_content = _select.where(articles.c.content_hash.in_(bindparam("values", expanding=True))).order_by(articles.c.id)
_select_body = select(articles.c.article_body).where(articles.c.id == bindparam("article"))


@dataclass(slots=True)
class ExistingArticle:
    """What of a stored article decides what is done with a new one."""

    id: int
    url_key: str
    site: str | None
    headline: str | None
    content_hash: str | None
    page_id: int | None
    withdrawn: bool
    date_downloaded: datetime | None
    revision: int
    extractor_version: int | None
    rejected: RejectedVersion | None = None


@dataclass(slots=True)
class ExistingArticles:
    """Stored articles by what a new one may share with them; one object for each article."""

    by_url_key: dict[str | None, ExistingArticle]
    by_page: dict[int | None, ExistingArticle]
    by_content: dict[str | None, list[ExistingArticle]]

    @classmethod
    def find(cls, connection: Connection, new: Sequence[Article], claims: Sequence[Claim]) -> Self:
        """Look up the articles with the key, page or content hash of one of the *new* ones, fetched by *claims*."""
        by_id: dict[int, ExistingArticle] = {}

        def query(statement: Any, values: Sequence[Any]) -> list[ExistingArticle]:
            rows = connection.execute(statement, {"values": values})
            return [by_id.setdefault(row.id, _make_existing(row)) for row in rows]

        found = cls({}, {}, {})
        keys = [one.url_key for one in new] + [claim.url_key for claim in claims]
        found.by_url_key.update((one.url_key, one) for one in query(_by_url_key, keys))
        found.by_page.update((one.page_id, one) for one in query(_by_page, [claim.page_id for claim in claims]))
        for one in query(_by_content, [one.content_hash for one in new]):
            found.by_content.setdefault(one.content_hash, []).append(one)
        return found

    def find_same_content(self, new: Article) -> ExistingArticle | None:
        """Return the first article of the same site with the same headline and body that was not withdrawn."""
        same = self.by_content.get(new.content_hash, ())
        return next((one for one in same if one.site == new.site and not one.withdrawn), None)

    def add(self, article: ExistingArticle) -> None:
        """Add an article that was just written."""
        self.by_url_key[article.url_key] = self.by_page[article.page_id] = article
        self.by_content.setdefault(article.content_hash, []).append(article)

    def change_key(self, article: ExistingArticle, key: str) -> None:
        """Move *article* to another key."""
        del self.by_url_key[article.url_key]
        article.url_key = key
        self.by_url_key[key] = article


def is_same_text(connection: Connection, new: Article, stored: ExistingArticle) -> bool:
    """Return whether *stored*, an article under the key of *new*, has its headline or body."""
    if stored.content_hash == new.content_hash or same_headline(stored.headline, new.headline):
        return True
    return same_body(connection.execute(_select_body, {"article": stored.id}).scalar_one(), new.article_body)


def _make_existing(row: Any) -> ExistingArticle:
    return ExistingArticle(
        row.id,
        row.url_key,
        row.site,
        row.headline,
        row.content_hash,
        row.page_id,
        withdrawn=row.withdrawn_at is not None,
        date_downloaded=row.date_downloaded,
        revision=row.revision,
        extractor_version=row.extractor_version,
        rejected=RejectedVersion(row.rejected_hash, row.rejected_fetches, row.first_rejected_at)
        if row.rejected_hash
        else None,
    )
