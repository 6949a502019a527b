"""Any bytes yield evidence or a page type that names the problem."""

from __future__ import annotations

import pickle
import sys
from datetime import UTC, datetime

import pytest

from newscrawl.evidence import ExtractionRules
from newscrawl.extraction.extract import extract
from newscrawl.loaders import load_article

RULES = ExtractionRules()
URL = "https://e.example/news/a"


def load_authors(page: str) -> list[str]:
    extraction = extract(page.encode(), URL, RULES)
    return list(load_article(extraction, url=URL, source_metadata=None, rules=RULES, now=datetime.now(UTC)).authors)


PROSE = "".join(f"<p>Sentence number {n} of the article says what nobody had said before it.</p>" for n in range(9))


@pytest.mark.parametrize(
    ("body", "page_type"), [(b"", "empty"), (b"%PDF-1.4", "binary"), (b"<p " + b"a " * 9999 + b">", "too_complex")]
)
def test_unparseable_bytes_yield_a_page_type_and_no_exception(body: bytes, page_type: str) -> None:
    extraction = extract(body, URL, RULES)
    assert (extraction.is_article, extraction.page_type, extraction.blocks) == (False, page_type, ())


def test_an_extraction_can_be_pickled() -> None:
    extraction = extract(f"<h1>A</h1>{PROSE}".encode(), URL, RULES)
    assert pickle.loads(pickle.dumps(extraction)) == extraction  # noqa: S301


def test_selectors_of_the_site_file_take_precedence() -> None:
    page = f"<title>T</title><h1>A</h1><b id=h>B</b><i class=w>Ann Lee</i><s id=d title=x>6.2.2024</s>{PROSE}"
    rules = ExtractionRules(headline="#h", authors=".w", date_published="#d")
    evidence = extract(page.encode(), URL, rules).evidence
    assert evidence["headline"][0].value == "B"
    assert evidence["authors"][0].source == "site rule"
    assert evidence["date_published"][0].value == "6.2.2024"


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ("<time datetime='2024-02-06'>x</time>", ["2024-02-06"]),
        ("<time datetime='2024-02-06'>x</time><time datetime='2024-02-07'>y</time>", []),
        (
            "<time datetime='2024-02-07'>y</time><time itemprop=datePublished datetime='2024-02-06'>x</time>",
            ["2024-02-06"],
        ),
    ],
)
def test_a_date_far_from_the_headline_is_used_only_if_it_is_the_only_one(times: str, found: list[str]) -> None:
    page = f"<article><h1>Old lighthouse</h1>{PROSE}</article><div class=related>{'<p>A link</p>' * 9}</div>{times}"
    dates = extract(page.encode(), URL, RULES).evidence.get("date_published", ())
    assert [date.value for date in dates] == found


@pytest.mark.parametrize(
    ("path", "dates"),
    [
        ("/2024/02/06/lighthouse", [("2024-02-06", "url")]),
        ("/sea/20240206/lighthouse", [("2024-02-06", "url")]),
        ("/sea/2024-02-06-lighthouse", [("2024-02-06", "url")]),
        ("/sea/2024/feb/06/lighthouse", [("2024-02-06", "url")]),
        ("/2024/February/6/lighthouse", [("2024-02-06", "url")]),
        ("/2024/fish/06/lighthouse", []),
        ("/2024/02/lighthouse", []),
        ("/article/20248877/lighthouse", [("2024-88-77", "url")]),
    ],
)
def test_a_date_in_the_url_has_the_lowest_precedence(path: str, dates: list[tuple[str, str]]) -> None:
    page = f"<h1>Old lighthouse</h1>{PROSE}".encode()
    found = extract(page, f"https://post.example{path}", RULES).evidence.get("date_published", ())
    assert [(date.value, date.source) for date in found] == dates
    declared = b"<meta property='article:published_time' content='2024-02-05'>" + page
    assert extract(declared, f"https://post.example{path}", RULES).evidence["date_published"][0].value == "2024-02-05"


def test_an_invalid_selector_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="invalid CSS selector 'a\\["):
        extract(b"<p>x</p>", URL, ExtractionRules(headline="a["))


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("<time datetime='2024-02-06T18:05:00Z'>6 Feb</time>", ["2024-02-06T18:05:00Z"]),
        ("<div class='meta'>By Ann Lee | February 6, 2024</div>", ["February 6, 2024"]),
        ("<p>Veröffentlicht am 6. Februar 2024, 18:05 Uhr</p>", ["6. Februar 2024, 18:05"]),
        ("<span class='byline'>Ann Lee 6 February 2024</span>", ["6 February 2024"]),
        ("<h2>Tuesday, 6 February 2024</h2>", ["6 February 2024"]),
        ("<abbr itemprop=datePublished title='2024-02-06T18:05:00Z'>Tuesday</abbr>", ["2024-02-06T18:05:00Z"]),
        ("<span property='schema:datePublished' content='2024-02-06'>Tuesday</span>", ["2024-02-06"]),
        ("<time datetime='today'>6 February 2024</time>", ["6 February 2024"]),
        ("<aside><h3>Published</h3><p>6 February 2024</p></aside>", ["6 February 2024"]),
        ("<aside><time datetime='2024-02-06'>Tuesday</time></aside>", ["2024-02-06"]),
        (
            "<time class='entry-date published' datetime='2024-02-06T18:05:00Z'>6 February</time>",
            ["2024-02-06T18:05:00Z"],
        ),
        (
            "<span itemprop=datePublished class='caption' content='2024-02-06'>Tuesday</span>",
            ["2024-02-06"],
        ),
        ("<h5 class='kicker'>6 February 2024</h5>", ["6 February 2024"]),
        ("<div class='sidebar'><div class='author'>Ann Lee<br>6 February 2024</div></div>", ["6 February 2024"]),
        ("<p>Updated: February 6, 2024</p>", []),
        ("<p>Posted 3 days ago</p>", ["Posted 3 days ago"]),
        ("<div class='weather'><time datetime='2021-12-02'>Thursday</time></div>", []),
        ("<div class='related'><time datetime='2021-12-02'>Thursday</time></div>", []),
        ("<p>© 2021-12-02 Harbour Post</p>", []),
    ],
)
def test_dates_are_extracted_only_near_the_headline(before: str, found: list[str]) -> None:
    comment = "<div class='comments'><time datetime='2020-01-01'>x</time></div>"
    page = f"<article><h1>Old lighthouse</h1>{before}{PROSE}</article>{comment}"
    dates = extract(page.encode(), URL, RULES).evidence.get("date_published", ())
    assert [date.value for date in dates] == found


@pytest.mark.parametrize(
    ("line", "name", "found"),
    [
        ("<p>6 February 2024</p>", "date_published", ["6 February 2024"]),
        ("<p>Post time: 6 February 2024</p>", "date_published", ["6 February 2024"]),
        ("<p>Last updated: 6 February 2024</p>", "date_modified", ["6 February 2024"]),
        ("<p>The council meets again on 6 February 2024</p>", "date_published", []),
    ],
)
def test_dates_right_below_the_text_are_extracted(line: str, name: str, found: list[str]) -> None:
    page = f"<article><h1>Old lighthouse</h1>{PROSE}</article><div>{line}</div>"
    dates = extract(page.encode(), URL, RULES).evidence.get(name, ())
    assert list(dict.fromkeys(date.value for date in dates)) == found


@pytest.mark.parametrize(
    ("modified", "found"),
    [
        ("2024-06-20", ["2024-06-20", "6 February 2024"]),
        ("2024-06-19", ["2024-06-20", "6 February 2024"]),
        ("2024-06-21", ["2024-06-20"]),
    ],
)
def test_a_visible_date_is_added_if_the_declared_one_may_be_the_last_change(modified: str, found: list[str]) -> None:
    head = f"<meta itemprop=datePublished content=2024-06-20><meta itemprop=dateModified content={modified}>"
    page = f"{head}<article><h1>Old lighthouse</h1><p>6 February 2024</p>{PROSE}</article>"
    dates = extract(page.encode(), URL, RULES).evidence["date_published"]
    assert [date.value for date in dates] == found


@pytest.mark.parametrize(
    "byline",
    [
        "<div class='byline'>By <a href='/author/ann'>Ann Lee</a></div>",
        "<a rel='author' href='/x'>Ann Lee</a>",
        "<span itemprop='author'><span itemprop='name'>Ann Lee</span></span>",
        "<p>By Ann Lee</p>",
        "<p>6.2.2024 | Von Ann Lee</p>",
        "<p>6 February 2024 by Ann Lee</p>",
        "<p>Written by</p><p>Ann Lee</p>",
        "<h4>Author</h4><p>Ann Lee</p>",
        "<p><a href='/team/person/ann-lee'>Ann Lee</a></p>",
        "<div class='meta-info'>Harbour, Sea</div><div class='byline'><a rel=author>Ann Lee</a></div>",
        "<aside><a rel=author href='/profile/ann-lee'>Ann Lee</a></aside>",
        "<div class='sidebar'><p>By Ann Lee</p></div>",
        "<div class='sidebar'><p>Written by</p><p>Ann Lee</p></div>",
        "<p><span>By</span><span>Ann Lee</span></p>",
        "<div class='byline'><a>Ann Lee</a><br><small>Senior Harbour Reporter</small></div>",
        "<div class='author'><div>Ann Lee</div><div>Head of Sea</div></div>",
    ],
)
def test_authors_are_extracted_from_bylines(byline: str) -> None:
    page = f"<article><h1>Old lighthouse</h1>{byline}{PROSE}</article>"
    assert load_authors(page) == ["Ann Lee"]


@pytest.mark.parametrize(
    "widget",
    [
        "<aside><div class='meta'>Harbour and Sea</div></aside>",
        "<aside><p>Video Library</p><a href='https://youtube.com/user/post'>Video Library</a></aside>",
        "<div class='sidebar'><a href='/users/sign_in'>Sign in</a></div>",
        "<div class='related'><p>By Ann Lee</p></div>",
        "<div class='comments'><span class='author'>Ann Lee</span></div>",
    ],
)
def test_widgets_beside_the_headline_yield_no_authors(widget: str) -> None:
    page = f"<article><h1>Old lighthouse</h1>{widget}{PROSE}</article>"
    assert "authors" not in extract(page.encode(), URL, RULES).evidence


def test_visible_authors_are_added_if_only_the_site_is_declared_as_author() -> None:
    site = "<meta property=og:site_name content='Harbour Post'><meta name=author content='Harbour Post'>"
    page = f"{site}<article><h1>Old lighthouse</h1><aside><p>By Ann Lee</p></aside>{PROSE}</article>"
    assert load_authors(page) == ["Ann Lee"]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        (
            "<div class='byline'>By <a href='/author/ann-lee'>Ann Lee</a> <a href='/author/bo-ray'>Bo Ray</a></div>",
            ["Ann Lee", "Bo Ray"],
        ),
        (
            "<div class='author-box'><span class='author-by'>By</span> <span class='author-name'>Ann Lee</span>"
            " <a class='author-name' href='/author/bo-ray'>Bo Ray</a></div>",
            ["Ann Lee", "Bo Ray"],
        ),
        (
            "<p class='byline'><span class='author-name'><a href='/author/ann-lee'>Ann Lee</a></span></p>",
            ["Ann Lee"],
        ),
    ],
)
def test_several_names_in_a_byline_are_separated_in_order(byline: str, names: list[str]) -> None:
    page = f"<article><h1>Old lighthouse</h1>{byline}{PROSE}</article>"
    assert [author.value for author in extract(page.encode(), URL, RULES).evidence["authors"]] == names


def test_a_section_heading_is_not_taken_as_headline() -> None:
    title = "<title>The lighthouse shines again</title>"
    late = extract(f"{title}<article>{PROSE}<h1>What the light says</h1>{PROSE}</article>".encode(), URL, RULES)
    early = extract(f"{title}<article><h1>What the light says</h1>{PROSE}</article>".encode(), URL, RULES)
    assert [value.source for value in late.evidence["headline"]] == ["meta"]
    assert [value.source for value in early.evidence["headline"]] == ["dom", "meta"]


def test_strong_lines_between_line_breaks_are_kept_as_subheadings() -> None:
    prose = "The harbour council said on Monday that the old lighthouse would stay where it stands."
    page = (
        f"<article><h1>Old lighthouse</h1><div class=text>{prose}<br><br><b>What comes next</b><br><br>{prose} It"
        f" stays.<br><br><b>More</b><br><br><a href=/x>Another article</a></div></article>"
    )
    kept = [block.text for block in extract(page.encode(), URL, RULES).blocks if block.kept]
    assert kept == [prose, "What comes next", f"{prose} It stays."]


@pytest.mark.parametrize(
    "piece",
    [
        "<div class='related share'>",
        "<div class='article-body'><p>Text of a body in a body, once and again.</p>",
        "<p>word <a href='/x'>link</a> ",
        "<b class='ad'>",
        "x<br>",
        "<nav>",
        "<div class='byline'>By Ann",
        "<figure><img src=a><figcaption>text",
        "<h1>Title</h1>",
        "<li><a href='/x'>A link of a list</a></li>",
    ],
)
def test_work_grows_linearly_with_page_size(piece: str) -> None:
    def calls(times: int) -> int:
        """Count the calls of functions, which are the same on every machine."""
        count = 0

        def count_call(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += 1

        body = f"<h1>A</h1>{PROSE}{piece * times}".encode()
        sys.setprofile(count_call)
        try:
            extract(body, URL, RULES)
        finally:
            sys.setprofile(None)
        return count

    calls(400)
    assert calls(1600) < 6 * calls(400)


PIER = "Old pier opens again to the public in spring"


@pytest.mark.parametrize(
    ("title", "h1", "h2", "headline"),
    [
        (f"{PIER} - Bay Notes", "Bay Notes", PIER, PIER),
        (f"Bay Notes: {PIER}", '<a href="/">Bay Notes</a>', PIER, PIER),
        ("Bay Notes", '<a href="https://e.example/">Bay Notes</a>', PIER, PIER),
        (f"{PIER} - Bay Notes", PIER, "What the council says about the pier", PIER),
        (f"{PIER} - Bay Notes", f'<a href="/pier#top">{PIER}</a>', "What the council says about the pier", PIER),
        ("Bay Notes", '<a href="/">Bay Notes</a>', "Share", "Bay Notes"),
    ],
)
def test_the_headline_is_an_h2_where_the_h1_is_the_name_of_the_site(
    title: str, h1: str, h2: str, headline: str
) -> None:
    text = "<p>The council of the island decided on Monday evening to open the old pier again, at last.</p>" * 3
    page = f"<title>{title}</title><h1>{h1}</h1><main><article><h2>{h2}</h2>{text}</article><h2>Posts</h2></main>"
    url = "https://e.example/2024/old-pier-opens-again-to-the-public-in-spring.html"
    extraction = extract(page.encode(), url, ExtractionRules())
    article = load_article(extraction, url=url, source_metadata=None, rules=ExtractionRules(), now=datetime.now(UTC))
    assert article.headline == headline


def test_links_without_text_before_the_h1_do_not_make_it_the_name_of_the_site() -> None:
    text = "<p>The council of the island decided on Monday evening to open the old pier again, at last.</p>" * 3
    logo = '<a href="/"><img src=/logo.svg></a><a href="/sport"><img src=/sport.svg></a>'
    page = f"<title>{PIER}</title><article>{logo}<h1>{PIER}</h1><h2>Old pier opens again</h2>{text}</article>"
    extraction = extract(page.encode(), "https://e.example/old-pier-opens-again", ExtractionRules())
    assert next(block.text for block in extraction.blocks if block.kept) == "Old pier opens again"


@pytest.mark.parametrize(
    "tag", ["<time datetime='2026-11-20'>", "<a rel=author>", "<p itemprop=author>", "<time class=byline>"]
)
def test_page_without_any_text_has_no_article(tag: str) -> None:
    assert extract(tag.encode(), "https://example.org/2026/11/20/report", ExtractionRules()).page_type == "no_text"


def test_json_ld_that_is_no_json_is_a_warning() -> None:
    script = "<script type='application/ld+json'>{'a': 1}</script>"
    [warning] = extract(f"{script}<h1>A</h1>{PROSE}".encode(), URL, RULES).warnings
    assert warning.startswith("JSON-LD that cannot be read is ignored: Expecting property name enclosed in double")
