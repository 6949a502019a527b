"""Allow one run per site at a time, with locks that end with their process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scrapy.settings import Settings
from sqlalchemy import make_url, text

from newscrawl.exceptions import ExitCode, LockedError, StorageError
from newscrawl.spiders.arguments import ARGUMENTS, ArchiveArguments, ArticleArguments, NewsArguments
from newscrawl.storage.engine import open_engine, sqlite_file
from newscrawl.storage.lock import Owner, take_lock, this_process
from newscrawl.storage.upgrade import upgrade
from tests.support.crawling import ROOT, StubResponse, article_page, crawl, environment, front_page, scrapy, tiny_site

ME = this_process("scrapy crawl news -a site=mine")
HOLD = """
import sys, time
from newscrawl.exceptions import LockedError
from newscrawl.storage.lock import take_lock, this_process
try:
    lock = take_lock(sys.argv[1], sys.argv[2].split(","), this_process("scrapy crawl news -a site=" + sys.argv[2]))
except LockedError as error:
    print("locked", error, flush=True)
else:
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(url: str, names: str, expected: str = "held") -> Iterator[subprocess.Popen[str]]:
    """Run another process that locks *names*."""
    command = [sys.executable, "-c", HOLD, url, names]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(expected)
            yield process
        finally:
            process.kill()


def test_site_locked_by_another_run_raises_an_error_with_its_process_and_a_fix(database_url: str) -> None:
    with holder(database_url, "b.org,a.org") as other, pytest.raises(LockedError) as raised:
        take_lock(database_url, ["c.org", "b.org"], ME)
    message = str(raised.value)
    assert "another run is crawling b.org" in message
    assert f"process {other.pid} on {os.uname().nodename} since 20" in message
    assert "scrapy crawl news -a site=b.org,a.org" in message
    assert f"kill {other.pid}" in message


def test_other_sites_can_be_crawled_at_the_same_time(database_url: str) -> None:
    with holder(database_url, "a.org"), holder(database_url, "b.org"):
        lock = take_lock(database_url, ["c.org"], ME)
        with pytest.raises(LockedError, match=r"crawling b\.org"):
            take_lock(database_url, ["b.org", "d.org"], ME)
        with holder(database_url, "d.org"):
            pass
        lock.release()


def test_killed_run_leaves_no_lock_behind(database_url: str) -> None:
    with holder(database_url, "a.org") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        started = time.monotonic()
        lock = take_lock(database_url, ["a.org"], ME)
        assert time.monotonic() - started < 1
    lock.release()


def test_released_lock_can_be_acquired(database_url: str) -> None:
    lock = take_lock(database_url, ["a.org"], ME)
    with holder(database_url, "a.org", expected="locked"):
        pass
    lock.release()
    lock.release()
    with holder(database_url, "a.org"), pytest.raises(LockedError):
        take_lock(database_url, ["a.org"], ME)


def test_thousands_of_sites_are_locked_within_two_seconds(database_url: str) -> None:
    names = [f"site-{number}.org" for number in range(3000)]
    started = time.monotonic()
    lock = take_lock(database_url, names, ME)
    assert time.monotonic() - started < 2
    with holder(database_url, names[1234], expected="locked"):
        pass
    lock.release()


def test_another_database_has_its_own_locks(tmp_path: Path, database_url: str) -> None:
    with holder(database_url, "a.org"):
        lock = take_lock(f"sqlite:///{tmp_path}/other.db", ["a.org"], ME)
        assert lock.check()
        lock.release()


def test_in_memory_database_needs_no_lock() -> None:
    take_lock("sqlite:///:memory:", ["a.org"], ME).release()
    assert sqlite_file(make_url("sqlite:///file:x?mode=memory&uri=true")) is None


def test_one_file_under_two_paths_has_one_lock(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with holder(f"sqlite:///{tmp_path}/data/x.db", "a.org"), pytest.raises(LockedError):
        take_lock(f"sqlite:///{tmp_path}/link/../link/x.db", ["a.org"], ME)


def test_damaged_lock_file_is_ignored(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/x.db", tmp_path / "x.db.lock"
    file.write_bytes(b'{"owner": {"pid": 1, "ho\n\xff\xfe\n[1]\n{"owner": {}, "locks": []}\n')
    with holder(url, "a.org"), pytest.raises(LockedError, match="process "):
        take_lock(url, ["a.org"], ME)
    with holder(url, "a.org"):
        file.write_bytes(b"")
        with pytest.raises(LockedError, match=r"another run is crawling a\.org; wait"):
            take_lock(url, ["a.org"], ME)


def test_the_lock_file_names_each_holder_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    for _ in range(3):
        with holder(url, "a.org"), holder(url, "b.org"):
            pass
    assert len((tmp_path / "x.db.lock").read_text(encoding="utf-8").splitlines()) == 2


def test_missing_folder_is_reported_as_for_the_database() -> None:
    with pytest.raises(StorageError, match="create the folder /no/such/folder"):
        take_lock("sqlite:////no/such/folder/x.db", ["a.org"], ME)


def test_removed_lock_file_is_created_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    lock = take_lock(url, ["a.org"], ME)
    assert lock.check() is True
    (tmp_path / "x.db.lock").unlink()
    assert lock.check() is False
    with holder(url, "a.org", expected="locked"):
        (tmp_path / "x.db.lock").unlink()
    with holder(url, "a.org"), pytest.raises(LockedError):
        lock.check()


def test_lock_is_acquired_again_after_its_connection_is_lost(postgresql_url: str) -> None:
    lock = take_lock(postgresql_url, ["a.org"], Owner(1, "here", "now", "scrapy crawl unlucky"))
    engine = open_engine(postgresql_url)

    def kill() -> None:
        with engine.begin() as connection:
            pids = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%unlucky%'"
            connection.execute(text(pids))
        time.sleep(0.2)

    assert lock.check() is True
    kill()
    assert lock.check() is False
    assert lock.check() is True
    kill()
    with holder(postgresql_url, "a.org"), pytest.raises(LockedError):
        lock.check()
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "one.toml").write_text('url = "https://www.one.org/"', encoding="utf-8")
    (tmp_path / "two.toml").write_text('url = "https://sport.one.org/"', encoding="utf-8")
    (tmp_path / "three.toml").write_text('url = "https://three.org/"', encoding="utf-8")
    return Settings({"NEWSCRAWL_SITES_DIR": str(tmp_path)})


def test_a_run_locks_its_sites_by_name_and_by_domain(settings: Settings, tmp_path: Path) -> None:
    assert NewsArguments(settings).locks == ["one", "one.org", "three", "three.org", "two"]
    assert NewsArguments(settings, site="two").locks == ["one.org", "two"]
    assert NewsArguments(settings, url="https://new.org/").locks == ["new.org"]
    assert ArticleArguments(settings, url="https://three.org/a,https://new.org/b").locks == [
        "new.org",
        "three",
        "three.org",
    ]
    (tmp_path / "index.jsonl").touch()
    assert ArchiveArguments(settings, path=str(tmp_path)).locks == [f"archive {tmp_path}"]


def test_lock_extension_knows_the_arguments_of_every_spider(settings: Settings) -> None:
    from scrapy.spiderloader import SpiderLoader

    loader = SpiderLoader(Settings({"SPIDER_MODULES": ["newscrawl.spiders"]}))
    assert {name: loader.load(name).arguments_type for name in loader.list()} == ARGUMENTS  # type: ignore[attr-defined]


def test_second_run_exits_with_code_3_and_names_the_first(database_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    with tiny_site({"/": front_page(path), path: article_page("one")}) as site:
        name = site.url.removeprefix("http://")
        with holder(database_url, name) as other:
            done = scrapy("crawl", "news", "-a", f"url={site.url}", database_url=database_url)
            pages = crawl("article", url=site.url + path, database_url=database_url)
        assert (done.code, pages.code) == (ExitCode.LOCKED, ExitCode.LOCKED)
        assert f"process {other.pid}" in done.log
        assert (done.summary["exit_code"], done.summary["finish_reason"]) == (3, "locked")
        assert f"process {other.pid}" in str(done.summary["error"])
        assert site.requests == []
        assert crawl("news", url=site.url, database_url=database_url).code == 0


def test_a_run_holds_its_lock_until_its_end(database_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    slow = StubResponse(b"", 503, {"Retry-After": "4"})
    engine = open_engine(database_url)
    upgrade(engine)
    engine.dispose()
    with tiny_site({"/": front_page(path), path: [slow, StubResponse(article_page("one"))]}) as site:
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={site.url}"]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment(database_url), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as first:
            deadline = time.monotonic() + 60
            while path not in site.paths() and time.monotonic() < deadline:
                time.sleep(0.05)
            with pytest.raises(LockedError, match=f"process {first.pid}"):
                take_lock(database_url, [site.url.removeprefix("http://")], ME)
            first.communicate()
            assert first.returncode == 0
        assert site.paths().count(path) == 2


def test_invalid_number_exits_with_code_2(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/newscrawl.db"
    done = scrapy("crawl", "news", "-a", "url=http://127.0.0.1:9/", database_url=url, NEWSCRAWL_DELAY="often")
    assert (done.code, done.summary["exit_code"], done.summary["finish_reason"]) == (2, 2, "bad_configuration")
    assert "invalid NEWSCRAWL_DELAY 'often': expected a number from 0" in done.log
    assert list(tmp_path.iterdir()) == []
