"""What an element says of itself."""

from __future__ import annotations

import pytest

from newscrawl.extraction.html.elements import MAX_ATTRIBUTE, telling, traits_of


def test_only_telling_attributes_are_looked_at() -> None:
    assert telling([("href", "/x"), ("class", "byline"), ("data-n", "1")]) == [("class", "byline")]


def test_long_attributes_are_cut() -> None:
    ((_, value),) = telling([("style", "x" * 1_000)])
    assert len(value) == MAX_ATTRIBUTE


@pytest.mark.parametrize(
    ("tag", "stated", "zone"),
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
def test_zones_follow_from_tag_names_and_roles(tag: str, stated: dict[str, str], zone: str | None) -> None:
    assert traits_of(tag, tuple(stated.items())).zone == zone


@pytest.mark.parametrize(
    ("stated", "is_hidden"),
    [
        ({"hidden": ""}, True),
        ({"hidden": "until-found"}, False),
        ({"hidden": "", "id": "S:1"}, False),
        ({"style": "display: none"}, True),
        ({"style": "color: red"}, False),
    ],
)
def test_hidden_elements_are_known(stated: dict[str, str], is_hidden: bool) -> None:
    assert traits_of("div", tuple(stated.items())).is_hidden is is_hidden


def test_the_page_itself_is_never_hidden() -> None:
    assert not traits_of("body", (("style", "visibility:hidden"),)).is_hidden


@pytest.mark.parametrize("tag", ["div", "nav", "span", "li"])
def test_names_that_mean_nothing_leave_an_element_what_its_tag_is(tag: str) -> None:
    assert traits_of(tag, [("class", "xq wide"), ("id", "n-4711")]) is traits_of(tag)


def test_a_figure_that_is_called_a_table_is_no_caption() -> None:
    assert traits_of("figure", [("class", "wp-block-table")]).zone is None
    assert traits_of("figure").zone == "caption"
