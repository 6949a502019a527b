"""Find the article of a page in the page's state, and return its text as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree

from newscrawl.extraction.declared.state_blocks import MAX_DEPTH, BlockRenderer
from newscrawl.extraction.declared.states import iter_states
from newscrawl.text.fold import fold_word_characters as fold
from newscrawl.urls.classify import score_article_url
from newscrawl.urls.parse import split_any

MIN_TEXT = 300
"""Characters of text in an article of the state."""
MAX_NODES = 100_000
MIN_TITLE = 12
"""Folded characters of a title that may be a part of the page's title."""
MIN_SLUG = 5
MAX_OTHER_SHARE = 0.25
"""Text of other articles, as a share of that of an article that nothing names as the page's."""
MIN_INNER_SHARE = 0.5
"""Share of the text of an object that one inside it must hold to be the article in its place."""
MIN_URL_SCORE = 0.15
_REFERENCE = re.compile(r"[$\w]+[:.]")

Object = dict[str, Any]


def find_article_in_state(
    root: etree._Element, scripts: Iterable[etree._Element], url: str, headlines: Sequence[str]
) -> str | None:
    """Return the text of the article that the state of a page holds as HTML, or None if it holds none.

    The article is the object with one of the *headlines* or with the *url* of the page; an object without them
    counts if the state has no other text.
    """
    page = _PageNames.of(url, headlines)
    best: tuple[bool, int, str] = (False, 0, "")
    for state in iter_states(root, scripts):
        search = _StateSearch(state, page)
        for is_named, size, html in search.results():
            if (is_named, size) > best[:2]:
                best = (is_named, size, html)
    return best[2] or None


@dataclass(frozen=True, slots=True)
class _PageNames:
    """What names a page: folded headlines, its path and the last part of the path."""

    headlines: frozenset[str]
    path: str
    slug: str
    is_likely_article: bool
    """The URL looks like that of an article."""

    @classmethod
    def of(cls, url: str, headlines: Sequence[str]) -> _PageNames:
        path = unquote(split_any(url).path).strip("/")
        slug = path.rpartition("/")[2].partition(".")[0]
        is_likely_article = bool(path) and score_article_url(url) >= MIN_URL_SCORE
        names = frozenset(filter(None, map(fold, headlines)))
        return cls(names, path, slug if len(slug) >= MIN_SLUG else "", is_likely_article)

    def match(self, value: str) -> bool:
        """Return whether a value is the headline, the URL or the slug of the page."""
        if not 3 < len(value) < 400:
            return False
        if "/" in value and self.path and unquote(split_any(value).path).strip("/") == self.path:
            return True
        if self.slug and value.strip("/") == self.slug:
            return True
        text = fold(value)
        return text in self.headlines or (
            len(text) >= MIN_TITLE and any(headline.startswith(text) for headline in self.headlines)
        )


@dataclass(slots=True)
class _StateSearch:
    """The objects of one state."""

    state: Any
    page: _PageNames
    named: list[Object] = field(default_factory=list)
    """Objects that name the page, the outer ones first."""
    references: dict[str, Any] = field(default_factory=dict)
    """Objects by their keys in a normalised cache, to which other objects refer."""

    def results(self) -> Iterator[tuple[bool, int, str]]:
        """Yield (whether it names the page, characters, HTML) of possible articles."""
        self.walk()
        renderer = BlockRenderer(self.references)
        articles = [(renderer.measure_own(one), one) for one in self.named]
        articles = [one for one in articles if one[0] >= MIN_TEXT]
        inner = [
            (size, one) for size, one in articles
            if not any(other is not one and size * MIN_INNER_SHARE <= inside and _contains(one, other)
                       for inside, other in articles)
        ]  # fmt: skip
        if inner:
            size, article = max(inner, key=lambda one: one[0])
            if html := renderer.render_article(article):
                yield True, size, html
            return
        size = renderer.measure(self.state)
        html = renderer.render_article(self.state)
        if (
            html
            and size >= MIN_TEXT
            and self.page.is_likely_article
            and renderer.measure_rest(self.state) <= MAX_OTHER_SHARE * size
        ):
            yield False, size, html

    def walk(self) -> None:
        """Collect the objects that name the page, and those that others refer to."""
        stack: list[tuple[Any, int]] = [(self.state, 0)]
        for _ in range(MAX_NODES):
            if not stack:
                return
            value, depth = stack.pop()
            if depth > MAX_DEPTH:
                continue
            if isinstance(value, list):
                stack.extend((item, depth + 1) for item in reversed(value) if isinstance(item, dict | list))
            elif isinstance(value, dict):
                if self.names_page(value):
                    self.named.append(value)
                for key, item in value.items():
                    if isinstance(item, dict | list):
                        stack.append((item, depth + 1))
                        if _REFERENCE.match(key):
                            self.references[key] = item

    def names_page(self, value: Object) -> bool:
        """Return whether a text of an object, or of a small object in it (`title.rendered`), names the page."""
        for item in value.values():
            texts = item.values() if isinstance(item, dict) and len(item) <= 6 else (item,)
            if any(isinstance(text, str) and self.page.match(text) for text in texts):
                return True
        return False


def _contains(outer: Any, inner: Any) -> bool:
    stack, seen = [(outer, 0)], 0
    while stack and seen < MAX_NODES:
        value, depth = stack.pop()
        seen += 1
        if value is inner:
            return True
        if depth < MAX_DEPTH and isinstance(value, dict | list):
            stack.extend((item, depth + 1) for item in (value.values() if isinstance(value, dict) else value))
    return False
