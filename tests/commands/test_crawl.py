"""The commands as a user meets them: what they print, how they exit, and what they leave alone."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from newscrawl.storage.engine import open_engine
from tests.newssite.check import find_problems
from tests.newssite.server import serve
from tests.support.crawling import (
    ROOT,
    StubResponse,
    article_page,
    crawl,
    environment,
    front_page,
    query,
    scrapy,
    tiny_site,
)
from tests.test_archives import make_folder, make_warc

PATH = "/2026/11/20/report-on-one-of-the-town"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["news", "-a", "url=example.org"], 2, ["'example.org' has no scheme", "https://example.org/"]),
        (["news", "-a", "url=ftp://example.org/"], 2, ["only http and https"]),
        (["news", "-a", "site=nowhere"], 2, ["no site file", "nowhere.toml"]),
        (["news", "-a", "ulr=https://example.org/"], 2, ["no argument 'ulr'", "'url'"]),
        (["nwes", "-a", "url=https://example.org/"], 2, ["no spider is called 'nwes'", "'news'"]),
        (["archive", "-a", "path=/no/such/file"], 2, ["/no/such/file does not exist"]),
        (["article"], 2, ["urls=FILE"]),
        (["article", "-a", "urls=/no/such/file"], 2, ["/no/such/file cannot be read"]),
    ],
)
def test_wrong_input_is_refused_before_anything_is_made(
    tmp_path: Path, arguments: Sequence[str], code: int, words: list[str]
) -> None:
    done = scrapy("crawl", *arguments, database_url=f"sqlite:///{tmp_path}/newscrawl.db")
    assert done.code == code
    assert all(word in done.log for word in words), done.log
    assert "Traceback" not in done.log
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("LOG_LEVEL=FOO", "LOG_LEVEL is 'FOO'"),
        ("LOG_FILE=/no/such/folder/log", "/no/such/folder/log cannot be written"),
        ("NEWSCRAWL_EXTRACTION_WORKERS=0.5", "give a whole number from 0"),
        ("NEWSCRAWL_DELAY=inf", "give a number from 0"),
        ("CONCURRENT_REQUESTS=abc", "a setting cannot be used"),
        ('ITEM_PIPELINES={"no.such.Pipeline": 1}', "No module named 'no'"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_or_cause(sqlite_url: str, setting: str, words: str) -> None:
    done = scrapy("crawl", "news", "-a", "url=http://127.0.0.1:9/", "-s", setting, database_url=sqlite_url)
    assert (done.code, done.summary["exit_code"], done.summary["finish_reason"]) == (2, 2, "bad_configuration")
    assert words in done.summary["error"]


def a_closed_pipe() -> int:
    reads, writes = os.pipe()
    os.close(reads)
    return writes


def a_full_disk() -> int:
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize("output", [a_closed_pipe, a_full_disk])
def test_an_output_that_nobody_reads_is_no_failure_and_holds_nothing_up(
    sqlite_url: str, output: Callable[[], int]
) -> None:
    with tiny_site({"/": front_page(PATH), PATH: article_page("town")}) as site:
        command, to = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={site.url}/"], output()
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment(sqlite_url),
                stdout=to,
                stderr=subprocess.PIPE,
                timeout=60,
                check=False,
            )
        finally:
            os.close(to)
    log = done.stderr.decode()
    assert done.returncode == 0, log
    assert "the end of the output could not be written" in log
    assert "Traceback" not in log
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(1,)]


@pytest.mark.parametrize(
    "command",
    [
        ["settings", "--get", "DOWNLOAD_DELAY"],
        ["crawl", "nwes", "-a", "url=https://example.org/"],
        ["crawl"],
        ["carwl"],
        ["db", "check"],
    ],
)
def test_these_tests_meet_commands_as_a_user_does_though_they_save_the_start_up(
    sqlite_url: str, command: Sequence[str]
) -> None:
    warm, cold = (scrapy(*command, database_url=sqlite_url, cold=cold, NEWSCRAWL_DELAY=7) for cold in (False, True))
    assert warm == cold
    assert warm.output.strip() == "7" or command[0] != "settings"


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("articles.db", 2, "no database URL"),
        ("mysql://localhost/news", 2, "'mysql'"),
        ("sqlite:////no/such/folder/x.db", 6, "make the folder /no/such/folder"),
        ("postgresql+psycopg://joe:secret@127.0.0.1:9/news", 6, "joe:***@127.0.0.1:9"),
    ],
)
def test_a_wrong_database_is_named_with_its_cure(url: str, code: int, words: str) -> None:
    for command in (["crawl", "news", "-a", "url=http://127.0.0.1:9/"], ["db", "upgrade"]):
        done = scrapy(*command, database_url=url)
        assert (done.code, words in done.log, "Traceback" in done.log) == (code, True, False), done.log
        assert "secret" not in done.log


def test_a_site_file_with_a_wrong_key_is_named_and_nothing_is_crawled(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "e.org.toml").write_text('url = "https://e.org/"\n\n[discovery]\nfeed = []\n', encoding="utf-8")
    done = crawl("news", database_url=sqlite_url, settings={"NEWSCRAWL_SITES_DIR": tmp_path})
    assert done.code == 2
    assert f"{tmp_path}/e.org.toml: line 4: key 'feed' in [discovery] is unknown; did you mean 'feeds'?" in done.log


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://no-such-host.invalid/", "host name not found"),
        ("http://127.0.0.1:9/", "nothing listens there"),
    ],
)
def test_an_unreachable_host_is_named_and_the_exit_code_says_that_nothing_was_fetched(
    sqlite_url: str, url: str, words: str
) -> None:
    done = crawl("news", database_url=sqlite_url, url=url)
    assert done.code == 5
    assert words in done.output
    assert "Traceback" not in done.log
    again = crawl("news", database_url=sqlite_url, url=url)
    assert (again.code, words in again.output) == (5, True), "it is not asked again at once, and still has failed"
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(0,)]


def test_one_dead_site_among_others_is_degraded(sqlite_url: str) -> None:
    path = "/news/2026/11/20/report-on-one"
    with tiny_site({"/": front_page(path), path: article_page("one")}) as site:
        done = crawl("news", database_url=sqlite_url, url=f"{site.url}/,http://no-such-host.invalid/")
    assert (done.code, done.summary["stored"]) == (4, 1)


def test_db_check_and_upgrade_say_where_the_database_stands(database_url: str) -> None:
    empty = scrapy("db", "check", database_url=database_url)
    upgraded = scrapy("db", "upgrade", database_url=database_url)
    current = scrapy("db", "check", database_url=database_url)
    assert (empty.code, upgraded.code, current.code) == (1, 0, 0)
    assert "empty" in empty.output
    assert "up to date" in upgraded.output
    assert "up to date" in current.output


def test_db_check_makes_no_file(tmp_path: Path) -> None:
    done = scrapy("db", "check", database_url=f"sqlite:///{tmp_path}/none.db")
    assert (done.code, "empty" in done.output, list(tmp_path.iterdir())) == (1, True, [])


def test_db_check_answers_while_another_program_writes(database_url: str) -> None:
    scrapy("db", "upgrade", database_url=database_url)
    engine = open_engine(database_url)
    with engine.begin() as writer:
        writer.execute(text("UPDATE url_key_rules SET made_by = 'half-way'"))
        done = scrapy("db", "check", database_url=database_url)
    engine.dispose()
    assert (done.code, "up to date" in done.output) == (0, True)


def test_a_wrong_db_command_says_the_right_ones(sqlite_url: str) -> None:
    done = scrapy("db", "upgrad", database_url=sqlite_url)
    assert (done.code, "`scrapy db upgrade`" in done.log) == (2, True)


def test_pages_of_a_site_file_are_read_by_its_rules(tmp_path: Path, sqlite_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    page = article_page("one").replace(b"<p>Paragraph 3", b"<p class=extra>Paragraph 3")
    with tiny_site({"/": front_page(path, "/sport/2026/a-match"), path: page}) as site:
        text = f'url = "{site.url}/"\n[discovery]\ndeny = ["/sport/"]\n[extraction]\ndrop = ".extra"\n'
        (tmp_path / "tiny.toml").write_text(text, encoding="utf-8")
        crawl("news", database_url=sqlite_url, site="tiny", settings={"NEWSCRAWL_SITES_DIR": tmp_path})
        assert not any("sport" in path for path in site.paths())
    [(name, body)] = query(sqlite_url, "SELECT site, article_body FROM articles")
    assert name == "tiny"
    assert "Paragraph 2" in body
    assert "Paragraph 3" not in body


def test_an_archive_is_read_without_a_network(tmp_path: Path, database_url: str) -> None:
    rows = [{"id": name, "url": f"https://example.org/{name}", "date_downloaded": "2026-11-20"} for name in "ab"]
    folder = make_folder(tmp_path / "pages", rows)
    for name in "ab":
        (folder / "html" / f"{name}.html.gz").write_bytes(gzip.compress(article_page(name)))
    done = crawl("archive", database_url=database_url, path=folder)
    assert (done.code, done.summary["stored"]) == (0, 2)
    rows_stored = query(database_url, "SELECT url, headline, date_downloaded FROM articles ORDER BY url")
    assert [(url, headline) for url, headline, _ in rows_stored] == [
        ("https://example.org/a", "Report on a"),
        ("https://example.org/b", "Report on b"),
    ]
    assert str(rows_stored[0][2]).startswith("2026-11-20 00:00:00")


def test_a_warc_file_that_is_cut_keeps_what_was_whole_and_says_so(tmp_path: Path, sqlite_url: str) -> None:
    file = tmp_path / "news.warc.gz"
    file.write_bytes(make_warc(page=article_page)[:-200])
    done = crawl("archive", database_url=sqlite_url, path=file)
    assert (done.code, done.summary["stored"]) == (1, 2)
    assert "past page 2: the file ends in the middle of a record" in done.log


def test_bodies_never_reach_the_log(sqlite_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    with tiny_site({"/": front_page(path), path: article_page("one")}) as site:
        done = crawl("news", database_url=sqlite_url, url=site.url + "/", settings={"SCRAPY_LOG_LEVEL": "DEBUG"})
        debug = scrapy("crawl", "article", "-L", "DEBUG", "-a", f"url={site.url}{path}", database_url=sqlite_url)
    assert done.summary["stored"] == 1
    assert "matters to those who live" not in debug.log + done.log
    assert path in debug.log


def start(url: str, database_url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={url}"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(database_url, NEWSCRAWL_DELAY=0.05),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_articles(database_url: str, number: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.1)
        try:
            if query(database_url, "SELECT count(*) FROM articles")[0][0] >= number:
                return
        except Exception:
            continue
    raise AssertionError("no article was stored within a minute")


def test_a_stopped_crawl_ends_cleanly_and_the_next_one_goes_on(database_url: str) -> None:
    with serve(ports=(0, 0)) as site:
        process = start(",".join(site.urls), database_url)
        wait_for_articles(database_url, 5)
        stopped = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, log = process.communicate(timeout=30)
        assert time.monotonic() - stopped < 10
        summary = json.loads(output.splitlines()[-1])
        assert (process.returncode, summary["finish_reason"]) == (0, "shutdown"), log
        assert summary["selected"] == summary["stored"] + summary["rejected"] + summary["pending"]
        crawl("news", database_url=database_url, url=",".join(site.urls))
        assert list(find_problems(site.site, database_url)) == []


def test_a_killed_crawl_loses_nothing_and_stores_nothing_twice(database_url: str) -> None:
    with serve(ports=(0, 0)) as site:
        for number in (3, 20, 45):
            process = start(",".join(site.urls), database_url)
            wait_for_articles(database_url, number)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        done = crawl("news", database_url=database_url, url=",".join(site.urls))
        assert done.code == 0
        assert list(find_problems(site.site, database_url)) == []
    assert query(database_url, "SELECT count(*) FROM pages WHERE outcome IS NULL") == [(0,)]


def test_progress_is_told_in_plain_lines_where_there_is_no_terminal(sqlite_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    slow = StubResponse(b"", 503, {"Retry-After": "2"})
    with tiny_site({"/": front_page(path), path: [slow, StubResponse(article_page("one"))]}) as site:
        done = crawl("news", database_url=sqlite_url, url=site.url + "/", settings={"NEWSCRAWL_PROGRESS_INTERVAL": 0.5})
    assert "1 waiting, 1 host in backoff" in done.log
    assert "\x1b[" not in done.log
