"""Extract metadata from the head: OpenGraph, article:*, Twitter, Dublin Core, citation and Parse.ly meta, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.fields.people import is_label

OPENGRAPH, META = "opengraph", "meta"
METADATA_TAGS = ("meta", "link", "title", "script", "a")

# Field -> (source, meta names), best first. Names are compared in lower case.
META_FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("headline", OPENGRAPH, ("og:title",)),
    ("headline", META, (
        "twitter:title", "parsely-title", "dc.title", "dcterms.title", "citation_title", "sailthru.title",
    )),
    ("description", OPENGRAPH, ("og:description",)),
    ("description", META, ("description", "twitter:description", "dc.description", "sailthru.description")),
    ("authors", META, (
        "author", "parsely-author", "article:author_name", "authors", "byl", "dc.creator", "dcterms.creator",
        "citation_author", "sailthru.author", "cxenseparse:author", "article.author", "mediator_author",
        "author_name", "article-author", "article:author:name", "byline", "article_author", "dc:creator",
        "rnews:author", "articleauthor",
    )),
    ("authors", OPENGRAPH, ("article:author", "og:article:author")),
    ("date_published", OPENGRAPH, ("article:published_time", "og:article:published_time", "og:published_time",
        "article:published_date", "og:release_date", "og:pubdate", "article:post_date",
    )),
    ("date_published", META, (
        "article:published", "parsely-pub-date", "cxenseparse:publishtime", "publishdate", "publish-date",
        "publish_date", "pubdate", "publication_date", "publication-date", "datepublished", "date_published",
        "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.issued", "dc.date",
        "dcterms.date", "citation_publication_date", "citation_online_date", "citation_date", "article.published",
        "article_date_original", "originalpublicationdate", "timestamp", "date", "displaydate", "ptime",
        "cxenseparse:recs:publishtime", "rnews:datepublished", "article:created", "created", "creation_date",
        "published", "published_date", "published-date", "publisheddate", "published_at", "publish_at", "pub_date",
        "publish-time", "publishtime", "article:publish_date", "article-publish-date", "article_publish_date",
        "article:date", "article-date", "article_date", "w-published-date", "mediator_published_time", "post_date",
        "dc.date.published", "dcterms.date.published", "dc:date", "dc:created", "dc.created", "dcterms.available",
        "firstpublished", "first-publication-date", "og:date", "datecreated", "create_date", "news_date",
        "bt:pubdate", "vr:published_time", "issued", "eomportal-lastupdate-published",
    )),
    ("date_modified", OPENGRAPH, ("article:modified_time", "og:updated_time", "og:article:modified_time")),
    ("date_modified", META, (
        "dc.date.modified", "dcterms.modified", "last-modified", "lastmod", "datemodified", "revised",
        "article:modified", "article:updated_time", "date_modified", "article.updated", "moddate",
    )),
    ("article_section", OPENGRAPH, ("article:section", "og:article:section")),
    ("article_section", META, (
        "section", "parsely-section", "cxenseparse:section", "article:section_name", "articlesection",
    )),
    ("keywords", META, (
        "news_keywords", "keywords", "parsely-tags", "sailthru.tags", "dc.subject", "cxenseparse:keywords",
    )),
    ("keywords", OPENGRAPH, ("article:tag", "og:article:tag")),
    ("publisher", OPENGRAPH, ("og:site_name",)),
    ("publisher", META, (
        "application-name", "dc.publisher", "dcterms.publisher", "publisher", "copyright-holder", "citation_publisher",
    )),
    ("main_image", OPENGRAPH, ("og:image:secure_url", "og:image", "og:image:url")),
    ("main_image", META, ("twitter:image", "twitter:image:src", "parsely-image-url", "thumbnail")),
    ("in_language", OPENGRAPH, ("og:locale",)),
    ("in_language", META, ("content-language", "language", "dc.language", "dcterms.language")),
)  # fmt: skip
_MICRODATA = {
    "headline": "headline", "alternativeheadline": "alternative_headline", "author": "authors",
    "datepublished": "date_published", "datemodified": "date_modified",
    "description": "description", "articlesection": "article_section", "keywords": "keywords",
    "inlanguage": "in_language", "isaccessibleforfree": "is_accessible_for_free",
}  # fmt: skip


Elements = Mapping[str, Sequence[etree._Element]]


def find_metadata_elements(root: etree._Element) -> Elements:
    """Return the elements that may hold metadata, and the links, by tag; one pass over the tree."""
    found: dict[str, list[etree._Element]] = {tag: [] for tag in METADATA_TAGS}
    for element in root.iter(*METADATA_TAGS):
        found[element.tag].append(element)
    return found


def read_meta_tags(root: etree._Element, elements: Elements, evidence: EvidenceCollector) -> dict[str, list[str]]:
    """Add the metadata of meta and link elements and the title; return all meta values by lower-case name."""
    metas, items = _collect_metas(elements["meta"])
    for field, source, names in META_FIELDS:
        for name in names:
            for value in metas.get(name, ()):
                evidence.add(field, _reorder_name(value) if name == "citation_author" else value, source)
    for number in "12":
        if any(is_label(label) for label in metas.get(f"twitter:label{number}", ())):
            for value in metas.get(f"twitter:data{number}", ()):
                evidence.add("authors", value, META)
    for field, value in items:
        evidence.add(field, value, META)
    for link in elements["link"]:
        if (link.get("rel") or "").strip().lower() == "canonical":
            evidence.add("canonical_url", link.get("href"), META)
            break
    for value in metas.get("og:url", ()):
        evidence.add("canonical_url", value, OPENGRAPH)
    evidence.add("in_language", root.get("lang") or root.get("xml:lang"), META)
    for title in elements["title"][:1]:
        evidence.add("page_title", title.text, META)
    return metas


def _reorder_name(name: str) -> str:
    """Return "Lee, Ann", the format of citation meta elements, as "Ann Lee"."""
    last, _, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if first and "," not in first else name


def _collect_metas(elements: Sequence[etree._Element]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Return values by lower-case name or property, and microdata as (field, value)."""
    metas: dict[str, list[str]] = {}
    items: list[tuple[str, str]] = []
    for meta in elements:
        content = meta.get("content")
        if not content:
            continue
        for attribute in ("property", "name", "http-equiv"):
            name = meta.get(attribute)
            if name:
                metas.setdefault(name.strip().lower(), []).append(content)
        field = _MICRODATA.get((meta.get("itemprop") or "").lower())
        if field:
            items.append((field, content))
    return metas, items
