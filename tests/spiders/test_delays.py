"""The delay between requests to a host: of the site file, else of the settings, never below that of robots.txt."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from newscrawl.downloader.throttling import set_min_delay
from newscrawl.spiders.news import NewsSpider


def get_slots(folder: Path, *, slots: dict[str, Any] | None = None, **delays: float | None) -> dict[str, Any]:
    """Return DOWNLOAD_SLOTS of a crawl with NEWSCRAWL_DELAY = 5 and a site file for each of *delays*."""
    for name, delay in delays.items():
        text = f'url = "https://{name.replace("_", ".")}/"\n' + (f"delay = {delay}\n" if delay is not None else "")
        (folder / f"{name.replace('_', '.')}.toml").write_text(text, encoding="utf-8")
    settings = {"NEWSCRAWL_SITES_DIR": str(folder), "NEWSCRAWL_DELAY": "5", "DOWNLOAD_SLOTS": slots or {}}
    crawler = Crawler(NewsSpider, Settings(settings))
    NewsSpider.from_crawler(crawler)
    return dict(crawler.settings.getdict("DOWNLOAD_SLOTS"))


@pytest.mark.parametrize("delay", [0, 0.5, 5, 20])
@pytest.mark.parametrize("host", ["e_org", "www_e_org"])
def test_a_site_file_sets_the_delay_of_its_host_below_and_above_the_setting(
    tmp_path: Path, host: str, delay: float
) -> None:
    assert get_slots(tmp_path, **{host: delay}) == {"e.org": {"delay": delay}, "www.e.org": {"delay": delay}}


def test_hosts_without_a_delay_of_their_own_keep_that_of_the_settings(tmp_path: Path) -> None:
    assert get_slots(tmp_path, a_org=None, b_org=1) == {"b.org": {"delay": 1}, "www.b.org": {"delay": 1}}


def test_of_two_files_for_a_host_the_longer_delay_counts(tmp_path: Path) -> None:
    assert get_slots(tmp_path, e_org=3, www_e_org=2)["e.org"] == {"delay": 3}


def test_the_setting_of_scrapy_has_precedence(tmp_path: Path) -> None:
    slots = {"e.org": {"delay": 9, "concurrency": 1}}
    assert get_slots(tmp_path, slots=slots, e_org=3)["e.org"] == {"delay": 9, "concurrency": 1}


@pytest.mark.parametrize(("of_robots", "of_file", "used"), [(2.0, 0.5, 2.0), (2.0, 3.0, 3.0), (2.0, None, 5.0)])
def test_robots_txt_can_only_raise_the_delay(of_robots: float, of_file: float | None, used: float) -> None:
    slots = {} if of_file is None else {"e.org": {"delay": of_file}}
    downloader = SimpleNamespace(per_slot_settings=slots, slots={"e.org": SimpleNamespace(delay=of_file)})
    crawler: Any = Crawler(NewsSpider, Settings({"DOWNLOAD_DELAY": "5"}))
    crawler.engine = SimpleNamespace(downloader=downloader)
    set_min_delay(crawler, "e.org", of_robots)
    assert (slots["e.org"]["delay"], downloader.slots["e.org"].delay) == (used, used)
