"""The article's headline: without the site's name, and chosen where sources state different ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newscrawl.extraction.model import Evidence
from newscrawl.text import clean_line

LONGEST_SITE_NAME = 40
SHORTEST_PART = 25
"""Characters of a headline that may stand inside a longer one as the same without its kicker."""
_SEPARATOR = re.compile(r"\s+[|–—\-»•·:]\s+|\s*[|｜]\s*|\s+::\s+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")


@lru_cache(maxsize=512)
def clean_headline(text: str, publisher: str | None = None, site: str | None = None) -> str | None:
    """A headline without the site's name or a date at its end, or the site's name at its beginning.

    *publisher* is the site's name as it writes it, *site* its host or registrable domain.
    """
    text = clean_line(text)
    names = {name for name in (key_of(publisher), *site_keys(site)) if name}
    while match := _last_separator(text):
        before, after = text[: match.start()], text[match.end() :]
        if not before or not (key_of(after) in names or _is_site_name(after, names) or _DATE.fullmatch(after.strip())):
            break
        text = before
    first = _SEPARATOR.search(text)
    if first and first.start() and key_of(text[: first.start()]) in names and text[first.end() :]:
        text = text[first.end() :]
    return text.strip(" :|–—-") or None


def in_order(values: Sequence[Evidence], publisher: str | None, site: str | None) -> list[Evidence]:
    """Headline evidence, best first.

    Site rule, then what OpenGraph and the visible heading agree on, then JSON-LD; without JSON-LD the heading, since
    OpenGraph titles are often written for sharing. A heading that is OpenGraph's title with a kicker before it gives
    way to that title.
    """
    first: dict[str, Evidence] = {}
    for evidence in values:
        first.setdefault(evidence.source, evidence)
    keys = {source: key_of(clean_headline(evidence.value, publisher, site)) for source, evidence in first.items()}
    best = first.get("site rule") or _agreed(first, keys)
    return ([best] if best is not None else []) + [evidence for evidence in values if evidence is not best]


def _agreed(first: dict[str, Evidence], keys: dict[str, str]) -> Evidence | None:
    linked, shared, seen = first.get("json-ld"), first.get("opengraph"), first.get("dom")
    if shared is None or seen is None:
        return linked or seen or shared
    title, heading = keys["opengraph"], keys["dom"]
    if title == heading:
        # A heading of several lines is often glued together where they meet.
        return linked if linked is not None and keys["json-ld"] == title else shared
    is_without_kicker = len(title) > SHORTEST_PART and title in heading and not heading.startswith(title)
    if linked is not None:
        return shared if is_without_kicker and keys["json-ld"] == heading else linked
    is_cut_short = len(heading) < SHORTEST_PART and title.endswith(heading)
    return shared if is_without_kicker or is_cut_short else seen


def key_of(text: str | None) -> str:
    """Letters and digits in lower case, for comparing names."""
    return _NOT_ALNUM.sub("", (text or "").casefold())


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
    """ "BBC News" where the site is bbc.co.uk."""
    key = key_of(text)
    if len(text) > LONGEST_SITE_NAME:
        return False
    return any(len(name) >= 3 and (key.startswith(name) or key.endswith(name)) for name in names)
