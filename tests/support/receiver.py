"""A receiver of webhooks on loopback, with responses defined by the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.crawling import StubResponse


@dataclass
class Receiver:
    """Records what is posted."""

    url: str = ""
    responses: list[StubResponse] = field(default_factory=list)
    """Successive responses; afterwards 204."""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    """In lower case."""

    def change_ids(self) -> list[list[int]]:
        """Return the `change_id`s of each request."""
        return [[one["change_id"] for one in self.changes(body)] for body in self.bodies]

    def changes(self, body: bytes) -> list[dict[str, Any]]:
        changes: list[dict[str, Any]] = json.loads(body)["data"]["changes"]
        return changes


@contextmanager
def receiver(*responses: StubResponse) -> Iterator[Receiver]:
    """Yield a receiver that answers with *responses* and then with 204."""
    found = Receiver(responses=list(responses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            found.headers.append({name.lower(): value for name, value in self.headers.items()})
            response = found.responses.pop(0) if found.responses else StubResponse(status=204)
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}/hook?token=hidden"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
