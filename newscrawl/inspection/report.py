"""Render an inspection as one HTML file, without scripts or external resources, and with all page text escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from lxml import etree

from newscrawl.evidence import Block
from newscrawl.inspection.formatting import (
    REMOVED,
    Run,
    collect_facts,
    count_reasons,
    format_counts,
    format_label,
    ground_truth_differences,
    group_runs,
)
from newscrawl.inspection.model import BODY, FieldReport, Inspection
from newscrawl.text.terminal import escape_for_terminal

COLOURS = 10
"""Colours for reasons in report.css; the remaining reasons share the last."""
MIN_FOLDED_BLOCKS = 6
"""Consecutive removed blocks that are folded."""

Child = str | etree._Element
Colours = dict[str, str]
"""Reason -> class."""


def report_html(inspection: Inspection) -> bytes:
    """Return the report in UTF-8. Page text is added as text nodes only, so serialising escapes it."""
    style = files("newscrawl.inspection").joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = inspection.article.headline or inspection.source.origin
    head = _e(
        "head",
        _e("meta", charset="utf-8"),
        _e("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        _e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _e("meta", name="referrer", content="no-referrer"),
        _e("title", f"Inspection: {escape_for_terminal(title)}"),
        _e("style", style),
    )
    page = _e("html", head, _e("body", *_sections(inspection)), lang="en")
    return etree.tostring(page, method="html", encoding="utf-8", doctype="<!doctype html>") + b"\n"


def _sections(inspection: Inspection) -> Iterator[etree._Element]:
    colours = {reason: f"r{min(at, COLOURS - 1)}" for at, reason in enumerate(inspection.reasons)}
    yield _e("h1", escape_for_terminal(inspection.article.headline or "No headline"), dir="auto")
    yield _facts(inspection)
    yield _fields(inspection)
    yield from _ground_truth(inspection)
    # The checkboxes precede the blocks, so that CSS alone can hide blocks.
    yield from _legend(inspection, colours)
    yield _blocks(inspection, colours)


def _facts(inspection: Inspection) -> etree._Element:
    rows = (
        _e("tr", _e("th", name, scope="row"), _e("td", value, _fact_class(name, inspection)))
        for name, value in collect_facts(inspection)
        if name != REMOVED  # shown in the legend
    )
    return _e("table", *rows, {"class": "facts"})


def _fact_class(name: str, inspection: Inspection) -> dict[str, str]:
    if name == "page type":
        return {"class": "good" if inspection.extraction.is_article else "bad"}
    return {"class": "note"} if name == "note" else {}


def _fields(inspection: Inspection) -> etree._Element:
    has_ground_truth = inspection.comparison is not None
    heads = ["field", "value", "source", "other declared values", *(["ground truth"] if has_ground_truth else [])]
    body = FieldReport(BODY, "see below", inspection.article.sources.get(BODY), ())
    rows = [_field_row(report, has_ground_truth=has_ground_truth) for report in (*inspection.fields, body)]
    return _e(
        "section",
        _e("h2", "Fields"),
        _e("table", _e("tr", *(_e("th", head, scope="col") for head in heads)), *rows, {"class": "fields"}),
    )


def _field_row(report: FieldReport, *, has_ground_truth: bool) -> etree._Element:
    others = [
        _e("li", escape_for_terminal(one.value), " ", _e("small", escape_for_terminal(one.source)), dir="auto")
        for one in report.others
    ]
    cells = [
        _e("th", report.name, scope="row"),
        _e("td", escape_for_terminal(report.value) if report.value else _e("i", "none"), dir="auto"),
        _e("td", escape_for_terminal(report.source or "")),
        _e("td", *([_e("ul", *others)] if others else [])),
    ]
    if has_ground_truth:
        cells.append(_ground_truth_cell(report))
    return _e("tr", *cells)


def _ground_truth_cell(report: FieldReport) -> etree._Element:
    if report.is_correct is None:
        return _e("td")
    if report.is_correct:
        return _e("td", "✓", {"class": "good"})
    return _e("td", "✗ ", escape_for_terminal(report.ground_truth or ""), {"class": "bad", "dir": "auto"})


def _ground_truth(inspection: Inspection) -> Iterator[etree._Element]:
    if inspection.comparison is None:
        return
    parts = ground_truth_differences(inspection)
    yield _e("h2", "Compared with the ground truth" if parts else "The body agrees with the ground truth")
    for title, texts in parts:
        items = (_e("li", text, dir="auto") for text in texts)
        yield _e("details", _e("summary", f"{len(texts)} {title}"), _e("ul", *items), open="open")


def _legend(inspection: Inspection, colours: Colours) -> Iterator[etree._Element]:
    yield _e("h2", "Blocks")
    entries = [("kept", inspection.kept, "kept")]
    shared: dict[str, int] = {}
    for reason, number in inspection.reasons.items():
        if colours[reason] == f"r{COLOURS - 1}":
            shared[reason] = number
        else:
            entries.append((reason, number, colours[reason]))
    if shared:
        entries.append((", ".join(shared), sum(shared.values()), f"r{COLOURS - 1}"))
    checkboxes = [
        _e(
            "label",
            _e("input", type="checkbox", id=f"show-{name}", checked="checked"),
            _e("span", f"{escape_for_terminal(reason)} {number}", {"class": f"tag {name}"}),
        )
        for reason, number, name in entries
    ]
    yield _e("p", *checkboxes, {"class": "legend"})


def _blocks(inspection: Inspection, colours: Colours) -> etree._Element:
    in_ground_truth = inspection.comparison.in_ground_truth if inspection.comparison else None
    rows = [
        _e(
            "div",
            _e("div", *(_block(n, block, "kept", in_ground_truth) for n, block in run.kept), {"class": "left"}),
            _e("div", *_removed(run, colours, in_ground_truth), {"class": "right"}),
            {"class": "run"},
        )
        for run in group_runs(inspection.blocks)
    ]
    heads = _e("div", _e("b", "kept"), _e("b", "removed after it"), {"class": "run heads"})
    return _e("main", heads, *rows)


def _removed(run: Run, colours: Colours, in_ground_truth: Sequence[bool | None] | None) -> Iterator[etree._Element]:
    blocks = [_block(number, block, colours[block.reason], in_ground_truth) for number, block in run.removed]
    if len(blocks) < MIN_FOLDED_BLOCKS:
        yield from blocks
    else:
        summary = f"{len(blocks)} removed: {escape_for_terminal(format_counts(count_reasons(run.removed)))}"
        yield _e("details", _e("summary", summary), *blocks)


def _block(number: int, block: Block, colour: str, in_ground_truth: Sequence[bool | None] | None) -> etree._Element:
    wrong = in_ground_truth is not None and in_ground_truth[number] is (not block.kept)
    tags = [_e("span", escape_for_terminal(format_label(block)), {"class": f"tag {colour}"})]
    if wrong:
        tags.append(_e("span", f"{'not ' if block.kept else ''}in the ground truth", {"class": "tag wrong"}))
    return _e(
        "div",
        _e("p", _e("span", f"{number} {escape_for_terminal(block.tag)}", {"class": "number"}), " ", *tags),
        _e("p", escape_for_terminal(block.text), {"class": f"text {block.tag}", "dir": "auto"}),
        {"class": f"block {colour}" + (" differs" if wrong else "")},
    )


def _e(tag: str, *content: Child | dict[str, str], **attributes: str) -> etree._Element:
    """Build an element; dictionaries hold attributes whose names are not valid in Python."""
    element = etree.Element(tag, attributes)
    last: etree._Element | None = None
    for child in content:
        if isinstance(child, dict):
            for name, value in child.items():
                element.set(name, value)
        elif isinstance(child, str):
            if last is None:
                element.text = (element.text or "") + child
            else:
                last.tail = (last.tail or "") + child
        else:
            element.append(child)
            last = child
    return element
