"""Find out from which country a page is, and whether its numeric dates begin with the month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.data_files import DataFileError, check_keys, find_line, package_file, parse_document
from newscrawl.fields.languages import parse_language_tag
from newscrawl.urls.parse import get_url_host

KEYS = ("month_first", "generic_domains", "domains")
DEFAULT_REGION = "US"
"""Themes declare `en-US` on sites of all countries, so any other region goes before it."""


@dataclass(frozen=True, slots=True)
class Regions:
    """The contents of regions.toml."""

    month_first: frozenset[str]
    generic_domains: frozenset[str]
    domains: Mapping[str, str]


def find_region(tags: Iterable[str], url: str | None) -> str | None:
    """Return the country of a page (ISO 3166, upper case) by its top-level domain, else by its language tags."""
    host = get_url_host(url or "")
    domain = host.rpartition(".")[2]
    if region := _regions().domains.get(domain):
        return region
    if len(domain) == 2 and domain.isalpha() and domain not in _regions().generic_domains:
        return domain.upper()
    declared = [region for tag in tags if (region := _get_region(tag))]
    return next((region for region in declared if region != DEFAULT_REGION), declared[0] if declared else None)


def is_month_first(language: str | None, region: str | None) -> bool:
    """Return whether numeric dates of a locale begin with the month; *language* is a primary subtag."""
    tag = f"{language or 'en'}-{region}" if region else language
    return tag in _regions().month_first


def _get_region(tag: str) -> str | None:
    parsed = parse_language_tag(tag)
    subtags = parsed.split("-")[1:] if parsed else []
    return next((part for part in subtags if len(part) == 2 and part.isupper()), None)


def read_regions(text: str, file: str) -> Regions:
    """Parse the text of regions.toml; *file* is used in error messages only."""
    document = parse_document(text, file)
    check_keys(text, file, document, KEYS)
    for domain, region in document.get("domains", {}).items():
        if len(region) != 2 or not region.isupper():
            raise DataFileError(f"{file}:{find_line(text, domain)}: {domain!r} has no ISO 3166 code: {region!r}")
    return Regions(
        frozenset(document.get("month_first", ())),
        frozenset(document.get("generic_domains", ())),
        document.get("domains", {}),
    )


@lru_cache(maxsize=1)
def _regions() -> Regions:
    return read_regions(package_file("regions.toml", "newscrawl.fields"), "regions.toml")
