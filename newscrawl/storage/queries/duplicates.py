"""Look up whether an article is stored already."""

from __future__ import annotations

from sqlalchemy import Engine

from newscrawl.items import Article
from newscrawl.storage.records import Claim, Saved


def find_duplicate(engine: Engine, article: Article, claim: Claim) -> Saved | None:
    return None
