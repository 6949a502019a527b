"""Classify the blocks of a page: keep or remove each one, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from newscrawl.boilerplate.lines import match_line
from newscrawl.evidence import Block
from newscrawl.extraction.body.closing import COMMENTS, find_closing_notes, find_comments_below
from newscrawl.extraction.body.container import build_layout, choose_containers, mark_inside
from newscrawl.extraction.body.copies import REPEATED, find_copies
from newscrawl.extraction.body.features import FeatureContext, block_features, get_word_pairs
from newscrawl.extraction.body.model import BlockModel, bundled_model
from newscrawl.extraction.body.paths import PathBuilder
from newscrawl.extraction.body.places import find_subheadings
from newscrawl.extraction.body.rules import (
    HEADINGS,
    LINE_NUMBERS,
    OUTSIDE,
    TEASERS,
    TEXT_TAGS,
    TIME_OF_DAY,
    UNFILLED,
    BlockRules,
    BodyHints,
)
from newscrawl.extraction.html.inline import build_inline_html
from newscrawl.extraction.html.scan import DomScan, RawBlock

MIN_BLOCKS = 20
"""Pages with fewer blocks are left to the rules; 1 % of the pages in the training set have fewer."""
KEPT_FROM = 0.4
"""Probability from which the model keeps a block, whatever the rules say."""
POST_REASONS = frozenset({"post-tool", "theme-note", "filed-under", "author-link", "rating", "navigation"})
"""Lines and sentences that themes of content management systems print around every post."""
FINAL_REASONS = POST_REASONS | {"site rule", COMMENTS, "ad-placeholder", UNFILLED, LINE_NUMBERS, TIME_OF_DAY, TEASERS}
"""Reasons of removals that the model cannot overrule.

What a site file drops is what its author wants; readers' comments look like paragraphs; what a theme prints around
every post and the title of an advertisement are never text; the times of a live blog and the teasers of a stream are
removed all together or not at all.
"""
AD_LABEL = "ad-label"
"""Final, too, except in headings and items of lists: "Advertising" may be a topic."""
TOPIC_TAGS = HEADINGS | {"li", "td", "th", "dt", "dd"}
MODEL = "model"
"""The reason of blocks where the model overrules the rules."""
MIN_DECLARED = 300
"""Characters; a shorter declared body is ignored."""


@dataclass(slots=True)
class ClassifiedBlocks:
    """Classified blocks, and where in the page the article is."""

    blocks: list[Block] = field(default_factory=list)
    first: int | None = None
    """Index of the first kept block; None if there is none."""
    last: int | None = None
    in_article: Sequence[bool] = ()
    """For each node, whether it is in a container of the body."""
    is_live_blog: bool = False
    """The page shows entries with a time each."""
    zones: Sequence[str | None] = ()
    """For each node, its zone."""
    last_teaser: int = 0
    """Index of the last block of the streams below the text, or 0. Dates in them are those of other articles."""


def analyze(scan: DomScan, hints: BodyHints) -> FeatureContext:
    """Compute the layout, choose the containers and apply the rules. *scan* must have at least one block."""
    layout = build_layout(scan)
    containers = choose_containers(layout, scan.named_bodies)
    in_container = mark_inside(scan.nodes, containers)
    subheadings = find_subheadings(scan, layout, in_container)
    for index in subheadings:
        scan.blocks[index].tag = "h2"
    texts = {scan.blocks[index].text for index in subheadings}
    hints = replace(hints, headlines=tuple(text for text in hints.headlines if text not in texts)) if texts else hints
    rules = BlockRules(scan, layout, hints, in_container)
    rules.run()
    headline = " ".join([hints.description or "", *hints.headlines[:1]])
    declared = hints.article_body if hints.article_body and len(hints.article_body) >= MIN_DECLARED else ""
    return FeatureContext(
        scan, layout, containers, in_container, rules.reasons, frozenset(rules.standfirsts), rules.headlines,
        headline_words=frozenset(headline.casefold().split()),
        declared_pairs=get_word_pairs(declared.casefold().split()),
        has_article_data=hints.has_article_data,
        is_live_blog=rules.is_live_blog,
    )  # fmt: skip


def classify_blocks(scan: DomScan, hints: BodyHints, model: BlockModel | None = None) -> ClassifiedBlocks:
    """Keep or remove every block of a page, by rules and *model* (default: the bundled one).

    The rules decide alone if the site file selects the body or the page has fewer than MIN_BLOCKS blocks.
    """
    if not scan.blocks:
        return ClassifiedBlocks()
    context = analyze(scan, hints)
    scores: Sequence[float | None] = [None] * len(scan.blocks)
    if not scan.named_bodies and len(scan.blocks) >= MIN_BLOCKS:
        scores = (model or bundled_model()).probabilities(block_features(context))
    zones = context.layout.zones
    reasons = [
        final_reason(reason, score, zones[block.node], block.tag)
        for reason, score, block in zip(context.reasons, scores, scan.blocks, strict=True)
    ]
    _remove_lines_outside(context, reasons, hints.language)
    kept = [index for index, reason in enumerate(reasons) if reason is None]
    if not scan.named_bodies:
        for at in find_copies([scan.blocks[index].text for index in kept]):
            reasons[kept[at]] = REPEATED
        kept = [index for index in kept if reasons[index] is None]
        titles = [
            index for index, block in enumerate(scan.blocks) if reasons[index] == COMMENTS and not zones[block.node]
        ]
        for index in find_comments_below(scan.blocks, context.layout.sizes, kept, titles):
            reasons[index] = COMMENTS
            kept.remove(index)
        for index, note in find_closing_notes(scan.blocks, context.layout.sizes, kept, hints.authors).items():
            reasons[index] = note
            kept.remove(index)
    paths = PathBuilder(scan.nodes, context.in_container)
    blocks = [
        _build_block(context, paths, index, score, reason)
        for index, (score, reason) in enumerate(zip(scores, reasons, strict=True))
    ]
    last_teaser = max((index for index, block in enumerate(blocks) if block.reason == TEASERS), default=0)
    return ClassifiedBlocks(
        blocks, kept[0] if kept else None, kept[-1] if kept else None, context.in_container, context.is_live_blog,
        context.layout.zones, last_teaser,
    )  # fmt: skip


def final_reason(reason: str | None, score: float | None, zone: str | None = None, tag: str = "p") -> str | None:
    """Return why a block is removed, or None to keep it.

    The model decides, unless the rules' *reason*, or that of the *zone* of a block outside the container, is final.
    """
    if score is None or reason in FINAL_REASONS or (reason == AD_LABEL and tag not in TOPIC_TAGS):
        return reason
    if score >= KEPT_FROM and (reason is None or zone not in FINAL_REASONS):
        return None
    return reason or MODEL


def _remove_lines_outside(context: FeatureContext, reasons: list[str | None], language: str | None) -> None:
    """Remove what the model keeps although it is outside the container, or in a zone, and reads like boilerplate.

    For such blocks the rules name only the place, so the model does not know how they read.
    """
    zones = context.layout.zones
    for index, block in enumerate(context.scan.blocks):
        place = context.reasons[index]
        if reasons[index] is None and place is not None and place in (OUTSIDE, zones[block.node]):
            reasons[index] = match_line(block.text, language, at_edge=False)


def _build_block(
    context: FeatureContext, paths: PathBuilder, index: int, score: float | None, reason: str | None
) -> Block:
    raw = context.scan.blocks[index]
    if reason is not None:
        return Block(raw.text, raw.tag if raw.tag in TEXT_TAGS else "p", False, reason, score=score)
    html = build_inline_html(raw.pieces, raw.marks, keep_space=raw.tag == "pre")
    if index in context.standfirsts:
        return Block(raw.text, "p", True, "standfirst", html, score=score)
    kept_by = MODEL if context.reasons[index] else "body"
    return Block(raw.text, _get_tag(context, raw), True, kept_by, html, score=score, path=paths.get_path(raw.node))


def _get_tag(context: FeatureContext, block: RawBlock) -> str:
    """Return the tag of a block in the article; a paragraph in a list item counts as the item."""
    if block.tag in TEXT_TAGS and block.tag != "p":
        return block.tag
    nodes, node = context.scan.nodes, block.node
    for _ in range(3):
        if node < 0 or not context.in_container[node]:
            break
        if nodes[node].tag in ("li", "blockquote"):
            return nodes[node].tag
        node = nodes[node].parent
    return "p"
