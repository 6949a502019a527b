"""Find redirects that a page declares in HTML: by meta refresh, or by a script that does nothing else. Pure.

Source: HTML Living Standard, "The meta element", refresh state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from newscrawl.exceptions import NewscrawlError
from newscrawl.extraction.html.document import parse
from newscrawl.urls.normalize import fetchable, normalize
from newscrawl.urls.parse import join, split_any

MAX_DELAY: Final = 10.0
"""Seconds; a page that refreshes later is meant to be read, or reloads itself from time to time."""
MAX_NOTICE: Final = 400
"""Characters of text, without links, navigation, header and footer, that a page may show until it redirects."""
MAX_SCRIPT_PAGE: Final = 16 * 1024
"""Bytes of a page that redirects by script."""
MAX_HEAD: Final = 64 * 1024
"""Bytes of a page that are looked at."""
MAX_SCRIPT: Final = 4_000
"""Characters of a script that does nothing but redirect."""

_META = re.compile(rb"<meta\b[^>]{0,1000}?\brefresh\b[^>]{0,1000}", re.I)
_DELAY = re.compile(rb"content\s{0,9}=\s{0,9}[\"']?\s{0,9}(\d{1,9})", re.I)
_REFRESH = re.compile(
    r"\s*(?P<delay>\d*\.?\d*)[\d.]*(?:\s*[;,]\s*|\s+|(?=url\s*=))(?:url\s*=)?\s*(?!url\s*=)(?P<url>\S.*)",
    re.A | re.I | re.S,
)
_RELOAD = re.compile(r"\s*(?P<delay>\d+\.?\d*)[\s;,]*", re.A)
"""A refresh without URL loads the page itself again."""
_QUOTED = re.compile(r"""(["'])(.*?)(?:\1|\Z)""", re.S)

_CHROME = frozenset({
    "a", "button", "footer", "form", "head", "header", "nav", "noscript", "option", "script", "select", "style",
    "template", "textarea", "title",
})  # fmt: skip
_JAVASCRIPT = re.compile(r"(?:|module|(?:text|application)/(?:x-)?(?:java|ecma)script)\s*(?:;.*)?", re.I)
_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[\s;{}]))//[^\n]*|<!--[^\n]*|-->", re.S)
_STRING = r"""(?P<quote>["'`])(?P<url>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
_LOCATION = r"(?:(?:window|self|top|parent|document|this|globalThis)\s*\.\s*){0,3}location"
_ASSIGNMENT = re.compile(
    rf"(?<![\w.]){_LOCATION}(?:(?:\s*\.\s*href)?\s*=\s*|\s*\.\s*(?P<call>replace|assign)\s*\(\s*){_STRING}(?(call)\s*\))",
    re.S,
)
_OWN_QUERY = re.compile(rf"\s*\+\s*{_LOCATION}\s*\.\s*(?P<part>search|hash)\b")
"""Appended to the URL of an assignment: the page's own query or fragment."""
_GOES = re.compile(rf"(?<![\w.]){_LOCATION}(?:(?:\s*\.\s*href)?\s*=(?!=)|\s*\.\s*(?:replace|assign)\s*\()")
_RELOAD_CALL = re.compile(rf"{_LOCATION}\s*\.\s*reload\s*\(\s*(?:true|!0)?\s*\)")
_FUNCTION = r"(?:function\s*\w*\s*\(\s*\)|\(\s*\)\s*=>)\s*"
_WRAPPERS = tuple(
    re.compile(pattern, re.S)
    for pattern in (
        r"""["']use strict["'];?(?P<code>.*)""",
        rf"(?:window\.)?setTimeout\s*\(\s*{_FUNCTION}\{{(?P<code>.*)\}}\s*(?:,\s*(?P<delay>\d{{1,6}})\s*)?\)",
        rf"(?:window\.)?setTimeout\s*\(\s*{_FUNCTION}(?P<code>[^{{}}]*?)\s*(?:,\s*(?P<delay>\d{{1,6}})\s*)?\)",
        r"""(?:window\.)?setTimeout\s*\(\s*(?P<q>["'])(?P<code>.*)(?P=q)\s*(?:,\s*(?P<delay>\d{1,6})\s*)?\)""",
        rf"(?:window|document\.body)\.onload\s*=\s*{_FUNCTION}\{{(?P<code>.*)\}}",
        rf"(?:window|document)\.addEventListener\s*\(\s*[\"']\w+[\"']\s*,\s*{_FUNCTION}\{{(?P<code>.*)\}}\s*\)",
        rf"[(!+]?\s*{_FUNCTION}\{{(?P<code>.*)\}}\s*\)?\s*\(\s*\)\s*\)?",
        r"function\s+(?P<name>\w+)\s*\(\s*\)\s*\{(?P<code>.*)\}\s*;?\s*"
        r"(?:(?:window\.)?onload\s*=\s*(?P=name)|(?P=name)\s*\(\s*\)|"
        r"(?:window\.)?setTimeout\s*\(\s*[\"']?(?P=name)(?:\(\))?[\"']?\s*(?:,\s*(?P<delay>\d{1,6})\s*)?\))",
    )
)
_MAX_WRAPPERS = 4
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(.))", re.S)


def find_html_redirect(
    body: bytes, url: str, *, content_type: str | None = None, may_reload: bool = False
) -> str | None:
    """Return the URL that the HTML page *body* of *url* redirects to, or None.

    A refresh that comes after more than MAX_DELAY, or that leads to the page itself, is none; neither is a delayed one
    on a page with more text than MAX_NOTICE, nor one in a `noscript` unless a script of the page goes elsewhere, too.
    *may_reload*: a page without text may lead to itself, for example because it has set a cookie.
    """
    may_refresh = any(_may_be_soon(match[0]) for match in _META.finditer(body, 0, MAX_HEAD))
    may_script = len(body) <= MAX_SCRIPT_PAGE and b"location" in body
    if not may_refresh and not may_script:
        return None
    try:
        root = parse(body[:MAX_HEAD], content_type=content_type).root
    except NewscrawlError:
        return None
    text_length = _count_text(root)
    refreshes = list(_find_refreshes(root, text_length)) if may_refresh else []
    target = next(filter(None, refreshes), refreshes[0] if refreshes else None)
    if target is None and may_script and text_length <= MAX_NOTICE:
        target = _find_script_redirect(root, query=split_any(url).query)
        target = _find_refresh_without_script(root) if target is None else target
    if target is None:
        return None
    is_notice = text_length <= MAX_NOTICE
    return _resolve(root, url, target, is_notice=is_notice, may_reload=may_reload and is_notice)


def _may_be_soon(tag: bytes) -> bool:
    delay = _DELAY.search(tag)
    return delay is None or int(delay[1]) <= MAX_DELAY


def _resolve(root: etree._Element, url: str, target: str, *, is_notice: bool, may_reload: bool) -> str | None:
    if not target:
        return url if may_reload else None
    base = next((element.get("href") for element in root.iter("base") if element.get("href")), "")
    try:
        resolved = join(join(url, (base or "").strip()), target)
        is_same_page = normalize(resolved) == normalize(url)
        if fetchable(resolved) == fetchable(url):
            return url if may_reload else None
        if is_same_page and not is_notice:
            return None
    except ValueError:
        return None
    return resolved


def _find_refreshes(root: etree._Element, text_length: int, *, in_noscript: bool = False) -> Iterator[str]:
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        if in_noscript is not any(True for _ in meta.iterancestors("noscript")):
            continue
        if any(True for _ in meta.iterancestors("template")):
            continue
        content = meta.get("content") or ""
        match = _REFRESH.fullmatch(content) or _RELOAD.fullmatch(content)
        if match is None:
            continue
        delay = float(match["delay"].rstrip(".") or 0) if match["delay"] != "." else 0.0
        if delay > MAX_DELAY or (delay and text_length > MAX_NOTICE):
            continue
        target = (match.groupdict().get("url") or "").strip()
        quoted = _QUOTED.match(target)
        yield re.sub(r"[\t\r\n]", "", quoted[2] if quoted else target).strip()


def _count_text(root: etree._Element) -> int:
    """Return the characters of text outside of links and page chrome, white space not counted."""
    length, stack = 0, [root]
    while stack:
        element = stack.pop()
        if element.tag not in _CHROME:
            length += len("".join((element.text or "").split()))
            stack += [child for child in element if isinstance(child.tag, str)]
        if element is not root:
            length += len("".join((element.tail or "").split()))
    return length


def _find_script_redirect(root: etree._Element, query: str) -> str | None:
    """Return the URL that all of the page's scripts lead to, "" for the page itself, if they do nothing else."""
    targets: set[str | None] = set()
    for script in root.iter("script"):
        if not _JAVASCRIPT.fullmatch((script.get("type") or "").strip()):
            continue
        if script.get("src"):
            return None
        targets.add(_read_script(script.text or "", query))
    for element in root.iter("body", "html"):
        if handler := element.get("onload"):
            targets.add(_read_script(handler.removeprefix("javascript:"), query))
    return targets.pop() if len(targets) == 1 else None


def _find_refresh_without_script(root: etree._Element) -> str | None:
    """Return where a page leads readers whose browser runs no scripts, if its script leads the others elsewhere, too.

    An application that loads scripts shows them an excuse there, not what it would show.
    """
    scripts = list(root.iter("script"))
    if any(script.get("src") for script in scripts) or not any(_GOES.search(one.text or "") for one in scripts):
        return None
    return next(filter(None, _find_refreshes(root, 0, in_noscript=True)), None)


def _read_script(code: str, query: str) -> str | None:
    """Return the URL that *code* goes to, "" if it reloads the page, None if it does anything else."""
    if len(code) > MAX_SCRIPT:
        return None
    code = _COMMENT.sub("", code).strip().rstrip(";").strip()
    for _ in range(_MAX_WRAPPERS):
        match = next((found for pattern in _WRAPPERS if (found := pattern.fullmatch(code))), None)
        if match is None:
            break
        if float(match.groupdict().get("delay") or 0) > 1000 * MAX_DELAY:
            return None
        code = match["code"].strip().rstrip(";").strip()
    if _RELOAD_CALL.fullmatch(code):
        return ""
    code = _OWN_QUERY.sub(lambda match: match[0] if query and match["part"] == "search" else "", code)
    urls = {match["url"] for match in _ASSIGNMENT.finditer(code)}
    if len(urls) != 1 or _ASSIGNMENT.sub("", code).strip("; \t\r\n") not in {"", "return false", "return true"}:
        return None
    [url] = urls
    return None if "${" in url else _ESCAPE.sub(_unescape, url).strip() or None


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    return chr(int(code, 16)) if code and int(code, 16) < 0x110000 else match[4] or ""
