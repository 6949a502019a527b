"""Replace the visible text by one that the page declares as data, where scripts would show that one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from newscrawl.evidence import DECLARED_BODY, LIVE_UPDATES, PAGE_STATE, Block
from newscrawl.extraction.body.classify import MIN_DECLARED, ClassifiedBlocks
from newscrawl.extraction.body.rules import BodyHints
from newscrawl.extraction.declared.markup import read_markup
from newscrawl.extraction.metadata.json_ld import LinkedData, LiveUpdate
from newscrawl.text.clean import weight
from newscrawl.text.fold import fold_word_characters as fold

MAX_VISIBLE_SHARE = 0.4
"""Visible text, as a share of the declared body, up to which the declared body replaces it."""
MIN_MISSING_SHARE = 0.2
"""Share of the text of a live blog's declared entries that the page must lack for them to replace its text."""
MAX_VISIBLE_UPDATES = 9
"""Entries of a live blog that a page may show for the declared ones to replace them: one with more is paginated."""
MAX_START = 60
"""Folded characters at the start of a paragraph that are looked up in the text of the page."""


def with_declared_body(
    classified: ClassifiedBlocks, data: LinkedData, hints: BodyHints, read_state: Callable[[], str | None]
) -> ClassifiedBlocks:
    """Use the body declared in JSON-LD or in the page's state if the page shows much less text.

    *read_state* returns the article in the state as HTML; it is called only if the page shows little text.
    """
    visible = _count_kept(classified.blocks)
    if data.live_updates and (declared := _read_missing_updates(classified.blocks, data, hints)):
        return _replace_body(classified, declared)
    if data.article_body and visible <= MAX_VISIBLE_SHARE * weight(data.article_body):
        declared = read_markup(data.article_body, DECLARED_BODY, hints)
        if _is_longer(declared, visible):
            return _replace_body(classified, declared)
    if visible < MIN_DECLARED and (html := read_state()):
        declared = read_markup(html, PAGE_STATE, hints)
        if _is_longer(declared, visible):
            return _replace_body(classified, declared)
    return classified


def _is_longer(declared: Sequence[Block], visible: int) -> bool:
    size = _count_kept(declared)
    return size >= MIN_DECLARED and visible <= MAX_VISIBLE_SHARE * size


def _replace_body(classified: ClassifiedBlocks, declared: Sequence[Block]) -> ClassifiedBlocks:
    blocks = [
        replace(block, kept=False, reason="not in articleBody", html=None) if block.kept else block
        for block in classified.blocks
    ]
    return replace(classified, blocks=[*blocks, *declared])


def _read_missing_updates(visible: Sequence[Block], data: LinkedData, hints: BodyHints) -> list[Block]:
    """Return the introduction and the entries of a live blog, or nothing if the page shows most of them."""
    updates: list[list[Block]] = []
    visible_text, missing, complete = _fold_kept(visible), 0, 0
    for update in data.live_updates:
        updates.append(_read_update(update, hints))
        chars = _count_missing(updates[-1], visible_text)
        missing, complete = missing + chars, complete + (chars == 0)
        if complete > MAX_VISIBLE_UPDATES:
            return []
    size = sum(map(_count_kept, updates))
    if missing < max(MIN_DECLARED, MIN_MISSING_SHARE * size):
        return []
    blocks = [block for update in updates for block in update]
    intro = read_markup(data.article_body, LIVE_UPDATES, hints) if data.article_body else []
    if _count_kept(intro) < MAX_VISIBLE_SHARE * size and _count_missing(intro, _fold_kept(blocks)):
        return [*intro, *blocks]
    return blocks


def _read_update(update: LiveUpdate, hints: BodyHints) -> list[Block]:
    blocks = read_markup(update.body, LIVE_UPDATES, hints)
    headline = fold(update.headline or "")
    text = _fold_kept(blocks)
    if not headline or headline in {fold(text) for text in hints.headlines} or text.startswith(headline):
        return blocks
    return [Block(" ".join((update.headline or "").split()), "h2", True, LIVE_UPDATES), *blocks]


def _fold_kept(blocks: Sequence[Block]) -> str:
    return fold("".join(block.text for block in blocks if block.kept))


def _count_missing(declared: Sequence[Block], visible_text: str) -> int:
    """Return the characters of kept *declared* blocks that are not in the folded *visible_text*."""
    missing = (block for block in declared if block.kept and fold(block.text)[:MAX_START] not in visible_text)
    return sum(weight(block.text) for block in missing)


def _count_kept(blocks: Sequence[Block]) -> int:
    """Return the characters of kept blocks; those of dense scripts count double."""
    return sum(weight(block.text) for block in blocks if block.kept)
