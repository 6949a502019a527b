"""Build an Article from the evidence of a page: choose values, clean them, strip boilerplate from the body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from itemloaders import ItemLoader
from itemloaders.processors import Compose, Identity, MapCompose, TakeFirst

from newscrawl.boilerplate.plain_text import strip_boilerplate_lines
from newscrawl.discovery.model import Link
from newscrawl.evidence import (
    DECLARED_BODY,
    LIVE_UPDATES,
    PAGE_STATE,
    Block,
    Evidence,
    Extraction,
    ExtractionRules,
    ImageEvidence,
)
from newscrawl.fields.agencies import set_source_organization
from newscrawl.fields.alternative_headlines import set_alternative_headline
from newscrawl.fields.body_html import body_html
from newscrawl.fields.body_length import MAX_BODY_LENGTH, TOO_LONG, cut_text, limit_body
from newscrawl.fields.captions import split_caption
from newscrawl.fields.dating import set_dates
from newscrawl.fields.disagreements import authors_differ, dates_differ, headlines_differ
from newscrawl.fields.headlines import NO_TITLES, clean_headline, compare_titles, get_name_key, order_headlines
from newscrawl.fields.languages import detect_language, find_contradicting_language, parse_language_tag
from newscrawl.fields.meta_values import absolute_url, parse_boolean, split_keywords
from newscrawl.fields.name_case import with_usual_case
from newscrawl.fields.name_kinds import (
    DOUBTFUL_AUTHORS,
    are_accounts,
    are_logins,
    are_organisations,
    are_people,
    is_capitalised,
    names_only_site,
    without_sites,
)
from newscrawl.fields.people import names_in_line, split_names
from newscrawl.fields.standfirst import set_standfirst
from newscrawl.fields.truncation import is_truncated
from newscrawl.items import Article, Image
from newscrawl.text.clean import clean_line, remove_unstorable
from newscrawl.urls.normalize import get_site

MAX_IMAGES = 50
MAX_KEYWORDS = 50
MAX_AUTHORS = 50
TEXT_FIELDS = (
    "headline",
    "description",
    "authors",
    "article_type",
    "article_section",
    "keywords",
    "is_accessible_for_free",
    "main_image",
    "canonical_url",
)
BODY_SOURCES = {DECLARED_BODY: "json-ld", LIVE_UPDATES: "json-ld", PAGE_STATE: "page state"}
"""Reason of the blocks of a declared body -> source of the body."""
Context = MutableMapping[str, Any]
Processor = Callable[..., Any]


HEADLINE_ABOVE = "headline_above_body"
"""Key in the loader's context: the headline above a plain text, used if there is no other."""


def _line(value: str) -> str | None:
    return clean_line(value) or None


def _headlines(values: Iterable[str], loader_context: Context) -> list[str]:
    names = loader_context.get("publisher"), loader_context.get("site"), loader_context.get("titles", NO_TITLES)
    return [headline for value in values if (headline := clean_headline(value, *names))]


def _authors(values: Iterable[str], loader_context: Context) -> list[str]:
    return without_sites(values, loader_context.get("publisher"), loader_context.get("site"))[:MAX_AUTHORS]


def _absolute(value: str, loader_context: Context) -> str | None:
    return absolute_url(value, loader_context.get("url") or "")


def _same_site(value: str, loader_context: Context) -> str | None:
    site = loader_context.get("site")
    return value if site is None or _get_site(value) == site else None


def _get_site(url: str) -> str | None:
    try:
        return get_site(url)
    except ValueError:
        return None


def _keywords(values: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        seen.setdefault(value.casefold(), value)
    return list(seen.values())[:MAX_KEYWORDS]


def _strip_boilerplate(values: Iterable[Block | str], loader_context: Context) -> list[str]:
    """Return the text of the kept blocks and of the lines of plain text that are prose; note the headline above them.

    Not a method: itemloaders caches the signatures of 1,024 processors, and a bound one keeps its loader alive.
    """
    paragraphs: list[str] = []
    for value in values:
        if isinstance(value, Block):
            if value.kept:
                paragraphs.append(value.text)
            continue
        stripped = strip_boilerplate_lines(value, loader_context.get("language"))
        if stripped.headline:
            loader_context.setdefault(HEADLINE_ABOVE, stripped.headline)
        if stripped.article_body:
            paragraphs.append(stripped.article_body)
    return paragraphs


def _join_paragraphs(paragraphs: Iterable[str]) -> str | None:
    return cut_text(remove_unstorable("\n\n".join(paragraphs)), MAX_BODY_LENGTH) or None


def _render_html(blocks: Sequence[Block], loader_context: Context) -> str | None:
    return body_html(blocks, loader_context.get("url") or "", loader_context.get("images", ()))


class ArticleLoader(ItemLoader):
    """Collect an Article's values, clean them and strip boilerplate; if a field gets several values, the first wins.

    Context: `url` of the page, `site` (its registrable domain), `publisher`, `language`, and `images` for the HTML.
    The values of `article_body` are all classified blocks of the page, or its plain text; those of
    `article_body_html` are all its blocks.
    """

    default_item_class = Article
    default_input_processor = MapCompose(_line)
    default_output_processor = TakeFirst()

    headline_in = Compose(_headlines)
    authors_in = MapCompose(split_names)
    authors_out = Compose(_authors)
    keywords_in = MapCompose(split_keywords)
    keywords_out = Compose(_keywords)
    in_language_in = MapCompose(parse_language_tag)
    is_accessible_for_free_in = MapCompose(parse_boolean)
    main_image_in = MapCompose(_absolute)
    canonical_url_in = MapCompose(_absolute, _same_site)
    article_body_in = Compose(_strip_boilerplate)
    article_body_out = Compose(_join_paragraphs)
    article_body_html_in = Identity()
    article_body_html_out = Compose(_render_html)
    date_published_in = date_modified_in = Identity()
    date_published_precision_in = date_modified_precision_in = Identity()
    images_in = images_out = Identity()

    def get_input_processor(self, field_name: str) -> Processor:
        """Return the loader's processor; Article declares none, and looking there takes longer than the cleaning."""
        return cast("Processor", getattr(self, f"{field_name}_in", self.default_input_processor))

    def get_output_processor(self, field_name: str) -> Processor:
        """Return the loader's processor, as above."""
        return cast("Processor", getattr(self, f"{field_name}_out", self.default_output_processor))

    def load_item(self) -> Any:
        """Return the item with all collected values; an Article is filled without an item adapter, which is slower."""
        headline = self.context.get(HEADLINE_ABOVE)
        if headline and not self.get_collected_values("headline"):
            self.add_value("headline", headline)
        if not isinstance(self.item, Article):
            return super().load_item()
        for name in tuple(self._values):
            value = self.get_output_value(name)
            if value is not None:
                setattr(self.item, name, value)
        return self.item

    def add_evidence(self, name: str, values: Sequence[Evidence]) -> str | None:
        """Add the values of the first source that has a usable one and return that source.

        For authors, a source that names only the site, an organisation or a login gives way to one that names people,
        and meta elements, which may name who edited or published the page, to a byline that names other people.
        """
        by_source: dict[str, list[str]] = {}
        for evidence in values:
            by_source.setdefault(evidence.source, []).append(evidence.value)
        fallback: str | None = None
        for source, declared in by_source.items():
            self.replace_value(name, declared)
            collected = self.get_collected_values(name)
            is_sure = name != "authors" or not self._are_doubtful(collected)
            if source == "dom" and fallback == "json-ld" and name == "authors":
                is_sure = is_sure and self._refutes(declared, by_source[fallback])
            if collected and is_sure and (name != "authors" or self._names_people(collected, first=fallback is None)):
                return self._prefer_byline(source, collected, by_source) if name == "authors" else source
            fallback = fallback or (source if collected else None)
        if fallback is not None:
            self.replace_value(name, by_source[fallback])
        return fallback

    def add_body(self, extraction: Extraction) -> str | None:
        """Add the page's blocks to `article_body` and `article_body_html`; return the source if any block is kept."""
        self.add_value("article_body", extraction.blocks)
        if self.get_output_value("article_body") is None:
            return None
        reason = next(block for block in extraction.blocks if block.kept).reason
        self.context["images"] = () if reason in BODY_SOURCES else extraction.images
        self.add_value("article_body_html", extraction.blocks)
        return BODY_SOURCES.get(reason, "dom")

    def _prefer_byline(self, source: str, names: Sequence[str], by_source: Mapping[str, Sequence[str]]) -> str:
        """Return `dom` in place of *source* if a visible line names the same people and more of them.

        Likewise if *source* is a meta element, and the visible byline names others.
        """
        known = set(map(get_name_key, names))
        for text in by_source.get("dom", ()) if source != "dom" and source != "site rule" else ():
            more = names_in_line(text) or split_names(text)
            extra = set(map(get_name_key, more)) - known
            is_repetition = any(name in one for name in known for one in extra)
            if extra and len(more) == len(known | extra) and are_people(more) and not is_repetition:
                self.replace_value("authors", [text])
                return "dom"
        if source not in ("meta", "opengraph") or any(names_in_line(text) for text in by_source[source]):
            return source
        visible = without_sites(
            [name for text in by_source.get("dom", ()) for name in split_names(text)], *self.site_names()
        )
        keys = {get_name_key(name) for name in names}
        if not are_people(visible) or not keys.isdisjoint(map(get_name_key, visible)):
            return source
        self.replace_value("authors", list(by_source["dom"]))
        return "dom"

    def _refutes(self, visible: Sequence[str], declared: Sequence[str]) -> bool:
        """Return whether *visible* bylines are explicit enough to replace the *declared* name of a person."""
        names = [name for text in declared for name in split_names(text)]
        return not self._are_doubtful(names) or not are_people(names) or any(map(names_in_line, visible))

    def _are_doubtful(self, names: Sequence[str]) -> bool:
        doubtful: frozenset[str] = self.context.get("doubtful_authors", frozenset())
        return bool(doubtful) and all(get_name_key(name) in doubtful for name in names)

    def _names_people(self, names: Sequence[str], *, first: bool) -> bool:
        """Return whether *names* has more than the site and logins; after the *first* source, a full name is needed."""
        names = [name for name in names if not are_logins([name])]
        is_named = bool(names) and (first or (not are_accounts(names) and all(map(is_capitalised, names))))
        return is_named and not names_only_site(names, *self.site_names()) and not are_organisations(names)

    def site_names(self) -> tuple[str | None, str | None]:
        """Return the publisher's name and the site's domain, as far as they are known."""
        return self.context.get("publisher"), self.context.get("site")


def load_article(
    extraction: Extraction, *, url: str, source_metadata: Link | None, rules: ExtractionRules, now: datetime
) -> Article:
    """Build the Article of one page from its evidence and from the metadata of the source that links to it.

    For each field the first usable value wins, in the order site rule, JSON-LD, OpenGraph, meta, DOM, feed or sitemap.
    A date with day precision gives way to an instant of the same day from a later source.
    *url* is the page's address after redirects; dates after *now* (aware) are ignored.
    """
    evidence = _merge_source_metadata(extraction.evidence, source_metadata)
    blocks, is_too_long = limit_body(extraction.blocks)
    extraction = replace(extraction, blocks=blocks) if is_too_long else extraction
    loader = ArticleLoader(url=url, site=_get_site(url), language=rules.language, publisher=None)
    sources: dict[str, str] = {}
    for name in ("publisher", *TEXT_FIELDS):
        values: Sequence[Evidence] = evidence.get(name, ())
        if name == "headline":
            loader.context["titles"] = compare_titles(values, evidence.get("article_section", ()))
            kind = extraction.kind or ""
            values = order_headlines(values, *loader.site_names(), kind, url, loader.context["titles"])
        if name == "authors" and DOUBTFUL_AUTHORS in evidence:
            keys = (get_name_key(value.value) for value in evidence[DOUBTFUL_AUTHORS])
            loader.context["doubtful_authors"] = frozenset(keys)
        source = loader.add_evidence(name, values)
        if source is not None:
            sources[name] = source
        if name == "publisher":
            loader.context["publisher"] = next(iter(loader.get_collected_values("publisher")), None)
    if (source := loader.add_body(extraction)) is not None:
        sources["article_body"] = source
    article: Article = loader.load_item()
    article.url = url
    article.authors = _without_capitals(article.authors, loader.site_names(), evidence, extraction.blocks)
    contradicted = _set_language(article, evidence.get("in_language", ()), sources, rules)
    set_dates(article, evidence, sources, rules, now)
    set_source_organization(article, evidence, sources)
    article.images = _build_images(extraction.images, url)
    words = next((one.value for one in evidence.get("word_count", ())), None)
    article.is_truncated = is_truncated(extraction.blocks, is_free=article.is_accessible_for_free, declared_words=words)
    if is_too_long:
        article.is_truncated, sources["is_truncated"] = True, TOO_LONG
    differing = {
        "headline": headlines_differ(evidence.get("headline", ()), *loader.site_names()),
        "authors": authors_differ(evidence.get("authors", ()), *loader.site_names()),
        "date_published": dates_differ(evidence.get("date_published", ()), now),
        "in_language": contradicted,
        "encoding": extraction.is_encoding_detected,
    }
    article.disagreements = [name for name, differs in differing.items() if differs]
    article.sources = sources
    set_standfirst(article, extraction.blocks, sources)
    set_alternative_headline(article, evidence, loader.site_names(), loader.context["titles"])
    return article


def _without_capitals(
    names: Sequence[str],
    sites: tuple[str | None, str | None],
    evidence: Mapping[str, Sequence[Evidence]],
    blocks: Sequence[Block],
) -> list[str]:
    """Return the names of people in the usual case, as the page has them elsewhere if it does; not that of the site."""
    texts = (*(value.value for value in evidence.get("authors", ())), *(block.text for block in blocks))
    return [name if names_only_site([name], *sites) else with_usual_case(name, texts) for name in names]


def _set_language(
    article: Article, values: Sequence[Evidence], sources: dict[str, str], rules: ExtractionRules
) -> bool:
    """Set the first declared language that the text does not contradict, else the language of the text.

    Return whether the text contradicts the first declared language.
    """
    text = article.article_body or ""
    declared = [(tag, value.source) for value in values if (tag := parse_language_tag(value.value))]
    detected: str | None = None
    for tag, source in declared:
        detected = find_contradicting_language(tag, text)
        if detected is None:
            article.in_language, sources["in_language"] = tag, source
            return (tag, source) != declared[0]
    if detected is None and rules.language:
        article.in_language, sources["in_language"] = parse_language_tag(rules.language), "site rule"
    elif detected or (detected := detect_language(text)):
        article.in_language, sources["in_language"] = detected, "text"
    return bool(declared)


def _merge_source_metadata(
    evidence: Mapping[str, Sequence[Evidence]], source_metadata: Link | None
) -> dict[str, list[Evidence]]:
    """Return the page's evidence with that of the feed, sitemap or section appended, which makes it the last choice."""
    merged = {name: list(values) for name, values in evidence.items()}
    if source_metadata is None:
        return merged
    for name in ("headline", "date_published", "date_modified", "article_section", "in_language"):
        value = getattr(source_metadata, name)
        if value:
            merged.setdefault(name, []).append(Evidence(value, source_metadata.source))
    merged.setdefault("keywords", []).extend(
        Evidence(keyword, source_metadata.source) for keyword in source_metadata.keywords
    )
    return merged


def _build_images(images: Sequence[ImageEvidence], base: str) -> list[Image]:
    found: dict[str, Image] = {}
    for image in images:
        url = absolute_url(image.url, base)
        if url is None or len(found) >= MAX_IMAGES:
            continue
        known = found.setdefault(url, Image(url))
        caption, credit = clean_line(image.caption or "") or None, clean_line(image.credit or "") or None
        if caption and not credit:
            caption, credit = split_caption(caption)
        known.caption, known.credit = known.caption or caption, known.credit or credit
    return list(found.values())
