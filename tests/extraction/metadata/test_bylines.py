"""Which of the names that a page shows are those of the authors."""

from __future__ import annotations

import json

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.fields.name_kinds import DOUBTFUL_AUTHORS
from newscrawl.fields.people import split_names

URL = "https://post.example/lighthouse"
SENTENCE = "said that the lamp of the old tower would be lit again before the winter, as Ida Holm had asked."
PROSE = "".join(f"<p>The {who} {SENTENCE}</p>" for who in ("keeper", "mayor", "sailor", "teacher", "harbour master"))
TITLE = "<h1>An old tower shines again</h1>"


def authors_of(page: str, head: str = "", field: str = "authors") -> list[str]:
    """Return the different names of a page, in order."""
    html = f"<html lang='en'><head><title>An old tower shines again</title>{head}</head><body>{page}</body></html>"
    values = extract(html.encode(), URL, ExtractionRules()).evidence.get(field, ())
    return list(dict.fromkeys(name for value in values for name in split_names(value.value)))


def linked_data(*authors: dict[str, str]) -> str:
    data = {"@type": "NewsArticle", "headline": "An old tower shines again", "author": list(authors)}
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


@pytest.mark.parametrize(
    ("line", "more", "authors"),
    [
        ("<p>Ann Lee</p>", "<p>Ann Lee is a writer.</p>", ["Ann Lee"]),
        ("<div>Şule Çetin | 05.04.2025 - Güncelleme : 05.04.2025</div>", "", ["Şule Çetin"]),
        ("<p>Ann Lee, Bo Diaz • May 4, 2025</p>", "", ["Ann Lee", "Bo Diaz"]),
        ("<p>Ann Lee | Senior Reporter | May 4, 2025</p>", "", ["Ann Lee"]),
        ("<p>Ann Lee</p><p>May 4, 2025</p>", "", ["Ann Lee"]),
        ("<p>Ann Lee</p><p>4 min read</p><p>May 4, 2025</p>", "", ["Ann Lee"]),
        ("<p class='post-name'>Ann Lee</p>", "", ["Ann Lee"]),
        ("<p><a href='/ann'>Ann Lee</a></p>", f"<p>Ann Lee {SENTENCE}</p>", ["Ann Lee"]),
        ("<div class='caption'>The tower by night</div><p>Ann Lee</p><p>Leeds</p><p>May 4, 2025</p>", "", ["Ann Lee"]),
        ("<ul><li>Ann Lee</li><li>Jun 9</li><li>5 min read</li></ul>", "", ["Ann Lee"]),
        ("<p>May 4, 2025</p><p><a href='https://profiles.example/ann'>Ann Lee</a></p>", "", ["Ann Lee"]),
        ("<p><a href='http://[bad'>Ann Lee</a></p><p>May 4, 2025</p>", "", []),
        ("<h6>By Ann Lee</h6>", "", ["Ann Lee"]),
        ("<h4>Written by <a href='/ann'>Ann Lee</a></h4>", "", ["Ann Lee"]),
        ("<p>By Ann Lee—10 min read</p>", "", ["Ann Lee"]),
        ("<h4>By The Numbers</h4>", "", []),
        ("<h4>By the old tower</h4>", "", []),
        ("<p>Real Estates</p><p>Homes</p><p>Towers</p><p>Sea</p><p>May 4, 2025</p>", "", []),
        ("<p>Ann Lee</p>", "", []),
        ("<p>May 4, 2025</p><p>Share Article</p>", "", []),
        ("<p><a href='/real-estate'>Real Estates</a></p><p>May 4, 2025</p>", "", []),
        ("<p class='surname-list'>Ann Lee</p>", "", []),
        (f"<p>Ann Lee</p><p>On May 4, 2025, Ida {SENTENCE}</p>", "", []),
        ("<p>Harbour Master | May 4, 2025</p>", "", []),
        ("<p>Ida Holm | May 4, 2025</p>", "", []),
        ("<p>Old Tower | May 4, 2025</p>", "", []),
        ("<p><a href='/real-estate'>Royal Estates</a> | May 4, 2025</p>", "<p>Royal Estates</p>", []),
        ("<p>Ann Lee and the sea | May 4, 2025</p>", "", []),
        ("<h2>Ann Lee</h2>", "<p>Ann Lee is a writer.</p>", []),
        ("<p>Ann Lee and Bo Diaz</p>", "", ["Ann Lee", "Bo Diaz"]),
        ("<p>Ann Lee, Bo Diaz und Ida Bo</p>", "", ["Ann Lee", "Bo Diaz", "Ida Bo"]),
        ("<p>Ann Lee, Bo Diaz</p>", "", []),
        ("<p>Ann Lee and Ida Holm</p>", "", []),
        ("<p>Old Tower and New Lamp</p>", "", []),
        ("<p>Wind and Weather</p>", "", []),
        ("<p><a href='/arts'>Royal Arts and Old Crafts</a></p>", "", []),
        ("<h3>Ann Lee and Bo Diaz</h3>", "", []),
        ("<a href='/saws'><img src='saw.jpg'><div class='name'>Circular Saws</div></a>", "", []),
        ("<a href='/dealers'><i></i><div>Local Dealers</div></a><p>May 4, 2025</p>", "", []),
    ],
    ids=["author box", "date", "two names", "role", "date behind", "second line behind", "class", "box",
         "caption before, town behind", "reading time behind", "linked elsewhere", "broken link", "by in a heading",
         "written by in a heading", "dash before the reading time", "topic in a heading", "place in a heading",
         "date too far behind",
         "nothing else", "date before", "section before the date", "other class", "sentence",
         "words of the text", "in a sentence", "in the title",
         "link", "other words", "heading", "joined with and", "joined with und", "not joined", "person in the news",
         "words of the text joined", "topics", "joined in a link", "joined in a heading",
         "class in a link", "date behind a link around it"],
)  # fmt: skip
def test_a_line_of_names_below_the_headline_names_the_authors(line: str, more: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}{line}{PROSE}</article><div>{more}</div>") == authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<address>Von <a rel='author' href='/autor/a'>Ann Lee</a>, <a rel='author' href='/autor/b'>Bo Diaz</a>"
         " und Ida Bo</address>", ["Ann Lee", "Bo Diaz", "Ida Bo"]),
        ("<figure><img src='a.jpg'><address>Von Ann Lee, Redakteurin</address></figure>", ["Ann Lee"]),
        ("<figure><img src='a.jpg'><figcaption>Von Ann Lee</figcaption></figure>", []),
        ("<p class='author'>© dpa-infocom, dpa:24</p>", []),
        ("<p class='byline'>By <a href='/author/a'>Ann Lee</a>. Reviewed by <a href='/author/b'>Bo Diaz</a> and "
         "<a href='/author/c'>Ida Bo</a></p>", ["Ann Lee"]),
        ("<p class='byline'><a href='/author/a'>Ann Lee</a> and <a href='/author/b'>Bo Diaz</a></p>",
         ["Ann Lee", "Bo Diaz"]),
        ("<p class='byline'><span>Edited by:</span> <a href='/author/b'>Bo Diaz</a></p>", []),
        ("<p class='author'>May 4, 2025<span>Ann Lee</span></p>", ["Ann Lee"]),
        ("<p>Von Ann Lee und Bo Diaz, dpa</p>", ["Ann Lee", "Bo Diaz", "dpa"]),
        ("<ul class='byline'><li>Written By</li><li><h4 class='author-name'>Ann Lee</h4></li></ul>", ["Ann Lee"]),
        (f"<p>It {SENTENCE}</p>{'<div class=share><a href=/s>Share</a></div>' * 6}"
         "<div class='advert'><div class='author'><p class='name'><a href='/a'>Ann Lee</a></p></div></div>",
         ["Ann Lee"]),
        ("<p class='byline'>By Ann Lee1, Bo Diaz1,2 and Ida Bo2</p>", ["Ann Lee", "Bo Diaz", "Ida Bo"]),
        ("<p class='byline'>By <a href='/author/a'>Ann Lee</a> <a href='/about'>Learn about Harbour Post's"
         " Editorial Process</a></p>", ["Ann Lee"]),
    ],
    ids=["names without links", "address", "caption", "copyright", "reviewers", "two links", "editor", "joined date",
         "agency in small letters", "name in a heading", "header behind the standfirst", "numbers of institutes",
         "link about the editors"],
)  # fmt: skip
def test_bylines_of_many_kinds_are_read(byline: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}{byline}{PROSE}</article>") == authors


@pytest.mark.parametrize(
    ("end", "authors"),
    [
        ("<h3>Written by Ann Lee</h3><p>Ann writes about towers.</p>", ["Ann Lee"]),
        ("<p>Authors: Ann Lee and Bo Diaz, Extension horticulture educators</p>", ["Ann Lee", "Bo Diaz"]),
        ("<p>Autorin: Ann Lee</p>", ["Ann Lee"]),
        (f"<h3>Ann Lee</h3><p>Ann Lee {SENTENCE}</p>", ["Ann Lee"]),
        (f"<h3>Ann Lee</h3><p>Ann Lee {SENTENCE}</p><h3>Bo Diaz</h3><p>Bo Diaz {SENTENCE}</p>", []),
        ("<h3>Ann Lee</h3><p>Ann Lee</p>", []),
        ("<div class='related-posts'><p>By Ann Lee</p></div>", []),
        ("<p>Photo by Ann Lee</p>", []),
        ("<p>Repaired by The Harbour Master</p>", []),
        (f"<h3>Harbour Master</h3><p>Harbour Master {SENTENCE}</p>", []),
        ("<p>Compared by Old Tower</p>", []),
        ("<p>(Reporting by Ann Lee in London; Editing by Bo Diaz)</p>", ["Ann Lee"]),
        ("<p>(Reporting by Ann Lee in Leeds, Bo Diaz and Ida Bo in Paris; Editing by Cy Fox)</p>",
         ["Ann Lee", "Bo Diaz", "Ida Bo"]),
        ("<p>(Bericht von Ann Lee, redigiert von Bo Diaz.)</p>", ["Ann Lee"]),
        ("<p>(Reportage de Ann Lee, version française de Bo Diaz, édité par Ida Bo)</p>", ["Ann Lee"]),
        ("<p>Por Ann Lee; editado en español por Bo Diaz</p>", ["Ann Lee"]),
        ("<p>(Editing by Bo Diaz)</p>", []),
        ("<p>(Edição de Bo Diaz)</p>", []),
        ("<p>Édité par Bo Diaz</p>", []),
        ("<p>(Fotos von Ann Lee)</p>", []),
        ("<p>(By the old tower)</p>", []),
        ("<p>(Ann Lee)</p>", []),
        ("<p>(Additional reporting by Ann Lee)</p>", []),
        ("<p>(By Old Tower)</p>", []),
    ],
    ids=["heading", "authors", "German", "author box", "list of people", "no text", "other articles", "photographer",
         "no author", "topic in a heading", "topic in a line", "reporter in brackets", "reporters in brackets",
         "German in brackets", "French in brackets", "Spanish editor", "editor in brackets", "Portuguese editor",
         "French editor", "photographer in brackets", "place in brackets",
         "name in brackets", "help in brackets", "topic in brackets"],
)  # fmt: skip
def test_an_author_at_the_end_of_the_text_is_read(end: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}{PROSE}{PROSE}{end}<p>The lamp {SENTENCE}</p></article>") == authors


@pytest.mark.parametrize(
    ("author", "authors"),
    [("Ann Lee", ["Ann Lee"]), ("annlee", ["annlee"]), ("Harbour Post", ["Harbour Post", "Bo Diaz"])],
    ids=["person that is not shown", "login", "site"],
)
def test_an_author_box_gives_way_to_a_declared_person(author: str, authors: list[str]) -> None:
    head = f"<meta property='og:site_name' content='Harbour Post'><meta name='author' content='{author}'>"
    page = f"<article>{TITLE}{PROSE}<h3>Bo Diaz</h3><p>Bo Diaz {SENTENCE}</p></article>"
    assert authors_of(page, head) == authors


def test_a_line_with_more_names_completes_the_declared_one() -> None:
    head = linked_data({"@type": "Person", "name": "Ann Lee"})
    line = "<p><a href='/a'>Ann Lee</a>, <a href='/b'>Bo Diaz</a> & Ida Bo</p>"
    assert authors_of(f"<article>{TITLE}{line}{PROSE}</article>", head) == ["Ann Lee", "Bo Diaz", "Ida Bo"]


@pytest.mark.parametrize(
    ("author", "doubtful"),
    [
        ({"@type": "Organization", "name": "Tower Association"}, ["Tower Association"]),
        ({"@type": "NewsMediaOrganization", "name": "Tower Post"}, ["Tower Post"]),
        ({"@type": "Person", "name": "Luke Upload"}, ["Luke Upload"]),
        ({"@type": "Person", "name": "Ann Lee"}, []),
        ({"@type": "Person", "name": "A. Lee"}, []),
        ({"name": "Ann Lee"}, []),
        ({"@type": "Person", "name": "annlee"}, []),
    ],
)
def test_declared_organisations_and_names_that_the_page_does_not_show_are_doubtful(
    author: dict[str, str], doubtful: list[str]
) -> None:
    page = f"<article>{TITLE}<p class='author'>By Ann Lee</p>{PROSE}</article>"
    assert authors_of(page, linked_data(author), DOUBTFUL_AUTHORS) == doubtful


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<dl class='byline'><dt>Words</dt><dd>Ann Lee</dd><dt>Photos</dt><dd>Bo Diaz</dd></dl>", ["Ann Lee"]),
        ("<ul class='authors'><li>Ann Lee</li><li>Bo Diaz</li></ul>", ["Ann Lee", "Bo Diaz"]),
        ("<div class='authors'><p>Ann Lee</p><p>Harbour Editor</p></div>", ["Ann Lee"]),
        ("<div class='authors'><p>Ann</p><p>Lee</p></div>", ["Ann Lee"]),
        ("<span itemprop='author' class='caption-small'><span itemprop='name'>Ann Lee</span></span>", ["Ann Lee"]),
        ("<span class='caption-small'>Ann Lee</span>", []),
    ],
    ids=["roles", "list", "role below", "one name in two lines", "microdata", "caption"],
)
def test_each_line_of_a_byline_may_be_a_person(byline: str, authors: list[str]) -> None:
    assert authors_of(f"{TITLE}{byline}{PROSE}") == authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Posted by <span itemprop='author'><a rel='author'><span itemprop='name'>Ken</span></a></span>", ["Ken"]),
        ("Pubblicato da <a rel='author'><span itemprop='name'>Ilaria</span></a>", ["Ilaria"]),
        ("<span itemprop='name'>Ken</span>", []),
        ("Posted by <span itemprop='name'>admin</span>", []),
    ],
)
def test_a_pen_name_in_the_footer_of_a_post_follows_by(byline: str, authors: list[str]) -> None:
    page = f"{TITLE}{PROSE}<div class='post-footer'><span class='post-author vcard'>{byline}</span></div>"
    assert authors_of(page) == authors


@pytest.mark.parametrize(
    ("card", "authors"),
    [
        ("<aside><p>Author</p><p>Ann Lee</p><p>Head of Lamps</p></aside>", ["Ann Lee"]),
        ("<aside><p>Written by</p><p>Ann Lee</p></aside>", ["Ann Lee"]),
        ("<aside><p>Related</p><p>Ann Lee</p></aside>", []),
        ("<aside><p>Author</p><p>Lamps for sale</p></aside>", []),
    ],
    ids=["label and role", "label", "other label", "no name"],
)  # fmt: skip
def test_a_card_below_the_text_names_the_author(card: str, authors: list[str]) -> None:
    filler = "<div><h2>Do you need a lamp?</h2><p>Write to us, and we will send you one within two days.</p></div>"
    assert authors_of(f"<article>{TITLE}{PROSE}</article>{filler * 2}{card}") == authors


def test_a_custom_element_is_a_byline_by_its_tag() -> None:
    byline = "<x-byline><span>Ann Lee</span><span>Drawings by Bo Diaz</span></x-byline>"
    assert authors_of(f"{TITLE}{byline}{PROSE}") == ["Ann Lee"]
    assert authors_of(f"{TITLE}{byline.replace('x-byline', 'x-box')}{PROSE}") == []


BIO = (
    "<div class='author'><h3><a href='/author/a'>Ann Lee</a></h3><p><a href='/author/b'>More about lamps</a></p></div>"
)
TEASER = "<div class='teaser'><h4><a href='/sea'>The sea rises</a></h4><p class='author'>{}</p></div>"


@pytest.mark.parametrize(
    "below",
    [
        BIO,
        "<p class='author-bio'>Read more from her <a href='/author/a'>here</a></p>",
        "<p><a href='/autor/a/feed'>Feed</a></p>",
        TEASER.format("By Bo Diaz"),
        TEASER.format("Von Bo Diaz"),
        TEASER.format("<a href='/auteur/b'>Bo Diaz</a>"),
        "<p>di Bo Diaz</p>",
        "<ul><li class='comment'><span class='author'>Bo Diaz</span> Well done!</li></ul>",
        "<p class='author'><a href='/login'>Log In Here</a></p>",
    ],
    ids=[
        "links in a box",
        "here",
        "feed",
        "teaser",
        "German teaser",
        "linked teaser",
        "line",
        "comment",
        "login",
    ],
)
def test_what_stands_below_the_text_adds_nobody_to_the_byline(below: str) -> None:
    assert authors_of(f"<article>{TITLE}<p class='author'>By Ann Lee</p>{PROSE}{below}</article>") == ["Ann Lee"]


@pytest.mark.parametrize(
    ("above", "authors"),
    [
        ("<p class='author'>Harbour Post</p>", ["Harbour Post", "Ann Lee"]),
        ("<p class='author'>annlee</p>", ["annlee", "Ann Lee"]),
        ("<p class='author'>By the old tower</p>", ["Ann Lee"]),
    ],
    ids=["newspaper", "login", "nobody"],
)
def test_a_byline_below_the_text_counts_if_no_person_is_named_above(above: str, authors: list[str]) -> None:
    found = authors_of(f"<article>{TITLE}{above}{PROSE}<p class='author'>By Ann Lee</p></article>")
    assert [name for name in found if name != "the old tower"] == authors


@pytest.mark.parametrize(
    ("link", "authors"),
    [
        ("<a href='/tag/sea'>Sea and Coast</a><a href='/author/a'><div>By Ann Lee</div></a>", ["Ann Lee"]),
        ("<a href='/author/a'><div>Ann Lee</div></a>", ["Ann Lee"]),
        ("<a href='/byline/ann-lee'>Ann Lee</a>", ["Ann Lee"]),
        ("<a href='/?source=post_page---byline--c7cd'>Ann Lee</a>", ["Ann Lee"]),
        ("<a href='/tag/sea'>Sea and Coast</a>", []),
        ("<a href='/news/bylines-of-the-year'>Lamps of the Year</a>", []),
        ("<a href='/standby/ann'>Ann Lee</a>", []),
        ("<a href='https://facebook.com/author/a'>Ann Lee</a>", []),
        ("<a href='/login?next=/author/a'>Ann Lee</a>", []),
    ],
    ids=["topic beside", "name in a block", "byline page", "blog platform", "topic", "news about bylines", "other word",
         "social network", "login"],
)  # fmt: skip
def test_a_link_to_an_author_page_names_the_author(link: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}<div>{link}</div>{PROSE}</article>") == authors


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<ul><li>Date May 4, 2025</li><li>Author Ann Lee</li></ul>", ["Ann Lee"]),
        ("<ul><li>Datum 4.5.2025</li><li>Autorin/Autor Ann Lee</li></ul>", ["Ann Lee"]),
        ("<ul><li>Photo: Ann Lee</li></ul>", []),
        ("<div class='related'><h2><a href='/d'>The dune grows</a></h2><p>By Ann Lee</p></div>", []),
        ("<div class='comments'><p>By Ann Lee</p></div>", []),
        ("<ul><li>Author of the month</li></ul>", []),
        ("<ul><li>Autoren gesucht</li></ul>", []),
    ],
    ids=["label", "German", "photographer", "other article", "commenter", "prose", "German prose"],
)
def test_a_label_behind_marked_teasers_names_the_author(line: str, authors: list[str]) -> None:
    teasers = "".join(f"<h2><a href='/{at}'>The sea rises again</a></h2><p>It {SENTENCE}</p>" for at in range(3))
    page = f"<article>{TITLE}{PROSE}<h4>More</h4><div class='related'>{teasers}</div>{line}</article>"
    assert authors_of(page) == authors


WIDE = "".join(f"<div class='menu'><a href='/{n}'>Part {n}</a></div>" for n in range(12))


@pytest.mark.parametrize(
    ("block", "authors"),
    [
        ("<div class='has-link-color wp-block-post-author-name'>Ann Lee</div>", ["Ann Lee"]),
        ("<div class='wp-block-post-author-name'><a href='/author/ann/'>Ann Lee</a></div>", ["Ann Lee"]),
        ("<aside><div class='wp-block-post-author'><p class='wp-block-post-author__byline'>Written by</p>"
         "<p class='wp-block-post-author__name'><a href='/author/ann/'>Ann Lee</a></p></div></aside>", ["Ann Lee"]),
        ("<ul class='wp-block-post-template'><li class='wp-block-post post-8 type-post'>"
         "<div class='wp-block-post-author-name'>Bo Diaz</div></li></ul>", []),
        ("<div class='wp-block-query'><div class='wp-block-post-author-name'>Bo Diaz</div></div>", []),
        ("<div class='wp-block-post-author-biography'>Bo Diaz is a writer.</div>", []),
        ("<div><h3><a href='/b'>What the council says about the new tower</a></h3>"
         "<div class='wp-block-post-author-name'>Bo Diaz</div></div>", []),
    ],
    ids=["name", "link", "beside", "list of posts", "query", "biography", "teaser"],
)  # fmt: skip
def test_the_author_block_of_a_block_theme_counts_anywhere(block: str, authors: list[str]) -> None:
    assert authors_of(f"<main>{TITLE}<div class='entry-content'>{PROSE}</div></main>{WIDE}{block}") == authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<a href='/blog/tag/personal-finance'>Personal Finance</a> May 4, 2025", []),
        ("<a href='/rubrik/old-towers/'>Old Lamps</a> | 4 May 2025", []),
        ("<a href='/category/a/'>Old Lamps</a>, <a href='/category/b/'>New Seas</a> May 4, 2025", []),
        ("Ann Lee May 4, 2025 <a href='/blog/tag/personal-finance'>Personal Finance</a>", ["Ann Lee"]),
        ("<a href='/people/ann'>Ann Lee</a> May 4, 2025", ["Ann Lee"]),
    ],
)
def test_tags_in_a_byline_are_no_authors(byline: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}<div class='byline'>{byline}</div>{PROSE}</article>") == authors
