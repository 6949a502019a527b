"""A loopback server that sends whatever bytes a test wants, over HTTP or HTTPS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Respond = Callable[[str], Iterable[bytes]]
"""Path -> what is sent for it, piece by piece, possibly without end; the connection is closed after it."""


@dataclass
class RawServer:
    """A running server."""

    url: str
    paths: list[str] = field(default_factory=list)
    """The path of each request, in order."""
    sent: Counter[str] = field(default_factory=Counter)
    """Path -> bytes that the other side, or a socket's buffer, has accepted."""


@contextmanager
def raw_server(respond: Respond, *, certificate: Path | None = None) -> Iterator[RawServer]:
    """Answer each request with *respond*; with *certificate*, a PEM file, over HTTPS."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    server = RawServer(f"{'https' if certificate else 'http'}://127.0.0.1:{listener.getsockname()[1]}")
    context = _load(certificate) if certificate else None

    def serve(connection: socket.socket) -> None:
        # A client that closes the connection, or gives up on its handshake, ends the thread.
        with contextlib.suppress(OSError), connection:
            wrapped = context.wrap_socket(connection, server_side=True) if context else connection
            with wrapped:
                request = b""
                while b"\r\n\r\n" not in request:
                    if not (data := wrapped.recv(65536)):
                        return
                    request += data
                path = request.split(b" ", 2)[1].decode()
                server.paths.append(path)
                for piece in respond(path):
                    wrapped.sendall(piece)
                    server.sent[path] += len(piece)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(60)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        # Closing alone does not wake a thread that accepts.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _load(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def write_certificate(path: Path) -> Path:
    """Write a self-signed certificate for loopback with its key to *path*, and return that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path
