"""Certificates that cannot be trusted have a reason of their own, and one line in the log."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.support.crawling import article_page, query, scrapy
from tests.support.raw_server import Authority, raw_server, write_certificate

FETCHES = "SELECT url, fetches.outcome, fetches.reason, detail FROM fetches JOIN pages ON pages.id = page_id"
PATH = "/2026/11/20/report-on-something-in-the-town"


def respond(path: str) -> list[bytes]:
    if path != PATH:
        return [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]
    body = article_page("something")
    return [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body]


BAD: dict[str, dict[str, Any]] = {
    "expired": {"ends": timedelta(days=-1)},
    "not valid yet": {"starts": timedelta(days=1)},
    "that of another host": {"host": "127.0.0.2"},
    "that of another host ": {"host": None},
    "self-signed": {"authority": None},
    "from an authority that is not known": {"authority": "other"},
}
"""Cause in the log -> how the certificate differs from a good one."""


def test_bad_certificates_have_reasons_without_traceback_and_a_good_one_is_accepted(tmp_path: Path) -> None:
    authorities = {name: Authority.make(tmp_path / f"{name}.pem") for name in ("trusted", "other")} | {None: None}
    database_url = f"sqlite:///{tmp_path}/newscrawl.db"
    with ExitStack() as stack:
        servers = {}
        for number, (cause, options) in enumerate({**BAD, "": {}}.items()):
            usual = {"host": "127.0.0.1", "starts": timedelta(days=-2), "ends": timedelta(days=2)}
            authority = authorities[options.get("authority", "trusted")]
            file = tmp_path / f"certificate-{number}.pem"
            certificate = write_certificate(file, **{**usual, **options, "authority": authority})
            servers[cause] = stack.enter_context(raw_server(respond, certificate=certificate))
        # Without forking: OpenSSL has read the environment of a process that is warm.
        urls = f"url={','.join(server.url + PATH for server in servers.values())}"
        done = scrapy(
            "crawl", "article", "-a", urls, database_url=database_url, cold=True, SSL_CERT_FILE=tmp_path / "trusted.pem"
        )
    fetches = {url: fetch for url, *fetch in query(database_url, FETCHES)}
    good = servers.pop("")
    assert fetches.pop(good.url + PATH) == ["stored", "new", None]
    assert fetches == {
        server.url + PATH: ["error", "bad_certificate", f"the certificate of 127.0.0.1 is {cause.strip()}"]
        for cause, server in servers.items()
    }
    assert [server.paths for server in servers.values()] == [[]] * len(BAD)
    assert "Traceback" not in done.log
    assert [line for line in done.log.splitlines() if "certificate" in line and "robots.txt" not in line] == []
