"""Hosts that never answer cost the others nothing, and get no requests for pages that are only guesses."""

from __future__ import annotations

import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.crawling import (
    article_page,
    front_page,
    get_stats,
    query,
    scrapy,
    start_crawl,
    tiny_site,
    wait_for_articles,
)

PATHS = [f"/2026/11/20/report-on-number-{number}-of-the-day" for number in range(3)]
SILENT = 60
"""Enough to take all 32 slots of the downloader."""


def test_site_is_crawled_while_60_hosts_never_answer(sqlite_url: str) -> None:
    with socket.create_server(("0.0.0.0", 0), backlog=512) as listener:
        # Connections are established by the kernel, and nothing ever reads from them.
        port = listener.getsockname()[1]
        with tiny_site({"/": front_page(*PATHS), **{path: article_page(path) for path in PATHS}}) as site:
            silent = [f"http://127.0.1.{number}:{port}/" for number in range(1, SILENT + 1)]
            process = start_crawl(*silent, site.url, database_url=sqlite_url)
            try:
                wait_for_articles(sqlite_url, len(PATHS))
            finally:
                process.send_signal(signal.SIGTERM)
                output, log = process.communicate(timeout=30)
            assert process.returncode == 0, (output, log)
            assert get_stats(log)["network/unreachable"] == 0, "before the first of them has timed out"


def test_host_that_times_out_backs_off_and_gets_no_guesses(sqlite_url: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append((time.monotonic(), self.path))
            if self.path == "/robots.txt":
                self.send_error(404)
            else:
                closing.wait()

        def log_message(self, format: str, *args: object) -> None:
            pass

    requests: list[tuple[float, str]] = []
    closing = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        done = scrapy(
            *("crawl", "news", "-a", f"url=http://127.0.0.1:{server.server_port}/"),
            *("-s", "DOWNLOAD_TIMEOUT=1", "-s", "RETRY_TIMES=1", "-s", "STATS_DUMP=True"),
            database_url=sqlite_url,
            NEWSCRAWL_BACKOFF_MAX_WAIT=1.5,
        )
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
    assert [path for _, path in requests] == ["/robots.txt", "/", "/"]
    assert requests[2][0] - requests[1][0] >= 2.4, "the timeout and the cooldown"
    assert done.stats["backoff/timeouts"] == 2
    assert query(sqlite_url, "SELECT url, reason FROM pages") == [
        (f"http://127.0.0.1:{server.server_port}/", "timeout")
    ]
    assert query(sqlite_url, "SELECT count(*) FROM hosts") == [(0,)], "the next crawl tries at once"
