"""Which evidence becomes which field of an Article, cleaned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from itemloaders import ItemLoader
from itemloaders.processors import Compose, Identity, MapCompose, TakeFirst

from newscrawl.discovery.model import Link
from newscrawl.evidence import Evidence, Extraction, ExtractionRules, ImageEvidence
from newscrawl.extraction.body.classify import STATED
from newscrawl.fields.agencies import set_source_organization
from newscrawl.fields.body_html import body_html
from newscrawl.fields.captions import split_caption
from newscrawl.fields.dating import set_dates
from newscrawl.fields.disagreements import authors_differ, dates_differ, headlines_differ
from newscrawl.fields.headlines import clean_headline, in_order
from newscrawl.fields.languages import contradiction, detect_language
from newscrawl.fields.people import are_accounts, are_logins, names_only_site, split_names, without_sites
from newscrawl.fields.processors import (
    absolute_url,
    clean_page_text,
    language_tag,
    parse_boolean,
    split_keywords,
)
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
    "article_section",
    "keywords",
    "is_accessible_for_free",
    "main_image",
    "canonical_url",
)
Context = Mapping[str, Any]
Processor = Callable[..., Any]


def _line(value: str) -> str | None:
    return clean_line(value) or None


def _headlines(values: Iterable[str], loader_context: Context) -> list[str]:
    names = loader_context.get("publisher"), loader_context.get("site")
    return [headline for value in values if (headline := clean_headline(value, *names))]


def _authors(values: Iterable[str], loader_context: Context) -> list[str]:
    return without_sites(values, loader_context.get("publisher"), loader_context.get("site"))[:MAX_AUTHORS]


def _absolute(value: str, loader_context: Context) -> str | None:
    return absolute_url(value, loader_context.get("url") or "")


def _same_site(value: str, loader_context: Context) -> str | None:
    site = loader_context.get("site")
    return value if site is None or _site(value) == site else None


def _site(url: str) -> str | None:
    try:
        return get_site(url)
    except ValueError:
        return None


def _keywords(values: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        seen.setdefault(value.casefold(), value)
    return list(seen.values())[:MAX_KEYWORDS]


class ArticleLoader(ItemLoader):
    """Collects an Article's values and cleans them; of several values the first good one wins.

    Context: `url` of the page, `site` (its registrable domain), `publisher`, `language`.
    A value for `article_body` is a page's plain text: its boilerplate lines go, and a headline that stands above
    the prose becomes the headline where none was given.
    """

    default_item_class = Article
    default_input_processor = MapCompose(_line)
    default_output_processor = TakeFirst()

    headline_in = Compose(_headlines)
    authors_in = MapCompose(split_names)
    authors_out = Compose(_authors)
    keywords_in = MapCompose(split_keywords)
    keywords_out = Compose(_keywords)
    in_language_in = MapCompose(language_tag)
    is_accessible_for_free_in = MapCompose(parse_boolean)
    main_image_in = MapCompose(_absolute)
    canonical_url_in = MapCompose(_absolute, _same_site)
    article_body_html_in = date_published_in = date_modified_in = Identity()
    date_published_precision_in = date_modified_precision_in = Identity()
    images_in = images_out = Identity()

    def get_input_processor(self, field_name: str) -> Processor:
        """The loader's own: an Article's fields bring none, and to ask them takes longer than the cleaning."""
        return cast("Processor", getattr(self, f"{field_name}_in", self.default_input_processor))

    def get_output_processor(self, field_name: str) -> Processor:
        """The loader's own."""
        return cast("Processor", getattr(self, f"{field_name}_out", self.default_output_processor))

    def load_item(self) -> Any:
        """The item with all collected values; an Article's are set without an adapter in between."""
        if not isinstance(self.item, Article):
            return super().load_item()
        for name in tuple(self._values):
            value = self.get_output_value(name)
            if value is not None:
                setattr(self.item, name, value)
        return self.item

    def article_body_in(self, values: Iterable[str]) -> list[str]:
        """Plain page text, cleaned of boilerplate lines."""
        bodies = []
        for value in values:
            cleaned = clean_page_text(value, self.context.get("language"))
            if cleaned.headline and not self.get_collected_values("headline"):
                self.add_value("headline", cleaned.headline)
            if cleaned.article_body:
                bodies.append(cleaned.article_body)
        return bodies

    def add_evidence(self, name: str, values: Sequence[Evidence]) -> str | None:
        """Take the values of the first source that has a good one; gives that source.

        For authors a source that names nobody but the site itself gives way to one that names people.
        """
        by_source: dict[str, list[str]] = {}
        for evidence in values:
            by_source.setdefault(evidence.source, []).append(evidence.value)
        fallback: str | None = None
        for source, source_metadata in by_source.items():
            self.replace_value(name, source_metadata)
            collected = self.get_collected_values(name)
            if collected and (name != "authors" or self._names_people(collected, first=fallback is None)):
                return source
            fallback = fallback or (source if collected else None)
        if fallback is not None:
            self.replace_value(name, by_source[fallback])
        return fallback

    def _names_people(self, names: Sequence[str], *, first: bool) -> bool:
        """Whether somebody else than the site is named, and not by a login; after such a source, by a full name."""
        is_named = not are_logins(names) if first else not are_accounts(names)
        return is_named and not names_only_site(names, *self.own_names())

    def own_names(self) -> tuple[str | None, str | None]:
        """The publisher's name and the site, as far as they are known."""
        return self.context.get("publisher"), self.context.get("site")


def load_article(
    extraction: Extraction, *, url: str, source_metadata: Link | None, rules: ExtractionRules, now: datetime
) -> Article:
    """Build the Article of one page from its evidence and from what the source that named the page states.

    For each field the first good value wins: site rule, JSON-LD, OpenGraph, meta, DOM, then feed or sitemap.
    A date that is only known to the day gives way to an instant of the same day from a later source.
    *now* (aware) bounds dates; *url* is the page's address after redirects.
    """
    evidence = _with_stated(extraction.evidence, source_metadata)
    loader = ArticleLoader(url=url, site=_site(url), language=rules.language, publisher=None)
    sources: dict[str, str] = {}
    for name in ("publisher", *TEXT_FIELDS):
        values: Sequence[Evidence] = evidence.get(name, ())
        if name == "headline":
            values = in_order(values, *loader.own_names(), extraction.kind or "", url)
        source = loader.add_evidence(name, values)
        if source is not None:
            sources[name] = source
        if name == "publisher":
            loader.context["publisher"] = next(iter(loader.get_collected_values("publisher")), None)
    article: Article = loader.load_item()
    article.url = url
    _set_body(article, extraction, url, sources)
    contradicted = _set_language(article, evidence.get("in_language", ()), sources, rules)
    set_dates(article, evidence, sources, rules, now)
    set_source_organization(article, evidence, sources)
    article.images = _images(extraction.images, url)
    words = next((one.value for one in evidence.get("word_count", ())), None)
    article.is_truncated = is_truncated(extraction.blocks, is_free=article.is_accessible_for_free, stated_words=words)
    article.disagreements = _disagreements(evidence, *loader.own_names(), now, contradicted=contradicted)
    article.sources = sources
    return article


def _set_language(
    article: Article, values: Sequence[Evidence], sources: dict[str, str], rules: ExtractionRules
) -> bool:
    """The first declared language that the text may be in, else the text's own; whether it contradicts the first."""
    text = article.article_body or ""
    declared = [(tag, value.source) for value in values if (tag := language_tag(value.value))]
    spoken: str | None = None
    for tag, source in declared:
        spoken = contradiction(tag, text)
        if spoken is None:
            article.in_language, sources["in_language"] = tag, source
            return (tag, source) != declared[0]
    if spoken is None and rules.language:
        article.in_language, sources["in_language"] = language_tag(rules.language), "site rule"
    elif spoken or (spoken := detect_language(text)):
        article.in_language, sources["in_language"] = spoken, "text"
    return bool(declared)


def _disagreements(
    evidence: Mapping[str, Sequence[Evidence]],
    publisher: str | None,
    site: str | None,
    now: datetime,
    *,
    contradicted: bool,
) -> list[str]:
    differing = {
        "headline": headlines_differ(evidence.get("headline", ()), publisher, site),
        "authors": authors_differ(evidence.get("authors", ()), publisher, site),
        "date_published": dates_differ(evidence.get("date_published", ()), now),
        "in_language": contradicted,
    }
    return [name for name, differs in differing.items() if differs]


def _with_stated(evidence: Mapping[str, Sequence[Evidence]], source_metadata: Link | None) -> dict[str, list[Evidence]]:
    """The page's evidence, with that of the source which named the page at the end."""
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


def _set_body(article: Article, extraction: Extraction, url: str, sources: dict[str, str]) -> None:
    kept = [block for block in extraction.blocks if block.kept]
    article.article_body = remove_unstorable("\n\n".join(block.text for block in kept)) or None
    if article.article_body is not None:
        is_declared = kept[0].reason == STATED
        article.article_body_html = body_html(extraction.blocks, url, () if is_declared else extraction.images)
        sources["article_body"] = "json-ld" if is_declared else "dom"


def _images(images: Sequence[ImageEvidence], base: str) -> list[Image]:
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
