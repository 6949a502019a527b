"""Articles of several pages: find their other pages, and join what was extracted from each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lxml import etree

from newscrawl.discovery.page_words import COMMENT_NAMES, NEXT
from newscrawl.evidence import ArticlePages, Block, Extraction, ImageEvidence, Path
from newscrawl.extraction.html.scan import get_text
from newscrawl.text.fold import fold_words
from newscrawl.urls.page_numbers import PagePosition, get_positions, get_shared_segment
from newscrawl.urls.parse import get_url_host, join

REPEATED = "repeated"
"""The reason of a block that an earlier page of the article has, too."""
MIN_REPEATED = 30
"""A shorter text may occur twice in an article: "Yes.", "Why?"."""
MAX_QUERY = 12
"""Characters of a relative link that is only a number or a query."""
COMMENT_DEPTH = 8
"""Elements around a link that are checked for names of comment sections."""

_ARROWS = " \t\n<>«»‹›→❯:："
_ORIGIN = re.compile(r"https?://[^/?#]*", re.I)
_MARK = re.compile(r"[1-9]|all|full|single|whole|one|komplett|tout|todo|alle|tutto", re.I)
"""What the end of a URL contains if it states its place in an article."""
_FIRST = re.compile(r"\D?1\D?")
_LONG_NEXT = tuple(sorted(phrase for phrase in NEXT if " " in phrase or (len(phrase) >= 3 and ord(phrase[0]) > 0x2E80)))
"""Phrases that may be followed by the title of the next page: "Next page: The bill"."""


def find_article_pages(
    links: Iterable[etree._Element], url: str, canonical_url: str | None = None
) -> ArticlePages | None:
    """Return the place of a page in an article of several pages; None for an article of one page.

    *links* are the `link` and `a` elements of the page.
    Other pages of the article have its URL with another page number, and are linked by that number, by `rel=next` or
    with the words for "next page". Links in comment sections do not count: those continue the comments. A next page
    whose URL has an invalid host or port is returned as it is: the article goes on, where nobody can read it.
    """
    own = [position for position in get_positions(url) if position.number]
    if not own:
        return None
    slug = get_shared_segment(own[0].article)
    articles = {place.article for place in own}
    first = next_page = whole = None
    for element, href in _list_candidates(links, slug):
        if not _may_match(href, slug, may_be_later=len(own) > 1):
            continue
        target = join(url, href)
        is_invalid = not get_url_host(target)
        placed = _ORIGIN.sub(lambda _: _get_origin(url), target, count=1) if is_invalid else target
        places = [place for place in get_positions(placed) if place.article in articles]
        if not places or _is_in_comments(element):
            continue
        for mine in own:
            for other in places:
                if other.article != mine.article or (other.is_marked, other.number) == (mine.is_marked, mine.number):
                    continue
                if other.number == mine.number + 1 and other.is_marked and _says_next(element, other.number):
                    next_page = next_page or (mine, target)
                elif is_invalid:
                    continue
                elif other.number == 1 and mine.number > 1 and _says_first(element, mine.number, other):
                    first = first or (mine, target)
                elif other.number == 0 and element.tag == "a":
                    whole = whole or (mine, target)
    if canonical_url is not None:
        first = _get_canonical_first(own, canonical_url) or first
    return _build_pages(first, next_page, whole)


def _get_origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


_Found = tuple[PagePosition, str]


def _build_pages(first: _Found | None, next_page: _Found | None, whole: _Found | None) -> ArticlePages | None:
    if first is not None:
        mine, target = first
        return ArticlePages(mine.number, target, next_page[1] if next_page and next_page[0] == mine else None)
    if next_page is None:
        return None
    mine, target = next_page
    return ArticlePages(mine.number, None, target, whole[1] if whole and whole[0] == mine else None)


def _get_canonical_first(own: Iterable[PagePosition], canonical_url: str) -> _Found | None:
    """Return the first page if the canonical URL of a later page is that of the article."""
    for mine in own:
        if mine.number > 1 and any(
            other.article == mine.article and not other.is_marked for other in get_positions(canonical_url)
        ):
            return mine, canonical_url
    return None


def _list_candidates(links: Iterable[etree._Element], slug: str) -> list[tuple[etree._Element, str]]:
    """Return the few links that contain *slug*, or are too short to, each with its address."""
    return [
        (element, href)
        for element in links
        if slug in (href := element.get("href", "").strip()) or len(href) <= MAX_QUERY or href[0] == "?"
    ]


def _may_match(href: str, slug: str, *, may_be_later: bool) -> bool:
    """Return whether *href* may name another page of the article."""
    _, found, after = href.rpartition(slug)
    if found:
        return may_be_later or _MARK.search(after) is not None
    return (href.startswith("?") or (len(href) <= MAX_QUERY and ":" not in href)) and _MARK.search(href) is not None


def _says_next(element: etree._Element, number: int) -> bool:
    if "next" in (element.get("rel") or "").lower().split():
        return True
    if element.tag != "a":
        return False
    for text in (get_text(element), element.get("title") or "", element.get("aria-label") or ""):
        label = text.strip(_ARROWS + "[]()").casefold()
        if re.match(rf"(?:\D{{0,12}}\s)?{number}(?!\d)", label) or label in NEXT or text.strip().casefold() in NEXT:
            return True
        if label.startswith(_LONG_NEXT):
            return True
    return False


def _says_first(element: etree._Element, number: int, other: PagePosition) -> bool:
    """Return whether a link of page *number* leads back to the first page."""
    rel = (element.get("rel") or "").lower().split()
    if "prev" in rel or "previous" in rel:
        return number == 2 and not other.is_marked
    return element.tag == "a" and _FIRST.fullmatch(get_text(element).strip()) is not None


def _is_in_comments(element: etree._Element) -> bool:
    for _ in range(COMMENT_DEPTH):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if not COMMENT_NAMES.isdisjoint(re.split(r"[\s_-]+", names)):
            return True
        parent = element.getparent()
        if parent is None or parent.tag == "body":
            return False
        element = parent
    return False


def join_article_pages(pages: Sequence[Extraction]) -> Extraction:
    """Return the extraction of the first page with the blocks and images of all *pages*, in order.

    Texts that an earlier page has, too (headline, standfirst, notes), are not kept again.
    """
    first = pages[0]
    blocks: list[Block] = list(first.blocks)
    images: list[ImageEvidence] = list(first.images)
    seen = {fold_words(block.text) for block in blocks if block.kept}
    known = {image.url for image in images}
    for index, page in enumerate(pages[1:], 1):
        offset = len(blocks)
        repeated = {fold_words(block.text) for block in page.blocks if block.kept} & seen
        blocks += (_move(block, index, repeated) for block in page.blocks)
        images += (_move_image(one, index, offset) for one in page.images if one.place and one.url not in known)
        known |= {image.url for image in page.images}
        seen |= {fold_words(block.text) for block in page.blocks if block.kept}
    last = pages[-1].pages
    following = ArticlePages(1, None, last.next) if last is not None and last.next is not None else None
    return replace(first, blocks=tuple(blocks), images=tuple(images), pages=following)


def get_new_texts(texts: Iterable[str], seen: Iterable[str]) -> list[str]:
    """Return the *texts* of a further page that no earlier page has."""
    known = {fold_words(text) for text in seen}
    return [text for text in texts if fold_words(text) not in known]


def _move(block: Block, page: int, repeated: set[str]) -> Block:
    if block.kept and len(block.text) >= MIN_REPEATED and not block.path and fold_words(block.text) in repeated:
        return replace(block, kept=False, reason=REPEATED, html=None, standfirst=None)
    return replace(block, path=_move_path(block.path, page), standfirst=None)


def _move_path(path: Path, page: int) -> Path:
    """Return *path* with keys that differ from those of the other pages."""
    return tuple(replace(step, key=step.key + page * 10_000_000) for step in path)


def _move_image(image: ImageEvidence, page: int, offset: int) -> ImageEvidence:
    assert image.place is not None
    place = replace(image.place, before=image.place.before + offset, path=_move_path(image.place.path, page))
    return replace(image, place=place)
