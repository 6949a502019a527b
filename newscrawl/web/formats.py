"""Write numbers, times and addresses for people; the templates know these functions as filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, unquote

from markupsafe import Markup

from newscrawl.urls.parse import get_url_host

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_RECENT = timedelta(days=14)
"""Older moments are shown as a day."""


def format_number(number: int) -> str:
    """Return `12,345`."""
    return f"{number:,}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `1 article`, `2 articles`, `no articles`."""
    many = plural or f"{noun}s"
    return f"no {many}" if number == 0 else f"{number:,} {noun if number == 1 else many}"


def format_day(day: date) -> str:
    """Return `25 Nov 2026`."""
    return f"{day.day} {day:%b %Y}"


def format_moment(moment: datetime) -> str:
    """Return `25 Nov 2026, 14:05 UTC`."""
    return f"{format_day(moment)}, {moment:%H:%M} UTC"


def format_seconds(seconds: float) -> str:
    """Return the largest unit that fits, as in `3 hours`."""
    for size, unit in _UNITS:
        if seconds >= size:
            return count(int(seconds // size), unit)
    return count(max(0, int(seconds)), "second") if seconds >= 1 else "a moment"


def show_moment(moment: datetime | None) -> Markup | str:
    """Return a `time` element."""
    if moment is None:
        return "unknown"
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), format_moment(moment))


def show_age(moment: datetime | None, now: datetime) -> Markup | str:
    """Return a `time` element such as `3 hours ago` or `in 5 minutes`, with the moment itself as its title."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if abs(seconds) > _RECENT.total_seconds():
        words = format_day(moment)
    elif seconds >= 0:
        words = f"{format_seconds(seconds)} ago"
    else:
        words = f"in {format_seconds(-seconds)}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), format_moment(moment), words)


def show_published(article: Any) -> Markup | str:
    """Return when *article* was published, in its publisher's time where that is known.

    *article* has the date columns of `articles`.
    """
    moment: datetime | None = article.date_published
    if moment is None:
        return "date unknown"
    if article.date_published_precision == "day":
        day = article.date_published_day or moment.date()
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), format_day(day))
    offset = article.date_published_utc_offset
    if article.date_published_zone == "assumed" or offset is None:
        note = " (time zone unknown)" if article.date_published_zone == "assumed" else ""
        words = format_moment(moment) if not note else f"{format_day(moment)}, {moment:%H:%M}{note}"
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), words)
    local = moment.astimezone(timezone(timedelta(minutes=offset)))
    zone = "UTC" if offset == 0 else f"UTC{offset // 60 if offset >= 0 else -(-offset // 60):+d}"
    if offset % 60:
        zone += f":{abs(offset) % 60:02}"
    words = f"{format_day(local)}, {local:%H:%M} {zone}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), words)


def show_published_day(article: Any) -> Markup | str:
    """Return the day on which *article* was published, by its publisher's calendar where that is known."""
    day: date | None = article.date_published_day or (article.date_published and article.date_published.date())
    return "date unknown" if day is None else Markup('<time datetime="{}">{}</time>').format(day, format_day(day))


def get_http_url(url: str | None) -> str | None:
    """Return *url* if a link may lead there: http and https only, None for anything else, such as `javascript:`."""
    if url is None or not url.isprintable() or not re.match(r"https?://[^\s/?#]", url, re.I):
        return None
    return url if get_url_host(url) else None


def shorten_url(url: str, length: int = 80) -> str:
    """Return *url* for people: without scheme, in letters instead of %XX, its middle left out where it is long."""
    short = _decode(re.sub(r"^https?://(www\.)?", "", url, flags=re.I))
    return short if len(short) <= length else f"{short[: length * 2 // 3]}…{short[-length // 3 :]}"


def _decode(url: str) -> str:
    """Return *url* with its letters of other scripts, unless it would no longer be clear what it is."""
    try:
        decoded = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return url
    is_clear = decoded.isprintable() and not re.search(r"[\s<>?#%]", decoded) and "?" not in url
    return decoded if is_clear else url


def quote_path(text: str) -> str:
    """Return *text* as one segment of a path."""
    return quote(text, safe=":")


def name_language(tag: str | None) -> str | None:
    """Return *tag* if it may be the value of a `lang` attribute."""
    return tag if tag and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag) else None


def make_sentence(text: str) -> str:
    """Return a message with a capital and a full stop."""
    end = "" if text[-1:] in {".", "?", "!"} else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


_ABBREVIATIONS = {"url": "URL", "id": "ID", "http": "HTTP", "json-ld": "JSON-LD"}


def humanize(name: str) -> str:
    """Return a name of a column or reason in words: `date_published` as `date published`."""
    return " ".join(_ABBREVIATIONS.get(word, word) for word in re.split(r"[_ ]+", name))


def split_type(name: str) -> str:
    """Return a schema.org type in words: `OpinionNewsArticle` as `opinion`, `LiveBlogPosting` as `live blog`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return re.sub(r" (news article|posting|article)$", "", words)


FILTERS: dict[str, Callable[..., Any]] = {
    "number": format_number,
    "count_of": count,
    "day": format_day,
    "duration": format_seconds,
    "moment": show_moment,
    "age": show_age,
    "published": show_published,
    "published_day": show_published_day,
    "http_url": get_http_url,
    "short_url": shorten_url,
    "path": quote_path,
    "lang_tag": name_language,
    "words": humanize,
    "sentence": make_sentence,
    "type_words": split_type,
}
