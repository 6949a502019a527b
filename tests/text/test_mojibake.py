"""Text that was encoded twice is fixed; what any language writes stays."""

from __future__ import annotations

import pytest

from newscrawl.text.mojibake import fix_mojibake

LATIN_ONLY = ["Współpraca z Łodzią była dobra – mówił"]
"""In windows-1252, some letters become a letter and a punctuation mark."""
TEXTS = [
    "We don’t know “why” – or how… £5 or €7",
    "Die Größe der Tür über Österreich",
    "voilà, l’été où il était à Noël, « déjà » vu",
    "La información de mañana, ¿qué pasó?",
    "A situação não é só dele: ações",
    *LATIN_ONLY,
    "при всём том",
    "한국의 뉴스",
    "صحيفة اليوم",
    "Smile 😀 again",
]


def encode_twice(text: str, encoding: str) -> str:
    data = text.encode()
    # As browsers do: the five bytes that windows-1252 lacks are control characters.
    return "".join(
        bytes([byte]).decode(encoding)
        if encoding == "latin-1" or byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
        else chr(byte)
        for byte in data
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [*((text, "latin-1") for text in TEXTS), *((text, "cp1252") for text in TEXTS if text not in LATIN_ONLY)],
)
def test_text_that_was_encoded_twice_is_fixed(text: str, encoding: str) -> None:
    broken = encode_twice(text, encoding)
    assert broken != text
    assert fix_mojibake(f"<p>{broken}</p>".encode()).decode() == f"<p>{text}</p>"


def test_only_what_was_encoded_twice_changes() -> None:
    page = "<p>Das Café in Köln: «Wir donâ€™t know», sagte Müller – „gut“.</p>"
    assert fix_mojibake(page.encode()).decode() == page.replace("â€™", "’")


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "AMANHû, disse ele, e «ATÉ AMANHû outra vez",
        "A MANHÃ\xa0foi fria; “A IRMÔ; AMANHÃ…",
        "Namibië’: “rien n’arrivé…” à » współpraca",
        "ESPAÑA… el NIÑO, «ESPAÑ»",
        "Tiếng Việt: ÂN, Ân nhân, â…",
        "Il est arrivé…» et «l’été»",
        "Þórður Ðað – ÆÐ",
        "âge, pâte, Âge, À la carte, Öl, Ä",
        "blå° er Å–",
        "<p>How to fix mojibake: donâ€™t becomes don’t</p>",
        "<p>utf8_decode turns Ã© into é</p>",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert fix_mojibake(text.encode()).decode() == text


def test_page_in_another_encoding_stays() -> None:
    data = "Stra\xdfe \xc3\xa4".encode("latin-1")
    assert fix_mojibake(b"\xff" + data) == b"\xff" + data
