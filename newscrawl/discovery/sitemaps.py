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
from newscrawl.discovery.sources import Decompressed, InvalidUrls, clean_field, clean_title, decompress
from newscrawl.discovery.xml_text import iter_entries, read_xml
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

MAX_CHILDREN: Final = 5_000
"""Sitemaps recorded from one index: those most likely to list articles, then those modified last."""
MAX_TAGS: Final = 3_000_000
"""Opening and closing tags of one document: four times what 50,000 full entries need."""

_FEED_ROOTS = frozenset(["rss", "feed", "rdf"])
_SITEMAP_ROOTS = frozenset(["urlset", "sitemapindex"])
MIN_CUT: Final = 4 * 1024 * 1024
"""Bytes of a sitemap from which its entries are counted before it is decoded."""

_ENTRY_END_BYTES = re.compile(rb"</(?:[\w.-]{1,20}:)?(?:url|sitemap)\s{0,9}>")
_ENTRY_END = re.compile(r"</(?:[\w.-]{1,20}:)?(?:url|sitemap)\s{0,9}>")
_UNLIKELY = re.compile(r"image|video|tags?\b|author|autor|categor|taxonom|\bpages?\b|static|product|podcast|topic")
_LIKELY = re.compile(r"news|article|artikel|\bposts?\b|stor(?:y|ies)|noticia|latest|today")


def read_sitemap(body: bytes, url: str, *, limit: int = 50_000) -> Discovered:
    """Return the pages or child sitemaps that a sitemap lists, with their declared metadata.

    Entries of news sitemaps have score 1, others are scored by their URL. URLs of other sites are not filtered out.
    Entries after *limit* are omitted. If the document is malformed or truncated or entries have invalid URLs, `partial`
    says so and `links` has what could be parsed. A DTD is not processed, and no entity is expanded.
    """
    plain = _cut_body(decompress(body), limit)
    xml, invalid = read_xml(plain.body), InvalidUrls()
    if xml.root in _FEED_ROOTS:
        found = read_feed(plain.body, url)
    elif not xml.root:
        found = _read_lines(xml.text, url, limit, invalid) if plain.body.strip() else Discovered(())
    elif (reason := xml.rejection) is not None:
        found = Discovered((), f"sitemap rejected: {reason}")
    elif xml.root not in _SITEMAP_ROOTS:
        found = Discovered((), f"not a sitemap: its root element is '{xml.root[:40]}'")
    elif xml.text.count("<") > MAX_TAGS:
        found = Discovered((), f"sitemap rejected: more than {MAX_TAGS} tags")
    else:
        found = _read_xml(xml.text, url, limit, invalid)
    return Discovered(found.links, invalid.explain(plain.partial or found.partial))


def _cut_body(plain: Decompressed, limit: int) -> Decompressed:
    """Return a sitemap without the entries after *limit*, before each of them takes memory several times over."""
    if len(plain.body) < MIN_CUT:
        return plain
    for number, match in enumerate(_ENTRY_END_BYTES.finditer(plain.body), 1):
        if number > limit:
            return Decompressed(plain.body[: match.end()], plain.partial or f"more than {limit} URLs")
    return plain


def _read_lines(text: str, url: str, limit: int, invalid: InvalidUrls) -> Discovered:
    """Read a plain-text sitemap, which has one URL on each line."""
    links: dict[str, Link] = {}
    for line in map(str.strip, io.StringIO(text)):
        if len(links) >= limit:
            return Discovered(tuple(links.values()), f"more than {limit} URLs")
        if line[:4].lower() != "http":
            if line and not line.startswith("#"):
                invalid.reject(line)
            continue
        target = invalid.resolve(url, line)
        if target is not None and not is_static(target):
            links.setdefault(target, Link(target, LinkKind.ARTICLE, "sitemap", score_article_url(target)))
    return Discovered(tuple(links.values()), None if links else "not a sitemap")


def _read_xml(text: str, url: str, limit: int, invalid: InvalidUrls) -> Discovered:
    """Parse an XML sitemap as a stream, and one with broken markup entry by entry."""
    whole = _cut_partial_entry(text)
    links: dict[str, Link] = {}
    context = _parse(whole)
    partial = _collect(links, _iter_links(context, url, invalid), limit) or _get_error(context)
    if partial and partial.startswith("malformed"):
        invalid.clear()
        start = whole[: whole.find(">") + 1]
        entries = (_parse(f"{start}{entry}") for entry in iter_entries(whole, "url|sitemap"))
        found = (link for one in entries for link in _iter_links(one, url, invalid))
        partial = _collect(links, found, limit) or partial
    kept = _keep_best_children(tuple(links.values()))
    return Discovered(kept, f"more than {MAX_CHILDREN} sitemaps" if len(kept) < len(links) else partial)


def _parse(text: str) -> etree.iterparse[tuple[str, etree._Element]]:
    """Return a parser of *text*. libxml2 itself stops at 256 levels."""
    return etree.iterparse(
        io.BytesIO(text.encode("utf-8", "replace")),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )


def _collect(links: dict[str, Link], found: Iterator[Link], limit: int) -> str | None:
    """Add *found* to *links* up to *limit*; return why links may be missing, or None."""
    try:
        for link in found:
            if len(links) >= limit and link.url not in links:
                return f"more than {limit} URLs"
            links.setdefault(link.url, link)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError("not enough memory to parse the sitemap") from error
        return f"malformed sitemap: {clean_field(str(error))}"
    return None


def _cut_partial_entry(text: str) -> str:
    """Return a truncated document up to its last complete entry: half a URL would be that of another page."""
    if text.rstrip().endswith(("urlset>", "sitemapindex>")):
        return text
    last = None
    for last in _ENTRY_END.finditer(text, max(len(text) - 65_536, 0)):  # noqa: B007
        pass
    return text[: last.end()] if last else text


def _get_error(context: etree.iterparse[tuple[str, etree._Element]]) -> str | None:
    errors = [error for error in context.error_log if "Namespace prefix" not in error.message]
    return f"malformed sitemap: {clean_field(errors[0].message)} in line {errors[0].line}" if errors else None


def _iter_links(context: etree.iterparse[tuple[str, etree._Element]], url: str, invalid: InvalidUrls) -> Iterator[Link]:
    """Yield a link for each entry with the URL of a page or sitemap, and free the entry."""
    own = normalize(url)
    min_score = 0.6 if _LIKELY.search(_get_path(url)) else 0.0
    for _, element in context:
        values = {_get_local_name(child.tag): child for child in element.iterchildren("*")}
        target = _get_location(values, url, invalid)
        if target is not None:
            if _get_local_name(element.tag) == "url":
                link = _parse_page(target, values, min_score)
            else:
                link = None if normalize(target) == own else _parse_child(target, values)
            if link is not None:
                yield link
        _free(element)


def _get_location(values: dict[str, etree._Element], url: str, invalid: InvalidUrls) -> str | None:
    """Return the URL in `loc`; None if it has markup in it, since only a part of it would be left."""
    place = values.get("loc")
    if place is not None and len(place):
        invalid.reject(place.text or "")
        return None
    return invalid.resolve(url, place.text if place is not None else None)


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
    declared = {
        _get_local_name(child.tag).removeprefix("news:"): child for child in news.iter("*") if child is not news
    }
    keywords = (_get_text(declared, "keywords") or "").split(",")
    return Link(
        url=target,
        kind=LinkKind.ARTICLE,
        source="news sitemap",
        headline=clean_title(declared["title"].text) if "title" in declared else None,
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
