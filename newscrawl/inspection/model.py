"""What a page gave and why: every block, every field with all its stated values, and the truth where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newscrawl.dates import parse_date
from newscrawl.extraction.body import folded
from newscrawl.extraction.extract import extract
from newscrawl.extraction.model import Block, Evidence, Extraction, ExtractionRules
from newscrawl.inspection.truth import Judgement, Truth, judge
from newscrawl.items import Article
from newscrawl.loaders import load_article
from newscrawl.processors import absolute_url, language_tag

FIELDS = (
    "headline",
    "description",
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
"""In the order in which they are shown."""
URLS = frozenset({"canonical_url", "main_image"})
BODY = "article_body"


@dataclass(frozen=True, slots=True)
class PageSource:
    """The bytes to inspect, and where they are from."""

    body: bytes
    url: str
    """Empty where nobody says."""
    origin: str
    """The URL or file as the user named it."""
    content_type: str | None = None
    site_file: str | None = None
    """Name of the site file whose rules hold."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One value that the page states of a field."""

    value: str
    source: str
    agrees: bool
    """Whether it says the same as the value that was chosen."""


@dataclass(frozen=True, slots=True)
class FieldReport:
    """One field of the Article."""

    name: str
    value: str | None
    """As text; None where the page states none that is good."""
    source: str | None
    stated: Sequence[Stated]
    """All stated values, best first."""
    is_true: bool | None = None
    """Whether it agrees with the truth; None where that says nothing."""
    truth: str | None = None

    @property
    def others(self) -> list[Stated]:
        """The stated values that say something else than the chosen one, each once."""
        return list(dict.fromkeys(stated for stated in self.stated if not stated.agrees))


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that is known of one page."""

    source: PageSource
    extraction: Extraction
    article: Article
    fields: Sequence[FieldReport]
    judgement: Judgement | None = None
    """The body held against the truth; None without one."""
    remarks: Sequence[str] = field(default_factory=tuple)
    """What else a crawl would make of the page."""

    @property
    def blocks(self) -> Sequence[Block]:
        return self.extraction.blocks

    @property
    def kept(self) -> int:
        return sum(block.kept for block in self.blocks)

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> blocks removed for it, the most frequent first."""
        return dict(Counter(block.reason for block in self.blocks if not block.kept).most_common())


def inspect_page(
    source: PageSource, rules: ExtractionRules, *, now: datetime, truth: Truth | None = None
) -> Inspection:
    """Read a page as a crawl does. *now* (aware) bounds its dates."""
    extraction = extract(source.body, source.url, rules, content_type=source.content_type)
    article = load_article(extraction, url=source.url, stated=None, rules=rules, now=now)
    reports = [_field(name, extraction.evidence.get(name, ()), article, rules, now, truth) for name in FIELDS]
    judgement = None if truth is None else judge(extraction.blocks, truth)
    return Inspection(source, extraction, article, reports, judgement)


def _field(
    name: str,
    evidence: Sequence[Evidence],
    article: Article,
    rules: ExtractionRules,
    now: datetime,
    truth: Truth | None,
) -> FieldReport:
    chosen = getattr(article, name)
    stated = [Stated(one.value, one.source, _agrees(name, one.value, chosen, article, rules, now)) for one in evidence]
    true = truth.fields.get(name) if truth is not None else None
    return FieldReport(
        name,
        _as_text(chosen, article, name),
        article.sources.get(name),
        stated,
        None if true is None else _agrees(name, true, chosen, article, rules, now),
        true,
    )


def _as_text(value: Any, article: Article, name: str) -> str | None:
    if isinstance(value, datetime):
        precision = getattr(article, f"{name}_precision")
        return f"{value.date().isoformat()} (day)" if precision == "day" else value.isoformat()
    if isinstance(value, list):
        return ", ".join(value) or None
    return None if value is None else str(value)


def _agrees(name: str, stated: str, chosen: Any, article: Article, rules: ExtractionRules, now: datetime) -> bool:
    """Whether a stated value says what the chosen one says: the same words, names or moment (or its day)."""
    if chosen in (None, []):
        return False
    if isinstance(chosen, datetime):
        language = article.in_language or rules.language
        parsed = parse_date(stated, time_zone=rules.time_zone, language=language, now=now)
        if parsed is None:
            return False
        is_day = "day" in {parsed.precision, getattr(article, f"{name}_precision")}
        return parsed.moment.date() == chosen.date() if is_day else parsed.moment == chosen
    if isinstance(chosen, list):
        said, all_said = folded(stated), folded(" ".join(chosen))
        return bool(said) and (said in all_said or all(folded(one) in said for one in chosen))
    if name == "in_language":
        return bool(language_tag(stated) == chosen)
    if name in URLS:
        return bool(absolute_url(stated, article.url or "") == chosen)
    return folded(stated) == folded(str(chosen))


def as_dict(inspection: Inspection) -> Mapping[str, Any]:
    """Everything for scripts, in JSON's types."""
    source, extraction, judgement = inspection.source, inspection.extraction, inspection.judgement
    return {
        "page": {"origin": source.origin, "url": source.url or None, "bytes": len(source.body),
                 "encoding": extraction.encoding, "site_file": source.site_file},
        "verdict": extraction.verdict,
        "is_article": extraction.is_article,
        "warnings": list(extraction.warnings),
        "remarks": list(inspection.remarks),
        "fields": {report.name: _field_dict(report) for report in inspection.fields},
        "article_body": inspection.article.article_body,
        "blocks": [_block_dict(number, block, judgement) for number, block in enumerate(inspection.blocks)],
        "removed": inspection.reasons,
        "left_out": dict(extraction.left_out),
        "truth": None if judgement is None else judgement.as_dict(),
    }  # fmt: skip


def _field_dict(report: FieldReport) -> dict[str, Any]:
    stated = [{"value": one.value, "source": one.source, "agrees": one.agrees} for one in report.stated]
    truth = {} if report.is_true is None else {"truth": report.truth, "is_true": report.is_true}
    return {"value": report.value, "source": report.source, "stated": stated, **truth}


def _block_dict(number: int, block: Block, judgement: Judgement | None) -> dict[str, Any]:
    return {
        "number": number,
        "kept": block.kept,
        "reason": block.reason,
        "score": block.score,
        "tag": block.tag,
        "text": block.text,
        "html": block.html,
        **({} if judgement is None else {"in_truth": judgement.in_truth[number]}),
    }
