"""HTTP/1.1 as Scrapy reads it, with bounds on what is no body: headers, interim responses, chunk framing."""

from __future__ import annotations

from collections.abc import Callable

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web._newclient import Request as TxRequest
from twisted.web.http import _ChunkedTransferDecoder, _MalformedChunkedDataError
from twisted.web.iweb import IResponse

MAX_HEADER_BYTES = 256 * 1024
"""Status lines and headers of a response together, those of interim (1xx) responses included."""
MAX_HEADER_LINES = 2_000
MAX_HEADER_LINE = 64 * 1024
MAX_INTERIM_RESPONSES = 10
MAX_FRAMING_BYTES = 256 * 1024
"""Chunk sizes, extensions and trailers of a body, beyond as many bytes as the body itself has."""


class HeadersTooLarge(Exception):
    """A response whose headers exceed a bound."""


class _BoundedDecoder(_ChunkedTransferDecoder):
    """Bounds the framing of a chunked body, and hands on what a read brings at once, however small its chunks."""

    def __init__(self, data_callback: Callable[[bytes], None], finish_callback: Callable[[bytes], None]) -> None:
        super().__init__(self._collect, self._finish)
        self._pass_on = data_callback
        self._end = finish_callback
        self._collected: list[bytes] = []
        self._received = 0
        self._decoded = 0

    def dataReceived(self, data: bytes) -> None:
        self._received += len(data)
        try:
            super().dataReceived(data)
        finally:
            self._flush()
        if self._received - self._decoded > MAX_FRAMING_BYTES + self._decoded:
            raise _MalformedChunkedDataError(f"the chunk framing exceeds {MAX_FRAMING_BYTES} bytes")

    def _collect(self, data: bytes) -> None:
        self._decoded += len(data)
        self._collected.append(data)

    def _flush(self) -> None:
        if self._collected:
            data, self._collected = b"".join(self._collected), []
            self._pass_on(data)

    def _finish(self, rest: bytes) -> None:
        self._flush()
        self._end(rest)


class _BoundedParser(_LenientHTTPClientParser):
    """Raises HeadersTooLarge, which the protocol turns into a failed request."""

    MAX_LENGTH = MAX_HEADER_LINE
    _transferDecoders = {b"chunked": _BoundedDecoder}  # type: ignore[dict-item]  # noqa: RUF012 -- as Twisted does
    header_bytes = 0
    header_lines = 0
    interim_responses = 0

    def lineReceived(self, line: bytes) -> None:
        self.header_lines += 1
        self.header_bytes += len(line) + len(self.delimiter)
        if self.header_bytes > MAX_HEADER_BYTES:
            raise HeadersTooLarge(f"the headers exceed {MAX_HEADER_BYTES} bytes")
        if self.header_lines > MAX_HEADER_LINES:
            raise HeadersTooLarge(f"the response has more than {MAX_HEADER_LINES} header lines")
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if not 100 <= self.response.code <= 999:
            raise ParseError("a status has three digits", status)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:
        raise HeadersTooLarge(f"a header line exceeds {MAX_HEADER_LINE} bytes")

    def allHeadersReceived(self) -> None:
        if 100 <= self.response.code < 200:
            self.interim_responses += 1
            if self.interim_responses > MAX_INTERIM_RESPONSES:
                raise HeadersTooLarge(f"more than {MAX_INTERIM_RESPONSES} interim responses")
        super().allHeadersReceived()  # type: ignore[no-untyped-call]


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection that ends at once where a response exceeds a bound or cannot be parsed."""

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        response = super().request(request)
        assert self._parser is not None
        # As Scrapy does; the parser has received nothing yet.
        self._parser.__class__ = _BoundedParser
        return response

    def dataReceived(self, data: bytes) -> None:
        """Parse *data*; abort the connection if it belongs to no request."""
        if self._parser is None:
            assert self.transport is not None
            self.transport.abortConnection()
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _giveUp(self, reason: Failure) -> None:
        if not isinstance(reason.value, ConnectionDone):
            assert self.transport is not None
            # Closing a TLS connection waits for the server to stop sending, which it may never do.
            self.transport.abortConnection()
        super()._giveUp(reason)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds BoundedProtocol."""

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
