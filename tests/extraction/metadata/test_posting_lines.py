"""Lines in which a system says who posted an article name the author, even by a login."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.metadata.posting_lines import find_poster
from newscrawl.fields.people import split_names

URL = "https://post.example/lighthouse"
SENTENCE = "said that the lamp of the old tower would be lit again before the winter, as Ida Holm had asked."
PROSE = "".join(f"<p>The {who} {SENTENCE}</p>" for who in ("keeper", "mayor", "sailor", "teacher", "harbour master"))
TITLE = "<h1>An old tower shines again</h1>"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Submitted by lampkeeper on Mon, 03/12/2012 - 10:15", "lampkeeper"),
        ("Gespeichert von Ann Lee am Fr, 12/03/2010 - 10:15", "Ann Lee"),
        ("Enviado por Ann Lee el Vie, 12/03/2010 - 10:15", "Ann Lee"),
        ("Inviato da Ann Lee il Ven, 12/03/2010 - 10:15", "Ann Lee"),
        ("Ingezonden door Ann van der Lee op vr, 12/03/2010 - 10:15", "Ann van der Lee"),
        ("Inskickat av Ann Lee den fre, 2010-03-12 10:15", "Ann Lee"),
        ("Soumis par ann le ven, 12/03/2010 - 10:15", "ann"),
        ("Ann Lee tarafından 12.03.2010 tarihinde gönderildi", "Ann Lee"),
        ("posted by Ann Lee @ 10:15 AM", "Ann Lee"),
        ("Eingestellt von lotse um 10:15", "lotse"),
        ("Posté par Ann à 06:29 - Politique - Commentaires [2] - Permalien [#]", "Ann"),
        ("Verfasst von Ann Lee am 27. April 2014 um 07:47 Uhr in Technik | Permalink", "Ann Lee"),
        ("Posted by Ann Lee on March 12, 2010 at 10:15 AM in Books and more of the old harbour | Permalink", "Ann Lee"),
        ("Posted Friday, March 12, 2010 by Ann Lee", "Ann Lee"),
        ("Posted by Minh Do on Fri, 12 March 2010", "Minh Do"),
        ("Geschrieben von: Lotse", "Lotse"),
        ("Geschrieben von Ann Lee", "Ann Lee"),
        ("Par ann, vendredi 12 mars 2010 à 10:15 :: Politique :: #12 :: rss", "ann"),
        ("von lotse am 12.03.2010", "lotse"),
        ("Wysłane przez ann w dniu pt., 12/03/2010 - 10:15", "ann"),
        ("Postat av Ann Lee på 12 mars 2010", "Ann Lee"),
    ],
)
def test_the_name_behind_the_label_of_a_system_is_found(line: str, name: str) -> None:
    assert find_poster(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "Posted by admin on Mon, 03/12/2012 - 10:15",
        "Posted in Travel by the sea on 12 March 2010",
        "Written by hand on 12 March 2010, the letter lay in the old tower until the harbour master found it.",
        "Von Hamburg nach Kiel am 12. März 2010 in vier Stunden und mit dem Rad zurück in die Stadt.",
        "Par train le 12 mars 2010, nous sommes partis vers la mer avec tous les autres du village.",
        "Published by us",
        "Posted by on 12/03/2010 10:15",
        "Publié par le 12 mars 2010",
        "Geschrieben von am 12.03.2010",
        "Geschrieben von vielen",
        "Escrito por nosotros para los lectores de la costa el 12 de marzo de 2010, como todos saben aquí.",
        "by the sea",
        "von hier aus",
        "Bu köprü belediye tarafından yapıldı",
        "The letter was posted by Ann Lee on 12 March 2010",
    ],
)
def test_other_lines_name_nobody(line: str) -> None:
    assert find_poster(line) is None


def authors_of(page: str) -> list[str]:
    """Return the different names of a page, in order."""
    html = f"<html><head><title>An old tower shines again</title></head><body>{page}</body></html>"
    values = extract(html.encode(), URL, ExtractionRules()).evidence.get("authors", ())
    return list(dict.fromkeys(name for value in values for name in split_names(value.value)))


@pytest.mark.parametrize(
    ("above", "below", "authors"),
    [
        ("<footer class='node__meta'><div class='node__submitted'>Submitted by <span>lampkeeper</span> on <span>"
         "Fri, 03/12/2010 - 10:15</span></div></footer>", "", ["lampkeeper"]),
        ("", "<p class='post-footer'><em>posted by Ann Lee @ <a href='/p'>10:15 AM</a></em></p>", ["Ann Lee"]),
        ("", "<div class='entry-footer'><p class='entry-footer-info'>Verfasst von Ann Lee am 27. April 2014 um 07:47 "
         "Uhr in <a href='/t'>Technik</a> | <a href='/p'>Permalink</a></p></div>", ["Ann Lee"]),
        ("", "<div class='itemfooter'>Posté par Ann à 06:29 - <a href='/c'>Politique</a> - Permalien [#]</div>",
         ["Ann"]),
        ("", "<div class='post-footer'><span class='post-author vcard'>Eingestellt von <span class='fn'>Lotse</span>"
         "</span> um 10:15</div>", ["Lotse"]),
        ("<p>dimanche 16 décembre 2012<br>par <a href='/auteur1.html'>Ann Lee</a></p>", "", ["Ann Lee"]),
        ("<p>dimanche 16 décembre 2012<br>par lotse</p>", "", ["lotse"]),
        ("<p>von lotse<br>am 12.03.2010</p>", "", ["lotse"]),
        ("<p>par train<br>vers la mer</p>", "", []),
        ("<p>by the sea<br>and other stories</p>", "", []),
        ("<p>12 March 2010<br>in Travel</p>", "", []),
        ("<p>von hier aus<br>bis zum 12.03.2010 und danach</p>", "", []),
        ("<p>par mer<br>le 12 mars 2010, nous sommes partis.</p>", "", []),
        ("<div class='footer'><p><span class='news-list-date'>12.03.2010</span> <span class='news-list-author'>Von "
         "Ann Lee</span></p></div>", "", ["Ann Lee"]),
        ("", "<footer class='post-footer'><section class='author'><h4><a href='/author/ann/'>Ann Lee</a></h4>"
         "<p>Ann Lee lives in Hull.</p></section></footer>", ["Ann Lee"]),
        ("<div>May 4, 2025 · Ann Lee · 3 min read</div>", "", ["Ann Lee"]),
        ("", "<footer class='post-footer'><section class='author'><h4><a href='/author/lotse/'>lotse</a></h4>"
         "<p>Lives in Hull and writes about old towers.</p></section></footer>", ["lotse"]),
        ("<div>May 4, 2025 | Ann Lee | <a href='/t'>Tech</a> | <a href='#c'>2 Comments</a></div>", "", ["Ann Lee"]),
        ("<div>May 4, 2025 | <a href='/t'>Royal Estates</a> | <a href='/u'>Tech</a></div>", "", []),
        ("<div>May 4, 2025 | Tech | <a href='/u'>Royal Estates</a> | 2 Comments</div>", "", []),
        ("<div>Ann Lee | Bo Diaz lights the lamp | 2 Comments</div>", "", []),
        ("<div>May 4, 2025 | Ida Holm | <a href='/t'>Tech</a></div>", "", []),
        ("<div>Harbour Master | <a href='/t'>Tech</a> | May 4, 2025</div>", "", []),
        ("", "<h3>Comments</h3><p>I doubt it.</p><p>Posted by Bo Diaz on March 12, 2010 at 10:15 AM</p>", []),
        ("", "<div class='comments'><p>Posted by Bo Diaz on March 12, 2010 at 10:15 AM</p><p>Me too.</p></div>", []),
        ("", "<h4>2 comments:</h4><p>Me too.</p><p>posted by Bo Diaz @ 10:15 AM</p>", []),
        ("", "<div class='related'><h4><a href='/x'>Another tower by the sea</a></h4><p>Posted by Bo Diaz on "
         "March 12, 2010</p></div>", []),
        ("<p class='by'>By Ann Lee</p>", "<p>Posted by webmaster on 12.03.2010</p>", ["Ann Lee"]),
    ],
    ids=["Drupal 8", "Blogger 2004", "TypePad", "Canalblog", "Blogger", "SPIP", "login in SPIP", "date below",
         "no date", "title of a book", "no label", "span of time", "sentence", "TYPO3", "Ghost", "Hugo",
         "login in Ghost", "categories behind", "category", "two categories", "title", "in a sentence",
         "words of the text",
         "comments", "comments by class", "counted comments", "teaser", "byline first"],
)  # fmt: skip
def test_the_header_and_the_footer_of_a_post_name_its_author(above: str, below: str, authors: list[str]) -> None:
    assert authors_of(f"<article>{TITLE}{above}<div>{PROSE}</div>{below}</article>") == authors


NAVIGATION = (
    "<div class='post-meta'><p>Politics</p><p>Previous Post</p><p><a href='/x'>Green pipeline flagged</a></p></div>"
)


@pytest.mark.parametrize(
    ("below", "authors"),
    [
        (NAVIGATION, ["lotse"]),
        ("<div class='author-box'><span class='author-name'>Ann Lee</span></div>", ["lotse", "Ann Lee"]),
    ],
)
def test_beside_a_login_above_the_text_only_full_names_below_it_count(below: str, authors: list[str]) -> None:
    byline = "<div class='post-meta'><span class='post-author'><a href='/author/lotse'>lotse</a></span></div>"
    assert authors_of(f"<article>{TITLE}{byline}<div>{PROSE}</div>{below}</article>") == authors
