"""Captions that only their place tells, tables that hold data, lines above the text, and names that mislead."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract

TITLE = "Old windmill at Varde gets new sails"
A = "The windmill at Varde will get new sails before the winter, the association of its friends said after a meeting."
B = "The old ones were taken down in the spring, when a carpenter found that the wood had gone soft at both ends."
C = "Oak for the new ones comes from a wood near by, and two of the four are already lying in the workshop in town."
D = "The mill was built in 1793 and has ground rye, barley and, in one bad winter, acorns for the farms around it."
TEXT = [A, B, C, D]
IMG = "<img src='/mill.jpg' width='600'>"
CAPTION = "Two of the sails in the workshop last week"


def kept(*parts: str, title: str = TITLE, above: str = "") -> list[str]:
    inside = "".join(part if part.startswith("<") else f"<p>{part}</p>" for part in parts)
    page = f"<title>{title}</title>{above}<article><h1>{title}</h1><div class='text'>{inside}</div></article>"
    blocks = extract(f"<html>{page}</html>".encode(), "https://e.example/news/mill", ExtractionRules()).blocks
    return [block.text for block in blocks if block.kept]


@pytest.mark.parametrize(
    "picture",
    [
        f"<div class='x1'>{IMG}<p>{CAPTION}</p></div>",
        f"<div><a href='/big'>{IMG}</a><p>{CAPTION}</p></div>",
        f"<div class='img'>{IMG}<span>{CAPTION}</span></div>",
        f"<div class='article-image'><div>{IMG}</div><div class='txt'>{CAPTION}.</div></div>",
        f"<div class='foto-rechts'>{IMG}<p>{CAPTION}.</p><p>Foto: Ann Lee</p></div>",
        f"<p>{IMG}<br><em>{CAPTION}</em></p>",
        f"<p>{IMG}<br>{CAPTION}</p>",
        f"<p>{IMG}</p><p><em>{CAPTION}</em></p>",
        f"<p>{IMG}</p><p><i>{CAPTION}.</i></p>",
        f"<div>{IMG}</div><div><small>{CAPTION}</small></div>",
        f"<table><tr><td>{IMG}</td></tr><tr><td>{CAPTION}</td></tr></table>",
        f"<p><img src='/a.jpg' alt='{CAPTION}'></p><p>{CAPTION}</p>",
        f"<p>{IMG}</p><p>{CAPTION}. (Reuters)</p>",
        f"<p>{CAPTION}. (Getty Images)</p>",
        f"<p>{CAPTION}. Foto: Ann Lee</p>",
        f"<p>{CAPTION}. © Ann Lee</p><p>{IMG}</p>",
        "<p>3 / 12</p>",
        f"<p>Image 2 of 7 | {CAPTION}.</p>",
    ],
)
def test_captions_beside_images_are_removed(picture: str) -> None:
    assert kept(A, B, picture, C, D) == TEXT


@pytest.mark.parametrize(
    "part",
    [
        f"<p>{IMG}The carpenter wants to be done by November.</p>",
        "<p><img src='/pixel.gif' width='1' height='1'>The carpenter wants to be done by November</p>",
        "<p><img class='emoji' src='/e.png'> The carpenter wants to be done by November</p>",
        f"<p>{IMG}</p><h2>The carpenter</h2>",
        f"<p>{IMG}</p><p>The carpenter wants to be done by November.</p>",
        f"<div>{IMG}<p>The carpenter, who has built sails for other mills, wants to be done by November.</p></div>",
        f"<div>{IMG}<p>“I want to be done by November”</p></div>",
        f"<div>{IMG}<h3>The carpenter</h3></div>",
        "<p>1/2 cup of rye for the miller</p>",
        "<p>He showed us a photo: it was the mill.</p>",
        "<p>The mill in numbers, according to Reuters.</p>",
    ],
)
def test_text_beside_images_stays(part: str) -> None:
    assert len(kept(A, B, part, C, D)) == 5


def test_list_of_pictures_keeps_its_texts() -> None:
    cards = "".join(f"<div>{IMG}<p>{text[:70]}</p></div>" for text in TEXT)
    assert len(kept(A, cards)) == 5


def test_tables_with_data_keep_all_cells() -> None:
    rows = [["Mill", "Share", "Date"], ["Varde", "5 views", "12.05.2024"], ["Total", "Facebook", "-"]]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    assert kept(A, B, f"<table>{table}</table>", C, D) == [A, B, *(cell for row in rows for cell in row), C, D]


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>Advertisement</td></tr></table>",
        "<table><tr><td><a href='/1'>Facebook</a></td><td><a href='/2'>Twitter</a></td></tr></table>",
        "<table><tr><td><a href='/1'>Another story of the day</a></td></tr>"
        "<tr><td><a href='/2'>One more story of the day</a></td></tr></table>",
    ],
)
def test_tables_that_lay_out_the_page_are_read_by_the_rules(table: str) -> None:
    assert kept(A, B, table, C, D) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "<p>Home › Culture › Mills</p>",
        "<p>Accueil » Culture » Old windmill at Varde gets new sails</p>",
        "<p>Home > Culture > Old windmill</p>",
        "<p>Главная → Культура → Мельницы</p>",
        "<p>ホーム › 文化 › Old windmill at Varde gets new sails</p>",
        "<p>Veröffentlicht am 3. März 2026 um 14:05 Uhr</p>",
        "<p>3 mars 2026, 14h05 - Mis à jour le 4 mars 2026 à 9h</p>",
        "<p>3 березня 2026, 14:05 | Автор: Олена Коваль</p>",
        "<p>2026年3月3日（火） 14時05分 更新</p>",
        "<p>By Ann Lee and Bob Ray • 3 May 2026</p>",
        "<p>This story was published more than 3 years ago and may be outdated.</p>",
        "<p>Dieser Artikel ist älter als ein Jahr.</p>",
        "<p>Este artículo contiene enlaces de afiliados, por los que podemos recibir una comisión.</p>",
    ],
)
def test_lines_above_the_text_are_removed(line: str) -> None:
    assert kept(line, *TEXT) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "The mill at Varde is older than the town hall, and so are two of the farms around it.",
        "On 3 March 2026 the carpenter came for the first time.",
        "This story of the mill began more than two hundred years ago, with a miller who had no money at all.",
        "We may earn less than before, says the miller, but the bread will be better than in the years before.",
        "Old windmill, new sails: what the carpenter at Varde has to do before the first storm of the winter.",
        "A home for owls > that is what the children call the mill, and they are right about the owls in it.",
    ],
)
def test_sentences_above_the_text_stay(line: str) -> None:
    assert kept(line, *TEXT) == [line, *TEXT]


@pytest.mark.parametrize(
    "line",
    [
        "Подписывайтесь на наш канал в Telegram",
        "Join our WhatsApp channel for the latest news from Varde",
        "👉 Tham gia nhóm Zalo của chúng tôi",
        "LINEで友だち追加して最新ニュースを受け取る",
        "Підписуйтесь на нас у Viber та читайте новини першими",
        "تابعونا على قناة الواتس اب",
        "【相關閱讀】Another story of the day",
        "［関連記事］Another story of the day",
        "[관련기사] Another story of the day",
        "（延伸阅读：Another story of the day）",
        "إقرأ أيضاً: Another story of the day",
        "اقرا ايضا | Another story of the day",
        "أقرأ أيضًا: Another story of the day",
    ],
)
def test_invitations_and_related_links_between_paragraphs_are_removed(line: str) -> None:
    assert kept(A, B, line, C, D) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "The governor wrote on Telegram that the mill would be open in May.",
        "Губернатор сообщил в своём Telegram-канале, что мельница откроется в мае.",
        "“Join our WhatsApp group”, the fraudsters had written to the miller.",
        "【本报讯】The mill at Varde will be open to visitors in May, as in the years before.",
        "[Editor] The mill at Varde will be open to visitors in May.",
        "(Reuters) The mill at Varde will be open to visitors in May.",
    ],
)
def test_sentences_that_name_a_messenger_or_begin_with_brackets_stay(line: str) -> None:
    assert kept(A, B, line, C, D) == [A, B, line, C, D]


@pytest.mark.parametrize("tag", ["div", "section"])
def test_h1_between_paragraphs_is_a_subheading(tag: str) -> None:
    parts = f"<{tag}><p>{A}</p><h1>The carpenter</h1><p>{B}</p><h1>The oak</h1><p>{C}</p><p>{D}</p></{tag}>"
    assert kept(parts) == [A, "The carpenter", B, "The oak", C, D]


@pytest.mark.parametrize(
    "heading",
    [
        f"<h1>{TITLE}</h1>",
        "<h1><a href='/next'>The next story of this day</a></h1>",
        "<div><h1>Another story</h1></div>",
    ],
)
def test_other_h1_are_no_subheadings(heading: str) -> None:
    assert kept(A, B, heading, C, D) == TEXT


@pytest.mark.parametrize(
    "page",
    [
        f"<p class='First'>{A}</p><p class='MsoBodyText'>{B}</p><p class='First'>{C}</p><p class='MsoBodyText'>{D}</p>",
        f"<p>{A}</p><p class='body-text'>{B}</p><p>{C}</p><p class='body-text'>{D}</p>",
        f"<p>{A}</p><p>{B}</p><div id='read-more'><div id='read-more-content'><p>{C}</p><p>{D}</p></div></div>",
        f"<p>{A}</p><p>{B}</p><div class='readmore'><p>{C}</p><p>{D}</p></div>",
        f"<div class='gallery-body'><p>{A}</p><p>{B}</p><p>{C}</p><p>{D}</p></div>",
        f"<p class='ad ae'>{A}</p><p class='ad af'>{B}</p><p class='ad ae'>{C}</p><p class='ag ad'>{D}</p>",
        f"<div class='aa'></div><div class='ab'></div><div class='ac'></div><div class='ae'></div><p class='ad'>{A}</p>"
        f"<p class='ad'>{B}</p><p class='ad'>{C}</p><p>{D}</p>",
        f"<p>{A}</p><p><a href='/study'>{B}</a></p><p>{C}</p><p>{D}</p>",
    ],
)
def test_misleading_names_and_linked_sentences_hide_no_paragraph(page: str) -> None:
    assert kept(page) == TEXT


@pytest.mark.parametrize(
    "box",
    [
        "<div class='read-more'><p><a href='/1'>Another story of the day</a></p><p><a href='/2'>One more</a></p></div>",
        f"<div class='read-more-content'><h3>Read more</h3><p>{D}</p><p>{D} {D}</p></div>",
        f"<div class='gallery-body'>{IMG}<p>The mill in the year before the storm, seen from the road.</p></div>",
        "<div class='ad'>Buy one sail and get another one, today only and only in this shop of ours by the road.</div>",
        "<p><a href='/1'>Another story of the day that is not a sentence</a></p>",
    ],
)
def test_boxes_are_still_removed(box: str) -> None:
    assert kept(A, B, box, C) == [A, B, C]


def entries(stamp: str) -> str:
    return "".join(
        f"<div class='e'>{stamp.format(hour=9 + at)}<h2>Entry {at}</h2><p>{text}</p></div>"
        for at, text in enumerate(TEXT)
    )


@pytest.mark.parametrize(
    "stamp",
    ["<time datetime='2026-05-03T09:00:00Z'>{hour}:05</time>", "<p><time>{hour}.05 Uhr</time></p>",
     "<span><time datetime='2026'>{hour}:05 GMT</time></span>"],
)  # fmt: skip
def test_times_of_marked_entries_are_removed(stamp: str) -> None:
    assert [text for text in kept(entries(stamp)) if not text.startswith("Entry")] == TEXT


def test_times_that_nothing_marks_are_all_kept() -> None:
    texts = kept(entries("<p>{hour}:05</p>"))
    assert [text for text in texts if text.endswith(":05")] == ["9:05", "10:05", "11:05", "12:05"]


def test_lone_time_at_the_end_is_removed() -> None:
    assert kept(*TEXT, "<p>17:15</p>") == TEXT


@pytest.mark.parametrize(
    ("script", "inside", "expected"),
    [
        ("{'@type': 'LiveBlogPosting', 'headline': 'x'}", "", ("LiveBlogPosting", "json-ld")),
        ("{'@type': 'OpinionNewsArticle', 'headline': 'x'}", "", ("OpinionNewsArticle", "json-ld")),
        ("{'@type': 'NewsArticle'}", entries("<time>{hour}:05</time>"), ("LiveBlogPosting", "dom")),
        ("", entries("<time>{hour}:05</time>"), ("LiveBlogPosting", "dom")),
        ("", entries("<p>{hour}:05</p>"), None),
        ("", "<time>9:05</time>", None),
    ],
)
def test_type_of_the_article_is_declared_or_told_by_entries(
    script: str, inside: str, expected: tuple[str, str] | None
) -> None:
    data = script.replace("'", '"')
    page = f"<script type='application/ld+json'>{data}</script><article><h1>{TITLE}</h1><p>{A}</p>{inside}</article>"
    values = extract(page.encode(), "https://e.example/news/mill", ExtractionRules()).evidence.get("article_type", ())
    assert next(((one.value, one.source) for one in values), None) == expected


@pytest.mark.parametrize("hiding", ["style='display: none'", "hidden", "class='hidden'", "class='d-none' hidden"])
@pytest.mark.parametrize(
    "control",
    ["<button>Show full article</button>", "<p><a href='#rest'>Weiterlesen</a></p>", "<a role='button'>続きを読む</a>"],
)
def test_text_behind_a_button_is_read(hiding: str, control: str) -> None:
    rest = f"<div {hiding}><p>{C}</p><p>{D}</p></div>"
    assert kept(A, B, control, rest)[:2] + kept(A, B, rest, control)[2:] == TEXT


@pytest.mark.parametrize(
    "part",
    [
        f"<div hidden><p>{C}</p><p>{D}</p></div>",
        f"<div class='hidden'><p>{C}</p><p>{D}</p></div>",
        f"<button>Log in</button><div hidden><form><input></form><p>{C}</p><p>{D}</p></div>",
        f"<a href='/other'>Another story</a><div style='display:none'><p>{C}</p><p>{D}</p></div>",
        "<button>Share</button><div hidden><p>Facebook</p><p>Twitter</p></div>",
    ],
)
def test_other_hidden_text_stays_hidden(part: str) -> None:
    assert kept(A, B, part) == [A, B]
