"""Pages and listings with malformed URLs and values, as inputs of the hostile corpus. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.listings import FEED, PARTIAL_FEED, PARTIAL_SITEMAP, XML
from tests.hostile.malformed import MALFORMED_URLS
from tests.hostile.malformed_places import ATOM, JSON_FEED, PARTS, PLACES, RSS, encode, fill_in
from tests.hostile.malformed_places import SITEMAP as URLSET
from tests.hostile.model import Case, Send, make_good, make_path, message
from tests.hostile.pages import STORED, HostilePage, article, sentences

SOME = ("bracket", "brackets in user info elsewhere", "account of", "port of letters", "surrogate in the path")
FETCHABLE = ("brackets in user info elsewhere", "surrogate in the path")
"""Those of them that browsers follow, too."""
ONCE = ("base", "headline", "linked data", "objects of linked data", "teasers", "state")
"""Places of which the first of a page counts, or whose number says what kind of page it is."""


def malformed_pages() -> Iterator[HostilePage]:
    """Yield an article for each place of a URL: with some malformed URLs, one a page, or with all of them."""
    for place, parts in PLACES.items():
        names = [(name,) for name in SOME] if place in ONCE else [tuple(MALFORMED_URLS)]
        for group in names:
            title = f"{place} with {group[0] if len(group) == 1 else 'malformed URLs'}"
            filled = [parts.fill_in(MALFORMED_URLS[name]) for name in group]
            joined = {part: "".join(one[part] for one in filled) for part in PARTS}
            body = encode(article(title, **joined))
            yield HostilePage(title, lambda body=body: body, texts=sentences(title))


def malformed_listings() -> Iterator[Case]:
    """Yield feeds and sitemaps with a malformed URL in each place, and a good entry."""
    for name in SOME:
        feed = FEED if name in FETCHABLE else PARTIAL_FEED
        for kind, text in {"RSS": RSS, "Atom": ATOM, "JSON Feed": JSON_FEED}.items():
            yield _make_listing("feeds", f"{kind} with {name}", feed, "/feed.xml", text, (name,))
    yield _make_listing("sitemaps", "malformed URLs", PARTIAL_SITEMAP, "/map.xml", URLSET, tuple(MALFORMED_URLS))
    yield _make_robotstxt()


def _make_listing(area: str, name: str, outcome: str, path: str, text: str, names: tuple[str, ...]) -> Case:
    good = make_path(f"{area} {name} article")
    start, _, end = text.rpartition("<url>") if len(names) > 1 else ("", "", text)
    bodies = [start.partition("<url>")[0]] if start else []
    entries = start.removeprefix(bodies[0]) if start else ""
    filled = "".join([*bodies, *(fill_in(entries, MALFORMED_URLS[one]) for one in names if entries)])
    last = fill_in(end, MALFORMED_URLS[names[0]])
    body = encode(filled + ("<url>" if start else "") + last)

    def send() -> list[bytes]:
        before, _, after = body.partition(b"!")
        head = message(b"", XML, length=b"")
        return [head + before, f"http://{{host}}{good}".encode(), after]

    return Case(area, name, outcome, send, path, has_own_host=True, files={good: make_good(good)}, found=(good,))


def _make_robotstxt() -> Case:
    name, found = "robots.txt with malformed URLs", make_path("an article of a good sitemap")
    lines = "".join(
        f"Sitemap: {url}\nAllow: {url}\nDisallow: {url}\n"
        for url in MALFORMED_URLS.values()
        if len(url.splitlines()) == 1 and not url.startswith("/")
    )
    robots = encode(f"User-agent: *\n{lines}Disallow: /private/\nSitemap: /good.xml\n")
    urlset = encode(URLSET.replace("!", found).replace("@", "http://["))
    files: dict[str, Send] = {
        "/robots.txt": lambda: [message(robots, b"Content-Type: text/plain")],
        "/good.xml": lambda: [message(urlset, XML)],
        found: make_good(found),
    }
    send = make_good(name)
    return Case("robots.txt", name, STORED, send, make_path(name), has_own_host=True, files=files, found=(found,))
