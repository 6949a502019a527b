"""Name what a page is that should be a listing and is not: a wall, an application without text, a file. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from lxml import etree

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract, extract_document
from newscrawl.extraction.html.document import Document
from newscrawl.outcomes import WALLS, is_html

SIGNATURES: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"PK\x03\x04": "application/zip",
}
"""First bytes of files -> content type."""
MAX_SPLASH: Final = 60
"""Characters of text on a page that scripts will fill: "Loading", the name of the site."""
_XML_LISTING: Final = re.compile(rb"<(?:[a-z]{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)[\s>]")
_WITHOUT_TEXT: Final = frozenset(["script", "style", "noscript", "template", "title"])
_VAGUE: Final = ("", "text/plain", "text/xml", "application/xml", "application/octet-stream")
_MOUNTS: Final = frozenset(["app", "root", "main", "svelte", "__next", "__nuxt", "___gatsby"])
"""Usual ids of the element that a JavaScript application fills."""


def is_xml_listing(body: bytes) -> bool:
    """Return whether a body begins like a feed or sitemap."""
    start = body[:2048].lower()
    return _XML_LISTING.search(start) is not None and b"<html" not in start and b"<!doctype html" not in start


def detect_file_type(content_type: str | None, body: bytes) -> str | None:
    """Return the content type of a response that is no HTML page, None for one that is or may be."""
    start = body[:1024].lstrip()
    for signature, name in SIGNATURES.items():
        if start.startswith(signature):
            return name
    declared = (content_type or "").partition(";")[0].strip().lower()
    if is_html(content_type, body) or (declared in _VAGUE and start[:1] in {b"<", b""}):
        return None
    return declared or "application/octet-stream"


def detect_wall(body: bytes, url: str, content_type: str | None) -> str | None:
    """Return the page type of an HTML page that is shown in place of a feed or sitemap, None for any other page."""
    if not is_html(content_type, body) and not is_html(None, body):
        return None
    page_type = extract(body, url, ExtractionRules(), content_type=content_type).page_type
    return page_type if page_type in WALLS else None


def explain_missing_links(document: Document, url: str, rules: ExtractionRules, links: Collection[Link]) -> str | None:
    """Return why no article is linked on a page, as a page type; None if one is, or if nothing is wrong."""
    if any(link.kind is LinkKind.ARTICLE for link in links):
        return None
    page_type = extract_document(document, url, rules).page_type
    if page_type in WALLS:
        return page_type
    size = _measure_text(document.root)
    if _has_script(document.root) and (size <= MAX_SPLASH or _has_mount(document.root)):
        return "javascript_required"
    return "no_text" if size <= MAX_SPLASH and not links else None


def _measure_text(root: etree._Element) -> int:
    """Return the number of visible characters; counting ends beyond MAX_SPLASH."""
    size = 0
    for element in root.iter():
        is_text = element.tag not in _WITHOUT_TEXT
        size += len((element.text or "").strip()) * is_text + len((element.tail or "").strip())
        if size > MAX_SPLASH:
            break
    return size


def _has_script(root: etree._Element) -> bool:
    return any(not _is_data(script) for script in root.iter("script"))


def _is_data(script: etree._Element) -> bool:
    return "json" in (script.get("type") or "")


def _has_mount(root: etree._Element) -> bool:
    """Return whether an element is empty that scripts usually fill."""
    return any(
        element.get("id") in _MOUNTS and len(element) == 0 and not (element.text or "").strip()
        for element in root.iter("div", "main", "section")
    )
