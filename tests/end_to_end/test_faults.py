"""A fault in any background task, writer operation or worker task ends the crawl, or costs just the one page."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import newscrawl.storage.operations
from tests.support.crawling import Crawl, StubResponse, article_page, environment, front_page, query, tiny_site
from tests.support.paths import ROOT
from tests.support.warm_process import warm_process

MAX_SECONDS = 30
PATHS = [f"/2026/11/20/report-number-{number}-about-the-town" for number in range(3)]
FEED = b"<rss version='2.0'><channel><item><link>{url}/2026/11/20/another-report-from-the-feed</link></item>"
FEED += b"</channel></rss>"
SITEMAP = b"<urlset><url><loc>{url}/2026/11/20/one-more-report-from-the-sitemap</loc></url></urlset>"
XML = {"Content-Type": "text/xml"}
SITE: Mapping[str, Any] = {
    "/": front_page(*PATHS),
    **{path: article_page(path[12:]) for path in PATHS},
    "/feed": StubResponse(FEED, headers=XML),
    "/sitemap.xml": StubResponse(SITEMAP, headers=XML),
    "/2026/11/20/another-report-from-the-feed": article_page("another"),
    "/2026/11/20/one-more-report-from-the-sitemap": article_page("one-more"),
}
TASKS = {
    "claim pending articles": "newscrawl.crawling.state:CrawlState.claim_pending",
    "check the lock": "newscrawl.extensions.lock:LockExtension.check",
    "write the heartbeat": "newscrawl.extensions.crawl_state:CrawlStateExtension.write_heartbeat",
    "show the progress": "newscrawl.extensions.progress:ProgressExtension.show",
    "poll the shutdown": "newscrawl.crawling.shutdown:Shutdown.proceed",
    "close the spider": "scrapy.core.engine:ExecutionEngine.close_spider_async",
    "end the crawl at its time limit": "newscrawl.extensions.time_limit:TimeLimitExtension.end_crawl",
    "end a site at its time limit": "newscrawl.extensions.time_limit:TimeLimitExtension.end_site",
    "starting the spider": "newscrawl.crawling.state:CrawlState.claim_listings",
    "opening the crawl state": "newscrawl.extensions.crawl_state:require_current",
    "start requests of other hosts": "newscrawl.downloader.handler:BoundedHandler._start_others",
    "finish a failed page": (
        "newscrawl.crawling.state:CrawlState.record_response,newscrawl.crawling.state:CrawlState.finish_failed"
    ),
    "wait for memory": "",
    "abort after the grace period": "",
    "abort after a failure": "",
}
"""Name of each background task -> what fails in it; empty: the task itself is what ends a crawl that hangs,
or only 64 MiB of large responses start it."""
WORKER_TASKS = ("extract_article", "read_section", "read_feed", "read_sitemap")


def run(target: str, error: str, url: str, database_url: str, *options: str, **settings: object) -> Crawl:
    """Run a crawl with a fault in *target*; fail where it takes longer than MAX_SECONDS."""
    command = [target, error, "crawl", "news", "-a", f"url={url}/", *options]
    given = environment(database_url, NEWSCRAWL_PROGRESS_INTERVAL="0.5", **settings)
    start = time.monotonic()
    done = warm_process().run(command, given, 2 * MAX_SECONDS, main="tests.support.fault_harness:main")
    assert time.monotonic() - start < MAX_SECONDS, done.stderr
    return Crawl(done.returncode, done.stdout, done.stderr)


def assert_nothing_is_done_that_is_not_stored(database_url: str) -> None:
    rows = "SELECT count(*) FROM pages p WHERE p.outcome = 'stored' AND NOT EXISTS (SELECT 1 FROM articles a WHERE "
    assert query(database_url, rows + "a.id = p.article_id)") == [(0,)]


def test_every_background_task_is_named_here() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "newscrawl").rglob("*.py")]
    named = {name for source in sources for name in re.findall(r"tasks\.(?:\w+)\([^\"]*?\"([a-z ]+)\"", source, re.S)}
    assert named == set(TASKS)
    started = [source for source in sources if re.search(r"create_task|ensure_future|call_later|LoopingCall", source)]
    assert len(started) == 1, "only newscrawl.crawling.background starts tasks and timers"


@pytest.mark.parametrize("name", [name for name, target in TASKS.items() if target])
def test_fault_in_a_background_task_ends_the_crawl_with_code_1(sqlite_url: str, tmp_path: Path, name: str) -> None:
    with tiny_site(SITE) as site:
        # Requests wait for the delay beyond the site's time.
        limits = 'delay = 5\nmax_time = "2s"\n' if "site" in name else "delay = 0.3\n"
        (tmp_path / "tiny.toml").write_text(f'url = "{site.url}/"\n{limits}', encoding="utf-8")
        options = ["-a", "max_time=1s"] if "crawl at" in name else []
        done = run(TASKS[name], "bug", site.url, sqlite_url, *options, NEWSCRAWL_SITES_DIR=tmp_path)
    assert done.code == 1, done.log
    assert done.summary["exit_code"] == 1
    assert done.summary["finish_reason"] in {"internal_error", "aborted"}
    assert "injected fault" in done.log
    if name != "opening the crawl state":
        assert_nothing_is_done_that_is_not_stored(sqlite_url)


def get_operations() -> dict[str, str]:
    """Return every operation that the writer applies: class name -> `module:Class.apply_all`."""
    found = {}
    for module in pkgutil.iter_modules(newscrawl.storage.operations.__path__, "newscrawl.storage.operations."):
        for name, value in vars(importlib.import_module(module.name)).items():
            is_own = isinstance(value, type) and value.__module__ == module.name
            if is_own and hasattr(value, "apply_all") and not name.startswith(("_", "Single")):
                found[name] = f"{module.name}:{name}.apply_all"
    return found


REDIRECT = StubResponse(b"", 301, {"Location": "{url}" + PATHS[0]})
BUSY = [StubResponse(b"", 503, {"Retry-After": "1"}), StubResponse(article_page("busy"))]


@pytest.mark.parametrize("error", ["bug", "database"])
@pytest.mark.parametrize("operation", get_operations())
def test_fault_in_a_writer_operation_ends_the_crawl(sqlite_url: str, operation: str, error: str) -> None:
    site_with_all = {
        **SITE,
        "/": front_page(*PATHS, "/2026/11/20/moved-to-another-place-in-town", "/2026/11/20/busy-today"),
    }
    site_with_all |= {"/2026/11/20/moved-to-another-place-in-town": REDIRECT, "/2026/11/20/busy-today": list(BUSY)}
    with tiny_site(site_with_all) as site:
        done = run(get_operations()[operation], error, site.url, sqlite_url)
    assert done.code == {"bug": 1, "database": 6}[error], done.log
    assert done.summary["finish_reason"] == {"bug": "internal_error", "database": "storage_failed"}[error]
    assert_nothing_is_done_that_is_not_stored(sqlite_url)


@pytest.mark.parametrize("error", ["bug", "kill"])
@pytest.mark.parametrize("task", WORKER_TASKS)
def test_fault_in_a_worker_task_costs_only_its_pages(sqlite_url: str, task: str, error: str) -> None:
    module = "newscrawl.spiders.base" if task == "extract_article" else "newscrawl.spiders.news"
    with tiny_site(SITE) as site:
        done = run(f"{module}:{task}", error, site.url, sqlite_url)
    assert done.summary["finish_reason"] == "finished", done.log
    kind = {"extract_article": "article", "read_section": "section"}.get(task, task.removeprefix("read_"))
    outcomes = query(
        sqlite_url, f"SELECT DISTINCT outcome, reason FROM pages WHERE kind = '{kind}' AND http_status = 200"
    )
    assert outcomes == [("error", {"bug": "unreadable", "kill": "worker_died"}[error])]
    assert query(sqlite_url, "SELECT count(*) FROM pages WHERE outcome IS NULL") == [(0,)]
    assert_nothing_is_done_that_is_not_stored(sqlite_url)


def test_fault_in_a_callback_gives_its_page_an_outcome(sqlite_url: str) -> None:
    with tiny_site(SITE) as site:
        done = run("newscrawl.spiders.base:BaseSpider.get_page_input", "bug", site.url, sqlite_url)
    assert done.summary["finish_reason"] == "finished", done.log
    assert "injected fault" in done.log
    assert query(
        sqlite_url, "SELECT DISTINCT outcome, reason FROM pages WHERE http_status = 200 AND kind = 'section'"
    ) == [("error", "unreadable")]
    assert query(sqlite_url, "SELECT count(*) FROM pages WHERE outcome IS NULL") == [(0,)]
