"""Pages that only lead to another page are redirects; pages that refresh for another reason are not."""

from __future__ import annotations

import pytest

from newscrawl.extraction.html.redirects import MAX_SCRIPT_PAGE, find_html_redirect
from tests.support.crawling import article_page

URL = "https://news.example/a/start.html"
NOTICE = "<body><p>This page has moved. You are taken there in a moment; if not, <a href='/new'>click here</a>.</p>"


def find(html: str | bytes, url: str = URL) -> str | None:
    return find_html_redirect(html.encode() if isinstance(html, str) else html, url, content_type="text/html")


@pytest.mark.parametrize(
    ("meta", "target"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new">', "https://news.example/new"),
        ("<META HTTP-EQUIV=REFRESH CONTENT='0;URL=new.html'>", "https://news.example/a/new.html"),
        ("<meta content=\"1;url='https://www.news.example/x?a=1&amp;b=2'\" http-equiv=' Refresh '>",
         "https://www.news.example/x?a=1&b=2"),
        ("<meta http-equiv=refresh content='5;  Url = \"/neu/\" '>", "https://news.example/neu/"),
        ("<meta http-equiv=refresh content='3,/sin-url'>", "https://news.example/sin-url"),
        ("<meta http-equiv=refresh content='0 /blank'>", "https://news.example/blank"),
        ("<meta http-equiv=refresh content='URL=/no-delay'>", "https://news.example/no-delay"),
        ("<meta http-equiv=refresh content='0.5; url=//cdn.news.example/x'>", "https://cdn.news.example/x"),
        ("<meta http-equiv=refresh content='2;url=&#47;новости'>", "https://news.example/новости"),
        ("<base href='/b/'><meta http-equiv=refresh content='0;url=c'>", "https://news.example/b/c"),
        ("<meta http-equiv='refresh' content='300'><meta http-equiv='refresh' content='0;url=/two'>",
         "https://news.example/two"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rest", ["<body></body>", NOTICE])
def test_meta_refresh_is_a_redirect_in_every_spelling(meta: str, target: str, rest: str) -> None:
    assert find(f"<!doctype html><html><head>{meta}<title>Moved</title></head>{rest}</html>") == target


@pytest.mark.parametrize(
    "meta",
    [
        '<meta http-equiv="refresh" content="300">',
        '<meta http-equiv="refresh" content="0">',
        '<meta http-equiv="refresh" content="0; url=start.html">',
        '<meta http-equiv="refresh" content="5; url=https://news.example/a/start.html#live">',
        '<meta http-equiv="refresh" content="600; url=/new">',
        '<meta http-equiv="refresh" content="11; url=/new">',
        '<noscript><meta http-equiv="refresh" content="0; url=/nojs"></noscript>',
        '<!-- <meta http-equiv="refresh" content="0; url=/old"> -->',
        '<script>var s = \'<meta http-equiv="refresh" content="0; url=/x">\'; show(s)</script>',
        '<template><meta http-equiv="refresh" content="0; url=/new"></template>',
        '<meta http-equiv="refresh" content="0; url=http://[broken/">',
        '<meta http-equiv="refresh" content="0; url=javascript:history.back()">',
        '<meta http-equiv="refresh" content="0; url=">',
        '<meta name="refresh" content="0; url=/new">',
    ],
)
def test_other_refreshes_are_none(meta: str) -> None:
    assert find(f"<html><head>{meta}</head><body><p>Hello</p></body></html>") is None


@pytest.mark.parametrize("delay", [1, 5, 10])
def test_page_with_text_is_content_though_it_refreshes_later(delay: int) -> None:
    page = article_page("one").replace(b"<title>", b"<meta http-equiv=refresh content='%d;url=/next'><title>" % delay)
    assert find(page) is None


def test_page_with_text_is_never_shown_if_it_refreshes_at_once() -> None:
    page = article_page("one").replace(b"<title>", b"<meta http-equiv=refresh content='0;url=/next'><title>")
    assert find(page) == "https://news.example/next"


@pytest.mark.parametrize(
    "code",
    [
        'location.href="/new"',
        "window.location = '/new';",
        "document.location.href = '/new' ;",
        "location.replace('/new')",
        'window.location.assign( "/new" );',
        "<!--\ntop.location='\\/new';\n//-->",
        "// moved in 2024\nself.location.href = `/new`;",
        "/* moved */ window.location.href='/new'; return false;",
        "setTimeout(function(){ location.href = '/new'; }, 3000);",
        "setTimeout(() => location.replace('/new'), 0)",
        "setTimeout(\"location.href='/new'\", 500)",
        "window.onload = function () { window.location.replace('\\x2fnew'); };",
        "(function(){ 'use strict'; location = '\\u002fnew'; })();",
        "function go() { location.href='/new'; } go();",
        "function go() { location.href='/new'; }\nsetTimeout('go()', 1000);",
        "document.addEventListener('DOMContentLoaded', () => { location.href = '/new' });",
        "window.location.href='/new'; window.location.replace('/new');",
    ],
)
@pytest.mark.parametrize("rest", ["<body></body>", NOTICE])
def test_script_that_does_nothing_else_is_a_redirect(code: str, rest: str) -> None:
    assert (
        find(f"<html><head><title>…</title><script>{code}</script></head>{rest}</html>") == "https://news.example/new"
    )


def test_redirect_when_the_page_has_loaded() -> None:
    assert find("<html><body onload=\"window.location='/new'\"></body></html>") == "https://news.example/new"


@pytest.mark.parametrize(
    "code",
    [
        "location.href = '/new' + location.search;",
        'window.location.replace("/new" + window.location.search + window.location.hash)',
        "top.location = `/new` + document.location.hash",
    ],
)
def test_own_query_is_appended_to_nothing_where_there_is_none(code: str) -> None:
    page = f"<html><head><script>{code}</script></head><body></body></html>"
    assert find(page) == "https://news.example/new"
    is_kept = "search" in code
    assert find(page, URL + "?id=7") == (None if is_kept else "https://news.example/new")


REFRESH = "<noscript><meta http-equiv=refresh content='0; url=/new'></noscript>"


@pytest.mark.parametrize(
    "script",
    [
        "var l = navigator.language; location.href = '/' + l + '/';",
        "if (screen.width < 700) { window.location.replace(mobile) } else { window.location.assign(desktop) }",
        "document.location=decodeURIComponent('%2Fnew')",
    ],
)
def test_refresh_without_scripts_is_a_redirect_where_the_script_goes_elsewhere_too(script: str) -> None:
    assert (
        find(f"<html><head><script>{script}</script>{REFRESH}</head><body></body></html>") == "https://news.example/new"
    )


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head>{REFRESH}</head><body></body></html>",
        f"<html><head><script>if (location.href == '/x') boot()</script>{REFRESH}</head><body></body></html>",
        f"<html><head><script>location.href = next</script><script src=/app.js></script>{REFRESH}</head></html>",
        "<html><head><script>location.href = next</script>"
        "<noscript><meta http-equiv=refresh content='90; url=/new'></noscript></head></html>",
        article_page("one").decode().replace("<title>", f"<script>location.href = next</script>{REFRESH}<title>"),
    ],
)
def test_refresh_without_scripts_is_none_elsewhere(page: str) -> None:
    assert find(page) is None


@pytest.mark.parametrize(
    "code",
    [
        "document.cookie='a=1; path=/'; location.href='/new';",
        "function set(){document.cookie='gate=ok'} set(); location.reload();",
        "location.reload()",
        "if (screen.width < 700) location.href='/m/';",
        "location.href = '/new?from=' + document.referrer;",
        "location.href = next;",
        "location.href = `/new/${id}`;",
        "location.hash = '#top'",
        "location.href='#top'",
        "location.href='/one'; location.href='/two';",
        "ga('send'); location.href='/new'",
        "setTimeout(function(){ location.href = '/new'; }, 30000);",
        "location.href='start.html'",
        "",
    ],
)
def test_script_that_does_something_else_is_none(code: str) -> None:
    assert find(f"<html><head><script>{code}</script></head><body></body></html>") is None


@pytest.mark.parametrize(
    "page",
    [
        b"<html><script src='/app.js'></script><script>location.href='/new'</script><body></body></html>",
        article_page("one").replace(b"<body>", b"<body><script>location.href='/new'</script>"),
        b"<html><script>location.href='/new'</script><body>" + b"<a href=/x>x</a>" * (MAX_SCRIPT_PAGE // 10),
        b"<html><script type='text/template'>location.href='/new'</script><body></body></html>",
        b"%PDF-1.7 location refresh",
        b"",
    ],
)
def test_page_with_a_text_or_other_scripts_is_none(page: bytes) -> None:
    assert find(page) is None


@pytest.mark.parametrize(
    "head",
    [
        "<meta http-equiv=refresh content=1>",
        "<meta http-equiv='refresh' content='0; url=start.html'>",
        "<script>location.reload()</script>",
        "<script>setTimeout(function(){ window.location.reload(true); }, 100);</script>",
        "<script>location.href='/a/start.html'</script>",
    ],
)
def test_page_without_text_leads_to_itself_only_where_that_may_help(head: str) -> None:
    page = f"<html><head>{head}</head><body>Just a moment</body></html>".encode()
    assert find(page) is None
    assert find_html_redirect(page, URL, may_reload=True) == URL
    live = article_page("one").replace(b"<title>", head.encode() + b"<title>")
    assert find_html_redirect(live, URL, may_reload=True) is None


def test_script_that_sets_a_cookie_itself_is_no_reload() -> None:
    page = b"<script>document.cookie='gate=ok'; location.reload()</script>"
    assert find_html_redirect(page, URL, may_reload=True) is None


def test_other_spelling_of_the_same_page_is_a_redirect_only_if_the_page_has_no_text() -> None:
    meta = "<meta http-equiv=refresh content='0;url=https://www.news.example/a/start.html'>"
    assert find(f"<html>{meta}<body></body></html>") == "https://www.news.example/a/start.html"
    assert find(article_page("one").replace(b"<title>", meta.encode() + b"<title>")) is None
