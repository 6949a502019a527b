"""Value cleaners: plain functions from text to clean values, used by the loader's fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newscrawl.boilerplate.lines import why_removed
from newscrawl.fields.languages import short_code
from newscrawl.text.clean import clean_line, clean_lines

MAX_HEADLINE = 300
_SENTENCE_END = re.compile(r"[.…:;,。]['\"”’»]*$")


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A page's plain text, told apart."""

    headline: str | None
    article_body: str | None
    """Paragraphs separated by one blank line."""
    removed: tuple[str, ...]
    """The lines that are boilerplate, in order."""


def clean_page_text(text: str, language: str | None = None) -> CleanedText:
    """Take the boilerplate lines out of a page's visible text, one block a line.

    The first line that is left is the headline where it stands by itself before the prose and does not end like a
    sentence. A line is only removed as a whole: prose that merely contains a phrase of boilerplate stays.
    """
    lines = [line for line in (clean_line(line) for line in text.split("\n")) if line]
    prose = [index for index, line in enumerate(lines) if _is_prose(line)]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    kept: list[str] = []
    removed: list[str] = []
    for index, line in enumerate(lines):
        at_edge = index < first or index > last
        (kept if why_removed(line, language, at_edge=at_edge) is None else removed).append(line)
    headline = kept[0] if len(kept) > 1 and _is_headline(kept[0], kept[1]) else None
    body = kept[1:] if headline else kept
    return CleanedText(headline, "\n\n".join(body) or None, tuple(removed))


def _is_prose(line: str) -> bool:
    return len(line) >= 100 or (len(line) >= 40 and bool(_SENTENCE_END.search(line)))


def _is_headline(line: str, following: str) -> bool:
    return len(line) <= MAX_HEADLINE and not _SENTENCE_END.search(line) and len(line) < len(following)


def split_keywords(text: str) -> list[str]:
    """The keywords of one statement, which commas or semicolons separate."""
    parts = text.split(";") if ";" in text and "," not in text else text.split(",")
    return [part for part in (clean_line(part).strip(" #\"'") for part in parts) if 0 < len(part) <= 100]


def language_tag(text: str) -> str | None:
    """A BCP 47 tag in the usual writing ("pt_br" gives "pt-BR"); None for what is none."""
    parts = re.split(r"[-_]", clean_line(text).partition(".")[0])
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    tag = [short_code(parts[0].lower())]
    for part in parts[1:3]:
        if len(part) == 4 and part.isalpha():
            tag.append(part.title())
        elif (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit()):
            tag.append(part.upper())
    return "-".join(tag)


def absolute_url(text: str, base: str) -> str | None:
    """An absolute http(s) URL, or None."""
    try:
        url = clean_line(text)
        if not url.startswith(("https://", "http://")):
            url = urljoin(base, url)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and len(url) <= 2048 else None


def parse_boolean(text: str) -> bool | None:
    """`true` and `false` as schema.org's booleans are written."""
    word = clean_line(text).casefold().rpartition("/")[2]
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word)


def clean_body(text: str) -> str | None:
    """Paragraphs separated by one blank line, each clean."""
    parts = (clean_lines(part) for part in text.split("\n\n"))
    return "\n\n".join(part for part in parts if part) or None
