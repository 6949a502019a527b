"""The article's text: each block of the page kept or removed, with the reason."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from newscrawl.evidence import Block
from newscrawl.extraction.body.container import choose_containers, inside, lay_out
from newscrawl.extraction.body.features import FeatureContext, block_features, neighbours_in
from newscrawl.extraction.body.model import BlockModel, bundled_model
from newscrawl.extraction.body.rules import TEXT_TAGS, BodyHints, RuleVerdicts
from newscrawl.extraction.body.structure import Structure
from newscrawl.extraction.html.inline import inline_html
from newscrawl.extraction.html.scan import DomScan, RawBlock
from newscrawl.text.clean import split_paragraphs

MIN_BLOCKS = 20
"""One in a hundred of the pages that the model learned from has fewer."""
REMOVED_BELOW = 0.4
"""Probability under which the model removes a block that the rules keep, where it is no prose."""
PROSE_REMOVED_BELOW = 0.25
"""The same for prose: a paragraph that is lost is worse than one too many.

In cross-validation more of the snippets that must stay are kept at 0.25 than the rules keep by themselves.
"""
KEPT_FROM = {"outside": 0.5, "label": 0.5, "page-frame": 0.5, "related": 0.6, "links": 0.5, "repeated": 0.75}
"""Why the rules remove a block, and the probability from which the model keeps it; for other reasons it is not asked.

Set where, in cross-validation, more of what comes back is body than is not.
"""
MODEL = "model"
"""The reason of blocks of which the model thinks otherwise than the rules."""
MIN_STATED = 300
MAX_SHOWN = 0.4
"""Share of the stated body under which the visible text is taken for a part of it."""
STATED = "articleBody"
"""The reason of blocks that were read from JSON-LD."""
_TAG = re.compile(r"<[^<>]{0,500}>")


@dataclass(slots=True)
class ClassifiedBlocks:
    """The blocks with their verdicts, and where the article is."""

    blocks: list[Block] = field(default_factory=list)
    first: int | None = None
    """Index of the first kept block."""
    last: int | None = None
    in_article: Sequence[bool] = ()
    """For each node whether it is in the container."""
    zones: Sequence[str | None] = ()


def analyze(scan: DomScan, hints: BodyHints) -> FeatureContext:
    """Lay out the page, choose its container, and apply the rules; the page has at least one block."""
    layout = lay_out(scan)
    containers = choose_containers(layout, scan.named_bodies)
    held = inside(scan.nodes, containers)
    page_types = RuleVerdicts(scan, layout, hints, held)
    page_types.run()
    said = " ".join([hints.description or "", *hints.headlines[:1]])
    stated = hints.article_body if hints.article_body and len(hints.article_body) >= MIN_STATED else ""
    return FeatureContext(
        scan, layout, containers, held, page_types.reasons, frozenset(page_types.standfirsts), page_types.headlines,
        said=frozenset(said.casefold().split()),
        stated=neighbours_in(stated.casefold().split()),
        has_article_data=hints.has_article_data,
    )  # fmt: skip


def classify_blocks(scan: DomScan, hints: BodyHints, model: BlockModel | None = None) -> ClassifiedBlocks:
    """Keep or remove every block of the page; *model* is the bundled one unless another is given.

    Where a site's rules name the body, and on pages with fewer blocks than the model has seen, the rules decide.
    """
    if not scan.blocks:
        return ClassifiedBlocks()
    seen = analyze(scan, hints)
    scores: Sequence[float | None] = [None] * len(scan.blocks)
    if not scan.named_bodies and len(scan.blocks) >= MIN_BLOCKS:
        scores = (model or bundled_model()).probabilities(block_features(seen))
    structure = Structure(scan.nodes, seen.held)
    blocks = [_block(seen, structure, index, score) for index, score in enumerate(scores)]
    kept = [index for index, block in enumerate(blocks) if block.kept]
    return ClassifiedBlocks(blocks, kept[0] if kept else None, kept[-1] if kept else None, seen.held, seen.layout.zones)


def final_reason(
    reason: str | None, score: float | None, zone: str | None = None, *, is_prose: bool = False
) -> str | None:
    """Why a block is removed in the end, None where it is kept: the rules' reason, unless the model is sure enough.

    A block outside the container is held to its *zone*, too, where it is in one.
    """
    if score is None:
        return reason
    if reason is None:
        return MODEL if score < (PROSE_REMOVED_BELOW if is_prose else REMOVED_BELOW) else None
    enough = max(KEPT_FROM.get(reason, math.inf), KEPT_FROM.get(zone or reason, math.inf))
    return None if score >= enough else reason


def with_stated_body(judged: ClassifiedBlocks, stated: str | None) -> ClassifiedBlocks:
    """The body that JSON-LD states, where the page itself shows much less: its text is put there by script."""
    shown = sum(len(block.text) for block in judged.blocks if block.kept)
    if not stated or len(stated) < MIN_STATED or shown > MAX_SHOWN * len(stated):
        return judged
    text = _TAG.sub(" ", stated) if "</" in stated else stated
    blocks = [replace(block, kept=False, reason="not in articleBody", html=None) for block in judged.blocks]
    blocks += [Block(part, "p", True, STATED) for part in split_paragraphs(text)]
    return replace(judged, blocks=blocks)


def _block(seen: FeatureContext, structure: Structure, index: int, score: float | None) -> Block:
    raw = seen.scan.blocks[index]
    zone, is_prose = seen.layout.zones[raw.node], seen.layout.sizes[index] > 0
    reason = final_reason(seen.reasons[index], score, zone, is_prose=is_prose)
    if reason is not None:
        return Block(raw.text, raw.tag if raw.tag in TEXT_TAGS else "p", False, reason, score=score)
    html = inline_html(raw.pieces, raw.marks, keep_space=raw.tag == "pre")
    if index in seen.standfirsts:
        return Block(raw.text, "p", True, "standfirst", html, score=score)
    kept_by = MODEL if seen.reasons[index] else "body"
    return Block(raw.text, _tag_of(seen, raw), True, kept_by, html, score=score, path=structure.path_of(raw.node))


def _tag_of(seen: FeatureContext, block: RawBlock) -> str:
    """What a block is in the article: a paragraph in a list item is the item."""
    if block.tag in TEXT_TAGS and block.tag != "p":
        return block.tag
    nodes, node = seen.scan.nodes, block.node
    for _ in range(3):
        if node < 0 or not seen.held[node]:
            break
        if nodes[node].tag in ("li", "blockquote"):
            return nodes[node].tag
        node = nodes[node].parent
    return "p"
