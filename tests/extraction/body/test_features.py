"""Block features of a small page, checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.body.classify import analyze
from newscrawl.extraction.body.features import FAR, FEATURES, block_features
from newscrawl.extraction.extract import read_page_metadata
from newscrawl.extraction.html.document import parse

PAGE = """<head><meta name=description content="Lamp broken since the storm"></head><body>
<div id=top>Menu words</div>
<main><h1>Old lighthouse</h1>
<div class=entry-content><p>The lamp has been broken since the storm, the council of the harbour said on Tuesday.</p>
<h2>Costs</h2><ul><li>Lamp: <a href=/x>one million of them</a></li></ul>
<p>The work will cost a good million and be paid for by the port fee of the ships.</p></div></main>
<div class=comments><p>I have lived beside this tower all my life and never saw it dark for so long.</p></div></body>"""


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    page = read_page_metadata(parse(PAGE.encode()), "https://e.example/a", ExtractionRules())
    return block_features(analyze(page.scan, page.hints))


def column(rows: NDArray[np.float32], name: str) -> list[float]:
    return [round(float(value), 3) for value in rows[:, FEATURES.index(name)]]


def test_features_have_one_row_per_block_and_one_column_per_name(rows: NDArray[np.float32]) -> None:
    assert rows.shape == (7, len(FEATURES))
    assert len(set(FEATURES)) == len(FEATURES)
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("chars", [10, 14, 85, 5, 25, 79, 77]),
        ("words", [2, 2, 16, 1, 5, 18, 17]),
        ("link", [0, 0, 0, 0, 0.76, 0, 0]),
        ("ends_stop", [0, 0, 1, 0, 0, 1, 1]),
        ("position", [0, 0.143, 0.286, 0.429, 0.571, 0.714, 0.857]),
        ("after_headline", [-1, 0, 1, 2, 3, 4, 5]),
        ("after_heading", [FAR, FAR, 1, 2, 1, 2, 3]),
        ("heading_tag", [0, 0, 3, 3, 4, 4, 4]),
        ("before_heading", [1, 2, 1, FAR, FAR, FAR, FAR]),
        ("held", [0, 0, 1, 1, 1, 1, 0]),
        ("held-1", [-1, 0, 0, 1, 1, 1, 1]),
        ("held+1", [0, 1, 1, 1, 1, 0, -1]),
        ("in_li", [0, 0, 0, 0, 1, 0, 0]),
        ("in_main", [0, 1, 1, 1, 1, 1, 0]),
        ("content", [0, 0, 2, 2, 2, 2, 0]),
        ("page_blocks", [7] * 7),
        ("up", [2, 1, 0, 0, 0, 0, 2]),
        ("article_data", [0] * 7),
        ("look_blocks", [1, 1, 3, 1, 1, 3, 3]),
        ("look_prose", [0, 0, 1, 0, 0, 1, 1]),
        ("parent_look_blocks", [1, 1, 2, 1, 1, 2, 1]),
        ("parent_look_kept", [0, 0, 1, 1, 0, 1, 0]),
        ("links", [0, 0, 0, 0, 1, 0, 0]),
        ("same_start", [1] * 7),
        ("siblings_before", [0, 0, 0, 1, 0, 2, 0]),
        ("siblings_after", [0, 0, 2, 1, 0, 0, 0]),
        ("images", [0] * 7),
        ("invitation", [0] * 7),
        ("stated", [-1] * 7),
    ],
)
def test_a_feature_has_the_expected_values(rows: NDArray[np.float32], name: str, values: list[float]) -> None:
    assert column(rows, name) == values


def test_sums_cover_all_blocks_in_an_element(rows: NDArray[np.float32]) -> None:
    assert column(rows, "node_chars") == [10, 14, 85, 5, 25, 79, 77]
    assert column(rows, "parent_chars")[2] == 85 + 5 + 25 + 79
    assert column(rows, "parent_blocks")[2] == 4
    assert column(rows, "grandparent_chars")[2] == 14 + 85 + 5 + 25 + 79
