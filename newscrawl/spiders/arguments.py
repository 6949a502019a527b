"""Spider arguments, checked before anything is opened or fetched."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar, TypeVar

from scrapy.settings import BaseSettings

from newscrawl.archives.reader import check_archive
from newscrawl.crawling.protocols import CrawlArguments
from newscrawl.exceptions import UsageError
from newscrawl.scheduling.periods import ANY_TIME, Period
from newscrawl.sites.model import Site
from newscrawl.sites.registry import Registry
from newscrawl.text.durations import parse_duration
from newscrawl.text.suggestions import suggest
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url, get_site

MAX_YEAR = 2999
Arguments = TypeVar("Arguments", bound=CrawlArguments)


class NewsArguments:
    """Which sites to crawl, how many pages of them, and from which days."""

    HELP: ClassVar[Mapping[str, str]] = {
        "url": "front pages of the sites to crawl, separated by commas",
        "site": "names of site files; without url= and site= every enabled site file is crawled",
        "max_pages": "article pages to fetch at most",
        "since": "first day of the articles to store (YYYY-MM-DD)",
        "until": "last day of the articles to store (YYYY-MM-DD)",
        "max_time": "time the crawl may take: 90s, 30m, 2h; default NEWSCRAWL_MAX_TIME",
        "force": "1: fetch all listings and what failed now, whether due or not",
    }

    def __init__(
        self,
        settings: BaseSettings,
        url: str | None = None,
        site: str | None = None,
        max_pages: str | None = None,
        since: str | None = None,
        until: str | None = None,
        max_time: str | None = None,
        force: str | None = None,
    ) -> None:
        if url and site:
            raise UsageError("give either url= or site=, not both")
        registry = Registry(Path(settings["NEWSCRAWL_SITES_DIR"]))
        self.keys = UrlKeys(registry.url_key_rules())
        self.sites: Sequence[Site]
        if url:
            urls = [check_start_url(one, self.keys.fetchable) for one in split_list(url)]
            self.sites = [_get_site_at(one, registry) for one in urls]
        elif site:
            self.sites = [registry.named(name) for name in split_list(site)]
        else:
            self.sites = registry.enabled()
        self.max_pages = _parse_count("max_pages", max_pages)
        self.period = _parse_period(since, until)
        self.max_time = _parse_duration("max_time", max_time or settings.get("NEWSCRAWL_MAX_TIME"))
        self.force = _parse_flag("force", force)

    @property
    def locks(self) -> list[str]:
        """The names and domains of the sites: two site files may name one domain, and lead to the same pages."""
        return sorted({site.name for site in self.sites} | self.domains)

    @property
    def domains(self) -> frozenset[str]:
        """The registrable domains that are crawled."""
        return frozenset(get_site(site.url) for site in self.sites)


class ArticleArguments:
    """Which article pages to fetch."""

    HELP: ClassVar[Mapping[str, str]] = {
        "url": "article pages to fetch, separated by commas",
        "urls": "a file with one URL a line, in place of url=",
        "force": "accepted as for `news`; the pages are always fetched, whether due or not",
    }

    def __init__(
        self, settings: BaseSettings, url: str | None = None, urls: str | None = None, force: str | None = None
    ) -> None:
        _parse_flag("force", force)
        if bool(url) == bool(urls):
            raise UsageError("say which pages: url=https://…,https://… or urls=FILE with one URL a line")
        given = split_list(url) if url else _read_lines(Path(urls or ""))
        registry = Registry(Path(settings["NEWSCRAWL_SITES_DIR"]))
        self.keys = UrlKeys(registry.url_key_rules())
        self.urls = [check_start_url(text, self.keys.fetchable) for text in given]
        if not self.urls:
            raise UsageError(f"no URL in {urls or url!r}; write one a line")
        found = {get_site(one): registry.find_by_url(one) for one in self.urls}
        self.sites_by_domain = {domain: site for domain, site in found.items() if site is not None}
        """Sites with a site file, by the registrable domain of their pages."""
        self.sites: Sequence[Site] = [replace(site, max_time=None) for site in self.sites_by_domain.values()]
        self.period = ANY_TIME
        self.max_time: float | None = None

    @property
    def locks(self) -> list[str]:
        """The sites of the pages: a run that crawls one of them may fetch the same page."""
        return sorted({site.name for site in self.sites} | self.domains)

    @property
    def domains(self) -> frozenset[str]:
        """The registrable domains of the pages."""
        return frozenset(map(get_site, self.urls))


class ArchiveArguments:
    """Which archive of saved pages to read."""

    HELP: ClassVar[Mapping[str, str]] = {
        "path": "a WARC file, or a folder with index.jsonl and html/",
    }

    def __init__(self, settings: BaseSettings, path: str | None = None) -> None:
        if not path:
            raise UsageError("say where the saved pages are: path=FILE.warc.gz or path=FOLDER")
        self.path = Path(path)
        check_archive(self.path)
        self.keys = UrlKeys(Registry(Path(settings["NEWSCRAWL_SITES_DIR"])).url_key_rules())
        self.sites: Sequence[Site] = ()
        self.period = ANY_TIME
        self.max_time: float | None = None
        self.domains: frozenset[str] | None = None

    @property
    def locks(self) -> list[str]:
        """The archive only: no host is asked for anything, so its sites may be crawled meanwhile."""
        return [f"archive {self.path.resolve()}"]


ARGUMENTS: Mapping[str, type[NewsArguments | ArticleArguments | ArchiveArguments]] = {
    "news": NewsArguments,
    "article": ArticleArguments,
    "archive": ArchiveArguments,
}
"""The arguments of each spider. Importing the spiders would take longer than to find that the lock is taken."""


def parse_arguments(
    kind: Callable[..., Arguments], spider: str, settings: BaseSettings, given: Mapping[str, str]
) -> Arguments:
    """Return the `-a` arguments of *spider*, checked. Raises UsageError."""
    known = [name for name in inspect.signature(kind).parameters if name != "settings"]
    for name, value in given.items():
        if name not in known:
            raise UsageError(f"spider '{spider}' has no argument '{name}'; {suggest(name, known)}")
        if not value.strip():
            raise UsageError(f"{name}= has no value; give one, or leave the argument out")
    return kind(settings, **given)


def _get_site_at(url: str, registry: Registry) -> Site:
    """Return the site with the front page *url*, with the rules of its site file where it has one."""
    site = registry.find_by_url(url)
    return Site(name=get_site(url), url=url) if site is None else replace(site, url=url)


def split_list(text: str) -> list[str]:
    """Split a comma-separated argument; URLs may contain commas, so only a comma before `http` separates URLs."""
    parts: list[str] = []
    for part in text.split(","):
        is_new = not parts or "://" in part or "://" not in parts[0]
        if is_new:
            parts.append(part.strip())
        else:
            parts[-1] += "," + part
    return [part for part in parts if part]


def _read_lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} could not be read: {error}; give a text file with one URL a line") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _parse_count(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise UsageError(f"invalid {name} '{text[:80]}': expected a whole number from 1 to 999999999")
    return int(text)


def _parse_flag(name: str, text: str | None) -> bool:
    flags = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text is None:
        return False
    if text.strip().lower() not in flags:
        raise UsageError(f"invalid {name} '{text}': expected 1 or 0")
    return flags[text.strip().lower()]


def _parse_period(since: str | None, until: str | None) -> Period:
    """Return the days from *since* to *until*, both included."""
    first, last = _parse_day("since", since), _parse_day("until", until)
    if first and last and last < first:
        raise UsageError(f"until={until} is before since={since}; give the earlier day as since=")
    return Period(first, last + timedelta(days=1) if last else None)


def _parse_day(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name}: invalid date '{text}': expected YYYY-MM-DD") from None
    if day.year > MAX_YEAR:
        raise UsageError(f"{name}: invalid date '{text}': expected a year up to {MAX_YEAR}; or leave {name}= out")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _parse_duration(name: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
