"""Recognize articles by the company they keep on a page. Pure.

A link by itself says little if its URL is a number and its headline is short. Among links whose URLs differ in that
number only, and of which most have headlines, it is an article like the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from newscrawl.urls.classify import LIKELY_ARTICLE
from newscrawl.urls.parse import split_any
from newscrawl.urls.word_lists import PAGE_EXTENSIONS

MIN_SIBLINGS: Final = 3
HEADLINE_WORDS: Final = 3
"""Labels of menus and sections are shorter, as a rule."""
MIN_HEADLINES: Final = 0.6
"""Share of siblings with a headline."""
MIN_HEADLINES_APART: Final = 0.75
"""The same for siblings in different folders."""
LONE_WORDS: Final = 4
"""Words of a headline that make a numbered URL without siblings an article."""
_ID_NAME = re.compile(r"(?:^|_)(?:a|p|n|s|d|art|article|news|story|no|num|nr|idx|code|key)$|id$|no$", re.I)
"""Parameters that name a page; others filter or sort a list."""
_NUMBER = ":number"
_FOLDER = re.compile(r"(?<=/)[^/?=&:]+(?=/)")
_DIGITS = re.compile(r"\d+")
_ID = re.compile(
    r"\d+"
    r"|[a-z]{1,12}[-_.]?\d{2,}"
    r"|[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"
    r"|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,}"
    r"|(?=\w*[A-Z])(?=\w*[a-z])(?=\w*\d)[\w-]{5,}",
)


@dataclass(frozen=True, slots=True)
class Sibling:
    """What is compared of a link that may lead to an article."""

    score: float
    """Of the link by itself (`score_article_link`)."""
    words: int
    """Of its anchor text; 0 for an image."""
    shape: str = ""
    """From `get_shape`."""
    is_alone: bool = True
    """Stands by itself, not in a sentence or a sidebar."""


def raise_scores(links: Sequence[Sibling]) -> list[float]:
    """Return the scores of *links*, raised to `LIKELY_ARTICLE` for those whose siblings are articles."""
    scores = [link.score for link in links]

    def raise_group(numbers: Iterable[int], *, min_words: int = 0) -> None:
        for number in numbers:
            if links[number].words >= min_words:
                scores[number] = max(scores[number], LIKELY_ARTICLE)

    for numbers in _group(links, lambda link: link.shape):
        if len(numbers) >= MIN_SIBLINGS and _share(links, numbers) >= MIN_HEADLINES:
            raise_group(numbers)
    for numbers in _group(links, lambda link: _FOLDER.sub("*", link.shape)):
        if len(numbers) >= MIN_SIBLINGS and _share(links, numbers) >= MIN_HEADLINES_APART:
            raise_group(numbers, min_words=HEADLINE_WORDS)
    lone = (number for number, link in enumerate(links) if link.is_alone and link.shape.endswith(_NUMBER))
    raise_group(lone, min_words=LONE_WORDS)
    return scores


def get_shape(url: str) -> str:
    """Return what remains of *url* when its id is taken out, or "" if it has none but is made of words."""
    parts = split_any(url)
    *folders, last = [segment for segment in parts.path.split("/") if segment] or [""]
    stem, dot, extension = last.rpartition(".")
    if not dot or extension.lower() not in PAGE_EXTENSIONS:
        stem, extension = last, ""
    start = f"{parts.netloc}/" + "".join(f"{_DIGITS.sub('#', folder.lower())}/" for folder in folders)
    if stem.isdigit() and stem.isascii():
        return f"{start}{extension}{_NUMBER}"
    if _ID.fullmatch(stem) or _ID.fullmatch(stem.lower()):
        return f"{start}{extension}:id"
    names = sorted(name for name, value in parse_qsl(parts.query) if _ID_NAME.search(name) and _ID.fullmatch(value))
    return f"{start}{last}?{'&'.join(names)}{_NUMBER}" if names else ""


def _group(links: Sequence[Sibling], get_key: Callable[[Sibling], Hashable]) -> Iterable[list[int]]:
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, link in enumerate(links):
        if key := get_key(link):
            groups[key].append(number)
    return groups.values()


def _share(links: Sequence[Sibling], numbers: Sequence[int]) -> float:
    """Return the share of links with a headline."""
    return sum(links[number].words >= HEADLINE_WORDS for number in numbers) / len(numbers)
