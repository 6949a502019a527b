"""Secrets are planted wherever a user may keep one, and looked for in all that newscrawl prints, logs and stores."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import make_url, select
from starlette.testclient import TestClient

from newscrawl.exceptions import ExitCode
from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import metadata
from newscrawl.web.app import create_app
from newscrawl.web.settings import WebSettings
from tests.support.commands import run_command
from tests.support.crawling import StubResponse, TinySite, article_page, scrapy, tiny_site
from tests.support.databases import Databases, database
from tests.support.receiver import receiver

NAMES = "user password dbpassword dboption proxyuser proxypassword aws ftp token hook path"
SECRETS = {name: f"planted-{name}-{number}7f3-of-this-test" for number, name in enumerate(NAMES.split())}
PATH = "/2026/11/20/report-on-a-secret-place"
ENVIRONMENT = {"NEWSCRAWL_SERVE_TOKEN": SECRETS["token"], "HOOK_SECRET": SECRETS["hook"]}
SETTINGS = {"AWS_SECRET_ACCESS_KEY": SECRETS["aws"], "FTP_PASSWORD": SECRETS["ftp"]}


@pytest.fixture(params=["sqlite", "postgresql"])
def secret_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of a database with all tables; on PostgreSQL, which ignores them here, with two passwords."""
    databases: Databases
    databases, tables = request.getfixturevalue(f"{request.param}_tables")
    with database(databases, like=tables) as found:
        url = make_url(found)
        if url.get_backend_name() == "postgresql":
            url = url.set(password=SECRETS["dbpassword"]).update_query_dict({"sslpassword": SECRETS["dboption"]})
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def site() -> Iterator[TinySite]:
    """Yield a site that is reached through itself as a proxy."""
    with tiny_site({PATH: article_page("a place")}) as site:
        site.answers |= {site.url + path: answer for path, answer in site.answers.items()}
        yield site


def test_no_planted_secret_is_found_anywhere(
    secret_url: str,
    site: TinySite,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("HOOK_SECRET", SECRETS["hook"])
    texts = {
        "crawl": _crawl(site, secret_url),
        "database": _dump(secret_url),
        "serve": _serve(secret_url),
    }
    page = _with_userinfo(site.url + PATH)
    for command, *arguments in (
        ("db", "check"),
        ("why", page),
        ("why", f"{page}/unknown"),
        ("plan", "-a", f"url={_with_userinfo(site.url)}"),
        ("show", page),
        ("show", f"{page}/unknown"),
        ("delete", f"{page}/unknown", "--dry-run"),
        ("stats",),
        ("status",),
        ("export", "-o", str(tmp_path / "articles.jsonl")),
    ):
        _run(command, *arguments, database_url=secret_url)
        texts[" ".join([command, *arguments])] = "".join(capfd.readouterr())
    _post_changes(secret_url)
    texts["changes"] = "".join(capfd.readouterr())
    assert "returned 404" in texts["changes"]
    texts["log of the commands"] = caplog.text
    folders = {tmp_path, Path(make_url(secret_url).database or "").parent}
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        texts[file.name] = file.read_bytes().decode("utf-8", "replace")
    assert _find(texts) == []


def _crawl(site: TinySite, database_url: str) -> str:
    """Return what a crawl of the page through a proxy says at DEBUG, and one that is rejected."""
    options = [part for name, value in SETTINGS.items() for part in ("-s", f"{name}={value}")]
    proxy = site.url.replace("://", f"://{SECRETS['proxyuser']}:{SECRETS['proxypassword']}@")
    command = ("crawl", "article", "-L", "DEBUG", *options, "-s", "STATS_DUMP=True")
    variables = ENVIRONMENT | {"http_proxy": proxy, "no_proxy": ""}
    url = f"url={_with_userinfo(site.url + PATH)}"
    done = scrapy(*command, "-a", url, database_url=database_url, **variables)
    assert (done.code, done.summary["stored"]) == (0, 1)
    assert "Overridden settings" in done.log
    assert any("Proxy-Authorization" in headers for _, _, headers in site.requests)
    wrong = f"{SECRETS['user']}:{SECRETS['password']}@example.org,https://{SECRETS['user']}:{SECRETS['password']}/x@[/"
    rejected = scrapy("crawl", "news", "-a", f"url={wrong}", database_url=database_url, **ENVIRONMENT)
    assert rejected.code == 2
    return done.output + done.log + rejected.output + rejected.log


def _post_changes(database_url: str) -> None:
    """Post to a receiver that quotes the URL in its error, and give the secret in place of its variable's name."""
    path = f"/{SECRETS['path']}?token={SECRETS['token']}"
    with receiver(StubResponse(f"no route for {path}, nor for {quote(path)}".encode(), 404)) as hook:
        post = ("--cursor", "mirror", "--post", hook.url.partition("/hook")[0] + path, "--secret-env")
        _run("changes", *post, "HOOK_SECRET", database_url=database_url)
        _run("changes", *post, SECRETS["hook"], database_url=database_url)
        assert len(hook.bodies) == 1


def _serve(database_url: str) -> str:
    """Return all that a server with a token answers."""
    settings = WebSettings(database_url, token=SECRETS["token"], allowed_hosts=None)
    texts = [repr(settings)]
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        for path in ("/", "/metrics", "/healthz", "/api/v1/runs", "/api/v1/articles", "/nothing"):
            for headers in ({}, {"Authorization": f"Bearer {SECRETS['token']}"}):
                response = client.get(path, headers=headers)
                texts.append(f"{response.headers} {response.text}")
    assert any('"finish_reason"' in text for text in texts)
    return "".join(texts)


def _run(command: str, *arguments: str, database_url: str) -> None:
    settings = SETTINGS | ENVIRONMENT | {"NEWSCRAWL_DATABASE_URL": database_url}
    code = run_command(command, *arguments, settings=settings)
    assert code in (ExitCode.OK, ExitCode.FAILURE, ExitCode.USAGE, ExitCode.DEGRADED)


def _with_userinfo(url: str) -> str:
    return url.replace("://", f"://{SECRETS['user']}:{SECRETS['password']}@")


def _dump(database_url: str) -> str:
    """Return the content of all tables."""
    engine = open_engine(database_url)
    with connect_for_reading(engine) as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    engine.dispose()
    assert len(rows) > 5
    return "\n".join(rows)


def _find(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the secrets that are found, with where they are."""
    pairs = [(SECRETS["proxyuser"], SECRETS["proxypassword"]), (SECRETS["user"], SECRETS["password"])]
    encoded = {f"{name} in base64": base64.b64encode(f"{name}:{word}".encode()).decode() for name, word in pairs}
    return [
        (name, where) for where, text in texts.items() for name, secret in (SECRETS | encoded).items() if secret in text
    ]
