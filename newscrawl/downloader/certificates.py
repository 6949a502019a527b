"""Certificates that cannot be trusted end the connection with their cause, in place of a traceback in the log."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

BAD_CERTIFICATE = "bad_certificate"
"""The reason of pages whose host has none that can be trusted."""
_CAUSES = {
    9: "not valid yet",
    10: "expired",
    18: "self-signed",
    19: "from an authority that is not trusted",
    20: "from an authority that is not known",
    21: "from an authority that is not known",
    23: "revoked",
}
"""Numbers of OpenSSL (X509_V_ERR_…) -> what the certificate is."""


class BadCertificate(Exception):
    """A certificate that is not trusted, or is that of another host."""


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    """Checks what the policy *other* checks, and says what is wrong; a policy that trusts everything stays as it is."""

    def __init__(self, other: Any) -> None:
        self._other = other

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        options = self._other.creatorForNetloc(hostname, port)
        return _Options(options) if type(options) is ClientTLSOptions else options


@implementer(IOpenSSLClientConnectionCreator)
class _Options:
    def __init__(self, other: ClientTLSOptions) -> None:
        self._other = other

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        connection = self._other.clientConnectionForTLS(protocol)
        host = self._other._hostnameASCII
        identity = DNS_ID(host) if self._other._hostnameIsDnsName else IPAddress_ID(host)

        def verify(_connection: SSL.Connection, certificate: X509, number: int, depth: int, ok: int) -> bool:
            # An error that leaves this function would be printed, and lost.
            try:
                cause = _CAUSES.get(number, f"not trusted (error {number} of OpenSSL)") if not ok else None
                if cause is None and depth == 0:
                    verify_service_identity(extract_patterns(certificate), [identity], [])
            except (VerificationError, CertificateError, ValueError):
                cause = "that of another host"
            if cause is not None:
                failure = Failure(BadCertificate(f"the certificate of {host} is {cause}"))  # type: ignore[no-untyped-call]
                protocol.failVerification(failure)  # type: ignore[no-untyped-call]
            return cause is None

        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection
