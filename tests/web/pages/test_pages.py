"""The pages on both engines: what they show, and that nothing stored gets out of its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient

from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.crawls import EndCrawl, RecordResult
from newscrawl.storage.operations.deletions import Deletion, DeletionReason, delete_articles
from tests.newssite.stories import get_topics, write_story
from tests.support.store import Store

BROWSER = {"accept": "text/html"}
HOSTILE = """"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}javascript:alert(1)\u202e"""


class Page:
    """An answer as a reader sees it."""

    def __init__(self, client: TestClient, path: str, status: int = 200) -> None:
        response = client.get(path, headers=BROWSER, follow_redirects=True)
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        self.root = html.fromstring(response.text)
        for hidden in self.root.xpath("//details[not(@open)]/*[not(self::summary)]"):
            hidden.set("data-folded", "")

    def text(self, selector: str = "main") -> str:
        return " ".join(" ".join(one.text_content() for one in self.root.cssselect(selector)).split())

    def links(self, selector: str = "main") -> dict[str, str]:
        return {" ".join(a.text_content().split()): a.get("href") for a in self.root.cssselect(f"{selector} a[href]")}


@pytest.fixture
def save(store: Store, make_article: Callable[..., Article]) -> Callable[..., int]:
    """Return a function that stores an article, and its new version if the URL is known; returns its id."""

    def save(url: str = "https://example.org/politics/the-harbour-is-open", **fields: Any) -> int:
        store.start_crawl()
        saved = store.save(make_article(url, **{"date_published": store.now, "date_downloaded": store.now} | fields))
        assert saved.article_id is not None
        return saved.article_id

    return save


def test_an_empty_database_says_what_to_do_next(client: TestClient) -> None:
    assert "scrapy crawl news -a url=" in Page(client, "/search").text()
    overview = Page(client, "/")
    assert "Articles today" in overview.text()
    assert "No article is stored yet." in overview.text()


def test_every_page_has_one_heading_landmarks_and_a_skip_link(client: TestClient, save: Callable[..., int]) -> None:
    number = save()
    paths = [
        "/",
        "/search",
        f"/articles/{number}",
        f"/articles/{number}/diff",
        f"/stories/{number}",
        "/sites/example.org",
    ]
    for path in [*paths, "/history", "/history?url=https://example.org/politics/the-harbour-is-open"]:
        page = Page(client, path)
        for selector in (
            "html[lang=en]",
            "h1",
            "main#main",
            "header nav[aria-label]",
            "a.skip[href='#main']",
            "footer",
        ):
            assert len(page.root.cssselect(selector)) >= 1, (path, selector)
        assert len(page.root.cssselect("h1")) == 1, path
        assert page.root.cssselect("script, [style], style, img, iframe") == [], path
        assert [one for one in page.root.xpath("//input|//select") if not has_label(page.root, one)] == [], path


def has_label(root: Any, control: Any) -> bool:
    is_hidden = control.get("type") == "hidden"
    return (
        is_hidden or bool(control.xpath("ancestor::label")) or bool(root.xpath(f"//label[@for='{control.get('id')}']"))
    )


def test_an_article_is_shown_with_its_origin(client: TestClient, save: Callable[..., int]) -> None:
    number = save(
        headline="The harbour is open",
        article_body="Ships came.\n\nMore will.",
        article_body_html='<p>Ships <a href="https://x.example/">came</a>.</p><p>More will.</p>',
        authors=["Ada Moreno"],
        article_section="Politics",
        in_language="en",
        is_truncated=True,
        sources={"headline": "json-ld", "authors": "dom"},
        disagreements=["authors"],
    )
    page = Page(client, f"/articles/{number}")
    assert page.text("h1") == "The harbour is open"
    assert page.text(".body") == "Ships came.More will."
    assert page.root.cssselect("article[lang=en]")
    assert page.links()["Ada Moreno"] == "/search?q=author%3A%22Ada+Moreno%22"
    assert "looks cut off" in page.text()
    rows = {
        row.cssselect("th")[0].text_content(): " ".join(row.text_content().split())
        for row in page.root.cssselect("#origin tbody tr")
    }
    assert rows["headline"] == "headline The harbour is open json-ld"
    assert "sources disagree" in rows["authors"]


def test_versions_are_compared_by_words(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    body = "The bridge has 12 arches and stands.\n\nIt was built long ago by many."
    number = save(article_body=body, headline="The bridge")
    store.now += timedelta(hours=2)
    assert save(article_body=body.replace("12", "15"), headline="The bridge") == number
    page = Page(client, f"/articles/{number}/diff")
    assert page.text(".diff del") == "[removed: 12 :removed]"
    assert page.text(".diff ins") == "[added: 15 :added]"
    assert "correction" in page.text()
    article = Page(client, f"/articles/{number}")
    assert article.links("aside")["what changed in version 2"] == f"/articles/{number}/diff?new=2"
    old = Page(client, f"/articles/{number}?version=1")
    assert "This is version 1 of 2" in old.text()
    assert "12 arches" in old.text(".body")


def test_what_is_not_there_is_said_in_a_page(client: TestClient, save: Callable[..., int]) -> None:
    number = save()
    assert "There is no article 99" in Page(client, "/articles/99", 404).text()
    assert "has no version 7" in Page(client, f"/articles/{number}?version=7", 404).text()
    assert "has no version 7" in Page(client, f"/articles/{number}/diff?old=7", 404).text()
    assert "not part of this story" in Page(client, f"/stories/{number}?old=99&new={number}", 404).text()
    assert "never crawled" in Page(client, "/sites/other.example", 404).text()
    assert "nothing at this address" in Page(client, "/nowhere", 404).text()
    assert "article_id" in Page(client, "/articles/x", 422).text()


def test_a_deleted_article_is_gone(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    number = save()
    with store.engine.begin() as connection:
        delete_articles(connection, [number], Deletion(DeletionReason.ON_REQUEST, store.now, "a letter"))
    assert f"Article {number} was deleted." in Page(client, f"/articles/{number}", 410).text()
    history = Page(client, "/history?url=https://example.org/politics/the-harbour-is-open").text()
    assert f"{number}, which was deleted 22 Nov 2026, 12:00 UTC: a letter" in history
    assert "never; its article was deleted" in history


def test_a_story_is_shown_across_sites_by_time(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    story = write_story(1, 1, "en", get_topics("en")[0], set())
    body = "\n\n".join(block.text for block in story.blocks)
    first = save(article_body=body, headline="First to print", date_published=store.now - timedelta(hours=3))
    second = save("https://two.example/b", site="two.example", article_body=f"{body} Added.", headline="Printed again")
    page = Page(client, f"/stories/{first}")
    assert "2 articles on 2 sites" in page.text()
    assert [one.text_content() for one in page.root.cssselect(".timeline .headline")] == [
        "First to print",
        "Printed again",
    ]
    compared = Page(client, f"/stories/{first}?old={first}&new={second}")
    assert "Added" in compared.text("#compare ins")
    assert Page(client, f"/articles/{second}").links("aside")["First to print"] == f"/articles/{first}"
    assert client.get(f"/stories/{second}", headers=BROWSER).headers["location"] == f"/stories/{first}"


def test_the_overview_names_what_is_wrong_and_since_when(
    client: TestClient, store: Store, save: Callable[..., int]
) -> None:
    save()
    store.end_crawl()
    warnings = {"example.org": ["its feed is an HTML page"]}
    store.do(RecordResult(store.crawl_id, 4, warnings, warnings, store.now))
    page = Page(client, "/")
    assert page.text("h1") == "The site is degraded"
    assert "since 22 Nov 2026, 12:00 UTC" in page.text(".degraded")
    assert "Its feed is an HTML page." in page.text(".degraded")
    assert "degraded" in page.text("#sites")
    assert page.links("#sites")["example.org"] == "/sites/example.org"
    assert "Its feed is an HTML page." in Page(client, "/sites/example.org").text(".verdict")


def test_the_overview_says_that_everything_is_all_right(
    client: TestClient, store: Store, save: Callable[..., int]
) -> None:
    save()
    store.end_crawl()
    store.do(RecordResult(store.crawl_id, 0, {}, {"example.org": []}, store.now))
    assert Page(client, "/").text("h1") == "Everything is all right"
    store.start_crawl()
    store.do(EndCrawl(store.crawl_id, "network_down", store.now))
    assert Page(client, "/").text("h1") == "The last run failed"


def test_the_oldest_pending_page_is_one_click_away(client: TestClient, store: Store) -> None:
    store.claim("https://example.org/waiting-for-a-crawl-since-long", limit=0)
    page = Page(client, "/")
    assert (
        page.links(".tiles")["the oldest"] == "/history?url=https%3A%2F%2Fexample.org%2Fwaiting-for-a-crawl-since-long"
    )


def test_a_site_has_charts_with_tables(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    store.now = datetime.now(UTC).replace(microsecond=0)
    save(description="A summary", date_published_day=store.now.date())
    [claim] = store.claim("https://example.org/feed.xml", kind="feed", force=True)
    store.finish(claim, Outcome.ERROR, "http_404")
    store.end_crawl()
    page = Page(client, "/sites/example.org")
    charts = page.root.cssselect("svg[role=img][aria-labelledby]")
    assert len(charts) == 2
    for chart in charts:
        names = [page.root.get_element_by_id(name).text_content() for name in chart.get("aria-labelledby").split()]
        assert all(names)
        assert chart.xpath("../following-sibling::details//table//th[@scope='row']")
    assert "1 in total" in charts[0].text_content()
    assert "description" in page.text(".shares")
    assert "answered with HTTP 404" in page.text()
    assert "100%" in page.text(".shares")


def test_the_history_of_a_url_is_that_of_scrapy_why(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    number = save()
    page = Page(client, "/history?url=http://www.example.org/politics/the-harbour-is-open%3Futm_source=x")
    assert "stored: new (HTTP 200)" in page.text()
    assert "named by a user or a site file" in page.text(".facts")
    assert f"/articles/{number}" in page.links().values()
    unknown = Page(client, "/history?url=https://example.org/picture.jpg", 404)
    assert "is not in the database" in unknown.text()
    assert "a file that is not a page" in unknown.text()
    assert "has no scheme" in Page(client, "/history?url=example.org", 422).text("[role=alert]")


def test_an_article_shows_its_other_headline_and_its_standfirst_once(
    client: TestClient, save: Callable[..., int]
) -> None:
    def show(name: str, **fields: Any) -> Page:
        return Page(client, f"/articles/{save(f'https://example.org/{name}', description='Said the mayor', **fields)}")

    def list_standfirsts(page: Page) -> list[str]:
        return [one.text_content() for one in page.root.cssselect(".story-text .standfirst")]

    body = {"article_body": "Finally.\n\nIt opened.", "article_body_html": '<p class="standfirst">Finally.</p>'}
    inside = show("inside", alternative_headline="Ships are back", standfirst="Finally.", **body)
    assert (inside.text(".also"), list_standfirsts(inside)) == ("Also headlined Ships are back", ["Finally."])
    assert list_standfirsts(show("outside", standfirst="At last.\n\nReally.")) == ["At last.", "Really."]
    without = show("without")
    assert (list_standfirsts(without), without.root.cssselect(".also")) == (["Said the mayor"], [])


def test_nothing_stored_becomes_markup(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    number = save(
        "https://example.org/x'\"><script>alert(1)</script>",
        headline=HOSTILE,
        alternative_headline=HOSTILE,
        description=HOSTILE,
        standfirst=HOSTILE,
        article_body=f"{HOSTILE}\n\nharbour",
        article_body_html=f"<p>{HOSTILE}</p><p>harbour</p>",
        authors=[HOSTILE],
        keywords=[HOSTILE],
        article_section=HOSTILE,
        publisher=HOSTILE,
        in_language='en" onload="alert(1)',
        sources={"headline": HOSTILE},
    )
    store.claim("https://example.org/y'\"><script>alert(1)</script>", limit=0)
    paths = ["/", "/search?q=harbour", f"/articles/{number}", f"/articles/{number}/diff", f"/stories/{number}"]
    paths += ["/sites/example.org", f"/search?q={HOSTILE}", f"/search?q=harbour&section={HOSTILE}"]
    for path in [*paths, "/history?url=https://example.org/%22><script>alert(1)</script>"]:
        response = client.get(path, headers=BROWSER)
        root = html.fromstring(response.text)
        assert root.cssselect("script, img, iframe") == [], path
        assert [one for one in root.iter() for name in one.attrib if name.startswith("on")] == [], path
        assert [
            a.get("href") for a in root.cssselect("a") if not a.get("href", "/").startswith(("/", "#", "http"))
        ] == []
        assert "49" not in Page(client, path, response.status_code).text("h1")


def test_search_finds_filters_and_pages(client: TestClient, store: Store, save: Callable[..., int]) -> None:
    for number in range(25):
        store.now += timedelta(minutes=1)
        site = "two.example" if number % 5 == 0 else "example.org"
        save(f"https://{site}/a/{number}-the-harbour", site=site, headline=f"Harbour {number}", in_language="en")
    page = Page(client, "/search?q=harbour&order=newest")
    assert page.text("#results") == "25 articles"
    headlines = [one.text_content() for one in page.root.cssselect(".hit .headline")]
    assert headlines == [f"Harbour {number}" for number in range(24, 4, -1)]
    assert page.root.cssselect(".hit mark")[0].text_content() == "Harbour"
    following = Page(client, page.links(".next")["Next articles"])
    assert [one.text_content() for one in following.root.cssselect(".hit .headline")] == [
        f"Harbour {n}" for n in range(4, -1, -1)
    ]
    filtered = Page(client, page.links(".facets")["two.example5"])
    assert filtered.text("#results") == "5 articles"
    assert filtered.links(".chips")["site two.example ✕, remove this filter"] == "/search?q=harbour&order=newest"


def test_a_search_can_be_subscribed_to(client: TestClient, save: Callable[..., int]) -> None:
    save(headline="Harbour news")
    links = Page(client, "/search?q=harbour&site=example.org").links(".result-head")
    assert links == {
        "Atom": "/feeds/atom?q=harbour+site%3Aexample.org",
        "JSON Feed": "/feeds/json?q=harbour+site%3Aexample.org",
    }
    assert "Harbour news" in client.get(links["Atom"]).text
    assert client.get(links["JSON Feed"]).json()["items"][0]["title"] == "Harbour news"


def test_a_search_without_result_offers_ways_out(client: TestClient, save: Callable[..., int]) -> None:
    save()
    page = Page(client, "/search?q=zebra&site=example.org")
    assert "Nothing matches zebra site:example.org." in page.text()
    assert page.links(".empty")["Search without the filter “site example.org”"] == "/search?q=zebra"
    assert page.links(".empty")["Search for words that begin with zebra"] == "/search?q=zebra%2A&site=example.org"


@pytest.mark.parametrize("query", ["q=from:yesterday", "q=x&from=2026-99-99", "q=x&order=best", "q=x&after=nonsense"])
def test_a_query_that_cannot_be_answered_gets_a_message_beside_the_box(client: TestClient, query: str) -> None:
    page = Page(client, f"/search?{query}", 422)
    assert page.text("[role=alert]")
    assert page.root.cssselect("input#q[aria-invalid=true]")


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%00", "/search?q=%ED%A0%80", "/search?site=%00&q=x", "/search?story=x", "/search?story=9e9",
        "/search?q=x&after=%00", "/history?url=https://example.org/%00", "/history?url=%00", "/sites/%00",
        "/articles/0", f"/articles/{10**30}", f"/articles/1?version={10**30}", f"/articles/1/diff?old={10**30}",
        f"/stories/{10**30}", f"/stories/1?old={10**30}&new=-1", "/search?q=" + "x+" * 3000,
    ],
)  # fmt: skip
def test_impossible_addresses_are_the_readers_mistake(client: TestClient, save: Callable[..., int], path: str) -> None:
    save()
    status = client.get(path, headers=BROWSER, follow_redirects=True).status_code
    assert status < 500
