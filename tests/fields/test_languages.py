"""Language detection and language tags."""

from __future__ import annotations

import pytest

from newscrawl.fields.languages import detect_language, find_contradicting_language, parse_language_tag, shorten_code

TEXTS = {
    "en": "The council said on Tuesday that it will rebuild the old lighthouse, which was damaged by the storm",
    "de": "Der Rat der Stadt hat am Dienstag beschlossen, dass der alte Leuchtturm nach dem Sturm wieder",
    "fr": "Le conseil a décidé mardi de reconstruire le vieux phare, qui a été détruit par la tempête dans les",
    "es": "El consejo decidió el martes reconstruir el viejo faro, que fue destruido por la tormenta en las",
    "pt": "O conselho decidiu na terça que não vai mais reconstruir o farol, mas uma nova torre foi também",
    "nl": "De raad heeft dinsdag besloten dat de oude vuurtoren niet wordt gesloopt, maar na de storm wordt",
    "sv": "Rådet beslutade på tisdagen att den gamla fyren inte ska rivas, och att det är staten som ska betala",
    "fi": "Neuvosto päätti tiistaina että vanha majakka on korjattava, ja se oli myös monen mielestä oikein kuin",
    "pl": "Rada zdecydowała we wtorek, że stara latarnia nie zostanie zburzona, ale jest to już po burzy i przed",
    "hu": "A tanács kedden úgy döntött, hogy a régi világítótorony nem lesz lebontva, és csak az új épület is",
    "tr": "Meclis salı günü bir karar aldı ve eski deniz feneri için yeni bir plan da yapıldı, ancak bu çok para",
    "id": "Dewan kota pada hari Selasa memutuskan untuk tidak membongkar menara itu, dan ini akan menjadi milik",
    "vi": "Hội đồng đã quyết định vào thứ ba và cho biết ngọn hải đăng cũ không được phá bỏ, một trong những của",
    "ru": "Совет решил во вторник, что старый маяк не будет снесён, но и на новый из бюджета города денег пока",
    "uk": "Рада вирішила у вівторок, що старий маяк не знесуть, але й на новий із бюджету міста грошей поки що",
    "el": "Το συμβούλιο αποφάσισε την Τρίτη να μην κατεδαφιστεί ο παλιός φάρος μετά την καταιγίδα.",
    "ar": "قرر المجلس يوم الثلاثاء أن المنارة القديمة لن تهدم بعد العاصفة، وقال إن ذلك من أجل المدينة في هذا",
    "fa": "شورا روز سه‌شنبه تصمیم گرفت که این فانوس دریایی را به موزه تبدیل کند و آن را برای مردم در شهر باز",
    "he": "המועצה החליטה ביום שלישי שהמגדלור הישן לא ייהרס אחרי הסערה הגדולה",
    "hi": "परिषद ने मंगलवार को फैसला किया कि पुराने लाइटहाउस को तूफान के बाद भी नहीं गिराया जाएगा और यह शहर का",
    "th": "สภาเมืองตัดสินใจเมื่อวันอังคารว่าจะไม่รื้อประภาคารเก่าหลังพายุ",
    "ja": "港の議会は火曜日に、古い灯台を嵐の後も取り壊さないことを決めました。",
    "zh": "港口议会星期二决定，风暴过后不拆除旧灯塔，并将其改建为博物馆供市民参观。",
    "ko": "항구 의회는 화요일에 폭풍이 지나간 뒤에도 오래된 등대를 허물지 않기로 결정했다.",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=TEXTS)
def test_the_language_of_a_text_is_detected(language: str, text: str) -> None:
    assert detect_language(text) == language
    assert find_contradicting_language(language, text) is None


@pytest.mark.parametrize("declared", ["en-US", "ja", "ru", "sw"])
@pytest.mark.parametrize("language", ["de", "fr", "pl", "el", "ar", "zh"])
def test_a_declared_language_that_the_text_contradicts_is_detected(declared: str, language: str) -> None:
    assert find_contradicting_language(declared, TEXTS[language]) == language


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("no", TEXTS["sv"].replace("och", "og").replace("inte", "ikke")),
        ("ms", TEXTS["id"]),
        ("en", "Lighthouse, storm, harbour"),
        ("en", ""),
        ("eu", "Udalak asteartean erabaki du itsasargi zaharra ez dela eraitsiko eta herriarena izango da"),
    ],
    ids=["related", "same family", "few words", "empty", "unknown language"],
)
def test_an_unclear_text_contradicts_no_declared_language(declared: str, text: str) -> None:
    assert find_contradicting_language(declared, text) is None


def test_three_letter_codes_are_shortened() -> None:
    assert (shorten_code("eng"), shorten_code("deu"), shorten_code("fil")) == ("en", "de", "fil")


@pytest.mark.parametrize(
    ("text", "tag"),
    [("en", "en"), ("PT_br", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"), ("de_DE.UTF-8", "de-DE"), ("es-419", "es-419"),
     ("english", None), ("", None), ("x-default", None)],
)  # fmt: skip
def test_language_tags_are_normalized(text: str, tag: str | None) -> None:
    assert parse_language_tag(text) == tag
