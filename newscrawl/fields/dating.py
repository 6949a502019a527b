"""Choose an article's dates among those that its page declares and shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from newscrawl.evidence import Evidence, ExtractionRules
from newscrawl.fields.date_search import begins_with_month, is_ambiguous
from newscrawl.fields.dates import NO_HINTS, DateHints, ParsedDate, is_relative, parse_date, parse_exact_date
from newscrawl.fields.languages import parse_language_tag
from newscrawl.fields.regions import find_region
from newscrawl.fields.time_zones import find_zone
from newscrawl.items import Article, DateZone, Precision

Dated = tuple[Evidence, ParsedDate | None]
"""The evidence of a date, and the parsed date; None if it cannot be parsed."""
VISIBLE = "dom"
INDEPENDENT = frozenset({VISIBLE, "url", "feed", "sitemap", "news sitemap"})
"""Sources that do not just repeat the metadata of the page."""
DATE_FORMAT = "date_format"
"""Evidence that is no date of the article: other numeric dates on the page, which show the order of day and month."""
MAX_DAY_DISTANCE = timedelta(hours=36)
"""From 00:00 UTC of a day to an instant in it, in any time zone."""
MIN_OFFSET, MAX_OFFSET = timedelta(hours=-12), timedelta(hours=14)
OFFSET_STEP = timedelta(minutes=15)
MAX_DATES = 8
MAX_UNPARSED = 2
"""After so many values that cannot be parsed, the slow parser is not tried any more."""
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\S*)?$")
_MONTH_IN_URL = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])(?=[/-])")


@dataclass(frozen=True, slots=True)
class _Context:
    """How to parse the dates of one page."""

    rules: ExtractionRules
    language: str | None
    hints: DateHints
    now: datetime

    def parse(self, text: str, *, thorough: bool = True) -> ParsedDate | None:
        return parse_date(
            text,
            time_zone=self.rules.time_zone,
            language=self.language,
            now=self.now,
            thorough=thorough,
            hints=self.hints,
        )


def set_dates(
    article: Article,
    evidence: Mapping[str, Sequence[Evidence]],
    sources: dict[str, str],
    rules: ExtractionRules,
    now: datetime,
) -> None:
    """Set an article's published and modified dates, the zone of the published one, and their *sources*.

    A date with day precision gives way to an instant of the same day from a later source. A date that looks like that
    of the last build of the site gives way to an earlier one that is visible on the page.
    """
    context = _build_context(article, evidence, rules, now)
    published = _choose_date(evidence.get("date_published", ()), context)
    if published is not None:
        published = _prefer_absolute(published, evidence.get("date_published", ()), context)
    modified = _choose_date(evidence.get("date_modified", ()), context)
    if published is not None and modified is not None and _may_be_build_date(published, modified):
        published = _find_earlier(published, evidence.get("date_published", ()), context)
    if published is not None:
        used, parsed = published
        article.date_published_raw = used.value
        if parsed is not None:
            _set_published(article, parsed, _find_day(parsed, evidence.get("date_published", ()), context))
            sources["date_published"] = used.source
    if modified is not None:
        used, parsed = modified
        article.date_modified_raw = used.value
        if parsed is not None and not _is_before(parsed, article.date_published):
            article.date_modified, article.date_modified_precision = parsed.moment, parsed.precision
            sources["date_modified"] = used.source
            if article.date_published is None:
                # The only date: the source says that it is not a publication date.
                article.date_published_raw = article.date_published_raw or used.value
                _set_published(article, parsed, _find_day(parsed, evidence.get("date_modified", ()), context))
                sources["date_published"] = "date_modified"


def _prefer_absolute(published: Dated, values: Sequence[Evidence], context: _Context) -> Dated:
    """Return the date of the URL or the feed in place of a relative one that it contradicts.

    The page was rendered before it was fetched then: "1 day ago" in a copy of last year.
    """
    evidence, parsed = published
    if parsed is None or evidence.source != VISIBLE or not is_relative(evidence.value, context.language, context.now):
        return published
    for value in values[:MAX_DATES]:
        other = context.parse(value.value, thorough=False) if value.source in INDEPENDENT - {VISIBLE} else None
        if other is not None and other.moment + MAX_DAY_DISTANCE < parsed.moment:
            return value, other
    return published


def _may_be_build_date(published: Dated, modified: Dated) -> bool:
    """Return whether the publication date is not before the last change, and neither an exact time nor shown."""
    evidence, parsed = published
    if parsed is None or modified[1] is None or evidence.source == VISIBLE or parsed.moment < modified[1].moment:
        return False
    return parsed.precision is Precision.DAY or (parsed.utc_offset == 0 and parsed.moment.microsecond > 0)


def _find_earlier(published: Dated, values: Sequence[Evidence], context: _Context) -> Dated:
    """Return the visible date if all visible ones are earlier by more than time zones can explain, else *published*."""
    found: Dated | None = None
    for value in values[:MAX_DATES]:
        parsed = context.parse(value.value, thorough=False) if value != published[0] else None
        if parsed is None or published[1] is None:
            continue
        is_earlier = parsed.moment + MAX_DAY_DISTANCE < published[1].moment
        if value.source in INDEPENDENT and not is_earlier:
            return published
        if value.source == VISIBLE and not is_ambiguous(value.value):
            found = found or (value, parsed)
    return found or published


def _set_published(article: Article, parsed: ParsedDate, day: date) -> None:
    article.date_published, article.date_published_precision = parsed.moment, parsed.precision
    article.date_published_utc_offset, article.date_published_zone = parsed.utc_offset, parsed.zone
    article.date_published_day = day


def _build_context(
    article: Article, evidence: Mapping[str, Sequence[Evidence]], rules: ExtractionRules, now: datetime
) -> _Context:
    language = article.in_language or rules.language
    tags = [one.value for one in evidence.get("in_language", ())]
    dates = [one.value for name in ("date_published", "date_modified") for one in evidence.get(name, ())[:MAX_DATES]]
    if all(map(_ISO.match, dates)):
        return _Context(rules, language, NO_HINTS, now)
    exact = (parse_exact_date(text, time_zone=rules.time_zone, now=now) for text in dates)
    formats = [one.value for one in evidence.get(DATE_FORMAT, ())]
    hints = DateHints(
        region=find_region(filter(None, (language, *tags)), article.url),
        languages=tuple(tag for value in tags if (tag := parse_language_tag(value))),
        known_days=tuple(dict.fromkeys(parsed.day for parsed in exact if parsed is not None)),
        known_months=tuple((int(year), int(month)) for year, month in _MONTH_IN_URL.findall(article.url or "")),
        is_month_first=_get_order([*dates, *formats]),
    )
    return _Context(rules, language, hints, now)


def _get_order(texts: Iterable[str]) -> bool | None:
    """Return whether the numeric dates have the month first; None if none of them shows it, or they differ."""
    orders = {order for text in texts if (order := begins_with_month(text)) is not None}
    return orders.pop() if len(orders) == 1 else None


def _choose_date(values: Sequence[Evidence], context: _Context) -> Dated | None:
    """Return the best date with its evidence; if none can be parsed, the first one."""
    best: tuple[Evidence, ParsedDate] | None = None
    unparsed = 0
    for evidence in values[:MAX_DATES]:
        parsed = context.parse(evidence.value, thorough=unparsed < MAX_UNPARSED)
        if parsed is None:
            unparsed += 1
            continue
        if parsed.precision is Precision.INSTANT:
            if best is None or abs(parsed.moment - best[1].moment) < MAX_DAY_DISTANCE:
                return _with_zone(evidence, parsed, values, context)
        elif best is None:
            best = evidence, parsed
    if best is not None:
        return best
    return (values[0], None) if values else None


def _with_zone(
    evidence: Evidence, parsed: ParsedDate, values: Sequence[Evidence], context: _Context
) -> tuple[Evidence, ParsedDate]:
    """Return a date whose zone is not stated in the zone of another value for the same moment, if there is one.

    That other value is returned if it has the seconds, too.
    """
    if parsed.zone is DateZone.DECLARED:
        return evidence, parsed
    for other in values[:MAX_DATES]:
        exact = context.parse(other.value, thorough=False) if other.value != evidence.value else None
        if exact is None or exact.zone is not DateZone.DECLARED:
            continue
        zoned = _add_zone(parsed, exact)
        if zoned is not None:
            return (other, exact) if zoned == exact else (evidence, zoned)
    return evidence, parsed


def _add_zone(parsed: ParsedDate, other: ParsedDate) -> ParsedDate | None:
    """Return *parsed*, whose zone is not stated, in the zone of *other*; None if the two are not the same moment.

    Either both show the same clock ("22:30:05" and "10:30 p.m. PST"), or *other* is the same moment in another zone.
    """
    local = parsed.moment + timedelta(minutes=parsed.utc_offset or 0)
    offset = timedelta(minutes=other.utc_offset or 0)
    if local.replace(second=0, microsecond=0) != (other.moment + offset).replace(second=0, microsecond=0):
        offset = local - other.moment
        is_chance = local.second == 0 and timedelta(minutes=local.minute) % OFFSET_STEP == timedelta()
        if parsed.zone is DateZone.SITE or is_chance or offset % OFFSET_STEP or not MIN_OFFSET <= offset <= MAX_OFFSET:
            return None
    return replace(parsed, moment=local - offset, utc_offset=int(offset.total_seconds() // 60), zone=DateZone.DECLARED)


def _find_day(parsed: ParsedDate, values: Sequence[Evidence], context: _Context) -> date:
    """Return the publisher's calendar day.

    It is the day in the zone of the date. Many sites declare all times in UTC: then it is the day in the site's zone,
    or the day that the page shows, if that is the same moment in some zone.
    """
    if parsed.zone is not DateZone.DECLARED or parsed.utc_offset != 0:
        return parsed.day
    if find_zone(context.rules.time_zone) is not None:
        return parsed.moment.astimezone(find_zone(context.rules.time_zone)).date()
    for value in values[:MAX_DATES]:
        visible = context.parse(value.value, thorough=False)
        if visible is None or (visible.zone is DateZone.DECLARED and visible.utc_offset == 0):
            continue
        start = datetime(visible.day.year, visible.day.month, visible.day.day, tzinfo=UTC)
        if start - MAX_OFFSET <= parsed.moment < start + timedelta(days=1) - MIN_OFFSET:
            return visible.day
    return parsed.day


def _is_before(modified: ParsedDate, published: datetime | None) -> bool:
    if published is None:
        return False
    if modified.precision is Precision.DAY:
        return modified.moment.date() < published.date()
    return modified.moment < published
