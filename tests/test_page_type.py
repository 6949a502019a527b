"""What is an article and what is not; in doubt it is one."""

from __future__ import annotations

import pytest

from newscrawl.extraction.extract import extract
from newscrawl.extraction.model import ExtractionRules

LINKS = "".join(f"<li><a href='/news/{n}'>Story number {n} of the day in the harbour</a></li>" for n in range(90))
TEXT = "<p>The council approved a plan on Tuesday to rebuild the lighthouse, which has been dark since the storm.</p>"


def verdict(html: str, url: str = "https://e.example/news/old-lighthouse") -> str:
    extraction = extract(html.encode(), url, ExtractionRules())
    assert extraction.is_article == (extraction.verdict == "article")
    return extraction.verdict


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<title>News</title><h1>News</h1><ul>{LINKS}</ul>", "section_page"),
        ("<title>Just a moment...</title><p>Checking your browser before accessing the site.</p>", "bot_challenge"),
        (
            "<title>Access denied</title><h1>Access denied</h1><p>You have no permission to see this.</p>",
            "bot_challenge",
        ),
        (
            "<title>Page not found - Post</title><h1>Sorry</h1><p>What you look for is not here. Try the search.</p>",
            "soft_404",
        ),
        (
            "<title>Seite nicht gefunden</title><p>Leider gibt es diese Seite nicht mehr. Zur Startseite?</p>",
            "soft_404",
        ),
        (
            "<title>Before you continue</title><p>We and our partners use cookies.</p><button>Accept</button>",
            "consent_wall",
        ),
        ("<title>Log in</title><form><input name=u><input type=password></form>", "login"),
        ("<h1>Error establishing a database connection</h1>", "error_page"),
        ("<title>Post</title><p>This content is not available in your region.</p>", "geo_block"),
        ("<title>Post</title><div id=root></div>", "no_text"),
        ("", "empty"),
    ],
)
def test_what_is_no_article_is_named(html: str, expected: str) -> None:
    assert verdict(html) == expected


def test_a_front_page_is_a_section() -> None:
    assert verdict(f"<title>Post</title>{TEXT * 3}<ul>{LINKS}</ul>", "https://e.example/") == "section_page"


@pytest.mark.parametrize(
    "html",
    [
        f"<h1>Old lighthouse</h1>{TEXT}<p>No one was hurt.</p>",
        f"<h1>Old lighthouse</h1><time datetime='2024-02-06'>6 Feb</time>{TEXT * 2}<ul>{LINKS}</ul>",
        "<title>Page not found: how the web forgets</title><h1>Page not found: how the web forgets</h1>"
        + "".join(f"<p>{n}: {TEXT[3:-4]}</p>" for n in range(20)),
        "<title>Consent: a history</title><script type='application/ld+json'>"
        '{"@type":"NewsArticle","headline":"Consent: a history"}</script>' + TEXT + "<p>More of it follows here.</p>",
        "<meta property='og:type' content='article'><meta property='article:published_time' content='2024-02-06'>"
        f"<h1>Two dead</h1><p>Two men died at sea.</p><ul>{LINKS}</ul>",
    ],
)
def test_an_article_is_never_refused(html: str) -> None:
    assert verdict(html) == "article"
