"""What a crawl was asked to do: spider arguments, checked before anything is opened or fetched."""

from __future__ import annotations

import difflib
import inspect
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from newscrawl.exceptions import UsageError
from newscrawl.scheduling.periods import Period
from newscrawl.sites.model import Site
from newscrawl.sites.registry import Registry
from newscrawl.text.durations import parse_duration
from newscrawl.urls.keys import UrlKeys
from newscrawl.urls.normalize import check_start_url, get_site


class NewsArguments:
    """Which sites, how many article pages, how far back."""

    def __init__(
        self,
        settings: BaseSettings,
        url: str | None = None,
        site: str | None = None,
        max_pages: str | None = None,
        since: str | None = None,
        until: str | None = None,
        max_time: str | None = None,
    ) -> None:
        if url and site:
            raise UsageError("give either url= or site=, not both")
        registry = Registry(Path(settings["NEWSCRAWL_SITES_DIR"]))
        self.keys = UrlKeys(registry.identity_rules())
        if url:
            urls = [check_start_url(one, self.keys.fetchable) for one in split_list(url)]
            self.sites = [_site_at(one, registry) for one in urls]
        elif site:
            self.sites = [registry.named(name) for name in split_list(site)]
        else:
            self.sites = registry.enabled()
        self.max_pages = _whole_number("max_pages", max_pages)
        self.period = _period(since, until)
        self.max_time = _duration("max_time", max_time or settings.get("NEWSCRAWL_MAX_TIME"))

    @property
    def locks(self) -> list[str]:
        """What no second run may crawl at the same time: the sites, by name and by domain.

        Two files may name one domain, and then lead to the same pages.
        """
        return sorted({site.name for site in self.sites} | self.domains)

    @property
    def domains(self) -> frozenset[str]:
        """The registrable domains that are crawled."""
        return frozenset(get_site(site.url) for site in self.sites)


def _site_at(url: str, registry: Registry) -> Site:
    """The site whose front page is *url*: as its file says where it has one."""
    site = registry.of_url(url)
    return Site(name=get_site(url), url=url) if site is None else replace(site, url=url)


class ArticleArguments:
    """Just these pages, read by the files of their sites where there are any."""

    def __init__(self, settings: BaseSettings, url: str | None = None, urls: str | None = None) -> None:
        if bool(url) == bool(urls):
            raise UsageError("say which pages: url=https://…,https://… or urls=FILE with one URL a line")
        given = split_list(url) if url else _lines(Path(urls or ""))
        registry = Registry(Path(settings["NEWSCRAWL_SITES_DIR"]))
        self.keys = UrlKeys(registry.identity_rules())
        self.urls = [check_start_url(text, self.keys.fetchable) for text in given]
        if not self.urls:
            raise UsageError(f"no URL in {urls or url!r}; write one a line")
        found = {get_site(one): registry.of_url(one) for one in self.urls}
        self.sites = {domain: site for domain, site in found.items() if site is not None}
        """The sites that have a file, by the registrable domain of their pages."""

    @property
    def locks(self) -> list[str]:
        """The sites of the pages: a run that crawls one of them may be fetching the same page."""
        return sorted({site.name for site in self.sites.values()} | self.domains)

    @property
    def domains(self) -> frozenset[str]:
        """The registrable domains of the pages."""
        return frozenset(map(get_site, self.urls))


class ArchiveArguments:
    """Pages that were saved earlier."""

    def __init__(self, settings: BaseSettings, path: str | None = None) -> None:
        if not path:
            raise UsageError("say where the saved pages are: path=FILE.warc.gz or path=FOLDER")
        self.path = Path(path)
        if not self.path.exists():
            raise UsageError(f"{path} does not exist; give a WARC file, or a folder with index.jsonl and html/")
        self.keys = UrlKeys(Registry(Path(settings["NEWSCRAWL_SITES_DIR"])).identity_rules())

    @property
    def locks(self) -> list[str]:
        """The archive; it asks nothing of any host, so it may be read while its sites are crawled."""
        return [f"archive {self.path.resolve()}"]


ARGUMENTS: Mapping[str, type] = {"news": NewsArguments, "article": ArticleArguments, "archive": ArchiveArguments}
"""The scope of each spider: known without importing the spiders, which takes longer than to find it locked."""


def parse_arguments(scope_type: type, spider: str, settings: BaseSettings, arguments: Mapping[str, str]) -> Any:
    """Return what the `-a` arguments ask for. Raises UsageError, before anything is opened or fetched."""
    known = [name for name in inspect.signature(scope_type).parameters if name != "settings"]
    for name in arguments:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(known)}"
            raise UsageError(f"spider '{spider}' has no argument '{name}'; {hint}")
    return scope_type(settings, **arguments)


@dataclass(slots=True)
class PageLimits:
    """How many article pages may still be taken up: in all, and on each site; and until when."""

    total: int | None
    by_site: dict[str, int | None]
    ends: dict[str, float] = field(default_factory=dict)
    """When a site's time is over, in seconds of time.monotonic(); sites without a limit are not named."""
    shares: dict[str, int] = field(init=False)
    """What each site may take before the others have had their turn; none where there is no limit in all."""

    def __post_init__(self) -> None:
        share = self.share(len(self.by_site))
        self.shares = {} if share is None else dict.fromkeys(self.by_site, share)

    def share(self, sites: int) -> int | None:
        """Return how many pages each of *sites* sites may take of what is left in all, None where there is no limit."""
        return None if self.total is None else math.ceil(self.total / max(1, sites))

    def reserve(self, site: str, wanted: int, *, of_share: bool = False) -> int:
        """Set aside up to *wanted* pages of *site*; return how many were granted.

        *of_share*: no more than its share, as others have not been asked yet.
        """
        if of_share:
            wanted = min(wanted, self.shares.get(site, wanted))
        if self.is_over(site):
            return 0
        left = self.left(site)
        granted = wanted if left is None else min(wanted, left)
        self._move(site, -granted)
        return granted

    def left(self, site: str) -> int | None:
        """Return how many pages of *site* may still be taken up, None where there is no limit."""
        return min((number for number in (self.total, self.by_site.get(site)) if number is not None), default=None)

    def give_back(self, site: str, unused: int) -> None:
        self._move(site, unused)

    def is_spent(self, site: str) -> bool:
        """Tell whether no further page of *site* may be taken up."""
        return self.left(site) == 0 or self.is_over(site)

    def is_over(self, site: str) -> bool:
        """Tell whether the site's time is over."""
        end = self.ends.get(site)
        return end is not None and time.monotonic() >= end

    def _move(self, site: str, number: int) -> None:
        if self.total is not None:
            self.total += number
        left = self.by_site.get(site)
        if left is not None:
            self.by_site[site] = left + number
        if site in self.shares:
            self.shares[site] = max(0, self.shares[site] + number)


def split_list(text: str) -> list[str]:
    """Split a comma-separated argument; a URL may hold commas itself, so only one before `http` divides URLs."""
    parts: list[str] = []
    for part in text.split(","):
        is_new = not parts or "://" in part or "://" not in parts[0]
        if is_new:
            parts.append(part.strip())
        else:
            parts[-1] += "," + part
    return [part for part in parts if part]


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}; give a text file with one URL a line") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _whole_number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdigit() or int(text) == 0:
        raise UsageError(f"{name}={text!r} is no number of pages; write a whole number from 1")
    return int(text)


def _period(since: str | None, until: str | None) -> Period:
    """The days from *since* to *until*, both included."""
    first, last = _day("since", since), _day("until", until)
    if first and last and last < first:
        raise UsageError(f"until={until} is before since={since}; give the earlier day as since=")
    return Period(first, last + timedelta(days=1) if last else None)


def _duration(name: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def _day(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name}={text!r} is no day; write it as 2026-11-01") from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
