"""Hostile feeds, sitemaps and robots.txt, each with the outcome that it must have. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

from tests.hostile.answers import BOMB_SIZE, TOO_LARGE, bombs, compress, fall_silent, repeat
from tests.hostile.model import Case, Live, Send, always, make_good, make_path, message
from tests.hostile.pages import STORED

FEED, SITEMAP = "not_article: feed", "not_article: sitemap"
PARTIAL_FEED, PARTIAL_SITEMAP = "not_article: feed_partial", "not_article: sitemap_partial"
NOT_FEED, NOT_SITEMAP = "not_article: not_feed", "not_article: not_sitemap"
XML = b"Content-Type: application/xml"
URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
MILLION = 1_000_000


def listing(
    kind: str,
    name: str,
    outcome: str,
    make: Callable[[str, str], str | bytes],
    *,
    finds: bool = True,
    header: bytes = XML,
) -> Case:
    """Return a case with a host of its own; *make* gets the entry of an article that is nowhere else, and its path."""
    path = make_path(f"{kind} {name} article")
    entry = make_item(path) if kind == "feed" else f"<url><loc>{path}</loc></url>"

    def send() -> list[bytes]:
        text = make(entry, path)
        return [message(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, header)]

    own = "/feed.xml" if kind == "feed" else "/map.xml"
    found = (path,) if finds else ()
    return Case(f"{kind}s", name, outcome, send, own, has_own_host=True, files={path: make_good(path)}, found=found)


def make_item(path: str, **fields: str) -> str:
    more = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item><title>Report on {path[-9:]}</title><link>{path}</link>{more}</item>"


def rss(items: str, *, start: str = "", end: str = "") -> str:
    return f"{start}<rss version='2.0'><channel><title>News</title>{items}</channel></rss>{end}"


def urlset(entries: str, *, start: str = "", end: str = "") -> str:
    return f"{start}{URLSET}{entries}</urlset>{end}"


def both(
    outcomes: tuple[str, str], name: str, make: Callable[[str, Callable[..., str]], str | bytes], *, finds: bool = True
) -> Iterator[Case]:
    """Yield a feed and a sitemap with the same fault."""
    for kind, outcome, wrap in (("feed", outcomes[0], rss), ("sitemap", outcomes[1], urlset)):
        yield listing(kind, name, outcome, lambda entry, path, w=wrap: make(entry, w), finds=finds)


def shared_faults() -> Iterator[Case]:
    whole, neither = (FEED, SITEMAP), (NOT_FEED, NOT_SITEMAP)
    either = (f"{FEED} | {PARTIAL_FEED}", f"{SITEMAP} | {PARTIAL_SITEMAP}")
    dtd = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(f"<!ENTITY b{n} '&a;&a;&a;'>" for n in range(50)) + "]>"
    yield from both(whole, "with a DTD of entities", lambda entry, wrap: wrap(entry, start=dtd))
    external = "<!DOCTYPE x [<!ENTITY % a SYSTEM 'http://10.0.0.1/a.dtd'> %a;]>"
    yield from both(whole, "with an external DTD", lambda entry, wrap: wrap(entry, start=external))
    yield from both(whole, "with white space before it", lambda entry, wrap: wrap(entry, start="\r\n \n"))
    yield from both(
        whole, "with a warning before it", lambda entry, wrap: wrap(entry, start="<b>Warning</b>: x in y.php<br>")
    )
    yield from both(
        whole,
        "with a wrong encoding declared",
        lambda entry, wrap: wrap(entry, start="<?xml version='1.0' encoding='utf-16'?>"),
    )
    yield from both(
        whole,
        "with a bogus encoding declared",
        lambda entry, wrap: wrap(entry, start="<?xml version='9' encoding='bogus'?>"),
    )
    yield from both(whole, "with controls in it", lambda entry, wrap: wrap("\x00\x01\x0b" + entry + "\x1b"))
    yield from both(whole, "with surrogates in it", lambda entry, wrap: wrap("\ud800&#xD800;&#55357;&#56832;" + entry))
    yield from both(either, "with bare ampersands", lambda entry, wrap: wrap("a & b &bogus; &&; " + entry))
    yield from both(either, "cut after an entry", lambda entry, wrap: wrap(entry * 3)[:-40])
    yield from both(either, "with garbage after it", lambda entry, wrap: wrap(entry, end="</x><y>garbage"))
    yield from both(either, "with a tag that is not closed", lambda entry, wrap: wrap(f"<b><i>{entry}"))
    yield from both(
        either,
        "with a broken entry before it",
        lambda entry, wrap: wrap(f"<item><url><loc>x<link></item></url>{entry}"),
    )
    yield from both(either, "100,000 deep beside the entry", lambda entry, wrap: wrap(entry + "<a>" * 100_000))
    yield from both(neither, "that is empty XML", lambda entry, wrap: "<?xml version='1.0'?>", finds=False)
    yield from both(
        neither,
        "that is HTML",
        lambda entry, wrap: "<!doctype html><html><body><p>Hello</p></body></html>",
        finds=False,
    )
    yield from both(neither, "that is JSON", lambda entry, wrap: json.dumps({"a": [1]}), finds=False)
    yield from both(neither, "that is deep JSON", lambda entry, wrap: "[" * 100_000, finds=False)
    yield from both(neither, "that is deep JSON of objects", lambda entry, wrap: '{"items":' * 100_000, finds=False)
    yield from both(neither, "that is binary", lambda entry, wrap: b"\x89PNG" + bytes(range(256)) * 50, finds=False)
    yield from both(
        ("not_article: empty", "not_article: empty"), "of white space", lambda entry, wrap: " \n" * 500, finds=False
    )
    yield from both(
        neither, "with a tag of 100 KB", lambda entry, wrap: wrap(f"<x {'a' * 100_000}='b'/>{entry}"), finds=False
    )
    yield from both(
        neither,
        "with 50,000 attributes",
        lambda entry, wrap: wrap(f"<x {' '.join(f'a{n}=1' for n in range(50_000))}/>{entry}"),
        finds=False,
    )
    for name, make in bombs().items():
        if name in ("gzip", "gzip, gzip"):
            kind = f"not_feed | {PARTIAL_FEED} | {TOO_LARGE} | error: too_complex"
            other = f"{NOT_SITEMAP} | {PARTIAL_SITEMAP} | {TOO_LARGE} | error: too_complex"
            yield from both(
                (f"not_article: {kind}", other),
                f"that is a bomb of {name}, {BOMB_SIZE} MiB",
                lambda entry, wrap, m=make: m(),
                finds=False,
            )


def feeds() -> Iterator[Case]:
    make = partial(listing, "feed")
    either = f"{FEED} | {PARTIAL_FEED}"
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{}</feed>"
    yield make(
        "Atom without namespaces",
        either,
        lambda e, p: f"<feed><entry><title>x</title><link href='{p}'/></entry></feed>",
    )
    yield make(
        "Atom with links that are none",
        PARTIAL_FEED,
        lambda e, p: atom.format(
            f"<entry><link href='http://['/></entry><entry><title>x</title><link href='{p}'/></entry>"
        ),
    )
    yield make(
        "links to files and scripts",
        PARTIAL_FEED,
        lambda e, p: rss(make_item("file:///etc/passwd") + make_item("javascript:alert(1)") + e),
    )
    yield make(
        "links to private networks",
        either,
        lambda e, p: rss(make_item("http://10.0.0.1/a-b-c-d") + make_item("http://169.254.169.254/a-b-c") + e),
    )
    yield make("a link of 100,000 letters", PARTIAL_FEED, lambda e, p: rss(make_item("/" + "a" * 100_000) + e))
    for number, date in enumerate(
        ("0000-00-00", "9999-12-31T23:59:59-14:00", "2026-11-20T08:00:00+99:99", "9" * 5_000, "&#0;", "")
    ):
        yield make(f"date {number}", either, lambda e, p, d=date: rss(make_item(p, pubDate=d, updated=d)))
    yield make("a title of 1 MB", either, lambda e, p: rss(e + make_item("/x", description="word " * 200_000)))
    yield make(
        "titles of markup", either, lambda e, p: rss(make_item(p, description="<![CDATA[<script>alert(1)</script>]]>"))
    )
    yield make("a section without end", either, lambda e, p: rss(f"{e}<item><title><![CDATA[no end</title></item>"))
    yield make("20,000 entries", PARTIAL_FEED, lambda e, p: rss(e + make_item("/about") * 20_000))
    yield make(
        "only links to other sites",
        f"{FEED}",
        lambda e, p: rss(make_item("https://elsewhere.example/2026/11/20/a-b-c-d-e")),
        finds=False,
    )
    yield make("no entry", FEED, lambda e, p: rss(""), finds=False)
    entry = {"url": "", "title": "Report of the day"}
    as_json = partial(make, header=b"Content-Type: application/feed+json")
    yield as_json(
        "JSON",
        FEED,
        lambda e, p: json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{**entry, "url": p}]}),
    )
    wrong = [None, 5, "x", [], {}, {"url": 5}, {"url": None}, {"url": "http://["}, {"url": "file:///x"}]
    yield as_json(
        "JSON with wrong items",
        PARTIAL_FEED,
        lambda e, p: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1",
                "items": [*wrong, {**entry, "url": p, "authors": 5, "tags": {}, "date_published": []}],
            }
        ),
    )
    yield as_json(
        "JSON whose items are none",
        f"{NOT_FEED} | {FEED} | {PARTIAL_FEED}",
        lambda e, p: json.dumps({"version": "https://jsonfeed.org/version/1", "items": 5}),
        finds=False,
    )
    yield as_json(
        "JSON that is cut",
        f"{NOT_FEED} | {PARTIAL_FEED}",
        lambda e, p: '{"version": "https://jsonfeed.org/version/1", "items": [{"url": "',
        finds=False,
    )
    yield as_json(
        "JSON with a number of 5,000 digits",
        f"{NOT_FEED} | {either}",
        lambda e, p: '{"version": "https://jsonfeed.org/version/1", "x": %s, "items": []}' % ("9" * 5_000),
        finds=False,
    )


def sitemaps() -> Iterator[Case]:
    make = partial(listing, "sitemap")
    either = f"{SITEMAP} | {PARTIAL_SITEMAP}"
    yield make("no namespace", either, lambda e, p: f"<urlset>{e}</urlset>")
    yield make("undeclared prefixes", either, lambda e, p: f"{URLSET}<x:url><x:loc>/a</x:loc></x:url>{e}</urlset>")
    path = make_path("sitemap of plain text")
    text = f"not a URL\nhttp://[\nftp://a/b\nhttp://10.0.0.1/x\nhttp://{{host}}{path}\n".encode()
    send = always(message(text, b"Content-Type: text/plain", length=b""))
    files = {path: make_good(path)}
    yield Case(
        "sitemaps", "plain text", PARTIAL_SITEMAP, send, "/map.xml", has_own_host=True, files=files, found=(path,)
    )
    yield make(
        "URLs with markup in them",
        PARTIAL_SITEMAP,
        lambda e, p: urlset("<url><loc>/a<b>c</b></loc></url><url><loc/></url><url/>" + e),
    )
    yield make(
        "files and scripts",
        PARTIAL_SITEMAP,
        lambda e, p: urlset("<url><loc>file:///etc/passwd</loc></url><url><loc>javascript:x</loc></url>" + e),
    )
    yield make(
        "a URL of 100,000 letters", PARTIAL_SITEMAP, lambda e, p: urlset(f"<url><loc>/{'a' * 100_000}</loc></url>{e}")
    )
    yield make(
        "an index of itself",
        either,
        lambda e, p: f"{INDEX}<sitemap><loc>/map.xml</loc></sitemap></sitemapindex>",
        finds=False,
    )
    yield make(
        "an index of two that name each other",
        either,
        lambda e, p: f"{INDEX}<sitemap><loc>/map2.xml</loc></sitemap></sitemapindex>",
        finds=False,
    )
    yield make("an index with entries of pages", either, lambda e, p: f"{INDEX}{e}</sitemapindex>")
    yield make("no URL", either, lambda e, p: urlset(""), finds=False)
    for number, date in enumerate(("0000-00-00", "9999-12-31", "+99:99", "9" * 5_000, "")):
        yield make(
            f"date {number}", either, lambda e, p, d=date: urlset(f"<url><loc>{p}</loc><lastmod>{d}</lastmod></url>")
        )
    news = "<url xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><loc>{}</loc><news:news><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news></url>"
    yield make("news with wrong dates", either, lambda e, p: urlset(news.format(p, "2026-99-99", "<b>x</b>&#0;")))
    yield make("two layers of gzip", either, lambda e, p: compress(compress(urlset(e).encode())))
    yield make("half of a gzip file", PARTIAL_SITEMAP, lambda e, p: compress(urlset(e * 2_000).encode(), 0)[:60_000])
    yield make("gzip with garbage after it", either, lambda e, p: compress(urlset(e).encode()) + b"garbage")
    yield make(
        "a gzip file of garbage",
        f"{NOT_SITEMAP} | {PARTIAL_SITEMAP}",
        lambda e, p: b"\x1f\x8b\x08" + b"\xff" * 500,
        finds=False,
    )
    yield make(
        f"{MILLION:,} URLs in gzip",
        PARTIAL_SITEMAP,
        lambda e, p: compress(urlset("".join(f"<url><loc>/t/{n}</loc></url>" for n in range(MILLION))).encode(), 1),
        finds=False,
    )


def robots() -> Iterator[Case]:
    """Yield robots.txt files; the outcome is that of the article of their host."""
    closed, open_, denied = "robots: robots_unavailable", STORED, "robots: disallowed"

    def case(name: str, outcome: str, send: Send) -> Case:
        # Of a host without a robots.txt not even the front page is fetched.
        is_closed = outcome not in (open_, denied)
        path = "/" if is_closed else make_path(f"robots {name}")
        page = make_good(f"robots {name}")
        good, files = "" if is_closed else outcome, {"/robots.txt": send}
        return Case("robots.txt", name, outcome, page, path, has_own_host=True, files=files, good=good)

    def text(body: bytes | str, *headers: bytes, status: bytes = b"200 OK") -> Send:
        data = body.encode() if isinstance(body, str) else body
        return always(message(data, b"Content-Type: text/plain", *headers, status=status))

    deny = "User-agent: *\nDisallow: /2026/\n"
    for status in (500, 502, 503, 504, 599):
        yield case(f"status {status}", closed, text("User-agent: *\nAllow: /", status=b"%d X" % status))
    yield case("status 429", "blocked: retry_after", text("", b"Retry-After: 3600", status=b"429 X"))
    for status in (400, 401, 403, 404, 410, 451):
        yield case(f"status {status}", open_, text(deny, status=b"%d X" % status))
    yield case("silence", closed, Live(fall_silent))
    yield case("no answer", "error: connection_lost", always(b""))
    yield case("a bad status line", f"error: bad_response | {closed}", always(b"HTTP/1.1 2OO OK\r\n\r\n"))
    yield case(
        "endless headers", "error: headers_too_large", Live(partial(repeat, b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 999))
    )
    yield case("redirect to itself", "error: too_many_redirects", text("", b"Location: /robots.txt", status=b"302 X"))
    yield case(
        "redirect to a private network",
        f"{closed} | error: offsite_redirect | error: forbidden_address",
        text("", b"Location: http://10.0.0.1/", status=b"302 X"),
    )
    yield case("nothing", open_, text(""))
    yield case("HTML", open_, text("<!doctype html><html><body>Not found</body></html>"))
    yield case("binary", open_, text(bytes(range(256)) * 20))
    yield case("a byte order mark", denied, text(b"\xef\xbb\xbf" + deny.encode()))
    yield case("UTF-16", denied, text(b"\xff\xfe" + deny.encode("utf-16-le")))
    yield case("carriage returns", denied, text(deny.replace("\n", "\r")))
    yield case("NULs and controls", denied, text(f"\0\x01 x\n{deny}"))
    yield case("a rule of 1 MB", open_, text(f"User-agent: *\nDisallow: /{'a' * 1_000_000}"))
    yield case("a rule of wildcards", open_, text(f"User-agent: *\nDisallow: /{'*a' * 5_000}$"))
    yield case("100,000 rules", open_, text("User-agent: *\n" + "Disallow: /x*y*z$\n" * 100_000))
    yield case("the rule after 600 KB", open_, text("# x\n" * 150_000 + deny))
    yield case("no group", open_, text("Disallow: /\nDisallow: /2026/"))
    yield case("bad references", open_, text("User-agent: *\nDisallow: /%zz%\nAllow: /%E2%28%A1"))
    yield case(
        "a delay that is none",
        open_,
        text("User-agent: *\nCrawl-delay: -5\nCrawl-delay: NaN\nCrawl-delay: 1e999\nCrawl-delay: x"),
    )
    yield case(
        "sitemaps that are none",
        open_,
        text(
            "Sitemap: http://[\nSitemap: file:///etc/passwd\nSitemap: javascript:x\nSitemap:\n"
            + "Sitemap: http://10.0.0.1/map.xml\n" * 2_000
        ),
    )


def all_listings() -> Iterator[Case]:
    for make in (shared_faults, feeds, sitemaps, robots):
        yield from make()
