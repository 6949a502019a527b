"""Serve the site on loopback, from a thread of the test process or as a program."""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

from tests.newssite.model import NewsSite
from tests.newssite.site import build_site
from tests.newssite.wire import Connection, Request, ServerState, render

PORTS = (8471, 8472)
PORTS_VARIABLE = "NEWSSITE_PORTS"
NAMES = ("127.0.0.1", "localhost")


class PortError(Exception):
    """A port could not be bound."""


def _bind(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    try:
        return socket.create_server((address, port), family=family, backlog=1024)
    except OSError as error:
        cause = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise PortError(
            f"cannot listen on {address} port {port}: {cause}; choose other ports with --ports A,B or the environment "
            f"variable {PORTS_VARIABLE}=A,B (0 is any free port)"
        ) from error


def _has_ipv6() -> bool:
    """Return whether ::1 exists; ``localhost`` may resolve to it first, so the second host listens there, too."""
    if not socket.has_ipv6:
        return False
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _bind_localhost(port: int) -> list[socket.socket]:
    """Bind one port for IPv4 and IPv6; for port 0, retry with another one if the port is in use for IPv6."""
    for attempt in range(20):
        first = _bind(socket.AF_INET, "127.0.0.1", port)
        if not _has_ipv6():
            return [first]
        try:
            return [first, _bind(socket.AF_INET6, "::1", first.getsockname()[1])]
        except PortError:
            first.close()
            if port or attempt == 19:
                raise
    raise AssertionError


def bind(ports: tuple[int, int]) -> tuple[list[socket.socket], list[socket.socket]]:
    """Return the sockets of both hosts; raise PortError with a hint if a port is in use."""
    first = _bind(socket.AF_INET, "127.0.0.1", ports[0])
    try:
        return [first], _bind_localhost(ports[1])
    except PortError:
        first.close()
        raise


def get_host_urls(sockets: tuple[list[socket.socket], list[socket.socket]]) -> tuple[str, str]:
    """Return the URLs of both hosts without a trailing slash."""
    first, second = (group[0].getsockname()[1] for group in sockets)
    return f"http://{NAMES[0]}:{first}", f"http://{NAMES[1]}:{second}"


@dataclass(frozen=True, slots=True)
class Options:
    """Arguments of ``build_site``."""

    seed: int = 1
    articles: int | None = None
    today: date | None = None
    crawl_delay: float | None = None

    def build(self, edition: int, urls: tuple[str, str]) -> NewsSite:
        return build_site(self.seed, edition, self.articles, urls, today=self.today, crawl_delay=self.crawl_delay)


class RunningSite:
    """A site that is being served."""

    def __init__(self, options: Options, edition: int, urls: tuple[str, str]) -> None:
        self._options, self._host_urls = options, urls
        self._editions: dict[int, NewsSite] = {}
        self._state = ServerState(({}, {}))
        self.edition = edition

    @property
    def edition(self) -> int:
        """The edition that is served; may be changed while the server runs, URLs stay the same."""
        return self._edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition not in self._editions:
            self._editions[edition] = self._options.build(edition, self._host_urls)
        self._edition = edition
        self._state.responses = render(self.site)

    @property
    def site(self) -> NewsSite:
        """The content that is served now."""
        return self._editions[self._edition]

    @property
    def urls(self) -> tuple[str, str]:
        """The URLs of the two front pages."""
        return f"{self._host_urls[0]}/", f"{self._host_urls[1]}/"

    @property
    def requests(self) -> list[Request]:
        """A copy of the request log, in order."""
        return list(self._state.requests)

    def forget_requests(self) -> None:
        """Clear the request log and let the busy page be busy again."""
        self._state.requests.clear()
        self._state.requested.clear()

    async def listen(self, sockets: tuple[list[socket.socket], list[socket.socket]], stop: asyncio.Event) -> None:
        """Serve on *sockets* until *stop* is set."""
        loop, clients = asyncio.get_running_loop(), set[asyncio.BaseTransport]()
        servers = [
            await loop.create_server(partial(Connection, host, self._state, clients), sock=sock)
            for host, group in enumerate(sockets)
            for sock in group
        ]
        await stop.wait()
        for server in servers:
            server.close()
        for client in list(clients):
            client.close()


class _Thread(threading.Thread):
    def __init__(self, running: RunningSite, sockets: tuple[list[socket.socket], list[socket.socket]]) -> None:
        super().__init__(name="newssite", daemon=True)
        self.running, self.sockets = running, sockets
        self.loop, self.stop = asyncio.new_event_loop(), asyncio.Event()

    def run(self) -> None:
        self.loop.run_until_complete(self.running.listen(self.sockets, self.stop))
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.stop.set)
        self.join()


@contextmanager
def serve(
    seed: int = 1,
    edition: int = 1,
    articles: int | None = None,
    ports: tuple[int, int] = (0, 0),
    *,
    today: date | None = None,
    crawl_delay: float | None = None,
) -> Iterator[RunningSite]:
    """Serve the site from a thread of this process for the duration of the block."""
    sockets = bind(ports)
    with ExitStack() as stack:
        for group in sockets:
            for sock in group:
                stack.callback(sock.close)
        options = Options(seed, articles, today, crawl_delay)
        running = RunningSite(options, edition, get_host_urls(sockets))
        thread = _Thread(running, sockets)
        thread.start()
        stack.callback(thread.end)
        yield running
