"""ETags, conditional requests, compression and HEAD."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from newscrawl.web.conditional import accepts_gzip, matches

PATH = "/api/v1/openapi.json"


def test_an_unchanged_answer_is_not_sent_again(client: TestClient) -> None:
    first = client.get(PATH)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = client.get(PATH, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"
    assert "Content-Type" not in again.headers
    assert client.get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_compressed_answer_has_a_tag_of_its_own(client: TestClient) -> None:
    plain = client.get(PATH, headers={"Accept-Encoding": "identity"})
    packed = client.get(PATH, headers={"Accept-Encoding": "gzip"})
    assert (plain.json(), "Content-Encoding" in plain.headers) == (packed.json(), False)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 3


@pytest.mark.parametrize("path", [PATH, "/", "/static/style.css", "/healthz"])
def test_head_answers_as_get_without_the_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_errors_have_no_tag(client: TestClient) -> None:
    answer = client.get("/nothing", headers={"If-None-Match": "*"})
    assert (answer.status_code, "ETag" in answer.headers) == (404, False)


@pytest.mark.parametrize(
    ("header", "is_accepted"),
    [("", False), ("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.000", False), ("*", True)],
)
def test_compression_is_negotiated(header: str, is_accepted: bool) -> None:
    assert accepts_gzip(header) is is_accepted


@pytest.mark.parametrize(
    ("header", "is_match"),
    [("*", True), ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ('"ab"', False), ("a", False)],
)
def test_tags_are_compared_as_rfc_9110_has_it(header: str, is_match: bool) -> None:
    assert matches(header, "a") is is_match
