"""Notes below a text are removed; last paragraphs of any kind stay."""

from __future__ import annotations

import pytest

from newscrawl.evidence import Extraction, ExtractionRules
from newscrawl.extraction.body.closing import is_about_author
from newscrawl.extraction.extract import extract
from newscrawl.fields.agencies import find_credit_line

A = "The old lighthouse in the harbour went dark on Sunday, and no boat left the bay before morning came."
B = "Its keeper had asked for a new lamp three times, but the council had other plans for the money."
C = "Fishermen lit fires on the pier instead, and the whole village stayed awake to feed them."
D = "The council will meet again in May, and the lamp is the first item on its list this time."


def extracted(end: str, heading: str = "") -> Extraction:
    page = f"""<html><head><meta charset=utf-8><meta name=author content="Ann Lee"></head><body>
    <h1>Old lighthouse</h1><div class='entry-content'><p>{A}</p><p>{B}</p><p>{C}</p><p>{D}</p>{heading}{end}</div>"""
    return extract(page.encode(), "https://e.example/news/a", ExtractionRules())


def kept(end: str, heading: str = "") -> list[str]:
    return [block.text for block in extracted(end, heading).blocks if block.kept]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("(dpa/lni)", "agency-credit"),
        ("(Quelle: APA/sda/dpa)", "agency-credit"),
        ("Source : AFP", "agency-credit"),
        ("Источник: ТАСС", "agency-credit"),
        ("– Reuters, AP", "agency-credit"),
        ("Ann Lee is a reporter for the Harbour Times, where she covers boats.", "author-note"),
        ("About Ann Lee: journalist and keeper of bees.", "author-note"),
        ("Ann Lee ist Redakteurin und lebt am Hafen.", "author-note"),
        ("With assistance by Bob Ray and Cleo Fox", "staff-credit"),
        ("Original-Content von: Polizei Hafen, übermittelt durch news aktuell", "staff-credit"),
        ("(Reporting by Bob Ray; Editing by Cleo Fox)", "sign-off"),
        ("Aus dem Englischen von Bob Ray", "staff-credit"),
        ("Text: Bob Ray Fotos: Cleo Fox", "staff-credit"),
        ("翻译：王小明", "staff-credit"),
        ("Don't miss the news of the bay - sign up to our daily newsletter here.", "newsletter-note"),
        ("Bestellen Sie hier unseren Newsletter!", "newsletter-note"),
        ("Recevez chaque matin notre newsletter gratuite.", "newsletter-note"),
        ("Apúntate a nuestro boletín y no te pierdas nada.", "newsletter-note"),
        ("Получайте нашу рассылку каждое утро.", "newsletter-note"),
        ("Contact the author at ann@e.example", "contact-note"),
        ("Fehler gefunden? Jetzt melden.", "correction-note"),
        ("Нашли ошибку? Выделите текст и нажмите Ctrl+Enter.", "correction-note"),
        ("Support our journalism with a small donation.", "support-note"),
        ("The post Old lighthouse appeared first on Harbour Times.", "rights-note"),
        ("Installieren Sie unsere App!", "app-note"),
        ("What do you think? Leave a comment below.", "comment-note"),
    ],
)
def test_notes_below_a_text_are_removed(end: str, reason: str) -> None:
    found = extracted(f"<p>{end}</p>").blocks
    assert [block.text for block in found if block.kept] == [A, B, C, D]
    assert reason in {block.reason for block in found}


@pytest.mark.parametrize(
    "end",
    [
        "She signed up for the newsletter of the harbour, and never read it.",
        "For more than ten years the newsletter was free.",
        "Subscribers to the newsletter of the harbour paid nothing for it.",
        "By then, AP had called the race.",
        "Reuters a été fondée en 1851 par Paul Julius Reuter.",
        "La agencia EFE informó de que no hubo heridos.",
        "Der Autor des Buches ist am Dienstag gestorben.",
        "Jetzt ist er Mitglied der Regierung.",
        "Bob Ray is expected in court on Friday.",
        "“Ann Lee,” the keeper said, “turn off the light.”",
        "Mit der dpa sprach der Wärter nicht.",
        "Нашли ошибку в расчётах через неделю, и лампу вернули.",
        "Если вы допустили ошибку в заявке, её можно исправить до мая.",
        "Een fout in het systeem was de oorzaak.",
        "Recebeu o boletim médico no domingo.",
        "記者は港で船を見送った。",
        "订阅电子报的人增加了。",
        "اشترك في السباق عشرون قاربا.",
        "뉴스레터를 구독하는 사람이 늘었다.",
        "Gazetenin bültenine abone olanlar arttı.",
        "The helpline is open day and night: 0800 123 456.",
        "No.",
    ],
)
def test_last_paragraphs_are_kept(end: str) -> None:
    assert kept(f"<p>{end}</p>") == [A, B, C, D, end]


def test_several_notes_and_the_heading_above_them_are_removed() -> None:
    end = "<p>Ann Lee is a reporter for the Harbour Times.</p><p>(Reuters)</p>"
    assert kept(end, heading="<h3>About the author</h3>") == [A, B, C, D]


def test_a_note_above_the_last_paragraph_is_kept() -> None:
    note = "Ann Lee is a reporter for the Harbour Times, which first told of the lamp."
    assert kept(f"<p>{note}</p><p>Nobody else came to see it burn.</p>")[-2:] == [
        note, "Nobody else came to see it burn.",
    ]  # fmt: skip


def test_short_texts_keep_their_end() -> None:
    end = "Ann Lee is a sailor, and she saw it."
    page = f"<meta name=author content='Ann Lee'><h1>A sailor</h1><article><p>{A}</p><p>{end}</p></article>"
    blocks = extract(page.encode(), "https://e.example/news/a", ExtractionRules()).blocks
    assert [block.text for block in blocks if block.kept] == [A, end]


def test_agencies_at_the_end_of_a_list_are_kept() -> None:
    assert kept("<ul><li>Kyodo</li><li>Xinhua</li></ul>")[-2:] == ["Kyodo", "Xinhua"]


def test_a_credit_that_is_removed_still_names_the_source() -> None:
    evidence = extracted("<p>(Quelle: dpa)</p>").evidence
    assert [value.value for value in evidence["credit_text"]] == ["dpa"]


@pytest.mark.parametrize("text", ["Pittsburgh, PA", "AA", "PA, DE", "A Reuters reporter was there.", "dpa und andere"])
def test_lines_that_hold_more_than_agencies_are_no_credits(text: str) -> None:
    assert find_credit_line(text) is None


@pytest.mark.parametrize("text", ["Ann Leeds is a town.", "Then Ann Lee left.", "Ann Lee left.", "Lee is a reporter."])
def test_sentences_with_the_name_of_the_author_are_not_about_the_author(text: str) -> None:
    assert not is_about_author(text, ("Ann Lee", "Lee"))


COMMENT = "<p>~sailor 2008-10-01 08:12<br>I have seen the lamp as a child, and I would like to see it again.</p>"


@pytest.mark.parametrize("title", ["Comments (2)", "Kommentare: 12", "Komentarze [3]", "Комментарии 2", "Comments"])
def test_comments_below_a_title_that_no_element_sets_apart_are_removed(title: str) -> None:
    assert kept(f"<p>{title}</p>{COMMENT}{COMMENT.replace('child', 'boy')}") == [A, B, C, D]


@pytest.mark.parametrize(
    "title",
    [
        "Comments on the lamp (2)",  # a sub-heading of the text
        "The comments of the council",
        "<a href='#comments'>Comments (2)</a>",  # leads to them
        "Lamp (2)",
        "Commentary",
    ],
)
def test_text_below_other_titles_stays(title: str) -> None:
    assert kept(f"<p>{title}</p><p>{COMMENT[30:]}")[-1].endswith("see it again.")


def test_more_text_below_the_title_than_above_is_the_article() -> None:
    text = "".join(f"<p>{A} {number}</p>" for number in range(6))
    assert len(kept(f"<p>Comments</p>{text}")) == 10


@pytest.mark.parametrize("end", ["(Reporting by Bob Ray; Editing by Cleo Fox)", "(dpa/lni)", "[AFP]"])
def test_note_in_brackets_is_removed_below_a_single_paragraph(end: str) -> None:
    menu = "".join(f"<li><a href='/{n}'>Part {n}</a></li>" for n in range(20))
    page = f"<html><body><ul>{menu}</ul><h1>Old lighthouse</h1><article><p>{A}</p><p>{end}</p></article></body></html>"
    blocks = extract(page.encode(), "https://e.example/news/a", ExtractionRules()).blocks
    assert [block.text for block in blocks if block.kept] == [A]
