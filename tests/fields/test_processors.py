"""Value cleaners."""

from __future__ import annotations

import json

import pytest

from newscrawl.fields.processors import (
    absolute_url,
    clean_page_text,
    language_tag,
    parse_boolean,
    split_keywords,
)
from tests.support.paths import PAGES

ACCEPTANCE = PAGES / "acceptance"
PAGE_TEXT = """12.4 °C
Montag, 5. Mai 2025

Der alte Leuchtturm soll wieder leuchten

Der Hafenrat hat am Dienstag beschlossen, den alten Leuchtturm nach dem Sturm wieder aufzubauen.

Eine Anzeige in der Zeitung soll Handwerker anlocken; das Wetter am Morgen, -3 C, schreckte niemanden ab.

- Anzeige -spot_img

Die Arbeiten kosten gut eine Million und werden aus der Hafengebühr bezahlt.

- Anzeige -
Neueste Nachrichten
Lesen Sie auch: Zehn Jahre neuer Kai
Kommentar hinterlassen
Bitte geben Sie Ihren Kommentar ein!
Bitte geben Sie Ihren Namen ein"""


def test_the_page_that_the_project_exists_for_comes_out_clean() -> None:
    expected = json.loads((ACCEPTANCE / "expected.json").read_text(encoding="utf-8"))
    cleaned = clean_page_text((ACCEPTANCE / "page-text.txt").read_text(encoding="utf-8"))
    assert cleaned.headline == expected["headline"]
    assert cleaned.article_body == expected["article_body"]
    assert list(cleaned.removed) == expected["removed"]


def test_a_page_of_the_same_shape_in_another_language_comes_out_clean() -> None:
    cleaned = clean_page_text(PAGE_TEXT, "de")
    assert cleaned.headline == "Der alte Leuchtturm soll wieder leuchten"
    assert cleaned.article_body is not None
    assert len(cleaned.article_body.split("\n\n")) == 3
    assert len(cleaned.removed) == 9


@pytest.mark.parametrize(
    "prose",
    [
        "The advertisement was bought by a rival party.",
        "Latest news of the ship came on Thursday, December 2, 2021, when it was seen off the cape.",
        "The weather, -3 C at noon, kept the crowd small.",
        "Please enter your name here, said the sign, and he did.",
    ],
)
def test_prose_is_never_lost(prose: str) -> None:
    other = "The harbour council approved a plan on Tuesday to rebuild the old lighthouse after the storm."
    cleaned = clean_page_text(f"{other}\n\n{prose}\n\n{other} It was late.")
    assert cleaned.article_body == f"{other}\n\n{prose}\n\n{other} It was late."
    assert cleaned.removed == ()


@pytest.mark.parametrize("text", ["", "\n \n", "Advertisement", "\x00"])
def test_text_without_prose_gives_none(text: str) -> None:
    assert clean_page_text(text).article_body is None


@pytest.mark.parametrize(
    ("text", "tag"),
    [("en", "en"), ("PT_br", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"), ("de_DE.UTF-8", "de-DE"), ("es-419", "es-419"),
     ("english", None), ("", None), ("x-default", None)],
)  # fmt: skip
def test_language_tags_are_written_as_usual(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    ("text", "url"),
    [("/a.jpg", "https://e.example/a.jpg"), ("//c.example/a", "https://c.example/a"), ("javascript:alert(1)", None),
     ("data:image/png;base64,xx", None), ("http://[", None), ("ftp://e.example/", None), ("https://", None)],
)  # fmt: skip
def test_only_absolute_web_addresses_come_out(text: str, url: str | None) -> None:
    assert absolute_url(text, "https://e.example/x/y") == url


def test_keywords_and_booleans_are_read() -> None:
    assert split_keywords(" sea, #storm ,, light house") == ["sea", "storm", "light house"]
    assert [parse_boolean(text) for text in ("True", "false", "https://schema.org/False", "maybe")] == [
        True,
        False,
        False,
        None,
    ]
