"""Which text of a page is the standfirst, and what looks like one and is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from newscrawl.evidence import Extraction, ExtractionRules
from newscrawl.extraction.article_pages import join_article_pages
from newscrawl.extraction.extract import extract
from newscrawl.items import Article
from newscrawl.loaders import load_article

URL = "https://post.example/2026/lamp"
HEADLINE = "The lamp of the old tower is lit again"
DECK = "After forty dark years, the keeper and her daughter climb the stairs with a new lamp"
TEXT = "said that the lamp would be lit again before the winter, when the repairs are finished."
PROSE = "".join(f"<p>The {who} {TEXT}</p>" for who in ("keeper", "mayor", "sailor", "teacher", "baker"))
BYLINE = "<div class='byline'>By Ann Lee</div>"
H1 = f"<h1>{HEADLINE}</h1>"


def read(page: str, description: str = "", lang: str = "en") -> Extraction:
    meta = f'<meta property="og:description" content="{description}">' if description else ""
    html = f"<html lang='{lang}'><head><title>{HEADLINE}</title>{meta}</head><body>{page}</body></html>"
    return extract(html.encode(), URL, ExtractionRules())


def load(extraction: Extraction) -> Article:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    return load_article(extraction, url=URL, source_metadata=None, rules=ExtractionRules(), now=now)


def standfirst_of(page: str, description: str = "", lang: str = "en") -> str | None:
    return load(read(page, description, lang)).standfirst


@pytest.mark.parametrize(
    "name",
    [
        "standfirst", "article__deck", "c-dek", "post-subtitle", "articleLead", "lede", "article-summary", "chapo",
        "entradilla", "bajada", "sottotitolo", "sommario", "vorspann", "ingress", "manchet", "perex", "underrubrik",
        "copete", "linha-fina", "zajawka",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["p", "div", "h2"])
def test_a_name_marks_it(name: str, tag: str) -> None:
    page = f"<article><header>{H1}<{tag} class='{name}'>{DECK}</{tag}>{BYLINE}</header>{PROSE}</article>"
    assert standfirst_of(page) == DECK


@pytest.mark.parametrize("item", ["description", "alternativeHeadline"])
def test_microdata_mark_it(item: str) -> None:
    page = f"<article>{H1}<p itemprop='{item}'>{DECK}</p>{PROSE}</article>"
    assert standfirst_of(page) == DECK


@pytest.mark.parametrize(
    "page",
    [
        f"<header>{H1}<p>{DECK}</p></header><main>{PROSE}</main>",
        f"<article><p>{DECK}</p>{H1}<section>{PROSE}</section></article>",
        f"<article>{H1}<h2>{DECK}</h2>{PROSE}</article>",
        f"<article>{H1}<p class='big'>{DECK}</p>{PROSE}</article>",
        f"<article>{H1}<p><strong>{DECK}</strong></p>{PROSE}</article>",
        f"<article>{H1}<p>{DECK}</p>{BYLINE}{PROSE}</article>",
        f"<article>{H1}<p class='big'>Port Ellen. {DECK}</p>{PROSE}</article>",
    ],
    ids=["header", "above", "heading", "class", "bold", "byline", "dateline"],
)
def test_a_text_apart_that_repeats_the_declared_description_is_one(page: str) -> None:
    assert (standfirst_of(page, DECK) or "").endswith(DECK)


def test_an_alternative_headline_that_is_a_sentence_below_the_headline_is_one() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": HEADLINE, "alternativeHeadline": DECK})
    page = f"<script type='application/ld+json'>{data}</script><header>{H1}<p>{DECK}</p></header><main>{PROSE}</main>"
    article = load(read(page))
    assert (article.standfirst, article.alternative_headline) == (DECK, None)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "After forty dark years, the keeper and her daughter climb the stairs of the tower again, with a lamp."),
        ("de", "Nach vierzig dunklen Jahren steigen die Wärterin und ihre Tochter wieder die Treppe des Turms hinauf."),
        ("zh", "黑暗了四十年之后，看守人和她的女儿又带着一盏新灯登上了塔楼的楼梯，港口的人们都在等待这一刻的到来。"),
    ],
    ids=["en", "de", "zh"],
)
def test_a_heading_or_a_paragraph_above_the_byline_is_one(lang: str, text: str) -> None:
    assert standfirst_of(f"<article>{H1}<h2>{text}</h2><div>{PROSE}</div></article>", lang=lang) == text
    page = f"<article>{H1}<p>{text}</p>{BYLINE}<time datetime='2026-11-20'></time>{PROSE}</article>"
    assert standfirst_of(page, lang=lang) == text


FIRST = f"The keeper {TEXT}"


@pytest.mark.parametrize(
    ("page", "description"),
    [
        (f"<article>{H1}{BYLINE}<p><strong>{DECK}.</strong></p>{PROSE}</article>", ""),
        (f"<article>{H1}{BYLINE}<p><b>{DECK}.</b></p>{PROSE}</article>", "A summary of something else in the harbour."),
        (f"<article>{H1}{BYLINE}{PROSE}</article>", FIRST[:60]),
        (f"<article>{H1}{BYLINE}{PROSE}</article>", f"{FIRST[:60]}…"),
        (f"<article>{H1}{BYLINE}{PROSE}</article>", FIRST),
        (f"<article>{H1}{BYLINE}<p class='first'>{DECK}</p>{PROSE}</article>", DECK),
        (f"<article>{H1}{BYLINE}<div><p>{DECK}</p></div><div>{PROSE}</div></article>", f"{DECK}. And more"),
        (f"<article>{H1}<figure><img src='/a.jpg'><figcaption>{DECK}</figcaption></figure>{PROSE}</article>", ""),
        (f"<article>{H1}<p class='byline'>By Ann Lee, who has written about lamps for years.</p>{PROSE}</article>", ""),
        (f"<article>{H1}{BYLINE}<p class='author-description'>{DECK}.</p>{PROSE}</article>", ""),
        (f"<article>{H1}<div class='related'><p><a href='/b'>{DECK}</a></p></div>{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<div class='excerpt'><a href='/b'>{DECK}</a></div>{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<h2>What does the lamp do?</h2>{PROSE}</article>", ""),
        (f"<article>{H1}<h2>A second headline of the lamp</h2>{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<p>This post may contain affiliate links, for which we get a commission.</p>"
         f"{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<div class='summary'>Summarize this article with:</div>{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<p class='lead'>Updated 20.11.2026, 14:05 by the harbour desk</p>{PROSE}</article>", ""),
        (f"<article class='intro'>{H1}{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}{BYLINE}{PROSE}<h2 class='subheading'>{DECK}</h2>{PROSE}</article>", ""),
        (f"<article><p class='tagline'>{DECK}</p>{H1}{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<p class='deck'>{HEADLINE}</p>{BYLINE}{PROSE}</article>", ""),
        (f"<article>{H1}<p class='subtitle'>By Ann Lee on November 20, 2026</p>{PROSE}</article>", ""),
        (f"<article>{H1}<p class='subtitle'>Ann Lee, Bo C. Oh, William Crane</p>{PROSE}</article>", ""),
    ],
    ids=["bold", "bold tag", "start", "cut", "whole first paragraph", "class first", "start in wrapper", "caption",
         "byline", "author", "related", "teaser", "question", "second headline", "affiliate", "colon", "date",
         "container", "subheading", "tagline", "headline again", "byline named", "names"],
)  # fmt: skip
def test_what_is_no_standfirst(page: str, description: str) -> None:
    assert standfirst_of(page, description) is None


LEAD = "The lamp of the old tower shines again after forty years, and the harbour wants to celebrate it all week."


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (f"<header>{H1}<h2>{LEAD}</h2></header><div>{PROSE}</div>", LEAD),
        (f"{H1}<h2>{LEAD}</h2>{BYLINE}<div>{PROSE}</div>", LEAD),
        (f"<header>{H1}</header><div><h2>{LEAD}</h2>{PROSE}</div>", None),
    ],
)
def test_a_heading_is_one_in_the_header_and_not_as_the_first_sentence_of_the_text(page: str, found: str) -> None:
    assert standfirst_of(f"<article>{page}</article>") == found


@pytest.mark.parametrize(
    "text",
    [
        "The Lamp is a newsletter about towers. Want to get it in your inbox every Sunday?",
        "You will not get spam, only a weekly letter about towers and lamps.",
        "Ann Lee, editor of the Harbour Post and keeper of the tower",
        "Ann Lee, VMD, DACVB; Bo Diaz, BA, LVT, VTS (Behavior)",
    ],
)
def test_an_invitation_and_names_with_titles_are_none_even_with_the_name_of_one(text: str) -> None:
    assert standfirst_of(f"<article>{H1}<p class='standfirst'>{text}</p>{PROSE}</article>") is None


def test_the_title_of_key_points_is_no_part_of_it() -> None:
    box = f"<div class='summary'><p>The lamp in short</p><p>{LEAD}</p></div>"
    assert standfirst_of(f"<article>{H1}{box}<div>{PROSE}</div></article>") == LEAD


def test_in_the_body_it_is_kept_and_marked() -> None:
    article = load(read(f"<article>{H1}<p class='deck'>{DECK} & more</p>{BYLINE}{PROSE}</article>"))
    assert article.standfirst == f"{DECK} & more"
    assert (article.article_body or "").startswith(f"{article.standfirst}\n\nThe keeper")
    html = article.article_body_html or ""
    assert html.startswith(f'<p class="standfirst">{DECK} &amp; more</p>')
    assert html.count("class=") == 1
    assert article.sources["standfirst"] == "dom"


def test_its_items_and_paragraphs_are_all_found_and_what_is_shown_twice_counts_once() -> None:
    points = ("The lamp is new and weighs two tons.", "The stairs have two hundred steps.", "The sea was calm.")
    page = f"<ul class='summary'>{''.join(f'<li>{point}</li>' for point in points)}</ul>"
    assert standfirst_of(f"<article>{H1}{page}{BYLINE}{PROSE}</article>") == "\n\n".join(points)
    both = f"<p class='deck only-mobile'>{DECK}</p><p class='deck only-desktop'>{DECK}</p>"
    assert standfirst_of(f"<article>{H1}{both}{BYLINE}{PROSE}</article>") == DECK


def test_a_body_that_is_all_summary_keeps_its_text() -> None:
    article = load(read(f"<article>{H1}<p class='deck'>{DECK}. It {TEXT}</p></article>"))
    assert article.standfirst is None


def test_only_the_first_page_of_an_article_has_one() -> None:
    pages = [
        read(f"<article>{H1}<p class='deck'>{deck}</p>{BYLINE}{prose}</article>")
        for deck, prose in ((DECK, PROSE), ("On the second page, the lamp is still lit and shines", PROSE.upper()))
    ]
    assert load(join_article_pages(pages)).standfirst == DECK
