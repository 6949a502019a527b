"""JSON-LD: the NewsArticle (or its kin) that a page describes, however it is wrapped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import etree

from newscrawl.extraction.metadata.evidence_book import EvidenceBook

SOURCE = "json-ld"
MAX_BLOCK = 2_000_000
MAX_NODES = 3_000
MAX_VALUES_OF_BLOCK = 20
MAX_NUMBER = 20
ARTICLE_TYPES = frozenset({
    "NewsArticle", "Article", "ReportageNewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle",
    "BackgroundNewsArticle", "AskPublicNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle",
    "SatiricalArticle", "LiveBlogPosting", "BlogPosting", "SocialMediaPosting", "TechArticle",
    "ScholarlyArticle", "Report", "CriticReview", "Recipe", "HowTo",
})  # fmt: skip
PAGE_TYPES = frozenset(["WebPage", "ItemPage", "AboutPage", "FAQPage", "MedicalWebPage"])

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What the blocks of one page say beyond single values."""

    article_body: str | None = None
    kind: str | None = None
    """The article's type; None where no block describes one."""
    types: frozenset[str] = frozenset()
    """Types of everything that stands for itself."""
    others: int = 0
    """Articles described where none of three or more has this page's URL: then `kind` says nothing of it."""


def read_json_ld(scripts: Iterable[etree._Element], url: str, book: EvidenceBook) -> LinkedData:
    """Add what the page's JSON-LD states about its article to *book*. A block that cannot be read is ignored."""
    nodes = [node for block in _blocks(scripts) for node in _nodes(block)]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _types(node) & ARTICLE_TYPES]
    pages = [node for node in nodes if _types(node) & PAGE_TYPES]
    article = _the_one(articles, url)
    if article is not None:
        _read_article(article, by_id, book)
    for page in pages[:1]:
        _read_page(page, by_id, book)
    headlines = {text for node in articles for text in _texts(node.get("headline") or node.get("name"))}
    others = 0 if len(headlines) < 3 or _names(article, url) else len(headlines)
    types = frozenset(name for node in nodes for name in _types(node))
    kind = next(iter(sorted(_types(article) & ARTICLE_TYPES, key=len, reverse=True)), None) if article else None
    return LinkedData(_article_body(article), kind, types, others)


def _blocks(scripts: Iterable[etree._Element]) -> Iterator[Any]:
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            yield from _parse(script.text or "")


def _parse(text: str) -> Iterator[Any]:
    """The values of a block: usually one, sometimes several written one after the other."""
    text = text.replace("<![CDATA[", "").strip()
    if not text or len(text) > MAX_BLOCK:
        return
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0 or start > 200:
        return
    text = text[start:]
    if "&quot;" in text and text[1:50].lstrip().startswith("&quot;"):
        text = unescape(text)
    for _ in range(MAX_VALUES_OF_BLOCK):
        try:
            value, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            mended = _mended(text)
            if mended == text:
                return
            text = mended
            continue
        yield value
        text = text[end:].lstrip(" \t\r\n,;")
        if not text.startswith(("{", "[")):
            return


def _mended(text: str) -> str:
    """Without commas before a closing bracket and escaped apostrophes, which programs that write JSON by hand leave."""
    pieces = text.replace("\\'", "'").split(",")
    following = [piece.lstrip()[:1] for piece in pieces[1:]] + [""]
    return "".join(piece + ("" if sign in "}]" else ",") for piece, sign in zip(pieces, following, strict=True))


def _nothing(_: str) -> None:
    return None


def _digits(number: str) -> str | None:
    """A whole number as it is written: one of thousands of digits would take its time to be read."""
    return number if len(number) <= MAX_NUMBER else None


_DECODER = json.JSONDecoder(strict=False, parse_int=_digits, parse_float=_nothing, parse_constant=_nothing)


def _nodes(block: Any) -> Iterator[Node]:
    """The objects that stand for themselves: not those inside lists of other pages."""
    waiting, seen = [block], 0
    while waiting and seen < MAX_NODES:
        value = waiting.pop(0) if len(waiting) < 100 else waiting.pop()
        seen += 1
        if isinstance(value, list):
            waiting.extend(value[:MAX_NODES])
        elif isinstance(value, dict):
            yield value
            waiting.extend(value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value)


def _types(node: Node) -> set[str]:
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return {name.rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str)}


def _the_one(articles: list[Node], url: str) -> Node | None:
    """The article that names this page's URL, else the first."""
    for article in articles:
        if len(articles) > 1 and _names(article, url):
            return article
    return max(articles[:3], key=lambda node: (isinstance(node.get("headline"), str), len(node) > 4), default=None)


def _names(article: Node | None, url: str) -> bool:
    return article is not None and _path(url) in {_path(own) for own in _own_urls(article)}


def _own_urls(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        value = value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value


def _path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].partition("://")[2].partition("/")[2].rstrip("/")


def _read_article(node: Node, by_id: dict[str, Node], book: EvidenceBook) -> None:
    for name, keys in _TEXT_FIELDS:
        for key in keys:
            for text in _texts(node.get(key)):
                book.add(name, text, SOURCE)
    for person in _things(node.get("author"), by_id) or _things(node.get("creator"), by_id):
        for name in _texts(person.get("name")):
            book.add("authors", name, SOURCE)
    for organisation in _things(node.get("publisher"), by_id):
        book.add("publisher", _text(organisation.get("name")), SOURCE)
    for organisation in _things(node.get("sourceOrganization"), by_id):
        book.add("source_organization", _text(organisation.get("name")), SOURCE)
    book.add("credit_text", _text(node.get("creditText")), SOURCE)
    book.add("word_count", node.get("wordCount"), SOURCE)
    _read_keywords(node, book)
    _read_images(node, by_id, book)
    free = node.get("isAccessibleForFree")
    book.add("is_accessible_for_free", str(free).casefold() if isinstance(free, bool | str) else None, SOURCE)
    language = node.get("inLanguage")
    if isinstance(language, dict):
        language = language.get("alternateName") or language.get("name")
    book.add("in_language", _text(language), SOURCE)


_TEXT_FIELDS = (
    ("headline", ("headline", "name")),
    ("description", ("description",)),
    ("date_published", ("datePublished", "dateCreated")),
    ("date_modified", ("dateModified",)),
    ("article_section", ("articleSection",)),
)


def _read_page(node: Node, by_id: dict[str, Node], book: EvidenceBook) -> None:
    book.add("date_published", _text(node.get("datePublished")), SOURCE)
    book.add("date_modified", _text(node.get("dateModified")), SOURCE)
    book.add("in_language", _text(node.get("inLanguage")), SOURCE)
    if not book.all("authors"):
        for person in _things(node.get("author"), by_id):
            book.add("authors", _text(person.get("name")), SOURCE)


def _read_keywords(node: Node, book: EvidenceBook) -> None:
    stated = node.get("keywords")
    for keyword in stated if isinstance(stated, list) else [stated]:
        text = keyword.get("name") if isinstance(keyword, dict) else keyword
        book.add("keywords", text, SOURCE)


def _read_images(node: Node, by_id: dict[str, Node], book: EvidenceBook) -> None:
    for image in _things(node.get("image"), by_id, name_key="url"):
        url = image.get("url") or image.get("contentUrl")
        url = url[0] if isinstance(url, list) and url else url
        caption = image.get("caption") or image.get("description")
        credit = image.get("creditText") or image.get("copyrightNotice") or _name(image.get("creator"), by_id)
        book.add_image(url, SOURCE, _text(caption), _text(credit))
        book.add("main_image", url, SOURCE)


def _name(value: Any, by_id: dict[str, Node]) -> str | None:
    return next((name for thing in _things(value, by_id) for name in _texts(thing.get("name"))), None)


def _things(value: Any, by_id: dict[str, Node], name_key: str = "name") -> list[Node]:
    """The objects that a value names: objects, lists of them, references, or bare names."""
    things: list[Node] = []
    waiting = [value]
    while waiting and len(things) < 100:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting = [*one[:100], *waiting]
        elif isinstance(one, str):
            things.append({name_key: one})
        elif isinstance(one, dict):
            reference = one.get("@id")
            if name_key not in one and isinstance(reference, str):
                one = by_id.get(reference, one)
            things.append(one)
    return things


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [unescape(text) for text in values if isinstance(text, str)]


def _text(value: Any) -> str | None:
    return next(iter(_texts(value)), None)


def _article_body(node: Node | None) -> str | None:
    if node is None:
        return None
    body = node.get("articleBody") or node.get("text")
    body = "\n\n".join(part for part in body if isinstance(part, str)) if isinstance(body, list) else body
    return body if isinstance(body, str) and body.strip() else None
