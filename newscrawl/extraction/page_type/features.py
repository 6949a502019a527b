"""Compute the features of a page for the page-type model. docs/page-type-model.md is its model card."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import fsum, log1p
from urllib.parse import urlsplit

from lxml import etree

from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.elements import Items
from newscrawl.extraction.page_type.classify import score_rules
from newscrawl.extraction.page_type.facts import Page, PageFacts
from newscrawl.extraction.page_type.teasers import is_linked

FEATURES = (
    "kept_size", "kept_share", "kept_blocks", "kept_span", "kept_density", "kept_link_share", "kept_mean_size",
    "kept_max_size", "kept_long", "kept_items", "kept_headings", "kept_sentences", "kept_questions", "kept_digits",
    "blocks", "text_size", "link_share", "linked_blocks", "short_blocks", "score_max", "score_mean_top", "score_sum",
    "score_sure", "score_mean", "links", "links_per_block", "teasers", "paragraphs", "run", "run_share", "runs",
    "read_on", "captions", "dates", "bylines", "visible_byline", "declared_author", "declared_date", "visible_date",
    "is_published", "article_path", "is_front", "segments", "slug_words", "slug_digits", "path_date", "has_query",
    "has_article", "other_articles", "og_article", "og_website", "og_product", "type_article", "type_web_page",
    "type_list", "type_product", "type_forum", "type_business", "type_faq", "type_breadcrumb", "micro_article",
    "micro_product", "micro_other", "forms", "inputs", "buttons", "selects", "images", "headings", "h1", "h2",
    "tables", "iframes", "prices", "repeated", "distinct_classes", "title_words", "headline_in_title", "passwords",
    "max_repeated_class", "comments", "replies", "rule_points", "rule_hints", "largest_container",
    "largest_kept_container", "kept_containers", "kept_containers_per_block", "h1_size", "h1_distance",
    "headline_size", "h1_is_headline", "kept_links", "phone_links", "profile_links", "deeper_links", "slug_links",
    "slug_link_share", "kept_median_size", "kept_quotes", "kept_commas", "kept_periods", "path_size", "slug_size",
    "slug_hyphens", "token_score",
)  # fmt: skip
"""In the order of the model's columns. Sizes and counts are logarithms; shares are 0 to 1; -1 stands for unknown."""

MAX_ELEMENTS = 20_000
"""Elements that are counted; a page with more is a long list or an attack."""
MAX_LINKS = 2_000
"""Links that are counted."""
MIN_SLUG_HYPHENS = 3
"""Hyphens of a path segment that is made of a headline."""
MAX_NAME = 200
"""Characters of a class or id attribute."""
_LIST_TYPES = frozenset(["collectionpage", "itemlist", "searchresultspage", "offercatalog", "datafeed"])
_FORUM_TYPES = frozenset(["discussionforumposting", "qapage", "question", "profilepage"])
_PRODUCT_TYPES = frozenset(
    ["product", "productgroup", "offer", "aggregateoffer", "softwareapplication", "book", "vehicle"]
)
_BUSINESS_TYPES = frozenset(
    [
        "service",
        "localbusiness",
        "professionalservice",
        "event",
        "place",
        "store",
        "jobposting",
        "course",
        "medicalbusiness",
    ]
)
_ARTICLE_TYPES = frozenset(
    ["article", "newsarticle", "blogposting", "reportagenewsarticle", "liveblogposting", "recipe"]
)
_PRICE = re.compile(r"[$€£¥₹₽]\s?\d|\d\s?(?:[$€£¥₹₽]|(?:USD|EUR|GBP|kr|zł|Kč|CHF|руб)\b)")
_REPLY = re.compile(
    r"(?i)^\W*(?:reply|quote|like|report|antworten|zitieren|répondre|citer|responder|citar|rispondi|cita|ответить|цитировать|返信|回复|回覆|답글|yanıtla)\b"
)
_WORD = re.compile(r"(?<![a-z])[a-z]{3,19}(?![a-z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATH_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]|$)")
_LINK = re.compile(r"\s*(?:(?:https?:)?//(?P<host>[^/?#]*)(?P<path>/[^?#]*)?|(?P<local>/[^?#]*))", re.IGNORECASE)
_PROFILE = re.compile(
    r"/(?:u|users?|members?|profiles?|people|authors?)[/.-]|[?&](?:u|user|member)=|memberlist|action=profile",
    re.IGNORECASE,
)
"""Part of the address of a person's page."""
_PARAGRAPH_TAGS = frozenset(["p", "li", "h2", "h3", "h4"])
_SENTENCE_ENDS = ".!?…。！？۔।"
_PERIODS, _COMMAS, _QUOTES = (".", "。", "۔", "।"), ",，、،", '"“”«»„「」'


def page_features(page: Page, facts: PageFacts, token_weights: Mapping[str, float]) -> list[float]:
    """Return the features, in the order of FEATURES. *token_weights* are those of the tokens of `collect_tokens`."""
    rules = score_rules(facts)
    found = {
        **_kept_features(page),
        **_block_features(page),
        **_container_features(page),
        **_headline_features(page),
        **_link_features(page),
        **_url_features(page.url, facts),
        **_metadata_features(page, facts),
        **_element_features(page, token_weights),
        "rule_points": rules.points,
        "rule_hints": rules.hints,
    }
    return [float(found[name]) for name in FEATURES]


def _kept_features(page: Page) -> dict[str, float]:
    scan = page.scan
    indexes = [index for index, block in enumerate(page.classified.blocks[: len(scan.blocks)]) if block.kept]
    kept = [page.classified.blocks[index] for index in indexes]
    sizes = [len(block.text) for block in kept] or [0]
    total = sum(len(block.text) for block in scan.blocks) or 1
    size = sum(sizes)
    span = indexes[-1] - indexes[0] + 1 if indexes else 0
    text = "\n".join(block.text for block in kept)[:50_000]
    return {
        "kept_size": log1p(size),
        "kept_share": min(1.0, size / total),
        "kept_blocks": log1p(len(kept)),
        "kept_span": span / (len(scan.blocks) or 1),
        "kept_density": len(kept) / span if span else -1,
        "kept_link_share": sum(scan.blocks[index].link_chars for index in indexes) / size if size else -1,
        "kept_mean_size": log1p(size / len(sizes)),
        "kept_max_size": log1p(max(sizes)),
        "kept_long": log1p(sum(one >= 200 for one in sizes)),
        "kept_items": sum(block.tag in ("li", "td", "dt", "dd") for block in kept) / (len(kept) or 1),
        "kept_headings": sum(block.tag in HEADINGS for block in kept) / (len(kept) or 1),
        "kept_sentences": log1p(sum(map(text.count, _SENTENCE_ENDS))),
        "kept_median_size": log1p(sorted(sizes)[len(sizes) // 2]),
        "kept_quotes": sum(map(text.count, _QUOTES)) / (len(text) or 1) * 1_000,
        "kept_commas": sum(map(text.count, _COMMAS)) / (len(text) or 1) * 1_000,
        "kept_periods": sum(block.text.rstrip(_QUOTES).endswith(_PERIODS) for block in kept) / (len(kept) or 1),
        "kept_questions": text.count("?") / (size or 1) * 1_000,
        "kept_digits": sum(map(text.count, filter(str.isdigit, set(text)))) / (len(text) or 1),
    }


def _block_features(page: Page) -> dict[str, float]:
    blocks = page.scan.blocks
    scores = sorted((block.score for block in page.classified.blocks if block.score is not None), reverse=True)
    total = sum(len(block.text) for block in blocks)
    texts = Counter(block.text for block in blocks)
    top = scores[:5]
    return {
        "blocks": log1p(len(blocks)),
        "text_size": log1p(total),
        "link_share": sum(block.link_chars for block in blocks) / total if total else -1,
        "linked_blocks": sum(map(is_linked, blocks)) / (len(blocks) or 1),
        "short_blocks": sum(len(block.text) < 40 for block in blocks) / (len(blocks) or 1),
        "score_max": scores[0] if scores else -1,
        "score_mean_top": sum(top) / len(top) if top else -1,
        "score_sum": log1p(sum(scores)),
        "score_sure": sum(score > 0.8 for score in scores) / (len(blocks) or 1),
        "score_mean": sum(scores) / len(scores) if scores else -1,
        "prices": log1p(sum(1 for block in blocks if len(block.text) < 60 and _PRICE.search(block.text))),
        "repeated": sum(count for count in texts.values() if count > 2) / (len(blocks) or 1),
        "replies": log1p(sum(1 for block in blocks if len(block.text) < 25 and _REPLY.match(block.text))),
    }


def _container_features(page: Page) -> dict[str, float]:
    """Return how the text is spread over the elements around paragraphs: an article has most of it in one."""
    nodes, sizes, kept_sizes, kept = page.scan.nodes, Counter[int](), Counter[int](), 0
    for raw, block in zip(page.scan.blocks, page.classified.blocks, strict=False):
        kept += block.kept
        size = len(raw.text)
        if raw.link_chars < 0.5 * size:
            container = nodes[raw.node].parent if raw.tag in _PARAGRAPH_TAGS else raw.node
            sizes[container] += size
            if block.kept:
                kept_sizes[container] += size
    return {
        "largest_container": max(sizes.values(), default=0) / (sizes.total() or 1),
        "largest_kept_container": max(kept_sizes.values(), default=0) / (kept_sizes.total() or 1),
        "kept_containers": log1p(len(kept_sizes)),
        "kept_containers_per_block": len(kept_sizes) / (kept or 1),
    }


def _headline_features(page: Page) -> dict[str, float]:
    blocks, headline = page.scan.blocks, page.evidence.first("headline") or ""
    h1 = next((index for index, block in enumerate(blocks) if block.tag == "h1"), None)
    found = {"headline_size": log1p(len(headline)), "h1_size": -1.0, "h1_distance": -1.0, "h1_is_headline": 0.0}
    if h1 is not None:
        text = blocks[h1].text
        kept = islice(page.classified.blocks, h1 + 1, len(blocks))
        found["h1_size"] = log1p(len(text))
        found["h1_distance"] = 1 + next((index for index, block in enumerate(kept) if block.kept), len(blocks) - h1)
        found["h1_is_headline"] = text.casefold()[:40] == headline.casefold()[:40]
    return found


def _link_features(page: Page) -> dict[str, float]:
    """Return counts of links by the shape of their address."""
    parts = urlsplit(page.url)
    host, depth = (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/").count("/")
    links = [
        (href, block.kept)
        for raw, block in zip(page.scan.blocks, page.classified.blocks, strict=False)
        for _, tag, href in raw.marks
        if tag == "a" and href
    ][:MAX_LINKS]
    addresses = {href for href, _ in links}
    paths = {path for href in addresses if (path := _get_path(href, host)) is not None}
    slugs = sum(path.rpartition("/")[2].count("-") >= MIN_SLUG_HYPHENS for path in paths)
    return {
        "kept_links": log1p(sum(kept for _, kept in links)),
        "phone_links": sum(href.startswith("tel:") for href, _ in links),
        "profile_links": log1p(sum(1 for href in addresses if _PROFILE.search(href))),
        "deeper_links": sum(path.count("/") > depth for path in paths) / (len(paths) or 1),
        "slug_links": log1p(slugs),
        "slug_link_share": slugs / (len(paths) or 1),
    }


def _get_path(href: str, host: str) -> str | None:
    """Return the path of an address within the site, or None."""
    match = _LINK.match(href)
    if match is None or (match["host"] and not match["host"].lower().endswith(host)):
        return None
    return (match["path"] or match["local"] or "").rstrip("/").lower()


def _url_features(url: str, facts: PageFacts) -> dict[str, float]:
    parts = urlsplit(url)
    slug = facts.segments[-1].rpartition(".")[0] or facts.segments[-1] if facts.segments else ""
    return {
        "article_path": -1 if facts.article_path is None else facts.article_path,
        "is_front": facts.is_front,
        "segments": len(facts.segments),
        "slug_words": len(re.findall(r"[^\W\d_]{2,}", slug)),
        "slug_digits": sum(map(str.isdigit, slug)),
        "slug_size": len(slug),
        "slug_hyphens": slug.count("-"),
        "path_size": len(parts.path.rstrip("/")),
        "path_date": _PATH_DATE.search(parts.path) is not None,
        "has_query": bool(parts.query),
    }


def _metadata_features(page: Page, facts: PageFacts) -> dict[str, float]:
    evidence, lists = page.evidence, facts.teaser_list
    types, headline = facts.types, evidence.first("headline") or ""
    sources = {name: {one.source for one in evidence.by_field.get(name, ())} for name in ("authors", "date_published")}
    title = evidence.first("page_title") or ""
    return {
        "links": log1p(facts.links),
        "links_per_block": facts.links / (len(page.scan.blocks) or 1),
        "teasers": log1p(lists.teasers),
        "paragraphs": log1p(lists.paragraphs),
        "run": log1p(lists.run),
        "run_share": lists.run / (facts.size or 1),
        "runs": log1p(lists.runs),
        "read_on": log1p(lists.read_on),
        "captions": log1p(lists.captions),
        "dates": log1p(facts.dates),
        "bylines": log1p(len(page.scan.bylines)),
        "visible_byline": "dom" in sources["authors"],
        "declared_author": bool(sources["authors"] & {"json-ld", "meta", "opengraph"}),
        "declared_date": bool(sources["date_published"] & {"json-ld", "meta", "opengraph"}),
        "visible_date": "dom" in sources["date_published"],
        "is_published": facts.is_published,
        "has_article": facts.has_article,
        "other_articles": log1p(facts.other_articles),
        "og_article": "og:article" in types,
        "og_website": "og:website" in types,
        "og_product": any(one.startswith(("og:product", "og:og:product")) for one in types),
        "type_article": not types.isdisjoint(_ARTICLE_TYPES),
        "type_web_page": "webpage" in types,
        "type_list": not types.isdisjoint(_LIST_TYPES),
        "type_product": not types.isdisjoint(_PRODUCT_TYPES),
        "type_forum": not types.isdisjoint(_FORUM_TYPES),
        "type_business": not types.isdisjoint(_BUSINESS_TYPES),
        "type_faq": "faqpage" in types,
        "type_breadcrumb": "breadcrumblist" in types,
        "title_words": len(title.split()),
        "headline_in_title": bool(headline) and headline.casefold() in title.casefold(),
        "passwords": facts.password_fields,
    }


@dataclass(frozen=True, slots=True)
class _Elements:
    """Counts of the first elements of a page."""

    tags: Counter[str]
    classes: Counter[tuple[str, str]]
    """Of each tag with its class attribute."""
    ids: set[str]
    items: Counter[str]
    """Of microdata: `article`, `product` and `other`."""


def _count_elements(root: etree._Element) -> _Elements:
    tags, classes, ids, kinds = list[str](), list[tuple[str, str]](), set[str](), list[str]()
    for element in islice(root.iter("*"), MAX_ELEMENTS):
        tags.append(element.tag)
        # Reading all attributes is faster than asking for three of them.
        items: Items = element.items()
        for name, value in items:
            if name == "class" and value:
                classes.append((element.tag, value))
            elif name == "id" and value:
                ids.add(value)
            elif name == "itemtype" and value:
                kind = value.rpartition("/")[2].lower()
                kinds.append("article" if kind in _ARTICLE_TYPES else "product" if kind in _PRODUCT_TYPES else "other")
    return _Elements(Counter(tags), Counter(classes), ids, Counter(kinds))


def _element_features(page: Page, token_weights: Mapping[str, float]) -> dict[str, float]:
    elements = _count_elements(page.root)
    tags, classes, micro = elements.tags, elements.classes, elements.items
    comments = sum(count for (_, name), count in classes.items() if "comment" in name)
    # Exact, so that it does not depend on the order of a set.
    score = fsum(token_weights.get(token, 0.0) for token in _split_tokens(elements, page.root))
    return {
        "token_score": score,
        "micro_article": micro["article"],
        "micro_product": log1p(micro["product"]),
        "micro_other": log1p(micro["other"]),
        "forms": log1p(tags["form"]),
        "inputs": log1p(tags["input"]),
        "buttons": log1p(tags["button"]),
        "selects": log1p(tags["select"] + tags["option"]),
        "images": log1p(tags["img"]),
        "headings": log1p(sum(tags[name] for name in HEADINGS)),
        "h1": tags["h1"],
        "h2": log1p(tags["h2"]),
        "tables": log1p(tags["tr"]),
        "iframes": log1p(tags["iframe"]),
        "distinct_classes": log1p(len(classes)),
        "max_repeated_class": log1p(max(classes.values(), default=0)),
        "comments": log1p(comments),
    }


def collect_tokens(root: etree._Element) -> set[str]:
    """Return the words of the classes and ids of a page; those of its `body` element as a whole, after `body.`."""
    return _split_tokens(_count_elements(root), root)


def _split_tokens(elements: _Elements, root: etree._Element) -> set[str]:
    names = {name for _, name in elements.classes} | elements.ids
    tokens = {word for name in names for word in split_name(name[:MAX_NAME])}
    body = root.find("body")
    if body is not None:
        tokens.update(f"body.{name[:MAX_NAME]}" for name in (body.get("class") or "").lower().split()[:50])
    return tokens


@lru_cache(maxsize=20_000)
def split_name(name: str) -> tuple[str, ...]:
    """Return the words of a class or id attribute: `postList item-2` has `post`, `list` and `item`."""
    return tuple(_WORD.findall((name if name.islower() else _CAMEL.sub("-", name)).lower()))
