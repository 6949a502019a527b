"""Classify the blocks of small pages: which are kept, in which order, with which reason."""

from __future__ import annotations

import pytest

from newscrawl.evidence import Block, Extraction, ExtractionRules
from newscrawl.extraction.extract import extract

A = "The harbour council approved a plan on Tuesday to rebuild the old lighthouse after the storm."
B = "The work will cost a good million and be paid for by the port fee, which ships pay every night."
C = "Ships that pass at night have missed the light for years, the harbour master told the council."


def extract_blocks(html: str, rules: ExtractionRules | None = None) -> tuple[Block, ...]:
    return tuple(run(html, rules).blocks)


def run(html: str, rules: ExtractionRules | None = None) -> Extraction:
    return extract(f"<html><body>{html}</body></html>".encode(), "https://e.example/news/a", rules or ExtractionRules())


def kept(html: str, rules: ExtractionRules | None = None) -> list[str]:
    return [block.text for block in extract_blocks(html, rules) if block.kept]


def article(inside: str) -> str:
    return f"<h1>Old lighthouse</h1><div class='entry-content'><p>{A}</p><p>{B}</p>{inside}<p>{C}</p></div>"


@pytest.mark.parametrize(
    "intruder",
    [
        "<p>- Advertisement -spot_img</p>",
        "<div class='ad-slot'>Buy one thing and get another one, today only and only in this shop of ours.</div>",
        "<aside class='related'><h4>Related news</h4><ul><li><a href='/x'>Ten years of the pier</a></li></ul></aside>",
        "<p>Read also: <a href='/x'>Ten years of the new pier</a></p>",
        "<p><a href='/x'>Ten years of the new pier and what it cost</a></p>",
        "<div class='newsletter-signup'><p>Our letter brings you the harbour. Write your address.</p></div>",
        "<figure><img src='/a.jpg'><figcaption>The tower on the day after the storm.</figcaption></figure>",
        "<p class='wp-caption-text'>The tower on the day after the storm.</p>",
        "<div class='share-bar'><span>Share</span><a href='#'>Facebook</a></div>",
        "<ul><li><a href='/1'>One other story</a></li><li><a href='/2'>Two other stories</a></li></ul>",
        "<div style='display: none'><p>This text is hidden, and nobody can see it on the page that is shown.</p></div>",
        "<p hidden>This text is hidden, and nobody can see it on the page that is shown here.</p>",
        "<div style='position:absolute; left:-9999px'><p>This text is far outside of the window of readers.</p></div>",
        "<p style='font-size:0'>This text is written in letters without a size, so that only machines read it.</p>",
        "<script>var text = 'This is no text of the article at all, whatever it says.';</script>",
        "<form><label>Name</label><p>Please enter your comment!</p></form>",
        "<nav><p>Home and all the other places that one can go to from this page of ours.</p></nav>",
        "<button>Show all of the text now</button>",
        "<blockquote class='twitter-tweet'><p>We have a light again and are happy about it.</p></blockquote>",
        f"<p>{B}</p>",
        "<p>[CTA_MODULE]</p>",
        '<div>{{hire-designers="/banners/hire-designers"}}</div>',
        "<p>[convertkit form=1630175]</p>",
        "<p>[newsletter_form]</p>",
        "<p>[embed]https://video.example/v/1[/embed]</p>",
        "<p>[/vc_row]</p><p>[/contact-form]</p>",
        "<p>%%related_posts%%</p>",
        "<p>[[(gele.Image2014v1) HARBOUR AT NIGHT]]</p>",
        "<p>Article continues below the video</p>",
        "<p>Der Artikel wird nach der Anzeige fortgesetzt.</p>",
        "<p>La suite après cette publicité</p>",
        "<p>Dalsza część artykułu pod materiałem wideo</p>",
        "<p>Tekst gaat verder onder de foto.</p>",
        "<p>Saken fortsetter under annonsen</p>",
        "<p>READ | Ten years of the new pier and what it cost the town</p>",
        "<p>WATCH | Ships wait for the light:</p>",
        "<p>▶️ Mantente informado en nuestro canal de Google Noticias</p>",
        "<pre>1\n2\n3\n4</pre>",
    ],
)
def test_boilerplate_between_paragraphs_is_removed(intruder: str) -> None:
    assert kept(article(intruder)) == [A, B, C]


@pytest.mark.parametrize(
    "line",
    [
        "[Applause and cheers from the pier.]",
        "[Editor's note: the council has rebuilt the lighthouse since then.]",
        "[Purpose]",
        "[where x = 5, and the lamp is lit.]",
        "[cross-talk]",
        "[The lamp = the light of the harbour.]",
        "{Everything in braces, as a poet would write it.}",
        "100 %% of the ships have seen it.",
    ],
)
def test_text_in_brackets_is_no_placeholder(line: str) -> None:
    assert "unfilled-placeholder" not in {block.reason for block in extract_blocks(article(f"<p>{line}</p>"))}


@pytest.mark.parametrize(
    "line",
    [
        "The story continues below the surface of the sea.",
        "Der Text geht unter die Haut, und er geht weiter.",
        "Read the label | then the small print of it, he said to the council.",
        "Watch the lamp, and listen to the sea.",
        "Continua dopo la guerra, e dopo la pace.",
    ],
)
def test_sentences_that_begin_like_links_and_labels_stay(line: str) -> None:
    assert line in kept(article(f"<p>{line}</p>"))


@pytest.mark.parametrize("code", ["2 3 4", "1 2 4", "1 1 2 3", "1, 2, 3"])
def test_other_numbers_in_code_stay(code: str) -> None:
    assert code in kept(article(f"<pre>{code}</pre>"))


@pytest.mark.parametrize(
    "code",
    ['<pre>[gallery ids="1,2"]</pre>', "<p><code>{{ article.title }}</code></p>", "<p><code>[my_form]</code></p>"],
)
def test_code_of_a_template_is_no_placeholder(code: str) -> None:
    assert "unfilled-placeholder" not in {block.reason for block in extract_blocks(article(code))}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("<h2>A light again</h2>", "A light again"),
        ("<blockquote><p>“We want the light back.”</p></blockquote>", "“We want the light back.”"),
        ("<ul><li>New lamps for the tower</li></ul>", "New lamps for the tower"),
        ("<p>No.</p>", "No."),
        ("<p>See <a href='/x'>the whole plan of the harbour council</a> in the town hall.</p>",
         "See the whole plan of the harbour council in the town hall."),
        ("<p>An advertisement will invite builders.</p>", "An advertisement will invite builders."),
        ("<p>That night it was -3 C at the pier.</p>", "That night it was -3 C at the pier."),
        ("<p>Latest news from the pier reached us at noon.</p>", "Latest news from the pier reached us at noon."),
        ("<p>Thursday, December 2, 2021</p>", "Thursday, December 2, 2021"),
        ("<div>Text that stands in no paragraph, as old pages have it.</div>",
         "Text that stands in no paragraph, as old pages have it."),
        ("<pre>roses are red\nviolets are blue</pre>", "roses are red violets are blue"),
        ("<p>first line<br>second line</p>", "first line\nsecond line"),
        ("<p>Ge\u00adschlecht</p>", "Geschlecht"),
        ("<p>one <span class='price'>two</span> <b>three</b><i>four</i></p>", "one two threefour"),
    ],
)  # fmt: skip
def test_article_text_is_kept_in_order(part: str, text: str) -> None:
    assert kept(article(part)) == [A, B, text, C]


def test_two_line_breaks_separate_paragraphs() -> None:
    assert kept(f"<h1>Old lighthouse</h1><div>{A}<br><br>{B}<br/> <br>{C}</div>") == [A, B, C]


def test_every_block_has_a_reason() -> None:
    found = {
        block.text: block.reason
        for block in extract_blocks(article("<p>Advertisement</p><p class='caption'>Tower</p>"))
    }
    assert found["Advertisement"] == "ad-label"
    assert found["Tower"] == "caption"
    assert found["Old lighthouse"] in ("outside", "headline")
    assert found[A] == "body"


def test_a_heading_without_text_after_it_is_removed() -> None:
    assert kept(article("") + "<h3>About us</h3>") == [A, B, C]
    assert kept(f"<h1>x y</h1><article><p>{A}</p><p>{B}</p><p>{C}</p><h3>Most read</h3></article>") == [A, B, C]


def test_a_standfirst_above_the_container_is_the_first_kept_block() -> None:
    header = "<header><h1>Old lighthouse</h1><p class='standfirst'>After the storm, a plan</p></header>"
    html = f"<article>{header}{article('')}"
    assert kept(html)[0] == "After the storm, a plan"


def test_all_parts_of_a_split_container_are_kept() -> None:
    parts = "".join(f"<div class='article-body'><p>{text}</p></div><div class='ad'>Ad</div>" for text in (A, B, C))
    assert kept(f"<article><h1>Old lighthouse</h1>{parts}</article>") == [A, B, C]


def test_the_next_article_of_an_infinite_scroll_page_is_removed() -> None:
    first = f"<article><h1>Old lighthouse</h1><div class='entry-content'><p>{A}</p><p>{B}</p><p>{C}</p></div></article>"
    late = "<p>The ferry was late again on Monday, as before.</p>"
    second = f"<article><h1>Ferry late</h1><div class='entry-content'>{late}</div></article>"
    assert kept(first + second) == [A, B, C]


def test_comments_longer_than_the_article_are_removed() -> None:
    words = "I have lived beside this tower all my life and never saw it dark for so long. "
    comments = "".join(f"<li class='comment'><p>{n}: {words * 3}</p></li>" for n in range(30))
    assert kept(
        f"<article><h1>Old lighthouse</h1><p>{A}</p><p>{B}</p><p>{C}</p></article><ol class='comments'>{comments}</ol>"
    ) == [A, B, C]


def test_a_zone_name_around_the_whole_text_is_ignored() -> None:
    assert kept(f"<div class='sidebar-layout promo'>{article('')}</div>") == [A, B, C]


def test_an_unclosed_menu_does_not_swallow_the_article() -> None:
    assert kept(f"<nav><ul><li><a href='/'>Home</a></li></ul><main>{article('')}</main>") == [A, B, C]


def test_the_site_file_selects_the_body_and_drops_elements() -> None:
    section = f"<section id='t'><p>{A}</p><p class='x'>{B}</p><p>Harbour Post 2024</p></section>"
    html = f"<div class='related'>{section}</div><div><p>{C}</p></div>"
    rules = ExtractionRules(article_body="#t", drop=(".x",), drop_text=(r"Harbour Post \d+",))
    assert kept(html, rules) == [A]


def test_extraction_does_not_change_the_tree() -> None:
    from lxml import etree

    from newscrawl.extraction.extract import extract_document
    from newscrawl.extraction.html.document import parse

    document = parse(article("<p>Advertisement</p>").encode())
    before = etree.tostring(document.root)
    extract_document(document, "https://e.example/a", ExtractionRules(drop=("p",)))
    assert etree.tostring(document.root) == before


def test_inline_html_is_well_formed_and_escaped() -> None:
    block = next(
        b
        for b in extract_blocks(article("<p>a &lt;b&gt; <a href='/x?a=1&amp;b=\"2\"'>link <em>here</a> end.</p>"))
        if "link" in b.text
    )
    assert block.html == 'a &lt;b&gt; <a href="/x?a=1&amp;b=&quot;2&quot;">link <em>here</em></a> end.'


def test_a_page_without_body_tags_is_extracted() -> None:
    page = f"<!doctype html><title>Old lighthouse</title><meta charset=utf-8><article><h1>Old</h1><p>{A}</p><p>{B}</p>"
    blocks = extract(page.encode(), "https://e.example/news/a", ExtractionRules()).blocks
    assert [block.text for block in blocks if block.kept] == [A, B]


def test_a_misleading_zone_name_is_ignored_on_the_whole_page() -> None:
    """Component libraries may name every part of the text "promo"."""
    long = [f"<p>{n}. {A} {B}</p><p>{n}. {B} {C}</p>" for n in range(3)]
    parts = "".join(f"<div class='promo-text' id='n{n}'>{text}</div>" for n, text in enumerate(long))
    assert len(kept(f"<h1>Old lighthouse</h1><main>{parts}</main>")) == 6


@pytest.mark.parametrize(
    "panel",
    [
        f"<div role=region aria-labelledby=q1 style='display:none'><p>{B}</p></div>",
        f"<h3><button aria-expanded=false>What it costs</button></h3><div hidden aria-hidden=true><p>{B}</p></div>",
    ],
)
def test_a_collapsed_accordion_panel_is_kept(panel: str) -> None:
    page = f"<h1>Old lighthouse</h1><div class='entry-content'><p>{A}</p>{panel}<p>{C}</p></div>"
    assert kept(page) == [A, B, C]


@pytest.mark.parametrize(
    "part",
    [
        f"<div style='font-size:0'><div class='column'><p>{B}</p></div></div>",
        f"<div style='font-size:0px'><p style='font-size:16px'>{B}</p></div>",
        f"<div style='position:relative; left:-9999px; margin-left:9999px'><p>{B}</p></div>",
        f"<div style='position:absolute; top:-12px'><p>{B}</p></div>",
        f"<p style='opacity:0'>{B}</p>",
    ],
)
def test_text_whose_style_does_not_hide_it_is_kept(part: str) -> None:
    page = f"<h1>Old lighthouse</h1><div class='entry-content'><p>{A}</p>{part}<p>{C}</p></div>"
    assert kept(page) == [A, B, C]


def test_text_without_a_size_inside_a_sentence_is_removed() -> None:
    sentence = A.replace(" ", " <span style='font-size:0'>copied from harbour.example</span> ", 1)
    page = f"<h1>Old lighthouse</h1><div class='entry-content'><p>{sentence}</p><p>{B}</p></div>"
    assert kept(page) == [A, B]


def test_class_names_of_syntax_highlighting_are_not_zones() -> None:
    code = "<pre><code><span class='hljs-comment'># light the lamp</span> lamp on</code></pre>"
    assert "# light the lamp lamp on" in kept(article(code))
