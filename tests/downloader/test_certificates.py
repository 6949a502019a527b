"""Certificates that cannot be trusted have a reason of their own, and one line in the log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.crawling import article_page, query, scrapy
from tests.support.raw_server import Authority, raw_server, write_certificate

PATH = "/2026/11/20/report-on-something-in-the-town"


def respond(path: str) -> list[bytes]:
    if path != PATH:
        return [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]
    body = article_page("something")
    return [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body]


def crawl(certificate: Path, trusted: Path, folder: Path) -> tuple[str, list[tuple[str, ...]], list[str]]:
    """Return the log of a crawl, outcome, reason and detail of the page, and the paths that were requested."""
    database_url = f"sqlite:///{folder}/newscrawl.db"
    with raw_server(respond, certificate=certificate) as server:
        # Without forking: OpenSSL has read the environment of a process that is warm.
        url = f"url={server.url}{PATH}"
        done = scrapy("crawl", "article", "-a", url, database_url=database_url, cold=True, SSL_CERT_FILE=trusted)
        return done.log, query(database_url, "SELECT outcome, reason, detail FROM fetches"), server.paths


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"days": -1}, "expired"),
        ({"starts": 1}, "not valid yet"),
        ({"host": "127.0.0.2"}, "that of another host"),
        ({"host": None}, "that of another host"),
        ({"authority": None}, "self-signed"),
        ({"authority": "other"}, "from an authority that is not known"),
    ],
)
def test_bad_certificate_has_a_reason_and_no_traceback(tmp_path: Path, options: dict[str, object], cause: str) -> None:
    trusted, other = Authority.make(tmp_path / "trusted.pem"), Authority.make(tmp_path / "other.pem")
    authority = {"other": other, None: None}.get(options.get("authority", ""), trusted)  # type: ignore[call-overload]
    certificate = write_certificate(
        tmp_path / "certificate.pem",
        host=options.get("host", "127.0.0.1"),  # type: ignore[arg-type]
        starts=timedelta(days=int(options.get("starts", -2))),  # type: ignore[call-overload]
        ends=timedelta(days=int(options.get("days", 2))),  # type: ignore[call-overload]
        authority=authority,
    )
    log, fetches, paths = crawl(certificate, tmp_path / "trusted.pem", tmp_path)
    assert fetches == [("error", "bad_certificate", f"the certificate of 127.0.0.1 is {cause}")]
    assert paths == []
    assert "Traceback" not in log
    assert [line for line in log.splitlines() if "certificate" in line and "robots.txt" not in line] == []


def test_trusted_certificate_of_the_host_is_accepted(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path / "trusted.pem")
    certificate = write_certificate(tmp_path / "certificate.pem", authority=authority)
    log, fetches, _ = crawl(certificate, tmp_path / "trusted.pem", tmp_path)
    assert fetches == [("stored", "new", None)], log
