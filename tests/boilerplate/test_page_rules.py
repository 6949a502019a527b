"""Page type rules are validated when they are loaded, and documented."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from newscrawl.boilerplate.page_rules import page_rules, read_page_rules
from newscrawl.data_files import DataFileError
from newscrawl.text.fold import fold_term
from tests.support.paths import ROOT

COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SAYS = '[[says]]\nid = "a"\nwhy = "b"\npage_type = "login"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SAYS + 'where = "tittle"\nlines.en = ["x"]',
            "'a' has unknown place where = 'tittle'; expected one of: headline, line, text, title",
        ),
        (SAYS + 'where = "title"', "[[says]] 'a' lacks 'lines' or 'pattern'"),
        (SAYS + 'where = "title"\npattern = "("', "invalid pattern of 'a'"),
        (SAYS + 'where = "title"\nline.en = ["x"]', ":6: unknown key 'line'; did you mean 'lines'?"),
        ('[[path]]\nid = "a"\nwhy = "b"\npage_type = "login"', ":2: [[path]] 'a' lacks 'words'"),
        ('[[singal]]\nid = "a"', ":1: unknown key 'singal'; did you mean 'signal'?"),
    ],
)
def test_invalid_rule_file_is_reported_with_file_and_cause(text: str, message: str) -> None:
    with pytest.raises(DataFileError) as raised:
        read_page_rules(text, "x.toml")
    assert "x.toml" in str(raised.value)
    assert message in str(raised.value)


def test_terms_are_folded_and_an_asterisk_makes_a_prefix() -> None:
    [rule] = read_page_rules(SAYS + 'where = "title"\nlines.en = ["Sign In", "Log in to*"]', "x.toml").rules
    assert rule.terms == {"sign in"}
    assert rule.starts == ("log in to",)
    assert fold_term("  SAYFA\u00a0İÇİN  l’eau ") == "sayfa için l'eau"


def test_rule_ids_are_unique() -> None:
    ids = Counter([rule.id for rule in page_rules().rules] + list(page_rules().signals))
    assert ids.most_common(1)[0][1] == 1


def test_every_page_type_is_documented() -> None:
    page_types = {rule.page_type for rule in page_rules().rules} | {"no_text", "empty", "binary", "too_complex"}
    assert len(page_types) > 15
    assert {page_type for page_type in page_types if f"`{page_type}`" not in COMMANDS} == set()


@pytest.mark.parametrize("rule", [rule for rule in page_rules().rules if rule.pattern], ids=lambda rule: rule.id)
@pytest.mark.parametrize("piece", ["a", " ", "-", "1 ", "(m/", "seite 1 ", "our 55 ", "与 "])
def test_patterns_run_in_linear_time(rule, piece: str) -> None:  # type: ignore[no-untyped-def]
    start = time.process_time()
    rule.pattern.search(piece * 20_000)
    assert time.process_time() - start < 0.5
