"""The block model: its trees, its file, and which reasons it can overrule."""

from __future__ import annotations

import io
from itertools import product

import numpy as np
import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.body.classify import final_reason
from newscrawl.extraction.body.features import FEATURES
from newscrawl.extraction.body.model import BlockModel, BlockModelError, bundled_model, read_model
from newscrawl.extraction.extract import extract
from tests.support.paths import ROOT


def two_trees() -> BlockModel:
    """The first tree splits on x0 > 1 and x1 > 2, the second twice on x1 > 0."""
    return BlockModel(
        np.array([0, 1, 1, 1], dtype=np.int32),
        np.array([1, 2, 0, 0], dtype=np.float32),
        np.array([[0, 1, 2, 4], [-1, 7, 7, 1]], dtype=np.float32),
        0.5,
    )


def by_hand(first: float, second: float) -> float:
    raw = 0.5 + (1 if first > 1 else 0) + (2 if second > 2 else 0) + (1 if first > 1 and second > 2 else 0)
    return 1 / (1 + float(np.exp(-(raw + (1 if second > 0 else -1)))))


def test_probabilities_match_trees_evaluated_by_hand() -> None:
    rows = list(product((0.0, 1.0, 1.5), (-1.0, 0.5, 2.5)))
    found = two_trees().probabilities(np.array(rows, dtype=np.float32))
    assert found == pytest.approx([by_hand(*row) for row in rows], abs=1e-6)


def test_a_model_trained_on_other_features_is_rejected() -> None:
    file = io.BytesIO()
    np.savez(file, features=np.array(["one", "two"]), columns=[0], borders=[0.0], leaves=[[0.0, 1.0]], bias=0.0)
    file.seek(0)
    with pytest.raises(BlockModelError, match="retrain it"):
        read_model(file)


def test_the_bundled_model_is_small_and_uses_known_features() -> None:
    file = ROOT / "newscrawl" / "extraction" / "body" / "model.npz"
    assert file.stat().st_size < 2_000_000
    assert int(bundled_model().columns.max()) < len(FEATURES)


@pytest.mark.parametrize(
    ("reason", "score", "zone", "final"),
    [
        (None, 0.9, None, None),
        (None, 0.39, None, "model"),
        (None, None, None, None),
        ("outside", None, None, "outside"),
        ("outside", 0.4, None, None),
        ("outside", 0.39, None, "outside"),
        ("outside", 0.99, "comments", "outside"),
        ("outside", 0.99, "related", None),
        ("related", 0.4, "related", None),
        ("related", 0.39, "related", "related"),
        ("headline", 0.99, None, None),
        ("ad-placeholder", 0.99, None, "ad-placeholder"),
        ("ad-label", 0.99, None, "ad-label"),
        ("comments", 0.99, "comments", "comments"),
        ("site rule", 0.99, None, "site rule"),
        ("time-of-day", 0.99, None, "time-of-day"),
        ("teasers", 0.99, None, "teasers"),
    ],
)
def test_the_model_decides_unless_a_rule_is_final(
    reason: str | None, score: float | None, zone: str | None, final: str | None
) -> None:
    assert final_reason(reason, score, zone) == final


def page(extra: str = "") -> bytes:
    text = "".join(
        f"<p>Paragraph {n} tells what the harbour council said on Tuesday about the old lighthouse and its lamp.</p>"
        for n in range(25)
    )
    return f"<h1>Old lighthouse</h1><article>{text}</article>{extra}".encode()


def test_every_block_of_a_page_of_normal_size_has_a_score() -> None:
    blocks = extract(page(), "https://e.example/a", ExtractionRules()).blocks
    assert all(block.score is not None and 0 <= block.score <= 1 for block in blocks)
    assert all(block.kept and block.score is not None and block.score > 0.5 for block in blocks if block.tag == "p")


def test_the_model_is_not_run_if_the_site_file_selects_the_body() -> None:
    blocks = extract(
        page("<div>Other text</div>"), "https://e.example/a", ExtractionRules(article_body="article")
    ).blocks
    assert {block.score for block in blocks} == {None}
    assert [block.kept for block in blocks[-2:]] == [True, False]


def test_a_different_model_can_be_passed() -> None:
    never = BlockModel(
        np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.float32), np.array([[-9, -9]], dtype=np.float32), 0.0
    )
    blocks = extract(page(), "https://e.example/a", ExtractionRules(), model=never).blocks
    assert not any(block.kept for block in blocks)


@pytest.mark.parametrize("tag", ["h2", "li", "td"])
def test_model_may_keep_advertising_as_a_topic(tag: str) -> None:
    assert final_reason("ad-label", 0.99, None, tag) is None
