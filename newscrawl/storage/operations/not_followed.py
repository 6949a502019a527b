"""Links that were recorded and not followed: reconsidered when the rules of their site change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.selection import LinkRules, find_obstacle
from newscrawl.items import Outcome
from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.schema import pages

_select_links = select(pages.c.id, pages.c.url, pages.c.reason, pages.c.source_metadata).where(
    pages.c.site == bindparam("site_name"), pages.c.outcome == Outcome.NOT_FOLLOWED.value
)
_set_obstacle = (
    update(pages)
    .where(pages.c.id == bindparam("page"))
    .values(outcome=bindparam("new_outcome"), reason=bindparam("obstacle"))
)


@dataclass(frozen=True, slots=True)
class ReconsiderLinks(SingleOperation[int]):
    """Make links pending that the rules of their site now follow, and update the reasons of the others.

    Result: how many are pending now.
    """

    site: str
    domain: str
    """The site's registrable domain."""
    rules: LinkRules

    def apply(self, connection: Connection) -> int:
        changed = []
        for row in connection.execute(_select_links, {"site_name": self.site}):
            score = (row.source_metadata or {}).get("score", 0.0)
            obstacle = find_obstacle(Link(row.url, LinkKind.ARTICLE, "", score), self.domain, self.rules)
            if obstacle != row.reason:
                outcome = None if obstacle is None else Outcome.NOT_FOLLOWED.value
                changed.append({"page": row.id, "new_outcome": outcome, "obstacle": obstacle})
        if changed:
            connection.execute(_set_obstacle, changed)
        return sum(row["new_outcome"] is None for row in changed)


def make_scored_metadata(link: Link) -> dict[str, Any]:
    """Return what the source declares about a link that is not followed, with the link's score."""
    return {"source": link.source, **(link.source_metadata() or {}), "score": link.score}
