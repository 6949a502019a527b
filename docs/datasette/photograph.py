"""Take the picture of Datasette: `python docs/datasette/photograph.py newscrawl.db` (needs chromium)."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).parent
PORT = 8791
PAGE = f"http://127.0.0.1:{PORT}/newscrawl/articles?"
COLUMNS = ("site", "headline", "date_published", "in_language", "authors", "word_count")


def main(database: str) -> None:
    command = [sys.executable, "-m", "datasette", database, "-m", str(FOLDER / "metadata.yaml"), "-p", str(PORT)]
    with subprocess.Popen(command) as server:
        try:
            _wait()
            _photograph(PAGE + "".join(f"&_col={name}" for name in COLUMNS))
        finally:
            server.terminate()


def _wait() -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/-/versions.json", timeout=1).close()
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return


def _photograph(url: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 1150})
        page.goto(url)
        page.screenshot(path=FOLDER.parent / "images" / "datasette.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
