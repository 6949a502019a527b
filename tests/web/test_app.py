"""The application as a whole: what every answer has, and how errors look."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from newscrawl.exceptions import StorageError
from newscrawl.storage.engine import connect_for_reading
from newscrawl.storage.read_only import ReadLimits
from newscrawl.web.app import create_app
from newscrawl.web.context import WebContext
from newscrawl.web.settings import WebSettings
from tests.web.conftest import MakeClient

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(20)",
}


def get_app(client: TestClient) -> FastAPI:
    assert isinstance(client.app, FastAPI)
    return client.app


def get_context(client: TestClient) -> WebContext:
    context = get_app(client).state.context
    assert isinstance(context, WebContext)
    return context


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/static/style.css", "/static/nothing", "/fails"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    @get_app(client).get("/fails")
    def fail() -> None:
        raise RuntimeError("a secret")

    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"]


def test_an_unexpected_error_says_nothing_about_itself(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    @get_app(client).get("/fails")
    def fail() -> None:
        raise RuntimeError("a secret")

    answer = client.get("/fails")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "a secret" in caplog.text


def test_an_unknown_address_is_a_problem_for_programs_and_a_page_for_browsers(client: TestClient) -> None:
    problem = client.get("/nothing")
    assert problem.json() == {"title": "Not Found", "status": 404, "detail": "there is nothing at this address"}
    page = client.get("/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert client.get("/api/v1/nothing", headers={"Accept": "text/html"}).json()["status"] == 404


def test_static_files_are_kept_by_browsers_until_they_change(client: TestClient) -> None:
    [address] = re.findall(r'href="(/static/style.css[^"]*)"', client.get("/").text)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/style.css").headers["Cache-Control"] == "no-cache"


def test_nothing_can_be_written(client: TestClient) -> None:
    with connect_for_reading(get_context(client).engine) as connection, pytest.raises(Exception, match=r"read-?only"):
        connection.execute(text("DELETE FROM articles"))


def test_a_slow_query_is_stopped(make_client: MakeClient) -> None:
    client = make_client(limits=ReadLimits(query_timeout=0.2))
    context = get_context(client)

    @get_app(client).get("/slow")
    def run_slow() -> None:
        with connect_for_reading(context.engine) as connection:
            connection.execute(text(SLOW[context.engine.dialect.name]))

    started = time.monotonic()
    answer = client.get("/slow")
    assert time.monotonic() - started < 2
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "took longer than 0.2 s" in answer.json()["detail"]
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_failing_database_is_reported_without_details(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    context = get_context(client)

    @get_app(client).get("/broken")
    def query_missing_table() -> None:
        with connect_for_reading(context.engine) as connection:
            connection.execute(text("SELECT * FROM no_such_table"))

    answer = client.get("/broken")
    assert (answer.status_code, "no_such_table" in answer.text) == (503, False)
    assert "no_such_table" in caplog.text


def test_an_empty_or_missing_database_is_an_error(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    with pytest.raises(StorageError, match="the database is empty"):
        create_app(WebSettings(database_url))
    with pytest.raises(StorageError, match="there is no database"):
        create_app(WebSettings(f"sqlite:///{tmp_path}/none.db"))


def test_a_restored_database_is_read_at_once(sqlite_engine: Engine) -> None:
    file = Path(str(sqlite_engine.url.database))
    client = TestClient(create_app(WebSettings(f"sqlite:///{file}")), base_url="http://localhost")
    with client:
        sqlite_engine.dispose()
        with connect_for_reading(get_context(client).engine) as connection:
            assert connection.execute(text("SELECT count(*) FROM crawls")).scalar() == 0
        file.rename(file.with_suffix(".gone"))
        assert client.get("/healthz").status_code == 503
        file.with_suffix(".new").write_bytes(b"")
        file.with_suffix(".new").replace(file)
        assert client.get("/healthz").status_code == 200
        with connect_for_reading(get_context(client).engine) as connection:
            assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
