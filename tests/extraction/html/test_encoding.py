"""Find the encoding of pages that declare none, or a wrong one."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.extraction.html.document import Document, parse

TEXTS = {
    "zh": "市政府昨天宣布，老城区的三座桥梁将在明年春天之前完成加固工程，届时公交线路会临时改道，居民可以在网上查询。",
    "zh-TW": "市政府昨天宣布，老城區的三座橋樑將在明年春天之前完成補強工程，屆時公車路線會臨時改道，居民可以上網查詢。",
    "ko": "시청은 어제 구시가지의 다리 세 곳을 내년 봄까지 보강할 것이라고 발표했다. 버스 노선은 그동안 임시로 바뀐다.",
    "ja": "市は昨日、旧市街にある三つの橋の補強工事を来年の春までに終えると発表した。バスの路線は一部変更される。",
    "ru": (
        "Городские власти сообщили вчера, что три моста в старом городе укрепят до "
        "весны, а автобусы пойдут другим путём."
    ),
    "uk": "Міська влада повідомила вчора, що три мости у старому місті зміцнять до весни, а їхні маршрути змінять.",
    "bg": (
        "Общината съобщи вчера, че трите моста в стария град ще бъдат укрепени до "
        "пролетта, а автобусите ще се отклонят."
    ),
    "el": (
        "Ο δήμος ανακοίνωσε χθες ότι οι τρεις γέφυρες στην παλιά πόλη θα ενισχυθούν έως την άνοιξη του επόμενου έτους."
    ),
    "he": "העירייה הודיעה אתמול כי שלושת הגשרים בעיר העתיקה יחוזקו עד האביב הבא, והאוטובוסים ייסעו במסלול אחר.",
    "ar": (
        "أعلنت البلدية أمس أن الجسور الثلاثة في المدينة القديمة ستدعم قبل الربيع المقبل، وأن الحافلات ستسلك طريقا آخر."
    ),
    "th": "เทศบาลประกาศเมื่อวานนี้ว่าสะพานสามแห่งในเขตเมืองเก่าจะเสริมความแข็งแรงให้เสร็จก่อนฤดูใบไม้ผลิปีหน้า",
    "pl": (
        "Władze miasta ogłosiły wczoraj, że trzy mosty na Starym Mieście zostaną wzmocnione do wiosny, a "
        "część linii będzie jeździć objazdem, żeby mieszkańcy zdążyli."
    ),
    "cs": (
        "Město včera oznámilo, že tři mosty ve staré části budou zpevněny do jara příštího roku a "
        "některé linky pojedou objížďkou, než budou práce hotové."
    ),
    "hu": (
        "A város tegnap bejelentette, hogy az óváros három hídját jövő tavaszig megerősítik, addig a "
        "buszok más útvonalon közlekednek, és külön jelzőtáblák segítenek."
    ),
    "tr": (
        "Belediye dün eski şehirdeki üç köprünün gelecek ilkbahara kadar güçlendirileceğini, "
        "otobüslerin bu sürede başka güzergâhtan gideceğini açıkladı."
    ),
    "lt": (
        "Miesto valdžia vakar pranešė, kad trys tiltai senamiestyje bus sutvirtinti iki pavasario, o "
        "autobusai važiuos kitu maršrutu, kol darbai bus baigti."
    ),
    "de": (
        "Die Stadt hat gestern angekündigt, dass drei Brücken in der Altstadt bis zum Frühjahr "
        "verstärkt werden, während die Busse über die Schloßstraße fahren."
    ),
    "fr": (
        "La ville a annoncé hier que trois ponts de la vieille ville seront renforcés d’ici au printemps "
        "; les bus passeront par l’île, où des arrêts sont créés."
    ),
}
LEGACY = [
    ("zh", "gb18030", "cn"), ("zh-TW", "big5", "tw"), ("ko", "cp949", "kr"), ("ja", "cp932", "jp"),
    ("ja", "euc_jp", "jp"), ("ru", "cp1251", "ru"), ("ru", "koi8-r", "ru"), ("uk", "cp1251", "ua"),
    ("bg", "cp1251", "bg"), ("el", "cp1253", "gr"), ("he", "cp1255", "il"), ("ar", "cp1256", "eg"),
    ("th", "cp874", "th"), ("pl", "cp1250", "pl"), ("pl", "iso8859-2", "pl"), ("cs", "cp1250", "cz"),
    ("hu", "cp1250", "hu"), ("tr", "cp1254", "tr"), ("lt", "cp1257", "lt"), ("de", "cp1252", "de"),
    ("fr", "cp1252", "fr"),
]  # fmt: skip
NOT_LATIN = [row for row in LEGACY if row[0] not in ("pl", "cs", "hu", "tr", "lt", "de", "fr")]
GENERIC = "https://example.com/a"


def page(language: str, encoding: str, *, head: str = "", lang: str | None = None) -> bytes:
    html = (
        f"<html{f' lang={lang}' if lang else ''}><head>{head}<title>News</title></head><body><p>{TEXTS[language]}</p>"
    )
    return f"{html}<p>Copyright 2024</p></body></html>".encode(encoding)


def text_of(document: Document) -> str:
    return document.root.findtext(".//p") or ""


@pytest.mark.parametrize("language, encoding, domain", LEGACY)
def test_an_undeclared_encoding_is_found_by_the_language_of_the_page(language: str, encoding: str, domain: str) -> None:
    document = parse(page(language, encoding, lang=language), url=GENERIC)
    assert text_of(document) == TEXTS[language]
    assert document.warning == f"declares no encoding, decoded as {document.encoding}"


@pytest.mark.parametrize("language, encoding, domain", LEGACY)
def test_an_undeclared_encoding_is_found_by_the_country_of_the_site(language: str, encoding: str, domain: str) -> None:
    document = parse(page(language, encoding, lang="en"), url=f"https://example.{domain}/a")
    assert text_of(document) == TEXTS[language]


@pytest.mark.parametrize(
    "language, encoding", [("hu", "cp1250"), ("hu", "iso8859-2"), ("cs", "cp1250"), ("fr", "cp1252")]
)
def test_a_latin_encoding_is_found_by_the_language_of_the_text(language: str, encoding: str) -> None:
    assert text_of(parse(page(language, encoding), url=GENERIC)) == TEXTS[language]


@pytest.mark.parametrize("language, encoding, domain", NOT_LATIN)
def test_scripts_other_than_latin_are_found_without_any_hint(language: str, encoding: str, domain: str) -> None:
    assert text_of(parse(page(language, encoding), url=GENERIC)) == TEXTS[language]


@pytest.mark.parametrize("language, encoding, domain", NOT_LATIN)
@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", "windows-1252"])
def test_a_wrong_declaration_is_replaced(language: str, encoding: str, domain: str, declared: str) -> None:
    document = parse(page(language, encoding), content_type=f"text/html; charset={declared}", url=GENERIC)
    assert text_of(document) == TEXTS[language]
    assert document.warning is not None
    assert document.warning.startswith("declares ")


@pytest.mark.parametrize(
    ("language", "encoding", "declared"),
    [("ru", "koi8-r", "windows-1251"), ("ru", "cp1251", "koi8-r"), ("zh-TW", "big5", "gb2312"), ("ko", "cp949", "gbk"),
     ("ja", "cp932", "euc-jp"), ("el", "cp1253", "windows-1251"), ("pl", "cp1250", "iso-8859-1"),
     ("cs", "cp1250", "latin1")],
)  # fmt: skip
def test_an_encoding_of_another_script_or_language_is_replaced(language: str, encoding: str, declared: str) -> None:
    body = page(language, encoding, lang=language, head=f"<meta charset={declared}>")
    assert text_of(parse(body, url=GENERIC)) == TEXTS[language]


@pytest.mark.parametrize("language, encoding, domain", LEGACY)
def test_a_right_declaration_stays(language: str, encoding: str, domain: str) -> None:
    for lang in (language, "en", None):
        document = parse(page(language, encoding, lang=lang, head=f"<meta charset={encoding}>"), url=GENERIC)
        assert text_of(document) == TEXTS[language]
        assert document.warning is None


@pytest.mark.parametrize(
    "words",
    ["The ticket costs £5, or £4 for members.", "A naïve café owner from São Paulo", "“It’s 25° outside” – he said…",
     "Malmö, Århus, Besançon and Île-de-France", "© 2024 Example® Ltd. · All rights reserved", "½ cup of sugar × 2"],
)  # fmt: skip
def test_an_english_page_with_a_few_special_characters_is_windows_1252(words: str) -> None:
    body = f"<p>{words}</p><p>{'Plain words of a long text. ' * 30}</p>".encode("cp1252")
    for url in (GENERIC, "https://example.co.uk/a", ""):
        assert text_of(parse(body, url=url)) == words


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("language", ["de", "fr", "pl", "ru", "zh", "ko", "ar"])
def test_one_bad_byte_leaves_a_utf8_page_in_utf8(declared: str | None, language: str) -> None:
    body = page(language, "utf-8").replace(b"</body>", b"<i>\x92 \xe9</i></body>")
    document = parse(body, content_type=f"text/html; charset={declared}" if declared else None, url=GENERIC)
    assert document.encoding == "utf-8"
    assert text_of(document) == TEXTS[language]


def test_a_bad_byte_in_a_latin_1_page_does_not_make_it_utf8() -> None:
    body = "<p>Größe, Überfluß, Ärger — Ã¼</p>".encode("cp1252")
    assert text_of(parse(body)) == "Größe, Überfluß, Ärger — ü"


@pytest.mark.parametrize("quote", ["", '"', "'"])
@pytest.mark.parametrize(
    ("language", "encoding"), [("ru", "koi8-r"), ("pl", "iso8859-2"), ("el", "iso8859-7"), ("zh", "gb18030")]
)
def test_a_declaration_behind_the_first_4096_bytes_counts(language: str, encoding: str, quote: str) -> None:
    scripts = f"<style>{'.a { color: red }' * 400}</style><!-- <meta charset=windows-1251> -->"
    body = page(language, encoding, head=f"{scripts}<meta charset={quote}{encoding}{quote}>")
    document = parse(body, url=GENERIC)
    assert text_of(document) == TEXTS[language]
    assert document.warning is None


def test_the_meta_element_wins_over_a_header_that_wrongly_says_utf8() -> None:
    body = page("pl", "iso8859-2", head="<meta charset=iso-8859-2>")
    document = parse(body, content_type="text/html; charset=utf-8", url=GENERIC)
    assert text_of(document) == TEXTS["pl"]


def test_the_site_file_wins_over_what_the_bytes_look_like() -> None:
    document = parse(page("ru", "cp1251"), fallback_encoding="koi8-r", url=GENERIC)
    assert document.encoding == "koi8-r"


@pytest.mark.parametrize(
    "url", ["", "https://[broken", "https://ПРИМЕР.РФ/a", "https://EXAMPLE.RU./a", "https://1.2.3.44/"]
)
def test_unusual_addresses_are_no_hint(url: str) -> None:
    assert text_of(parse(page("fr", "cp1252"), url=url)) == TEXTS["fr"]


def test_an_extraction_says_that_the_encoding_was_detected() -> None:
    guessed = extract(page("ko", "cp949"), GENERIC, ExtractionRules())
    declared = extract(page("ko", "cp949", head="<meta charset=euc-kr>"), GENERIC, ExtractionRules())
    assert (guessed.warnings, guessed.is_encoding_detected) == (("declares no encoding, decoded as cp949",), True)
    assert (declared.warnings, declared.is_encoding_detected) == ((), False)
