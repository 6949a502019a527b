"""The visible text of a page, and the path of a URL, for tests of the site."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

INLINE = {"a", "span", "b", "strong", "em", "i", "small", "time", "label", "img"}
INVISIBLE = {"script", "style", "title"}


class VisibleText(HTMLParser):
    """The text of a page as lines, broken where a browser breaks them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.invisible_depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.invisible_depth += tag in INVISIBLE
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.invisible_depth -= tag in INVISIBLE
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.invisible_depth:
            self.parts.append(re.sub(r"\s+", " ", data))


def visible_lines(html: str) -> list[str]:
    """Return the visible lines of a page, with single spaces and without empty ones."""
    parser = VisibleText()
    parser.feed(html)
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return [line for line in lines if line]


def get_path(url: str) -> str:
    """Return the path of a URL with its query."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
