"""Render the text in a page's state as HTML, whatever the format: HTML strings, or trees of typed blocks.

Known formats: WordPress, Arc, Editor.js, ProseMirror, Slate, Draft.js, Contentful, Portable Text, htmlparser2, Apollo.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from newscrawl.extraction.declared.markup import escape_text, to_html
from newscrawl.text.clean import weight

MAX_DEPTH = 60
MIN_TEXT = 40
"""Characters of a string that counts as text."""
MAX_INLINE = 200
"""Items of a list of inline nodes."""
KIND_KEYS = ("type", "_type", "nodeType", "blockType", "__typename", "kind", "component", "tag", "tagName", "name")
"""Keys whose value tells the kind of a block, best first."""
TEXT_KEYS = ("html", "rendered", "content", "text", "value", "data", "plaintext", "children", "items", "blocks")
"""Keys of the text of a block, best first; only used among values with equally much text."""
_NAME = re.compile(r"[^a-z0-9]+")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SENTENCE_END = re.compile(r"[.!?…。！？۔।]['\"”’»)\]]*\s*$")
_NOT_TEXT = re.compile(r"\s*(?:https?://|data:|/\S*$|[{\[]\")|.{0,400}(?:\bfunction\s?\(|\)\s?=>|[;{}]\n)", re.DOTALL)
_SKIPPED_KEYS = re.compile(
    r"related|recommend|comment|author|byline|contributor|creator|^seo|meta(?!l)|social|images?$|photos?$|media$|video"
    r"|captions?$|galler|thumb|teaser|excerpt|description|summary|abstract|standfirst$|tags?$|categor|section$|^ads?$"
    r"|advert|newsletter|navigation|menu|footer|^nav|translation|i18n|locale|messages|config|settings|cookie|consent"
    r"|legal|disclaimer|latest|popular|trending|^next|^prev|^more|paywall|subscri|^bio|promo|copyright|^alt|credit|style"
    r"|url$|^links?$|schema|structureddata|jsonld|ld_?json|breadcrumb|sidebar|feature_?flags|query$|search",
    re.IGNORECASE,
)
"""Keys of an article whose values are not its text."""
_SKIPPED_KINDS = re.compile(
    r"image(?!text)|^img|photo|picture|^figure|video|audio|embed|galler|slideshow|carousel|^ad$|^ads|advert|related"
    r"|recirc|newsletter|promo|tweet|twitter|instagram|youtube|facebook|tiktok|iframe|caption|teaser|widget|^poll|quiz"
    r"|podcast|divider|script|^style|social|share|byline|^author|recommend|readmore|interstitial|callout|correction"
)
_HEADING = re.compile(r"^h([1-6])$|head(?:ing|er|line)|subhead|subtitle|crosshead|intertitle")
_INLINE = re.compile(
    r"^(?:text|span|link|a|strong|bold|b|em|i|italic|u|underline|mark|fragment|hyperlink|inline|entity|leaf|code|sub|sup"
    r"|textnode|entryhyperlink|assethyperlink)$"
)
_LIST = re.compile(r"^(?:ul|ol)$|lists?$")
_ITEM = re.compile(r"^li$|listitem$|item$")
_QUOTE = re.compile(r"quote")
_PARAGRAPH = re.compile(r"^p$|paragraph|^block$|unstyled|^normal$|^body")
_TEXT_KIND = re.compile(
    r"^p$|paragraph|^block$|unstyled|^normal$|body|text|html|prose|wysiwyg|markdown|quote|^section$"
)
_BODY_KEY = re.compile(
    r"^(?:article|post|story|news|main|full|plain)?_?-?(?:body|content|text|story|html)", re.IGNORECASE
)
_TITLES, _ADDRESSES = frozenset({"title", "headline", "headlines", "name"}), frozenset({
    "url", "slug", "link", "href", "path", "permalink", "canonicalUrl", "canonical_url", "uri", "websiteUrl",
})  # fmt: skip


@dataclass(slots=True)
class BlockRenderer:
    """Renders the objects of one state; *references* are those that others refer to by key."""

    references: dict[str, Any]
    sizes: dict[int, int] = field(default_factory=dict)
    """Characters of text by the identity of an object, which lives as long as the state."""
    rendered: int = 0

    def measure_own(self, article: dict[str, Any]) -> int:
        """Return the characters of text in the member of an article that holds the most."""
        return max((self.measure(value) for key, value in article.items() if not is_skipped(key)), default=0)

    def measure_rest(self, value: Any) -> int:
        """Return the characters of text beside the member that holds the most, at all levels."""
        rest, depth = 0, 0
        while isinstance(value, dict) and depth < MAX_DEPTH:
            members = sorted((self.measure(item) for key, item in value.items() if not is_skipped(key)), reverse=True)
            rest += sum(members[1:])
            value, depth = self.find_heaviest(value), depth + 1
        return rest

    def measure(self, value: Any, depth: int = 0) -> int:
        """Return the characters of text in a value."""
        value = self.resolve(value)
        if isinstance(value, str):
            return measure_text(value)
        if not isinstance(value, dict | list) or depth > MAX_DEPTH:
            return 0
        if id(value) not in self.sizes:
            self.sizes[id(value)] = 0
            if isinstance(value, list):
                size = sum(self.measure(item, depth + 1) for item in value if not _is_other_article(item))
                size = max(size, measure_text("".join(self.get_inline_texts(value))))
            elif _SKIPPED_KINDS.search(get_kind(value)):
                size = 0
            else:
                members = (self.measure(item, depth + 1) for key, item in value.items() if not is_skipped(key))
                size = max(members, default=0)
            self.sizes[id(value)] = size
        return self.sizes[id(value)]

    def resolve(self, value: Any) -> Any:
        """Return the object that a reference of a normalised cache means."""
        if isinstance(value, dict) and len(value) <= 4:
            key = value.get("__ref") or (value.get("id") if value.get("type") == "id" else None)
            value = self.references.get(key, value) if isinstance(key, str) else value
        return list(value.values()) if isinstance(value, dict) and _is_numbered(value) else value

    def find_heaviest(self, value: dict[str, Any]) -> Any:
        """Return the member with the most text, or with the most letters if none has text."""
        members = [(key, self.resolve(item)) for key, item in value.items() if not is_skipped(key)]
        members = [(key, item) for key, item in members if item and isinstance(item, str | dict | list)]
        if not members:
            return None
        sized = [(self.measure(item), key, item) for key, item in members]
        most = max(size for size, _, _ in sized)
        if most == 0:
            sized = [(0, key, item) for _, key, item in sized if key in TEXT_KEYS]
            return min(sized, key=lambda one: TEXT_KEYS.index(one[1]))[2] if sized else None
        # The same text often stands twice: with markup and, a little shorter or longer, without.
        near = [(key, item) for size, key, item in sized if size >= 0.8 * most]
        return max(near, key=lambda one: (_is_structured(one[1]), one[0] in TEXT_KEYS))[1]

    def render_article(self, value: Any) -> str:
        """Return the text of an article as HTML: that of the member that holds the most. Empty if it is no prose."""
        key = ""
        for _ in range(MAX_DEPTH):
            value = self.resolve(value)
            if not isinstance(value, dict):
                break
            inside = self.find_heaviest(value)
            key = next((name for name, item in value.items() if self.resolve(item) is inside), key)
            value = inside
        return self.render(value, 0) if self.is_prose(key, value) else ""

    def is_prose(self, key: str, value: Any) -> bool:
        """Return whether a value is running text: HTML, text under the key of a body, or a list of paragraphs."""
        if isinstance(value, str):
            html = to_html(value) or ""
            return "<p" in html or "<br" in html or "\n\n" in value or _BODY_KEY.search(key) is not None
        if not isinstance(value, list):
            return False
        items = [item for item in map(self.resolve, value) if not _is_other_article(item) and self.measure(item)]
        return 2 * sum(map(_is_paragraph, items)) > len(items)

    def render(self, value: Any, depth: int) -> str:
        """Return a value as HTML."""
        value = self.resolve(value)
        if isinstance(value, str):
            return render_text(value)
        if depth > MAX_DEPTH or not value:
            return ""
        if isinstance(value, list):
            items = [item for item in value if not _is_other_article(item)]
            if self.is_inline(items):
                return f"<p>{self.render_inline(items, depth + 1)}</p>"
            return "".join(self.render(item, depth + 1) for item in items)
        return self.render_block(value, depth) if isinstance(value, dict) else ""

    def render_block(self, block: dict[str, Any], depth: int) -> str:
        kind, inside = get_kind(block), self.find_heaviest(block)
        if _SKIPPED_KINDS.search(kind) or inside is None:
            return ""
        if match := _HEADING.search(kind):
            level = match[1] or next((key for key in "23456" if f"{key}" in str(_get_level(block))), "2")
            return f"<h{max(2, int(level))}>{self.render_inline(inside, depth + 1)}</h{max(2, int(level))}>"
        if _ITEM.search(kind):
            return f"<li>{self.render_item(inside, depth + 1)}</li>"
        if _LIST.search(kind) and isinstance(inside, list):
            return f"<ul>{''.join(self.render_entry(item, depth + 1) for item in inside)}</ul>"
        if _QUOTE.search(kind):
            return f"<blockquote>{self.render(inside, depth + 1)}</blockquote>"
        if _PARAGRAPH.search(kind) and not self.holds_blocks(inside):
            return f"<p>{self.render_inline(inside, depth + 1)}</p>"
        return self.render(inside, depth + 1)

    def render_entry(self, item: Any, depth: int) -> str:
        html = self.render_item(item, depth)
        return html if html.startswith("<li>") else f"<li>{html}</li>"

    def render_item(self, item: Any, depth: int) -> str:
        return escape_inline(item) if isinstance(item, str) else self.render(item, depth)

    def render_inline(self, value: Any, depth: int) -> str:
        """Return the text of inline nodes as one run."""
        value = self.resolve(value)
        if isinstance(value, str):
            return escape_inline(value)
        if depth > MAX_DEPTH or not value:
            return ""
        if isinstance(value, list):
            return "".join(self.render_inline(item, depth + 1) for item in value)
        return self.render_inline(self.find_heaviest(value), depth + 1) if isinstance(value, dict) else ""

    def holds_blocks(self, value: Any) -> bool:
        """Return whether a value holds blocks, as opposed to inline nodes."""
        if isinstance(value, str):
            return "<p" in value[:200] or "\n\n" in value
        if isinstance(value, dict):
            return self.holds_blocks(self.find_heaviest(value))
        return isinstance(value, list) and any(
            isinstance(item, dict) and (_PARAGRAPH.search(get_kind(item)) or _HEADING.search(get_kind(item)))
            for item in value
        )

    def is_inline(self, items: Sequence[Any]) -> bool:
        """Return whether the items of a list are parts of one paragraph: some of them begin or end with a space."""
        texts = self.get_inline_texts(items)
        return any(text != text.strip() and "\n" not in text for text in texts) and "<p" not in "".join(texts)

    def get_inline_texts(self, items: Sequence[Any]) -> list[str]:
        """Return the texts of the items of a list if all of them are inline nodes or strings."""
        if not 1 < len(items) <= MAX_INLINE or not all(map(_is_leaf, items)):
            return []
        return [item if isinstance(item, str) else self.render_inline(item, 0) for item in items]


def get_kind(block: dict[str, Any]) -> str:
    """Return the kind of a block in lower-case letters and digits: "core/list-item" gives "listitem"."""
    names = [name for key in KIND_KEYS if isinstance(name := block.get(key), str) and len(name) <= 40]
    if not names:
        return ""
    # "tag" and "element" say that another key has the name; "block" is refined by the style.
    name = next((name for name in names if name.lower() not in ("tag", "element", "id")), names[0])
    if name.lower() == "block":
        style = "listitem" if block.get("listItem") else block.get("style")
        name = style if isinstance(style, str) else name
    letters = _NAME.sub("", name.lower().rpartition("/")[2])
    return letters.removeprefix("core").removesuffix("block") or "block"


def is_skipped(key: str) -> bool:
    """Return whether the value of a key of an article is not its text."""
    return key not in TEXT_KEYS and _SKIPPED_KEYS.search(key) is not None


def measure_text(text: str) -> int:
    """Return the characters of a string that is text, as opposed to an identifier, a label or a URL."""
    if len(text) < 8 or _NOT_TEXT.match(text):
        return 0
    if "<" in text or "&lt;" in text:
        text = _TAG.sub("", text.replace("&lt;", "<").replace("&gt;", ">"))
    size = weight(text)
    if size < MIN_TEXT or (" " not in text and size == len(text)):
        return 0
    return len(text) if _SENTENCE_END.search(text) or size >= 2 * MIN_TEXT else 0


def render_text(text: str) -> str:
    """Return a string as HTML: markup as it is, plain text as paragraphs."""
    return to_html(text) or escape_text(text)


def escape_inline(text: str) -> str:
    """Return a string inside a paragraph as HTML; markup stays."""
    return text if to_html(text) is not None or "&" in text else escape(text, quote=False)


def _is_leaf(item: Any) -> bool:
    if isinstance(item, dict):
        kind = get_kind(item)
        return bool(_INLINE.search(kind)) or (not kind and any(isinstance(item.get(key), str) for key in TEXT_KEYS))
    return isinstance(item, str)


def _is_paragraph(item: Any) -> bool:
    if isinstance(item, dict):
        return _TEXT_KIND.search(get_kind(item)) is not None or _is_leaf(item) or isinstance(item.get("children"), list)
    return isinstance(item, str) and ("<p" in item or _SENTENCE_END.search(item) is not None)


def _is_structured(value: Any) -> bool:
    return not isinstance(value, str) or to_html(value) is not None


def _is_other_article(value: Any) -> bool:
    """Return whether an item of a list has a title and an address of its own."""
    return isinstance(value, dict) and not _TITLES.isdisjoint(value) and not _ADDRESSES.isdisjoint(value)


def _is_numbered(value: dict[str, Any]) -> bool:
    """Return whether an object is a list of blocks, with their ids as keys."""
    items = list(value.values()) if len(value) >= 3 else []
    return bool(items) and all(isinstance(item, dict) and get_kind(item) for item in items)


def _get_level(block: dict[str, Any]) -> Any:
    attributes = [block, *(block[key] for key in ("attrs", "data", "attributes") if isinstance(block.get(key), dict))]
    return next((one["level"] for one in attributes if "level" in one), get_kind(block))
