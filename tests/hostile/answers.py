"""Hostile HTTP: status lines, headers, lengths, chunks, codings, slowness, statuses and redirects. Pure."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import brotli
from scrapy.utils._compression import zstd

from tests.hostile.model import Case, Live, answer, make_texts, message
from tests.hostile.pages import STORED, article

AREA = "HTTP"
BAD_RESPONSE, TRUNCATED, TOO_LARGE = "error: bad_response", "error: truncated", "error: too_large"
HEADERS_TOO_LARGE, TIMEOUT, LOST = "error: headers_too_large", "error: timeout", "error: connection_lost"
compress = partial(gzip.compress, mtime=0)
MEBIBYTE = bytes(2**20)
BOMB_SIZE = 60
"""MiB that a bomb decompresses to."""
DRIP = 0.2
"""Seconds between two pieces of a slow answer."""


def body(name: str) -> bytes:
    return article(name).encode()


def case(name: str, outcome: str, make: Callable[[bytes], bytes], **options: object) -> Case:
    """Return a case that sends what *make* makes of an article."""
    texts = make_texts(name, outcome)
    return Case(AREA, name, outcome, lambda: [make(body(name))], texts=texts, **options)


def raw_case(name: str, outcome: str, raw: bytes, **options: object) -> Case:
    return answer(AREA, name, outcome, raw, **options)


def status_lines() -> Iterator[Case]:
    def starting(line: bytes) -> Callable[[bytes], bytes]:
        return lambda text: line + message(text).partition(b"\r\n")[1] + message(text).partition(b"\r\n")[2]

    for name, line in {
        "no reason phrase": b"HTTP/1.1 200",
        "HTTP/1.0": b"HTTP/1.0 200 OK",
        "HTTP/9.9": b"HTTP/9.9 200 OK",
        "long reason phrase": b"HTTP/1.1 200 " + b"a" * 5_000,
        "reason phrase in UTF-8": "HTTP/1.1 200 Ö".encode(),
    }.items():
        yield case(name, STORED, starting(line))
    for name, line in {
        "ICY": b"ICY 200 OK",
        "status with letters": b"HTTP/1.1 2OO OK",
        "negative status": b"HTTP/1.1 -200 OK",
        "no status": b"HTTP/1.1",
        "no status line": b"",
        "status 0": b"HTTP/1.1 0 X",
        "SSH": b"SSH-2.0-OpenSSH_9.0",
        "TLS alert": b"\x15\x03\x01\x00\x02\x02\x0a",
        "status of 5,000 digits": b"HTTP/1.1 " + b"2" * 5_000 + b" OK",
        "Arabic status": "HTTP/1.1 ٢٠٠ OK".encode(),
        "markup": b"<html><body>",
        "NULs": bytes(50),
    }.items():
        yield case(f"status line: {name}", BAD_RESPONSE, starting(line))
    yield raw_case("nothing at all", LOST, b"")
    yield raw_case("half a status line", f"{LOST} | {BAD_RESPONSE}", b"HTTP/1.1 20")
    yield raw_case("half a header", f"{LOST} | {BAD_RESPONSE}", b"HTTP/1.1 200 OK\r\nContent-Ty")
    yield case("line feeds only", STORED, lambda text: message(text).replace(b"\r\n", b"\n"))
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    yield case("100 before the answer", STORED, lambda text: b"HTTP/1.1 100 Continue\r\n\r\n" + message(text))
    yield case("three 103 before the answer", STORED, lambda text: hint * 3 + message(text))
    yield case("twenty 103 before the answer", HEADERS_TOO_LARGE, lambda text: hint * 20 + message(text))
    yield case("101 in place of the answer", f"{LOST} | {TIMEOUT}", lambda text: b"HTTP/1.1 101 Switching\r\n\r\n")


def lengths() -> Iterator[Case]:
    for name, value in {
        "negative": b"-5",
        "a word": b"x",
        "empty": b" ",
        "with a sign": b"+900",
        "Arabic": "٩".encode(),
    }.items():
        yield case(
            f"length that is {name}", f"{BAD_RESPONSE} | {STORED}", lambda text, v=value: message(text, length=v)
        )
    for name, value in {"2^63": b"9223372036854775808", "5,000 digits": b"9" * 5_000}.items():
        yield case(f"length of {name}", f"{TOO_LARGE} | {BAD_RESPONSE}", lambda text, v=value: message(text, length=v))
    yield case(
        "the length twice", f"{STORED} | {BAD_RESPONSE}", lambda text: message(text, b"Content-Length: %d" % len(text))
    )
    yield case("two lengths", f"{BAD_RESPONSE} | {TRUNCATED}", lambda text: message(text[:-20], b"Content-Length: 5"))
    yield case("length too great, whole page", STORED, lambda text: message(text, length=b"99999"))
    yield case("length too great, half a page", TRUNCATED, lambda text: message(text[:-300], length=b"99999"))
    yield case("length too small", "not_article: empty", lambda text: message(text, length=b"20"))
    yield case("length 0", "not_article: empty", lambda text: message(text, length=b"0"))
    yield case("no length", STORED, lambda text: message(text, length=b""))
    yield case("no length and no end tags", STORED, lambda text: message(text[:-28], length=b""))


def chunks() -> Iterator[Case]:
    chunked = b"Transfer-Encoding: chunked"

    def send(
        start: bytes = b"", end: bytes = b"0\r\n\r\n", *, cut: int = 0, header: bytes = chunked
    ) -> Callable[[bytes], bytes]:
        def make(text: bytes) -> bytes:
            part = text[: len(text) - cut]
            return message(b"", header, length=b"") + start + b"%x\r\n%s\r\n" % (len(part), part) + end

        return make

    yield case("chunks", STORED, send())
    yield case("chunk with extensions", STORED, send(b"3;a=b\r\n   \r\n"))
    yield case("trailers", STORED, send(end=b"0\r\nExpires: 0\r\nX: y\r\n\r\n"))
    yield case("no last chunk, whole page", STORED, send(end=b""))
    yield case("no last chunk, half a page", TRUNCATED, send(end=b"", cut=300))
    for name, start in {
        "a word as its size": b"zz\r\n",
        "a negative size": b"-5\r\n",
        "2^63 bytes": b"7fffffffffffffff\r\n",
        "a hex prefix": b"0x5\r\n",
        "a size of 5,000 digits": b"f" * 5_000 + b"\r\n",
        "more than its size": b"2\r\nabcdef\r\n",
        "no size": b"\r\n",
    }.items():
        yield case(f"chunk of {name}", f"{TRUNCATED} | {BAD_RESPONSE} | {TOO_LARGE}", send(start, cut=300))
    yield case(
        "chunks and a length",
        f"{STORED} | {BAD_RESPONSE}",
        send(header=b"Transfer-Encoding: chunked\r\nContent-Length: 5"),
    )
    for coding in (b"identity", b"gzip", b"chunked, chunked", b"bogus"):
        yield case(
            f"transfer coding {coding.decode()}",
            f"{STORED} | {BAD_RESPONSE}",
            lambda text, c=coding: message(text, b"Transfer-Encoding: " + c, length=b""),
        )


def codings() -> Iterator[Case]:
    def coded(coding: bytes, encode: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        return lambda text: message(encode(text), b"Content-Encoding: " + coding)

    def raw_deflate(text: bytes) -> bytes:
        stream = zlib.compressobj(wbits=-15)
        return stream.compress(text) + stream.flush()

    yield case("gzip", STORED, coded(b"gzip", compress))
    yield case("x-gzip in capitals", STORED, coded(b"X-GZIP", compress))
    yield case("brotli", STORED, coded(b"br", brotli.compress))
    yield case("zstandard", STORED, coded(b"zstd", zstd.compress))
    yield case("deflate", STORED, coded(b"deflate", zlib.compress))
    yield case("raw deflate", STORED, coded(b"deflate", raw_deflate))
    yield case("gzip in brotli", STORED, coded(b"gzip, br", lambda text: brotli.compress(compress(text))))
    yield case(
        "gzip with garbage after it",
        f"{STORED} | {TRUNCATED}",
        coded(b"gzip", lambda text: compress(text) + b"garbage" * 9),
    )
    yield case("gzip in two members", STORED, coded(b"gzip", lambda text: compress(text[:500]) + compress(text[500:])))
    yield case("gzip without check sum", f"{STORED} | {TRUNCATED}", coded(b"gzip", lambda text: compress(text)[:-8]))
    yield case(
        "gzip with a wrong check sum",
        f"{STORED} | {TRUNCATED}",
        coded(b"gzip", lambda text: compress(text)[:-8] + bytes(8)),
    )
    for coding, encode in {
        b"gzip": compress,
        b"br": brotli.compress,
        b"zstd": zstd.compress,
        b"deflate": zlib.compress,
    }.items():
        name = coding.decode()
        yield case(f"{name} that is plain markup", STORED, coded(coding, bytes))
        yield case(f"half a {name} stream", TRUNCATED, coded(coding, lambda text, e=encode: e(text)[:300]))
        yield case(
            f"{name} that is garbage",
            f"{TRUNCATED} | not_article: binary",
            coded(coding, lambda text: b"\xff\xfe\xfd" * 500),
        )
    yield case("unknown coding", STORED, coded(b"bogus", bytes))
    yield case("six codings", f"{TRUNCATED} | not_article: binary", coded(b", ".join([b"gzip"] * 6), compress))
    for coding, bomb in bombs().items():
        yield Case(AREA, f"bomb of {coding}", TOO_LARGE, partial(send_bomb, coding, bomb))


def send_bomb(coding: str, make: Callable[[], bytes]) -> Iterable[bytes]:
    return [message(make(), b"Content-Encoding: " + coding.encode())]


def bombs() -> dict[str, Callable[[], bytes]]:
    """Return coding -> function that makes some KB that decompress to BOMB_SIZE MiB."""

    def pack(stream: object, size: int = BOMB_SIZE) -> bytes:
        parts = [stream.compress(MEBIBYTE) for _ in range(size)]
        return b"".join(parts) + stream.flush()

    def pack_brotli() -> bytes:
        stream = brotli.Compressor(quality=1)
        return b"".join(stream.process(MEBIBYTE) for _ in range(BOMB_SIZE)) + stream.finish()

    return {
        "gzip": lambda: pack(zlib.compressobj(9, wbits=31)),
        "deflate": lambda: pack(zlib.compressobj(9)),
        "br": pack_brotli,
        "zstd": lambda: zstd.compress(bytes(BOMB_SIZE * 2**20)),
        "gzip, gzip": lambda: compress(pack(zlib.compressobj(9, wbits=31))),
        "zstd, br": lambda: brotli.compress(zstd.compress(bytes(BOMB_SIZE * 2**20))),
    }


def headers() -> Iterator[Case]:
    for name, header in {
        "without a colon": b"nothing",
        "with NUL": b"X: a\0b",
        "in Latin-1": b"X-City: K\xf6ln",
        "without a name": b": x",
        "with a space in its name": b"X Y: z",
        "of 50 KB": b"X: " + b"a" * 50_000,
        "with escape codes": b"X: \x1b[31m",
        "that is folded": b"X: a\r\n b\r\n\tc",
        "with a cookie of 50 KB": b"Set-Cookie: a=" + b"b" * 50_000,
        "with a bad ETag": b'ETag: \xff\xfe"',
        "with a bad date": b"Last-Modified: yesterday",
        "Refresh": b"Refresh: 0; url=http://[",
        "with a canonical link that is none": b"Link: <http://[>; rel=canonical",
        "with a date of a long offset": b"Last-Modified: Fri, 20 Nov 2026 08:00:00 +" + b"9" * 18,
        "with a cookie of a bad domain": b"Set-Cookie: a=b; Domain=[; Path=http://[; Expires=0; Max-Age=x",
        "with a bad location": b"Content-Location: http://[\r\nLocation: http://[",
        "with a bad age": b"Age: -1\r\nCache-Control: max-age=x",
    }.items():
        yield case(f"header {name}", f"{STORED} | {BAD_RESPONSE}", lambda text, h=header: message(text, h))
    yield case("header of 300 KiB", HEADERS_TOO_LARGE, lambda text: message(text, b"X: " + b"a" * 300_000))
    yield case("3,000 headers", HEADERS_TOO_LARGE, lambda text: message(text, *[b"X: a"] * 3_000))
    for name, kind in {
        "none": b"",
        "garbage": b"\xff\xfe;;==",
        "upper case": b"TEXT/HTML",
        "a wildcard": b"*/*",
        "two": b"text/html, text/plain",
        "5,000 letters": b"text/html; charset=" + b"a" * 5_000,
        "a codec that is no charset": b"text/html; charset=hex",
        "XML": b"application/xhtml+xml",
        "plain text": b"text/plain",
    }.items():
        yield case(
            f"content type: {name}",
            f"{STORED} | not_article: not_html",
            lambda text, k=kind: message(text, b"Content-Type: " + k),
        )
    for name, kind in {"a PDF": b"application/pdf", "an image": b"image/png", "JSON": b"application/json"}.items():
        yield case(
            f"content type of {name}",
            "not_article: not_html",
            lambda text, k=kind: message(b"%PDF-1.7", b"Content-Type: " + k),
        )


def repeat(first: bytes, rest: bytes) -> Iterator[bytes]:
    """Yield *first*, then *rest* for ever."""
    yield first
    yield from itertools.repeat(rest)


def drip(first: bytes, rest: bytes) -> Iterator[bytes]:
    """Yield *first*, then *rest* again and again, slowly."""
    yield first
    for _ in range(100):
        time.sleep(DRIP)
        yield rest


def fall_silent(first: bytes = b"", seconds: float = 20.0) -> Iterator[bytes]:
    """Yield *first* and keep the connection open."""
    yield first
    time.sleep(seconds)


def slow_answers() -> Iterator[Case]:
    """Yield answers that never end, fast or slowly."""
    start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    endless = {
        "headers": (HEADERS_TOO_LARGE, start, b"X: " + b"a" * 4_000 + b"\r\n"),
        "header": (HEADERS_TOO_LARGE, start + b"X: ", b"a" * 65_536),
        "body": (TOO_LARGE, start + b"\r\n<html>", b"<p>more and more</p>" * 5_000),
        "chunks": (TOO_LARGE, start + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"a" * 4_096 + b"\r\n"),
        "chunks of one byte": (
            f"{TRUNCATED} | {TOO_LARGE}",
            start + b"Transfer-Encoding: chunked\r\n\r\n",
            b"1\r\na\r\n" * 5_000,
        ),
        "interim responses": (HEADERS_TOO_LARGE, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100),
    }
    for name, (outcome, first, rest) in endless.items():
        yield Case(AREA, f"endless {name}", outcome, Live(partial(repeat, first, rest)))
    slow = {
        "status line": (b"", b"H"),
        "headers": (start, b"X: y\r\n"),
        "body": (start + b"\r\n<html>", b"<p>more</p>"),
        "chunks": (start + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    }
    for name, (first, rest) in slow.items():
        send = Live(partial(drip, first, rest))
        outcome = f"{TIMEOUT} | {BAD_RESPONSE}" if name == "status line" else TIMEOUT
        yield Case(AREA, f"slow {name}", outcome, send, has_own_host=True)
    for name, first in {"answer": b"", "headers": start, "body": start + b"Content-Length: 9999\r\n\r\n<html>"}.items():
        send = Live(partial(fall_silent, first))
        yield Case(AREA, f"silence in place of the {name}", TIMEOUT, send, has_own_host=True)


def statuses() -> Iterator[Case]:
    kinds = {
        "gone": (404, 410),
        "blocked": (401, 402, 403, 407, 451),
        "error": (
            201, 202, 203, 204, 205, 206, 226, 300, 400, 405, 406, 408, 409, 418, 421,
            422, 425, 500, 501, 502, 503, 504, 505, 511, 520, 599, 999,
        ),
    }  # fmt: skip
    for outcome, codes in kinds.items():
        for code in codes:
            expected = f"{outcome}: http_{code}"
            if code in (408, 500, 502, 503, 504, 522, 524):
                expected += f" | error: http_{code}"
            yield case(f"status {code}", expected, lambda text, c=code: message(text, status=b"%d X" % c))
    yield case(
        "status 304 without a condition",
        "error: http_304 | unchanged: not_modified",
        lambda text: message(b"", status=b"304 X"),
    )
