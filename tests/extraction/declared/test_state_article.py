"""Find the article in the state of a page: many formats, and pages whose state must not become the article."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest

from newscrawl.evidence import Extraction, ExtractionRules
from newscrawl.extraction.extract import extract

TITLE = "Ferry to Skarholm gets a second boat"
A = "The ferry company that serves the island of Skarholm will put a second boat into service in May, its owners said."
B = "Islanders have asked for a later crossing since the school in Lunde moved its lessons to the afternoon last year."
C = "The boat was built in 1998, carries forty cars, and has so far sailed between two towns on the western coast."
PARAGRAPHS = [A, B, C]
HTML = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
OTHER = (
    "Another story of the same day, which the page only links to and which has nothing to do with any ferry at all. "
)
TEASER = {"title": "Something else entirely", "url": "/news/else", "body": OTHER * 9}
URL = "https://e.example/news/ferry-skarholm"


def read(scripts: str, shown: str = "", title: str = TITLE, url: str = URL) -> Extraction:
    page = f"<html><head><title>{title}</title></head><body><div id='app'>{shown}</div>{scripts}</body></html>"
    return extract(page.encode(), url, ExtractionRules())


def kept(extraction: Extraction) -> list[str]:
    return [block.text for block in extraction.blocks if block.kept]


def next_data(value: Any) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(value)}</script>'


def data(article: dict[str, Any]) -> str:
    return next_data({"props": {"pageProps": {"latest": [TEASER, TEASER], "article": article}}})


def leaf(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


FORMATS: dict[str, Any] = {
    "html": HTML,
    "escaped html": escape(HTML),
    "plain": "\n\n".join(PARAGRAPHS),
    "strings": PARAGRAPHS,
    "wordpress": {"rendered": HTML, "protected": False},
    "arc": [{"type": "text", "content": text, "_id": "X1"} for text in PARAGRAPHS],
    "editor.js": {"time": 1, "blocks": [{"type": "paragraph", "data": {"text": text}} for text in PARAGRAPHS]},
    "prosemirror": {"type": "doc", "content": [
        {"type": "paragraph", "content": [leaf(text[:20]), {**leaf(text[20:30]), "marks": [{"type": "bold"}]},
                                          leaf(text[30:])]} for text in PARAGRAPHS]},
    "slate": [{"type": "p", "children": [{"text": text[:40]}, {"text": text[40:]}]} for text in PARAGRAPHS],
    "slate without types": [{"children": [{"text": text[:41]}, {"text": text[41:]}]} for text in PARAGRAPHS],
    "draft.js": {"blocks": [{"key": "a", "text": text, "type": "unstyled"} for text in PARAGRAPHS], "entityMap": {}},
    "contentful": {"nodeType": "document", "data": {}, "content": [
        {"nodeType": "paragraph", "data": {}, "content": [
            {"nodeType": "text", "value": text[:30], "marks": []},
            {"nodeType": "hyperlink", "data": {"uri": "/x"},
             "content": [{"nodeType": "text", "value": text[30:50], "marks": []}]},
            {"nodeType": "text", "value": text[50:], "marks": []}]} for text in PARAGRAPHS]},
    "portable text": [{"_type": "block", "style": "normal", "markDefs": [],
                       "children": [{"_type": "span", "text": text}]} for text in PARAGRAPHS],
    "gutenberg": [{"name": "core/paragraph", "attributes": {"content": text}, "innerBlocks": []}
                  for text in PARAGRAPHS],
    "syntax tree": [{"type": "tag", "name": "p", "children": [{"type": "text", "data": text}]} for text in PARAGRAPHS],
    "models": [{"type": "text", "model": {"blocks": [{"type": "paragraph", "model": {
        "text": text, "blocks": [{"type": "fragment", "model": {"text": text, "attributes": []}}]}}]}}
        for text in PARAGRAPHS],
    "blocks by id": {f"b{at}": {"type": "paragraph", "text": text} for at, text in enumerate(PARAGRAPHS)},
}  # fmt: skip


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("key", ["body", "content", "sections"])
def test_text_of_any_format_becomes_the_body(format_name: str, key: str) -> None:
    article = {"id": 7, "title": TITLE, "summary": A, key: FORMATS[format_name], "related": [TEASER]}
    extraction = read(data(article))
    assert kept(extraction) == PARAGRAPHS
    assert extraction.is_article


def test_headings_lists_and_quotes_keep_their_kind_and_media_is_left_out() -> None:
    blocks = [
        {"type": "paragraph", "text": A},
        {"type": "image", "url": "/a.jpg", "caption": "The boat in the yard, where it got a new engine this winter."},
        {"type": "heading", "level": 3, "text": "A later crossing"},
        {"type": "list", "items": ["From Skarholm at seven in the evening", "From Lunde at eight in the evening"]},
        {"type": "quote", "text": B},
        {"type": "relatedArticles", "text": OTHER},
        {"type": "html", "content": f"<p>{C}</p>"},
    ]
    blocks_read = [block for block in read(data({"title": TITLE, "blocks": blocks})).blocks if block.kept]
    assert [(block.tag, block.text) for block in blocks_read] == [
        ("p", A),
        ("h3", "A later crossing"),
        ("li", "From Skarholm at seven in the evening"),
        ("li", "From Lunde at eight in the evening"),
        ("blockquote", B),
        ("p", C),
    ]


ARTICLE = {"title": TITLE, "text": HTML}
STATES = {
    "initial state": f"<script>window.__INITIAL_STATE__ = {json.dumps({'post': ARTICLE})};</script>",
    "preloaded": f"<script>window['__PRELOADED_STATE__']={json.dumps({'post': ARTICLE})}</script>",
    "redux after other values": f"<script>var a = 1, b = ['x'];\nwindow.STATE = {json.dumps(ARTICLE)};</script>",
    "parsed string": f"<script>window.state = JSON.parse({json.dumps(json.dumps(ARTICLE))});</script>",
    "javascript": f"<script>window.__DATA__ = {{post: {{title: '{TITLE}', id: 5, draft: !1, when: new Date('x'), "
    f"text: '{HTML}',}}, other: undefined, more: void 0}};</script>",
    "nuxt 2": f"<script>window.__NUXT__=(function(a,b,c){{return {{layout:a,data:[{{post:{{title:b,body:c}}}}]}}}}"
    f"('default','{TITLE}',{json.dumps(HTML)}));</script>",
    "nuxt 3": "<script type='application/json' id='__NUXT_DATA__'>"
    + json.dumps([{"data": 1}, {"post": 2}, ["Reactive", 3], {"title": 4, "body": 5}, TITLE, HTML])
    + "</script>",
    "apollo": next_data({"apolloState": {
        "Article:9": {"__typename": "A", "headline": TITLE, "blocks": [{"__ref": "Block:1"}, {"__ref": "Block:2"}]},
        "Block:1": {"__typename": "ParagraphBlock", "text": A}, "Block:2": {"__typename": "HtmlBlock",
                                                                          "html": f"<p>{B}</p><p>{C}</p>"}}}),
    "angular": "<script id='app-state' type='application/json'>"
    + json.dumps(ARTICLE).replace('"', "&q;").replace("<", "&l;").replace(">", "&g;")
    + "</script>",
    "shoebox": f"<script type='fastboot/shoebox' id='shoebox-a'>{json.dumps(ARTICLE)}</script>",
    "data attribute": f"<div id='page' data-page='{escape(json.dumps(ARTICLE), quote=True)}'></div>",
    "react stream": "<script>self.__next_f=self.__next_f||[]</script><script>self.__next_f.push([1,"
    + json.dumps(f"1a:T{len(HTML):x},{HTML}2:[\"$\",\"$L3\",null,{json.dumps({'title': TITLE, 'body': '$1a'})}]\n")
    + "])</script>",
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_state_of_any_framework_is_read(name: str) -> None:
    assert kept(read(STATES[name], shown="<p class='spinner'>Loading…</p>")) == PARAGRAPHS


@pytest.mark.parametrize(
    "named",
    [
        {"title": f"{TITLE} ", "seo": {"title": "x"}},
        {"headlines": {"basic": TITLE}},
        {"slug": "ferry-skarholm"},
        {"canonical": "https://www.e.example/news/ferry-skarholm/"},
        {"title": {"rendered": "Ferry to Skarholm gets"}},
    ],
)
def test_article_is_found_among_others_by_headline_or_address(named: dict[str, Any]) -> None:
    stories = [{"title": f"Story {at}", "slug": f"story-{at}", "body": f"<p>{OTHER * at}</p>"} for at in range(4, 9)]
    state = {"entities": {"articles": {"1": stories[0], "2": {**named, "body": HTML}, "3": stories[1]}}, "all": stories}
    assert kept(read(next_data(state), title=f"{TITLE} | The Skarholm Post")) == PARAGRAPHS


def test_only_article_needs_no_name() -> None:
    assert kept(read(next_data({"props": {"page": {"content": HTML}}}), title="The Skarholm Post")) == PARAGRAPHS


SHOWN = f"<article><h1>{TITLE}</h1><p>{A}</p><p>{B}</p><p>{C}</p></article>"


@pytest.mark.parametrize(
    ("scripts", "shown"),
    [
        (data({"title": TITLE, "body": HTML + f"<p>{OTHER}</p>"}), SHOWN),
        (data({"title": TITLE, "body": ""}), ""),
        (data({"title": TITLE, "comments": [{"text": OTHER * 5}], "related": [TEASER]}), ""),
        (data({"title": TITLE, "body": "x" * 5_000}), ""),
        (next_data({"items": [TEASER, {**TEASER, "url": "/news/3"}]}), ""),
        (next_data({"a": {"title": "One", "body": OTHER * 4}, "b": {"title": "Two", "body": OTHER * 3}}), ""),
        (next_data({"messages": {"cookies": OTHER * 6}, "config": {"terms": OTHER * 9}}), ""),
        ("<script>window.x = function () { return 'a' };" + "// nothing but code\n" * 30 + "</script>", ""),
        ("<script>window.__STATE__ = {" + "[" * 5_000 + "</script>", ""),
        ("<script>window.__STATE__ = {a: 'unfinished" + "x" * 400 + "</script>", ""),
        (f"<script type='application/json'>{'[' * 100_000}</script>", ""),
    ],
)
def test_other_states_are_no_article(scripts: str, shown: str) -> None:
    assert kept(read(scripts, shown)) == (PARAGRAPHS if shown else [])


def test_front_page_is_not_read_from_its_state() -> None:
    assert kept(read(next_data({"lead": {"content": HTML}}), title="The Skarholm Post", url="https://e.example/")) == []
