"""Identifiers, tables, columns, reasons, stats and settings use the field's terms, not those of earlier versions."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.storage.schema import metadata
from tests.support.paths import ROOT

WORDS = {
    "rests": "cooldowns",
    "resting": "in cooldown",
    "visit": "fetch, recrawl",
    "visits": "fetches",
    "visited": "fetched",
    "ledger": "crawl state",
    "rung": "recrawl step",
    "ladder": "recrawl schedule",
    "turns": "next pages",
    "taken": "claimed",
    "stated": "declared",
    "refused": "rejected",
    "refusal": "rejection",
    "refusals": "rejections",
    "refuse": "reject",
    "worse": "regression",
    "likeness": "near-duplicates",
    "bands": "shingle hashes",
    "band": "shingle hash",
    "complaints": "warnings",
    "complaint": "warning",
    "budget": "limit",
    "spent": "reached",
    "floor": "min_articles_per_day",
    "mend": "fix",
    "mended": "fixed",
    "repair": "fix",
    "boxes": "widgets",
    "sign": "character",
    "signs": "characters",
    "truth": "ground truth",
    "haste": "MIN_REFETCH_GAP",
    "believed": "TRUST_SOURCE_UNTIL_STEP",
    "anew": "again",
    "told": "on_signal",
    "shown": "escape_for_terminal",
    "judge": "classify, check",
    "judged": "classified",
    "walked": "scan",
    "sighting": "context",
    "river": "teaser list",
    "remade": "rekeyed",
    "verdict": "outcome, page type",
    "newsroom": "random_site",
    "soundness": "invariants",
    "normaliser": "normalizer",
    "normalise": "normalize",
}
"""Word of an identifier -> the term to use."""
NAMES = {
    "broken_off": "aborted",
    "script_shell": "javascript_required",
    "service_page": "utility_page",
    "same_key": "merged",
    "refused_by_database": "database_error",
    "LeftAsItIs": "FetchDeferred",
    "go_on": "on_idle",
    "slow_down": "set_min_delay",
    "give_up": "fail_pending",
    "seconds_of": "parse_duration",
    "look_up": "query",
}
"""Whole identifier, reason or part of a stat -> the term to use."""
ALLOWED = ("GROUND_TRUTH", "ground_truth", "GroundTruth", "ConnectionRefused", "connection_refused")
"""Parts of identifiers in which a word has its right meaning."""
FILES = [path for name in ("newscrawl", "pipelines") for path in sorted(ROOT.glob(f"{name}/**/*.py"))]
OLD_MIGRATIONS = {f"{number:04}" for number in range(1, 11)}


def find_old_words(name: str) -> Iterator[str]:
    """Yield a line for each old word in an identifier."""
    if name in NAMES:
        yield f"{name}: use {NAMES[name]}"
    if re.match(r"_?(LONGEST|MOST|FEWEST|SHORTEST|LARGEST)_", name):
        yield f"{name}: use MAX_ or MIN_"
    for allowed in ALLOWED:
        name = name.replace(allowed, "")
    for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
        if word.lower() in WORDS:
            yield f"{name}: use {WORDS[word.lower()]}"


def get_identifiers(path: Path) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.name[:4] not in OLD_MIGRATIONS],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_identifiers_use_standard_terms(path: Path) -> None:
    names = get_identifiers(path) | set(path.relative_to(ROOT).with_suffix("").parts)
    assert sorted(line for name in names for line in find_old_words(name)) == []


def test_tables_and_columns_use_standard_terms() -> None:
    names = {name for table in metadata.tables.values() for name in (table.name, *(one.name for one in table.columns))}
    assert sorted(line for name in names for line in find_old_words(name)) == []


def test_reasons_stats_and_settings_use_standard_terms() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FILES if path.name[:4] not in OLD_MIGRATIONS)
    names = set(re.findall(r'(?:PageOutcome|Saved|FetchResult)\(Outcome\.\w+, "(\w+)"', sources))
    names |= set(re.findall(r'inc_value\(f?"([\w/{}.]+)"', sources)) | set(re.findall(r"\bNEWSCRAWL_\w+", sources))
    names |= set(
        re.findall(r'^page_type = "(\w+)"', (ROOT / "newscrawl/boilerplate/page_types.toml").read_text("utf-8"), re.M)
    )
    assert len(names) > 40
    assert sorted(line for name in names for line in find_old_words(name)) == []


def test_an_old_word_is_found_wherever_it_is_in_a_name() -> None:
    assert list(find_old_words("next_visit_at"))
    assert list(find_old_words("HostRests"))
    assert list(find_old_words("LONGEST_LINE"))
    assert not list(find_old_words("interests_revisited"))
    assert not list(find_old_words("parse_ground_truth"))
