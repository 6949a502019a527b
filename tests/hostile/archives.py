"""Bad records, index lines and files of archives, each with the outcome that it must have."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import brotli
from scrapy.utils._compression import zstd

compress = partial(gzip.compress, mtime=0)
"""Without the time of the test, so that every process that collects the tests gives them the same names."""

PAGE = b"<!doctype html><html><body><p>" + b"The council has decided. " * 20 + b"</p></body></html>"
NO_END = PAGE.replace(b"</body></html>", b"")
LIMIT = 10 * 1024 * 1024
DATE = b"2026-11-20T08:00:00Z"


@dataclass(frozen=True)
class Bad:
    """A record that stands between good ones."""

    name: str
    record: bytes
    """Not compressed."""
    outcome: str | None
    """`read`, `http_404` or another status, the problem of the page, `no_url`; None if it is no page at all."""
    loses_framing: bool = False
    """Whether the next record can be found only where each is a gzip member."""

    @property
    def member(self) -> bytes:
        return compress(self.record, 1)


def make_record(name: str, block: bytes, *, drop: bytes = b"", **fields: bytes | None) -> bytes:
    """Return a response; *fields* replace those of its header (`warc_date=`), None leaves one out."""
    known = {
        b"WARC-Type": b"response",
        b"WARC-Target-URI": b"https://example.org/" + name.encode().replace(b" ", b"-"),
        b"WARC-Date": DATE,
        b"Content-Type": b"application/http; msgtype=response",
        b"Content-Length": b"%d" % len(block),
    }
    lower = {key.lower().replace(b"-", b"_").decode(): key for key in known}
    for field, value in fields.items():
        known[lower.get(field, field.replace("_", "-").encode())] = value
    lines = [b"WARC/1.0", *(key + b": " + value for key, value in known.items() if value is not None)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + block + b"\r\n\r\n"


def make_response(body: bytes = PAGE, *headers: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join([status, b"Content-Type: text/html", *headers]) + b"\r\n\r\n" + body


def make_good(number: int) -> bytes:
    return make_record(f"good-{number}", make_response())


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def make_bomb() -> bytes:
    """Return a gzip bomb in chunks: 100 MB of zeros."""
    stream = zlib.compressobj(9, wbits=31)
    return b"".join(stream.compress(bytes(1024 * 1024)) for _ in range(100)) + stream.flush()


def bodies() -> Iterator[tuple[str, bytes, tuple[bytes, ...], str]]:
    """Yield name, body, HTTP headers and outcome of responses whose framing and status are right."""
    chunked, zipped = b"Transfer-Encoding: chunked", compress(PAGE)
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    yield "brotli", brotli.compress(PAGE), (b"Content-Encoding: br",), "read"
    yield "zstandard", zstd.compress(PAGE), (b"Content-Encoding: zstd",), "read"
    yield "deflate", zlib.compress(PAGE), (b"Content-Encoding: deflate",), "read"
    yield "raw deflate", raw_deflate(PAGE), (b"Content-Encoding: deflate",), "read"
    yield "gzip twice", compress(zipped), (b"Content-Encoding: gzip, gzip",), "read"
    yield "gzip in two headers", compress(zipped), (b"Content-Encoding: gzip", b"content-encoding: GZIP"), "read"
    yield "gzip six times", zipped, (b"Content-Encoding: " + b",".join([b"gzip"] * 6),), "damaged"
    for coding in (b"br", b"gzip", b"deflate", b"zstd"):
        headers = (b"Content-Encoding: " + coding,)
        yield f"{coding.decode()} that was decoded already", PAGE, headers, "read"
        yield f"{coding.decode()} that is none", b"\xff\xfe\xfd" * 500, headers, "damaged"
    yield "unknown coding", PAGE, (b"Content-Encoding: utf-8",), "read"
    yield "padding after gzip", zipped + b"\0" * 40, (b"Content-Encoding: gzip",), "read"
    yield "gzip without its check sum", zipped[:-8], (b"Content-Encoding: gzip",), "read"
    yield "half a gzip stream", compress(NO_END)[:-9], (b"Content-Encoding: gzip",), "truncated"
    yield "half a brotli stream", brotli.compress(PAGE)[:-30], (b"Content-Encoding: br",), "truncated"
    yield "bad check sum in gzip", zipped[:-8] + bytes(8), (b"Content-Encoding: gzip",), "damaged"
    yield "gzip bomb", make_bomb(), (b"Content-Encoding: gzip",), "too_large"
    yield "brotli bomb", brotli.compress(bytes(LIMIT + 1), quality=1), (b"Content-Encoding: br",), "too_large"
    yield "zstandard bomb", zstd.compress(bytes(LIMIT + 1)), (b"Content-Encoding: zstd",), "too_large"
    yield "chunks", whole, (chunked,), "read"
    yield (
        "chunks of gzip",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(zipped), zipped),
        (chunked, b"Content-Encoding: gzip"),
        "read",
    )
    yield "chunks with trailers", whole[:-2] + b"Expires: 0\r\n\r\n", (chunked,), "read"
    yield "chunks that were joined already", PAGE, (chunked,), "read"
    yield "no last chunk after the end tag", whole[:-7], (chunked,), "read"
    yield "no last chunk", b"%x\r\n%s\r\n" % (len(NO_END), NO_END), (chunked,), "truncated"
    yield "chunk with a bad size", b"5\r\n<html\r\nzz\r\n>\r\n0\r\n\r\n", (chunked,), "damaged"
    yield "chunk longer than its size", b"5\r\n<html>\r\n0\r\n\r\n", (chunked,), "damaged"
    yield "chunk of 2^63 bytes", b"7fffffffffffffff\r\n" + NO_END, (chunked,), "truncated"
    yield "body shorter than declared", NO_END, (b"Content-Length: 99999",), "truncated"
    yield "body with end tag shorter than declared", PAGE, (b"Content-Length: 99999",), "read"
    yield "body longer than declared", PAGE, (b"Content-Length: 5",), "read"
    yield "negative Content-Length", PAGE, (b"Content-Length: -5",), "read"
    yield "10 MiB and a byte", bytes(LIMIT + 1), (), "too_large"
    yield "empty body", b"", (), "read"
    yield "headers of 200 KiB", PAGE, (b"X-Long: " + b"a" * 200_000,), "read"
    yield "headers of 300 KiB", PAGE, (b"X-Long: " + b"a" * 300_000,), "damaged"
    yield "3,000 headers", PAGE, (b"X: a",) * 3_000, "damaged"
    yield "headers that are Latin-1", PAGE, (b"X-City: K\xf6ln", b"no colon", b"\x00: \x1b[31m"), "read"


def blocks() -> Iterator[tuple[str, bytes, str]]:
    """Yield name, content and outcome of responses whose HTTP message is wrong."""
    for status in (b"2OO", b"\xd9\xa2\xd9\xa0\xd9\xa0", b"", b"-1", b"99", b"1000", b"0200", b"200OK", b"1e3"):
        yield f"status {status!r}", make_response(status=b"HTTP/1.1 " + status), "damaged"
    for line in (b"HTTP/1.1 200", b"HTTP/2 200 ", b"HTTP/1.0  200 " + b"a" * 5_000):
        yield f"status line {line[:20]!r}", make_response(status=line), "read"
    for code in (304, 404, 500, 999):
        yield f"status {code}", make_response(status=b"HTTP/1.1 %d X" % code), f"http_{code}"
    gone = make_response(b"\xff\xff\xff", b"Content-Encoding: gzip", status=b"HTTP/1.1 404 Not Found")
    yield "status 404 with a damaged body", gone, "http_404"
    yield "page without headers", PAGE, "damaged"
    yield "no HTTP", b"220 ftp.example.org ready\r\n", "damaged"
    yield "binary block", bytes(range(256)) * 20, "damaged"
    yield "headers without end", b"HTTP/1.1 200 OK\r\nContent-Type: text/html", "damaged"
    yield "nothing", b"", "damaged"
    yield "line feeds only", b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + PAGE, "read"


def warc_records() -> Iterator[Bad]:
    """Yield bad records; the files made of them hold good ones before and after each."""
    for name, body, headers, outcome in bodies():
        yield Bad(name, make_record(name, make_response(body, *headers)), outcome)
    for name, block, outcome in blocks():
        yield Bad(name, make_record(name, block), outcome)
    for date in (b"20261120080000", b"2026-11", b"2026", b"2026-11-20T08:00:00.123456789Z", b"2026-11-20 08:00:00"):
        yield Bad(f"date {date!r}", make_record(f"date {date.decode()}", make_response(), warc_date=date), "read")
    for date in (b"99999999999999", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"", b"\x00", None):
        yield Bad(f"date {date!r}", make_record(f"no date {date!r}", make_response(), warc_date=date), "read")
    for date in (b"yesterday", b"2026-13-45T00:00:00Z", b"10000-01-01T00:00:00Z", b"2026-11-20T08:00:00+99:99"):
        yield Bad(f"date {date!r}", make_record(f"no date {date!r}", make_response(), warc_date=date), "read")
    for url in (None, b"", b"no URL", b"htp://example.org/", b"https://", b"file:///etc/passwd", b"https://a\x00b/"):
        yield Bad(f"URL {url!r}", make_record("", make_response(), warc_target_uri=url), "no_url")
    for url in (b"https://[bad/", b"https://a:port/", b"https://a:99999/", "https://℀.org/".encode(), b"https://a..b/"):
        yield Bad(f"URL {url!r}", make_record("", make_response(), warc_target_uri=url), "no_url")
    yield Bad(
        "user info", make_record("", make_response(), warc_target_uri=b"https://u[s@example.org/user-info"), "read"
    )
    yield Bad("long URL", make_record("", make_response(), warc_target_uri=b"https://e.org/" + b"a" * 9_000), "no_url")
    yield Bad(
        "URL in brackets", make_record("", make_response(), warc_target_uri=b"<https://example.org/wget>"), "read"
    )
    yield Bad("look-up", make_record("", b"20261120\nexample.org 1", warc_target_uri=b"dns:example.org"), None)
    yield Bad("request", make_record("", b"GET / HTTP/1.1\r\n\r\n", warc_type=b"request"), None)
    yield Bad("no type", make_record("", make_response(), warc_type=None), None)
    for mark in ({"warc_truncated": b"length"}, {"warc_segment_number": b"1"}):
        name = next(iter(mark))
        yield Bad(name, make_record(name, make_response(NO_END), **mark), "truncated")
        yield Bad(f"{name} after the end tag", make_record(f"{name} whole", make_response(), **mark), "read")
    for length in (b"x", b"-1", b"1_0", b"+5", b"", b"9" * 5_000, b"\xd9\xa2", b"20", b"99999", None):
        name = f"length {str(length)[:9]}"
        yield Bad(name, make_record(name, make_response(), content_length=length), "damaged", loses_framing=True)
    yield Bad("no WARC", b"hello\r\n\r\n" * 20, "no_url", loses_framing=True)
    yield Bad("WARC/x", b"WARC/x\r\n\r\n" * 20, "no_url", loses_framing=True)
    yield Bad("long header line", b"WARC/1.0\r\nX: " + b"a" * 300_000, "no_url", loses_framing=True)
    yield Bad("many header lines", b"WARC/1.0\r\n" + b"X: a\r\n" * 60_000, "no_url", loses_framing=True)
    yield Bad("header without end", b"WARC/1.0\r\nWARC-Type: response", "no_url", loses_framing=True)
    yield Bad("empty lines", b"\r\n" * 5_000, None)


def index_lines() -> Iterator[tuple[str, bytes, str]]:
    """Yield name, line of a folder's index, and outcome. The page `ok` is there; the others are as their names say."""

    def line(**row: object) -> bytes:
        return json.dumps({"id": "ok", "url": "https://example.org/ok", **row}).encode()

    for name, text in {
        "no JSON": b"{",
        "list": b"[]",
        "null": b"null",
        "number of 5,000 digits": b"9" * 5_000,
        "deep": b"[" * 100_000,
        "deep object": b'{"a":' * 100_000,
        "no UTF-8": b'{"id": "\xff", "url": "https://example.org/"}',
        "binary": bytes(range(11, 256)),
        "too long": line(text="a" * 1_100_000),
    }.items():
        yield name, text, "no_url"
    for value in (None, 5, [], {}, True, "", "htp://example.org", "https://"):
        yield f"url {value!r}", line(url=value), "no_url"
    for url in ("https://[bad/", "https://a:port/", "https://℀.org/", "https://exa\ud800mple.org/"):
        yield f"malformed {url!r}", line(url=url), "no_url"
    yield "surrogate in the path", line(url="https://example.org/ok-\ud800"), "read"
    for value in (None, 1.5, [], {}, True, "", "none", "../ok", "/etc/passwd", "a/b", "\0", "ok\0", "\ud800", "\udcff"):
        yield f"id {value!r}", line(id=value), "damaged"
    for value in ("a" * 5_000, "\x1b[31m\u202e", "pipe", "folder", "device", "plain", "half"):
        yield f"id {value[:20]!r}", line(id=value), "damaged"
    yield "bomb", line(id="bomb"), "too_large"
    for date in (5, [], {}, True, "never", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\0", "\ud800"):
        yield f"date {date!r}", line(date_downloaded=date), "read"
    yield "NaN", line(score=float("nan")), "read"


def lost_files() -> Iterator[tuple[str, bytes, int, str]]:
    """Yield name, content, number of pages before the framing is lost, and words of the error."""
    good, member = make_good(1), compress(make_good(1))
    bad_length = make_record("a", make_response(), content_length=b"x")
    yield "plain with a bad length", good + bad_length + good, 1, "record 2: its Content-Length is 'x'"
    short = make_record("a", make_response(), content_length=b"9")
    yield "plain with a short length", good + short + good, 1, "record 2: it does not end where"
    long = make_record("a", make_response(), content_length=b"9" * 15)
    yield "plain with a huge length", good + long + good, 1, "ends in the middle of a record"
    yield "plain with a long header", good + b"WARC/1.0\r\nX: " + b"a" * 300_000, 1, "longer than 256 KiB"
    yield "plain with garbage", good + b"\x00" * 500 + good, 1, "expected a WARC record"
    yield "one member for all", compress(good + bad_length + good), 1, "Content-Length"
    yield (
        "two members of many",
        compress(good + bad_length + good) + compress(good + good),
        4,
        "Content-Length",
    )
    yield "garbage between members", member + b"garbage" * 99 + member, 2, f"begins at byte {len(member)}"
    yield "garbage after the last member", member + b"garbage" * 99_999, 1, f"begins at byte {len(member)}"
    flipped = bytearray(compress(make_record("flipped", make_response())))
    flipped[-6] ^= 255
    yield (
        "bad check sum",
        member + flipped + member,
        3,
        "is damaged: Error -3 while decompressing data: incorrect data check",
    )
    broken = compress(b"")[:10] + b"\xff" * 50
    yield "bad gzip data", member + broken + member, 3, f"the gzip member at byte {len(member)} is damaged"
    yield (
        "two damaged members",
        member + flipped + broken + member,
        3,
        f"the gzip member at byte {len(member)} is damaged",
    )
    yield "damaged last member", member + flipped, 2, "incorrect data check"
    yield "member without end", member + member[:-20], 1, "ends in the middle of a record"
    yield "no record", compress(b""), 0, "no WARC record"
    yield "empty", b"", 0, "no WARC record"
