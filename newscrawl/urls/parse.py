"""Split URLs as browsers do (WHATWG URL Standard, as far as http needs it), and reduce their hosts. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

import idna
from tldextract import TLDExtract

from newscrawl.text.secrets import mask_page_urls

MAX_LENGTH: Final = 2048
"""Characters; longer URLs are rejected, before and after escaping."""

_IGNORED = "".join(map(chr, range(33)))
_BREAKS = re.compile(r"[\t\r\n]")
_DOT = re.compile("%2e", re.I)
_TAIL = re.compile(r"[?#]")
_ANY_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_SCHEME = re.compile(r"(https?):[/\\]*", re.I)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?)*")
_HOST_PREFIX = re.compile(r"(?:www\d?|ww\d|m|mobile|mobil|amp)\.(?=.)")
_AMP_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_AMP_VIEWERS = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}")
_CACHED = re.compile(r"/(?:c|v|wp)/(s/)?([^/]+\..+)", re.S)
_VIEWED = re.compile(r"/amp/(s/)?([^/]+\..+)", re.S)
_NO_PARTS = SplitResult("", "", "", "", "")


def split_any(url: str) -> SplitResult:
    """Split any string as `urllib.parse.urlsplit` does, relative URLs included; it never raises, nor does the result.

    All parts are empty for a string that no browser could follow: `http://[`, `https://example.org:99999/`. For URLs
    as pages write them; `split` is for those that are fetched.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return _NO_PARTS
    return parts


def get_url_host(url: str) -> str:
    """Return the host in *url*, in lower case; "" for a relative URL, and for one that no browser could follow."""
    return split_any(url).hostname or ""


class Parts(NamedTuple):
    """A URL without userinfo and fragment."""

    scheme: str
    """`http` or `https`."""
    host: str
    """Lower-case, punycode; IP addresses in canonical form."""
    port: str
    """":8080", or "" for 80 and 443."""
    path: str
    """As written; may be ""."""
    query: str
    """As written, without the question mark."""
    is_copy: bool = False
    """Whether the URL names a copy in an AMP cache; the parts are those of the publisher's own page."""


def split(url: str) -> Parts:
    """Split *url*. Raises ValueError, with a message for users, for anything that no HTTP client could request.

    A copy in an AMP cache (https://developers.google.com/amp/cache/overview) counts as the publisher's own page.
    """
    if len(url) > MAX_LENGTH:
        raise ValueError(f"{short(url)} is longer than {MAX_LENGTH} characters")
    clean = url if url.isprintable() and " " not in url and "\\" not in url else _tidy(url)
    if not clean.startswith(("https://", "http://")):
        clean = _tidy(url)
    head, _, query = clean.partition("#")[0].partition("?")
    scheme, _, rest = head.partition("://")
    authority, slash, path = rest.partition("/")
    if scheme not in ("http", "https") or not authority:
        raise ValueError(f"{short(url)} is not an http or https URL with a host")
    host, port = _authority(authority)
    if host.endswith(_AMP_CACHES) or (path.startswith("amp/") and _AMP_VIEWERS.fullmatch(host)):
        original = _original(host, slash + path)
        if original is not None:
            return split(f"{original}?{query}" if query else original)._replace(is_copy=True)
    return Parts(scheme, host, port, slash + path, query)


def _original(host: str, path: str) -> str | None:
    """Return the URL, without query, of the page whose copy an AMP cache or viewer serves at *path*."""
    pattern = _CACHED if host.endswith(_AMP_CACHES) else _VIEWED
    match = pattern.fullmatch(path)
    return f"http{'s' if match[1] else ''}://{match[2]}" if match else None


def _tidy(url: str) -> str:
    """Remove what browsers ignore, and turn backslashes into slashes as they do."""
    url = _BREAKS.sub("", url.strip(_IGNORED))
    end = min(at for at in (url.find("?"), url.find("#"), len(url)) if at >= 0)
    return _SCHEME.sub(lambda match: f"{match[1].lower()}://", url[:end].replace("\\", "/"), count=1) + url[end:]


def join(base: str, href: str) -> str:
    """Return the URL that a browser goes to for *href* on the page *base*, an http(s) URL.

    After the WHATWG URL Standard, section 4.4: backslashes are slashes, any number of slashes may precede a host, tabs
    and line breaks are ignored, and empty segments stay. `split` and `fetchable` check the result.
    """
    href = _BREAKS.sub("", href.strip(_IGNORED))
    head, tail = _cut_tail(href)
    scheme, _, rest = base.partition("://")
    path = head.replace("\\", "/")
    if match := _ANY_SCHEME.match(head):
        if match[1].lower() not in ("http", "https"):
            return href
        path = path[match.end() :]
        if match[1].lower() != scheme.lower():
            scheme, path = match[1].lower(), f"//{path}"
    if path.startswith("//"):
        authority, slash, path = path.lstrip("/").partition("/")
        path = slash + path
    else:
        base_path, base_tail = _cut_tail(rest)
        authority, _, base_path = base_path.partition("/")
        if not path:
            path, tail = f"/{base_path}", tail if tail.startswith("?") else base_tail.partition("#")[0] + tail
        elif not path.startswith("/"):
            path = f"/{base_path}".rpartition("/")[0] + f"/{path}"
    return f"{scheme}://{authority}{_remove_dots(path)}{tail}"


def _cut_tail(url: str) -> tuple[str, str]:
    """Return *url* up to its query or fragment, and from there on."""
    match = _TAIL.search(url)
    return (url[: match.start()], url[match.start() :]) if match else (url, "")


def _remove_dots(path: str) -> str:
    """Return *path* without the segments `.` and `..`, also where their dots are escaped."""
    if "/." not in path and "%2" not in path:
        return path
    segments: list[str] = []
    names = path.split("/")[1:]
    for name in names:
        dots = _DOT.sub(".", name)
        if dots == "..":
            del segments[-1:]
        elif dots != ".":
            segments.append(name)
    if dots in (".", ".."):
        segments.append("")
    return "/" + "/".join(segments)


def get_endpoint(url: str) -> tuple[str, str]:
    """Return the canonical host that a request for *url* connects to, and its port (":8080", "" for 80 and 443).

    Unlike `split`, it does not look through AMP caches. Raises ValueError where there is no valid host.
    """
    authority = _tidy(url).partition("#")[0].partition("?")[0].partition("://")[2].partition("/")[0]
    return _authority(authority)


@lru_cache(maxsize=4_096)
def _authority(authority: str) -> tuple[str, str]:
    """Return the canonical host and the port (":8080", or "" for a default one); userinfo is dropped."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,6}))?", authority.rpartition("@")[2])
    if match is None or int(match[2] or 0) > 65_535:
        raise ValueError(f"{short(authority)} is not a host with an optional port")
    port = int(match[2] or 80)
    return _canonical_host(match[1]), "" if port in (80, 443) else f":{port}"


def _canonical_host(raw: str) -> str:
    if raw.startswith("["):
        return f"[{IPv6Address(raw[1:-1].partition('%')[0]).compressed}]"
    host = unquote(raw).removesuffix(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError(f"{short(raw)} is not a valid host name: {error}") from None
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError(f"{short(raw)} is not a valid host name")
    return _ipv4(host) if re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]) else host


def _ipv4(host: str) -> str:
    """Return an IPv4 address in any form resolvers accept (`0x7f.1`, `2130706433`, `0177.0.0.1`) as four numbers."""
    try:
        numbers = [_ipv4_number(part) for part in host.split(".")]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 4 or max(numbers[:-1], default=0) > 255 or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise ValueError(f"{short(host)} is not a valid IPv4 address")
    value = numbers.pop() + sum(number << 8 * (3 - place) for place, number in enumerate(numbers))
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _ipv4_number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@lru_cache(maxsize=4_096)
def registrable(host: str) -> str:
    """Return the registrable domain of a canonical host, "" where there is none."""
    return _suffixes().extract_str(host).top_domain_under_public_suffix


@lru_cache(maxsize=4_096)
def bare_host(host: str) -> str:
    """Return *host* without `www.`, `m.`, `mobile.`, `mobil.` and `amp.`, as long as a registrable domain remains."""
    if host[-1].isdigit() or host == "www.localhost":
        return host.removeprefix("www.")
    while match := _HOST_PREFIX.match(host):
        rest = host[match.end() :]
        known = _suffixes().extract_str(host).suffix
        if not (registrable(rest) if known else "." in rest):
            break
        host = rest
    return host


def short(text: str) -> str:
    """Return *text* quoted for a message, without user name and password, cut to 80 characters."""
    text = mask_page_urls(text[:MAX_LENGTH]) if "@" in text else text
    return repr(text if len(text) <= 80 else text[:77] + "...")
