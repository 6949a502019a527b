"""Reading site files. The folder is the operator's; the text of a file is checked key by key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cssselect

from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import SiteFileError, UsageError
from newscrawl.sites.model import DiscoveryRules, Site
from newscrawl.sites.toml_lines import find_line
from newscrawl.text.durations import parse_duration
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.urls.normalize import check_start_url, get_site

_TABLES: Mapping[str, type] = {
    "": Site,
    "discovery": DiscoveryRules,
    "extraction": ExtractionRules,
    "identity": UrlKeyRules,
}
_SELECTORS = ("headline", "authors", "date_published", "article_body", "drop")
_PATTERNS = {"discovery": ("allow", "deny"), "extraction": ("drop_text",)}
_URLS = ("feeds", "sitemaps", "sections")


class Registry:
    """The site files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def enabled(self) -> list[Site]:
        """Return every enabled site, by name. Raises UsageError when there is none."""
        files = sorted(self.folder.glob("*.toml"))
        sites = [site for site in map(read_site, files) if site.enabled]
        if not sites:
            raise UsageError(
                f"no enabled site in {self.folder}/ ({len(files)} site files); "
                "add one (docs/sites.md), or name a site that has none: -a url=https://…"
            )
        return sites

    def named(self, name: str) -> Site:
        """Return one site, enabled or not. Raises UsageError for a name that has no file."""
        path = self.folder / f"{name}.toml"
        if path.parent != self.folder or not path.is_file():
            known = sorted(file.stem for file in self.folder.glob("*.toml"))
            raise UsageError(f"no site file {path}{_nearest(name, known)}; there are: {', '.join(known) or 'none'}")
        return read_site(path)

    def of_url(self, url: str) -> Site | None:
        """Return the site that a page belongs to: the file named after its site, else one whose front page is there.

        Raises SiteFileError for a file that had to be read and cannot be, ValueError where *url* is none.
        """
        name = get_site(url)
        if (self.folder / f"{name}.toml").is_file():
            return self.named(name)
        return self._by_domain.get(name)

    def identity_rules(self) -> dict[str, UrlKeyRules]:
        """Return what the files say about parameters, by registrable domain; the file is the one of `of_url`.

        Raises UsageError where there is no folder, SiteFileError for a file that cannot be read: without them, pages
        could get other keys than before.
        """
        if not self.folder.is_dir():
            raise UsageError(f"there is no folder {self.folder}/ of site files; make it, or set NEWSCRAWL_SITES_DIR")
        named = (path.stem for path in self.folder.glob("*.toml") if "." in path.stem)
        sites = self._by_domain | {name: self.named(name) for name in named}
        return {domain: site.identity for domain, site in sites.items() if site.identity != PLAIN}

    @cached_property
    def _by_domain(self) -> dict[str, Site]:
        """The first site, by file name, of each front page's registrable domain."""
        sites = map(read_site, sorted(self.folder.glob("*.toml"), reverse=True))
        return {get_site(site.url): site for site in sites}


def read_site(path: Path) -> Site:
    """Read a site file. Raises SiteFileError that names file, key and line."""
    try:
        text = path.read_text(encoding="utf-8")
        return parse_site(text, name=path.stem)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, SiteFileError) as error:
        raise SiteFileError(f"{path}: {error}") from error


def parse_site(text: str, *, name: str) -> Site:
    """Build a Site from the text of its file; see docs/sites.md for the keys."""
    data = tomllib.loads(text)
    reader = _Reader(text)
    tables = {key: data.pop(key, {}) for key in _TABLES if key}
    top = reader.check("", {"name": name, **data})
    if "url" not in top:
        raise SiteFileError("no key 'url'; write the address of the front page: url = \"https://…/\"")
    return Site(
        **top,
        discovery=DiscoveryRules(**reader.check("discovery", tables["discovery"])),
        extraction=ExtractionRules(**reader.check("extraction", tables["extraction"])),
        identity=reader.identity(tables["identity"]),
    )


class _Reader:
    """Checks the tables of one file."""

    def __init__(self, text: str) -> None:
        self._text = text

    def check(self, table: str, values: Any) -> dict[str, Any]:
        if not isinstance(values, dict):
            raise self._error("", table, f"must be a table, written as [{table}]")
        types = {field.name: str(field.type) for field in fields(_TABLES[table])}
        return {key: self._value(table, key, value, types) for key, value in values.items()}

    def identity(self, values: Any) -> UrlKeyRules:
        """Check the table [identity]; parameters are compared in lower case."""
        checked = self.check("identity", values)
        rules = UrlKeyRules(**{key: tuple(sorted({name.lower() for name in checked[key]})) for key in checked})
        for name in rules.drop_parameters:
            if name in rules.keep_parameters:
                raise self._error("identity", "drop_parameters", f"has {name!r}, and so has keep_parameters")
        return rules if rules != PLAIN else PLAIN

    def _value(self, table: str, key: str, value: Any, types: Mapping[str, str]) -> Any:
        if key not in types or key in _TABLES:
            known = [*(name for name in types if table or name not in _TABLES), *(_TABLES if not table else ())]
            raise self._error(table, key, f"unknown{_nearest(key, known)}", verb="is")
        value = self._typed(table, key, value, types[key])
        for text in value if isinstance(value, tuple) else [value]:
            self._check_meaning(table, key, text)
        return value

    def _typed(self, table: str, key: str, value: Any, wanted: str) -> Any:
        if wanted.startswith("tuple"):
            if isinstance(value, str):
                value = [value]
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                return tuple(value)
            raise self._error(table, key, "must be a list of strings")
        if wanted == "bool":
            return self._expect(table, key, value, bool, "true or false")
        if wanted.startswith("int"):
            return self._expect(table, key, value, int, "a whole number")
        if wanted.startswith("float"):
            return float(self._expect(table, key, value, (int, float), "a number of seconds"))
        return self._expect(table, key, value, str, "a string")

    def _expect(self, table: str, key: str, value: Any, kind: Any, what: str) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self._error(table, key, f"must be {what}")
        return value

    def _check_meaning(self, table: str, key: str, value: Any) -> None:
        try:
            if key == "name" and not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", value):
                raise ValueError("takes lower-case letters, digits, dots and hyphens")
            if key in {"delay", "max_pages", "min_articles_per_day"} and value < 0:
                raise ValueError("must not be negative")
            if key == "url" or key in _URLS:
                check_start_url(value)
            if key == "max_time":
                parse_duration(value)
            if key == "time_zone":
                ZoneInfo(value)
            if table == "identity" and not re.fullmatch(r"[^\s&=?#%]+", value):
                raise ValueError("takes names of parameters, without their values")
            if key in _PATTERNS.get(table, ()):
                re.compile(value)
            if table == "extraction" and key in _SELECTORS:
                cssselect.HTMLTranslator().css_to_xpath(value)
        except (ValueError, KeyError, UsageError, re.error, cssselect.SelectorError) as error:
            cause = "is no IANA time zone" if key == "time_zone" else str(error)
            raise self._error(table, key, f"{cause} (it is {value!r})") from None

    def _error(self, table: str, key: str, problem: str, *, verb: str = "") -> SiteFileError:
        place = f" in [{table}]" if table else ""
        line = find_line(self._text, table, key)
        return SiteFileError(f"line {line}: key {key!r}{place} {verb + ' ' if verb else ''}{problem}")


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
