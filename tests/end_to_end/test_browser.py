"""The pages in a browser: what a reader does, with mouse and keyboard, and what hostile articles do: nothing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select

from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import article_changes, articles
from newscrawl.storage.upgrade import upgrade
from newscrawl.web.app import create_app
from newscrawl.web.settings import WebSettings
from tests.support.demo_database import DemoDatabase, DemoSite, Published

CHROMIUM = Path("/usr/bin/chromium")
PHONE = 360
expect.set_options(timeout=10_000)
HOSTILE = (
    '"><script>window.hacked=1;alert(1)</script><img src=x onerror="window.hacked=1;alert(1)">'
    "<svg onload=alert(1)>'-alert(1)-'{{constructor.constructor('alert(1)')()}}"
)


@dataclass(frozen=True)
class Server:
    """The application over a filled database."""

    url: str
    newest: int
    """An article of the day."""
    revised: int
    """An article with two versions."""
    story: int
    """A story on three sites."""
    hostile: int
    """An article full of scripts."""

    @property
    def paths(self) -> list[str]:
        return [
            "/",
            "/search?q=harbour+OR+school",
            "/search?q=nothingmatchesthis",
            f"/articles/{self.revised}",
            f"/articles/{self.revised}/diff",
            f"/stories/{self.story}",
            "/sites/delta-daily.example",
            "/history?url=https://delta-daily.example/feed.xml",
            "/articles/999999",
        ]


def store_hostile(demo: DemoDatabase) -> int:
    site = DemoSite("hostile.example", HOSTILE, "en", 1)
    story = demo.write("en")
    one = Published(site, story, 1, demo.now)
    article = demo.extract(one, url="https://hostile.example/%22onmouseover=alert(1)//'><script>alert(1)</script>")
    article.headline = article.description = article.article_section = HOSTILE
    article.authors, article.keywords, article.article_body = [HOSTILE], [HOSTILE], f"{HOSTILE}\n\nvictim"
    article.article_body_html = (
        f"<p>{HOSTILE}</p><script>alert(1)</script><a href='javascript:alert(1)'>victim</a>"
        "<iframe src='javascript:alert(1)'></iframe><img src='https://hostile.example/t.gif' onload=alert(1)>"
        "<form action='https://hostile.example/'><button autofocus onfocus=alert(1)>x</button></form>"
        "<style>@import 'https://hostile.example/x.css'</style><base href='https://hostile.example/'>"
        "<meta http-equiv=refresh content='0;url=https://hostile.example/'>"
    )
    [claim] = demo.claim(site, [article.url or ""])
    number = demo.store.save(article, claim).article_id
    assert number is not None
    return number


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    url = f"sqlite:///{tmp_path_factory.mktemp('browser')}/demo.db"
    engine = open_engine(url)
    upgrade(engine)
    demo = DemoDatabase(engine, datetime.now(UTC), days=1)
    demo.fill(runs=3, close=False)
    hostile = store_hostile(demo)
    demo.store.close()
    with connect_for_reading(engine) as connection:
        revised = connection.execute(
            select(article_changes.c.article_id).where(article_changes.c.revision > 1)
        ).scalars()
        stories = select(articles.c.story_id).where(articles.c.story_id != articles.c.id)
        names: dict[str, Any] = {"revised": next(revised), "story": connection.execute(stories).scalars().first()}
        newest = select(articles.c.id).where(articles.c.in_language == "en").order_by(articles.c.date_published.desc())
        names["newest"] = connection.execute(newest).scalars().first()
    engine.dispose()
    running = uvicorn.Server(uvicorn.Config(create_app(WebSettings(url)), port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 15
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Server(f"http://127.0.0.1:{port}", hostile=hostile, **names)
    running.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing: apt-get install chromium"
        if os.environ.get("NEWSCRAWL_TEST_REQUIRE_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@dataclass
class Observed:
    """What a page did that it should not."""

    events: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=server.url, viewport={"width": 1200, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Yield a tab; the test fails if anything in it raised an error, asked another host, or broke the policy."""
    page, seen = context.new_page(), Observed()
    page.on("dialog", lambda dialog: (seen.events.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: seen.events.append(f"error {error}"))
    page.on("console", lambda message: seen.events.append(message.text) if _is_error(message) else None)
    page.on("request", lambda request: None if "127.0.0.1" in request.url else seen.events.append(request.url))
    page.add_init_script(
        "window.violations = []; document.addEventListener('securitypolicyviolation',"
        " event => window.violations.push(event.violatedDirective))"
    )
    yield page
    assert page.evaluate("window.violations") == []
    page.close()
    assert seen.events == []


def _is_error(message: Any) -> bool:
    # The browser also logs answers of 404, which some tests ask for.
    return message.type == "error" and "the server responded with a status of 4" not in message.text


def test_a_reader_searches_filters_opens_and_compares(page: Page) -> None:
    page.goto("/")
    page.fill("#quick", "harbour OR school OR border OR plant OR council")
    page.press("#quick", "Enter")
    expect(page.locator("mark").first).to_be_visible()
    before = page.locator("#results").inner_text()
    page.locator(".facets section", has_text="Site").locator("a").first.click()
    expect(page.locator(".chips a").first).to_be_visible()
    assert page.locator("#results").inner_text() != before
    site = page.locator(".chips").inner_text()
    page.locator(".hit .headline").first.click()
    expect(page.locator("article h1")).to_be_visible()
    assert page.locator(".kicker a").first.get_attribute("href").removeprefix("/sites/") in site  # type: ignore[union-attr]


def test_a_reader_sees_what_changed_and_the_story_on_other_sites(page: Page, server: Server) -> None:
    page.goto(f"/articles/{server.revised}")
    page.get_by_role("link", name="what changed in version 2").click()
    expect(page.locator(".diff ins, .diff del").first).to_be_visible()
    page.goto(f"/stories/{server.story}")
    expect(page.locator(".timeline li").nth(1)).to_be_visible()
    page.get_by_role("link", name="compare with the first").first.click()
    expect(page.locator("#compare .diff")).to_be_visible()
    page.locator(".timeline .headline").nth(1).click()
    expect(page.get_by_role("heading", name="The same story")).to_be_visible()


def test_an_operator_finds_the_reason_for_a_degraded_site(page: Page) -> None:
    page.goto("/")
    assert "degraded" in page.locator("h1").inner_text()
    page.locator(".degraded a").click()
    expect(page.get_by_role("img", name="Articles a day")).to_be_visible()
    page.locator("summary", has_text="Show the numbers").first.click()
    assert page.locator(".numbers td").first.is_visible()
    page.get_by_role("link", name="delta-daily.example/feed.xml").click()
    expect(page.locator(".facts")).to_contain_text("error: not_feed")
    page.fill("#url", "https://delta-daily.example/never-seen.html")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="Not seen yet")).to_be_visible()


def test_everything_works_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/search")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("border OR harbour OR school")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=border*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "headline":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/*")


def test_a_hostile_article_executes_nothing(page: Page, server: Server) -> None:
    paths = [f"/articles/{server.hostile}", f"/articles/{server.hostile}/diff", f"/stories/{server.hostile}"]
    for path in [*paths, "/search?q=victim", "/", "/sites/hostile.example", f"/search?q={HOSTILE}"]:
        page.goto(path)
        assert page.evaluate("window.hacked") is None
        assert page.evaluate("window.violations") == [], path
        assert page.locator("script, iframe, main img, main form[action^='http']").count() == 0
    page.goto(f"/articles/{server.hostile}")
    assert page.locator("h1").inner_text().startswith('"><script>window.hacked=1')
    page.locator(".byline a").first.hover()
    assert page.evaluate("window.hacked") is None


def test_every_page_is_accessible_in_light_and_dark_and_fits_a_phone(page: Page, server: Server) -> None:
    axe = Axe()
    found, wide = [], []
    for path in server.paths:
        page.set_viewport_size({"width": 1200, "height": 800})
        page.emulate_media(color_scheme="light")
        page.goto(path)
        results = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        page.emulate_media(color_scheme="dark")
        # Only the colours differ.
        results += axe.run(page, options={"runOnly": ["color-contrast"], "resultTypes": ["violations"]}).response[
            "violations"
        ]
        found += [f"{path}: {_describe(one)}" for one in results if one["impact"] in ("serious", "critical")]
        page.set_viewport_size({"width": PHONE, "height": 800})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE:
            wide.append(f"{path}: {width}")
    assert found == []
    assert wide == []


def _describe(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {violation['nodes'][0]['html'][:150]}"
