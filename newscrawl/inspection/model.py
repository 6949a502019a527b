"""What was extracted from a page and why: blocks, fields with all declared values, and the ground truth if known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newscrawl.evidence import Block, Evidence, Extraction, ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.fields.dates import parse_date
from newscrawl.fields.headlines import get_name_key
from newscrawl.fields.languages import parse_language_tag
from newscrawl.fields.meta_values import absolute_url
from newscrawl.fields.name_kinds import DOUBTFUL_AUTHORS, are_logins, are_organisations, names_only_site
from newscrawl.fields.people import split_names
from newscrawl.inspection.ground_truth import BodyComparison, GroundTruth, compare_with_ground_truth
from newscrawl.items import Article, Precision
from newscrawl.loaders import load_article
from newscrawl.text.fold import fold_word_characters
from newscrawl.urls.parse import split_any

FIELDS = (
    "headline",
    "alternative_headline",
    "description",
    "standfirst",
    "authors",
    "date_published",
    "date_modified",
    "in_language",
    "article_section",
    "keywords",
    "publisher",
    "canonical_url",
    "main_image",
    "is_accessible_for_free",
)
"""In display order."""
URLS = frozenset({"canonical_url", "main_image"})
BODY = "article_body"


@dataclass(frozen=True, slots=True)
class PageSource:
    """The bytes to inspect and their origin."""

    body: bytes
    url: str
    """Empty if not known."""
    origin: str
    """The URL or file as given by the user."""
    content_type: str | None = None
    site_file: str | None = None
    """Name of the site file whose rules apply."""


@dataclass(frozen=True, slots=True)
class DeclaredValue:
    """One value that the page declares for a field."""

    value: str
    source: str
    agrees: bool
    """Whether it agrees with the chosen value."""


@dataclass(frozen=True, slots=True)
class FieldReport:
    """One field of the Article."""

    name: str
    value: str | None
    """As text; None if the page declares no usable value."""
    source: str | None
    declared: Sequence[DeclaredValue]
    """All declared values, best first."""
    is_correct: bool | None = None
    """Whether it agrees with the ground truth; None if that has no value."""
    ground_truth: str | None = None

    @property
    def others(self) -> list[DeclaredValue]:
        """Return the distinct declared values that disagree with the chosen one."""
        return list(dict.fromkeys(declared for declared in self.declared if not declared.agrees))


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything known about one page."""

    source: PageSource
    extraction: Extraction
    article: Article
    fields: Sequence[FieldReport]
    comparison: BodyComparison | None = None
    """Differences from the ground truth; None without one."""
    remarks: Sequence[str] = field(default_factory=tuple)
    """What a crawl would do with the page, apart from extraction."""

    @property
    def blocks(self) -> Sequence[Block]:
        return self.extraction.blocks

    @property
    def kept(self) -> int:
        return sum(block.kept for block in self.blocks)

    @property
    def reasons(self) -> dict[str, int]:
        """Return reason -> number of removed blocks, most frequent first."""
        return dict(Counter(block.reason for block in self.blocks if not block.kept).most_common())


def inspect_page(
    source: PageSource, rules: ExtractionRules, *, now: datetime, ground_truth: GroundTruth | None = None
) -> Inspection:
    """Extract a page as a crawl does. *now* (aware) is the upper bound of its dates."""
    extraction = extract(source.body, source.url, rules, content_type=source.content_type)
    article = load_article(extraction, url=source.url, source_metadata=None, rules=rules, now=now)
    doubtful = frozenset(get_name_key(one.value) for one in extraction.evidence.get(DOUBTFUL_AUTHORS, ()))
    cues = list(dict.fromkeys(block.standfirst for block in extraction.blocks if block.standfirst))
    true = {} if ground_truth is None else ground_truth.fields
    reporter = _Reporter(article, rules, now, true, doubtful, cues)
    reports = [reporter.field(name, extraction.evidence.get(name, ())) for name in FIELDS]
    return Inspection(
        source,
        extraction,
        article,
        reports,
        None if ground_truth is None else compare_with_ground_truth(extraction.blocks, ground_truth),
    )


@dataclass(frozen=True, slots=True)
class _Reporter:
    """Compare the fields of an Article with the declared values."""

    article: Article
    rules: ExtractionRules
    now: datetime
    ground_truth: Mapping[str, str]
    doubtful: frozenset[str] = frozenset()
    """Keys of declared authors that are organisations, or that the page does not show."""
    standfirst_cues: Sequence[str] = ()
    """What shows where the standfirst is."""

    def field(self, name: str, evidence: Sequence[Evidence]) -> FieldReport:
        true = self.ground_truth.get(name)
        source = self.article.sources.get(name)
        if name == "standfirst" and source is not None:
            source = f"{source}, {', '.join(self.standfirst_cues)}"
        if name == "authors" and source is not None and self.has_changed_capitals(evidence):
            source = f"{source}, without capitals"
        return FieldReport(
            name,
            self.as_text(name),
            source,
            [DeclaredValue(one.value, self.source_of(name, one), self.agrees(name, one.value)) for one in evidence],
            None if true is None else self.agrees(name, true),
            true,
        )

    def has_changed_capitals(self, evidence: Sequence[Evidence]) -> bool:
        """Return whether an author's name was in capitals, and is written the usual way."""
        texts = [one.value for one in evidence]
        return any(
            not any(name in text for text in texts) and any(name.casefold() in text.casefold() for text in texts)
            for name in self.article.authors
        )

    def source_of(self, name: str, one: Evidence) -> str:
        """Return the source of a value, and for an author why a visible byline replaces it."""
        why = self.describe_author(one.value) if name == "authors" else None
        return one.source if why is None else f"{one.source}, {why}"

    def describe_author(self, value: str) -> str | None:
        """Return what makes a declared author give way to a byline: `doubtful`, `login` …"""
        if get_name_key(value) in self.doubtful:
            return "doubtful"
        names = split_names(value)
        if not names or self.agrees("authors", value):
            return None
        if are_logins(names):
            return "login"
        if names_only_site(names, self.article.publisher, split_any(self.article.url or "").hostname):
            return "site"
        return "organisation" if are_organisations(names) else None

    def as_text(self, name: str) -> str | None:
        value = getattr(self.article, name)
        if isinstance(value, datetime):
            return f"{value.date().isoformat()} (day)" if self.is_day(name) else value.isoformat()
        if isinstance(value, list):
            return ", ".join(value) or None
        return None if value is None else str(value)

    def is_day(self, name: str) -> bool:
        return getattr(self.article, f"{name}_precision") is Precision.DAY

    def agrees(self, name: str, declared: str) -> bool:
        """Return whether a declared value has the same words, names or moment (or day) as the chosen one."""
        chosen = getattr(self.article, name)
        if chosen in (None, []):
            return False
        if isinstance(chosen, datetime):
            return self.is_same_date(name, declared, chosen)
        if isinstance(chosen, list):
            said, all_said = fold_word_characters(declared), fold_word_characters(" ".join(chosen))
            return bool(said) and (said in all_said or all(fold_word_characters(one) in said for one in chosen))
        if name == "in_language":
            return parse_language_tag(declared) == str(chosen)
        if name in URLS:
            return absolute_url(declared, self.article.url or "") == str(chosen)
        return fold_word_characters(declared) == fold_word_characters(str(chosen))

    def is_same_date(self, name: str, declared: str, chosen: datetime) -> bool:
        if declared == getattr(self.article, f"{name}_raw"):
            return True
        language = self.article.in_language or self.rules.language
        parsed = parse_date(declared, time_zone=self.rules.time_zone, language=language, now=self.now)
        if parsed is None:
            return False
        if self.is_day(name) or parsed.precision is Precision.DAY:
            return parsed.moment.date() == chosen.date()
        return parsed.moment == chosen


def as_dict(inspection: Inspection) -> Mapping[str, Any]:
    """Return the inspection as JSON types."""
    source, extraction, comparison = inspection.source, inspection.extraction, inspection.comparison
    return {
        "page": {"origin": source.origin, "url": source.url or None, "bytes": len(source.body),
                 "encoding": extraction.encoding, "site_file": source.site_file},
        "page_type": extraction.page_type,
        "is_article": extraction.is_article,
        "warnings": list(extraction.warnings),
        "remarks": list(inspection.remarks),
        "fields": {report.name: _field_dict(report) for report in inspection.fields},
        "article_body": inspection.article.article_body,
        "blocks": [_block_dict(number, block, comparison) for number, block in enumerate(inspection.blocks)],
        "removed": inspection.reasons,
        "left_out": dict(extraction.left_out),
        "truth": None if comparison is None else comparison.as_dict(),
    }  # fmt: skip


def _field_dict(report: FieldReport) -> dict[str, Any]:
    declared = [{"value": one.value, "source": one.source, "agrees": one.agrees} for one in report.declared]
    ground_truth = {} if report.is_correct is None else {"truth": report.ground_truth, "is_true": report.is_correct}
    return {"value": report.value, "source": report.source, "declared": declared, **ground_truth}


def _block_dict(number: int, block: Block, comparison: BodyComparison | None) -> dict[str, Any]:
    return {
        "number": number,
        "kept": block.kept,
        "reason": block.reason,
        "score": block.score,
        "standfirst": block.standfirst,
        "tag": block.tag,
        "text": block.text,
        "html": block.html,
        **({} if comparison is None else {"in_truth": comparison.in_ground_truth[number]}),
    }
