"""The article's headline: without the site's name, and chosen where sources state different ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.evidence import Evidence
from newscrawl.fields.slugs import get_slug, is_spelled
from newscrawl.text.clean import clean_line

MAX_SITE_NAME = 40
MIN_PART = 25
"""Letters of a headline that may stand inside a longer one as the same without its kicker."""
MIN_WHOLE = 28
"""A heading of fewer letters may be one half of a headline that is set in two lines."""
CUT_AT = 90
"""Characters of a title from which it may be the beginning of a longer one (search engines show 110)."""
TITLE = "title"
"""The page's title, which search engines show: the last of the values that meta elements state."""
MAX_HEADING = 200
"""Characters of a heading; a longer one is a paragraph that is set large."""
MAX_ARTICLE = 3
"""Letters of a word that is part of the headline when it stands before it ("The", "My"), and no kicker."""
MIN_OF_TITLE = 5
"""Words of a title for which one of them is no heading."""
_SEPARATOR = re.compile(r"\s+[|–—\-»•·⋆*:]\s+|\s*[|｜]\s*|\s+::\s+")
_BARS = frozenset("|｜•·⋆*»")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)$")
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]|\w+")
"""Words; of scripts without spaces each sign."""


@lru_cache(maxsize=512)
def clean_headline(text: str, publisher: str | None = None, site: str | None = None) -> str | None:
    """A headline without the site's name, a section or a date at its end, or the site's name at its beginning.

    *publisher* is the site's name as it writes it, *site* its host or registrable domain. A bar is hardly ever part
    of a headline: what little stands behind it goes, whatever it is.
    """
    text = clean_line(text)
    names = {name for name in (key_of(publisher), *site_keys(site)) if name}
    while match := _last_separator(text):
        before, after = text[: match.start()], text[match.end() :]
        is_name = key_of(after) in names or _is_site_name(after, names) or _DATE.fullmatch(after.strip())
        if not before or not (is_name or (match.group().strip() in _BARS and _is_appendix(after, before))):
            break
        text = before
    while (first := _SEPARATOR.search(text)) and key_of(text[: first.start()]) in names and text[first.end() :]:
        text = text[first.end() :]
    return text.strip(" :|–—-") or None


def order_headlines(
    values: Sequence[Evidence], publisher: str | None, site: str | None, kind: str = "", url: str = ""
) -> list[Evidence]:
    """Headline evidence, best first.

    Site rule, then the one of OpenGraph, the visible heading and JSON-LD that the page's *url* spells out, then what
    two of them agree on; where all differ JSON-LD, and without it the heading, since OpenGraph titles are often
    written for sharing. A heading that names the site or a box gives way. *kind* is the schema.org type of the page's
    JSON-LD: a NewsArticle's headline is an editor's, that of other types is often the search title once more.
    """
    first: dict[str, _Stated] = {}
    for evidence in values:
        text = clean_headline(evidence.value, publisher, site)
        if text is not None:
            stated = _Stated(evidence, text, key_of(text))
            first.setdefault(evidence.source, stated)
            if evidence.source == "meta":
                first[TITLE] = stated
    rule = first.get("site rule")
    names = {key_of(publisher), *site_keys(site)}
    best = rule.evidence if rule else _agreed(first, names, is_news="News" in kind, slug=get_slug(url))
    return ([best] if best is not None else []) + [evidence for evidence in values if evidence is not best]


@dataclass(frozen=True, slots=True)
class _Stated:
    """One source's headline."""

    evidence: Evidence
    text: str
    """Without the site's name."""
    key: str


def _agreed(first: dict[str, _Stated], names: set[str], *, is_news: bool, slug: str) -> Evidence | None:
    linked, shared, seen = first.get("json-ld"), first.get("opengraph"), first.get("dom")
    if shared is None or shared.key in names:
        shared = first.get("meta")
    if seen is not None and not _is_headline(seen, shared, linked, names):
        seen = None
    if shared is None or seen is None:
        chosen = linked or seen or shared
    elif linked is None:
        chosen = shared if _has_kicker(seen, shared) or _is_part(seen, shared, names) else seen
    else:
        is_search_title = TITLE in first and first[TITLE].key == linked.key != shared.key
        is_editors = not is_search_title and (is_news or _is_part(seen, shared, names))
        chosen = _of_three(linked, shared, seen, is_editors=is_editors)
    is_sure = linked is not None and seen is not None and linked.key == seen.key and not is_news
    return _longest_of_cut(chosen if is_sure or not slug else _spelled(chosen, slug, first), shared, seen)


def _spelled(chosen: _Stated | None, slug: str, first: dict[str, _Stated]) -> _Stated | None:
    """The headline, or another that the address spells out where it does not spell this one.

    News sites make the address of the headline that the editor wrote first; other sites sometimes of the search title.
    """
    if chosen is None or is_spelled(chosen.text, slug):
        return chosen
    for source in ("json-ld", "opengraph", "dom"):
        other = first.get(source)
        if other is not None and other.key not in chosen.key and is_spelled(other.text, slug):
            return other
    return chosen


def _of_three(linked: _Stated, shared: _Stated, seen: _Stated, *, is_editors: bool) -> _Stated:
    if shared.key == seen.key:
        # A heading of several lines is often glued together where they meet.
        return linked if linked.key == shared.key else shared
    if linked.key == seen.key:
        return shared if _has_kicker(seen, shared) else linked
    return linked if is_editors else seen


def _has_kicker(seen: _Stated, shared: _Stated) -> bool:
    """Whether a heading is the title with something before it."""
    before = seen.key.find(shared.key) if len(shared.key) > MIN_PART else -1
    return before > 0 and not (before <= MAX_ARTICLE and before == len(key_of(seen.text.split()[0])))


def _is_part(seen: _Stated, shared: _Stated, names: set[str]) -> bool:
    """Whether a short heading is only the first or second half of the title."""
    if len(seen.key) >= MIN_WHOLE or len(shared.key) <= len(seen.key):
        return False
    if shared.key.startswith(seen.key):
        return ":" in shared.text
    return shared.key.endswith(seen.key) and not shared.key.startswith(tuple(filter(None, names)))


def _is_headline(seen: _Stated, shared: _Stated | None, linked: _Stated | None, names: set[str]) -> bool:
    """Whether the page's heading can be the article's: not the site's name, nor a box that shares no word with it."""
    if shared is None or (linked is not None and linked.key == seen.key):
        return True
    if len(seen.text) > MAX_HEADING or _is_one_word_of(seen.text, shared.text):
        return False
    if seen.key in names or (key_of(shared.evidence.value) != shared.key and _is_name_in(seen, shared.evidence.value)):
        return False
    return title_overlap(seen.text, shared.text) > 0


def _is_one_word_of(heading: str, title: str) -> bool:
    """Whether a heading is one word of a title of many: a section's name."""
    return heading.isascii() and " " not in heading and len(title.split()) >= MIN_OF_TITLE


def _is_name_in(seen: _Stated, title: str) -> bool:
    """Whether a heading is what the title adds to the headline: "Antoyo's Blog" of "A light again | Antoyo's Blog"."""
    parts = [key_of(part) for part in _SEPARATOR.split(title)]
    return len(parts) > 1 and seen.key == parts[-1] and len(seen.key) < max(map(len, parts))


def _longest_of_cut(chosen: _Stated | None, *others: _Stated | None) -> Evidence | None:
    """The headline, or the longer one that it is the beginning of where it was cut at a length."""
    if chosen is None:
        return None
    start = _ELLIPSIS.sub("", chosen.text) if chosen.text.endswith(("…", "...")) else chosen.text
    is_single = all(other is None or other is chosen or other.key != chosen.key for other in others)
    if is_single and (len(start) >= CUT_AT or start != chosen.text):
        for other in others:
            if other is not None and len(other.text) > len(chosen.text) and other.key.startswith(key_of(start)):
                return other.evidence
    return chosen.evidence


def title_overlap(one: str, other: str) -> float:
    """The share of words that two titles have in common, of the shorter one's; little ones count where all are."""
    words, others = _words(one), _words(other)
    fewer = min(len(words), len(others))
    return len(words & others) / fewer if fewer else 0.0


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    words = frozenset(_WORD.findall(text.casefold()))
    return frozenset(word for word in words if len(word) > 3 or not word.isascii()) or words


@lru_cache(maxsize=256)
def key_of(text: str | None) -> str:
    """Letters and digits in lower case, for comparing names; a page's names and headlines are compared many times."""
    return "".join(filter(str.isalnum, (text or "").casefold()))


@lru_cache(maxsize=512)
def site_keys(site: str | None) -> tuple[str, ...]:
    """Keys of a host: whole, and its most telling label."""
    host = (site or "").casefold().removeprefix("www.")
    labels = host.split(".")
    return (key_of(host), key_of(max(labels[:-1], key=len))) if len(labels) > 1 else ()


def _last_separator(text: str) -> re.Match[str] | None:
    last = None
    for match in _SEPARATOR.finditer(text):
        last = match
    return last


def _is_site_name(text: str, names: set[str]) -> bool:
    """ "BBC News" where the site is bbc.co.uk, "Harbour" where it is getharbour.com."""
    key = key_of(text)
    if len(text) > MAX_SITE_NAME:
        return False
    if any(len(name) >= 3 and (key.startswith(name) or key.endswith(name)) for name in names):
        return True
    return len(key) >= 5 and any(name.startswith(key) or name.endswith(key) for name in names)


def _is_appendix(after: str, before: str) -> bool:
    return len(after) <= MAX_SITE_NAME and (len(before) >= 20 or len(after) < len(before)) and len(before) >= 8
