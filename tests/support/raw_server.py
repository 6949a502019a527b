"""A loopback server that sends whatever bytes a test wants, over HTTP or HTTPS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Respond = Callable[[str], Iterable[bytes]]
"""Path -> what is sent for it, piece by piece, possibly without end; the connection is closed after it.

If it raises ConnectionResetError, the connection is reset. On a server for several hosts, the path begins with the
address: `127.9.0.1/path`.
"""
EVERY_HOST = "0.0.0.0"
"""Listens on all addresses of loopback."""


@dataclass
class RawServer:
    """A running server."""

    url: str
    paths: list[str] = field(default_factory=list)
    """The path of each request, in order."""
    times: list[float] = field(default_factory=list)
    """`time.monotonic()` of each request."""
    sent: Counter[str] = field(default_factory=Counter)
    """Path -> bytes that the other side, or a socket's buffer, has accepted."""


@contextmanager
def raw_server(respond: Respond, *, certificate: Path | None = None, address: str = "127.0.0.1") -> Iterator[RawServer]:
    """Answer each request with *respond*; with *certificate*, a PEM file, over HTTPS."""
    listener = socket.create_server((address, 0), backlog=512)
    server = RawServer(f"{'https' if certificate else 'http'}://127.0.0.1:{listener.getsockname()[1]}")
    context = _load(certificate) if certificate else None

    def serve(connection: socket.socket) -> None:
        # A client that closes the connection, or gives up on its handshake, ends the thread.
        with contextlib.suppress(OSError), connection:
            connection_host = connection.getsockname()[0]
            wrapped = context.wrap_socket(connection, server_side=True) if context else connection
            with wrapped:
                request = b""
                while b"\r\n\r\n" not in request:
                    if not (data := wrapped.recv(65536)):
                        return
                    request += data
                path = request.split(b" ", 2)[1].decode("latin-1")
                if address == EVERY_HOST:
                    path = connection_host + path
                server.times.append(time.monotonic())
                server.paths.append(path)
                try:
                    for piece in respond(path):
                        wrapped.sendall(piece)
                        server.sent[path] += len(piece)
                except ConnectionResetError:
                    # Closing a socket that does not linger resets the connection.
                    wrapped.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

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


@dataclass(frozen=True)
class Authority:
    """A certificate authority."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, path: Path) -> Authority:
        """Return a new authority, and write its certificate to *path*."""
        key, name = ec.generate_private_key(ec.SECP256R1()), make_name(path.stem)
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(certificate, key)


def make_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def write_certificate(
    path: Path,
    *,
    host: str | None = "127.0.0.1",
    starts: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=1),
    authority: Authority | None = None,
) -> Path:
    """Write a certificate for the address *host* with its key to *path*, and return that.

    It is self-signed without an *authority*, and names no host if that is None. *starts* and *ends* are from now.
    """
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = make_name("127.0.0.1")
    issuer, signer = (name, key) if authority is None else (authority.certificate.subject, authority.key)
    builder = (
        x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
    )
    if host is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(signer, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path
