"""An inspection as data, on a terminal and as an HTML report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import html
from rich.console import Console

from newscrawl.evidence import Block, Extraction, ExtractionRules
from newscrawl.inspection.formatting import group_runs
from newscrawl.inspection.ground_truth import GroundTruth, compare_with_ground_truth, parse_ground_truth
from newscrawl.inspection.model import Inspection, PageSource, as_dict, inspect_page
from newscrawl.inspection.report import COLOURS, report_html
from newscrawl.inspection.terminal import print_inspection
from newscrawl.items import Article
from newscrawl.text.terminal import escape_for_terminal
from tests.support.crawling import article_page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def inspected(page: bytes = article_page("one"), ground_truth: GroundTruth | None = None) -> Inspection:
    return inspect_page(
        PageSource(page, "https://example.org/one", "one.html"), ExtractionRules(), now=NOW, ground_truth=ground_truth
    )


def of_blocks(*blocks: Block) -> Inspection:
    source = PageSource(b"", "https://example.org/one", "one.html")
    return Inspection(source, Extraction({}, blocks), Article(headline="One"), ())


def kept(text: str = "kept", score: float | None = None) -> Block:
    return Block(text, "p", True, "body", score=score)


def removed(text: str = "removed", reason: str = "links", score: float | None = None) -> Block:
    return Block(text, "p", False, reason, score=score)


def printed(inspection: Inspection, width: int = 120, *, terminal: bool = True) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None, highlight=False)
    print_inspection(console, inspection)
    return out.getvalue()


def test_removed_blocks_are_grouped_with_the_kept_blocks_before_them() -> None:
    runs = list(group_runs([removed("a"), kept("b"), kept("c"), removed("d"), kept("e")]))
    assert [([n for n, _ in run.kept], [n for n, _ in run.removed]) for run in runs] == [
        ([], [0]), ([1, 2], [3]), ([4], []),
    ]  # fmt: skip
    assert [[n for n, _ in run.removed] for run in group_runs([removed(), kept(), removed()], kept=False)] == [[0], [2]]


def test_wide_terminal_shows_kept_and_removed_side_by_side_and_narrow_one_stacks_them() -> None:
    inspection = of_blocks(kept("What stays."), removed("What goes."))
    wide = [line for line in printed(inspection).splitlines() if "What stays." in line]
    assert "1 links What goes." in wide[0]
    narrow = printed(inspection, width=80)
    assert "+    0 body                     What stays.\n-    1 links                    What goes.\n" in narrow
    assert narrow == printed(inspection, terminal=False)


def test_long_runs_of_removed_blocks_are_summarised() -> None:
    blocks = [kept(), *(removed(f"number {n}") for n in range(6)), removed(reason="label"), removed(), removed()]
    lines = printed(of_blocks(*blocks))
    assert "number 5" in lines
    assert "… 3 more: links 2, label 1" in " ".join(lines.replace("│", " ").split())


def test_scores_are_shown_next_to_the_reason() -> None:
    inspection = of_blocks(kept(score=0.875), removed(score=0.0625))
    assert "body 0.88" in printed(inspection, width=60)
    assert "links 0.06" in printed(inspection, width=60)
    assert b"links 0.06" in report_html(inspection)
    assert [block["score"] for block in as_dict(inspection)["blocks"]] == [0.875, 0.0625]


def test_declared_values_that_disagree_are_listed() -> None:
    page = article_page("one").replace(
        b"</head>",
        b"<meta property='og:title' content='REPORT on one!'><meta name='twitter:title' content='One, shortly'>"
        b"<meta name='date' content='2026-11-20'><meta name='author' content='By Ann Lee and Bo Oh'></head>",
    )
    fields = {report.name: report for report in inspected(page).fields}
    assert "One, shortly" in [other.value for other in fields["headline"].others]
    assert "REPORT on one!" not in [other.value for other in fields["headline"].others]
    assert fields["date_published"].value == "2026-11-20T07:00:00+00:00"
    assert fields["date_published"].others == []
    assert fields["authors"].value == "Ann Lee, Bo Oh"
    assert fields["authors"].others == []


def test_alternative_headline_and_standfirst_say_where_they_come_from() -> None:
    page = article_page("one").replace(b"</head>", b"<meta property='og:title' content='A second report'></head>")
    page = page.replace(b"</h1>", b" report that is new</h1><p class='deck'>What the report says, in a few words</p>")
    inspection = inspected(page)
    fields = {report.name: report for report in inspection.fields}
    alternative, standfirst = fields["alternative_headline"], fields["standfirst"]
    assert (alternative.value, alternative.source) == ("A second report", "opengraph")
    assert (standfirst.value, standfirst.source) == ("What the report says, in a few words", "dom, class name")
    assert "standfirst by class name" in printed(inspection, terminal=False)
    assert b"standfirst by class name" in report_html(inspection)
    blocks = as_dict(inspection)["blocks"]
    assert [block["text"] for block in blocks if block["standfirst"]] == ["What the report says, in a few words"]


def test_a_declared_author_that_a_byline_replaces_is_called_doubtful() -> None:
    data = b'{"@type": "NewsArticle", "headline": "One", "author": {"@type": "Organization", "name": "Sea Trust"}}'
    page = article_page("one").replace(b"</head>", b"<script type='application/ld+json'>" + data + b"</script></head>")
    page = page.replace(b"</h1>", b"</h1><p class='author'>By Bo Oh</p>")
    authors = next(report for report in inspected(page).fields if report.name == "authors")
    assert (authors.value, authors.source) == ("Bo Oh", "dom")
    assert [(other.value, other.source) for other in authors.others] == [("Sea Trust", "json-ld, doubtful")]


@pytest.mark.parametrize(
    ("declared", "why"), [("newsadmin", "login"), ("Newsroom", "site"), ("Harbour Post", "organisation")]
)
def test_a_declared_author_that_gives_way_to_a_byline_says_why(declared: str, why: str) -> None:
    meta = f"<meta name='author' content='{declared}'></head>".encode()
    page = article_page("one").replace(b"</head>", meta).replace(b"</h1>", b"</h1><p class='author'>By Bo Oh</p>")
    authors = next(report for report in inspected(page).fields if report.name == "authors")
    assert (authors.value, authors.source) == ("Bo Oh", "dom")
    assert (declared, f"meta, {why}") in [(other.value, other.source) for other in authors.others]


def parsed(inspection: Inspection) -> html.HtmlElement:
    return html.document_fromstring(report_html(inspection))


def texts(elements: Sequence[html.HtmlElement]) -> list[str]:
    return [element.text_content() for element in elements]


def test_hostile_text_is_escaped_in_the_report() -> None:
    hostile = (
        "</p></main><script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>\x1b[1m\u202e"
    )
    inspection = of_blocks(kept(hostile), removed(hostile, reason=hostile))
    inspection = replace(
        inspection,
        source=PageSource(b"", hostile, hostile),
        article=Article(headline=hostile),
        extraction=replace(inspection.extraction, page_type=hostile, warnings=(hostile,), left_out={hostile: 1}),
    )
    report = parsed(inspection)
    assert report.xpath("//script | //img | //a | //iframe | //link | //form | //object") == []
    assert report.xpath("//@*[starts-with(name(), 'on') or name() = 'style' or name() = 'src']") == []
    assert texts(report.xpath("//h1")) == [escape_for_terminal(hostile)]
    assert texts(report.xpath("//*[contains(@class, 'text')]")) == [escape_for_terminal(hostile)] * 2


def test_report_allows_only_its_own_style() -> None:
    [policy] = parsed(inspected()).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_report_has_a_switch_with_a_count_for_each_reason() -> None:
    blocks = [kept(), removed(reason="links"), removed(reason="links"), removed(reason="label")]
    assert texts(parsed(of_blocks(*blocks)).xpath("//label")) == ["kept 1", "links 2", "label 1"]
    many = [removed(reason=f"rule-{n:02}") for n in range(COLOURS + 1)]
    assert texts(parsed(of_blocks(*many)).xpath("//label"))[-1] == "rule-09, rule-10 2"


def test_report_marks_blocks_that_differ_from_the_ground_truth() -> None:
    first, second = "The first of two sentences that a reader sees.", "The second of two which nobody would ever miss."
    inspection = of_blocks(kept(first), removed(second), removed("/"))
    inspection = replace(inspection, comparison=compare_with_ground_truth(inspection.blocks, GroundTruth(second, {})))
    report = parsed(inspection)
    assert texts(report.xpath("//*[contains(@class, 'wrong')]")) == ["not in the ground truth", "in the ground truth"]
    assert texts(report.xpath("//summary")) == [
        "1 in the ground truth, but removed",
        "1 kept, but not in the ground truth",
    ]


def test_ground_truth_is_compared_by_shingles_and_short_lines_as_a_whole() -> None:
    long = "One two three four five six seven eight nine ten eleven twelve."
    missing = "Never shown on this page, since a script has to load all of it."
    ground_truth = GroundTruth(f"{long}\n\nA heading\n\n{missing}", {})
    blocks = [kept(long.lower()), removed("A heading!"), kept("A heading and more"), removed("—")]
    comparison = compare_with_ground_truth(blocks, ground_truth)
    assert comparison.in_ground_truth == (True, True, False, None)
    assert comparison.missing == (missing,)


def test_ground_truth_snippets_are_searched_in_the_body() -> None:
    row = {"article_body": "x", "must_contain": ["ONE two", "three"], "must_not_contain": ["two.", "nine"]}
    comparison = compare_with_ground_truth([kept("One, two"), removed("three nine")], parse_ground_truth(row))
    assert (comparison.lost, comparison.leaked) == (("three",), ("two.",))


def test_fields_are_compared_with_the_ground_truth() -> None:
    row = {"article_body": "", "headline": "Report on ONE", "date_published": "2026-11-20", "authors": ["Ann Lee"]}
    fields = {report.name: report for report in inspected(ground_truth=parse_ground_truth(row)).fields}
    assert fields["headline"].is_correct is True
    assert fields["date_published"].is_correct is True
    assert (fields["authors"].is_correct, fields["authors"].ground_truth) == (False, "Ann Lee")
    assert fields["publisher"].is_correct is None


def test_skipped_elements_are_counted_by_reason() -> None:
    extra = (
        b"<div hidden><p>Secret</p></div><p>A text<span style='display:none'>x</span> of some length.</p><nav>A</nav>"
    )
    page = article_page("one").replace(b"</article>", extra + b"</article>")
    inspection = inspected(page)
    assert inspection.extraction.left_out == {"hidden": 2, "menu": 1}
    assert "hidden 2, menu 1 (their text is in no block)" in printed(inspection)
