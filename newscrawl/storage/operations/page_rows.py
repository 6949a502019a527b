"""Rows of `pages`: recorded when a URL is first seen, updated with newer dates, and claimed by a crawl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newscrawl.items import Outcome
from newscrawl.outcomes import FORMER, NAMED_SOURCES
from newscrawl.scheduling.recrawl import PageState, should_fetch
from newscrawl.storage.queries.frontier import is_not_deleted, page_states_by_key, pages_by_key
from newscrawl.storage.records import Claim, DiscoveredPage
from newscrawl.storage.schema import is_listing, pages
from newscrawl.text.moments import LONG_AGO

CHUNK = 500
"""Rows a statement; old builds of SQLite take 999 parameters a statement."""

T = TypeVar("T")

_claim = (
    update(pages)
    .where(pages.c.id.in_(bindparam("ids", expanding=True)), is_not_deleted)
    .values(crawl_id=bindparam("crawl"), outcome=None, reason=None)
)
_set_date = (
    update(pages)
    .where(pages.c.id == bindparam("page"))
    .values(
        source_modified_at=bindparam("date"),
        next_fetch_at=func.coalesce(bindparam("due", type_=pages.c.next_fetch_at.type), pages.c.next_fetch_at),
    )
)

_set_followed = (
    update(pages)
    .where(pages.c.id == bindparam("page"))
    .values(
        outcome=None,
        reason=None,
        kind=bindparam("new_kind"),
        source_metadata=bindparam("metadata", type_=pages.c.source_metadata.type),
    )
)
_named = select(pages.c.id, pages.c.url_key, pages.c.source_metadata).where(
    pages.c.site == bindparam("site"), is_listing, pages.c.discovered_from == bindparam("named_by")
)
_set_metadata = (
    update(pages)
    .where(pages.c.id == bindparam("page"))
    .values(source_metadata=bindparam("metadata", type_=pages.c.source_metadata.type))
)


@dataclass(frozen=True, slots=True)
class PageRows:
    """The pages as one crawl finds them at one time."""

    connection: Connection
    crawl_id: int
    now: datetime

    def record(self, found: Sequence[DiscoveredPage], discovered_from: str | None) -> dict[str, Any]:
        """Insert the pages that are missing, keep newer dates of the others; return the state of the others by key.

        *found* holds each key once.
        """
        states: dict[str, Any] = {}
        for chunk in _chunks(found):
            rows = self.connection.execute(page_states_by_key, {"keys": [page.url_key for page in chunk]})
            existing = {row.url_key: row for row in rows}
            self._insert([page for page in chunk if page.url_key not in existing], discovered_from)
            self._update_dates(chunk, existing)
            self._follow(chunk, existing)
            states |= existing
        return states

    def update_named(self, site: str, named_by: str, listings: Sequence[DiscoveredPage]) -> None:
        """Mark as FORMER the listings of *site* that *named_by* named once and that are not among *listings* now.

        Those among them that were marked before get the source that *listings* gives them.
        """
        sources = {page.url_key: (page.source_metadata or {}).get("source") for page in listings}
        rows = self.connection.execute(_named, {"site": site, "named_by": named_by}).all()
        changed = []
        for row in rows:
            source = (row.source_metadata or {}).get("source")
            new = sources.get(row.url_key, FORMER if source in NAMED_SOURCES else source)
            if new != source and (row.url_key not in sources or source == FORMER):
                changed.append({"page": row.id, "metadata": {**(row.source_metadata or {}), "source": new}})
        if changed:
            self.connection.execute(_set_metadata, changed)

    def is_due(self, state: Any, *, force: bool = False, source_modified_at: datetime | None = None) -> bool:
        """Return whether this crawl may claim the page with the row *state*; None stands for one just recorded."""
        if state is None:
            return True
        page = PageState(
            None if is_not_followed(state) else state.outcome,
            state.next_fetch_at,
            state.crawl_id,
            state.fetched_at,
            state.recrawl_step,
            state.source_modified_at,
            is_article=state.kind == "article",
        )
        return should_fetch(
            page, crawl_id=self.crawl_id, now=self.now, force=force, source_modified_at=source_modified_at
        )

    def record_not_followed(self, found: Sequence[DiscoveredPage], discovered_from: str | None) -> None:
        """Insert the pages that are missing, with the reason why they are not followed; update that of the others."""
        for chunk in _chunks(found):
            insert = self._insert_into_pages()
            changed = insert.excluded.reason
            statement = insert.on_conflict_do_update(
                index_elements=["url_key"],
                set_={"reason": changed},
                where=(pages.c.outcome == Outcome.NOT_FOLLOWED.value) & (pages.c.reason != changed),
            )
            rows = [
                self._new_row(page, discovered_from) | {"outcome": Outcome.NOT_FOLLOWED.value, "reason": page.obstacle}
                for page in chunk
            ]
            self.connection.execute(statement, rows)

    def get(self, url_key: str) -> Any:
        """Return the row of a page that was recorded."""
        return self.connection.execute(pages_by_key, {"keys": [url_key]}).one()

    def claim(self, url_keys: Sequence[str], *, force: bool = False) -> list[Claim]:
        """Claim recorded pages by key, in the order given."""
        claims: list[Claim] = []
        for chunk in _chunks(url_keys):
            rows = {row.url_key: row for row in self.connection.execute(pages_by_key, {"keys": chunk})}
            claims += self.claim_rows([rows[key] for key in chunk], force=force)
        return claims

    def claim_rows(self, rows: Iterable[Any], *, force: bool = False) -> list[Claim]:
        """Claim pages whose rows were read."""
        claims = [make_claim(row, self.crawl_id, self.now, force=force) for row in rows]
        for chunk in _chunks(claims):
            self.connection.execute(_claim, {"ids": [claim.page_id for claim in chunk], "crawl": self.crawl_id})
        return claims

    def _insert(self, missing: Sequence[DiscoveredPage], discovered_from: str | None) -> None:
        if missing:
            # Another crawl may have recorded the page since it was looked up.
            statement = self._insert_into_pages().on_conflict_do_nothing(index_elements=["url_key"])
            self.connection.execute(statement, [self._new_row(page, discovered_from) for page in missing])

    def _insert_into_pages(self) -> postgresql.Insert | sqlite.Insert:
        is_postgresql = self.connection.dialect.name == "postgresql"
        return postgresql.insert(pages) if is_postgresql else sqlite.insert(pages)

    def _new_row(self, page: DiscoveredPage, discovered_from: str | None) -> dict[str, Any]:
        return {
            "url": page.url,
            "url_key": page.url_key,
            "site": page.site,
            "kind": page.kind,
            "source_metadata": dict(page.source_metadata) if page.source_metadata else None,
            "source_modified_at": page.source_modified_at,
            "source_published_at": page.source_published_at,
            "discovered_from": discovered_from,
            "discovered_at": self.now,
        }

    def _follow(self, found: Sequence[DiscoveredPage], states: Mapping[str, Any]) -> None:
        """Make pages pending that were not followed before."""
        rows = [
            {"page": states[page.url_key].id, "metadata": page.source_metadata, "new_kind": page.kind}
            for page in found
            if page.url_key in states and is_not_followed(states[page.url_key])
        ]
        if rows:
            self.connection.execute(_set_followed, rows)

    def _update_dates(self, found: Iterable[DiscoveredPage], states: Mapping[str, Any]) -> None:
        """Keep newer dates that a source declares; a page that changed by them is due until a crawl has fetched it.

        The next crawl cannot learn this from the source, which may answer 304, and a date counts only when it is new.
        """
        rows = []
        for page in found:
            state, date = states.get(page.url_key), page.source_modified_at
            if state is None or date is None or date <= (state.source_modified_at or LONG_AGO):
                continue
            becomes_due = (
                state.outcome is not None
                and not self.is_due(state)
                and self.is_due(state, source_modified_at=page.source_modified_at)
            )
            rows.append({"page": state.id, "date": date, "due": self.now if becomes_due else None})
        if rows:
            self.connection.execute(_set_date, rows)


def is_not_followed(state: Any) -> bool:
    """Return whether the page with the row *state* was only recorded, so that whoever follows it now may claim it."""
    return bool(state.outcome == Outcome.NOT_FOLLOWED)


def make_claim(row: Any, crawl_id: int, now: datetime, *, force: bool = False) -> Claim:
    """Return the claim of a crawl on a page. *force*: without validators, so that the page is sent whole."""
    is_distrusted = row.validators_distrusted_until is not None and row.validators_distrusted_until > now
    # "Not modified" is of no use for a page of which nothing is stored.
    is_whole = force or is_distrusted or (row.kind == "article" and row.article_id is None)
    return Claim(
        page_id=row.id,
        url=row.url,
        url_key=row.url_key,
        site=row.site,
        kind=row.kind,
        crawl_id=crawl_id,
        fetch_count=row.fetch_count,
        recrawl_step=row.recrawl_step,
        failures=row.failures,
        newest_link_at=row.newest_link_at,
        etag=None if is_whole else row.etag,
        last_modified=None if is_whole else row.last_modified,
        not_modified_count=row.not_modified_count,
        source_metadata=row.source_metadata,
        article_id=row.article_id,
        last_status=row.http_status,
        last_fetched_at=row.fetched_at,
    )


def drop_repeated(found: Iterable[DiscoveredPage]) -> list[DiscoveredPage]:
    """Return the pages without those whose key occurred before."""
    by_key: dict[str, DiscoveredPage] = {}
    for page in found:
        by_key.setdefault(page.url_key, page)
    return list(by_key.values())


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
