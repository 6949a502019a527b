"""Which of the stated dates are an article's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from newscrawl.evidence import Evidence, ExtractionRules
from newscrawl.fields.dates import ParsedDate, exact_date, parse_date, states_offset
from newscrawl.items import Article, Precision

Dated = tuple[Evidence, ParsedDate | None]
"""A date as it is stated, and as it was read."""
SHOWN = "dom"
MAX_APART = timedelta(hours=36)
"""Between a day and a moment in it, anywhere on earth."""
MAX_DATES = 8
MAX_UNREAD = 2
"""Values of one date that are looked at closely in vain."""


def set_dates(
    article: Article,
    evidence: Mapping[str, Sequence[Evidence]],
    sources: dict[str, str],
    rules: ExtractionRules,
    now: datetime,
) -> None:
    """Read when an article was published and last changed; what was used goes to *sources*.

    A date that is only known to the day gives way to an instant of the same day from a later source; one that is also
    that of the last change, to an earlier one that the page shows.
    """
    language = article.in_language
    published = _date(evidence.get("date_published", ()), language, rules, now)
    modified = _date(evidence.get("date_modified", ()), language, rules, now)
    if published is not None and modified is not None and _is_last_change(published[1], modified[1]):
        shown = [value for value in evidence.get("date_published", ()) if value.source == SHOWN]
        published = _earlier(_date(shown, language, rules, now), published)
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
        _publish_as_modified(article, sources)


def _is_last_change(published: ParsedDate | None, modified: ParsedDate | None) -> bool:
    return published is not None and modified is not None and published.moment >= modified.moment


def _earlier(shown: Dated | None, published: Dated) -> Dated:
    """The date that is shown where it lies before the other, more than time zones can tell."""
    if shown is None or shown[1] is None or published[1] is None:
        return published
    return shown if shown[1].moment + MAX_APART < published[1].moment else published


def _publish_as_modified(article: Article, sources: dict[str, str]) -> None:
    """Readers of a page that only says when it was last changed take it for the date, too; the source tells."""
    article.date_published, article.date_published_precision = article.date_modified, article.date_modified_precision
    article.date_published_raw = article.date_published_raw or article.date_modified_raw
    sources["date_published"] = "date_modified"


def _date(values: Sequence[Evidence], language: str | None, rules: ExtractionRules, now: datetime) -> Dated | None:
    """The best date with what it was read from; an unreadable first one where none can be read."""
    best: tuple[Evidence, ParsedDate] | None = None
    unread = 0
    for evidence in values[:MAX_DATES]:
        parsed = parse_date(
            evidence.value,
            time_zone=rules.time_zone,
            language=language or rules.language,
            now=now,
            thorough=unread < MAX_UNREAD,
        )
        if parsed is None:
            unread += 1
            continue
        if parsed.precision is Precision.INSTANT:
            if best is None or abs(parsed.moment - best[1].moment) < MAX_APART:
                return _with_offset(evidence, parsed, values, now)
        elif best is None:
            best = evidence, parsed
    if best is not None:
        return best
    return (values[0], None) if values else None


def _with_offset(
    evidence: Evidence, parsed: ParsedDate, values: Sequence[Evidence], now: datetime
) -> tuple[Evidence, ParsedDate]:
    """The same moment of the clock from a source that also states the zone, where there is one."""
    if states_offset(evidence.value):
        return evidence, parsed
    for other in values[:MAX_DATES]:
        if states_offset(other.value) and other.value[11:16] == evidence.value[11:16]:
            exact = exact_date(other.value, time_zone=None, now=now)
            if exact is not None and abs(exact.moment - parsed.moment) < timedelta(hours=15):
                return other, exact
    return evidence, parsed


def _is_before(modified: ParsedDate, published: datetime | None) -> bool:
    if published is None:
        return False
    if modified.precision is Precision.DAY:
        return modified.moment.date() < published.date()
    return modified.moment < published
