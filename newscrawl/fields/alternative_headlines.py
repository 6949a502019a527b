"""Choose the alternative headline of an article: the best one that a source of the page states besides the headline."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from newscrawl.evidence import Evidence
from newscrawl.fields.headlines import (
    MAX_HEADING,
    NO_TITLES,
    PageTitles,
    clean_headline,
    get_name_key,
    get_site_keys,
    is_section,
)
from newscrawl.items import Article
from newscrawl.text.clean import weight
from newscrawl.text.references import unescape
from newscrawl.text.scripts import HANGUL, KANA_TO_HAN, THAI

SOURCES = ("json-ld", "dom", "opengraph", "meta", "feed", "news sitemap", "sitemap")
"""Sources of headlines, most reliable first; any other source comes after them."""
MIN_LETTERS = 15
"""A shorter text is a name, a section or a kicker; East Asian characters count double."""
MIN_WORDS = 3
MIN_SHARED = 0.2
"""Share of the words of the shorter text that both have. With less, it is about something else: a site, a list."""
MIN_SHARED_HEADING = 0.34
"""The same for headings of the page, some of which belong to widgets."""
STEM = 5
"""Letters of a word that are compared; endings differ between a title and a sentence."""
Names = tuple[str | None, str | None]
"""The publisher's name and the site's domain, as far as they are known."""
_NO_HEADLINE = re.compile(r"^(?:…|\.\.\.)|\{\{|\}\}|\ufffd|https?://|www\.", re.IGNORECASE)
_WORD = re.compile(rf"[{KANA_TO_HAN}{HANGUL}{THAI}]|[^\W{KANA_TO_HAN}{HANGUL}{THAI}]+")


def choose_alternative(
    headline: str | None,
    values: Sequence[Evidence],
    declared: Sequence[Evidence] = (),
    *,
    not_headlines: Collection[str] = (),
    names: Names = (None, None),
    titles: PageTitles = NO_TITLES,
) -> Evidence | None:
    """Return the best headline that differs from *headline*, cleaned; None if the sources agree.

    First those of *declared*, which the page itself calls alternative headlines, then *values*, all headlines of the
    page, by source. A text does not differ if one of the two contains the other: it has a kicker, a site name or
    another addition, or it is cut off. *not_headlines* are its descriptions and its standfirst; *names* are the
    publisher and the site.
    """
    if headline is None:
        return None
    key, summaries = get_name_key(unescape(headline)), [get_name_key(text) for text in not_headlines]
    ignored = {get_name_key(names[0]), *get_site_keys(names[1]), *titles.names, *titles.sections, ""}
    ordered = sorted(values, key=lambda one: SOURCES.index(one.source) if one.source in SOURCES else len(SOURCES))
    for number, evidence in enumerate((*declared, *ordered)):
        text = clean_headline(unescape(evidence.value), *names, titles)
        other = get_name_key(text)
        if text is None or other in ignored or other in key or key in other or _is_summary(other, summaries):
            continue
        if _is_headline(text) and _differ(headline, text, evidence.source, is_declared=number < len(declared)):
            return Evidence(text, evidence.source)
    return None


def set_alternative_headline(
    article: Article, evidence: Mapping[str, Sequence[Evidence]], names: Names, titles: PageTitles
) -> None:
    """Set `alternative_headline` and its source. Headline, standfirst and `sources` of *article* are set before."""
    found = choose_alternative(
        article.headline,
        evidence.get("headline", ()),
        evidence.get("alternative_headline", ()),
        not_headlines=[*(one.value for one in evidence.get("description", ())), article.standfirst or ""],
        names=names,
        titles=titles,
    )
    if found is not None:
        article.alternative_headline, article.sources["alternative_headline"] = found.value, found.source


def _is_summary(key: str, summaries: Collection[str]) -> bool:
    """Return whether a text is a part of a summary, or begins with one."""
    return any(key in summary or (len(summary) >= MIN_LETTERS and summary in key) for summary in summaries)


def _is_headline(text: str) -> bool:
    """Return whether *text* can be a headline: neither a name or section nor a paragraph."""
    if weight(text) < MIN_LETTERS or len(text) > MAX_HEADING or _NO_HEADLINE.search(text):
        return False
    return len(_WORD.findall(text)) >= MIN_WORDS and not is_section(text)


def _differ(headline: str, text: str, source: str, *, is_declared: bool) -> bool:
    """Return whether two texts have different words, and enough in common to be about the same article.

    What the page declares as an alternative headline needs nothing in common.
    """
    words, others = _stem_words(headline), _stem_words(text)
    needed = MIN_SHARED_HEADING if source == "dom" else MIN_SHARED
    return words != others and (is_declared or len(words & others) >= needed * min(len(words), len(others)))


@lru_cache(maxsize=64)
def _stem_words(text: str) -> frozenset[str]:
    """Return the first letters of the longer words and numbers, or single characters of scripts without spaces."""
    words = frozenset(word[:STEM] for word in _WORD.findall(text.casefold()))
    return frozenset(word for word in words if len(word) > 3 or word.isdigit() or not word.isascii()) or words
