"""Read the site files of the operator's folder, checking them key by key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any

import cssselect

from newscrawl.data_files import find_line
from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import SiteFileError, UsageError
from newscrawl.sites.model import DiscoveryRules, Site
from newscrawl.sites.values import check_encoding, check_language, check_time_zone
from newscrawl.text.durations import parse_duration
from newscrawl.text.suggestions import suggest
from newscrawl.urls.key_rules import PLAIN, UrlKeyRules
from newscrawl.urls.normalize import check_start_url, get_site
from newscrawl.urls.parse import short

_TABLES: Mapping[str, type] = {
    "": Site,
    "discovery": DiscoveryRules,
    "extraction": ExtractionRules,
    "identity": UrlKeyRules,
}
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,249}")
"""With `.toml`, it has to fit into a file name of 255 bytes."""
MAX_FILE_SIZE = 1_000_000
MAX_KEY_PARTS = 50
"""Of a dotted key; the parser's time is quadratic in them."""
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""")
_NAME_RULE = "must consist of lower-case letters, digits, dots and hyphens, at most 250 in all"
MAX_NUMBER = 1_000_000_000
_SELECTORS = ("headline", "authors", "date_published", "article_body", "drop")
_PATTERNS = {"discovery": ("allow", "deny", "follow"), "extraction": ("drop_text",)}
_NOT_EVERYTHING = ("deny", "follow", "drop_text")
"""Patterns of exceptions; one that matches everything is a mistake."""
_URLS = ("feeds", "sitemaps", "sections")
_NAMES = {"language": check_language, "encoding": check_encoding, "time_zone": check_time_zone}


class Registry:
    """Site files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def enabled(self) -> list[Site]:
        """Return all enabled sites, ordered by file name. Raises UsageError if there are none."""
        files = sorted(self.folder.glob("*.toml"))
        sites = [site for site in map(read_site, files) if site.enabled]
        if not sites:
            raise UsageError(
                f"no enabled site in {self.folder}/ ({len(files)} site files); "
                "add a site file (docs/sites.md), or crawl a site without one: -a url=https://…"
            )
        return sites

    def named(self, name: str) -> Site:
        """Return the site *name*, enabled or not. Raises UsageError if it has no file."""
        path = self.folder / f"{name}.toml"
        if path.parent != self.folder or not self._has_file(name):
            known = sorted(file.stem for file in self.folder.glob("*.toml"))
            raise UsageError(f"no site file {path}; {suggest(name, known)}")
        return read_site(path)

    def find_by_url(self, url: str) -> Site | None:
        """Return the site of a page: of the file named after its registrable domain, else with its front page there.

        Raises SiteFileError for an invalid file, ValueError for an invalid *url*.
        """
        name = get_site(url)
        if self._has_file(name):
            return self.named(name)
        return self._by_domain.get(name)

    @property
    def names(self) -> frozenset[str]:
        """The names of all site files."""
        return frozenset(path.stem for path in self.folder.glob("*.toml"))

    def owned_domains(self, sites: Iterable[Site]) -> dict[str, str]:
        """Return registrable domain -> name of those *sites* whose file is responsible for their domain."""
        owners = {site.name: self.find_by_url(site.url) for site in sites}
        return {
            get_site(site.url): site.name for site in sites if (owner := owners[site.name]) and owner.name == site.name
        }

    def rename(self, old: str, new: str) -> str | None:
        """Rename the file of the site *old*, if it has one; return what was done. Raises UsageError if it fails."""
        source, target = self.folder / f"{old}.toml", self.folder / f"{new}.toml"
        if not self._has_file(old):
            return None
        try:
            source.rename(target)
        except OSError as error:
            raise UsageError(f"the database is changed, but {source} could not be renamed: {error.strerror}") from error
        return f"renamed {source} to {target}"

    def _has_file(self, name: str) -> bool:
        # Path.is_file() raises OSError for a name that is too long.
        return os.path.isfile(self.folder / f"{name}.toml")  # noqa: PTH113

    def check_rename(self, old: str, new: str) -> None:
        """Raise UsageError if the site *old* cannot be renamed to *new*."""
        if not _NAME.fullmatch(new):
            raise UsageError(f"{new!r} is no name for a site: it {_NAME_RULE}")
        if old == new:
            raise UsageError(f"{old!r} is the name already")
        if {old, new} <= self.names:
            raise UsageError(f"{self.folder}/ has files of both sites; remove {old}.toml to join the two")

    def url_key_rules(self) -> dict[str, UrlKeyRules]:
        """Return the URL key rules of all sites by registrable domain; `find_by_url` tells which file applies.

        Raises UsageError if the folder is missing and SiteFileError for an invalid file, because without the rules
        pages would get different keys.
        """
        if not self.folder.is_dir():
            raise UsageError(f"site folder {self.folder}/ does not exist; create it, or set NEWSCRAWL_SITES_DIR")
        named = (path.stem for path in self.folder.glob("*.toml") if "." in path.stem)
        sites = self._by_domain | {name: self.named(name) for name in named}
        return {domain: site.identity for domain, site in sites.items() if site.identity != PLAIN}

    @cached_property
    def _by_domain(self) -> dict[str, Site]:
        """Registrable domain of the front page -> site, the first by file name."""
        sites = map(read_site, sorted(self.folder.glob("*.toml"), reverse=True))
        return {get_site(site.url): site for site in sites}


def read_site(path: Path) -> Site:
    """Read a site file. Raises SiteFileError, with file, line and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path}: {error}") from error
    return parse_site(text, name=path.stem, file=str(path))


def parse_site(text: str, *, name: str, file: str = "") -> Site:
    """Build a Site from the text of its file; docs/sites.md lists the keys. *file* is used in error messages."""
    file = file or f"{name}.toml"
    if len(text) > MAX_FILE_SIZE:
        raise SiteFileError(f"{file}: it has more than {MAX_FILE_SIZE:,} characters")
    if deep := _DEEP_KEY.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise SiteFileError(f"{file}:{line}: a key has more than {MAX_KEY_PARTS} parts")
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise SiteFileError(f"{file}: {error}") from error
    except RecursionError:
        raise SiteFileError(f"{file}: its values are nested too deeply") from None
    reader = _Reader(text, file)
    tables = {key: data.pop(key, {}) for key in _TABLES if key}
    top = reader.check("", {"name": name, **data})
    if "url" not in top:
        raise SiteFileError(f"{file}: no key 'url'; add the address of the front page: url = \"https://…/\"")
    return Site(
        **top,
        discovery=DiscoveryRules(**reader.check("discovery", tables["discovery"])),
        extraction=ExtractionRules(**reader.check("extraction", tables["extraction"])),
        identity=reader.check_identity(tables["identity"]),
    )


class _Reader:
    """Checks the tables of one file."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file

    def check(self, table: str, values: Any) -> dict[str, Any]:
        if not isinstance(values, dict):
            raise self._error("", table, f" must be a table, written as [{table}]")
        types = {field.name: str(field.type) for field in fields(_TABLES[table])}
        return {key: self._value(table, key, value, types) for key, value in values.items()}

    def check_identity(self, values: Any) -> UrlKeyRules:
        """Check the table [identity]; names of parameters are case-insensitive."""
        checked = self.check("identity", values)
        rules = UrlKeyRules(**{key: tuple(sorted({name.lower() for name in checked[key]})) for key in checked})
        for name in rules.drop_parameters:
            if name in rules.keep_parameters:
                raise self._error("identity", "drop_parameters", f" has {name!r}, as has keep_parameters; remove one")
        return rules if rules != PLAIN else PLAIN

    def _value(self, table: str, key: str, value: Any, types: Mapping[str, str]) -> Any:
        if key not in types or key in _TABLES:
            raise self._error(table, key, f"; {_find_place(table, key, types)}", what="unknown key")
        value = self._check_type(table, key, value, types[key])
        if isinstance(value, tuple):
            return tuple(self._check_meaning(table, key, one) for one in value)
        return self._check_meaning(table, key, value)

    def _check_type(self, table: str, key: str, value: Any, wanted: str) -> Any:
        if key == "max_time":
            return self._expect(table, key, value, str, 'a string such as "20m"')
        if wanted.startswith("tuple"):
            if isinstance(value, str):
                value = [value]
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                return tuple(value)
            raise self._error(table, key, " must be a list of strings")
        if wanted == "bool":
            return self._expect(table, key, value, bool, "true or false")
        if wanted.startswith("int"):
            return self._expect(table, key, value, int, "a whole number")
        if wanted.startswith("float"):
            return float(self._expect(table, key, value, (int, float), "a number of seconds"))
        return self._expect(table, key, value, str, "a string")

    def _expect(self, table: str, key: str, value: Any, kind: Any, what: str) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self._error(table, key, f" must be {what}")
        return value

    def _check_meaning(self, table: str, key: str, value: Any) -> Any:
        """Return *value* where it is valid for *key*, a duration in seconds."""
        try:
            if key == "name" and not _NAME.fullmatch(value):
                raise ValueError(_NAME_RULE)
            if key in {"delay", "max_pages", "min_articles_per_day"} and not 0 <= value <= MAX_NUMBER:
                raise ValueError("must not be negative" if value < 0 else f"must be a number up to {MAX_NUMBER:,}")
            if key == "max_pages" and value == 0:
                raise ValueError("must be at least 1; to skip the site, write enabled = false")
            if value == "":
                raise ValueError("must not be empty; leave the key out")
            if key == "url" or key in _URLS:
                check_start_url(value)
            if key in _NAMES:
                return _NAMES[key](value)
            if table == "identity" and not re.fullmatch(r"[^\s&=?#%]+", value):
                raise ValueError("must be names of parameters, without their values")
            if key in _PATTERNS.get(table, ()) and re.search(value, "") and key in _NOT_EVERYTHING:
                raise ValueError("it matches everything")
            if table == "extraction" and key in _SELECTORS:
                cssselect.HTMLTranslator().css_to_xpath(value)
            return parse_duration(value) if key == "max_time" else value
        except RecursionError:
            raise self._error(table, key, " is invalid: it is nested too deeply") from None
        except (ValueError, UsageError, re.error, cssselect.SelectorError) as error:
            given = short(value) if isinstance(value, str) else repr(value)
            raise self._error(table, key, f" is invalid: {given}: {error}") from None

    def _error(self, table: str, key: str, problem: str, *, what: str = "key") -> SiteFileError:
        place = f" in [{table}]" if table else ""
        line = find_line(self._text, key, table)
        return SiteFileError(f"{self._file}:{line}: {what} {key!r}{place}{problem}")


def _find_place(table: str, key: str, types: Mapping[str, str]) -> str:
    """Return where an unknown key belongs, or the nearest known one of its table."""
    for other, kind in _TABLES.items():
        if other != table and key not in _TABLES and key in {field.name for field in fields(kind)}:
            return f"it belongs in [{other}]" if other else "it belongs at the top, before the first [table]"
    return suggest(
        key,
        [*(name for name in types if table or name not in _TABLES), *(name for name in _TABLES if name and not table)],
    )
