"""Extract the NewsArticle (or a related type) from the JSON-LD of a page, however it is nested."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.fields.name_kinds import DOUBTFUL_AUTHORS
from newscrawl.fields.people import split_names
from newscrawl.text.references import unescape

SOURCE = "json-ld"
MAX_BLOCK = 2_000_000
MAX_NODES = 3_000
MAX_VALUES_IN_BLOCK = 20
MAX_NUMBER = 20
MAX_LIVE_UPDATES = 500
ARTICLE_TYPES = frozenset({
    "NewsArticle", "Article", "ReportageNewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle",
    "BackgroundNewsArticle", "AskPublicNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle",
    "SatiricalArticle", "LiveBlogPosting", "BlogPosting", "SocialMediaPosting", "TechArticle",
    "ScholarlyArticle", "Report", "CriticReview", "Recipe", "HowTo",
})  # fmt: skip
PAGE_TYPES = frozenset(["WebPage", "ItemPage", "AboutPage", "FAQPage", "MedicalWebPage"])

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """One entry of a live blog."""

    headline: str | None
    body: str
    """Text or HTML, as declared."""


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What JSON-LD says about a page beyond the evidence for single fields."""

    article_body: str | None = None
    live_updates: tuple[LiveUpdate, ...] = ()
    """Entries of a live blog, in the order of the page's data."""
    kind: str | None = None
    """Type of the article; None if there is none."""
    types: frozenset[str] = frozenset()
    """Types of all top-level objects."""
    other_articles: int = 0
    """Number of articles if there are three or more and none has the URL of this page; `kind` is unreliable then."""
    unreadable: tuple[str, ...] = ()
    """Why each of the blocks that cannot be read to their end cannot be."""


def read_json_ld(scripts: Iterable[etree._Element], url: str, evidence: EvidenceCollector) -> LinkedData:
    """Add the article metadata of the JSON-LD blocks to *evidence*; ignore blocks that cannot be parsed."""
    unreadable: list[str] = []
    nodes = [node for block in _iter_blocks(scripts, unreadable) for node in _iter_nodes(block)]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    entries = {str(entry["@id"]) for node in nodes for entry in _iter_entries(node) if "@id" in entry}
    articles = [
        node for node in nodes
        if _get_types(node) & ARTICLE_TYPES and (node.get("@id") not in entries or "liveBlogUpdate" in node)
    ]  # fmt: skip
    pages = [node for node in nodes if _get_types(node) & PAGE_TYPES]
    article = _choose_article(articles, url)
    if article is not None:
        _read_article(article, by_id, evidence)
    for page in pages[:1]:
        _read_page(page, by_id, evidence)
    headlines = {text for node in articles for text in _texts(node.get("headline") or node.get("name"))}
    other_articles = 0 if len(headlines) < 3 or _has_url(article, url) else len(headlines)
    types = frozenset(name for node in nodes for name in _get_types(node))
    kind = next(iter(sorted(_get_types(article) & ARTICLE_TYPES, key=len, reverse=True)), None) if article else None
    updates = _get_live_updates(article, by_id)
    return LinkedData(_get_article_body(article), updates, kind, types, other_articles, tuple(unreadable))


def _iter_blocks(scripts: Iterable[etree._Element], unreadable: list[str]) -> Iterator[Any]:
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            yield from _parse(script.text or "", unreadable)


def _parse(text: str, unreadable: list[str]) -> Iterator[Any]:
    """Yield the values of a block: usually one, sometimes several in a row. Add to *unreadable* why it cannot be."""
    text = text.replace("<![CDATA[", "").strip()
    if not text:
        return
    if len(text) > MAX_BLOCK:
        unreadable.append(f"more than {MAX_BLOCK} characters")
        return
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0 or start > 200:
        unreadable.append("no object or array")
        return
    text = text[start:]
    if "&quot;" in text and text[1:50].lstrip().startswith("&quot;"):
        text = unescape(text)
    for _ in range(MAX_VALUES_IN_BLOCK):
        try:
            value, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError) as error:
            fixed = _fix_syntax(text)
            if fixed == text:
                unreadable.append(str(error) if isinstance(error, ValueError) else "nested too deep")
                return
            text = fixed
            continue
        yield value
        text = text[end:].lstrip(" \t\r\n,;")
        if not text.startswith(("{", "[")):
            return


def _fix_syntax(text: str) -> str:
    """Remove trailing commas and unescape apostrophes, common errors of templates that write JSON."""
    pieces = text.replace("\\'", "'").split(",")
    following = [piece.lstrip()[:1] for piece in pieces[1:]] + [""]
    return "".join(piece + ("" if after in "}]" else ",") for piece, after in zip(pieces, following, strict=True))


def _ignore(_: str) -> None:
    return None


def _parse_int(number: str) -> str | None:
    """Return an integer as its digits: converting thousands of digits is slow. None if it is too long."""
    return number if len(number) <= MAX_NUMBER else None


_DECODER = json.JSONDecoder(strict=False, parse_int=_parse_int, parse_float=_ignore, parse_constant=_ignore)


def _iter_nodes(block: Any) -> Iterator[Node]:
    """Yield the top-level objects, but not those in lists of other pages."""
    queue, seen = [block], 0
    while queue and seen < MAX_NODES:
        value = queue.pop(0) if len(queue) < 100 else queue.pop()
        seen += 1
        if isinstance(value, list):
            queue.extend(value[:MAX_NODES])
        elif isinstance(value, dict):
            yield value
            queue.extend(value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value)


def _get_types(node: Node) -> set[str]:
    declared = node.get("@type")
    names = declared if isinstance(declared, list) else [declared]
    return {name.rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str)}


def _choose_article(articles: list[Node], url: str) -> Node | None:
    """Return the article with the URL of this page, or else the most complete of the first three."""
    for article in articles:
        if len(articles) > 1 and _has_url(article, url):
            return article
    return max(articles[:3], key=lambda node: (isinstance(node.get("headline"), str), len(node) > 4), default=None)


def _has_url(article: Node | None, url: str) -> bool:
    return article is not None and _get_path(url) in {_get_path(own) for own in _iter_urls(article)}


def _iter_urls(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        value = value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value


def _get_path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].partition("://")[2].partition("/")[2].rstrip("/")


def _read_article(node: Node, by_id: dict[str, Node], evidence: EvidenceCollector) -> None:
    for name, keys in _TEXT_FIELDS:
        for key in keys:
            for text in _texts(node.get(key)):
                evidence.add(name, text, SOURCE)
    for person in _resolve_objects(node.get("author"), by_id) or _resolve_objects(node.get("creator"), by_id):
        for name in _get_person_names(person):
            evidence.add("authors", name, SOURCE)
            for part in split_names(name) if _is_organisation(person) else ():
                evidence.add(DOUBTFUL_AUTHORS, part, SOURCE)
    for organisation in _resolve_objects(node.get("publisher"), by_id):
        evidence.add("publisher", _text(organisation.get("name")), SOURCE)
    for organisation in _resolve_objects(node.get("sourceOrganization"), by_id):
        evidence.add("source_organization", _text(organisation.get("name")), SOURCE)
    evidence.add("credit_text", _text(node.get("creditText")), SOURCE)
    evidence.add("word_count", node.get("wordCount"), SOURCE)
    _read_keywords(node, evidence)
    _read_images(node, by_id, evidence)
    free = node.get("isAccessibleForFree")
    evidence.add("is_accessible_for_free", str(free).casefold() if isinstance(free, bool | str) else None, SOURCE)
    language = node.get("inLanguage")
    if isinstance(language, dict):
        language = language.get("alternateName") or language.get("name")
    evidence.add("in_language", _text(language), SOURCE)


_TEXT_FIELDS = (
    ("headline", ("headline", "name")),
    ("alternative_headline", ("alternativeHeadline",)),
    ("description", ("description",)),
    ("date_published", ("datePublished", "dateCreated")),
    ("date_modified", ("dateModified",)),
    ("article_section", ("articleSection",)),
)


def _read_page(node: Node, by_id: dict[str, Node], evidence: EvidenceCollector) -> None:
    evidence.add("date_published", _text(node.get("datePublished")), SOURCE)
    evidence.add("date_modified", _text(node.get("dateModified")), SOURCE)
    evidence.add("in_language", _text(node.get("inLanguage")), SOURCE)
    if not evidence.all("authors"):
        for person in _resolve_objects(node.get("author"), by_id):
            evidence.add("authors", next(iter(_get_person_names(person)), None), SOURCE)


def _read_keywords(node: Node, evidence: EvidenceCollector) -> None:
    declared = node.get("keywords")
    for keyword in declared if isinstance(declared, list) else [declared]:
        text = keyword.get("name") if isinstance(keyword, dict) else keyword
        evidence.add("keywords", text, SOURCE)


def _read_images(node: Node, by_id: dict[str, Node], evidence: EvidenceCollector) -> None:
    for image in _resolve_objects(node.get("image"), by_id, name_key="url"):
        url = image.get("url") or image.get("contentUrl")
        url = url[0] if isinstance(url, list) and url else url
        caption = image.get("caption") or image.get("description")
        credit = image.get("creditText") or image.get("copyrightNotice") or _get_name(image.get("creator"), by_id)
        evidence.add_image(url, SOURCE, _text(caption), _text(credit))
        evidence.add("main_image", url, SOURCE)


def _get_name(value: Any, by_id: dict[str, Node]) -> str | None:
    return next((name for item in _resolve_objects(value, by_id) for name in _texts(item.get("name"))), None)


def _get_person_names(person: Node) -> list[str]:
    """Return the names of a person, put together if only its parts are declared."""
    parts = (_text(person.get(key)) for key in ("givenName", "additionalName", "familyName"))
    return list(filter(None, _texts(person.get("name")))) or [" ".join(part.strip() for part in parts if part)]


def _is_organisation(node: Node) -> bool:
    types = _get_types(node)
    return bool(types) and all(name.endswith(("Organization", "Corporation", "Brand")) for name in types)


def _resolve_objects(value: Any, by_id: dict[str, Node], name_key: str = "name") -> list[Node]:
    """Return the objects of a value: an object, a list, a reference by `@id`, or a bare name."""
    objects: list[Node] = []
    queue = [value]
    while queue and len(objects) < 100:
        one = queue.pop(0)
        if isinstance(one, list):
            queue = [*one[:100], *queue]
        elif isinstance(one, str):
            objects.append({name_key: one})
        elif isinstance(one, dict):
            reference = one.get("@id")
            if name_key not in one and isinstance(reference, str):
                one = by_id.get(reference, one)
            objects.append(one)
    return objects


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [unescape(text) for text in values if isinstance(text, str)]


def _text(value: Any) -> str | None:
    return next(iter(_texts(value)), None)


def _get_article_body(node: Node | None) -> str | None:
    if node is None:
        return None
    body = node.get("articleBody") or node.get("text")
    body = "\n\n".join(part for part in body if isinstance(part, str)) if isinstance(body, list) else body
    return body if isinstance(body, str) and body.strip() else None


def _iter_entries(node: Node) -> Iterator[Node]:
    """Yield the entries of a live blog, which may be references."""
    declared = node.get("liveBlogUpdate")
    for entry in declared[:MAX_LIVE_UPDATES] if isinstance(declared, list) else [declared]:
        if isinstance(entry, dict):
            yield entry


def _get_live_updates(node: Node | None, by_id: dict[str, Node]) -> tuple[LiveUpdate, ...]:
    updates: dict[str, LiveUpdate] = {}
    for one in _iter_entries(node or {}):
        identity = one.get("@id")
        entry = by_id.get(identity, one) if len(one) == 1 and isinstance(identity, str) else one
        if body := _get_article_body(entry) or _text(entry.get("description")):
            updates.setdefault(body, LiveUpdate(_text(entry.get("headline") or entry.get("name")), body))
    return tuple(updates.values())
