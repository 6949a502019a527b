"""Links of pages: articles, sections, next pages, feeds, and links that are dropped."""

from __future__ import annotations

import sys

import pytest
from lxml import etree, html

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.pages import MAX_LINKS, page_links
from newscrawl.discovery.score import (
    CARD,
    FOOTER,
    HEADING,
    MAIN,
    NAV,
    PAGER,
    article_score,
    get_inner_place,
    get_named_place,
)
from newscrawl.urls.key_rules import UrlKeyRules

FRONT = "https://www.example.org/"
SECTION = "https://www.example.org/politics/"
STORY = "/2024/05/06/the-long-vote-ends-in-a-draw"


def links(body: str, url: str = FRONT, head: str = "") -> list[Link]:
    root = html.document_fromstring(f"<html><head><title>x</title>{head}</head><body>{body}</body></html>")
    return list(page_links(root, url).links)


def of(kind: LinkKind, body: str, url: str = FRONT, head: str = "") -> list[str]:
    return [link.url for link in links(body, url, head) if link.kind is kind]


def test_parameters_kept_by_the_site_rules_distinguish_pages():
    story = f'<main><h3><a href="{STORY}?ref=rss">One</a></h3><h3><a href="{STORY}?ref=app">Two</a></h3></main>'
    root = html.document_fromstring(f"<html><body>{story}</body></html>")
    assert len(page_links(root, FRONT).links) == 1
    assert len(page_links(root, FRONT, UrlKeyRules(keep_parameters=("ref",))).links) == 2


def test_a_story_in_a_card_is_an_article_with_its_headline():
    (link,) = links(f'<main><article><h3><a href="{STORY}">The long vote ends in a draw</a></h3></article></main>')
    assert link.url == "https://www.example.org" + STORY
    assert (link.kind, link.source, link.score) == (LinkKind.ARTICLE, "front page", 1.0)
    assert link.headline == "The long vote ends in a draw"


def test_the_source_is_the_section_except_on_the_front_page():
    (link,) = links(f'<h3><a href="{STORY}">The long vote ends in a draw</a></h3>', SECTION)
    assert link.source == "section"


def test_links_of_a_menu_are_sections():
    menu = '<nav><a href="/politics">Politics</a><a href="/sport/tennis">Tennis</a><a href="/kultur/">Kultur</a></nav>'
    assert of(LinkKind.SECTION, menu) == [
        "https://www.example.org/politics",
        "https://www.example.org/sport/tennis",
        "https://www.example.org/kultur/",
    ]


@pytest.mark.parametrize(
    "path, text",
    [
        ("/politics", "Politics"),
        ("/politik/", "Politik"),
        ("/economie", "Économie"),
        ("/deportes", "Deportes"),
        ("/cronaca/", "Cronaca"),
        ("/esporte", "Esporte"),
        ("/binnenland", "Binnenland"),
        ("/gospodarka", "Gospodarka"),
        ("/inrikes", "Inrikes"),
        ("/urheilu", "Urheilu"),
        ("/domaci", "Domácí"),
        ("/politika/", "Политика"),
        ("/gundem", "Gündem"),
        ("/olahraga", "Olahraga"),
        ("/gazdasag", "Gazdaság"),
        ("/a", "政治"),
        ("/b", "스포츠"),
        ("/c", "أخبار"),
        ("/michezo", "Michezo"),
    ],
)
def test_sections_are_recognised_by_name_in_many_languages_outside_of_menus(path, text):
    assert of(LinkKind.SECTION, f'<div><a href="{path}">{text}</a></div>') == [f"https://www.example.org{path}"]


@pytest.mark.parametrize(
    "path, text",
    [
        ("/login", "Login"),
        ("/impressum/", "Impressum"),
        ("/privacy-policy", "Privacy"),
        ("/abo", "Abo"),
        ("/kontakt", "Kontakt"),
        ("/mentions-legales", "Mentions légales"),
        ("/aviso-legal", "Aviso legal"),
        ("/gizlilik-politikasi", "Gizlilik"),
        ("/author/jane-doe", "Jane Doe"),
        ("/tag/vote", "Vote"),
        ("/search", "Search"),
        ("/politics?sort=old", "Old"),
        ("/brochure.pdf", "Brochure"),
        ("/a/b/c/d/e/f", "Deep"),
        ("/newsletter-subscriptions", "Letters"),
    ],
)
def test_services_authors_tags_and_files_are_neither_article_nor_section(path, text):
    assert links(f'<nav><a href="{path}">{text}</a></nav>') == []


@pytest.mark.parametrize(
    "href",
    [
        "#top",
        "",
        "javascript:void(0)",
        "JavaScript:void(0)",
        "mailto:desk@example.org",
        "data:text/html,x",
        "tel:+491234",
        "ftp://example.org/2024/05/06/a-b-c-d-e",
        "https://other.example.com/2024/05/06/the-long-vote-ends-in-a-draw",
        "http://[broken/2024/05/06/the-long-vote-ends",
        "https://www.example.org/",
        "https://example.org/?utm_source=x",
        "http://www.example.org/#main",
        "https://jobs.example.org/2024/05/06/a-clerk-for-the-long-vote",
        "https://x:99999/2024/05/06/the-long-vote-ends-in-a-draw",
        "/" + "a-b-c-d-" * 400,
    ],
)
def test_links_to_other_sites_and_to_no_page_are_dropped(href):
    assert links(f'<h2><a href="{href}">The long vote ends in a draw</a></h2>') == []


def test_other_hosts_of_the_site_are_kept():
    url = "https://sport.example.org" + STORY
    assert of(LinkKind.ARTICLE, f'<h2><a href="{url}">The long vote ends in a draw</a></h2>') == [url]


def test_several_urls_of_one_page_become_one_link_with_the_best_headline():
    body = (
        f'<a href="{STORY}"><img src="x.jpg" alt=""></a>'
        f'<article><h3><a href="{STORY}?utm_source=home">The long vote ends</a></h3>'
        f'<a href="http://example.org{STORY}/amp">A much longer teaser text about all that came before the vote</a>'
        f'<a href="{STORY}#comments">12 comments</a></article>'
    )
    (link,) = links(body)
    assert link.headline == "The long vote ends"
    assert link.score == 1.0


@pytest.mark.parametrize(
    "text", ["Read more", "Weiterlesen", "Lire la suite", "Leer más", "Читать далее", "続きを読む"]
)
def test_read_more_text_is_not_a_headline(text):
    (link,) = links(f'<article><a href="{STORY}">{text}</a></article>')
    assert link.headline is None


def test_the_heading_inside_a_card_sized_anchor_is_the_headline():
    card = f'<a href="{STORY}"><span>Politics</span><h2>The long <em>vote</em> ends</h2><p>{"And so on. " * 30}</p></a>'
    assert links(card)[0].headline == "The long vote ends"


def test_parts_of_an_anchor_are_separated_and_its_style_is_skipped():
    inside = "<style>a{b:c}</style><span>Politics</span><span>The long v<b>o</b>te</span>"
    assert links(f'<article><a href="{STORY}">{inside}</a></article>')[0].headline == "Politics The long vote"


def test_a_link_inside_a_sentence_has_no_headline():
    (link,) = links(f'<p>As was reported, <a href="{STORY}">the long vote ended in a draw</a>, said all.</p>', SECTION)
    assert (link.kind, link.headline) == (LinkKind.ARTICLE, None)


def test_the_title_of_an_image_link_is_its_headline():
    assert (
        links(f'<article><a href="{STORY}" title="The long vote ends"><img></a></article>')[0].headline
        == "The long vote ends"
    )


def test_the_place_decides_for_an_ambiguous_url():
    anchor = '<a href="/leben/kurz-und-gut">Warum kurz manchmal gut und lang manchmal besser ist</a>'
    assert of(LinkKind.ARTICLE, f"<main><article><h3>{anchor}</h3></article></main>")
    assert not of(LinkKind.ARTICLE, f"<footer>{anchor}</footer>")


def test_labels_of_menus_and_footers_are_not_articles_even_with_numbers():
    for place in ("nav", "footer"):
        assert not of(LinkKind.ARTICLE, f'<{place}><a href="/politik/wahl-im-land-heute-a-1234567">Wahl</a></{place}>')


def test_uncertain_pages_without_a_number_are_dropped_where_articles_have_one():
    numbered = "".join(
        f'<h3><a href="/news/story-{n}-1000{n}00">A story of the day with number {n}</a></h3>' for n in range(9)
    )
    odd = '<a href="/berlin/all-about-the-old-hall">Max Hall</a>'
    assert len(of(LinkKind.ARTICLE, odd)) == 1
    assert "https://www.example.org/berlin/all-about-the-old-hall" not in of(LinkKind.ARTICLE, numbered + odd)


@pytest.mark.parametrize(
    "anchor",
    [
        '<a rel="next" href="/politics/older">whatever</a>',
        '<div class="pagination"><a href="/politics/page/2">2</a></div>',
        '<a href="/politics/?page=2">2</a>',
        '<a href="/politics/page/2/">Next</a>',
        '<a href="/politik/seite-2.html">Nächste Seite</a>',
        '<a href="/politics/page/2">Suivant</a>',
        '<a href="/politics/page/2">Siguiente</a>',
        '<a href="/politics/page/2">Следующая</a>',
        '<a href="/politics/page/2">次へ</a>',
        '<a href="/politics/page/2">»</a>',
        '<ul class="c-pager"><li><a href="/politics?offset=20">Older posts</a></li></ul>',
        '<ul class="pager"><li><a href="/politics/more?before=abc">Next</a></li></ul>',
    ],
)
def test_next_pages_of_a_listing_are_found(anchor):
    (link,) = links(anchor, SECTION)
    assert (link.kind, link.source) == (LinkKind.SECTION, "pagination")


def test_rel_next_in_the_head_is_found():
    (link,) = links("", SECTION, head='<link rel="next" href="/politics/page/2">')
    assert link.source == "pagination"


@pytest.mark.parametrize(
    "anchor", ['<a href="/news/x-y?image=2">2</a>', '<a href="/gallery">Next</a>', '<a href="/2">2</a>']
)
def test_numbers_and_arrows_alone_are_not_pagination(anchor):
    assert all(link.source != "pagination" for link in links(anchor, SECTION))


def test_the_pages_of_an_article_are_not_followed():
    url = "https://www.example.org" + STORY
    body = (
        f'<a rel="next" href="{STORY}?page=2">2</a><a href="{STORY}/print">Print</a><a href="{STORY}?size=big">A+</a>'
    )
    assert links(body, url) == []


def test_feeds_in_the_head_are_found_except_comment_feeds():
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Example" href="/feed/">'
        '<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="/atom.xml">'
        '<link rel="alternate" type="application/feed+json" href="/feed.json">'
        '<link rel="alternate" type="application/rss+xml" title="Example: comments" href="/comments/feed/">'
        f'<link rel="alternate" type="application/rss+xml" href="{STORY}/feed/">'
        '<link rel="alternate" hreflang="de" href="/de/">'
        '<link rel="alternate" type="application/json" href="/wp-json/1">'
        '<link rel="stylesheet" href="/style.css"><link rel="amphtml" href="/amp/">'
    )
    found = links("", head=head)
    assert [link.url.removeprefix("https://www.example.org") for link in found] == ["/feed/", "/atom.xml", "/feed.json"]
    assert {(link.kind, link.source) for link in found} == {(LinkKind.FEED, "alternate")}


def test_anchors_to_feeds_are_feeds():
    assert of(LinkKind.FEED, '<a href="/rss/politics.xml">Politics</a>') == ["https://www.example.org/rss/politics.xml"]


def test_links_are_resolved_against_the_base():
    body = f'<h2><a href="{STORY[1:]}">The long vote ends in a draw</a></h2>'
    assert of(LinkKind.ARTICLE, body, SECTION, '<base href="https://www.example.org/en/">') == [
        "https://www.example.org/en" + STORY
    ]


@pytest.mark.parametrize("base", ["javascript:x", "", "http://[", "data:,"])
def test_an_invalid_base_is_ignored(base):
    body = f'<h2><a href="{STORY}">The long vote ends in a draw</a></h2>'
    assert of(LinkKind.ARTICLE, body, SECTION, f'<base href="{base}">') == ["https://www.example.org" + STORY]


def test_links_below_a_base_on_another_site_are_dropped():
    body = f'<h2><a href="{STORY}">The long vote ends in a draw</a></h2>'
    assert of(LinkKind.ARTICLE, body, SECTION, '<base href="https://evil.example.com/">') == []


def test_editions_in_other_languages_are_not_sections():
    menu = '<nav><a href="https://fr.example.org/">Français</a><a href="/fr">FR</a><a href="/de/sport">Sport</a></nav>'
    assert of(LinkKind.SECTION, menu, "https://www.example.org/de/politik") == ["https://www.example.org/de/sport"]


def test_the_tree_is_not_modified():
    root = html.document_fromstring(
        f'<html><body><nav><a href="/politics">P</a></nav><a href="{STORY}">x</a></body></html>'
    )
    before = etree.tostring(root)
    page_links(root, FRONT)
    assert etree.tostring(root) == before


def test_of_too_many_links_the_best_are_kept_in_order():
    body = "".join(f'<a href="/2024/05/06/a-story-of-some-length-{n}">Story</a>' for n in range(1_500))
    body += f'<main><article><h2><a href="{STORY}">The long vote ends in a draw</a></h2></article></main>'
    found = page_links(html.document_fromstring(f"<html><body>{body}</body></html>"), FRONT)
    assert len(found.links) == MAX_LINKS
    assert found.links[-1].url.endswith(STORY)
    assert found.partial == "more than 1000 links"


def test_the_number_of_anchors_is_limited():
    body = '<a href="/x">x</a>' * 20_100
    assert "anchors" in (page_links(html.document_fromstring(f"<html><body>{body}</body></html>"), FRONT).partial or "")


def test_deep_nesting_is_read():
    parser = html.HTMLParser(huge_tree=True)
    deep = "<div>" * 1_500 + f'<h2><a href="{STORY}">The long vote ends in a draw</a></h2>'
    assert len(page_links(html.document_fromstring(deep, parser=parser), FRONT).links) == 1


def test_time_is_linear_in_the_number_of_links():
    def calls(count: int) -> int:
        """Count the calls of functions, which are the same on every machine."""
        counted = 0

        def note(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += 1

        body = "".join(f'<div class="x{n}"><p><a href="/n/{count}/{n}">A story {n}</a></p></div>' for n in range(count))
        root = html.document_fromstring(f"<html><body>{body}</body></html>")
        sys.setprofile(note)
        try:
            page_links(root, FRONT)
        finally:
            sys.setprofile(None)
        return counted

    calls(10)
    assert calls(1_600) < 6 * calls(400)


@pytest.mark.parametrize(
    "names, place",
    [
        ("main-nav", NAV),
        ("SiteFooter__links", FOOTER),
        ("teaser teaser--big", CARD),
        ("pagination", PAGER),
        ("has-sidebar nav-open is-story", 0),
        ("wrapper", 0),
    ],
)
def test_places_are_recognised_by_class_names(names, place):
    assert get_named_place(names) == place


def test_the_header_of_a_card_is_not_a_menu():
    assert get_inner_place("header", "", CARD) == CARD
    assert get_inner_place("header", "", 0) == NAV
    assert get_inner_place("main", "", NAV) == MAIN


def test_a_url_score_of_0_rules_out_an_article_in_any_place():
    assert article_score(HEADING | CARD | MAIN, "A long and telling headline of a story", 0.0) == 0
