"""Names in bylines."""

from __future__ import annotations

import pytest

from newscrawl.fields.name_kinds import (
    are_accounts,
    are_logins,
    are_organisations,
    are_people,
    is_author_page,
    without_sites,
)
from newscrawl.fields.people import names_in_line, split_names, without_other_people


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee", ["Ann Lee"]),
        ("By Ann Lee and Bo Diaz", ["Ann Lee", "Bo Diaz"]),
        ("BY ANN LEE", ["ANN LEE"]),
        ("Von Ann Lee und Bo Diaz", ["Ann Lee", "Bo Diaz"]),
        ("Par Ann Lee et Bo Diaz", ["Ann Lee", "Bo Diaz"]),
        ("Ann Lee, Bo Diaz & Cy Moe", ["Ann Lee", "Bo Diaz", "Cy Moe"]),
        ("Ann Lee, Senior Political Correspondent", ["Ann Lee"]),
        ("By Ann Lee, Staff Writer", ["Ann Lee"]),
        ("Ann Lee | Harbour Editor | 6 May", ["Ann Lee"]),
        ("By Ann Lee ⋅ Founder and Editor-in-Chief ⋅ Updated 6 May", ["Ann Lee"]),
        ("Ann Lee | Bo Diaz, Staff Writer", ["Ann Lee", "Bo Diaz"]),
        ("Ann Lee (Cape Town)", ["Ann Lee"]),
        ("Ann Lee @annlee", ["Ann Lee"]),
        ("Ann Lee Published May 6, 2024", ["Ann Lee"]),
        ("Anders Andersson", ["Anders Andersson"]),
        ("Rolando Island", ["Rolando Island"]),
        ("青木礼子、田中一郎", ["青木礼子", "田中一郎"]),
        ("Written by Ann Lee | Edited by Bo Diaz", ["Ann Lee"]),
        ("Medically reviewed by Bo Diaz", []),
        ("Ann Lee, MD, PhD", ["Ann Lee"]),
        ("Ann Lee ⋅ Updated 6 March 2025", ["Ann Lee"]),
        ("Posted by Ann Lee on Friday December 19, 2025", ["Ann Lee"]),
        ("View all posts by Ann Lee →", ["Ann Lee"]),
        ("About the author Ann Lee", ["Ann Lee"]),
        ("Written by Ann Lee, MD*", ["Ann Lee"]),
        ("Napisała Anna Kowalska i Jan Nowak", ["Anna Kowalska", "Jan Nowak"]),
        ("Oleh Budi Santoso dan Siti Aminah", ["Budi Santoso", "Siti Aminah"]),
        ("Center for Research and Evaluation", ["Center for Research and Evaluation"]),
        ("Building a Web framework", ["Building a Web framework"]),
        ("24 Horas", ["24 Horas"]),
        ("7 min read", []),
        ("Updated on", []),
        ("December", []),
        ("About the Author", []),
        ("{{ author }}", []),
        ("https://e.example/author/ann", []),
        ("ann@e.example", []),
        ("admin", []),
        ("6 May 2024", []),
        ("x" * 200, []),
        ("Ann Lee reporter Send an e-mail", ["Ann Lee"]),
        ("The Currency editors", ["The Currency editors"]),
        ("Ann Lee Dodano: 30 listopada 2023", ["Ann Lee"]),
        ("Ann Lee, traduit de l'anglais par Bo Diaz", ["Ann Lee"]),
        ("By Ann Lee, The Post — London", ["Ann Lee"]),
        ("Ann Lee — Bo Diaz", ["Ann Lee", "Bo Diaz"]),
        ("Harbour Post, s.r.o.", ["Harbour Post"]),
        ("Share Share", []),
        ("", []),
    ],
)
def test_bylines_are_split_into_names_without_roles(text: str, names: list[str]) -> None:
    assert split_names(text) == names


def test_the_name_of_the_site_stays_only_if_no_person_is_named() -> None:
    assert without_sites(["The Post", "Ann Lee", "ann lee"], "The Post", "post.example") == ["Ann Lee"]
    assert without_sites(["The Post"], "The Post", None) == ["The Post"]
    assert without_sites(["Redaktion", "Ann Lee"], None, None) == ["Ann Lee"]
    assert without_sites(["Redaktion"], None, None) == ["Redaktion"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("6 February 2024 by Ann Lee", ["Ann Lee"]),
        ("6.2.2024 | Von Ann Lee und Bo Diaz", ["Ann Lee", "Bo Diaz"]),
        ("ByAnn Lee", ["Ann Lee"]),
        ("Ann Lee | Senior Writer | 6 February 2024", ["Ann Lee"]),
        ("by Ann Lee ● 6 February 2024 ● 6 min read", ["Ann Lee"]),
        ("Harbour | Letters to the editors", []),
        ("Bypass Road is closed again", []),
        ("By noon the tower was lit again", []),
        ("The plan was criticised by Ann Lee", []),
        ("De Casa Blanca", []),
        ("Haber: Zeynep Karaca", ["Zeynep Karaca"]),
        ("Reporter: Rizky Ramadhan", ["Rizky Ramadhan"]),
        ("Reporter: the tower was lit again", []),
        ("Words: harbour and tower", []),
        ("Της Ελένης Μαυρίδου", ["Ελένης Μαυρίδου"]),
        ("Της Ελένης το σπίτι", []),
        ("Γράφει ο Νίκος Παπαδάκης23 Ιανουαρίου 2024", ["Νίκος Παπαδάκης"]),
        ("Words by Ann Lee. Pictures by Bo Diaz.", ["Ann Lee"]),
        ("", []),
    ],
)
def test_names_are_found_in_a_line_with_by_or_a_role(line: str, names: list[str]) -> None:
    assert names_in_line(line) == names


def test_accounts_logins_and_author_pages_are_recognised() -> None:
    assert are_accounts(["annlee", "ann.lee"])
    assert not are_accounts(["annlee", "Ann Lee"])
    assert not are_accounts(["青木礼子"])
    assert are_logins(["ann.lee", "AnnL", "lee2"])
    assert not are_logins(["Ann", "AFP", "dpa", "Ann Lee"])
    assert is_author_page("https://e.example/Authors/ann-lee")
    assert not is_author_page("https://e.example/news/harbour")
    assert not is_author_page("https://www.youtube.com/user/harbourpost")


@pytest.mark.parametrize("label", ["By", "Por", "Par", "Von", "بقلم", "Автор", "Oleh", "作者"])
def test_the_label_of_a_byline_names_nobody(label: str) -> None:
    assert split_names(label) == []


def test_a_name_that_consists_of_the_others_is_removed() -> None:
    names = ["Ann Lee Bo Ray", "Ann Lee", "Bo Ray", "Lee Ann"]
    assert without_sites(names, None, None) == ["Ann Lee", "Bo Ray", "Lee Ann"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Written by Rosa Stone in Gardens on 2 July 2021 at 10:15 AM", ["Rosa Stone"]),
        ("Von Lena Vogt für Küstenblatt", ["Lena Vogt"]),
        ("Par Marc Blanc pour Le Littoral", ["Marc Blanc"]),
        ("Rosa Stone for Island Post", ["Rosa Stone"]),
        ("Rosa Stone and Bo Diaz for the Post", ["Rosa Stone", "Bo Diaz"]),
        ("Rosa Stone in London and Bo Diaz in Paris", ["Rosa Stone", "Bo Diaz"]),
        ("By Rosa Stone Island Post", ["Rosa Stone"]),
        ("By Rosa Stone The Island Times", ["Rosa Stone"]),
        ("Rosa Stone ISLAND DAILY NEWS", ["Rosa Stone"]),
        ("Lena Vogt Mittwoch, 3. Mai 2024", ["Lena Vogt"]),
        ("Marc Blanc mercredi 3 mai 2024", ["Marc Blanc"]),
        ("Posted by Rosa Stone on Friday", ["Rosa Stone"]),
        ("Stone, Rosa", ["Rosa Stone"]),
        ("Stone, Rosa M.", ["Rosa M. Stone"]),
        ("van Dijk, Jan", ["Jan van Dijk"]),
        ("Stone, Rosa; Diaz, Bo", ["Rosa Stone", "Bo Diaz"]),
        ("(By Rosa Stone)", ["Rosa Stone"]),
        ("[Rosa Stone]", ["Rosa Stone"]),
        ("(Von Lena Vogt und Jan Wolf)", ["Lena Vogt", "Jan Wolf"]),
        ("Rosa (R.S.) Stone", ["Rosa Stone"]),
        ("Rosa Stone | rosa@post.example", ["Rosa Stone"]),
        ("More Rosa Stone.", ["Rosa Stone"]),
        ("Mehr von Lena Vogt", ["Lena Vogt"]),
        ("Aller sur la page de Marc Blanc", ["Marc Blanc"]),
        ("Ver todos los artículos de Ana Ruiz", ["Ana Ruiz"]),
        ("Tutti gli articoli di Anna Rossi", ["Anna Rossi"]),
        ("Все статьи автора Анна Петрова", ["Анна Петрова"]),
        ("Kommentar von Lena Vogt", ["Lena Vogt"]),
    ],
)
def test_what_stands_around_a_name_is_left_out(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    "text",
    ["View author archive", "Get author RSS feed", "Aller sur la page de cette journaliste", "Ver más artículos",
     "Alle Artikel anzeigen", "Zur Autorenseite", "Все статьи автора", "View Full Profile", "Bekijk alle berichten",
     "Learn about our editorial process", "read more of Rosa Stone's articles here"],
)  # fmt: skip
def test_the_links_of_an_author_box_name_nobody(text: str) -> None:
    assert split_names(text) == []


@pytest.mark.parametrize(
    "name",
    ["Abbie Goodby", "Robert Westmoreland", "Judith van By", "Moreen Inman", "Thomas More", "Von Miller", "Di Wang",
     "Theo James", "Jimmy Page", "Emily Post", "Mary Star", "Tim Story", "Sophie in 't Veld", "José Ortega y Gasset",
     "Maria Grazia di Savoia", "Plácido Domingo", "Joe Friday", "ROSA STONE", "bell hooks", "New York Daily News",
     "United States Institute for Peace", "Doctors of the World", "The Island Post"],
)  # fmt: skip
def test_a_name_that_contains_such_a_word_stays_whole(name: str) -> None:
    assert split_names(name) == [name]


def test_full_names_stand_without_logins_companies_and_repetitions() -> None:
    assert without_sites(["rosastone", "Rosa Stone"], None, None) == ["Rosa Stone"]
    assert without_sites(["rstone2", "Rosa Stone", "Island Media GmbH"], None, None) == ["Rosa Stone"]
    assert without_sites(["RS", "Rosa Stone", "Rosa Stone Read her column"], None, None) == ["Rosa Stone"]
    assert without_sites(["Rosa Stone Island Herald"], "Island Herald", None) == ["Rosa Stone"]
    assert without_sites(["Rosa Stone", "Gear Team", "Reuters"], None, None) == ["Rosa Stone", "Gear Team", "Reuters"]
    assert without_sites(["Maria", "Katerina"], None, None) == ["Maria", "Katerina"]
    assert without_sites(["island-desk"], None, None) == ["island-desk"]


def test_organisations_are_told_from_people() -> None:
    assert are_organisations(["Condé Nast"])
    assert are_organisations(["Island Media", "NOC Admin"])
    assert not are_organisations(["Island Media", "Rosa Stone"])
    assert are_people(["Rosa Stone", "Jan van Dijk", "Conan O'Brien"])
    assert not any(map(are_people, (["Rosa"], ["Island Post"], ["Camping guide packing"], ["Rosa Stone 2"], [])))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Words by Ida Holm. Photographs by Bo Diaz", ["Ida Holm"]),
        ("Tekst: Ida Holm Foto: Bo Diaz", ["Ida Holm"]),
        ("Foto: Bo Diaz Tekst: Ida Holm", ["Ida Holm"]),
        ("Von unserem Korrespondenten Max Huber", ["Max Huber"]),
        ("De notre envoyée spéciale Claire Petit", ["Claire Petit"]),
        ("dalla nostra inviata Giulia Rossi", ["Giulia Rossi"]),
        ("Senior Political Correspondent Ida Holm", ["Ida Holm"]),
        ("Наш корреспондент Иван Петров", ["Иван Петров"]),
        ("Олена Коваль, журналістка", ["Олена Коваль"]),
        ("oprac. Ewa Zielińska", ["Ewa Zielińska"]),
        ("de Ioana Munteanu", ["Ioana Munteanu"]),
        ("By Ida Holm and staff reports", ["Ida Holm"]),
        ("Ida Holm mit Agenturen", ["Ida Holm"]),
        ("Ida Holm, PhD, Institute for Rivers", ["Ida Holm"]),
        ("الرباط - سلمى الإدريسي", ["سلمى الإدريسي"]),
        ("Oslo - Ida Holm", ["Ida Holm"]),
        ("Lê Thu Trang - Phạm Văn Hải", ["Lê Thu Trang", "Phạm Văn Hải"]),
        ("Haber merkezi", ["Haber merkezi"]),
    ],
)
def test_roles_places_and_photographers_beside_a_name_are_left_out(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    "name",
    ["Bob Writerly", "Charles de Gaulle", "de la Torre Juan", "Host City News", "Mayor Ida Holm", "Fotini Lekka"],
)
def test_a_name_that_resembles_a_role_or_a_label_stays_whole(name: str) -> None:
    assert split_names(name) == [name]


def test_a_dash_is_no_comma_where_the_second_part_may_be_a_newspaper() -> None:
    assert split_names("Ida Holm - Peter Grant") == ["Ida Holm"]
    assert split_names("Lê Minh - VnNews") == ["Lê Minh"]
    assert split_names("annholm - Harbour Post") == ["annholm"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Reportagem: Maria Alves | Edição: João Prado", ["Maria Alves"]),
        ("Texte : Claire Petit — Photos : Luc Roy", ["Claire Petit"]),
        ("Tekst i zdjęcia: Ewa Zielińska", ["Ewa Zielińska"]),
        ("Muhabir: Ayşe Kaya Editör: Mehmet Demir", ["Ayşe Kaya"]),
        ("خبرنگار: سارا محمدی", ["سارا محمدی"]),
        ("Γράφει ο Νίκος Ζαχαρίου", ["Νίκος Ζαχαρίου"]),
        ("Detalles Escrito por Lucía Campos", ["Lucía Campos"]),
        ("Reporting by Ida Holm; Editing by Bo Diaz", ["Ida Holm"]),
        ("Anna Vogel (Text) und Jens Holm (Fotos)", ["Anna Vogel"]),
        ("Claire Petit, à Marseille", ["Claire Petit"]),
        ("Анна Петрова, специально для «Вестника»", ["Анна Петрова"]),
        ("By Ida Holm Harbour Post Staff Writer", ["Ida Holm"]),
        ("Soumis par Claire Petit le mar, 02/06/2026 - 10:30", ["Claire Petit"]),
        ("Escrito por Lucía Campos el 3 de mayo", ["Lucía Campos"]),
        ("PV Nguyễn Văn An", ["Nguyễn Văn An"]),
        ("Foto: Bo Diaz", []),
        ("Редактор: Иван Сидоров", []),
        ("Paylaş", []),
        ("기사 공유하기", []),
        ("Partner content", []),
    ],
)
def test_labels_say_who_wrote_and_who_did_something_else(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize("name", ["PV Sindhu", "Mary Ann Senior", "Text Holm", "Dela Cruz", "Source Code Staff"])
def test_a_name_that_begins_or_ends_like_a_label_stays_whole(name: str) -> None:
    assert split_names(name) == [name]


def test_names_in_lower_case_and_agencies_stay_beside_others() -> None:
    assert split_names("Ida Holm, bell hooks") == ["Ida Holm", "bell hooks"]
    assert split_names("Ida Holm, dpa") == ["Ida Holm", "dpa"]
    assert split_names("Ida Holm, with Bo Diaz") == ["Ida Holm", "Bo Diaz"]
    assert split_names("Ida Holm (Editor)") == ["Ida Holm"]
    assert split_names("Yazı İşleri") == ["Yazı İşleri"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Byby JOSH HASKELL and ANN LEE", ["JOSH HASKELL", "ANN LEE"]),
        ("Von DPA 5. Januar 2026 18:58 Uhr", ["DPA"]),
        ("Journaliste", []),
        ("Researched by Oliver Simpson", []),
        ("Ann Byby", ["Ann Byby"]),
    ],
)
def test_interface_words_and_roles_are_no_part_of_a_name(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("names", "people"),
    [
        (["Ann Lee", "Former Harbour Consultant"], ["Ann Lee"]),
        (["Ann Lee", "RN"], ["Ann Lee"]),
        (["Politik", "Ann Lee"], ["Ann Lee"]),
        (["Ann Lee", "Harbour Staff"], ["Ann Lee"]),
        (["Ann Lee", "Stefan"], ["Ann Lee", "Stefan"]),
        (["Ann Lee", "Gear Team"], ["Ann Lee", "Gear Team"]),
        (["Harbour Consultant"], ["Harbour Consultant"]),
        (["Politik"], ["Politik"]),
        (["Stefan", "RN"], ["Stefan", "RN"]),
    ],
)
def test_roles_degrees_and_sections_beside_a_full_name_are_left_out(names: list[str], people: list[str]) -> None:
    assert without_sites(names, None, None) == people


@pytest.mark.parametrize(
    ("address", "is_author"),
    [
        ("https://medium.example/@ann", True),
        ("https://truthsocial.com/@ann", False),
        ("https://mastodon.example/@ann", False),
        ("https://www.tiktok.com/@ann", False),
        ("mailto:ann@post.example", False),
    ],
)
def test_a_handle_in_a_link_names_an_author_unless_it_is_that_of_a_social_network(
    address: str, is_author: bool
) -> None:
    assert is_author_page(address) is is_author


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann HolmStaff Writer", ["Ann Holm"]),
        ("ByAnn HolmNews ReporterBo DiazPublished20:49, 5 Aug 2024", ["Ann Holm", "Bo Diaz"]),
        ("By Ann HolmUpdated: Feb 5, 2026", ["Ann Holm"]),
        ("Dec 17, 2025 Ann Lee", ["Ann Lee"]),
        ("Feb 6, 2025 By 3i Harbour", ["3i Harbour"]),
        ("By Ann Lee, in News, Culture, Business", ["Ann Lee"]),
        ("By Ann Lee, London", ["Ann Lee"]),
        ("Von Ann Lee und Bo Diaz, Wien", ["Ann Lee", "Bo Diaz"]),
        ("Por Ann Lee, Ciudad de México", ["Ann Lee"]),
        ("Анна Ли, Москва", ["Анна Ли"]),
        ("By Ann Lee, MD, gastroenterologist", ["Ann Lee"]),
        ("Authors: Ann Lee and Bo Diaz, Extension horticulture educators", ["Ann Lee", "Bo Diaz"]),
        ("By Ann Lee Political Correspondent", ["Ann Lee"]),
        ("Von Ann Lee Landespolitische Korrespondentin", ["Ann Lee"]),
        ("Edited by: Bo Diaz", []),
        ("Edited by: Bo Diaz, Text by: Ann Lee", ["Ann Lee"]),
        ("Redigert av Bo Diaz", []),
        ("Από την Άννα Λη", ["Άννα Λη"]),
        ("Hazırlayan: Ayşe Çetin", ["Ayşe Çetin"]),
        ("Höfundur: Anna Jónsdóttir", ["Anna Jónsdóttir"]),
        ("Autorius: Ona Petraitė", ["Ona Petraitė"]),
        ("Isinulat ni Ann Lee", ["Ann Lee"]),
    ],
)
def test_what_other_elements_and_languages_put_beside_a_name_is_left_out(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann MacDonald Reporter", ["Ann MacDonald Reporter"]),
        ("Ann FitzGerald", ["Ann FitzGerald"]),
        ("Jean LeGrand, Staff Writer", ["Jean LeGrand"]),
        ("Maria DeAngelo", ["Maria DeAngelo"]),
        ("AppleInsider Staff", ["AppleInsider Staff"]),
        ("JoAnn McKee, TechCrunch Writer", ["JoAnn McKee"]),
        ("By Jack London", ["Jack London"]),
        ("By Paris Hilton, Jordan Sydney", ["Paris Hilton", "Jordan Sydney"]),
        ("By Ann Lee, Rina", ["Ann Lee", "Rina"]),
        ("By Mary Ann Lee Reporter", ["Mary Ann Lee"]),
        ("By The Harbour editors", ["The Harbour editors"]),
        ("Per Olsson", ["Per Olsson"]),
        ("Nga Nguyen", ["Nga Nguyen"]),
    ],
)
def test_a_name_with_such_a_word_stays(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Story and photos by Ann Lee, field coordinator, Leeds", ["Ann Lee"]),
        ("Aufgezeichnet von Anna Vogel", ["Anna Vogel"]),
        ("Textes et photos de Luce Morel", ["Luce Morel"]),
        ("Texto y fotos de Inés Robledo", ["Inés Robledo"]),
        ("Opgetekend door Sanne Bakker", ["Sanne Bakker"]),
        ("Записала Дарья Щеглова", ["Дарья Щеглова"]),
        ("Interview: Anna Vogel, Fotos: Bo Ek", ["Anna Vogel"]),
        ("Entretien : Luce Morel – Photos : Max Roy", ["Luce Morel"]),
        ("Entrevista: Inés Robledo. Fotos: Luis Prat", ["Inés Robledo"]),
        ("Par Luce Morel (avec Max Roy)", ["Luce Morel", "Max Roy"]),
        ("By Ann Lee (with Bo Diaz)", ["Ann Lee", "Bo Diaz"]),
        ("Von Anna Vogel (mit Agenturen)", ["Anna Vogel"]),
        ("Par Luce Morel (avec AFP)", ["Luce Morel"]),
        ("Interview: Ann Lee", []),
        ("Reportage: The Last Ferry", []),
        ("Analysis: Why Bo Diaz won", []),
        ("Story and photos by the sea", []),
    ],
)
def test_lines_with_longer_labels_name_the_authors(text: str, names: list[str]) -> None:
    assert names_in_line(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee Drawings by Bo Diaz", ["Ann Lee"]),
        ("Luce Morel Dessins de Max Roy", ["Luce Morel"]),
        ("Words Ann Lee", ["Ann Lee"]),
        ("Photography Life", ["Photography Life"]),
        ("Ann Video", ["Ann Video"]),
        ("2 komentarze", []),
        ("14 commentaires", []),
        ("50 Cent", ["50 Cent"]),
        ("Suggest Changes", []),
        ("Ann Lee | Edit this page", ["Ann Lee"]),
        ("Diese Seite bearbeiten", []),
        ("Proposer une modification", []),
        ("Sugerir cambios", []),
        ("Предложить правки", []),
        ("Larry Page", ["Larry Page"]),
        ("Rose Link", ["Rose Link"]),
    ],
)
def test_rows_of_roles_counts_and_interface_words_beside_names(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["Words", "Ann Lee", "Photos", "Bo Diaz", "Editing", "Cy Moe", "Posted", "15/11/2022"], ["Ann Lee"]),
        (["Ann Lee", "Text", "Bo Diaz", "Foto"], ["Ann Lee"]),
        (["Texte", "Luce Morel", "Illustrations", "Max Roy"], ["Luce Morel"]),
        (["Texto:", "Inés Robledo", "Fotos:", "Luis Prat"], ["Inés Robledo"]),
        (["Foto", "Bo Ek", "Text", "Anna Berg", "Ida Holm"], ["Anna Berg", "Ida Holm"]),
        (["Ann Lee", "Bo Diaz"], ["Ann Lee", "Bo Diaz"]),
        (["Ann Lee", "Photo Editor"], ["Ann Lee", "Photo Editor"]),
        (["Photos"], ["Photos"]),
        (["Ann Lee", "Video Games"], ["Ann Lee", "Video Games"]),
        (["Bo Diaz", "Texas"], ["Bo Diaz", "Texas"]),
    ],
)
def test_labels_in_lines_of_their_own_tell_authors_from_others(lines: list[str], kept: list[str]) -> None:
    assert without_other_people(lines) == kept


def test_the_account_of_a_department_gives_way_to_a_person() -> None:
    assert without_sites(["Pinewood Marketing", "Ann Lee"], None, None) == ["Ann Lee"]
    assert without_sites(["Pinewood Marketing"], None, None) == ["Pinewood Marketing"]
    assert without_sites(["Gear Team", "Ann Lee"], None, None) == ["Gear Team", "Ann Lee"]


@pytest.mark.parametrize(
    "text",
    [
        "Ida Holm contributed to this report",
        "lien vers la traduction anglaise",
        "Ann Lee hat an diesem Bericht mitgewirkt",
    ],
)
def test_a_phrase_names_nobody(text: str) -> None:
    assert split_names(text) == []


@pytest.mark.parametrize(
    "name",
    [
        "ana maría gonzález", "Anna van der Berg", "Redacción del diario", "équipe de la rédaction",
        "Maria de los Ángeles y de la Cruz", "harbour post newsroom", "Редакция газеты",
    ],
)  # fmt: skip
def test_a_name_in_small_letters_is_no_phrase(name: str) -> None:
    assert split_names(name) == [name]


@pytest.mark.parametrize(
    "address",
    [
        "/av/ann-lee", "https://aftenposten.example/av/ann-lee/", "/signataires/ann-lee/", "/verfasser/ann.html",
        "https://lap.example/szerzo/lee-anna", "/toimittajat/ann-lee", "/tac-gia/ann-lee.htm", "/byline/ann-lee",
    ],
)  # fmt: skip
def test_author_pages_are_recognised_in_many_languages(address: str) -> None:
    assert is_author_page(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://post.example/news/av/world-1234", "/sport/av/boxing-56", "/avtal/lamp", "/nav/lamp", "/av-test/lamp",
        "/tag/szerzo", "/bylines-of-the-year", "/verfassung/lamp", "/signature/lamp",
    ],
)  # fmt: skip
def test_paths_that_resemble_those_of_author_pages_are_none(address: str) -> None:
    assert not is_author_page(address)
