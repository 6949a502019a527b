"""Keeping what canonical links say about the query parameters of a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from newscrawl.storage.operations.base import SingleOperation
from newscrawl.storage.queries.url_keys import add_learned
from newscrawl.storage.schema import articles, learned_parameters, pages
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.learning import FetchedUrl, ParameterEvidence, learn_parameters
from newscrawl.urls.normalize import get_site

MAX_ROWS = 10_000
"""Pages of a site whose URLs are examined, the newest ones."""


@dataclass(frozen=True, slots=True)
class LearnedParameter:
    """A parameter that does not identify the pages of a site."""

    site: str
    """Registrable domain."""
    name: str
    articles: int
    """Articles whose canonical links lack it."""


@dataclass(frozen=True, slots=True)
class LearningResult:
    """What a crawl has learned before it starts."""

    keys: UrlKeys
    """The rules of the site files, and everything learned so far."""
    learned: tuple[LearnedParameter, ...] = ()
    """What is new."""


@dataclass(frozen=True, slots=True)
class LearnParameters(SingleOperation[LearningResult]):
    """Learn which parameters do not identify pages of some sites, and forget what has turned out wrong.

    Result: LearningResult.
    """

    keys: UrlKeys
    """The rules of the site files, which what is learned never overrules."""
    sites: Sequence[str]
    """Names of the sites, as in `pages.site`."""
    domains: frozenset[str]
    """Their registrable domains, which the crawl has locked."""
    now: datetime

    def apply(self, connection: Connection) -> LearningResult:
        fetched: dict[str, list[FetchedUrl]] = defaultdict(list)
        for row in self._rows(connection):
            domain = _get_site(row.url)
            if domain in self.domains and domain == _get_site(row.canonical_url):
                fetched[domain].append(FetchedUrl(row.url, row.canonical_url, row.article_id))
        learned = [
            one
            for domain, urls in fetched.items()
            for one in self._keep(connection, domain, learn_parameters(urls, self.keys.get_rules(f"https://{domain}")))
        ]
        return LearningResult(add_learned(connection, self.keys), tuple(learned))

    def _rows(self, connection: Connection) -> Sequence[Any]:
        query = (
            select(pages.c.url, articles.c.canonical_url, pages.c.article_id)
            .join(articles, articles.c.id == pages.c.article_id)
            .where(
                pages.c.site.in_(self.sites),
                pages.c.kind == "article",
                articles.c.canonical_url.is_not(None),
                or_(pages.c.url.contains("?"), articles.c.canonical_url.contains("?")),
            )
            .order_by(pages.c.id.desc())
            .limit(MAX_ROWS)
        )
        return connection.execute(query).all()

    def _keep(self, connection: Connection, domain: str, evidence: ParameterEvidence) -> list[LearnedParameter]:
        """Write what *evidence* says about a site; return what is new."""
        of_site = learned_parameters.c.site == domain
        known = set(connection.execute(select(learned_parameters.c.parameter).where(of_site)).scalars())
        if wrong := known & evidence.identifying:
            connection.execute(delete(learned_parameters).where(of_site, learned_parameters.c.parameter.in_(wrong)))
        new = [LearnedParameter(domain, name, count) for name, count in evidence.ignorable.items() if name not in known]
        if new:
            rows = [
                {"site": domain, "parameter": one.name, "articles": one.articles, "learned_at": self.now} for one in new
            ]
            connection.execute(insert(learned_parameters), rows)
        return new


def _get_site(url: str) -> str | None:
    try:
        return get_site(url)
    except ValueError:
        return None
