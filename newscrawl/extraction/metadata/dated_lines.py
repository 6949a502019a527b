"""Read the dates in a line or an element: which is the publication date, which a change, and which another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from lxml import etree

from newscrawl.data_files import check_keys, package_file, parse_document
from newscrawl.extraction.html.elements import DATE_ATTRIBUTES
from newscrawl.extraction.html.scan import get_text
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.nearby import MAX_BYLINE, SOURCE
from newscrawl.fields.date_search import find_dates
from newscrawl.fields.dates import MAX_DATE, is_relative

MACHINE_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}|1\d{9}(?:\d{3})?$")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[^\W\d_]{3,}(?<!\bmin)[.!?…]$", re.IGNORECASE)
"""Not the reading time: "2 Min."."""
_FULL_STOP = re.compile(r"[。！？।؟]$")
"""Of scripts that put no spaces between words, among others."""
_AFTER_CLOCK = re.compile(r"^\s*(?:[a-zгрч]{1,3}\b)?[\W_]*", re.IGNORECASE)
"""What stands between a date and the label of the next one: "h. ", " Uhr | "."""
MAX_OTHER_WORDS = 12
"""Words of a line beside its date; longer lines are prose."""
MAX_YEAR = 6
"""Characters of a year alone: "(2019)"."""
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
MAX_LABEL = 18
"""Characters of a label such as "Page last updated"."""


@dataclass(frozen=True, slots=True)
class DateWords:
    """The contents of visible_dates.toml as patterns."""

    label: re.Pattern[str]
    change: re.Pattern[str]
    sentence: re.Pattern[str]
    other: re.Pattern[str]


def read_date_words(text: str, file: str) -> DateWords:
    """Parse the text of visible_dates.toml; *file* is used in error messages only."""
    document = parse_document(text, file)
    check_keys(text, file, document, ("labels", "changes", "others", "sentences"))

    def alternatives(name: str) -> str:
        return "|".join(re.escape(word) for word in document.get(name, ()))

    return DateWords(
        label=re.compile(rf"(?:{alternatives('labels')})(?!\w)", re.IGNORECASE),
        change=re.compile(alternatives("changes")),
        sentence=re.compile(alternatives("sentences"), re.IGNORECASE),
        other=re.compile(rf"(?<!\w)(?:{alternatives('others')})(?!\w)"),
    )


@lru_cache(maxsize=1)
def date_words() -> DateWords:
    file = "visible_dates.toml"
    return read_date_words(package_file(file, "newscrawl.extraction.metadata"), file)


def add_time(element: etree._Element, evidence: EvidenceCollector) -> None:
    text = get_text(element, max_length=MAX_BYLINE)
    declared = element.get("datetime") or element.get("content") or _get_stamp(element) or element.get("title") or ""
    parent = element.getparent()
    context = f"{element.get('class', '')} {element.get('itemprop', '')} {text} " + (
        f"{parent.get('class', '')} {parent.text or ''}" if parent is not None else ""
    )
    field = "date_modified" if date_words().change.search(context.casefold()) else "date_published"
    for value in (declared,) if MACHINE_DATE.match(declared) else (declared, text):
        if is_possible(value, evidence):
            evidence.add(field, value, SOURCE)


def add_dates(text: str, evidence: EvidenceCollector) -> None:
    if _COPYRIGHT.search(text):
        return
    field, end = "date_published", 0
    for date in find_dates(text):
        start = max(end, text.find(date, end))
        before = (_AFTER_CLOCK.sub("", text[end:start]) if end else text[:start]).strip(" |,;–-").casefold()
        if date_words().change.search(before):
            field = "date_modified"
        elif date_words().label.match(before):
            field = "date_published"
        if not date_words().other.search(before):
            evidence.add(field, date, SOURCE)
        end = start + len(date)


def has_date(evidence: EvidenceCollector) -> bool:
    """Return whether the page has a publication date: something else may stand in its place ("{{ date }}")."""
    return any(is_possible(text, evidence) for text in evidence.all("date_published"))


def is_possible(text: str, evidence: EvidenceCollector) -> bool:
    return bool(MACHINE_DATE.match(text)) or _may_be_date(text, evidence.first("in_language"))


def _may_be_date(text: str, language: str | None) -> bool:
    """Return whether a text may be parsed as a date; not so a year, a clock or a number of comments."""
    return (
        (len(text) > MAX_YEAR and bool(_YEAR.search(text)))
        or bool(find_date(text))
        or is_relative(text, language, ANY_TIME)
    )


def is_prose(text: str) -> bool:
    """Return whether a date in *text* is part of a sentence, not of a line with author, place and date."""
    if date_words().label.match(text) or date_words().change.search(text[:MAX_LABEL].casefold()):
        return False
    rest = text
    for date in find_dates(text):
        rest = rest.replace(date, " ", 1)
    words = len(rest.split())
    is_sentence = words > 2 and bool(_SENTENCE_END.search(text)) and not is_date(text)
    return is_sentence or words > MAX_OTHER_WORDS or bool(_FULL_STOP.search(text)) or (words > 5 and text[-1] in ".!?")


def is_date(text: str) -> bool:
    date = find_date(text) if len(text) <= 2 * MAX_DATE else None
    return date is not None and 2 * len(date) > len(text)


def find_date(text: str) -> str | None:
    return next(find_dates(text), None) if len(text) <= MAX_BYLINE else None


def _get_stamp(element: etree._Element) -> str | None:
    values = (element.get(name) for name in DATE_ATTRIBUTES)
    return next((value for value in values if value and MACHINE_DATE.match(value)), None)
