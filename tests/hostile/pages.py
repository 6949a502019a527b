"""Hostile pages: markup, JSON-LD, encodings, dates and text, each with the outcome that it must have. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

STORED = "stored: new"
TOO_COMPLEX = "error: too_complex"
EITHER = f"{STORED} | {TOO_COMPLEX}"
"""Bounded work either suffices for a page or does not."""
HTML = "text/html; charset=utf-8"
PARAGRAPHS = 4
NOUNS = [
    "council", "bridge", "harbour", "school", "library", "market", "river", "tower", "mayor", "orchestra",
    "hospital", "museum", "factory", "garden", "tunnel", "station", "theatre", "archive", "bakery", "brewery",
    "cathedral", "district", "engineer", "festival", "glacier", "highway", "island", "judge", "kitchen",
    "lighthouse", "monastery", "newspaper", "observatory", "parliament", "quarry", "railway", "stadium",
    "tramway", "university", "village", "workshop",
]  # fmt: skip
VERBS = [
    "accepted", "bought", "closed", "delayed", "examined", "financed", "guarded", "honoured", "improved",
    "launched", "measured", "opened", "planned", "questioned", "repaired", "sold", "tested", "visited",
    "welcomed",
]  # fmt: skip


@dataclass(frozen=True)
class HostilePage:
    """A page of a site, with an article in it unless its outcome says otherwise."""

    name: str
    make: Callable[[], bytes]
    """Returns the body; called when it is needed, as some are large."""
    outcome: str = STORED
    """`outcome: reason`; several that are right with ` | ` between them."""
    content_type: str = HTML
    texts: tuple[str, ...] = ()
    """What the stored body must have."""
    lost: tuple[str, ...] = ()
    """What it must not have."""


def sentence(name: str, number: int) -> str:
    """Return the text of a paragraph of the article *name*; in every article it has other words."""
    random = Random(f"{name} {number}")
    noun = partial(random.choice, NOUNS)
    return (
        f"Paragraph {number} of the report on {name} tells how the {noun()} of the {noun()} was {random.choice(VERBS)} "
        f"by the {noun()} in {random.randint(1900, 2026)}, why the {noun()} and the {noun()} had to wait for "
        f"{random.randint(2, 99)} months, and what it means for the {noun()}, the {noun()} and those who "
        f"{random.choice(VERBS)} it."
    )


def sentences(name: str) -> tuple[str, ...]:
    return tuple(sentence(name, number) for number in range(1, PARAGRAPHS + 1))


def article(
    name: str,
    *,
    head: str = "",
    start: str = "",
    middle: str = "",
    end: str = "",
    headline: str = "",
    lead: str = "",
    charset: str = "<meta charset=utf-8>",
) -> str:
    """Return a page with an article; *middle* stands between its second and third paragraph, *lead* before the first.

    *headline* is the markup of its headline.
    """
    one, two, three, four = (f"<p>{text}</p>" for text in sentences(name))
    return (
        f"<!doctype html><html lang=en><head>{charset}<title>Report on {name}</title>"
        f"<meta property='article:published_time' content='2026-11-20T08:00:00+01:00'>{head}</head><body>{start}"
        f"<article><h1>{headline or f'Report on {name}'}</h1>{lead}{one}{two}{middle}{three}{four}</article>{end}"
        "</body></html>"
    )


def page(name: str, outcome: str = STORED, **parts: str) -> HostilePage:
    """Return a page whose four paragraphs must be stored, if anything is."""
    texts = sentences(name) if STORED in outcome else ()
    return HostilePage(name, lambda: article(name, **parts).encode(), outcome, texts=texts)


def large(name: str, outcome: str, **parts: Callable[[], str]) -> HostilePage:
    """Return a page whose parts are made when they are needed."""
    texts = sentences(name) if STORED in outcome else ()

    def make() -> bytes:
        return article(name, **{part: build() for part, build in parts.items()}).encode()

    return HostilePage(name, make, outcome, texts=texts)


def repeat(text: str, times: int) -> str:
    return text * times


def markup_pages() -> Iterator[HostilePage]:
    """Yield pages whose markup is deep, wide, broken or misleading."""
    for depth in (300, 1_000):
        yield page(f"{depth} divs", middle="<div>" * depth, end="</div>" * depth)
        yield page(f"{depth} closed divs", middle="<div>" * depth + "</div>" * depth)
    for depth in (2_100, 200_000):
        yield large(f"{depth} divs", EITHER, middle=partial(repeat, "<div>", depth))
    for tag in ("b", "i", "a", "a name=x", "font", "span", "em", "p", "li", "q"):
        number = 100_000 if tag in ("b", "a name=x", "p") else 20_000
        middle = partial(repeat, f"<{tag}>", number)
        yield large(f"{number} unclosed {tag}", EITHER, middle=middle)
    for tag in ("table><tr><td", "ul><li", "blockquote", "dl><dd", "fieldset", "section", "sup", "template", "ruby"):
        yield large(f"5,000 nested {tag}", EITHER, middle=partial(repeat, f"<{tag}>", 5_000))
    yield large("a million empty paragraphs", EITHER, middle=lambda: "<p></p>" * 1_000_000)
    yield large("a million line breaks", EITHER, middle=lambda: "<br>" * 1_000_000)
    yield large("a million end tags", EITHER, middle=lambda: "</b>" * 1_000_000)
    yield large("half a million comments", EITHER, middle=lambda: "<!---->" * 500_000)
    yield large("an attribute of 10 MB", EITHER, middle=lambda: f"<i title='{'a' * 10_000_000}'></i>")
    yield large("a class of 5 MB", EITHER, middle=lambda: f"<i class='{'a ' * 2_500_000}'></i>")
    yield large("a style of 5 MB", EITHER, middle=lambda: f"<i style='{'color:red;' * 500_000}'></i>")
    yield large("a text of 5 MB outside", EITHER, end=lambda: f"<footer>{'word ' * 1_000_000}</footer>")
    yield large("a script of 8 MB", EITHER, head=lambda: f"<script>{'a<b;' * 2_000_000}</script>")
    yield large("a comment of 9 MB", EITHER, middle=lambda: f"<!--{'-' * 9_000_000}-->")
    yield large("20,000 small links", EITHER, end=lambda: "<a href='/x'>x</a> " * 20_000)
    yield large("50,000 meta elements", EITHER, head=lambda: "<meta name=a content=b>" * 50_000)
    yield large("20,000 images", EITHER, middle=lambda: "<img src=/a.png>" * 20_000)
    yield large("a run of angle quotes", EITHER, middle=lambda: f"<p>{'» ' * 100_000}</p>")
    yield large("a run of copyright signs", EITHER, middle=lambda: f"<p>{'© ' * 100_000}</p>")
    yield large("a run of combining marks", EITHER, middle=lambda: f"<p>a{chr(0x301) * 100_000}</p>")
    yield large("a run of spaces", EITHER, middle=lambda: f"<p>a{' ' * 1_000_000}b</p>")
    yield large("a run of digits", EITHER, middle=lambda: f"<p>{'1' * 500_000}</p>")
    yield large("a run of ampersands", EITHER, middle=lambda: f"<p>{'&' * 500_000}</p>")
    yield large("a run of opening brackets", EITHER, end=lambda: "<" * 1_000_000)
    yield page("1,100 attributes", TOO_COMPLEX, middle="<i " + " ".join(f"a{n}" for n in range(1_100)) + "></i>")
    yield page("60,000 attributes", TOO_COMPLEX, middle="<i " + " ".join(f"a{n}" for n in range(60_000)) + "></i>")
    yield page("900 attributes", middle="<i " + " ".join(f"a{n}" for n in range(900)) + "></i>")
    yield page("embed that is void", middle="<embed src=/a.swf>")
    yield page("svg without end", middle="<svg><path d='M0 0'>")
    yield page("math without end", middle="<math><mi>x")
    yield page(
        "source and track", middle="<picture><source srcset=/a.webp><img src=/a.png></picture><track src=/t.vtt>"
    )
    yield page("comment without end after the article", end="<!-- no end")
    yield page("script without end after the article", end="<script>var a = '")
    yield page("style without end after the article", end="<style>p { color: red")
    yield page("end tags before the start", start="</body></html></div></article>")
    yield page("end of the page in the middle", middle="</body></html>")
    yield page("second page in the middle", middle="<!doctype html><html><head><title>x</title></head><body>")
    yield page("frames in the middle", middle="<frameset><frame src=/x></frameset><noframes>x</noframes>")
    yield page("conditional comments", middle="<!--[if IE]><p>old</p><![endif]--><![if !IE]><![endif]>")
    yield page("sections of character data", middle="<![CDATA[ x ]]>")
    yield page("processing instructions", middle="<?php echo 1 ?><?xml version='1.0'?>")
    yield page("doctype with entities", start='<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>&c;')
    yield page("external entity", start='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>&a;')
    yield page("XML declaration", start="<?xml version='1.0' encoding='utf-7'?>")
    yield page("a link that is never closed", middle="<a href='/map'>See the map")
    yield page("attributes without quotes and ends", middle="<a href=/x\"'>y</a><i title='>z</i>'>w</i>")
    yield page("NUL in markup", middle="<d\0iv>\0</d\0iv>")
    yield page("controls in markup", middle="<div\x0b\x0c\x1f>\x01\x02\x1b[31m</div>")
    yield page("tags of unknown names", middle="<x-a><y:b><z.c></z.c></y:b></x-a>")
    yield page("names of 10,000 letters", middle=f"<{'a' * 10_000}></{'a' * 10_000}>")
    yield page("invalid references", middle="<p>&#0;&#x110000;&#xD800;&#99999999999;&bogus;&#x;&;</p>")
    yield page("base that leads elsewhere", head="<base href='https://elsewhere.example/'>")
    yield page("base that is none", head="<base href='http://['>")
    yield page("canonical that is none", head="<link rel=canonical href='http://['>")
    yield page("canonical of 5,000 letters", head=f"<link rel=canonical href='/{'a' * 5_000}'>")
    yield page("canonical to a file", head="<link rel=canonical href='file:///etc/passwd'>")
    yield page("canonical to a script", head="<link rel=canonical href='javascript:alert(1)'>")
    yield page("refresh that is none", head="<meta http-equiv=refresh content='0; url=http://['>")
    yield page("refresh to data", head="<meta http-equiv=refresh content='0; url=data:text/html,x'>")
    yield page("images that are none", middle="<img src='http://['><img src='data:image/png;base64,x'><img src=''>")
    yield page("scripts that must not be kept", middle="<p onclick=alert(1)><a href='javascript:alert(1)'>x</a></p>")
    for name, style in {
        "hidden": "hidden",
        "display none": "style='display:none'",
        "hidden by visibility": "style='visibility: hidden'",
        "aria hidden": "aria-hidden=true hidden",
        "font size zero": "style='font-size:0'",
        "off screen": "style='position:absolute;left:-9999px'",
        "clipped": "style='position:absolute;clip:rect(0,0,0,0)'",
    }.items():
        hidden = f"The hidden words of {name} are for nobody but a machine that reads everything it is given."
        text = article(name, middle=f"<div {style}><p>{hidden}</p></div>")
        yield HostilePage(f"text that is {name}", text.encode, texts=sentences(name), lost=(hidden,))


def linked_data_pages() -> Iterator[HostilePage]:
    """Yield pages whose JSON-LD is not what it should be; the article is in the markup."""
    block = "<script type='application/ld+json'>{}</script>"
    good = {"@context": "https://schema.org", "@type": "NewsArticle"}
    values: dict[str, object] = {
        "null": None,
        "a number": 5,
        "true": True,
        "a string": "x",
        "an empty list": [],
        "an empty object": {},
        "a list of nulls": [None] * 1_000,
        "a list in a list": [[[[{}]]]],
        "a graph that is null": {"@graph": None},
        "a graph that is a string": {"@graph": "x"},
        "a type that is null": {"@type": None},
        "a type that is a list": {"@type": ["NewsArticle", None, 5, {}]},
        "a type that is an object": {"@type": {}},
    }
    for name, value in values.items():
        yield page(f"linked data of {name}", head=block.format(json.dumps(value)))
    fields = (
        "headline",
        "author",
        "datePublished",
        "articleBody",
        "image",
        "publisher",
        "keywords",
        "mainEntityOfPage",
    )
    wrong: tuple[object, ...] = (None, 5, True, [], {}, [None, 5], {"@value": {}}, [[["x"]]], "", " " * 5_000)
    for field in fields:
        blocks = "".join(block.format(json.dumps({**good, field: value})) for value in wrong)
        yield page(f"linked data whose {field} is wrong", head=blocks)
    texts = {
        "nothing": "",
        "white space": " \n ",
        "half an object": '{"@type": "NewsArticle", "headline": "x',
        "a trailing comma": '{"@type": "NewsArticle",}',
        "single quotes": "{'@type': 'NewsArticle'}",
        "NaN": '{"@type": "NewsArticle", "wordCount": NaN}',
        "Infinity": '{"wordCount": -Infinity}',
        "a number of 5,000 digits": '{"wordCount": ' + "9" * 5_000 + "}",
        "1e999": '{"wordCount": 1e999}',
        "controls": '{"headline": "a\x01\tb\nc"}',
        "lone surrogates": '{"headline": "\\ud800 \\udfff"}',
        "escaped NUL": '{"headline": "a\\u0000b"}',
        "comments": "/* a */ {} // b",
        "HTML": "<b>{}</b>",
        "a section": "<![CDATA[ {} ]]>",
        "a comment around it": "<!-- {} -->",
        "two objects": "{}{}",
        "references": "{&quot;@type&quot;: &quot;NewsArticle&quot;}",
        "a byte order mark": "\ufeff{}",
        "a repeated key": '{"@type": 1, "@type": "NewsArticle"}',
        "only brackets": "[]]]]",
        "a script": "alert(1)",
    }
    for name, text in texts.items():
        yield page(f"linked data that is {name}", head=block.format(text))
    yield large("linked data of 100,000 lists", EITHER, head=lambda: block.format("[" * 100_000))
    yield large("linked data of 100,000 objects", EITHER, head=lambda: block.format('{"a":' * 100_000))
    yield large("linked data of 5 MB", EITHER, head=lambda: block.format(json.dumps({"a": "b" * 5_000_000})))
    yield large("linked data of 5 MB that is cut", EITHER, head=lambda: block.format('{"a": "' + '\\"' * 2_500_000))
    yield large("linked data of 100,000 articles", EITHER, head=lambda: block.format(json.dumps([good] * 100_000)))
    yield large("10,000 blocks of linked data", EITHER, head=lambda: block.format("{}") * 10_000)
    yield large("linked data of 100,000 braces", EITHER, head=lambda: block.format("{" * 100_000))
    yield large("linked data of 200,000 backslashes", EITHER, head=lambda: block.format('{"a": "' + "\\" * 200_000))
