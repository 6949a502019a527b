"""Learn from a site's own canonical links which query parameters do not identify a page. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from newscrawl.urls import word_lists
from newscrawl.urls.classify import LIKELY_ARTICLE, score_article_url
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules, is_ignorable_param, page_path
from newscrawl.urls.parse import bare_host, split

MIN_ARTICLES: Final = 3
"""Articles whose canonical links must lack a parameter."""
MIN_VALUES: Final = 2
"""Values of a parameter that must have been seen: with only one, it may select the edition that the site shows."""

_SMALL_NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class FetchedUrl:
    """A URL that led to an article, and the canonical URL that its page declares."""

    url: str
    canonical_url: str
    article_id: int


@dataclass(frozen=True, slots=True)
class ParameterEvidence:
    """What the canonical links of a site say about its query parameters. Names are in lower case."""

    ignorable: Mapping[str, int]
    """Parameters that do not identify a page -> articles whose canonical links lack them."""
    identifying: frozenset[str]
    """Parameters that a canonical link has, or that tell two articles apart."""


@dataclass(slots=True)
class _Seen:
    values: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)


def learn_parameters(fetched: Iterable[FetchedUrl], rules: UrlKeyRules = PLAIN) -> ParameterEvidence:
    """Return what *fetched* URLs of one site say about the parameters that *rules* do not decide.

    A parameter is ignorable if the canonical links of several articles lack it, for different values, and nothing
    speaks against it. A canonical link counts only if host and path are those of the page and look like an article's
    without any query: sites that name their front page, or `article.php`, on every page say nothing.
    """
    seen: dict[str, _Seen] = defaultdict(_Seen)
    articles_at: dict[str, set[int]] = defaultdict(set)
    names_at: dict[str, set[str]] = defaultdict(set)
    identifying: set[str] = set()
    for one in fetched:
        try:
            page, canonical = split(one.url), split(one.canonical_url)
        except ValueError:
            continue
        declared = {name for name, _ in _iter_parameters(canonical.query, rules)}
        identifying |= declared
        place = bare_host(page.host) + page.port + page_path(page.path)
        given = dict(_iter_parameters(page.query, rules))
        articles_at[place].add(one.article_id)
        names_at[place].update(given)
        is_same = place == bare_host(canonical.host) + canonical.port + page_path(canonical.path)
        if is_same and score_article_url(f"https://{place}") >= LIKELY_ARTICLE:
            for name in given.keys() - declared:
                seen[name].values.add(given[name])
                seen[name].articles.add(place)
    for place, ids in articles_at.items():
        if len(ids) > 1:
            identifying |= names_at[place]
    ignorable = {name: len(one.articles) for name, one in seen.items() if name not in identifying and _is_enough(one)}
    return ParameterEvidence(ignorable, frozenset(identifying))


def _iter_parameters(query: str, rules: UrlKeyRules) -> Iterator[tuple[str, str]]:
    """Yield name and value of the parameters about which something can be learned."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name = unquote(name).lower()
        if name and name not in word_lists.CONTENT_PARAMETERS and not is_ignorable_param(pair, rules, views=True):
            yield name, value


def _is_enough(seen: _Seen) -> bool:
    if len(seen.articles) < MIN_ARTICLES or len(seen.values) < MIN_VALUES:
        return False
    return not all(_SMALL_NUMBER.fullmatch(value) for value in seen.values)
