"""One run at a time for each site; locks that die with their process."""

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

from newscrawl.exceptions import LockedError, StorageError
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
    print("refused", error, flush=True)
else:
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(url: str, names: str, expected: str = "held") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of *names*."""
    command = [sys.executable, "-c", HOLD, url, names]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(expected)
            yield process
        finally:
            process.kill()


def test_what_another_run_crawls_is_refused_with_its_name_and_the_cure(database_url: str) -> None:
    with holder(database_url, "b.org,a.org") as other, pytest.raises(LockedError) as refused:
        take_lock(database_url, ["c.org", "b.org"], ME)
    told = str(refused.value)
    assert "another run is crawling b.org" in told
    assert f"process {other.pid} on {os.uname().nodename} since 20" in told
    assert "scrapy crawl news -a site=b.org,a.org" in told
    assert f"kill {other.pid}" in told


def test_other_sites_may_be_crawled_at_the_same_time(database_url: str) -> None:
    with holder(database_url, "a.org"), holder(database_url, "b.org"):
        lock = take_lock(database_url, ["c.org"], ME)
        with pytest.raises(LockedError, match=r"crawling b\.org"):
            take_lock(database_url, ["b.org", "d.org"], ME)
        with holder(database_url, "d.org"):
            pass
        lock.release()


def test_a_killed_run_leaves_nothing_behind(database_url: str) -> None:
    with holder(database_url, "a.org") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        began = time.monotonic()
        lock = take_lock(database_url, ["a.org"], ME)
        assert time.monotonic() - began < 1
    lock.release()


def test_a_lock_that_was_let_go_can_be_had(database_url: str) -> None:
    lock = take_lock(database_url, ["a.org"], ME)
    with holder(database_url, "a.org", expected="refused"):
        pass
    lock.release()
    lock.release()
    with holder(database_url, "a.org"), pytest.raises(LockedError):
        take_lock(database_url, ["a.org"], ME)


def test_thousands_of_sites_are_locked_in_a_moment(database_url: str) -> None:
    names = [f"site-{number}.org" for number in range(3000)]
    began = time.monotonic()
    lock = take_lock(database_url, names, ME)
    assert time.monotonic() - began < 2
    with holder(database_url, names[1234], expected="refused"):
        pass
    lock.release()


def test_another_database_has_locks_of_its_own(tmp_path: Path, database_url: str) -> None:
    with holder(database_url, "a.org"):
        lock = take_lock(f"sqlite:///{tmp_path}/other.db", ["a.org"], ME)
        assert lock.check()
        lock.release()


def test_a_database_in_memory_needs_no_lock() -> None:
    take_lock("sqlite://", ["a.org"], ME).release()
    assert sqlite_file(make_url("sqlite:///file:x?mode=memory&uri=true")) is None


def test_one_file_by_two_names_has_one_lock(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with holder(f"sqlite:///{tmp_path}/data/x.db", "a.org"), pytest.raises(LockedError):
        take_lock(f"sqlite:///{tmp_path}/link/../link/x.db", ["a.org"], ME)


def test_a_lock_file_in_disorder_is_no_obstacle(tmp_path: Path) -> None:
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


def test_a_lock_in_a_folder_that_is_not_there_is_told_like_the_database() -> None:
    with pytest.raises(StorageError, match="create the folder /no/such/folder"):
        take_lock("sqlite:////no/such/folder/x.db", ["a.org"], ME)


def test_a_removed_lock_file_is_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    lock = take_lock(url, ["a.org"], ME)
    assert lock.check() is True
    (tmp_path / "x.db.lock").unlink()
    assert lock.check() is False
    with holder(url, "a.org", expected="refused"):
        (tmp_path / "x.db.lock").unlink()
    with holder(url, "a.org"), pytest.raises(LockedError):
        lock.check()


def test_a_lock_whose_connection_is_lost_is_taken_again(postgresql_url: str) -> None:
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
    assert ArchiveArguments(settings, path=str(tmp_path)).locks == [f"archive {tmp_path}"]


def test_every_spider_has_its_arguments_where_the_lock_is_taken(settings: Settings) -> None:
    from scrapy.spiderloader import SpiderLoader

    loader = SpiderLoader(Settings({"SPIDER_MODULES": ["newscrawl.spiders"]}))
    assert {name: loader.load(name).arguments_type for name in loader.list()} == ARGUMENTS  # type: ignore[attr-defined]


def test_a_second_run_leaves_with_code_3_and_names_the_first(database_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    with tiny_site({"/": front_page(path), path: article_page("one")}) as site:
        name = site.url.removeprefix("http://")
        with holder(database_url, name) as other:
            began = time.monotonic()
            done = scrapy("crawl", "news", "-a", f"url={site.url}", database_url=database_url, cold=True)
            seconds = time.monotonic() - began
            pages = crawl("article", url=site.url + path, database_url=database_url)
        assert (done.code, pages.code) == (3, 3)
        assert f"process {other.pid}" in done.log
        assert (done.summary["exit_code"], done.summary["finish_reason"]) == (3, "locked")
        assert f"process {other.pid}" in str(done.summary["error"])
        assert seconds < 2 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
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


def test_the_exit_code_of_a_bad_number_is_2(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/newscrawl.db"
    done = scrapy("crawl", "news", "-a", "url=http://127.0.0.1:9/", database_url=url, NEWSCRAWL_DELAY="often")
    assert (done.code, done.summary["exit_code"], done.summary["finish_reason"]) == (2, 2, "bad_configuration")
    assert "invalid NEWSCRAWL_DELAY 'often': expected a number from 0" in done.log
    assert list(tmp_path.iterdir()) == []
