"""Boilerplate lines are stripped from plain page text."""

from __future__ import annotations

import json

import pytest

from newscrawl.boilerplate.plain_text import strip_boilerplate_lines
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


def test_the_acceptance_page_is_reduced_to_its_article() -> None:
    expected = json.loads((ACCEPTANCE / "expected.json").read_text(encoding="utf-8"))
    stripped = strip_boilerplate_lines((ACCEPTANCE / "page-text.txt").read_text(encoding="utf-8"))
    assert stripped.headline == expected["headline"]
    assert stripped.article_body == expected["article_body"]
    assert list(stripped.removed) == expected["removed"]


def test_a_german_page_of_the_same_template_is_reduced_to_its_article() -> None:
    stripped = strip_boilerplate_lines(PAGE_TEXT, "de")
    assert stripped.headline == "Der alte Leuchtturm soll wieder leuchten"
    assert stripped.article_body is not None
    assert len(stripped.article_body.split("\n\n")) == 3
    assert len(stripped.removed) == 9


@pytest.mark.parametrize(
    "prose",
    [
        "The advertisement was bought by a rival party.",
        "Latest news of the ship came on Thursday, December 2, 2021, when it was seen off the cape.",
        "The weather, -3 C at noon, kept the crowd small.",
        "Please enter your name here, said the sign, and he did.",
    ],
)
def test_prose_that_contains_a_boilerplate_phrase_is_kept(prose: str) -> None:
    other = "The harbour council approved a plan on Tuesday to rebuild the old lighthouse after the storm."
    stripped = strip_boilerplate_lines(f"{other}\n\n{prose}\n\n{other} It was late.")
    assert stripped.article_body == f"{other}\n\n{prose}\n\n{other} It was late."
    assert stripped.removed == ()


@pytest.mark.parametrize("text", ["", "\n \n", "Advertisement", "\x00"])
def test_text_without_prose_has_no_body(text: str) -> None:
    assert strip_boilerplate_lines(text).article_body is None
