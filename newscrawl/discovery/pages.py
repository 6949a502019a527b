"""Find the links to articles, sections, next pages and feeds on a page. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote

from lxml import etree

from newscrawl.discovery import page_words as words
from newscrawl.discovery.anchors import get_anchor_text, get_place, is_in_sentence
from newscrawl.discovery.model import Discovered, Link, LinkKind
from newscrawl.discovery.score import (
    ASIDE,
    COMMENTS,
    FOOTER,
    HEADING,
    LABEL,
    NAV,
    PAGER,
    RUNNING,
    SHARE,
    count_words,
    is_other_page,
    score_article_link,
    score_section_link,
)
from newscrawl.discovery.siblings import HEADLINE_WORDS, Sibling, get_shape, raise_scores
from newscrawl.discovery.sources import describe_invalid_urls, resolve_url
from newscrawl.urls.classify import LIKELY_ARTICLE, is_static, score_article_url
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.urls.normalize import get_site, normalize
from newscrawl.urls.parse import get_url_host

MAX_LINKS: Final = 1_000
"""Links returned for one page: those with the highest scores."""
MAX_ANCHORS: Final = 20_000
"""Anchors of a page that are examined; later ones are ignored."""
LIKELY_SECTION: Final = 0.5
MAX_HEADLINE: Final = 250
"""Characters; longer anchor text is a whole teaser, not a headline."""

_FEED_TYPES: Final = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/rss+xml"]
)
_FEED_HREF = re.compile(
    r"/(?:rss|feed|atom)/?$|\.(?:rss|atom|rdf)$|(?:rss|feeds?|atom)[\w./-]*\.xml$|/feeds/posts/"
    r"|[?&](?:feed|format|fmt|type|output|outputtype|view|mode|alt|display|action|do|op)"
    r"=(?:rss(?:[-_]?[12](?:[._]0)?)?|atom(?:[-_]?1(?:[._]?0)?)?|rdf|feed)(?:&|$)"
    r"|[?&](?:rss2?|atom|feed)(?:=(?:1|true|yes)?)?(?:&|$)",
    re.I,
)
_FEED_END = re.compile(r"/(?:rss|feed|atom)(?:\.xml)?/?$", re.I)
_COMMENT_FEED = re.compile(r"/comments/|comment|kommentar|reactie|yorum|коммент", re.I)
_PAGE_NUMBER = re.compile(
    r"/(?:page|seite|pagina|sivu|side|sida|strona|sayfa|halaman|strana|oldal|p)[/_-]?\d{1,4}(?:\.\w+)?/?$"
    r"|[?&](?:page|paged|seite|pagina|pg|p|sayfa|strona|sida|halaman|offset|start)=\d{1,5}(?:&|$)",
    re.I,
)
_NO_PAGE = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:|(?:https?:[/\\]*)?$", re.I)
"""A scheme without pages, or what templates leave where an editor fills in nothing: only the scheme, or not even it."""
_SKIPPED = ("#", "javascript:", "mailto:", "tel:", "data:", "whatsapp:", "sms:", "about:", "blob:")
_NUMBERED = re.compile(r"\d{5}|/(?:19|20)\d\d/|\d[A-Za-z]+\d")
_BELOW = LIKELY_ARTICLE - 0.05
_NO_SIBLING = Sibling(0.0, 0)
_ROOTED = re.compile(r"/(?![/\\])(?!.*[/\\]\.)")


@dataclass(frozen=True, slots=True)
class _Page:
    """Facts about the page that its links are compared with."""

    base: str
    origin: str
    """Scheme and host of *base*."""
    origin_is_own: bool
    site: str
    key: str
    source: str
    edition: str
    """First path segment if it is a language code, else ""."""
    is_article: bool
    rules: UrlKeyRules
    follow: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Target:
    """Facts about a link's target that depend only on its URL."""

    url: str
    key: str = ""
    url_score: float = 0.0
    is_feed: bool = False
    is_forced: bool = False
    """The site file says that it is an article."""
    obstacle: str | None = None
    """Why it is no page of the site to follow."""
    is_invalid: bool = False
    """Nobody can fetch it, though it is written like the URL of a page of the site."""


@dataclass(slots=True)
class _Candidate:
    """The best link to one target so far."""

    link: Link
    key: str
    rank: tuple[bool, int] = (False, 0)
    """(headline is in a heading, length of the headline); the higher rank provides the headline."""
    article: Link | None = None
    """The link as one to an article, whatever its score; None if it cannot be one."""
    sibling: Sibling = _NO_SIBLING


@dataclass(slots=True)
class LinkNotes:
    """What `find_links` saw of a page besides the links that it returns, for those who want to know why."""

    anchors: dict[str, str] = field(default_factory=dict)
    """URL -> text of its first anchor with text."""
    ignored: dict[str, str] = field(default_factory=dict)
    """URL -> why it cannot lead to an article or a listing: `not_a_page`, `other_site`, `same_page`, `file`,
    `list_or_service`, `navigation`, `label`, `pagination` or `comment_feed`."""

    def add(self, element: etree._Element, url: str, reason: str | None) -> None:
        if reason is not None:
            self.ignored.setdefault(url, reason)
        if not self.anchors.get(url):
            self.anchors[url] = get_anchor_text(element)[0]


def find_links(
    root: etree._Element,
    url: str,
    rules: UrlKeyRules = PLAIN,
    follow: Sequence[str] = (),
    *,
    notes: LinkNotes | None = None,
) -> Discovered:
    """Return the links of a page to other pages of its site, one for each URL key.

    *root* is the parsed page, which is not modified; *url* is its URL, *rules* are the URL key rules of the site.
    Articles are scored by `score_article_link` and by their siblings, and have the anchor's text as headline; those
    with a score under `LIKELY_ARTICLE` could be articles. Sections are scored by `score_section_link`. Next pages have
    kind SECTION and source `pagination`. Feeds come from `rel=alternate`, these also on other sites, and from anchors
    whose URL looks like a feed. *follow* are regular expressions of URLs that are articles in any case. *notes* are
    filled in. `partial` says which limit was reached, and how many links have invalid URLs.
    """
    page = _describe_page(root, url, rules, follow)
    places: dict[etree._Element, int] = {}
    targets: dict[tuple[str, bool], _Target] = {}
    found: dict[str, _Candidate] = {}
    invalid: dict[str, None] = {}
    partial = None
    for count, element in enumerate(root.iter("a", "link", "area")):
        if count >= MAX_ANCHORS:
            partial = f"more than {MAX_ANCHORS} anchors"
            break
        href = element.get("href")
        if not href or href.startswith(_SKIPPED):
            continue
        names_feed = _is_feed_element(element)
        if (href, names_feed) not in targets:
            targets[href, names_feed] = _resolve_target(href.strip(), page, any_site=names_feed)
        target = targets[href, names_feed]
        if target.is_invalid and (element.tag != "link" or names_feed or "next" in _get_relations(element)):
            invalid[target.url] = None
        new = target.obstacle or _classify(element, target, page, places)
        if isinstance(new, _Candidate):
            old = found.get(new.key)
            found[new.key] = _merge(old, new) if old is not None else new
        if notes is not None and element.tag != "link":
            notes.add(element, target.url, new if isinstance(new, str) else None)
    links = _score_links(found.values(), notes)
    if len(links) > MAX_LINKS:
        return Discovered(_keep_best(links), _explain_partial(f"more than {MAX_LINKS} links", invalid))
    return Discovered(tuple(links), _explain_partial(partial, invalid))


def _explain_partial(partial: str | None, invalid: Collection[str]) -> str | None:
    """Return why links may be missing: *partial*, and the *invalid* URLs of the page."""
    if not invalid:
        return partial
    subject = "1 link" if len(invalid) == 1 else f"{len(invalid):,} links"
    said = describe_invalid_urls(subject, len(invalid), next(iter(invalid)))
    return f"{said}; {partial}" if partial else said


def _score_links(found: Iterable[_Candidate], notes: LinkNotes | None) -> list[Link]:
    """Return the links of the candidates, with the scores that the other links of the page give them."""
    candidates = list(found)
    of_articles = [one for one in candidates if one.article is not None]
    raised = raise_scores([one.sibling for one in of_articles])
    scores = dict(zip((one.key for one in of_articles), _lower_unnumbered(of_articles, raised), strict=True))
    links = []
    for one in candidates:
        article, score = one.article, scores.get(one.key, 0.0)
        if article is None or (score < LIKELY_ARTICLE and one.link.kind is not LinkKind.ARTICLE):
            links.append(one.link)
        elif score >= LIKELY_ARTICLE or one.sibling.words >= (1 if one.sibling.shape else HEADLINE_WORDS):
            links.append(article if article.score == score else replace(article, score=score))
        elif notes is not None:
            notes.ignored.setdefault(article.url, "label")
    return links


def _lower_unnumbered(articles: Sequence[_Candidate], scores: Sequence[float]) -> list[float]:
    """Lower a low score of articles without a number in the URL if most articles of the page have one."""
    likely = [one for one in articles if one.sibling.score >= LIKELY_ARTICLE]
    numbered = sum(_is_numbered(one) for one in likely)
    if numbered < 8 or numbered < 0.7 * len(likely):
        return list(scores)
    return [
        min(score, _BELOW) if score < 0.8 and not (_is_numbered(one) or one.sibling.shape) else score
        for one, score in zip(articles, scores, strict=True)
    ]


def _is_numbered(candidate: _Candidate) -> bool:
    return candidate.article is not None and _NUMBERED.search(candidate.article.url) is not None


def _describe_page(root: etree._Element, url: str, rules: UrlKeyRules, follow: Sequence[str]) -> _Page:
    declared = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    base = (resolve_url(url, declared) if declared else None) or url
    segments = _split_path(url)
    site = get_site(url)
    return _Page(
        base=base,
        origin="/".join(base.split("/", 3)[:3]),
        origin_is_own=get_site(base) == site,
        site=site,
        key=normalize(url, rules),
        source="section" if segments else "front page",
        edition=segments[0] if segments and segments[0] in words.EDITIONS else "",
        is_article=score_article_url(url) >= LIKELY_ARTICLE,
        rules=rules,
        follow=re.compile("|".join(f"(?:{pattern})" for pattern in follow)) if follow else None,
    )


def _is_invalid(href: str, page: _Page) -> bool:
    """Return whether *href*, which cannot be fetched, was to be a page of the site.

    The URLs of advertisements on other hosts are often too long.
    """
    host = get_url_host(href)
    return _NO_PAGE.match(href) is None and (not host or host == get_url_host(page.base))


def _get_relations(element: etree._Element) -> list[str]:
    return (element.get("rel") or "").lower().split()


def _split_path(url: str) -> tuple[str, ...]:
    """Return the path segments of a URL, unquoted and in lower case."""
    path = url.partition("#")[0].partition("?")[0].partition("://")[2].partition("/")[2].lower()
    return tuple(segment for segment in (unquote(path) if "%" in path else path).split("/") if segment)


def _is_feed_element(element: etree._Element) -> bool:
    """Return whether *element* is a `link` that names a feed of the page."""
    return (
        element.tag == "link"
        and "alternate" in _get_relations(element)
        and (element.get("type") or "").partition(";")[0].strip().lower() in _FEED_TYPES
    )


def _resolve_target(href: str, page: _Page, *, any_site: bool) -> _Target:
    """Return the target of a link; it has an obstacle unless it is another page of the site (or of *any_site*)."""
    url = resolve_url(page.base, page.origin + href if _ROOTED.match(href) else href)
    if url is None:
        return _Target(href, obstacle="not_a_page", is_invalid=_is_invalid(href, page))
    try:
        is_own = page.origin_is_own and url.startswith(f"{page.origin}/")
        if not (is_own or any_site or get_site(url) == page.site):
            return _Target(url, obstacle="other_site")
        key = normalize(url, page.rules)
    except ValueError:
        return _Target(url, obstacle="not_a_page", is_invalid=True)
    label = url.partition("://")[2].partition("/")[0].partition(".")[0]
    is_forced = page.follow is not None and page.follow.search(url) is not None
    if key == page.key or (page.is_article and key.partition("?")[0] == page.key.partition("?")[0]):
        return _Target(url, obstacle="same_page")
    if label in words.SERVICE_HOSTS and not (any_site or is_forced):
        return _Target(url, obstacle="list_or_service")
    return _Target(url, key, score_article_url(url), _FEED_HREF.search(url) is not None, is_forced)


def _classify(
    element: etree._Element, target: _Target, page: _Page, places: dict[etree._Element, int]
) -> _Candidate | str:
    """Return a candidate, or why the link is none."""
    rel = _get_relations(element)
    if element.tag == "link":
        return _classify_link_element(element, target, rel, page)
    place = get_place(element, places)
    text, in_heading = get_anchor_text(element)
    if in_heading:
        place |= HEADING
    elif is_in_sentence(element):
        place |= RUNNING
    if not target.is_forced and _is_next_page(target.url, text, rel, place):
        link = Link(target.url, LinkKind.SECTION, "pagination", 0.9 if "next" in rel else 0.8)
        return "pagination" if page.is_article else _Candidate(link, target.key)
    if target.is_feed and not target.is_forced:
        link = Link(target.url, LinkKind.FEED, page.source, 0.6)
        if target.url_score < LIKELY_ARTICLE:
            return _Candidate(link, target.key) if _is_site_feed(target.url, text) else "comment_feed"
    return _classify_anchor(target, text, place, page)


def _classify_link_element(element: etree._Element, target: _Target, rel: list[str], page: _Page) -> _Candidate | str:
    if _is_feed_element(element):
        link = Link(target.url, LinkKind.FEED, "alternate")
        return _Candidate(link, target.key) if _is_site_feed(target.url, element.get("title") or "") else "comment_feed"
    if "next" in rel and not page.is_article:
        return _Candidate(Link(target.url, LinkKind.SECTION, "pagination", 0.9), target.key)
    return "not_a_page"


def _classify_anchor(target: _Target, text: str, place: int, page: _Page) -> _Candidate | str:
    segments = _split_path(target.url)
    is_generic = text.lower() in words.GENERIC
    score = 1.0 if target.is_forced else score_article_link(place, text, target.url_score)
    is_headline = count_words(text) > 1 and len(text) <= MAX_HEADLINE and not is_generic
    headline = text if is_headline and (place & HEADING or not place & RUNNING) else None
    article = Link(target.url, LinkKind.ARTICLE, page.source, score, headline)
    rank = bool(place & HEADING), len(headline or "")
    is_alone = bool(place & HEADING) or not place & (RUNNING | ASIDE)
    sibling = Sibling(score, 0 if is_generic else count_words(text), get_shape(target.key), is_alone)
    if score >= LIKELY_ARTICLE:
        return _Candidate(article, target.key, rank, article, sibling)
    obstacle = _find_obstacle(target, text, place, segments)
    candidate = None if obstacle else _Candidate(article, target.key, rank, article, sibling)
    if "?" in target.key or is_static(target.url) or _is_other_edition(target.url, segments, page):
        return candidate or obstacle or "label"
    score = score_section_link(place, text, target.url_score, segments)
    if score < LIKELY_SECTION:
        return candidate or obstacle or "label"
    section = Link(target.url, LinkKind.SECTION, page.source, score)
    return replace(candidate, link=section) if candidate else _Candidate(section, target.key)


def _find_obstacle(target: _Target, text: str, place: int, segments: tuple[str, ...]) -> str | None:
    """Return why a link cannot lead to an article, or None."""
    if is_static(target.url):
        return "file"
    if target.url_score == 0 or is_other_page(segments) or not words.GROUPS.isdisjoint(segments):
        return "list_or_service"
    if place & (PAGER | SHARE | LABEL | COMMENTS) or (place & (NAV | FOOTER) and not place & HEADING):
        return "navigation"
    return "label" if text.lower() in words.SECTIONS else None


def _is_other_edition(url: str, segments: tuple[str, ...], page: _Page) -> bool:
    """Return whether the URL belongs to an edition in another language, by the first label of its host or its path."""
    if not segments:
        return url.partition("://")[2].partition(".")[0] in words.EDITIONS
    return bool(page.edition) and segments[0] in words.EDITIONS and segments[0] != page.edition


def _is_next_page(url: str, text: str, rel: list[str], place: int) -> bool:
    if "next" in rel:
        return True
    says_next = text.lower() in words.NEXT
    if not (place & PAGER or says_next or text.isdigit()):
        return False
    return _PAGE_NUMBER.search(url) is not None or bool(says_next and place & PAGER)


def _is_site_feed(url: str, title: str) -> bool:
    """Return whether a feed lists articles, not the comments on articles."""
    if _COMMENT_FEED.search(url) or _COMMENT_FEED.search(title):
        return False
    return score_article_url(_FEED_END.sub("", url.partition("?")[0])) < LIKELY_ARTICLE


def _merge(old: _Candidate, new: _Candidate) -> _Candidate:
    """Merge two links to one page: the kind with the higher score, and for an article the headline of higher rank."""
    surer = new.link if new.link.score > old.link.score else old.link
    best = new if new.rank > old.rank else old
    headline = best.link.headline if surer.kind is LinkKind.ARTICLE else None
    link = surer if surer.headline == headline else replace(surer, headline=headline)
    article = max((one.article for one in (old, new) if one.article), key=lambda one: one.score, default=None)
    if article is not None and article.headline != best.link.headline:
        article = replace(article, headline=best.link.headline)
    sibling = max(old.sibling, new.sibling, key=lambda one: (one.words, one.score))
    score = max(old.sibling.score, new.sibling.score)
    return _Candidate(link, old.key, best.rank, article, replace(sibling, score=score))


def _keep_best(links: list[Link]) -> tuple[Link, ...]:
    """Return the `MAX_LINKS` links with the highest scores, in page order."""
    order = sorted(range(len(links)), key=lambda index: -links[index].score)[:MAX_LINKS]
    return tuple(links[index] for index in sorted(order))
