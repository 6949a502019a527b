"""Names in capitals are written the usual way; acronyms, agencies and newspapers stay."""

from __future__ import annotations

import pytest

from newscrawl.fields.name_case import with_usual_case


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("INGRID HOLMQUIST", "Ingrid Holmquist"),
        ("PÁL SZENTGYÖRGYI", "Pál Szentgyörgyi"),
        ("ДАРЬЯ ЩЕГЛОВА", "Дарья Щеглова"),
        ("Дарья ЩЕГЛОВА", "Дарья Щеглова"),
        ("Odile MARCHAND", "Odile Marchand"),
        ("ROSA DE LA FUENTE", "Rosa de la Fuente"),
        ("SIOBHÁN O'SHEA", "Siobhán O'Shea"),
        ("ANNE-MARIE LEROUX", "Anne-Marie Leroux"),
        ("FIONA MCALLISTER", "Fiona McAllister"),
        ("Fiona McALLISTER", "Fiona McAllister"),
        ("IŞIL AYDIN", "Işıl Aydın"),
        ("T.J. WOODRUFF", "T.J. Woodruff"),
        ("DEAN HOLLIS JR.", "Dean Hollis Jr."),
        ("DEAN HOLLIS III", "Dean Hollis III"),
    ],
)
def test_a_person_in_capitals_is_written_the_usual_way(name: str, usual: str) -> None:
    assert with_usual_case(name, []) == usual


@pytest.mark.parametrize(
    "name",
    ["BBC NEWS", "ASSOCIATED PRESS", "AFP", "HARBOUR POST", "STAFF WRITER", "UN WOMEN", "NRK TROMS", "KTVU HJKL",
     "Ann Lee BBC", "FlowTech ARENA", "ABC Arena", "DIE REDAKTION", "RADIO 24", "ΜΑΡΙΑ ΠΑΠΠΑ", "INGRID", "Ann Lee"],
)  # fmt: skip
def test_other_capitals_stay(name: str) -> None:
    assert with_usual_case(name, []) == name


def test_the_form_that_the_page_has_elsewhere_wins() -> None:
    assert with_usual_case("KIM DE VRIES", ["Reach Kim De Vries at the desk."]) == "Kim De Vries"
    assert with_usual_case("KIM LEE", ["KIM LEE", "Kim Lee is a writer."]) == "Kim Lee"
