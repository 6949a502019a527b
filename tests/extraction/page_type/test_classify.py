"""Page types of small pages and of the labelled set; in doubt, a page is an article."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from newscrawl.boilerplate.page_rules import page_rules
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.page_type.classify import classify_page, get_signals
from newscrawl.extraction.page_type.facts import PageFacts
from newscrawl.extraction.page_type.teasers import TeaserList
from tests.support.page_types.pages import HELD_OUT, Page, pages

LINKS = "".join(f"<li><a href='/news/{n}'>Story number {n} of the day in the harbour</a></li>" for n in range(90))
TEXT = "<p>The council approved a plan on Tuesday to rebuild the lighthouse, which has been dark since the storm.</p>"


def page_type(html: str, url: str = "https://e.example/news/old-lighthouse") -> str:
    extraction = extract(html.encode(), url, ExtractionRules())
    assert extraction.is_article == (extraction.page_type == "article")
    return extraction.page_type


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
        (
            "<title>Post</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
            "javascript_required",
        ),
        (f"<title>Impressum | Post</title><h1>Impressum</h1>{TEXT}<p>Quay Street 1, Harbourtown.</p>", "utility_page"),
        (
            f"<meta property='og:type' content='product'><title>Lamp</title><h1>Lamp</h1>{TEXT}<p>In two colours.</p>",
            "product_page",
        ),
        (f"<title>Editor (m/f/d)</title><h1>Editor (m/f/d)</h1>{TEXT}<p>We look forward to your letter.</p>", "job_ad"),
        (
            '<script type=\'application/ld+json\'>{"@type": "TheaterEvent", "name": "The Lamp"}</script>'
            f"<h1>The Lamp</h1>{TEXT}",
            "event_listing",
        ),
        (f"<meta name=generator content='phpBB'><title>Lamps</title><h2>Lamps</h2>{TEXT}", "forum_thread"),
        (f"<meta property='og:type' content='video.other'><h1>At sea</h1><video></video>{TEXT}", "video_page"),
        (
            "<h1>At sea</h1>" + "<figure><img src=a.jpg><figcaption>A ship at sea.</figcaption></figure>" * 6,
            "gallery",
        ),
        (
            "<h1>At sea</h1><script type='application/ld+json'>"
            '{"@type": "NewsArticle", "headline": "At sea", "datePublished": "2024-02-06"}</script>'
            "<p>Subscribe to continue reading.</p>",
            "paywall",
        ),
        ("", "empty"),
    ],
)
def test_other_pages_get_their_page_type(html: str, expected: str) -> None:
    assert page_type(html) == expected


def test_a_front_page_is_a_section_page() -> None:
    assert page_type(f"<title>Post</title>{TEXT * 3}<ul>{LINKS}</ul>", "https://e.example/") == "section_page"


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
def test_an_article_is_never_rejected(html: str) -> None:
    assert page_type(html) == "article"


@lru_cache(maxsize=1)
def classified_pages() -> tuple[tuple[Page, str], ...]:
    return tuple((page, page_type(page.html, page.url)) for page in pages())


def test_the_labelled_set_is_deterministic_and_large_enough() -> None:
    first, second = list(pages()), list(pages())
    assert first == second
    assert len({page.html for page in first}) == len(first)
    counts = Counter(page.expected == "article" for page in first)
    assert counts[False] >= 300
    assert counts[True] >= 60
    assert {page.name.partition(" ")[0] for page in first if page.held_out} >= HELD_OUT
    assert 0.3 <= sum(page.held_out for page in first) / len(first) <= 0.6


@pytest.mark.parametrize("held_out", [False, True])
def test_at_least_95_percent_of_other_pages_are_rejected(held_out: bool) -> None:
    others = [
        (page, found) for page, found in classified_pages() if page.expected != "article" and page.held_out == held_out
    ]
    assert sum(found != "article" for _, found in others) >= 0.95 * len(others)
    assert sum(found == page.expected for page, found in others) >= 0.95 * len(others)


def test_at_most_half_a_percent_of_articles_with_text_are_rejected() -> None:
    found = Counter(found for page, found in classified_pages() if page.expected == "article")
    lost = found.pop("no_text", 0)
    assert lost <= 0.04 * found.total()
    assert found.total() - found["article"] <= 0.005 * found.total()


def test_the_signals_are_those_of_the_rule_file() -> None:
    assert get_signals(PageFacts()).keys() == page_rules().signals.keys()


def test_two_hints_decide_and_one_does_not() -> None:
    button = Counter({"add to cart": 1})
    text = TeaserList(run=300, runs=1)
    assert classify_page(PageFacts(lines=button, size=300, teaser_list=text)) == "article"
    assert (
        classify_page(PageFacts(lines=button, segments=("shop", "lamp"), size=300, teaser_list=text)) == "product_page"
    )


def test_a_title_rule_does_not_apply_to_a_page_with_a_long_text() -> None:
    missing = frozenset({"page not found"})
    assert classify_page(PageFacts(titles=missing, size=400, teaser_list=TeaserList(run=400))) == "soft_404"
    assert classify_page(PageFacts(titles=missing, size=900, teaser_list=TeaserList(run=900))) == "article"


def test_article_json_ld_outweighs_rules_if_the_page_has_text() -> None:
    product = frozenset({"product"})
    assert (
        classify_page(PageFacts(types=product, has_article=True, size=200, teaser_list=TeaserList(run=200)))
        == "article"
    )
    assert classify_page(PageFacts(types=product, has_article=True, size=20)) == "product_page"


def test_teasers_that_link_to_other_sites_are_a_list_article() -> None:
    def listing(host: str) -> str:
        teasers = "".join(
            f"<h3><a href='{host}/lamp-{n}'>Lamp number {n} for the dark season</a></h3><p>{n}: {TEXT[3:-4]}</p>"
            for n in range(12)
        )
        return page_type(f"<title>Lamps</title><h1>Lamps</h1>{teasers}", "https://e.example/lamps")

    assert listing("https://shop.example") == "article"
    assert listing("https://www.e.example") == "section_page"
    assert listing("") == "section_page"


def test_related_links_between_paragraphs_do_not_make_a_section_page() -> None:
    blocks = "".join(
        f"<p>{n}: {TEXT[3:-4]}</p><p><a href='/news/{n}'>Story number {n} of the day in the harbour</a></p>"
        for n in range(12)
    )
    assert page_type(f"<title>Lighthouse</title><h1>Lighthouse</h1>{blocks}<ul>{LINKS}</ul>") == "article"


@pytest.mark.parametrize("path", ["/", "/en/", "/de-AT", "/index.html"])
def test_the_front_page_of_an_edition_is_a_section_page(path: str) -> None:
    assert page_type(f"<title>Post</title>{TEXT}<ul>{LINKS}</ul>", f"https://e.example{path}") == "section_page"


def test_a_root_url_with_a_query_is_not_a_front_page() -> None:
    assert page_type(f"<title>Post</title><h1>Lighthouse</h1>{TEXT}", "https://e.example/?p=4711") == "article"


@pytest.mark.parametrize(
    "title", ["PAGE NOT FOUND!", "Post | Page not found", "Sayfa Bulunamadı – Post", "Oops! That page can’t be found."]
)
def test_title_parts_are_compared_without_case_and_punctuation(title: str) -> None:
    assert page_type(f"<title>{title}</title><p>Try the search.</p>") == "soft_404"


def test_a_title_with_more_words_than_the_phrase_does_not_match() -> None:
    assert (
        page_type(f"<title>Why a page not found is a sorry sight - Post</title>{TEXT}<p>More of it.</p>") == "article"
    )
