"""Make the pictures of the pages of `scrapy serve`, over made-up news: python -m docs.images.web (needs chromium)."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, func, select

from newscrawl.storage.engine import connect_for_reading, open_engine
from newscrawl.storage.schema import article_changes, articles
from newscrawl.storage.upgrade import upgrade
from newscrawl.web.app import create_app
from newscrawl.web.settings import WebSettings
from tests.support.demo_database import fill

HERE = Path(__file__).parent
SIZES = {"light": (1200, 800), "dark": (1200, 800), "phone": (390, 800)}
NOW = datetime(2026, 11, 25, 18, 20, tzinfo=UTC)
"""The pages are shown as they are then, so that each time the same pictures come out."""
COLOURS = 96
"""Of a picture; pages have few, and letters look the same."""


class StoppedClock(datetime):
    """A `datetime` for which it is always NOW."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return NOW


def stop_clock() -> None:
    """Let the modules of the pages see StoppedClock."""
    for name in ("articles", "history", "overview", "search", "sites", "stories"):
        import_module(f"newscrawl.web.pages.{name}").__dict__["datetime"] = StoppedClock


def choose_pages(engine: Engine) -> dict[str, str]:
    """Return the address of each page that is shown, by the name of its picture."""
    with connect_for_reading(engine) as connection:
        large = select(articles.c.story_id).group_by(articles.c.story_id).having(func.count() > 2)
        in_story = select(articles.c.id).where(articles.c.story_id.in_(large), articles.c.revision > 1)
        article = connection.execute(in_story.order_by(articles.c.id.desc())).scalars().first()
        story = connection.execute(select(articles.c.story_id).where(articles.c.id == article)).scalar_one()
        pair = select(articles.c.id).where(articles.c.story_id == story).order_by(articles.c.date_published)
        ids = connection.execute(pair).scalars().all()
        updated = (
            select(article_changes.c.article_id)
            .join(articles, articles.c.id == article_changes.c.article_id)
            .where(article_changes.c.change_label == "update", articles.c.in_language == "en")
        )
        diff = connection.execute(updated.order_by(article_changes.c.change_id.desc())).scalars().first()
    return {
        "overview": "/",
        "search": "/search?q=harbour+expansion&order=relevance_recent",
        "article": f"/articles/{article}",
        "versions": f"/articles/{diff}/diff",
        "story": f"/stories/{story}?old={ids[0]}&new={ids[1]}",
        "site": "/sites/delta-daily.example",
        "history": "/history?url=https://delta-daily.example/feed.xml",
    }


@contextmanager
def running(url: str) -> Iterator[str]:
    """Serve the database at *url*; yield the address."""
    server = uvicorn.Server(uvicorn.Config(create_app(WebSettings(url)), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def photograph(browser: Browser, address: str, name: str, kind: str) -> None:
    width, height = SIZES[kind]
    scheme = "dark" if kind == "dark" else "light"
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(address)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(HERE / f"web-{name}-{kind}.png", optimize=True)


def main() -> None:
    stop_clock()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.db"
        engine = open_engine(url)
        upgrade(engine)
        fill(engine, NOW)
        pages = choose_pages(engine)
        engine.dispose()
        with running(url) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for name, path in pages.items():
                for kind in SIZES:
                    photograph(browser, address + path, name, kind)
            browser.close()


if __name__ == "__main__":
    main()
