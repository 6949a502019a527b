"""Do hosts that never answer slow down the others?

    python benchmarks/slow_hosts.py [--hosts 100] [--articles 20] [--delay 0.2]

Serves as many sites as hosts on loopback addresses (127.0.0.2, 127.0.0.3, ...). One crawl has only the half that
answers, another one has all of them: the other half accepts connections and never sends a byte. Measured is the time
from the start of the process to the last article of the half that answers; then the crawl is stopped.

The figures are printed as JSON. The exit code is 1 if the second time is more than 1.2 times the first.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.crawling import article_page, front_page

MAX_RATIO = 1.2
MAX_SECONDS = 600.0


@dataclass
class Sites:
    """Sites on loopback; those with an odd last number never answer."""

    port: int
    articles: int
    asked: set[str] = field(default_factory=set)
    """The articles that were sent: host and path."""

    def get_urls(self, hosts: int, *, with_silent: bool) -> list[str]:
        numbers = [number for number in range(2, hosts + 2) if with_silent or number % 2 == 0]
        return [f"http://127.0.0.{number}:{self.port}/" for number in numbers]

    def get_paths(self) -> list[str]:
        return [f"/2026/11/20/report-on-number-{number}-of-the-day" for number in range(self.articles)]


@contextmanager
def serve(articles: int) -> Iterator[Sites]:
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.connection.getsockname()[0]
            if int(host.rpartition(".")[2]) % 2:
                closing.wait()
                self.close_connection = True
                return
            paths = sites.get_paths()
            body = front_page(*paths) if self.path == "/" else b""
            if self.path in paths:
                body = article_page(f"{host} {self.path}")
                sites.asked.add(host + self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 512
        daemon_threads = True

    server = Server(("0.0.0.0", 0), Handler)
    sites = Sites(server.server_port, articles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield sites
    closing.set()
    server.shutdown()
    server.server_close()


def measure(sites: Sites, urls: Sequence[str], wanted: int, delay: float) -> float:
    """Crawl *urls* until *wanted* articles were sent; return the seconds."""
    sites.asked.clear()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "NEWSCRAWL_DATABASE_URL": f"sqlite:///{folder}/newscrawl.db",
            "NEWSCRAWL_CONTACT": "benchmark",
            "NEWSCRAWL_DELAY": str(delay),
        }
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={','.join(urls)}", "-L", "ERROR"]
        started = time.monotonic()
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
            while len(sites.asked) < wanted and process.poll() is None and time.monotonic() - started < MAX_SECONDS:
                time.sleep(0.02)
            seconds = time.monotonic() - started
            process.send_signal(signal.SIGTERM)
    if len(sites.asked) < wanted:
        raise SystemExit(f"only {len(sites.asked)} of {wanted} articles were fetched in {seconds:.0f} s")
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=100, help="sites, at most 250; half of them never answer")
    parser.add_argument("--articles", type=int, default=20, help="articles of each site that answers")
    parser.add_argument("--delay", type=float, default=0.2, help="seconds between two requests to a host")
    options = parser.parse_args()
    with serve(options.articles) as sites:
        answering = sites.get_urls(options.hosts, with_silent=False)
        wanted = len(answering) * options.articles
        alone = measure(sites, answering, wanted, options.delay)
        together = measure(sites, sites.get_urls(options.hosts, with_silent=True), wanted, options.delay)
    figures = {"hosts": options.hosts, "silent": options.hosts - len(answering), "articles": wanted}
    ratio = together / alone
    print(json.dumps(figures | {"alone": round(alone, 1), "together": round(together, 1), "ratio": round(ratio, 2)}))
    return int(ratio > MAX_RATIO)


if __name__ == "__main__":
    sys.exit(main())
