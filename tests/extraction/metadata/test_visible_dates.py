"""Which of the dates that a page shows are those of the article."""

from __future__ import annotations

import pytest

from newscrawl.data_files import DataFileError
from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.metadata.dated_lines import read_date_words

URL = "https://post.example/lighthouse"
PARAGRAPH = (
    "The keeper of the old lighthouse said that the lamp would be lit again before the winter, when the "
    "repairs of the tower are finished and the stairs can be used again."
)
PROSE = f"<p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1][:5]} {PARAGRAPH}</p><p>Nobody objected. {PARAGRAPH}</p>"


def dates_of(page: str, field: str = "date_published", language: str = "en") -> list[str]:
    """Return the different dates of a page, in order."""
    html = f"<html lang='{language}'><body>{page}</body></html>"
    found = extract(html.encode(), URL, ExtractionRules()).evidence.get(field, ())
    return list(dict.fromkeys(date.value for date in found))


@pytest.mark.parametrize(
    "box",
    [
        "<div class='wp-block-post-date'><time datetime='2023-05-04T08:00:00+02:00'>4 May</time></div>",
        "<span class='news-list-date'><time datetime='2023-05-04T08:00:00+02:00'>4 May</time></span>",
        "<p><span class='news-list-date' title='2023-05-04T08:00:00+02:00'>4 May</span></p>",
        "<p><span class='teaser__date'><time datetime='2023-05-04T08:00:00+02:00'>4 May</time></span></p>",
        "<div class='teaser-small__metadata'><time datetime='2023-05-04T08:00:00+02:00'>4 May</time></div>",
        "<div class='kicker'><time datetime='2023-05-04T08:00:00+02:00'>4 May</time></div>",
        "<div class='tags article-tags-meta'><time datetime='2023-05-04T08:00:00+02:00'>4 May</time></div>",
    ],
)
def test_the_name_of_a_list_hides_no_date_in_the_header(box: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1>{box}{PROSE}</article>") == ["2023-05-04T08:00:00+02:00"]


@pytest.mark.parametrize("name", ["ArticleHeaderComment", "teaser-lead related-header", "PageHeader_comment"])
def test_an_element_that_holds_the_headline_is_the_header_whatever_its_name(name: str) -> None:
    header = f"<header class='{name}'><h1>Old lighthouse</h1><div class='day'>4 May 2023</div></header>"
    assert dates_of(f"<article>{header}{PROSE}</article>") == ["4 May 2023"]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='related'><time datetime='2023-05-04'>Thursday</time></div>",
        f"<div class='comments-date'><p>4 May 2023</p>{'<p>me too</p>' * 60}</div>",
        "<div class='teaser-list-date'><h3><a href='/b'>The other lighthouse is closed</a></h3>"
        "<time datetime='2023-05-04'>Thursday</time></div>",
        "<span class='related-date'><a href='/b'>The other one</a> <time datetime='2023-05-04'>Thursday</time></span>",
        "<div class='weather-date'><time datetime='2023-05-04'>Thursday</time></div>",
    ],
    ids=["only related", "comments", "teaser with a title", "inline teaser", "weather"],
)  # fmt: skip
def test_the_dates_of_lists_and_widgets_are_left_out(box: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1>{box}{PROSE}</article>") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The tower was opened on 12 May 1931 by the mayor.",
        "She was born in the lighthouse on 3 March 1944, the youngest of five sisters.",
        "On 7 June 2001 the lamp went out for the first time in a century, and nobody knew how to light it again",
        "Am 3. März 1944 wurde sie als jüngste von fünf Schwestern geboren.",
        "灯台は1931年5月12日に開かれた。",
        "Eröffnet wurde der Turm schon am 12.05.1931.",
    ],
)
def test_a_date_in_a_sentence_is_not_that_of_publication(sentence: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1><p>{sentence}</p>{PROSE}</article>") == []


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("By Ann Lee in Harbourtown, 4 May 2023", "4 May 2023"),
        ("Ann Lee, Political Editor | May 4, 2023 8:00 a.m. EDT", "May 4, 2023 8:00 a.m. EDT"),
        ("Published: Thursday 4 May 2023.", "4 May 2023"),
        ("Veröffentlicht am 04.05.2023, 08:00 Uhr", "04.05.2023, 08:00"),
        ("Harbourtown, 4. Mai 2023", "4. Mai 2023"),
        ("2023年5月4日 8時00分", "2023年5月4日 8時00分"),
        ("Updated - May 05, 2023 11:00 pm IST | Published: May 04, 2023 10:00 am IST", "May 04, 2023 10:00 am IST"),
        ("Nhà báo Lê An - 4/5/2023, 08:00 (GMT+7)", "4/5/2023, 08:00 (GMT+7)"),
    ],
)
def test_a_line_with_author_place_and_date_has_the_date_of_publication(line: str, date: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1><p>{line}</p>{PROSE}</article>") == [date]


@pytest.mark.parametrize(
    "embed",
    [
        "<div class='fb-post'><blockquote><p>Posted by <a href='//fb.example/x'>Ann</a> on "
        "<a href='//fb.example/y'>Monday, May 1, 2023</a></p></blockquote></div>",
        "<blockquote><p>Posted by Ann on May 1, 2023</p></blockquote>",
        "<blockquote class='quoted'><div><p>Published 1 May 2023</p></div></blockquote>",
        "<div class='related'><p>Published 1 May 2023</p></div>",
    ],
)
def test_labelled_lines_of_embeds_and_teasers_are_left_out(embed: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1>{PROSE}{embed}{PROSE}</article>") == []


@pytest.mark.parametrize(
    ("teaser", "found"),
    [
        ("<a href='/b'>The council of the harbour will meet again next week</a>", []),
        ("<h3><a href='/b'>Council meets</a></h3>", []),
        ("<a href='/tag/sea'>Sea</a>", ["2023-05-01"]),
        ("<h3><a href='/lighthouse'>Old lighthouse</a></h3>", ["2023-05-01"]),
    ],
    ids=["long title", "heading", "short link", "title of the article"],
)  # fmt: skip
def test_the_date_beside_the_title_of_another_article_is_left_out(teaser: str, found: list[str]) -> None:
    time = "<time itemprop='datePublished' datetime='2023-05-01'>1 May</time>"
    page = (
        f"<main><article><h1>Old lighthouse</h1>{PROSE}</article><aside><ul><li>{teaser}{time}</li></ul></aside></main>"
    )
    assert dates_of(page) == found


@pytest.mark.parametrize(
    ("element", "found"),
    [
        ("<span data-timestamp='1683180000'>Thursday</span>", ["1683180000"]),
        ("<div class='when' data-date='1683180000000'>Thursday</div>", ["1683180000000"]),
        ("<p data-published-at='2023-05-04T06:00:00Z'>Thursday</p>", ["2023-05-04T06:00:00Z"]),
        ("<p data-date='true'>Thursday</p>", []),
        ("<p data-time='1683'>Thursday</p>", []),
        ("<div class='comments'><p data-timestamp='1683180000'>Thursday</p></div>", []),
        ("<p data-timestamp='1683180000'>Thursday</p><p>Published 5 May 2023</p>", ["5 May 2023"]),
    ],
)
def test_dates_in_data_attributes_are_read_if_no_other_is_shown(element: str, found: list[str]) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1>{element}{PROSE}</article>") == found


@pytest.mark.parametrize(
    ("line", "language", "found"),
    [
        ("By Ann Lee | 3 hours ago", "en", ["3 hours ago"]),
        ("vor 3 Stunden", "de", ["vor 3 Stunden"]),
        ("hace 2 horas", "es", ["hace 2 horas"]),
        ("3시간 전", "ko", ["3시간 전"]),
        ("3 min read", "en", []),
        ("3 Stunden vor dem Spiel", "de", []),
        ("3 hours ago | 4 May 2023", "en", ["4 May 2023"]),
    ],
)
def test_relative_dates_are_read_if_no_other_is_shown(line: str, language: str, found: list[str]) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1><p>{line}</p>{PROSE}</article>", language=language) == found


@pytest.mark.parametrize(
    ("sentence", "language", "date"),
    [
        ("This entry was posted on Saturday, December 3rd, 2011 at 10:15 am and is filed under Sea, Light.", "en",
         "December 3rd, 2011 at 10:15 am"),
        ("Dieser Beitrag wurde am Samstag, 3. Dezember 2011 veröffentlicht und unter Meer abgelegt.", "de",
         "3. Dezember 2011"),
        ("Esta entrada fue publicada el 3 de diciembre de 2011 en Mar, Luz.", "es", "3 de diciembre de 2011"),
        ("この投稿は 2011年12月3日土曜日 10:15 に 海 カテゴリーに公開されました。", "ja", "2011年12月3日土曜日 10:15"),
    ],
)  # fmt: skip
def test_the_sentence_of_a_theme_gives_the_date(sentence: str, language: str, date: str) -> None:
    page = f"<article><h1>Old lighthouse</h1>{PROSE}</article><p>{sentence} {PARAGRAPH}</p>"
    assert dates_of(page, language=language) == [date]


TWENTY_FIFTEEN = """<footer class='entry-footer'><span class='posted-on'><a href='/p'>
<time class='entry-date published' datetime='2023-05-04T08:00:00+02:00'>4 May 2023</time>
<time class='updated' datetime='2023-06-09T08:00:00+02:00'>9 June 2023</time></a></span>
<span class='cat-links'><a href='/c'>Sea</a></span></footer>"""


def test_the_footer_of_a_post_holds_its_dates_beside_its_categories() -> None:
    page = f"<article><h1>Old lighthouse</h1><div class='entry-content'>{PROSE}</div>{TWENTY_FIFTEEN}</article>"
    assert dates_of(page) == ["2023-05-04T08:00:00+02:00"]
    assert dates_of(page, "date_modified") == ["2023-06-09T08:00:00+02:00"]


@pytest.mark.parametrize(
    "below",
    [
        "<footer class='entry-footer'><span class='cat-links'>4 May 2023</span></footer>",
        "<div class='tags'><a href='/2023'>4 May 2023</a></div>",
        "<div class='related'><div class='post-footer'><span class='posted-on'>4 May 2023</span></div></div>",
        "<div class='comments'><div class='entry-footer'><span class='posted-on'>4 May 2023</span></div></div>",
        "<ul class='tag-list'><li>4 May 2023 regatta</li></ul>",
    ],
)
def test_a_date_among_tags_comments_and_teasers_is_not_that_of_the_post(below: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1><div class='entry-content'>{PROSE}</div>{below}</article>") == []


RELATED = (
    "<ul class='news-related'><li><a href='/x'>The council of the harbour meets in the old town hall</a></li></ul>"
)


def test_a_heading_that_is_the_headline_shows_whose_date_it_is() -> None:
    box = "<div class='footer'><p><span class='news-list-date'>12.03.2010</span></p></div>"
    head = "<title>An old lighthouse shines again</title>"
    page = f"{head}<div class='article'><h3>An old lighthouse shines again</h3>{box}<div>{PROSE}</div>{RELATED}</div>"
    assert dates_of(page) == ["12.03.2010"]


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("Why the old lighthouse of the harbour is lit again<br>Von Ann Lee (14. Januar 2011)", ["14. Januar 2011"]),
        ("14. Januar 2011<br>Why the old lighthouse of the harbour is lit again", ["14. Januar 2011"]),
        ("Why the old lighthouse of the harbour is lit again<br>On 14 January 1911 the lamp of the tower was lit.", []),
        ("Why the old lighthouse of the harbour is lit again<br>© 2011 Ann Lee, 14 January 2011", []),
        ("Why the old lighthouse of the harbour is lit again<br>Wann: 14. Januar 2011", []),
        ("The keeper wrote on a sheet of paper that hung there<br>until 14 January 1911, when the lamp was lit.",
         []),
        ("Why the old lighthouse of the harbour is lit again<br>Born 14 January 1911", []),
    ],
)  # fmt: skip
def test_a_line_break_separates_the_headline_from_the_date(block: str, found: list[str]) -> None:
    head = "<title>Why the old lighthouse of the harbour is lit again | Coast</title>"
    page = f"{head}<table><tr><td><font><b>{block}</b></font><br><br>{PROSE}</td></tr></table>"
    assert dates_of(page) == found


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("Mise à jour le mardi 24 octobre 2012 14:18", "24 octobre 2012 14:18"),
        ("Laatst aangepast op 12 oktober 2013", "12 oktober 2013"),
        ("Poprawiony: 21 sierpnia 2010", "21 sierpnia 2010"),
        ("Ultimo aggiornamento sabato 13 marzo 2010", "13 marzo 2010"),
    ],
)
def test_the_date_of_a_change_may_stand_before_that_of_publication(line: str, changed: str) -> None:
    lines = f"<dl><dd>{line}</dd><dd>12.03.2009</dd></dl>"
    page = f"<article><h1>Old lighthouse</h1>{lines}{PROSE}</article>"
    assert dates_of(page) == ["12.03.2009"]
    assert dates_of(page, "date_modified") == [changed]


@pytest.mark.parametrize(
    "heading", ["<h4><a href='/b'>Council meets</a></h4>", "<h2><a href='/b'>Harbour open</a></h2>"]
)
def test_a_line_below_the_linked_heading_of_another_article_is_left_out(heading: str) -> None:
    article = f"<article><h1>Old lighthouse</h1><p>{PARAGRAPH}</p></article>"
    assert dates_of(f"<main>{article}<div>{heading}<p>1 May 2023</p></div></main>") == []


def test_a_line_below_the_linked_name_of_the_author_is_read() -> None:
    byline = "<h4 class='author-name'><a href='/author/ann'>By Ann Lee</a></h4>"
    assert dates_of(f"<article><h1>Old lighthouse</h1>{byline}<div>04.05.2023</div>{PROSE}</article>") == ["04.05.2023"]


def test_the_date_of_today_above_the_headline_is_the_last_choice() -> None:
    today, line = "<p>Thursday, 4 May 2023</p>", "<p>2 May 2023</p>"
    assert dates_of(f"{today}<article><h1>Old lighthouse</h1>{line}{PROSE}</article>") == ["2 May 2023"]
    assert dates_of(f"{today}<article><h1>Old lighthouse</h1>{PROSE}</article>") == ["4 May 2023"]


def test_numeric_dates_elsewhere_show_the_order_of_an_ambiguous_one() -> None:
    page = f"<article><h1>Old lighthouse</h1><p>03/04/2023</p>{PROSE}</article><ul><li>27/03/2023 Sea</li></ul>"
    assert dates_of(page, "date_format") == ["27/03/2023"]
    assert dates_of(page.replace("03/04/2023", "28/04/2023"), "date_format") == []


def test_visible_dates_are_read_beside_a_declared_one_without_the_publishers_zone() -> None:
    page = f"<article><h1>Old lighthouse</h1><p>May 4, 2023 8:00 p.m. EDT</p>{PROSE}</article>"
    for declared, found in {
        "2023-05-04T20:00:00": True, "2023-05-05T00:00:00Z": True, "2023-05-04T20:00:00-04:00": False,
        "2023-05-04": False,
    }.items():  # fmt: skip
        meta = f"<meta property='article:published_time' content='{declared}'>"
        assert dates_of(meta + page) == [declared, *(["May 4, 2023 8:00 p.m. EDT"] * found)]


def test_a_wrong_key_in_the_file_of_words_is_reported() -> None:
    with pytest.raises(DataFileError, match="unknown key 'label'; did you mean 'labels'"):
        read_date_words("label = []", "x.toml")


@pytest.mark.parametrize(
    "line",
    [
        "Updated: 9 May 2023 10:00h. Published: 4 May 2023 09:00h.",
        "Aktualisiert am 09.05.2023 - Veröffentlicht am 04.05.2023",
        "Mis à jour le 9 mai 2023 à 10:00 | Publié le 4 mai 2023 à 09:00",
        "Actualizado 09/05/2023 10:00 hs / Publicado 04/05/2023 09:00 hs",
    ],
)
@pytest.mark.parametrize("language", ["es"])
def test_each_date_in_a_line_belongs_to_the_label_before_it(line: str, language: str) -> None:
    page = f"<article><h1>Old lighthouse</h1><p>{line}</p>{PROSE}</article>"
    assert [date[:2] for date in dates_of(page, language=language)] in (["04"], ["4 "])
    assert [date[:2] for date in dates_of(page, "date_modified", language)] in (["09"], ["9 "])


@pytest.mark.parametrize(
    "start",
    ["HARBOUR CITY, May 4, 2023 (Reuters) —", "LONDON, May 4, 2023 /PRNewswire/ --", "<b>OSLO (4 May 2023) –</b>"],
)
def test_the_date_of_a_dateline_is_read(start: str) -> None:
    assert dates_of(f"<article><h1>Old lighthouse</h1><p>{start} {PARAGRAPH}</p>{PROSE}</article>")


@pytest.mark.parametrize(
    "start",
    [
        "On Thursday, May 4, 2023 — the day of the storm —",
        "NATO said on May 4, 2023 that",
        "Oslo, May 4, 2023 was",
    ],
)
def test_the_date_of_a_first_sentence_is_none(start: str) -> None:
    assert not dates_of(f"<article><h1>Old lighthouse</h1><p>{start} {PARAGRAPH}</p>{PROSE}</article>")


def test_dates_in_a_list_of_links_are_those_of_other_articles() -> None:
    rows = "".join(f"<li><a href='/{n}'>The harbour {n}</a> <time>{n} May 2023</time></li>" for n in (4, 5))
    page = f"<article><h1>Old lighthouse</h1>{{}}{PROSE}</article><aside><h3>Most read</h3><ul>{rows}</ul></aside>"
    assert not dates_of(page.format(""))
    own = "<ul><li><a href='/news'>News</a></li><li><time>3 May 2023</time></li></ul>"
    assert dates_of(page.format(own)) == ["3 May 2023"]


def test_the_author_of_a_teaser_beside_the_article_is_not_the_articles() -> None:
    teaser = "<article><h3><a href='/b'>The other lighthouse</a></h3><span class='author'>By Bo Diaz</span></article>"
    page = f"<article><h1>Old lighthouse</h1>{PROSE}</article><aside>{teaser}</aside>"
    assert not dates_of(page, "authors")
    box = "<aside><span class='author'>By Ida Holm</span></aside>"
    assert dates_of(f"<article><h1>Old lighthouse</h1>{box}{PROSE}</article>", "authors") == ["By Ida Holm"]


@pytest.mark.parametrize(
    "line",
    ["Born April 3, 1950", "Termin: 12.05.2023, 19 Uhr, Stadthalle", "Offer ends May 4, 2023", "Événement : 4 mai 2023",
     "開催日：2023年5月4日", "Son tarih: 4 Mayıs 2023"],
)  # fmt: skip
def test_the_date_of_something_else_is_not_read(line: str) -> None:
    page = f"<article><h1>Old lighthouse</h1><p>{line}</p>{{}}{PROSE}</article>"
    assert not dates_of(page.format(""))
    assert dates_of(page.format("<p>Published 2 May 2023</p>")) == ["2 May 2023"]


@pytest.mark.parametrize("date", ["{{ published }}", "null", "Tuesday"])
def test_a_declared_text_that_is_no_date_hides_no_visible_one(date: str) -> None:
    meta = f"<meta property='article:published_time' content='{date}'>"
    page = f"{meta}<article><h1>Old lighthouse</h1><p>4 May 2023</p>{PROSE}</article>"
    assert dates_of(page)[-1] == "4 May 2023"


def test_the_start_of_the_epoch_is_no_date() -> None:
    meta = "<meta property='article:published_time' content='1970-01-01T00:00:00Z'>"
    page = f"{meta}<article><h1>Old lighthouse</h1><p>4 May 2023</p>{PROSE}</article>"
    assert dates_of(page)[-1] == "4 May 2023"


HEADING = "<article><h1>Old lighthouse</h1>"
LONG = "".join(
    f"<p>The {keeper} keeper of the tower said: {PARAGRAPH}</p>" for keeper in ("first", "next", "last", "old")
)
LONGER = LONG + LONG.replace("tower", "harbour")


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("<p class='byline'><time>March 16, 20207:22 AM EDT</time></p>", "March 16, 20207:22 AM EDT"),
        ("<div>15.04.2023 - 15:48 UhrLesedauer: 2 Min.</div>", "15.04.2023 - 15:48"),
        ("<h4><a href='https://medium.example/@ann'>Ann Lee</a></h4><h4>Mar 28, 2016·3 min read</h4>", "Mar 28, 2016"),
    ],
    ids=["clock without a space", "reading time", "below the linked author"],
)
def test_a_date_beside_other_facts_is_read(line: str, date: str) -> None:
    assert dates_of(f"{HEADING}{line}{PROSE}</article>") == [date]


@pytest.mark.parametrize(
    ("below", "found"),
    [
        ("<p>Radio Harbour, 15.4.2023, 10:05 Uhr; abc/def</p>", ["15.4.2023, 10:05"]),
        ("<p>Tags: sea Monday, August 1st, 2022 at 11:00 am | Harbour</p>", ["August 1st, 2022 at 11:00 am"]),
        ("<p>Share</p><p>Print</p><p>More</p><p>Mail</p><p>Save</p><p>14 August 2022, 15:40</p>",
         ["14 August 2022, 15:40"]),
        ("<p>The lamp was lit on 14 August 2022.</p>", []),
        ("<p><a href='/b'>The council meets on 14 August 2022</a></p>", []),
        ("<h3>More news</h3><p>Harbour open | 14 August 2022</p>", []),
        ("<p>© 14 August 2022 Harbour Post</p>", []),
        ("<p>Share</p><p>Print</p><p>More</p><p>Mail</p><h3>Next</h3><p>14 August 2022, 15:40</p>", []),
    ],
    ids=["source", "theme", "farther below", "sentence", "link", "below a heading", "copyright", "next article"],
)  # fmt: skip
def test_a_line_below_the_text_gives_the_date_if_no_other_does(below: str, found: list[str]) -> None:
    assert dates_of(f"{HEADING}{LONGER}{below}</article>") == found


def test_a_date_in_the_text_counts_only_in_an_element_named_so() -> None:
    named, bare = "<div class='pub-date'>Jan 5, 2023</div>", "<div>Jan 5, 2023</div>"
    rest = LONGER.replace("keeper", "guard")
    assert dates_of(f"{HEADING}{LONGER}{named}{rest}</article>") == ["Jan 5, 2023"]
    assert dates_of(f"{HEADING}{LONGER}{bare}{rest}</article>") == []


def test_the_dates_of_teasers_above_the_headline_are_left_out() -> None:
    teaser = "<div class='byline'><h3><a href='/b'>Harbour opens</a></h3><time>12 March 2023</time></div>"
    own = "<p class='byline'><time>4 January 2023</time></p>"
    assert dates_of(f"{teaser}{HEADING}{own}{PROSE}</article>") == ["4 January 2023"]


@pytest.mark.parametrize(
    ("byline", "published", "modified"),
    [
        ("Ann <span class='updated' hidden>2024-04-18T13:00:39+00:00</span><span>March 22nd, 2024</span>",
         ["March 22nd, 2024"], ["2024-04-18T13:00:39+00:00"]),
        ("Ann <span>March 22nd, 2024</span> <abbr class='x updated' hidden>April 18th, 2024</abbr>",
         ["March 22nd, 2024"], ["April 18th, 2024"]),
        ("Ann <span class='date updated'>March 22nd, 2024</span>", ["March 22nd, 2024"], ["March 22nd, 2024"]),
        ("Ann <span class='published updated'>March 22nd, 2024</span> in Culture", ["March 22nd, 2024"],
         ["March 22nd, 2024"]),
        ("Ann <span class='updated'>Culture</span> March 22nd, 2024", ["March 22nd, 2024"], []),
    ],
    ids=["before", "behind", "only date", "both classes", "no date"],
)  # fmt: skip
def test_what_microformats_mark_as_updated_is_no_date_of_publication(
    byline: str, published: list[str], modified: list[str]
) -> None:
    page = f"<article><h1>Old lighthouse</h1><div class='post-meta'>{byline}</div>{PROSE}</article>"
    assert dates_of(page) == published
    assert dates_of(page, "date_modified") == modified
