"""Full-text search, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from newscrawl.search.analysis import get_stemmed_language
from newscrawl.search.cursor import Cursor, parse_cursor
from newscrawl.search.document import get_day
from newscrawl.search.expression import Expression, compile_query
from newscrawl.search.query import InvalidQuery, SearchQuery
from newscrawl.search.ranking import decay
from newscrawl.search.snippets import Highlighter, Marked
from newscrawl.storage.queries.search_candidates import ENOUGH, Matches, find_matches
from newscrawl.storage.schema import articles, search_documents

Order = Literal["relevance", "newest", "relevance_recent"]
ORDERS: tuple[Order, ...] = ("relevance", "newest", "relevance_recent")
MAX_TOTAL = 1_000
"""Matches that are counted; of more, `total` is None."""
MAX_RANKED, MAX_RANKED_HEADLINES = 350, 150
"""Matches that are ranked by relevance: the newest ones, and the newest with a word in the headline."""
MAX_LIMIT = 500
MAX_FACET_ARTICLES = 5_000
_ID_BATCH = 500
_article_ids = select(search_documents.c.id, search_documents.c.article_id)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An article that was found."""

    id: int
    url: str
    site: str
    headline: str
    date_published: datetime | None
    date_published_day: date | None
    in_language: str | None
    authors: tuple[str, ...]
    headline_marked: Marked
    """The headline in pieces: (text, whether it matches); plain text, never HTML."""
    snippet_marked: Marked
    """A passage of the body in pieces, or of description, standfirst or alternative headline if only that matches."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results."""

    hits: tuple[SearchHit, ...]
    next_cursor: str | None
    """For the next page; None on the last one."""
    total: int | None
    """How many articles match; None for more than MAX_TOTAL."""


@dataclass(frozen=True, slots=True)
class Facets:
    """How many matches there are by site, language, section and publication day, most frequent first."""

    sites: Mapping[str, int]
    languages: Mapping[str, int]
    sections: Mapping[str, int]
    days: Mapping[date, int]
    """In order of days."""
    counted: int
    """Articles that were counted."""
    is_complete: bool
    """Whether these are all matches; else the newest MAX_FACET_ARTICLES."""


def search_articles(
    connection: Connection,
    query: SearchQuery,
    *,
    order: Order = "relevance",
    limit: int = 20,
    after: str | None = None,
) -> SearchPage:
    """Return the articles that match *query*; withdrawn ones are not found.

    A query without words is a listing, newest first. *after* is the `next_cursor` of the page before. Relevance ranks a
    bounded number of matches, the newest; the order `newest` has all of them. Raises InvalidQuery.
    """
    if order not in ORDERS:
        raise InvalidQuery(f"invalid order {str(order)[:20]!r}: expected {', '.join(ORDERS)}")
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidQuery(f"invalid limit {limit}: expected 1 to {MAX_LIMIT}")
    cursor = None if after is None else parse_cursor(after, order)
    expression = compile_query(query)
    if query.groups and not expression.words:
        return SearchPage((), None, 0)
    matches = find_matches(connection, query, expression)
    if matches is None:
        return SearchPage((), None, 0)
    if order == "newest" or not expression.words:
        ids, total, following = _list_newest(matches, cursor, order, limit)
    else:
        ids, total, following = _rank(matches, cursor, order, limit)
    next_cursor = None if following is None else following.encode()
    return SearchPage(_read_hits(connection, expression, ids), next_cursor, total)


def count_facets(connection: Connection, query: SearchQuery, *, limit: int = MAX_FACET_ARTICLES) -> Facets:
    """Count the newest matches of *query*, at most *limit*, by site, language, section and day."""
    expression = compile_query(query)
    matches = find_matches(connection, query, expression) if expression.words or not query.groups else None
    ids = [] if matches is None else matches.newest(limit + 1)
    counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
    columns = (search_documents.c.site, search_documents.c.in_language, search_documents.c.article_section)
    for start in range(0, min(len(ids), limit), 500):
        some = ids[start : min(start + 500, limit)]
        for row in connection.execute(select(*columns).where(search_documents.c.id.in_(some))):
            for count, value in zip(counts, row, strict=True):
                if value:
                    count[value] += 1
    days = Counter(map(get_day, ids[:limit]))
    sites, languages, sections = (dict(one.most_common()) for one in counts)
    counted = len(ids[:limit])
    return Facets(sites, languages, sections, dict(sorted(days.items())), counted, is_complete=len(ids) <= limit)


def find_article_ids(connection: Connection, query: SearchQuery) -> Iterator[int]:
    """Yield the ids of all articles that match *query*, newest first. Raises InvalidQuery."""
    expression = compile_query(query)
    matches = find_matches(connection, query, expression) if expression.words or not query.groups else None
    before: int | None = None
    while matches is not None and (documents := matches.newest(_ID_BATCH, before=before)):
        rows = connection.execute(_article_ids.where(search_documents.c.id.in_(documents)))
        found: dict[int, int] = {row[0]: row[1] for row in rows}
        yield from (found[document] for document in documents if document in found)
        before = documents[-1]


def _list_newest(
    matches: Matches, cursor: Cursor | None, order: str, limit: int
) -> tuple[list[int], int | None, Cursor | None]:
    """Return documents, total and next cursor, in order of publication."""
    if cursor is None:
        ids, total = matches.newest(limit + 1), _count(matches)
    else:
        ids, total = matches.newest(limit + 1, before=cursor.last_id), cursor.total
    page = ids[:limit]
    return page, total, Cursor(order, page[-1], total) if len(ids) > limit else None


def _rank(
    matches: Matches, cursor: Cursor | None, order: str, limit: int
) -> tuple[list[int], int | None, Cursor | None]:
    """Return documents, total and next cursor, best first."""
    newest, total = _find_newest(matches, cursor)
    candidates = set(newest)
    if total is None or total > MAX_RANKED:
        candidates.update(matches.newest(MAX_RANKED_HEADLINES, in_headline=True, enough=ENOUGH))
    scores = matches.score(sorted(candidates))
    today = (cursor and cursor.today) or datetime.now(UTC).date()
    if order == "relevance_recent":
        scores = {key: decay(score, get_day(key), today) for key, score in scores.items()}
    # Rounded, so that a cursor holds exactly what is compared.
    ranked = sorted(((round(score, 9), key) for key, score in scores.items()), reverse=True)
    if cursor is not None and cursor.score is not None:
        ranked = [one for one in ranked if one < (cursor.score, cursor.last_id)]
    page = ranked[:limit]
    following = Cursor(order, page[-1][1], total, page[-1][0], today) if len(ranked) > limit else None
    return [key for _, key in page], total, following


def _find_newest(matches: Matches, cursor: Cursor | None) -> tuple[list[int], int | None]:
    """Return the newest matches, MAX_RANKED at most, and how many there are."""
    if cursor is None and matches.is_sqlite:
        # Counting them reads them.
        found = matches.newest(MAX_TOTAL + 1)
        return found[:MAX_RANKED], len(found) if len(found) <= MAX_TOTAL else None
    total = cursor.total if cursor else _count(matches)
    return matches.newest(MAX_RANKED, enough=ENOUGH if total is None else None), total


def _count(matches: Matches) -> int | None:
    """Return the number of matches, None for more than MAX_TOTAL."""
    number = matches.count(MAX_TOTAL + 1)
    return number if number <= MAX_TOTAL else None


_OTHER_TEXTS = ("description", "standfirst", "alternative_headline")
"""Indexed columns that a snippet is taken from if the body does not match."""


def _has_match(snippet: Marked) -> bool:
    return any(is_match for _, is_match in snippet)


def _iter_snippets(highlighter: Highlighter, row: Any, language: str | None) -> Iterator[Marked]:
    for name in ("article_body", *_OTHER_TEXTS):
        yield highlighter.make_snippet(row._mapping[name] or "", language)


def _read_hits(connection: Connection, expression: Expression, ids: Sequence[int]) -> tuple[SearchHit, ...]:
    if not ids:
        return ()
    names = ("id", "url", "site", "headline", "article_body", "in_language", "authors", *_OTHER_TEXTS)
    columns = [articles.c[name] for name in (*names, "date_published", "date_published_day")]
    joined = search_documents.join(articles, articles.c.id == search_documents.c.article_id)
    query = select(search_documents.c.id.label("document"), *columns).select_from(joined)
    rows = {row.document: row for row in connection.execute(query.where(search_documents.c.id.in_(ids)))}
    highlighter, hits = Highlighter(expression.leaves), []
    for row in (rows[one] for one in ids if one in rows):
        language = get_stemmed_language(row.in_language)
        headline = highlighter.mark(row.headline, language)
        snippets = _iter_snippets(highlighter, row, language)
        body = next(snippets)
        snippet = body if _has_match(body) else next(filter(_has_match, snippets), body)
        hits.append(
            SearchHit(
                row.id,
                row.url,
                row.site,
                row.headline,
                row.date_published,
                row.date_published_day,
                row.in_language,
                tuple(row.authors),
                headline,
                snippet,
            )
        )
    return tuple(hits)
