"""Traits of elements from tag, names and roles."""

from __future__ import annotations

import pytest

from newscrawl.extraction.html.elements import MAX_ATTRIBUTE, get_traits


def test_attributes_that_do_not_affect_traits_are_ignored() -> None:
    expected = get_traits("div", [("class", "byline")])
    assert get_traits("div", [("href", "/x"), ("class", "byline"), ("data-n", "1")]) is expected


@pytest.mark.parametrize("others", [[], [("role", "main")]])
def test_long_attribute_values_are_cut(others: list[tuple[str, str]]) -> None:
    assert get_traits("div", [("class", " " * MAX_ATTRIBUTE + "byline"), *others]).zone is None
    assert get_traits("div", [("class", " " * (MAX_ATTRIBUTE - 6) + "byline"), *others]).zone == "byline"


@pytest.mark.parametrize(
    ("tag", "attributes", "zone"),
    [
        ("div", {}, None),
        ("div", {"class": "byline"}, "byline"),
        ("nav", {}, "page-frame"),
        ("div", {"role": "complementary"}, "aside"),
        ("figure", {}, "caption"),
        ("figure", {"class": "wp-block-table"}, None),
        ("body", {"class": "has-sidebar"}, None),
        ("span", {"role": "toolbar"}, None),
    ],
)
def test_zones_depend_on_tag_class_and_role(tag: str, attributes: dict[str, str], zone: str | None) -> None:
    assert get_traits(tag, tuple(attributes.items())).zone == zone


@pytest.mark.parametrize(
    ("attributes", "is_hidden"),
    [
        ({"hidden": ""}, True),
        ({"hidden": "until-found"}, False),
        ({"hidden": "", "id": "S:1"}, False),
        ({"style": "display: none"}, True),
        ({"style": "color: red"}, False),
        ({"style": "font-size: 0"}, True),
        ({"style": "color:red;FONT-SIZE:0px !important"}, True),
        ({"style": "position: absolute; left: -9999px"}, True),
        ({"style": "position:fixed;top:-100em"}, True),
        ({"style": "position:absolute;clip:rect(0 0 0 0)"}, True),
        ({"style": "clip: rect(1px, 1px, 1px, 1px)"}, True),
        ({"style": "clip-path: inset(50%)"}, True),
        # What looks like it: small letters, shifted and cropped boxes, wide backgrounds.
        ({"style": "font-size: 0.9em"}, False),
        ({"style": "font-size:05.5px; line-height:0"}, False),
        ({"style": "position: relative; left: -9999px"}, False),
        ({"style": "position: absolute; left: -50%; top: -12px"}, False),
        ({"style": "margin-left:-9999px; padding-left:9999px"}, False),
        ({"style": "background-position: -9999px 0"}, False),
        ({"style": "clip: rect(auto, auto, auto, auto)"}, False),
        ({"style": "clip:rect(0,600px,400px,0)"}, False),
        ({"style": "clip-path: inset(0 0 10% 0)"}, False),
        ({"style": "opacity: 0; transition: opacity 1s"}, False),
    ],
)
def test_hidden_elements_are_detected(attributes: dict[str, str], is_hidden: bool) -> None:
    assert get_traits("div", tuple(attributes.items())).is_hidden is is_hidden


def test_the_page_itself_is_never_hidden() -> None:
    assert not get_traits("body", (("style", "visibility:hidden"),)).is_hidden


@pytest.mark.parametrize("tag", ["div", "nav", "span", "li"])
def test_meaningless_names_give_the_traits_of_the_bare_tag(tag: str) -> None:
    assert get_traits(tag, [("class", "xq wide"), ("id", "n-4711")]) is get_traits(tag)


def test_a_figure_around_a_table_is_not_a_caption() -> None:
    assert get_traits("figure", [("class", "wp-block-table")]).zone is None
    assert get_traits("figure").zone == "caption"
