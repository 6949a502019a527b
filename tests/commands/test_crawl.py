"""`scrapy crawl` and `scrapy db` from the outside: output, exit codes and side effects."""

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

from newscrawl.exceptions import ExitCode
from newscrawl.storage.engine import open_engine
from tests.archives.test_reader import make_folder, make_warc
from tests.newssite.check import find_problems
from tests.newssite.server import serve
from tests.support.crawling import (
    StubResponse,
    article_page,
    crawl,
    environment,
    front_page,
    query,
    scrapy,
    start_crawl,
    tiny_site,
    wait_for_articles,
)
from tests.support.paths import ROOT

PATH = "/2026/11/20/report-on-one-of-the-town"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["news", "-a", "url=example.org"], ["'example.org' has no scheme", "https://example.org/"]),
        (["news", "-a", "url=ftp://example.org/"], ["only http and https"]),
        (["news", "-a", "site=nowhere"], ["no site file", "nowhere.toml"]),
        (["news", "-a", "ulr=https://example.org/"], ["no argument 'ulr'", "'url'"]),
        (["nwes", "-a", "url=https://example.org/"], ["no spider is named 'nwes'", "'news'"]),
        (["archive", "-a", "path=/no/such/file"], ["/no/such/file does not exist"]),
        (["article"], ["urls=FILE"]),
        (["article", "-a", "urls=/no/such/file"], ["/no/such/file could not be read"]),
    ],
)
def test_usage_error_exits_with_code_2_and_creates_nothing(
    tmp_path: Path, arguments: Sequence[str], words: list[str]
) -> None:
    done = scrapy("crawl", *arguments, database_url=f"sqlite:///{tmp_path}/newscrawl.db")
    assert done.code == ExitCode.USAGE
    assert all(word in done.log for word in words), done.log
    assert "Traceback" not in done.log
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("LOG_LEVEL=FOO", "invalid LOG_LEVEL 'FOO'"),
        ("LOG_FILE=/no/such/folder/log", "could not write the log file /no/such/folder/log"),
        ("NEWSCRAWL_EXTRACTION_WORKERS=0.5", "expected a whole number from 0"),
        ("NEWSCRAWL_DELAY=inf", "expected a number from 0"),
        ("CONCURRENT_REQUESTS=abc", "invalid setting"),
        ('ITEM_PIPELINES={"no.such.Pipeline": 1}', "No module named 'no'"),
    ],
)
def test_invalid_setting_is_reported_with_its_name_or_cause(sqlite_url: str, setting: str, words: str) -> None:
    done = scrapy("crawl", "news", "-a", "url=http://127.0.0.1:9/", "-s", setting, database_url=sqlite_url)
    assert (done.code, done.summary["exit_code"], done.summary["finish_reason"]) == (2, 2, "bad_configuration")
    assert words in done.summary["error"]


def open_closed_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def open_full_disk() -> int:
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize("output", [open_closed_pipe, open_full_disk])
def test_unwritable_output_neither_fails_nor_delays_the_crawl(sqlite_url: str, output: Callable[[], int]) -> None:
    with tiny_site({"/": front_page(PATH), PATH: article_page("town")}) as site:
        command, stdout = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={site.url}/"], output()
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment(sqlite_url),
                stdout=stdout,
                stderr=subprocess.PIPE,
                timeout=60,
                check=False,
            )
        finally:
            os.close(stdout)
    log = done.stderr.decode()
    assert done.returncode == 0, log
    assert "could not write all of the output" in log
    assert "Traceback" not in log
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(1,)]


@pytest.mark.parametrize(
    "command",
    [
        ["settings", "--get", "NEWSCRAWL_DELAY"],
        ["crawl", "nwes", "-a", "url=https://example.org/"],
        ["crawl"],
        ["carwl"],
        ["db", "check"],
    ],
)
def test_forked_command_behaves_like_a_new_process(sqlite_url: str, command: Sequence[str]) -> None:
    warm, cold = (scrapy(*command, database_url=sqlite_url, cold=cold, NEWSCRAWL_DELAY=7) for cold in (False, True))
    assert warm == cold
    assert warm.output.strip() == "7" or command[0] != "settings"


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("articles.db", ExitCode.USAGE, "not a database URL"),
        ("mysql://localhost/news", ExitCode.USAGE, "'mysql'"),
        ("", ExitCode.USAGE, "not a database URL"),
        ("sqlite://newscrawl.db", ExitCode.USAGE, "lacks a slash"),
        ("postgresql+psycopg2://joe:secret@127.0.0.1:9/news", ExitCode.USAGE, "driver 'psycopg2'"),
        ("sqlite:////no/such/folder/x.db", ExitCode.STORAGE, "create the folder /no/such/folder"),
        ("postgresql+psycopg://joe:secret@127.0.0.1:9/news", ExitCode.STORAGE, "joe:***@127.0.0.1:9"),
    ],
)
def test_unusable_database_is_reported_with_a_hint(url: str, code: int, words: str) -> None:
    crawl, upgrade, check = ["crawl", "news", "-a", "url=http://127.0.0.1:9/"], ["db", "upgrade"], ["db", "check"]
    for command in (crawl, upgrade, check):
        if command == check and code == ExitCode.STORAGE:
            continue
        done = scrapy(*command, database_url=url)
        assert (done.code, words in done.log, done.log.count("\n")) == (code, True, 1), done.log
        assert "secret" not in done.log + done.output
        if command == crawl:
            assert (done.summary["exit_code"], words in done.summary["error"]) == (code, True)


def test_wrong_database_url_is_reported_in_any_folder(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    variables = environment("postgresql+psycopg2://joe:secret@db/news")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "url=http://127.0.0.1:9/"],
        cwd=tmp_path,
        env=variables | {"SCRAPY_SETTINGS_MODULE": "newscrawl.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["exit_code"]) == (2, 2)
    assert "driver 'psycopg2'" in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_unknown_key_in_a_site_file_is_reported_and_nothing_is_crawled(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "e.org.toml").write_text('url = "https://e.org/"\n\n[discovery]\nfeed = []\n', encoding="utf-8")
    done = crawl("news", database_url=sqlite_url, settings={"NEWSCRAWL_SITES_DIR": tmp_path})
    assert done.code == 2
    assert f"{tmp_path}/e.org.toml:4: unknown key 'feed' in [discovery]; did you mean 'feeds'?" in done.log


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://no-such-host.invalid/", "host name not found"),
        ("http://127.0.0.1:9/", "nothing listens there"),
    ],
)
def test_unreachable_host_is_reported_and_exits_with_code_5(sqlite_url: str, url: str, words: str) -> None:
    done = crawl("news", database_url=sqlite_url, url=url)
    assert done.code == ExitCode.NOTHING_FETCHED
    assert words in done.output
    assert "Traceback" not in done.log
    again = crawl("news", database_url=sqlite_url, url=url)
    assert (again.code, words in again.output) == (ExitCode.NOTHING_FETCHED, True), (
        "not retried yet, but still reported"
    )
    assert query(sqlite_url, "SELECT count(*) FROM articles") == [(0,)]


def test_one_unreachable_site_among_others_exits_with_code_4(sqlite_url: str) -> None:
    path = "/news/2026/11/20/report-on-one"
    with tiny_site({"/": front_page(path), path: article_page("one")}) as site:
        done = crawl("news", database_url=sqlite_url, url=f"{site.url}/,http://no-such-host.invalid/")
    assert (done.code, done.summary["stored"]) == (ExitCode.DEGRADED, 1)


def test_db_check_and_upgrade_report_the_state_of_the_database(database_url: str) -> None:
    empty = scrapy("db", "check", database_url=database_url)
    upgraded = scrapy("db", "upgrade", database_url=database_url)
    current = scrapy("db", "check", database_url=database_url)
    assert (empty.code, upgraded.code, current.code) == (1, 0, 0)
    assert "empty" in empty.output
    assert "up to date" in upgraded.output
    assert "up to date" in current.output


def test_db_check_creates_no_file(tmp_path: Path) -> None:
    done = scrapy("db", "check", database_url=f"sqlite:///{tmp_path}/none.db")
    assert (done.code, "empty" in done.output, list(tmp_path.iterdir())) == (1, True, [])


def test_db_check_works_while_another_program_writes(database_url: str) -> None:
    scrapy("db", "upgrade", database_url=database_url)
    engine = open_engine(database_url)
    with engine.begin() as writer:
        writer.execute(text("UPDATE url_key_rules SET made_by = 'half-way'"))
        done = scrapy("db", "check", database_url=database_url)
    engine.dispose()
    assert (done.code, "up to date" in done.output) == (0, True)


def test_misspelled_db_command_names_the_right_one(sqlite_url: str) -> None:
    done = scrapy("db", "upgrad", database_url=sqlite_url)
    assert (done.code, "`scrapy db upgrade`" in done.log) == (2, True)


def test_rules_of_a_site_file_apply_to_its_pages(tmp_path: Path, sqlite_url: str) -> None:
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


def test_archive_spider_stores_articles_without_network(tmp_path: Path, database_url: str) -> None:
    rows = [{"id": name, "url": f"https://example.org/{name}", "date_downloaded": "2026-11-20"} for name in "ab"]
    rows.append({"id": "c", "url": "https://example.org/a", "date_downloaded": "2026-11-19"})
    rows.append({"id": "d", "url": "ftp://example.org/d"})
    folder = make_folder(tmp_path / "pages", rows)
    for name in "ab":
        (folder / "html" / f"{name}.html.gz").write_bytes(gzip.compress(article_page(name)))
    done = crawl("archive", database_url=database_url, path=folder)
    assert (done.code, done.summary["stored"]) == (0, 2)
    assert (done.stats["archive/other_captures"], done.stats["archive/invalid_url"]) == (1, 1)
    rows_stored = query(database_url, "SELECT url, headline, date_downloaded FROM articles ORDER BY url")
    assert [(url, headline) for url, headline, _ in rows_stored] == [
        ("https://example.org/a", "Report on a"),
        ("https://example.org/b", "Report on b"),
    ]
    assert str(rows_stored[0][2]).startswith("2026-11-20 00:00:00")


def test_truncated_warc_file_stores_complete_records_and_exits_with_code_1(tmp_path: Path, sqlite_url: str) -> None:
    file = tmp_path / "news.warc.gz"
    file.write_bytes(make_warc(page=article_page)[:-200])
    done = crawl("archive", database_url=sqlite_url, path=file)
    assert (done.code, done.summary["stored"]) == (ExitCode.FAILURE, 2)
    assert "past page 2: the file ends in the middle of a record" in done.log


def test_article_bodies_are_never_logged(sqlite_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    with tiny_site({"/": front_page(path), path: article_page("one")}) as site:
        done = crawl("news", database_url=sqlite_url, url=site.url + "/", settings={"SCRAPY_LOG_LEVEL": "DEBUG"})
        debug = scrapy("crawl", "article", "-L", "DEBUG", "-a", f"url={site.url}{path}", database_url=sqlite_url)
    assert done.summary["stored"] == 1
    assert "matters to those who live" not in debug.log + done.log
    assert path in debug.log


def test_stopped_crawl_exits_cleanly_and_the_next_one_completes_it(database_url: str) -> None:
    with serve(ports=(0, 0)) as site:
        process = start_crawl(*site.urls, database_url=database_url, NEWSCRAWL_DELAY=0.05)
        wait_for_articles(database_url, 5)
        signalled_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, log = process.communicate(timeout=30)
        assert time.monotonic() - signalled_at < 10
        summary = json.loads(output.splitlines()[-1])
        assert (process.returncode, summary["finish_reason"]) == (0, "shutdown"), log
        assert summary["selected"] == summary["stored"] + summary["rejected"] + summary["pending"]
        crawl("news", database_url=database_url, url=",".join(site.urls))
        assert list(find_problems(site.site, database_url)) == []


def test_progress_is_logged_as_plain_lines_without_a_terminal(sqlite_url: str) -> None:
    path = "/2026/11/20/report-on-one"
    slow = StubResponse(b"", 503, {"Retry-After": "2"})
    with tiny_site({"/": front_page(path), path: [slow, StubResponse(article_page("one"))]}) as site:
        done = crawl("news", database_url=sqlite_url, url=site.url + "/", settings={"NEWSCRAWL_PROGRESS_INTERVAL": 0.5})
    assert "1 pending, 1 host in backoff" in done.log
    assert "\x1b[" not in done.log
