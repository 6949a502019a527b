"""Read sitemaps: URL sets, indexes, news sitemaps and plain-text lists, also gzipped. Pure.

Sources: sitemaps.org/protocol.html; developers.google.com "News sitemaps" (namespace sitemap-news/0.9).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml import etree

from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.model import Discovered, Link, LinkKind
from newscrawl.discovery.sources import clean_field, decompress, get_rejection_reason, read_prolog, resolve_url, to_utf8
from newscrawl.urls.classify import is_static, score_article_url
from newscrawl.urls.normalize import normalize

SITEMAP_PATHS: Final = (
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/sitemap-index.xml",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/googlenews.xml",
    "/sitemap/news.xml",
    "/sitemaps/news.xml",
    "/wp-sitemap.xml",
    "/sitemap.xml.gz",
    "/sitemap.txt",
)
"""Usual paths of sitemaps if robots.txt names none, most common first."""

MAX_CHILDREN: Final = 500
"""Sitemaps followed from one index: those most likely to list articles, then those modified last."""
MAX_TAGS: Final = 3_000_000
"""Opening and closing tags of one document: four times what 50,000 full entries need."""

_FEED_ROOTS = frozenset(["rss", "feed", "rdf"])
_SITEMAP_ROOTS = frozenset(["urlset", "sitemapindex"])
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,31};)")
_ENTRY_END = re.compile(rb"</(?:[\w.-]{1,20}:)?(?:url|sitemap)\s{0,9}>")
_UNLIKELY = re.compile(r"image|video|tags?\b|author|autor|categor|taxonom|\bpages?\b|static|product|podcast|topic")
_LIKELY = re.compile(r"news|article|artikel|\bposts?\b|stor(?:y|ies)|noticia|latest|today")


def read_sitemap(body: bytes, url: str, *, limit: int = 50_000) -> Discovered:
    """Return the pages or child sitemaps that a sitemap lists, with their declared metadata.

    Entries of news sitemaps have score 1, others are scored by their URL. URLs of other sites are not filtered out.
    Entries after *limit* are omitted. If the document is malformed or truncated, `partial` gives the reason and `links`
    what could be parsed. A document with a DTD is not parsed: it returns a reason and no links.
    """
    plain = decompress(body)
    text = to_utf8(plain.body)
    start = read_prolog(text)
    if not start.root and not start.has_doctype:
        found = _read_lines(text, url, limit)
    elif (reason := get_rejection_reason(start, text)) is not None:
        found = Discovered((), f"sitemap rejected: {reason}")
    elif start.root in _FEED_ROOTS:
        found = read_feed(text, url)
    elif start.root not in _SITEMAP_ROOTS:
        found = Discovered((), f"not a sitemap: its root element is '{start.root[:40]}'")
    elif text.count(b"<") > MAX_TAGS:
        found = Discovered((), f"sitemap rejected: more than {MAX_TAGS} tags")
    else:
        found = _read_xml(text, url, limit)
    return Discovered(found.links, plain.partial or found.partial)


def _read_lines(body: bytes, url: str, limit: int) -> Discovered:
    """Read a plain-text sitemap, which has one URL on each line."""
    links: dict[str, Link] = {}
    for line in io.BytesIO(body):
        if len(links) >= limit:
            return Discovered(tuple(links.values()), f"more than {limit} URLs")
        target = resolve_url(url, line.decode("utf-8", "replace")) if line.lstrip().startswith(b"http") else None
        if target is not None and not is_static(target):
            links.setdefault(target, Link(target, LinkKind.ARTICLE, "sitemap", score_article_url(target)))
    return Discovered(tuple(links.values()), None if links or not body.strip() else "not a sitemap")


def _read_xml(body: bytes, url: str, limit: int) -> Discovered:
    """Parse an XML sitemap as a stream. libxml2 itself stops at 256 levels."""
    whole = _cut_partial_entry(_BARE_AMPERSAND.sub(b"&amp;", body))
    context = etree.iterparse(
        io.BytesIO(whole),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    links: dict[str, Link] = {}
    partial = None
    try:
        for link in _iter_links(context, url):
            if len(links) >= limit:
                partial = f"more than {limit} URLs"
                break
            links.setdefault(link.url, link)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError("not enough memory to parse the sitemap") from error
        partial = f"malformed sitemap: {clean_field(str(error))}"
    kept = _keep_best_children(tuple(links.values()))
    if len(kept) < len(links):
        partial = f"more than {MAX_CHILDREN} sitemaps"
    return Discovered(kept, partial or _get_error(context))


def _cut_partial_entry(body: bytes) -> bytes:
    """Return a truncated document up to its last complete entry: half a URL would be that of another page."""
    if body.rstrip().endswith((b"urlset>", b"sitemapindex>")):
        return body
    last = None
    for last in _ENTRY_END.finditer(body, max(len(body) - 65_536, 0)):  # noqa: B007
        pass
    return body[: last.end()] if last else body


def _get_error(context: etree.iterparse[tuple[str, etree._Element]]) -> str | None:
    errors = [error for error in context.error_log if "Namespace prefix" not in error.message]
    return f"malformed sitemap: {clean_field(errors[0].message)} in line {errors[0].line}" if errors else None


def _iter_links(context: etree.iterparse[tuple[str, etree._Element]], url: str) -> Iterator[Link]:
    """Yield a link for each entry with the URL of a page or sitemap, and free the entry."""
    own = normalize(url)
    min_score = 0.6 if _LIKELY.search(_get_path(url)) else 0.0
    for _, element in context:
        values = {_get_local_name(child.tag): child for child in element}
        target = resolve_url(url, values["loc"].text) if "loc" in values else None
        if target is not None:
            if _get_local_name(element.tag) == "url":
                link = _parse_page(target, values, min_score)
            else:
                link = None if normalize(target) == own else _parse_child(target, values)
            if link is not None:
                yield link
        _free(element)


def _free(element: etree._Element) -> None:
    """Free the memory of a parsed entry and of everything before it."""
    parent = element.getparent()
    if parent is not None and parent.getparent() is None:
        element.clear()
        while element.getprevious() is not None:
            del parent[0]


@lru_cache(maxsize=256)
def _get_local_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _get_text(values: dict[str, etree._Element], name: str) -> str | None:
    return clean_field(values[name].text) if name in values else None


def _parse_page(target: str, values: dict[str, etree._Element], min_score: float) -> Link | None:
    """Return the link of a page, or None for a file. *min_score* applies to URLs that may be articles."""
    score = score_article_url(target)
    if score == 0 and is_static(target):
        return None
    news = values.get("news", values.get("news:news"))
    if news is None:
        score = max(score, min_score) if score else 0.0
        return Link(target, LinkKind.ARTICLE, "sitemap", score, date_modified=_get_text(values, "lastmod"))
    declared = {_get_local_name(child.tag).removeprefix("news:"): child for child in news.iter() if child is not news}
    keywords = (_get_text(declared, "keywords") or "").split(",")
    return Link(
        url=target,
        kind=LinkKind.ARTICLE,
        source="news sitemap",
        headline=_get_text(declared, "title"),
        date_published=_get_text(declared, "publication_date"),
        date_modified=_get_text(values, "lastmod"),
        in_language=_get_text(declared, "language"),
        keywords=tuple(dict.fromkeys(word.strip() for word in keywords if word.strip()))[:50],
    )


def _get_path(url: str) -> str:
    """Return everything after the host, in lower case."""
    return url.lower().partition("//")[2].partition("/")[2]


def _parse_child(target: str, values: dict[str, etree._Element]) -> Link:
    """Return the link of a child sitemap; its score is how likely the sitemap lists articles."""
    name = _get_path(target)
    score = 1.0 if _LIKELY.search(name) else 0.2 if _UNLIKELY.search(name) else 0.6
    return Link(target, LinkKind.SITEMAP, "sitemap", score, date_modified=_get_text(values, "lastmod"))


def _keep_best_children(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return all pages and the best `MAX_CHILDREN` sitemaps, in source order."""
    children = [link for link in links if link.kind is LinkKind.SITEMAP]
    if len(children) <= MAX_CHILDREN:
        return links
    children.sort(key=lambda link: (link.score, link.date_modified or ""), reverse=True)
    kept = {link.url for link in children[:MAX_CHILDREN]}
    return tuple(link for link in links if link.kind is not LinkKind.SITEMAP or link.url in kept)
