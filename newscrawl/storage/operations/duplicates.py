"""Whether a stored article already has the text of a new one, asked before the new one is saved.

Asked on the writer's connection: in a crawl, cheaper than a connection and a thread of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.existing_articles import ExistingArticles, is_same_text
from newscrawl.storage.records import Claim, Saved


@dataclass(frozen=True, slots=True)
class FindDuplicate:
    """Find the stored article that *article*, which has its fingerprints, duplicates; writes nothing.

    The result is what `SaveArticle` would return for a duplicate, where it would change no other article; else None.
    None is for a new article, a new version, and for the rare cases in which a duplicate changes the key or the page of
    a stored article: those are decided in the transaction that writes them.
    Another crawl may store the same text after this look-up; `SaveArticle` then finds it.
    """

    article: Article
    claim: Claim

    @classmethod
    def apply_all(cls, connection: Connection, operations: Sequence[FindDuplicate]) -> list[Saved | None]:
        existing = ExistingArticles.find(
            connection, [one.article for one in operations], [one.claim for one in operations]
        )
        return [one._find(connection, existing) for one in operations]

    def _find(self, connection: Connection, existing: ExistingArticles) -> Saved | None:
        article, claim = self.article, self.claim
        stored, by_page = existing.by_url_key.get(article.url_key), existing.by_page.get(claim.page_id)
        if stored is not None and stored.page_id not in {None, claim.page_id}:
            if claim.url_key == article.url_key:
                return None
            if not is_same_text(connection, article, stored):
                stored = existing.by_url_key.get(claim.url_key) or by_page
        else:
            stored = stored or by_page
        if stored is None:
            same = existing.find_same_content(article)
            return None if same is None else Saved(Outcome.DUPLICATE, "same_content", same.id)
        if stored.page_id in {None, claim.page_id} or stored.withdrawn:
            return None
        return Saved(Outcome.DUPLICATE, "same_url", stored.id)
