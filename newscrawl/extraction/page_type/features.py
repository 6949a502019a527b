"""Compute the features of a page for the page-type model. docs/page-type-model.md is its model card."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, islice
from math import fsum, log1p
from urllib.parse import unquote

from lxml import etree

from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.scan import DomScan
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.page_type.classify import score_rules
from newscrawl.extraction.page_type.facts import Page, PageFacts
from newscrawl.urls import word_lists
from newscrawl.urls.parse import split_any

FEATURES = (
    "kept_share", "kept_link_share", "kept_headings", "kept_digits", "link_share", "short_blocks", "score_max",
    "score_mean_top", "run", "run_share", "visible_byline", "visible_date", "article_path", "is_front", "slug_digits",
    "has_query", "type_product", "forms", "inputs", "buttons", "images", "headings", "h2", "prices", "title_words",
    "rule_points", "rule_hints", "largest_container", "largest_kept_container", "kept_containers", "h1_size",
    "h1_distance", "headline_size", "kept_links", "phone_links", "profile_links", "deeper_links", "slug_links",
    "slug_link_share", "kept_median_size", "kept_quotes", "kept_commas", "kept_periods", "path_size", "slug_size",
    "slug_hyphens", "path_articles", "path_lists", "path_offers", "cards", "token_score",
)  # fmt: skip
"""In the order of the model's columns. Sizes and counts are logarithms; shares are 0 to 1; -1 stands for unknown."""

MAX_ELEMENTS = 20_000
"""Elements that are counted; a page with more is a long list or an attack."""
MAX_LINKS = 2_000
"""Links that are counted."""
MIN_SLUG_HYPHENS = 3
"""Hyphens of a path segment that is made of a headline."""
MIN_CARD = 15
"""Characters of one of several like elements that make a list."""
MAX_NAME = 200
"""Characters of a class or id attribute."""
_PRODUCT_TYPES = frozenset(
    ["product", "productgroup", "offer", "aggregateoffer", "softwareapplication", "book", "vehicle"]
)
_PRICE = re.compile(r"[$€£¥₹₽]\s?\d|\d\s?(?:[$€£¥₹₽]|(?:USD|EUR|GBP|kr|zł|Kč|CHF|руб)\b)")
_WORD = re.compile(r"(?<![a-z])[a-z]{3,19}(?![a-z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LINK = re.compile(r"\s*(?:(?:https?:)?//(?P<host>[^/?#]*)(?P<path>/[^?#]*)?|(?P<local>/[^?#]*))", re.IGNORECASE)
_PROFILE = re.compile(
    r"/(?:u|users?|members?|profiles?|people|authors?)[/.-]|[?&](?:u|user|member)=|memberlist|action=profile",
    re.IGNORECASE,
)
"""Part of the address of a person's page."""
_split_slug = re.compile(r"[-_.]").split
_ARTICLE_SEGMENTS = word_lists.ARTICLE_WORDS | word_lists.GUIDE_WORDS
_NO_CARDS = frozenset(["p", "h1", "h2", "h3", "h4", "td", "th", "body", "html"])
_PARAGRAPH_TAGS = frozenset(["p", "li", "h2", "h3", "h4"])
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
    text = "\n".join(block.text for block in kept)[:50_000]
    return {
        "kept_share": min(1.0, size / total),
        "kept_link_share": sum(scan.blocks[index].link_chars for index in indexes) / size if size else -1,
        "kept_headings": sum(block.tag in HEADINGS for block in kept) / (len(kept) or 1),
        "kept_median_size": log1p(sorted(sizes)[len(sizes) // 2]),
        "kept_quotes": sum(map(text.count, _QUOTES)) / (len(text) or 1) * 1_000,
        "kept_commas": sum(map(text.count, _COMMAS)) / (len(text) or 1) * 1_000,
        "kept_periods": sum(block.text.rstrip(_QUOTES).endswith(_PERIODS) for block in kept) / (len(kept) or 1),
        "kept_digits": sum(map(text.count, filter(str.isdigit, set(text)))) / (len(text) or 1),
    }


def _block_features(page: Page) -> dict[str, float]:
    blocks = page.scan.blocks
    scores = sorted((block.score for block in page.classified.blocks if block.score is not None), reverse=True)
    total = sum(len(block.text) for block in blocks)
    top = scores[:5]
    return {
        "link_share": sum(block.link_chars for block in blocks) / total if total else -1,
        "short_blocks": sum(len(block.text) < 40 for block in blocks) / (len(blocks) or 1),
        "score_max": scores[0] if scores else -1,
        "score_mean_top": sum(top) / len(top) if top else -1,
        "prices": log1p(sum(1 for block in blocks if len(block.text) < 60 and _PRICE.search(block.text))),
    }


def _container_features(page: Page) -> dict[str, float]:
    """Return how the text is spread over the elements around paragraphs: an article has most of it in one."""
    nodes, sizes, kept_sizes = page.scan.nodes, Counter[int](), Counter[int]()
    for raw, block in zip(page.scan.blocks, page.classified.blocks, strict=False):
        size = len(raw.text)
        if raw.link_chars < 0.5 * size:
            container = nodes[raw.node].parent if raw.tag in _PARAGRAPH_TAGS else raw.node
            sizes[container] += size
            if block.kept:
                kept_sizes[container] += size
    return {
        "cards": log1p(_count_cards(page.scan)),
        "largest_container": max(sizes.values(), default=0) / (sizes.total() or 1),
        "largest_kept_container": max(kept_sizes.values(), default=0) / (kept_sizes.total() or 1),
        "kept_containers": log1p(len(kept_sizes)),
    }


def _count_cards(scan: DomScan) -> int:
    """Return how many of its kind there are of the linked siblings, alike in tag and class, that hold most text."""
    sizes, links = [0] * len(scan.nodes), [0] * len(scan.nodes)
    for block in scan.blocks:
        sizes[block.node] += len(block.text)
        links[block.node] += block.link_chars
    size_before, links_before = [0, *accumulate(sizes)], [0, *accumulate(links)]
    groups: dict[tuple[int, str, str], list[int]] = {}
    for index, node in enumerate(scan.nodes):
        size = size_before[node.last + 1] - size_before[index]
        if size >= MIN_CARD and node.tag not in _NO_CARDS:
            name = "" if node.tag == "li" else node.classes.partition(" ")[0]
            group = groups.setdefault((node.parent, node.tag, name), [0, 0, 0])
            group[0] += size
            group[1] += 1
            group[2] += links_before[node.last + 1] > links_before[index]
    lists = ((size, count) for size, count, linked in groups.values() if count >= 3 and linked >= 0.7 * count)
    return max(lists, default=(0, 0))[1]


def _headline_features(page: Page) -> dict[str, float]:
    blocks, headline = page.scan.blocks, page.evidence.first("headline") or ""
    h1 = next((index for index, block in enumerate(blocks) if block.tag == "h1"), None)
    found = {"headline_size": log1p(len(headline)), "h1_size": -1.0, "h1_distance": -1.0}
    if h1 is not None:
        kept = islice(page.classified.blocks, h1 + 1, len(blocks))
        found["h1_size"] = log1p(len(blocks[h1].text))
        found["h1_distance"] = 1 + next((index for index, block in enumerate(kept) if block.kept), len(blocks) - h1)
    return found


def _link_features(page: Page) -> dict[str, float]:
    """Return counts of links by the shape of their address."""
    parts = split_any(page.url)
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
    parts = split_any(url)
    slug = facts.segments[-1].rpartition(".")[0] or facts.segments[-1] if facts.segments else ""
    return {
        "article_path": -1 if facts.article_path is None else facts.article_path,
        "is_front": facts.is_front,
        "slug_digits": sum(map(str.isdigit, slug)),
        "slug_size": len(slug),
        "slug_hyphens": slug.count("-"),
        "path_size": len(parts.path.rstrip("/")),
        "has_query": bool(parts.query),
        "path_articles": _count_words(facts.segments, _ARTICLE_SEGMENTS),
        "path_lists": _count_words(facts.segments, word_lists.LIST_WORDS),
        "path_offers": _count_words(facts.segments, word_lists.OFFER_WORDS),
    }


def _count_words(segments: Sequence[str], words: frozenset[str]) -> float:
    """Return how many segments are one of *words*; the last one counts half, also with other words in it."""
    if not segments:
        return 0
    *folders, last = map(unquote, segments)
    return sum(name in words for name in folders) + 0.5 * (last in words or not words.isdisjoint(_split_slug(last)))


def _metadata_features(page: Page, facts: PageFacts) -> dict[str, float]:
    evidence, run = page.evidence, facts.teaser_list.run
    title = evidence.first("page_title") or ""
    return {
        "run": log1p(run),
        "run_share": run / (facts.size or 1),
        "visible_byline": _is_visible("authors", evidence),
        "visible_date": _is_visible("date_published", evidence),
        "type_product": not facts.types.isdisjoint(_PRODUCT_TYPES),
        "title_words": len(title.split()),
    }


def _is_visible(name: str, evidence: EvidenceCollector) -> bool:
    """Return whether the page shows a value of this field, rather than only declares it."""
    return any(one.source == "dom" for one in evidence.by_field.get(name, ()))


def _element_features(page: Page, token_weights: Mapping[str, float]) -> dict[str, float]:
    tags, names = _count_elements(page.root)
    # Exact, so that it does not depend on the order of a set.
    score = fsum(token_weights.get(token, 0.0) for token in _split_names(names, page.root))
    return {
        "token_score": score,
        "forms": log1p(tags["form"]),
        "inputs": log1p(tags["input"]),
        "buttons": log1p(tags["button"]),
        "images": log1p(tags["img"]),
        "headings": log1p(sum(tags[name] for name in HEADINGS)),
        "h2": log1p(tags["h2"]),
    }


def _count_elements(root: etree._Element) -> tuple[Counter[str], set[str]]:
    """Return the counts of tags, and the class and id attributes."""
    tags, names = list[str](), set[str]()
    for element in islice(root.iter("*"), MAX_ELEMENTS):
        tags.append(element.tag)
        names.update((element.get("class", ""), element.get("id", "")))
    return Counter(tags), names - {""}


def collect_tokens(root: etree._Element) -> set[str]:
    """Return the words of the classes and ids of a page; those of its `body` element as a whole, after `body.`."""
    return _split_names(_count_elements(root)[1], root)


def _split_names(names: set[str], root: etree._Element) -> set[str]:
    tokens = {word for name in names for word in split_name(name[:MAX_NAME])}
    body = root.find("body")
    if body is not None:
        tokens.update(f"body.{name[:MAX_NAME]}" for name in (body.get("class") or "").lower().split()[:50])
    return tokens


@lru_cache(maxsize=20_000)
def split_name(name: str) -> tuple[str, ...]:
    """Return the words of a class or id attribute: `postList item-2` has `post`, `list` and `item`."""
    return tuple(_WORD.findall((name if name.islower() else _CAMEL.sub("-", name)).lower()))
