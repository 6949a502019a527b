"""Only expected names of the server and the right token are answered."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from newscrawl.exceptions import UsageError
from newscrawl.web.access import has_token, is_allowed_host
from newscrawl.web.settings import LOOPBACK
from newscrawl.web.token import check_token
from tests.web.conftest import MakeClient

TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "[::1]", "[::1]:8000"])
def test_names_of_this_machine_are_allowed(host: str) -> None:
    assert is_allowed_host(host, LOOPBACK)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1:x", ":80"]
)
def test_other_names_are_not_allowed(host: str) -> None:
    assert not is_allowed_host(host, LOOPBACK)
    assert is_allowed_host(host, None)


def test_a_page_of_another_site_is_not_answered(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "NEWSCRAWL_SERVE_HOSTS" in answer.json()["detail"]


def test_a_wrong_or_missing_token_is_rejected_everywhere_but_for_the_health_check(make_client: MakeClient) -> None:
    client = make_client(token=TOKEN)
    for path in ("/", "/api/v1/openapi.json", "/static/style.css", "/nothing"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert "Basic" in client.get("/").headers["WWW-Authenticate"]
    assert client.get("/healthz").status_code == 200


def test_the_token_is_a_bearer_token_or_a_password(make_client: MakeClient) -> None:
    client = make_client(token=TOKEN)
    assert client.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get("/", auth=("anybody", TOKEN)).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic", "Basic ???", "Basic /w==", f"Digest {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer ü"],
)
def test_anything_else_is_no_token(header: str) -> None:
    assert not has_token(header, TOKEN)


@pytest.mark.parametrize(
    ("token", "message"), [("short", "has 5 characters"), ("ü" * 20, "printable ASCII"), ("a b" * 9, "spaces")]
)
def test_a_token_that_can_be_guessed_or_not_be_sent_is_an_error(token: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_token(token)


def test_no_token_is_none() -> None:
    assert check_token("") is None
    assert check_token(TOKEN) == TOKEN
