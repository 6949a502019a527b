"""Find the news agency that an article is credited to. The agencies are in agencies.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.data_files import iter_tables, package_file
from newscrawl.evidence import Evidence
from newscrawl.items import Article
from newscrawl.text.clean import clean_line

MAX_NAME = 80
MAX_DATELINE = 120
"""Characters at the start of a text that are searched for a dateline."""
MAX_CREDIT = 100
"""Characters at the end of a paragraph that are searched for a credit."""
CREDIT_PARAGRAPHS = 2
"""Paragraphs at the end of a text that may have a credit."""
MAX_CREDIT_LINE = 80
"""Characters of a line that is nothing but a credit."""
_CREDIT_LABEL = re.compile(
    r"^[\W_]*(?:sources?|quellen?|fuentes?|fontes?|fonti|bron(?:nen)?|källor|källa|kilder?|lähde|źródło|zdroj|forrás|sursa"
    r"|источники?|джерело|източник|πηγή|kaynak|المصدر|منبع|מקור|स्रोत|sumber|nguồn|ที่มา|来源|來源|出典|출처|agencies|agenturen"
    r"|with|mit|avec|con|med|z)\s*[:：]\s*",
    re.IGNORECASE,
)
_CREDIT_SEPARATOR = re.compile(
    r"\s*[,;/+&|·•、，]\s*|\s+(?:und|and|et|y|e|en|och|og|и|та|ve|mit)\s+|\s+[-–—]\s+", re.IGNORECASE
)
_CREDIT_EDGE = " ()[]（）【】.–—-*©\n"
_INITIALS = re.compile(r"[a-z]{2,4}|[\w-]+\.[a-z]{2,6}")
_KEYS = frozenset({"id", "why", "name", "names", "abbreviations"})
_DATE = r"(?:,\s*(?:\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{2,4})?|\d{4}-\d\d-\d\d))?"
"""The day of the report: "(APA, 16.4.2012)"."""
_SERVICE = r"(?:[/,+&-]\s?[\w.]+(?:/[\w.]+)*)?"
"""After the agency's name: a regional service or a second agency (dpa/lni)."""


@dataclass(frozen=True, slots=True)
class Agencies:
    """The agencies of a file, and the patterns that credit them."""

    by_name: Mapping[str, str]
    """Case-folded name -> common name."""
    by_abbreviation: Mapping[str, str]
    """Abbreviation, case-sensitive -> common name."""
    datelines: tuple[re.Pattern[str], ...]
    """At the start of a text: "LONDON (Reuters) -", "MOSCOW, May 5. /TASS/.", "AFP -"."""
    credits: tuple[re.Pattern[str], ...]
    """At the end of a paragraph: "(dpa)", "– AFP", "Source: EFE"."""

    def find(self, text: str) -> str | None:
        """Return the common name of the agency that *text* names, or None."""
        text = clean_line(text).strip(" ()[]/.,–—-")
        return self.by_name.get(text.casefold()) or self.by_abbreviation.get(text)


def set_source_organization(
    article: Article, evidence: Mapping[str, Sequence[Evidence]], sources: dict[str, str]
) -> None:
    """Set the source organisation: as declared by the page, else an agency in the byline, else one in the text.

    A declared sourceOrganization is kept even if it is not a known agency, unless it is the publisher. An agency in the
    text is the author, too, if the page names nobody.
    """
    for name, source in _candidates(article, evidence, sources):
        if name and len(name) <= MAX_NAME:
            article.source_organization, sources["source_organization"] = name, source
            break
    if not article.authors and sources.get("source_organization") == "text" and article.source_organization:
        article.authors, sources["authors"] = [article.source_organization], "text"


def _candidates(
    article: Article, evidence: Mapping[str, Sequence[Evidence]], sources: Mapping[str, str]
) -> Iterator[tuple[str | None, str]]:
    """Yield the organisations that may be credited with their source, best first."""
    find = agencies().find
    for value in evidence.get("source_organization", ()):
        if value.value.casefold() != (article.publisher or "").casefold():
            yield find(value.value) or value.value, value.source
    for value in evidence.get("credit_text", ()):
        yield find(value.value), value.source
    for author in article.authors:
        yield find(author), sources.get("authors", "dom")
    yield find_credited_agency(article.article_body), "text"


def find_credited_agency(article_body: str | None) -> str | None:
    """Return the agency in the dateline of a text, else in its last paragraphs."""
    if not article_body:
        return None
    known = agencies()
    for pattern in known.datelines:
        if match := pattern.match(article_body[:MAX_DATELINE]):
            return known.find(match["agency"])
    for paragraph in reversed(article_body.split("\n\n")[-CREDIT_PARAGRAPHS:]):
        for pattern in known.credits:
            if match := pattern.search(paragraph, max(0, len(paragraph) - MAX_CREDIT)):
                return known.find(match["agency"])
    return None


def find_credit_line(text: str) -> str | None:
    """Return the agency that a line credits, or None if the line says anything else.

    Beside agencies, the line may hold a label, initials of editors and the address of the site: "Source: dpa/lni",
    "(APA/sda)", "Quelle: ntv.de, ino/dpa".
    """
    if len(text) > MAX_CREDIT_LINE:
        return None
    line, labels = _CREDIT_LABEL.subn("", text.strip())
    parts = [part for part in _CREDIT_SEPARATOR.split(line.strip(_CREDIT_EDGE)) if part]
    known = agencies()
    names = [known.find(part) for part in parts]
    if not all(name or _INITIALS.fullmatch(part) for name, part in zip(names, parts, strict=True)):
        return None
    # Abbreviations may be other words.
    is_marked = labels > 0 or text.strip()[:1] in "([（【–—-"
    found = (
        name
        for name, part in zip(names, parts, strict=True)
        if name and (is_marked or part.casefold() in known.by_name)
    )
    return next(found, None)


def read_agencies(text: str, file: str) -> Agencies:
    """Parse the `[[agency]]` tables of a TOML text; *file* is used in error messages only."""
    tables = [table for _, table in iter_tables(text, file, {"agency": (_KEYS, ("id", "why", "name", "names"))})]
    by_name = {name.casefold(): table["name"] for table in tables for name in (*table["names"], table["name"])}
    by_abbreviation = {short: table["name"] for table in tables for short in table.get("abbreviations", ())}
    for short in by_abbreviation:
        by_name.pop(short.casefold(), None)
    agency = rf"(?P<agency>(?i:{_any_of(by_name)})|{_any_of(by_abbreviation)})"
    return Agencies(
        by_name,
        by_abbreviation,
        tuple(
            re.compile(pattern)
            for pattern in (
                rf"[^!?()\n]{{0,60}}[(\[]\s*{agency}{_SERVICE}\s*[)\]]\s*[-–—:]",
                rf"[^!?()\n]{{0,60}}?/\s*{agency}\s*/",
                rf"{agency}{_SERVICE}\s+[-–—]\s",
            )
        ),
        tuple(
            re.compile(pattern)
            for pattern in (
                rf"(?:^|[.!?”\"»’。]\s*)[(\[（]\s*{agency}{_SERVICE}{_DATE}\s*[)\]）]\.?$",
                rf"(?:^|[.!?”\"»’]\s*)[-–—]{{1,2}}\s*{agency}{_SERVICE}\.?$",
                rf"^(?i:source|quelle|fuente|fonte|bron|källa|kilde|źródło|zdroj|forrás|источник)\s*:\s*{agency}{_SERVICE}\.?$",
                rf"^(?:/\s*)?{agency}{_SERVICE}(?:\s*/)?\.?$",
            )
        ),
    )


def _any_of(names: Mapping[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"


@lru_cache(maxsize=1)
def agencies() -> Agencies:
    """Return the bundled agencies."""
    return read_agencies(package_file("agencies.toml", "newscrawl.fields"), "agencies.toml")
