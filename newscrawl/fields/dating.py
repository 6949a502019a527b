"""Choose an article's dates among those that its page declares and shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from newscrawl.evidence import Evidence, ExtractionRules
from newscrawl.fields.dates import ParsedDate, has_offset, parse_date, parse_exact_date
from newscrawl.items import Article, Precision

Dated = tuple[Evidence, ParsedDate | None]
"""The evidence of a date, and the parsed date; None if it cannot be parsed."""
VISIBLE = "dom"
MAX_DAY_DISTANCE = timedelta(hours=36)
"""From 00:00 UTC of a day to an instant in it, in any time zone."""
MAX_DATES = 8
MAX_UNPARSED = 2
"""After so many values that cannot be parsed, the slow parser is not tried any more."""


def set_dates(
    article: Article,
    evidence: Mapping[str, Sequence[Evidence]],
    sources: dict[str, str],
    rules: ExtractionRules,
    now: datetime,
) -> None:
    """Set an article's published and modified dates and their *sources*.

    A date with day precision gives way to an instant of the same day from a later source. A publication date not
    before the modified date gives way to an earlier one that is visible on the page.
    """
    language = article.in_language
    published = _choose_date(evidence.get("date_published", ()), language, rules, now)
    modified = _choose_date(evidence.get("date_modified", ()), language, rules, now)
    if published is not None and modified is not None and _is_modified_date(published[1], modified[1]):
        visible = [value for value in evidence.get("date_published", ()) if value.source == VISIBLE]
        published = _earlier(_choose_date(visible, language, rules, now), published)
    if published is not None:
        used, parsed = published
        article.date_published_raw = used.value
        if parsed is not None:
            article.date_published, article.date_published_precision = parsed.moment, parsed.precision
            sources["date_published"] = used.source
    if modified is not None:
        used, parsed = modified
        article.date_modified_raw = used.value
        if parsed is not None and not _is_before(parsed, article.date_published):
            article.date_modified, article.date_modified_precision = parsed.moment, parsed.precision
            sources["date_modified"] = used.source
    if article.date_published is None and article.date_modified is not None:
        _use_modified_date(article, sources)


def _is_modified_date(published: ParsedDate | None, modified: ParsedDate | None) -> bool:
    return published is not None and modified is not None and published.moment >= modified.moment


def _earlier(visible: Dated | None, published: Dated) -> Dated:
    """Return the visible date if it is earlier by more than time zones can explain, else the other."""
    if visible is None or visible[1] is None or published[1] is None:
        return published
    return visible if visible[1].moment + MAX_DAY_DISTANCE < published[1].moment else published


def _use_modified_date(article: Article, sources: dict[str, str]) -> None:
    """Use the modified date, which is the only one, as publication date; the source says so."""
    article.date_published, article.date_published_precision = article.date_modified, article.date_modified_precision
    article.date_published_raw = article.date_published_raw or article.date_modified_raw
    sources["date_published"] = "date_modified"


def _choose_date(
    values: Sequence[Evidence], language: str | None, rules: ExtractionRules, now: datetime
) -> Dated | None:
    """Return the best date with its evidence; if none can be parsed, the first one."""
    best: tuple[Evidence, ParsedDate] | None = None
    unparsed = 0
    for evidence in values[:MAX_DATES]:
        parsed = parse_date(
            evidence.value,
            time_zone=rules.time_zone,
            language=language or rules.language,
            now=now,
            thorough=unparsed < MAX_UNPARSED,
        )
        if parsed is None:
            unparsed += 1
            continue
        if parsed.precision is Precision.INSTANT:
            if best is None or abs(parsed.moment - best[1].moment) < MAX_DAY_DISTANCE:
                return _with_offset(evidence, parsed, values, now)
        elif best is None:
            best = evidence, parsed
    if best is not None:
        return best
    return (values[0], None) if values else None


def _with_offset(
    evidence: Evidence, parsed: ParsedDate, values: Sequence[Evidence], now: datetime
) -> tuple[Evidence, ParsedDate]:
    """Return the same clock time from a source that also has the UTC offset, if there is one."""
    if has_offset(evidence.value):
        return evidence, parsed
    for other in values[:MAX_DATES]:
        if has_offset(other.value) and other.value[11:16] == evidence.value[11:16]:
            exact = parse_exact_date(other.value, time_zone=None, now=now)
            if exact is not None and abs(exact.moment - parsed.moment) < timedelta(hours=15):
                return other, exact
    return evidence, parsed


def _is_before(modified: ParsedDate, published: datetime | None) -> bool:
    if published is None:
        return False
    if modified.precision is Precision.DAY:
        return modified.moment.date() < published.date()
    return modified.moment < published
