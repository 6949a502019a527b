"""Links of pages: which ones lead to articles, sections, next pages and feeds."""

from __future__ import annotations

import sys

import pytest
from lxml import etree, html

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.pages import MAX_LINKS, find_links
from newscrawl.discovery.score import (
    CARD,
    FOOTER,
    HEADING,
    MAIN,
    NAV,
    PAGER,
    get_named_place,
    get_place_inside,
    score_article_link,
)
from newscrawl.urls.classify import LIKELY_ARTICLE
from newscrawl.urls.key_rules import UrlKeyRules

FRONT = "https://www.example.org/"
SECTION = "https://www.example.org/politics/"
STORY = "/2024/05/06/the-long-vote-ends-in-a-draw"


def links(body: str, url: str = FRONT, head: str = "") -> list[Link]:
    root = html.document_fromstring(f"<html><head><title>x</title>{head}</head><body>{body}</body></html>")
    return list(find_links(root, url).links)


def find_urls(kind: LinkKind, body: str, url: str = FRONT, head: str = "") -> list[str]:
    return [link.url for link in links(body, url, head) if link.kind is kind and link.score >= LIKELY_ARTICLE]


def test_parameters_that_a_site_file_keeps_distinguish_pages():
    story = f'<main><h3><a href="{STORY}?ref=rss">One</a></h3><h3><a href="{STORY}?ref=app">Two</a></h3></main>'
    root = html.document_fromstring(f"<html><body>{story}</body></html>")
    assert len(find_links(root, FRONT).links) == 1
    assert len(find_links(root, FRONT, UrlKeyRules(keep_parameters=("ref",))).links) == 2


def test_story_in_a_card_is_an_article_with_its_headline():
    (link,) = links(f'<main><article><h3><a href="{STORY}">The long vote ends in a draw</a></h3></article></main>')
    assert link.url == "https://www.example.org" + STORY
    assert (link.kind, link.source, link.score) == (LinkKind.ARTICLE, "front page", 1.0)
    assert link.headline == "The long vote ends in a draw"


def test_source_of_links_on_a_section_page_is_the_section():
    (link,) = links(f'<h3><a href="{STORY}">The long vote ends in a draw</a></h3>', SECTION)
    assert link.source == "section"


def test_menu_links_are_sections():
    menu = '<nav><a href="/politics">Politics</a><a href="/sport/tennis">Tennis</a><a href="/kultur/">Kultur</a></nav>'
    assert find_urls(LinkKind.SECTION, menu) == [
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
def test_section_names_are_recognized_in_many_languages_outside_menus(path, text):
    assert find_urls(LinkKind.SECTION, f'<div><a href="{path}">{text}</a></div>') == [f"https://www.example.org{path}"]


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
def test_links_off_the_site_or_to_no_other_page_are_dropped(href):
    assert links(f'<h2><a href="{href}">The long vote ends in a draw</a></h2>') == []


def test_other_hosts_of_the_site_are_kept():
    url = "https://sport.example.org" + STORY
    assert find_urls(LinkKind.ARTICLE, f'<h2><a href="{url}">The long vote ends in a draw</a></h2>') == [url]


def test_page_with_several_urls_is_one_link_with_the_best_headline():
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


def test_heading_inside_an_anchor_around_a_card_is_the_headline():
    card = f'<a href="{STORY}"><span>Politics</span><h2>The long <em>vote</em> ends</h2><p>{"And so on. " * 30}</p></a>'
    assert links(card)[0].headline == "The long vote ends"


def test_parts_of_an_anchor_are_separated_by_spaces_without_its_styles():
    inside = "<style>a{b:c}</style><span>Politics</span><span>The long v<b>o</b>te</span>"
    assert links(f'<article><a href="{STORY}">{inside}</a></article>')[0].headline == "Politics The long vote"


def test_anchor_within_a_sentence_has_no_headline():
    (link,) = links(f'<p>As was reported, <a href="{STORY}">the long vote ended in a draw</a>, said all.</p>', SECTION)
    assert (link.kind, link.headline) == (LinkKind.ARTICLE, None)


def test_title_attribute_of_an_image_link_is_the_headline():
    assert (
        links(f'<article><a href="{STORY}" title="The long vote ends"><img></a></article>')[0].headline
        == "The long vote ends"
    )


def test_place_decides_if_the_url_is_ambiguous():
    anchor = '<a href="/leben/kurz-und-gut">Warum kurz manchmal gut und lang manchmal besser ist</a>'
    assert find_urls(LinkKind.ARTICLE, f"<main><article><h3>{anchor}</h3></article></main>")
    assert not find_urls(LinkKind.ARTICLE, f"<footer>{anchor}</footer>")


def test_labels_in_menus_and_footers_are_not_articles_even_with_numbers():
    for place in ("nav", "footer"):
        assert not find_urls(
            LinkKind.ARTICLE, f'<{place}><a href="/politik/wahl-im-land-heute-a-1234567">Wahl</a></{place}>'
        )


def test_ambiguous_url_without_a_number_is_dropped_if_most_have_one():
    numbered = "".join(
        f'<h3><a href="/news/story-{n}-1000{n}00">A story of the day with number {n}</a></h3>' for n in range(9)
    )
    odd = '<a href="/berlin/all-about-the-old-hall">Max Hall</a>'
    assert len(find_urls(LinkKind.ARTICLE, odd)) == 1
    assert "https://www.example.org/berlin/all-about-the-old-hall" not in find_urls(LinkKind.ARTICLE, numbered + odd)


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
def test_next_pages_of_a_list_are_found(anchor):
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


def test_next_pages_and_variants_of_an_article_are_not_followed():
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


@pytest.mark.parametrize(
    "href",
    ["?feed=rss", "/?feed=rss2", "index.php?format=feed&type=atom", "/news?output=RSS", "?view=rss_2.0", "/all?rss"],
)
def test_parameter_that_asks_for_a_feed_makes_a_feed(href):
    (url,) = find_urls(LinkKind.FEED, f'<footer><a href="{href}">Subscribe</a></footer>')
    assert url == f"{FRONT}{href.removeprefix('/')}"


@pytest.mark.parametrize(
    "href",
    [
        "?ref=rss",
        "/story?source=feed",
        "?tag=rss",
        "?q=atom",
        "?view=feedback",
        "?type=rssi",
        "?rss=abc",
        f"{STORY}?feed=rss2",
    ],
)
def test_parameter_that_only_mentions_a_feed_makes_none(href):
    assert find_urls(LinkKind.FEED, f'<footer><a href="{href}">Subscribe</a></footer>') == []


@pytest.mark.parametrize(
    "href, url",
    [
        (
            r"\politics\economy-falls-again-in-may-1234567.html",
            "https://www.example.org/politics/economy-falls-again-in-may-1234567.html",
        ),
        (
            "///www.example.org/a/economy-falls-again-in-may-1234567",
            "https://www.example.org/a/economy-falls-again-in-may-1234567",
        ),
        (
            "/economy-falls-again-in-may?id=7&copy=2&amp;lang=en",
            "https://www.example.org/economy-falls-again-in-may?id=7&copy=2&lang=en",
        ),
    ],
)
def test_links_of_a_page_are_resolved_as_browsers_do(href, url):
    story = f'<main><article><h3><a href="{href}">The economy falls again in May</a></h3></article></main>'
    assert find_urls(LinkKind.ARTICLE, story) == [url]


@pytest.mark.parametrize("url", [FRONT, SECTION, "https://www.example.org/index.html"])
def test_feeds_in_the_head_may_be_on_another_site(url):
    head = (
        '<link rel="alternate" type="application/rss+xml" href="https://feeds.example.net/all">'
        '<link rel="alternate" type="application/atom+xml" href="//cdn.example.com/atom">'
        '<link rel="alternate" type="text/html" hreflang="fr" href="https://example.net/fr">'
        '<link rel="next" href="https://example.net/page/2">'
        '<link rel="amphtml" href="https://example.net/amp">'
    )
    body = '<a href="https://feeds.example.net/all">RSS</a><a href="https://example.net/feed.xml">Partner</a>'
    assert [(link.url, link.source) for link in links(body, url, head)] == [
        ("https://feeds.example.net/all", "alternate"),
        ("https://cdn.example.com/atom", "alternate"),
    ]


def test_link_with_backslashes_to_another_site_is_not_followed():
    assert (
        links(r'<main><h3><a href="/\other.example.net/economy-falls-again-in-may">The economy falls</a></h3></main>')
        == []
    )


def test_anchor_to_a_feed_is_a_feed():
    assert find_urls(LinkKind.FEED, '<a href="/rss/politics.xml">Politics</a>') == [
        "https://www.example.org/rss/politics.xml"
    ]


def test_links_are_resolved_against_the_base_element():
    body = f'<h2><a href="{STORY[1:]}">The long vote ends in a draw</a></h2>'
    assert find_urls(LinkKind.ARTICLE, body, SECTION, '<base href="https://www.example.org/en/">') == [
        "https://www.example.org/en" + STORY
    ]


@pytest.mark.parametrize("base", ["javascript:x", "", "http://[", "data:,"])
def test_invalid_base_element_is_ignored(base):
    body = f'<h2><a href="{STORY}">The long vote ends in a draw</a></h2>'
    assert find_urls(LinkKind.ARTICLE, body, SECTION, f'<base href="{base}">') == ["https://www.example.org" + STORY]


def test_relative_links_are_dropped_if_the_base_is_another_site():
    body = f'<h2><a href="{STORY}">The long vote ends in a draw</a></h2>'
    assert find_urls(LinkKind.ARTICLE, body, SECTION, '<base href="https://evil.example.com/">') == []


def test_editions_in_other_languages_are_not_followed():
    menu = '<nav><a href="https://fr.example.org/">Français</a><a href="/fr">FR</a><a href="/de/sport">Sport</a></nav>'
    assert find_urls(LinkKind.SECTION, menu, "https://www.example.org/de/politik") == [
        "https://www.example.org/de/sport"
    ]


def test_tree_is_not_modified():
    root = html.document_fromstring(
        f'<html><body><nav><a href="/politics">P</a></nav><a href="{STORY}">x</a></body></html>'
    )
    before = etree.tostring(root)
    find_links(root, FRONT)
    assert etree.tostring(root) == before


def test_links_with_the_highest_scores_are_kept_in_page_order():
    body = "".join(f'<a href="/2024/05/06/a-story-of-some-length-{n}">Story</a>' for n in range(1_500))
    body += f'<main><article><h2><a href="{STORY}">The long vote ends in a draw</a></h2></article></main>'
    found = find_links(html.document_fromstring(f"<html><body>{body}</body></html>"), FRONT)
    assert len(found.links) == MAX_LINKS
    assert found.links[-1].url.endswith(STORY)
    assert found.partial == "more than 1000 links"


def test_number_of_examined_anchors_is_bounded():
    body = '<a href="/x">x</a>' * 20_100
    assert "anchors" in (find_links(html.document_fromstring(f"<html><body>{body}</body></html>"), FRONT).partial or "")


def test_deeply_nested_pages_are_parsed():
    parser = html.HTMLParser(huge_tree=True)
    deep = "<div>" * 1_500 + f'<h2><a href="{STORY}">The long vote ends in a draw</a></h2>'
    assert len(find_links(html.document_fromstring(deep, parser=parser), FRONT).links) == 1


def test_work_is_linear_in_the_number_of_links():
    def calls(count: int) -> int:
        """Return the number of function calls, which is the same on every machine."""
        counted = 0

        def note(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += 1

        body = "".join(f'<div class="x{n}"><p><a href="/n/{count}/{n}">A story {n}</a></p></div>' for n in range(count))
        root = html.document_fromstring(f"<html><body>{body}</body></html>")
        sys.setprofile(note)
        try:
            find_links(root, FRONT)
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
def test_class_names_determine_the_place(names, place):
    assert get_named_place(names) == place


def test_header_of_a_card_is_not_navigation():
    assert get_place_inside("header", "", CARD) == CARD
    assert get_place_inside("header", "", 0) == NAV
    assert get_place_inside("main", "", NAV) == MAIN


def test_url_that_cannot_be_an_article_scores_zero_in_every_place():
    assert score_article_link(HEADING | CARD | MAIN, "A long and telling headline of a story", 0.0) == 0


def find_partial(body: str, head: str = "") -> str | None:
    return find_links(html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>"), FRONT).partial


def test_links_with_invalid_urls_are_counted_once_each():
    story = "<a href='http://[/2024/05/06/a-story'>The long vote ends in a draw</a>"
    assert find_partial(story * 2) == "1 link has an invalid URL, 'http://[/2024/05/06/a-story'"
    other = "<a href='https://www.example.org:70000/a'>x</a>"
    assert find_partial(story + other) == "2 links have invalid URLs, such as 'http://[/2024/05/06/a-story'"
    many = "".join(f"<a href='/2024/05/06/story-number-{number}-of-the-day'>x</a>" for number in range(MAX_LINKS + 1))
    said = "1 link has an invalid URL, 'http://[/2024/05/06/a-story'; more than 1000 links"
    assert find_partial(story + many) == said


def test_pages_and_feeds_that_the_head_names_with_invalid_urls_are_counted():
    assert find_partial("", "<link rel=next href='http://['>") == "1 link has an invalid URL, 'http://['"
    feed = "<link rel=alternate type='application/rss+xml' href='http://['>"
    assert find_partial("", feed) == "1 link has an invalid URL, 'http://['"
    assert find_partial("", "<link rel=preconnect href='http://['>") is None


@pytest.mark.parametrize(
    "href",
    [
        "http://",
        "https:",
        "ftp://example.org/",
        "viber:share",
        " ",
        f"https://ads.example.net/{'a' * 3_000}",
        "#[",
        "?",
    ],
)
def test_links_that_were_to_be_no_pages_of_the_site_are_not_counted(href):
    assert find_partial(f"<a href='{href}'>The long vote ends in a draw</a>") is None
