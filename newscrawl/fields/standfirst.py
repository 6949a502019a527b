"""Set the standfirst of an article from the blocks of its page."""

from __future__ import annotations

from collections.abc import Iterable

from newscrawl.evidence import Block
from newscrawl.items import Article
from newscrawl.text.clean import clean_line, remove_unstorable
from newscrawl.text.fold import fold_letters

SEPARATOR = "\n\n"
"""Between paragraphs, as in the body."""


def set_standfirst(article: Article, blocks: Iterable[Block], sources: dict[str, str]) -> None:
    """Set `standfirst` and its source; texts that the page shows twice, for small and large screens, count once.

    Its paragraphs that are in the body have the same text there.
    """
    kept = {fold_letters(block.text): block for block in blocks if block.standfirst and block.kept}
    found: dict[str, str] = {}
    for block in blocks:
        if block.standfirst and (key := fold_letters(block.text)):
            found.setdefault(key, kept[key].text if key in kept else clean_line(block.text))
    text = remove_unstorable(SEPARATOR.join(filter(None, found.values())))
    if text:
        article.standfirst, sources["standfirst"] = text, "dom"
