"""Implement `scrapy inspect`: load a page, extract it, print or write the result."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import BaseSettings

from newscrawl.archives.model import MAX_BODY, SavedPage
from newscrawl.archives.reader import find_page
from newscrawl.crawling.responses import get_content_type as content_type
from newscrawl.evidence import ExtractionRules
from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.inspection.fetch import fetch_page
from newscrawl.inspection.ground_truth import GroundTruth, parse_ground_truth
from newscrawl.inspection.model import Inspection, PageSource, as_dict, inspect_page
from newscrawl.inspection.report import report_html
from newscrawl.inspection.terminal import print_inspection
from newscrawl.sites.model import Site
from newscrawl.sites.registry import Registry
from newscrawl.text.secrets import mask_page_urls
from newscrawl.text.terminal import dump_json_for_terminal

WARC = (".warc", ".warc.gz")
GROUND_TRUTH_FILE = "truth.jsonl"


class UnreadablePage(NewscrawlError):
    """The bytes contain no page."""


UNREADABLE = {
    "binary": "it contains binary data, not HTML; save the page itself, not an image or a PDF of it",
    "empty": "it is empty; fetch or save the page again",
    "too_complex": "a tag has too many attributes, or elements are nested too deep; a crawl rejects it, too",
}


class PageInspector:
    """Show one page as extraction sees it; writes nothing except the requested report."""

    def __init__(self, settings: BaseSettings, crawler_process: Any, opts: argparse.Namespace) -> None:
        self.settings, self.crawler_process, self.opts = settings, crawler_process, opts

    def inspect(self, args: list[str]) -> Inspection:
        """Inspect the page named by *args*."""
        opts = self.opts
        if len(args) != 1:
            raise UsageError("expected one page: scrapy inspect https://… or scrapy inspect FILE")
        registry = Registry(Path(opts.sites or self.settings["NEWSCRAWL_SITES_DIR"]))
        named = registry.named(opts.site) if opts.site else None
        if opts.sites and not registry.folder.is_dir():
            raise UsageError(f"{opts.sites} is not a folder; name the folder with the site files")
        if "://" in args[0]:
            source, ground_truth = self._fetch(args[0], opts), None
        else:
            source = read_saved_page(Path(args[0]), opts)
            ground_truth = _read_ground_truth(Path(args[0]), opts.id) if opts.ground_truth else None
        site = named or _find_site(registry, source.url)
        rules = site.extraction if site else ExtractionRules()
        source = replace(source, site_file=f"{registry.folder}/{site.name}.toml" if site else None)
        started = time.process_time()
        inspection = inspect_page(source, rules, now=datetime.now(UTC), ground_truth=ground_truth)
        if inspection.extraction.page_type in UNREADABLE:
            raise UnreadablePage(f"{source.origin} cannot be read: {UNREADABLE[inspection.extraction.page_type]}")
        return replace(inspection, remarks=self._remarks(inspection, time.process_time() - started))

    def _fetch(self, url: str, opts: argparse.Namespace) -> PageSource:
        if opts.id or opts.url or opts.ground_truth:
            raise UsageError("--id, --url and --truth are for saved pages; leave them out for a URL")
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)
        response = fetch_page(self.crawler_process, url)
        return PageSource(response.body, response.url, mask_page_urls(url), content_type(response))

    def _remarks(self, inspection: Inspection, seconds: float) -> tuple[str, ...]:
        """Return what a crawl would do with the page, apart from extraction."""
        remarks = []
        minimum, length = self.settings.getint("NEWSCRAWL_MIN_BODY_LENGTH"), len(inspection.article.article_body or "")
        if inspection.extraction.is_article and length < minimum:
            remarks.append(
                f"a crawl rejects it: the body has {length} characters, NEWSCRAWL_MIN_BODY_LENGTH is {minimum}"
            )
        if inspection.extraction.is_article and inspection.article.headline is None:
            remarks.append("a crawl rejects it: no_headline")
        timeout = self.settings.getfloat("NEWSCRAWL_PAGE_CPU_TIMEOUT")
        if seconds > timeout:
            remarks.append(
                f"a crawl rejects it: extraction took {seconds:.1f} s, NEWSCRAWL_PAGE_CPU_TIMEOUT is {timeout:g}"
            )
        return tuple(remarks)

    def show(self, inspection: Inspection) -> None:
        """Print the inspection, or write its report."""
        opts = self.opts
        if opts.html is not None:
            try:
                opts.html.write_bytes(report_html(inspection))
            except OSError as error:
                raise UsageError(f"{opts.html} cannot be written: {error.strerror}; name another file") from error
        if opts.json:
            print(dump_json_for_terminal(as_dict(inspection)))  # noqa: T201
        elif opts.html is not None:
            print(f"written: {opts.html}")  # noqa: T201
        else:
            both = opts.kept == opts.removed
            console = Console(highlight=False, markup=False, emoji=False)
            print_inspection(console, inspection, kept=both or opts.kept, removed=both or opts.removed)


def read_saved_page(path: Path, opts: argparse.Namespace) -> PageSource:
    """Read a saved page: a file, or one page of an archive."""
    # Path.exists() raises OSError for a name that is too long.
    if not os.path.exists(path):  # noqa: PTH110
        raise UsageError(f"{path} does not exist; give a saved page, an archive, or a URL that begins with https://")
    if not path.is_dir() and not path.is_file():
        raise UsageError(f"{path} is a pipe, socket or device; save the page to a file first")
    if not path.is_dir() and not path.name.endswith(WARC):
        if opts.id:
            raise UsageError(f"{path} is a single page; --id selects a page of a folder or WARC file")
        return PageSource(_read_bytes(path), opts.url or "", str(path))
    if not opts.id and not opts.url:
        what = "id" if path.is_dir() else "number"
        raise UsageError(f"{path} is an archive; select a page by its {what} with --id or by its URL with --url")
    page = find_page(path, page_id=opts.id, url=opts.url)
    if page.problem is not None:
        raise UnreadablePage(f"the page in {path} cannot be read: it is {page.problem}, {page.detail}")
    return PageSource(page.body, page.url, _name_in(path, page, opts), page.content_type)


def _name_in(path: Path, page: SavedPage, opts: argparse.Namespace) -> str:
    return f"{path}, {f'id {opts.id}' if opts.id else page.url}"


def _read_bytes(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            body = stream.read(MAX_BODY + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read: {error}; give a saved page (.html or .html.gz)") from error
    if len(body) > MAX_BODY:
        raise UnreadablePage(f"{path} is larger than {MAX_BODY // 1024**2} MiB, the limit of a crawl")
    return body


def _read_ground_truth(folder: Path, page_id: str | None) -> GroundTruth:
    file = folder / GROUND_TRUTH_FILE
    if not file.is_file() or not page_id:
        raise UsageError(f"--truth needs a folder with {GROUND_TRUTH_FILE} and the page's --id")
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line.strip() and str((row := json.loads(line)).get("id")) == page_id:
            return parse_ground_truth(row)
    raise UsageError(f"{file} has no page with id {page_id}")


def _find_site(registry: Registry, url: str) -> Site | None:
    try:
        return registry.find_by_url(url)
    except ValueError:
        return None
