"""Undo the transfer and content codings of a saved response, within bounds. Pure.

Many archives hold decoded bodies with the headers of the encoded ones. So a body that is plain markup is taken as it
is, whatever its headers say.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterable

import brotli

from newscrawl.archives.model import DAMAGED, MAX_BODY, TOO_LARGE, UnreadablePage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_CODINGS = 5
"""Content codings that are undone one after the other."""
_BLOCK = 64 * 1024
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]")


def join_chunks(body: bytes) -> tuple[bytes, bool]:
    """Return *body* without its chunk framing, and whether the last chunk is there.

    A body that does not begin with a chunk is returned as it is. Raises UnreadablePage for a broken chunk.
    """
    if not _CHUNK.match(body):
        return body, True
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        size_line = _CHUNK.match(body, at)
        if size_line is None:
            raise UnreadablePage(DAMAGED, f"chunk {len(parts) + 1} of the body has no size")
        size, start = int(size_line[1], 16), size_line.end()
        if size == 0:
            return b"".join(parts), True
        parts.append(body[start : start + size])
        at = start + size
        if at < len(body):
            end = _LINE_END.match(body, at)
            if end is None:
                raise UnreadablePage(DAMAGED, f"chunk {len(parts)} of the body is longer than its size")
            at = end.end()
    return b"".join(parts), False


def decompress(body: bytes, codings: Iterable[str]) -> tuple[bytes, bool]:
    """Return *body* without the content *codings* (in the order of the header), and whether each stream has its end.

    Unknown codings are ignored. Raises UnreadablePage: `too_large` beyond MAX_BODY, `damaged` if a stream is.
    """
    known = [coding for coding in codings if coding in _DECODERS]
    if len(known) > MAX_CODINGS:
        raise UnreadablePage(DAMAGED, f"the body has {len(known)} content codings")
    is_whole = True
    for coding in reversed(known):
        if not body:
            break
        try:
            decoded, has_end = _DECODERS[coding](body)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            if _MARKUP.match(body):
                continue
            raise UnreadablePage(DAMAGED, f"the body cannot be decompressed ({coding}): {error}") from error
        body, is_whole = decoded, is_whole and has_end
    return body, is_whole


def _gunzip(body: bytes) -> tuple[bytes, bool]:
    return _decode_frames(body, lambda: zlib.decompressobj(wbits=31), b"\x1f\x8b")


def _unzstd(body: bytes) -> tuple[bytes, bool]:
    return _decode_frames(body, zstd.ZstdDecompressor, b"\x28\xb5\x2f\xfd")


def _decode_frames(
    body: bytes, start: Callable[[], zlib._Decompress | zstd.ZstdDecompressor], magic: bytes
) -> tuple[bytes, bool]:
    """Return the content of all gzip members or zstd frames; what follows them is ignored."""
    parts, size = [], 0
    while True:
        stream = start()
        parts.append(stream.decompress(body, MAX_BODY + 1 - size))
        size += len(parts[-1])
        _check_size(size)
        body = stream.unused_data
        if not stream.eof or not body.startswith(magic):
            return b"".join(parts), stream.eof


def _inflate(body: bytes) -> tuple[bytes, bool]:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(body, MAX_BODY + 1)
    except zlib.error:
        stream = zlib.decompressobj(wbits=-15)  # as some servers send it
        data = stream.decompress(body, MAX_BODY + 1)
    _check_size(len(data))
    return data, stream.eof


def _unbrotli(body: bytes) -> tuple[bytes, bool]:
    stream, parts, size = brotli.Decompressor(), [], 0
    part = stream.process(body, output_buffer_limit=_BLOCK)
    while part:
        parts.append(part)
        size += len(part)
        _check_size(size)
        part = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=_BLOCK)
    return b"".join(parts), stream.is_finished()


def _check_size(size: int) -> None:
    if size > MAX_BODY:
        raise UnreadablePage(TOO_LARGE, f"the body is larger than {MAX_BODY // 1024**2} MiB")


_DECODERS: dict[str, Callable[[bytes], tuple[bytes, bool]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
