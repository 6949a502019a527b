"""Pages in place of a listing are named; listings, however short, are left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.workers.tasks import PageInput, read_feed, read_section, read_sitemap

URL = "https://example.org/"
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><item><link>https://example.org/2026/a-b-c</link></item></channel></rss>"
STATE = "x" * 5_000


def section(html: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> tuple[str | None, int]:
    """Return what the page is in place of a section, and how many links it has."""
    body = html.encode() if isinstance(html, str) else html
    found = read_section(PageInput(body, URL, datetime(2026, 11, 22, tzinfo=UTC), content_type=content_type))
    return found.unreadable, len(found.links)


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head><title>The Example Courier</title>{head}</head><body>{body}</body></html>"


SCRIPT = "<script src=/app.js></script>"


@pytest.mark.parametrize(
    "html",
    [
        page(f"<div id=root></div><noscript>Please turn on JavaScript to read the Courier.</noscript>{SCRIPT}"),
        page(f"<app-root>Lädt …</app-root><noscript>Bitte JavaScript aktivieren.</noscript>{SCRIPT}"),
        page(f"<noscript>このページを見るにはJavaScriptを有効にしてください。</noscript>{SCRIPT}"),
        page(f"<div id=__next></div><script>window.state = '{STATE}'</script>"),
        page(
            f"<div id=app></div><footer><a href=/privacy>Privacy</a> <a href=/contact>Contact us</a></footer>{SCRIPT}"
        ),
        page(f"<main id=splash><img src=/logo.svg><p>Loading</p></main><style>{STATE}</style>{SCRIPT}"),
    ],
    ids=["says so", "German", "Japanese", "says nothing", "with a footer", "splash"],
)
def test_an_application_without_text_needs_javascript(html: str) -> None:
    assert section(html)[0] == "javascript_required"


def test_the_feeds_that_an_application_names_are_found() -> None:
    feed = "<link rel=alternate type=application/rss+xml href=/rss>"
    assert section(page(f"<div id=app></div>{SCRIPT}", feed)) == ("javascript_required", 1)


@pytest.mark.parametrize(
    "text",
    [
        "<h2>Ta décision sur tes données</h2><p>Nos partenaires et nous déposons des cookies. Tu peux accepter.</p>",
        "<h1>De Koerier gebruikt cookies</h1><p>Wij en onze partners slaan gegevens op. Geef toestemming.</p>",
        "<h3>Souhlas</h3><p>S našimi partnery ukládáme soubory cookie do vašeho zařízení.</p>",
        "<h2>クッキーについて</h2><p>当社とパートナーは情報を保存します。同意をお願いします。</p><button>同意して続ける</button>",
        "<p>Мы и наши партнёры храним файлы cookie на вашем устройстве. Нажимая кнопку, вы даёте согласие.</p>",
        "<p>Biz ve ortaklarımız çerez kullanıyoruz. Devam etmek için kabul edin.</p><button>Kabul ediyorum</button>",
    ],
    ids=["fr", "nl", "cs", "ja", "ru", "tr"],
)
def test_page_that_only_asks_to_agree_to_cookies_is_a_consent_wall(text: str) -> None:
    assert section(page(text))[0] == "consent_wall"


@pytest.mark.parametrize(
    "text",
    [
        "<h1>Our partners</h1><p>The Courier and its partners print the paper together. We agree on most things.</p>",
        "<h1>Recipes</h1><p>Cookies of grandma, accepted by everybody in the house, and baked since 1912 or so.</p>",
        "<ul>" + "".join(f"<li><a href='/2026/11/20/a-story-of-day-{n}'>A story of the day, part {n}</a>" for n in "12")
        + "</ul><p>We and our partners use cookies. Accept?</p>",
    ],
)  # fmt: skip
def test_page_that_names_cookies_or_partners_otherwise_is_none(text: str) -> None:
    assert section(page(text))[0] is None


@pytest.mark.parametrize(
    ("html", "unreadable"),
    [
        (
            page("<h1>We value your privacy</h1><p>We and our partners store cookies on your device.</p>"),
            "consent_wall",
        ),
        (page("", "").replace("The Example Courier", "Just a moment..."), "bot_challenge"),
        (page("<h1>404</h1>").replace("The Example Courier", "Page not found"), "soft_404"),
        (page("<p>Courier</p>"), "no_text"),
        (" \n", "empty"),
        (b"%PDF-1.7 x", "not_html"),
        (b"\x89PNG\r\n", "not_html"),
    ],
)
def test_a_page_in_place_of_the_front_page_is_named(html: str | bytes, unreadable: str) -> None:
    assert section(html) == (unreadable, 0)


@pytest.mark.parametrize(
    ("content_type", "detail"),
    [("application/pdf", "application/pdf"), ("text/html", "application/pdf"), (None, "application/pdf")],
)
def test_a_file_is_named_by_its_bytes_whatever_is_declared(content_type: str | None, detail: str) -> None:
    found = read_section(PageInput(b"%PDF-1.4 x", URL, datetime(2026, 11, 22, tzinfo=UTC), content_type=content_type))
    assert (found.unreadable, found.partial) == ("not_html", detail)
    data = PageInput(b'{"articles": []}', URL, datetime(2026, 11, 22, tzinfo=UTC), content_type="application/json")
    assert read_section(data).partial == "application/json"


ARTICLE = "<h2><a href=/2026/11/20/the-council-votes-on-rain>The council votes on the rain of last week</a></h2>"


@pytest.mark.parametrize(
    "html",
    [
        page(ARTICLE + SCRIPT),
        page(f"<div id=app></div>{ARTICLE}{SCRIPT}"),
        page(f"{ARTICLE}<p>We value your privacy and use cookies.</p><button>Accept all</button>"),
        page("<nav><a href=/politics>Politics</a> <a href=/sport>Sport</a></nav>"),
        page(
            "<h1>Coming soon</h1><p>The new site of the Courier starts in spring. Write to us to be told.</p>" + SCRIPT
        ),
        f"<div>{ARTICLE}</div>",
    ],
    ids=["one article", "beside an empty element", "cookie banner", "sections only", "text only", "fragment"],
)
def test_short_front_pages_are_listings(html: str) -> None:
    assert section(html)[0] is None
    assert section(html, None)[0] is None


def test_a_feed_or_sitemap_in_place_of_the_front_page_is_read() -> None:
    sitemap = b"<urlset><url><loc>https://example.org/2026/a-b-c</loc></url></urlset>"
    assert section(FEED, "application/rss+xml") == section(sitemap, "application/xml") == (None, 1)


@pytest.mark.parametrize(
    ("body", "feed", "sitemap", "detail"),
    [
        (page("<h1>Our feeds</h1>").encode(), "not_feed", "not_sitemap", "text/html"),
        (page(ARTICLE).encode(), "not_feed", "not_sitemap", "text/html"),
        (page("", "").replace("The Example Courier", "Just a moment...").encode(), *["bot_challenge"] * 2, "text/html"),
        (b"%PDF-1.4 x", "not_feed", "not_sitemap", "application/pdf"),
        (b'{"code": "rest_no_route", "data": {"status": 404}}', "not_feed", "not_sitemap", "application/json"),
        (b' [{"id": 1}', "not_feed", "not_sitemap", "application/json"),
        (b"", "empty", "empty", None),
        (b"nothing of the kind", "not_feed", "not_sitemap", None),
    ],
)
def test_what_answers_in_place_of_a_feed_or_sitemap_is_named(
    body: bytes, feed: str, sitemap: str, detail: str | None
) -> None:
    found = read_feed(body, URL + "feed", content_type="text/html"), read_sitemap(body, URL + "sitemap.xml")
    assert [one.unreadable for one in found] == [feed, sitemap]
    assert not any(one.links for one in found)
    if detail:
        assert {one.partial for one in found} == {detail}


@pytest.mark.parametrize("body", [FEED, FEED[:-20], b"<rss version='2.0'><channel></channel></rss>"])
def test_feeds_are_feeds_also_if_they_are_cut_or_have_no_entry(body: bytes) -> None:
    assert read_feed(body, URL + "feed").unreadable is None
    assert read_sitemap(body, URL + "feed").unreadable is None


def test_an_empty_sitemap_is_one() -> None:
    assert read_sitemap(b"<urlset></urlset>", URL + "sitemap.xml").unreadable is None
