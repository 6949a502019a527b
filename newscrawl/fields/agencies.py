"""Which news agency an article is credited to. The agencies: agencies.toml."""

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
DATELINE = 120
"""Characters of the text in which its dateline ends."""
MAX_CREDIT = 100
"""Characters of a last paragraph that is nothing but a credit."""
LAST_PARAGRAPHS = 2
_KEYS = frozenset({"id", "why", "name", "names", "signs"})
_SERVICE = r"(?:[/,+&-]\s?[\w.]+(?:/[\w.]+)*)?"
"""Behind the agency's name: a regional service or a second agency (dpa/lni)."""


@dataclass(frozen=True, slots=True)
class Agencies:
    """The agencies of a file, and where texts credit them."""

    by_name: Mapping[str, str]
    """Case-folded name -> the name that is kept."""
    by_sign: Mapping[str, str]
    """Short name, as written -> the name that is kept."""
    datelines: tuple[re.Pattern[str], ...]
    """At the beginning of a text: "LONDON (Reuters) -", "MOSCOW, May 5. /TASS/.", "AFP -"."""
    credits: tuple[re.Pattern[str], ...]
    """At the end of a paragraph: "(dpa)", "– AFP", "Source: EFE"."""

    def named(self, text: str) -> str | None:
        """The agency whose name *text* is."""
        text = clean_line(text).strip(" ()[]/.,–—-")
        return self.by_name.get(text.casefold()) or self.by_sign.get(text)


def set_source_organization(
    article: Article, evidence: Mapping[str, Sequence[Evidence]], sources: dict[str, str]
) -> None:
    """Set who an article comes from: what the page states, an agency in its byline, or one in its text.

    What the page states as sourceOrganization is kept also where it is no known agency, but for the publisher itself.
    """
    for name, source in _credits(article, evidence, sources):
        if name and len(name) <= MAX_NAME:
            article.source_organization, sources["source_organization"] = name, source
            return


def _credits(
    article: Article, evidence: Mapping[str, Sequence[Evidence]], sources: Mapping[str, str]
) -> Iterator[tuple[str | None, str]]:
    """Who may be credited, with the source, best first."""
    named = agencies().named
    for value in evidence.get("source_organization", ()):
        if value.value.casefold() != (article.publisher or "").casefold():
            yield named(value.value) or value.value, value.source
    for value in evidence.get("credit_text", ()):
        yield named(value.value), value.source
    for author in article.authors:
        yield named(author), sources.get("authors", "dom")
    yield credited_in(article.article_body), "text"


def credited_in(article_body: str | None) -> str | None:
    """The agency in the dateline of a text, else in its last lines."""
    if not article_body:
        return None
    known = agencies()
    for pattern in known.datelines:
        if match := pattern.match(article_body[:DATELINE]):
            return known.named(match["agency"])
    for paragraph in reversed(article_body.split("\n\n")[-LAST_PARAGRAPHS:]):
        for pattern in known.credits:
            if match := pattern.search(paragraph, max(0, len(paragraph) - MAX_CREDIT)):
                return known.named(match["agency"])
    return None


def read_agencies(text: str, file: str) -> Agencies:
    """The `[[agency]]` tables of a TOML text; *file* is only named in errors."""
    tables = [table for _, table in iter_tables(text, file, {"agency": (_KEYS, ("id", "why", "name", "names"))})]
    by_name = {name.casefold(): table["name"] for table in tables for name in (*table["names"], table["name"])}
    by_sign = {sign: table["name"] for table in tables for sign in table.get("signs", ())}
    for sign in by_sign:
        by_name.pop(sign.casefold(), None)
    agency = rf"(?P<agency>(?i:{_either(by_name)})|{_either(by_sign)})"
    return Agencies(
        by_name,
        by_sign,
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
                rf"(?:^|[.!?”\"»’。]\s*)[(\[（]\s*{agency}{_SERVICE}\s*[)\]）]\.?$",
                rf"(?:^|[.!?”\"»’]\s*)[-–—]{{1,2}}\s*{agency}{_SERVICE}\.?$",
                rf"^(?i:source|quelle|fuente|fonte|bron|källa|kilde|źródło|zdroj|forrás|источник)\s*:\s*{agency}{_SERVICE}\.?$",
                rf"^(?:/\s*)?{agency}{_SERVICE}(?:\s*/)?\.?$",
            )
        ),
    )


def _either(names: Mapping[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"


@lru_cache(maxsize=1)
def agencies() -> Agencies:
    """The agencies that come with newscrawl."""
    return read_agencies(package_file("agencies.toml", "newscrawl.fields"), "agencies.toml")
