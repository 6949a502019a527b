"""Pages that no rule names and that are built unlike an article; and articles that only look so."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from lxml import html as lxml_html

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.body.classify import classify_blocks
from newscrawl.extraction.extract import extract, read_page_metadata
from newscrawl.extraction.html.document import parse
from newscrawl.extraction.page_type.classify import ARTICLE as ARTICLE_TYPE
from newscrawl.extraction.page_type.facts import Page, collect_facts
from newscrawl.extraction.page_type.features import FEATURES, collect_tokens, page_features, split_name
from newscrawl.extraction.page_type.model import (
    KINDS,
    OTHER_PAGE,
    THRESHOLDS,
    bundled_page_model,
    is_rejected,
    read_page_model,
)
from newscrawl.extraction.trees import ModelError, ObliviousTrees
from newscrawl.workers.tasks import PageInput, extract_article

SENTENCE = "The council approved a plan on Tuesday to rebuild the lighthouse, which has been dark since the storm. "
PARAGRAPH = f"<p>{SENTENCE * 3}</p>"
NAV = (
    "<nav class='site-nav'>" + "".join(f"<a href='/{name}'>{name}</a>" for name in ("home", "shop", "about")) + "</nav>"
)


def page_type(body: str, url: str, head: str = "") -> str:
    page = f"<html lang=en><head><title>Harbour lamps</title>{head}</head><body>{NAV}{body}</body></html>"
    return extract(page.encode(), url, ExtractionRules()).page_type


def card(number: int) -> str:
    return (
        f"<div class='product-card'><a class='product-card__link' href='/p/{number}'><img src=/{number}.jpg>"
        f"<h3 class='product-card__title'>Brass lamp {number}</h3></a><span class=price>$ {number}9.00</span>"
        f"<p class='product-card__text'>A lamp for the deck, in two sizes and three colours, with a spare bulb.</p>"
        "<button class='add-to-basket'>Choose</button></div>"
    )


def post(number: int) -> str:
    return (
        f"<div class='post topic-post' id='post-{number}'><div class='post-author'><img class=avatar src=/{number}.png>"
        f"<a class=username href='/u/{number}'>sailor{number}</a><span class=user-title>Member</span></div>"
        f"<div class='post-body'><p>I had the same with mine, and a new fuse {number} cured it.</p></div>"
        "<div class='post-controls'><button>Like</button> <button>Reply</button> <button>Quote</button></div></div>"
    )


DESCRIPTION = (
    "<p>Solid brass with a polished reflector. Burns twelve hours on one charge and floats if it falls in.</p>"
)
SHOP = (
    "<main class='product-page'><div class='product-gallery'><img src=/1.jpg><img src=/2.jpg></div>"
    "<h1 class='product-title'>Deck lamp</h1><span class='product-price'>$ 49.00</span>"
    "<form class='add-to-cart-form'><select name=size><option>small<option>large</select><input name=quantity>"
    f"<button class='add-to-cart'>Choose</button></form><div class='product-description'>{DESCRIPTION * 3}</div>"
    "<table class='product-specs'><tr><td>Weight<td>1.2 kg</tr><tr><td>Height<td>30 cm</tr></table>"
    f"<div class='related-products'>{''.join(map(card, range(1, 9)))}</div></main>"
)
FORUM = "<main class='topic thread'><h1>Lamp flickers</h1>" + "".join(map(post, range(1, 16))) + "</main>"


@pytest.mark.parametrize(
    ("body", "url"),
    [(SHOP, "https://shop.example/products/deck-lamp"), (FORUM, "https://forum.example/t/lamp-flickers/4711")],
    ids=["shop", "forum"],
)
def test_pages_built_unlike_an_article_are_rejected(body: str, url: str) -> None:
    assert page_type(body, url) == OTHER_PAGE == "other_page"


@pytest.mark.parametrize("source", ["feed", "news sitemap", "sitemap"])
def test_what_a_feed_or_news_sitemap_names_is_stored_all_the_same(source: str) -> None:
    body = f"<html lang=en><head><title>Lamp flickers</title></head><body>{NAV}{FORUM}</body></html>".encode()
    metadata = {"source": source, "headline": "Lamp flickers"}
    page = PageInput(body, "https://forum.example/t/4711", datetime(2026, 11, 25, tzinfo=UTC), source_metadata=metadata)
    assert (extract_article(page).article is None) == (source == "sitemap")


ARTICLE = f"<article><h1>Lamp of the year</h1>{PARAGRAPH * 6}</article>"
NOT_REJECTED = {
    "a plain article": ARTICLE,
    "an article without markup": f"<h1>Lamp of the year</h1>{PARAGRAPH * 3}",
    "a review with prices and buttons": "<article class=review><h1>Six lamps tested</h1>"
    + "".join(f"<h2>Lamp {n}, $ {n}9.00</h2>{PARAGRAPH}<button>Buy</button>" for n in range(6)) + "</article>",
    "an interview": "<article><h1>The lamp maker</h1>"
    + "".join(f"<p><strong>Why lamps {n}?</strong></p>{PARAGRAPH}" for n in range(8)) + "</article>",
    "an article with many comments": ARTICLE + "<section id=comments class=comment-list>"
    + "".join(map(post, range(1, 16))) + "</section>",
    "an article with a shop below": ARTICLE + f"<aside class=shop>{''.join(map(card, range(1, 13)))}</aside>",
    "a list of results": f"<article><h1>Regatta results</h1>{PARAGRAPH}<table>"
    + "".join(f"<tr><td>{n}</td><td>Boat {n}</td></tr>" for n in range(40)) + f"</table>{PARAGRAPH * 2}</article>",
    "a short report": f"<article><h1>Lamp stolen</h1><p>{SENTENCE * 2}</p></article>",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_REJECTED)
def test_articles_that_only_look_so_are_kept(name: str) -> None:
    assert page_type(NOT_REJECTED[name], "https://news.example/2026/11/25/lamp-of-the-year") == "article"


def test_the_model_is_not_asked_where_structured_data_declares_an_article() -> None:
    data = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Lamps"}</script>'
    get_type = partial(page_type, SHOP, "https://shop.example/lamps")
    assert get_type(head=data) != OTHER_PAGE


def test_the_model_is_asked_where_only_opengraph_declares_an_article() -> None:
    og = "<meta property='og:type' content='article'>"
    date = "<meta property='article:published_time' content='2026-11-25'>"
    assert page_type(FORUM, "https://forum.example/t/lamp-flickers/4711", og + date) == OTHER_PAGE
    assert page_type(ARTICLE, "https://news.example/lamp-of-the-year", og + date) == "article"


def test_links_are_counted_by_the_shape_of_their_address() -> None:
    links = [
        "/harbour-lamp-is-lit-again",
        "https://e.example/a/b?x=1",
        "https://other.example/a-b-c-d",
        "tel:1",
        "/u/ann",
    ]
    counts = features_of(PARAGRAPH + "".join(f"<p><a href='{link}'>Lamp</a></p>" for link in links))
    assert counts["slug_links"] == pytest.approx(np.log1p(1))
    assert counts["profile_links"] == pytest.approx(np.log1p(1))
    assert counts["phone_links"] == 1
    assert counts["deeper_links"] == pytest.approx(2 / 3)


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    np.savez(file, features=np.array(["length"]))
    with pytest.raises(ModelError, match=r"training/page_type_model\.py"):
        read_page_model(file)


def test_the_bundled_model_uses_all_its_columns() -> None:
    model = bundled_page_model()
    assert int(model.trees.columns.max()) < len(FEATURES)
    assert len(model.token_weights) > 1_000


def test_class_names_are_split_into_words() -> None:
    assert split_name("postList item-2 is_active") == ("post", "list", "item", "active")
    root = lxml_html.fromstring("<html><body class='single Page'><p class=lead id=first></p></body></html>")
    assert collect_tokens(root) >= {"single", "page", "lead", "first", "body.single", "body.page"}


@pytest.mark.parametrize(("kind", "rejected"), [("list", False), ("forum", True), ("product", True), ("service", True)])
def test_a_page_like_a_list_must_be_surer_to_be_rejected(kind: str, rejected: bool) -> None:
    probabilities = dict.fromkeys(KINDS, 0.01) | {ARTICLE_TYPE: 0.1, kind: 0.87}
    assert is_rejected(probabilities) == rejected


def test_the_limit_is_that_of_the_likeliest_other_kind() -> None:
    limits = {"list": 0.5, "service": 0.9}
    page = {ARTICLE_TYPE: 0.3, "list": 0.4, "service": 0.3}
    assert is_rejected(page, limits)
    assert not is_rejected(page | {"list": 0.3, "service": 0.4}, limits)


def test_each_kind_has_a_class_and_every_other_kind_a_limit() -> None:
    assert [ARTICLE_TYPE, *THRESHOLDS] == list(KINDS)
    assert bundled_page_model().trees.leaves.shape[2] == len(KINDS)


def test_class_probabilities_match_trees_evaluated_by_hand() -> None:
    leaves = np.array([[[0, 1, 2], [3, 0, 1]], [[1, 0, 0], [0, 2, 0]]], dtype=np.float32)
    trees = ObliviousTrees(np.array([0, 1], np.int32), np.array([0.5, 1.5], np.float32), leaves, 0.0)
    found = trees.class_probabilities(np.array([[0, 0], [1, 0], [1, 2]], dtype=np.float32))
    for row, raw in zip(found, ([1, 1, 2], [4, 0, 1], [3, 2, 1]), strict=True):
        assert row == pytest.approx(np.exp(raw) / np.exp(raw).sum())


def features_of(body: str, url: str = "https://e.example/lamps") -> dict[str, float]:
    content = f"<html lang=en><head><title>Lamps</title></head><body>{body}</body></html>".encode()
    document = parse(content)
    metadata = read_page_metadata(document, url, ExtractionRules())
    classified = classify_blocks(metadata.scan, metadata.hints)
    page = Page(
        document.root, url, metadata.scan, classified, metadata.evidence, metadata.data, metadata.metas,
    )  # fmt: skip
    return dict(zip(FEATURES, page_features(page, collect_facts(page), {}), strict=True))


def test_the_text_of_an_article_is_in_one_element_and_that_of_a_list_in_many() -> None:
    article = features_of(f"<h1>Lamps</h1><div>{PARAGRAPH * 6}</div>")
    cards = features_of("<h1>Lamps</h1>" + f"<div><h2>Lamp</h2>{PARAGRAPH}</div>" * 6)
    assert article["largest_container"] > 0.95 > 0.3 > cards["largest_container"]


def test_cards_are_like_siblings_with_links() -> None:
    cards = "".join(
        f"<div class='card c{n}'><a href=/{n}>Brass lamp {n}</a><p>For the deck</p></div>" for n in range(12)
    )
    assert features_of(f"{PARAGRAPH * 3}<div>{cards}</div>")["cards"] == pytest.approx(np.log1p(12))
    assert features_of(f"<h1>Lamps</h1>{PARAGRAPH * 6}")["cards"] == 0
    assert features_of("<ul>" + "<li>A lamp without a link</li>" * 6 + "</ul>")["cards"] == 0


@pytest.mark.parametrize(
    ("path", "articles", "lists", "offers"),
    [
        ("/blog/2026/lamp-of-the-year", 1, 0, 0),
        ("/collections/lamps", 0, 1, 0),
        ("/en/services/lamp-repair", 0, 0, 1),
        ("/lamp-services.html", 0, 0, 0.5),
        ("/%D1%83%D1%81%D0%BB%D1%83%D0%B3%D0%B8/lamp", 0, 0, 1),
        ("/", 0, 0, 0),
    ],
)
def test_the_path_says_what_the_page_is_about(path: str, articles: float, lists: float, offers: float) -> None:
    found = features_of(PARAGRAPH, f"https://e.example{path}")
    assert (found["path_articles"], found["path_lists"], found["path_offers"]) == (articles, lists, offers)


def test_the_distance_from_the_headline_to_the_text_is_counted_in_blocks() -> None:
    near = features_of(f"<h1>Lamps</h1>{PARAGRAPH * 3}")
    far = features_of(f"<h1>Lamps</h1><ul>{'<li><a href=/x>Brass</a></li>' * 5}</ul>{PARAGRAPH * 3}")
    assert (near["h1_distance"], far["h1_distance"]) == (1, 6)
    assert features_of(PARAGRAPH)["h1_distance"] == -1
