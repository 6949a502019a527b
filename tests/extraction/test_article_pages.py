"""Articles of several pages: finding the other pages, and joining them."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ArticlePages, Extraction, ExtractionRules
from newscrawl.extraction.article_pages import REPEATED, get_new_texts, join_article_pages
from newscrawl.extraction.extract import extract
from newscrawl.loaders import load_article

URL = "https://example.org/news/the-long-vote-ends"
LEAD = "After nine hours the assembly has passed the budget, with a single vote more than it needed."


def page(*paragraphs: str, pager: str = "", head: str = "", after: str = "") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (LEAD, *paragraphs))
    article = f"<article><h1>The long vote ends</h1>{text}<div class=pages>{pager}</div></article>"
    head = f"<head><title>The long vote ends</title>{head}</head>"
    return f"<html lang=en>{head}<body>{article}{after}</body></html>".encode()


def paragraphs(name: str, number: int = 4) -> list[str]:
    return [f"Paragraph {name}{i} says what the member for ward {i} had asked, and who agreed." for i in range(number)]


def find(pager: str = "", *, url: str = URL, **parts: str) -> ArticlePages | None:
    return extract(page(*paragraphs("a"), pager=pager, **parts), url, ExtractionRules()).pages


@pytest.mark.parametrize(
    ("pager", "target"),
    [
        ("1 <a href='?page=2'>2</a> <a href='?page=3'>3</a>", f"{URL}?page=2"),
        (f"<a href='{URL}/2/'>2</a>", f"{URL}/2/"),
        (f"<a href='{URL}/seite-2'>Nächste Seite ›</a>", f"{URL}/seite-2"),
        ("<a href='the-long-vote-ends-2.html'>weiter »</a>", f"{URL}-2.html"),
        ("<a href='?p=2'>次ページへ</a>", f"{URL}?p=2"),
        ("<a href='?page=2'>Page suivante</a>", f"{URL}?page=2"),
        ("<a href='?page=2' aria-label='Next page'><svg></svg></a>", f"{URL}?page=2"),
        ("<a href='?page=2'>2. What the members said</a>", f"{URL}?page=2"),
        ("<a href='?page=2'>Next page: What the members said</a>", f"{URL}?page=2"),
        ("<a href='?page=2'>Page 2</a>", f"{URL}?page=2"),
        ("<a href='?page=2' rel=next>More of this</a>", f"{URL}?page=2"),
    ],
)
def test_next_page_is_found(pager: str, target: str) -> None:
    assert find(pager) == ArticlePages(1, None, target)


def test_next_page_in_the_head_is_found() -> None:
    assert find(head="<link rel=next href='?page=2'>") == ArticlePages(1, None, f"{URL}?page=2")


def test_page_with_the_whole_article_is_found() -> None:
    pages = find("<a href='?page=2'>2</a> <a href='?page=all'>On a single page</a>")
    assert pages == ArticlePages(1, None, f"{URL}?page=2", f"{URL}?page=all")


@pytest.mark.parametrize(
    "pager",
    [
        "<a href='/news/another-vote-2'>2</a>",
        "<a href='the-long-vote-ends-2'>The long vote ends at last</a>",
        "<a href='?page=3'>3</a>",
        "<a href='?replytocom=2'>2</a>",
        "<a href='#page=2'>2</a>",
        "<div id=comments><a href='?page=2'>2</a></div>",
        "<ol class='comment-list'><li><a href='?page=2' rel=next>Older comments</a></li></ol>",
        "<a href='?page=all'>View all</a>",
        "<a href='/page/2/'>2</a>",
    ],
)
def test_article_of_one_page(pager: str) -> None:
    assert find(pager) is None


def test_adjacent_articles_are_not_pages() -> None:
    head = "<link rel=prev href='/news/11'><link rel=next href='/news/13'>"
    pages = find(head=head, url="https://example.org/news/12")
    assert pages is None or not (pages.is_first or pages.is_later)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (f"{URL}?page=2", {"pager": f"<a href='{URL}'>1</a> 2 <a href='?page=3'>3</a>"}),
        (f"{URL}/2", {"pager": "<a href='/news/the-long-vote-ends'>1</a> <a href='3'>3</a>"}),
        (f"{URL}/2", {"pager": f"<a href='{URL}' rel=prev>Previous page</a> <a href='3'>3</a>"}),
        (f"{URL}?page=2", {"head": f"<link rel=canonical href='{URL}'>", "pager": "<a href='?page=3'>3</a>"}),
    ],
)
def test_later_page_names_the_first_and_the_next(url: str, parts: dict[str, str]) -> None:
    pages = find(url=url, **parts)
    assert pages is not None
    assert (pages.number, pages.first) == (2, URL)
    assert pages.next is not None
    assert pages.next.endswith("3")
    assert pages.is_later


def test_slug_that_ends_in_a_number_is_no_later_page() -> None:
    assert find(f"<a href='{URL}'>Read the first report</a>", url=f"{URL}-2") is None


def joined(*bodies: bytes) -> Extraction:
    urls = [URL, *(f"{URL}?page={number}" for number in range(2, len(bodies) + 1))]
    return join_article_pages([extract(body, url, ExtractionRules()) for body, url in zip(bodies, urls, strict=True)])


def test_pages_are_joined_in_order_without_repetitions() -> None:
    first, second, third = paragraphs("a"), paragraphs("b"), paragraphs("c")
    extraction = joined(page(*first), page(*second), page(*third))
    article = load_article(extraction, url=URL, source_metadata=None, rules=ExtractionRules(), now=None)  # type: ignore[arg-type]
    assert article.article_body == "\n\n".join([LEAD, *first, *second, *third])
    assert article.article_body_html is not None
    assert article.article_body_html.count("<p>") == 13
    assert sum(block.reason == REPEATED for block in extraction.blocks) == 2


def test_lists_and_images_of_later_pages_keep_their_place() -> None:
    second = page("<img src=/b.jpg alt=Chamber>", *paragraphs("b", 2)).replace(
        b"<div class=pages>", b"<ul><li>One thing that was agreed on</li><li>Another thing that was not</li></ul><div>"
    )
    first = page(*paragraphs("a")).replace(
        b"<div class=pages>", b"<ul><li>The first list has this entry</li></ul><div>"
    )
    article = load_article(joined(first, second), url=URL, source_metadata=None, rules=ExtractionRules(), now=None)  # type: ignore[arg-type]
    html = article.article_body_html or ""
    assert html.count("<ul>") == 2
    assert html.index("Paragraph a3") < html.index("/b.jpg") < html.index("Paragraph b0") < html.index("One thing")


def test_new_texts() -> None:
    assert get_new_texts(["The Vote.", "A storm"], ["the vote"]) == ["A storm"]


def test_links_that_no_browser_can_follow_are_passed_over() -> None:
    pager = "<a href='http://[bad/the-long-vote-ends?page=2'>2</a> <a href='?page=2'>2</a>"
    assert find(pager) == find("<a href='?page=2'>2</a>") is not None


@pytest.mark.parametrize(
    "target",
    [
        "http://[/news/the-long-vote-ends?page=2",
        "https://example.org:70000/news/the-long-vote-ends?page=2",
        "https://exa]mple.org/news/the-long-vote-ends/2/",
    ],
)
def test_next_page_with_an_invalid_url_is_kept_as_one_that_is_missing(target: str) -> None:
    assert find(f"<a href='{target}'>Next page</a>") == ArticlePages(1, None, target)


@pytest.mark.parametrize(
    "pager",
    [
        "<a href='http://[/news/another-story?page=2'>Next page</a>",
        "<a href='http://['>Next page</a>",
        "<a href='http://[/news/the-long-vote-ends?page=3'>Next page</a>",
        "<a href='http://[/news/the-long-vote-ends?page=all'>On a single page</a>",
    ],
)
def test_other_links_with_invalid_urls_are_no_pages_of_the_article(pager: str) -> None:
    assert find(pager) is None


def test_first_page_with_an_invalid_url_is_not_followed() -> None:
    assert find("<a href='http://[/news/the-long-vote-ends'>1</a> 2", url=f"{URL}?page=2") is None
