"""`scrapy serve`: search, API, feeds and pages over the database, in the browser."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.settings import BaseSettings

from newscrawl.crawling.log_masking import mask_logs
from newscrawl.exceptions import NewscrawlError, UsageError
from newscrawl.settings import check_settings
from newscrawl.text.terminal import escape_for_terminal

if TYPE_CHECKING:
    from fastapi import FastAPI

    from newscrawl.web.settings import WebSettings

HOST = "127.0.0.1"
PORT = 8000
SHUTDOWN_S = 5
"""Running requests may take so long after SIGTERM."""
UNPROTECTED = "everybody who reaches this address can read all articles; set NEWSCRAWL_SERVE_TOKEN to require a token"


class Command(ScrapyCommand):
    """Serves the database over HTTP; reads only."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Serve search, articles, API and feeds in the browser; read-only"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST}: this machine only)")
        parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0: any free one")
        parser.add_argument("--open", action="store_true", help="open it in the browser")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy loads every command's module; FastAPI would slow down the start of `scrapy crawl`.
        from newscrawl.web.app import create_app

        assert self.settings is not None
        try:
            check_settings(self.settings)
            if args:
                raise UsageError(f"unexpected argument {args[0]!r}; scrapy serve takes only options")
            options = make_web_settings(self.settings, opts.host)
            listener = listen(opts.host, opts.port)
            app = create_app(options)
        except NewscrawlError as error:
            print(f"newscrawl: {escape_for_terminal(str(error))}", file=sys.stderr)
            self.exitcode = error.exit_code
            return
        if options.token is None and not is_loopback(opts.host):
            print(f"newscrawl: {UNPROTECTED}", file=sys.stderr)
        mask_logs(self.settings)
        logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
        serve(app, listener, f"http://{format_host(opts.host)}:{listener.getsockname()[1]}/", in_browser=opts.open)


def make_web_settings(settings: BaseSettings, host: str) -> WebSettings:
    """Return the options of a server that listens on *host*. Raises UsageError for an unsafe token."""
    from newscrawl.storage.read_only import ReadLimits
    from newscrawl.web.settings import LOOPBACK, WebSettings
    from newscrawl.web.token import check_token

    names = [name.strip().lower() for name in str(settings["NEWSCRAWL_SERVE_HOSTS"]).split(",")]
    hosts = [name for name in names if name]
    return WebSettings(
        settings["NEWSCRAWL_DATABASE_URL"],
        Path(settings["NEWSCRAWL_SITES_DIR"]),
        check_token(settings["NEWSCRAWL_SERVE_TOKEN"]),
        (*LOOPBACK, format_host(host), *hosts) if hosts or is_loopback(host) else None,
        ReadLimits(float(settings["NEWSCRAWL_SERVE_QUERY_TIMEOUT"])),
    )


def serve(app: FastAPI, listener: socket.socket, address: str, *, in_browser: bool) -> None:
    """Serve *app* until SIGINT or SIGTERM."""
    import uvicorn

    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=SHUTDOWN_S
    )
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    # uvicorn puts its own handlers in their place, and after its shutdown raises the signal again for these.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    print(f"newscrawl serves {address} (Ctrl-C ends it)", flush=True)
    if in_browser:
        # A browser in the terminal would keep the server from starting.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises UsageError for an address that is invalid, foreign or in use."""
    if not 0 <= port <= 65535:
        raise UsageError(f"invalid --port {port}: expected 0 to 65535")
    try:
        [(family, _, _, _, address), *_] = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return socket.create_server(address, family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or error
        raise UsageError(f"could not listen on {host}:{port}: {cause}; choose others with --host and --port") from error


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a server that listens on *host*."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def format_host(host: str) -> str:
    """Return *host* as in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()
