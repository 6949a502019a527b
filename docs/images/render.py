"""Make the pictures of the docs from what the commands give: python -m docs.images.render (needs chromium)."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.text import Text

from docs.images import web
from tests.newssite.server import PORTS, serve

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INSPECTED = "harbour-expansion-in-saltby-faces-five-legal-challenges/"
QUERY = "SELECT date_published, site, headline FROM articles ORDER BY date_published DESC LIMIT 5"


def run_on_terminal(command: list[str], folder: str, columns: int) -> str:
    """Run *command* on a terminal of its own and return what it shows at the end."""
    environment = os.environ | {
        "NEWSCRAWL_DATABASE_URL": f"sqlite:///{folder}/demo.db",
        "COLUMNS": str(columns),
        "TERM": "xterm",
    }
    leader, follower = pty.openpty()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=follower, stderr=follower) as process:
        os.close(follower)
        shown = bytearray()
        while True:
            try:
                part = os.read(leader, 65_536)
            except OSError:
                break
            if not part:
                break
            shown += part
        process.wait()
    return shown.decode().replace("\r\n", "\n")


def last_screen(shown: str) -> str:
    """Drop the progress line's earlier states and the line for programs."""
    lines = re.split(r"\n|\r(?!\n)|(?=\x1b\[2K)", re.sub(r"\x1b\[\?25[lh]|\x1b\[1A", "", shown))
    kept = [line for line in lines if "pages fetched" not in line and '"crawl_id"' not in line]
    return "\n".join(line.replace("\x1b[2K", "") for line in kept if line.strip())


def draw(text: str, name: str, title: str, columns: int) -> None:
    console = Console(record=True, width=columns, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(Text.from_ansi(text))
    svg = console.export_svg(title=title)
    # Readers' browsers are to ask nobody for a font.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    (HERE / name).write_text(svg, encoding="utf-8")


def photograph(page: Path, name: str, width: int, height: int) -> None:
    """Take a picture of an HTML file."""
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
    command = ["chromium", *options, f"--screenshot={HERE / name}", page.as_uri()]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def inspect_bundled_page(report: Path) -> None:
    environment = os.environ | {"NEWSCRAWL_DELAY": "0"}
    with serve(ports=PORTS, today=date(2026, 11, 22)) as site:
        command = [sys.executable, "-m", "scrapy", "inspect", site.urls[0] + INSPECTED, "--html", str(report)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        crawl = run_on_terminal([sys.executable, "-m", "tests.newssite.crawl"], folder, 104)
        crawl = crawl.replace(f"{folder}/", "")
        draw("$ make crawl\n" + last_screen(crawl), "make-crawl.svg", "make crawl", 140)
        rows = run_on_terminal(["sqlite3", "-box", f"{folder}/demo.db", QUERY], folder, 120)
        draw(f'$ sqlite3 -box newscrawl.db "{QUERY}"\n{rows}', "sqlite3.svg", "sqlite3", 125)
        report = Path(folder) / "inspect.html"
        inspect_bundled_page(report)
        photograph(report, "inspect.png", 1200, 1384)
    web.main()


if __name__ == "__main__":
    main()
