"""Sites whose pages lead to new pages without end. Pure."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from functools import cache

from tests.hostile.model import message
from tests.hostile.pages import article

Trap = Callable[[str], Iterable[bytes] | None]
"""Path -> answer; None for 404."""
MAX_FETCHES = 200
XML = b"Content-Type: application/xml"


def html(title: str, *links: str, head: str = "") -> list[bytes]:
    items = "".join(
        f"<article><h2><a href='{link}'>{title} number {number} in so many words</a></h2></article>"
        for number, link in enumerate(links)
    )
    start = f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
    text = f"{start}<body><main>{items}</main></body></html>"
    return [message(text.encode())]


def number_of(path: str) -> int:
    """Return the last number in a path."""
    digits = "".join(one if one.isdigit() else " " for one in path).split()
    return int(digits[-1]) if digits else 0


def calendar(path: str) -> list[bytes]:
    """Each day links to the days before and after it, for ever."""
    day = number_of(path) if path != "/" else 20_000
    return html("Day", *(f"/calendar/day/{day + step}" for step in range(-30, 31) if step))


def calendar_of_dates(path: str) -> list[bytes]:
    """The archive of each day links to those of other days; there is no article anywhere."""
    day = number_of(path) if path != "/" else 28
    links = [f"/{year}/{month:02}/{1 + day % 28:02}/" for year in range(1990, 2027) for month in range(1, 13)]
    return html("Archive of the day", *links)


def session_ids(path: str) -> list[bytes]:
    """Each page gives all links a new session id."""
    session = f"{zlib.crc32(path.encode()):08x}"
    links = [f"/news/section-{number}/?PHPSESSID={session}" for number in range(5)]
    links += [f"/2026/11/20/report-on-session-number-{number}?sid={session}&phpsessid={session}" for number in range(5)]
    if path.startswith("/2026/"):
        return [message(article(f"session {number_of(path.partition('?')[0])}").encode())]
    return html("Section of sessions", *links)


def relative_paths(path: str) -> list[bytes]:
    """Links lack their first slash, so that each page has its own below it."""
    return html("Relative", "news/politics/", "news/2026/11/20/report-on-something-relative", "../up/news/", "./here/")


def endless_pagination(path: str) -> list[bytes]:
    page = number_of(path)
    if path.startswith("/2026/"):
        return [message(article(path).encode())]
    link = f"/2026/11/20/report-on-page-number-{page}-of-the-section"
    return html("Section", link, "/news/", head=f"<link rel=next href='/news/?page={page + 1}'>")


def endless_article(path: str) -> list[bytes]:
    """An article of one page after the other."""
    page = number_of(path.partition("?")[2])
    if path == "/":
        return html("Front", "/2026/11/20/report-without-an-end")
    text = article(f"page {page} of a report without end", head=f"<link rel=next href='?page={page + 1}'>")
    return [message(text.encode())]


def endless_redirects(path: str) -> list[bytes]:
    if path == "/":
        return html("Front", "/2026/11/20/report-that-moves-on-and-on-0")
    target = f"/2026/11/20/report-that-moves-on-and-on-{number_of(path) + 1}"
    return [message(b"", b"Location: " + target.encode(), status=b"302 Found")]


def sections_of_sections(path: str) -> list[bytes]:
    return html("Section", *(f"{path.rstrip('/')}/section-{number}/" for number in range(100)))


def facets(path: str) -> list[bytes]:
    """Each page links to itself with one more parameter."""
    mark = "&" if "?" in path else "?"
    return html("Facet", *(f"{path}{mark}{name}={value}" for name in ("color", "size", "sort") for value in range(9)))


def soft_404s(path: str) -> list[bytes]:
    """Every address has the same page, which links to 500 articles that do not exist."""
    return html("Not found", *(f"/2026/11/20/there-is-no-report-number-{number}" for number in range(30)))


def wide_indexes(path: str) -> list[bytes] | None:
    if path == "/robots.txt":
        return [message(b"Sitemap: /map.xml", b"Content-Type: text/plain")]
    if not path.startswith("/map"):
        return html("Front") if path == "/" else None
    children = "".join(f"<sitemap><loc>{path[:-4]}-{number}.xml</loc></sitemap>" for number in range(100))
    return [message(f"<sitemapindex>{children}</sitemapindex>".encode(), XML)]


def long_sitemap(path: str) -> list[bytes] | None:
    """A sitemap of more articles than are read of one, none of which exists."""
    if path == "/robots.txt":
        return [message(b"Sitemap: /map.xml", b"Content-Type: text/plain")]
    if path != "/map.xml":
        return html("Front") if path == "/" else None
    return [make_long_sitemap()]


@cache
def make_long_sitemap() -> bytes:
    entries = "".join(f"<url><loc>/2026/11/20/report-{number}-of-many</loc></url>" for number in range(60_000))
    return message(gzip.compress(f"<urlset>{entries}</urlset>".encode(), 1), XML)


TRAPS: dict[str, Trap] = {
    "calendar": calendar,
    "calendar of dates": calendar_of_dates,
    "session ids": session_ids,
    "relative paths": relative_paths,
    "endless pagination": endless_pagination,
    "endless article": endless_article,
    "endless redirects": endless_redirects,
    "sections of sections": sections_of_sections,
    "facets": facets,
    "soft 404s": soft_404s,
    "wide indexes": wide_indexes,
    "a long sitemap": long_sitemap,
}
