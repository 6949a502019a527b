"""What every face of an inspection says in the same words, and with the same care for what a page may hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newscrawl.evidence import Block
from newscrawl.inspection.model import Inspection
from newscrawl.text.terminal import escape_for_terminal

REMOVED = "removed"
"""The fact that counts the reasons."""


@dataclass(frozen=True, slots=True)
class Run:
    """Kept blocks, and the removed ones that follow them; each with its number."""

    kept: list[tuple[int, Block]]
    removed: list[tuple[int, Block]]


def runs_of(blocks: Sequence[Block], *, kept: bool = True, removed: bool = True) -> Iterator[Run]:
    """The page's blocks in document order, of the wanted kinds."""
    run = Run([], [])
    for number, block in enumerate(blocks):
        if block.kept and run.removed:
            yield run
            run = Run([], [])
        if kept if block.kept else removed:
            (run.kept if block.kept else run.removed).append((number, block))
    if run.kept or run.removed:
        yield run


def label_of(block: Block) -> str:
    """The reason, with the score where there is one."""
    return block.reason if block.score is None else f"{block.reason} {block.score:.2f}"


def counts(numbers: Mapping[str, int]) -> str:
    """`outside 12, links 3`."""
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def reasons_of(blocks: Sequence[tuple[int, Block]]) -> dict[str, int]:
    """Reason -> blocks, the most frequent first."""
    return dict(Counter(block.reason for _, block in blocks).most_common())


def collect_facts(inspection: Inspection) -> list[tuple[str, str]]:
    """What stands above the fields: name and value."""
    source, extraction, body = inspection.source, inspection.extraction, inspection.article.article_body or ""
    what = "an article" if extraction.is_article else "no article"
    facts = [
        ("page", source.origin),
        ("url", source.url or "not known; relative links and what a URL tells are left out (--url names it)"),
        (
            "rules",
            f"site file {source.site_file}" if source.site_file else "newscrawl's own; no site file names the site",
        ),
        ("page type", extraction.page_type if extraction.is_article else f"{what}: {extraction.page_type}"),
        (
            "body",
            f"{len(body):,} characters in {inspection.kept} blocks; {len(inspection.blocks) - inspection.kept} removed",
        ),
        ("encoding", f"{extraction.encoding}, {len(source.body):,} bytes"),
    ]
    if source.origin == source.url:
        facts.pop(1)
    if inspection.reasons:
        facts.append((REMOVED, counts(inspection.reasons)))
    if extraction.left_out:
        facts.append(("not looked into", f"{counts(extraction.left_out)} (elements; their text is in no block)"))
    facts += [("note", remark) for remark in (*extraction.warnings, *inspection.remarks)]
    return [(name, escape_for_terminal(value)) for name, value in facts]


def truth_lines(inspection: Inspection) -> list[tuple[str, list[str]]]:
    """Where body and truth differ: a heading and the texts under it."""
    judgement = inspection.judgement
    if judgement is None:
        return []
    pairs = list(zip(inspection.blocks, judgement.in_truth, strict=True))
    parts = [
        ("in the truth, but removed", [f"[{label_of(b)}] {b.text}" for b, true in pairs if true and not b.kept]),
        ("in the truth, but in no block", list(judgement.missing)),
        ("kept, but not in the truth", [f"[{label_of(b)}] {b.text}" for b, true in pairs if b.kept and true is False]),
        ("must be in the body", list(judgement.lost)),
        ("must not be in the body", list(judgement.leaked)),
    ]
    return [(title, [escape_for_terminal(text) for text in texts]) for title, texts in parts if texts]
