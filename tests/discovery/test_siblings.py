"""Short headlines with numbers for URLs are articles where their siblings are; what only looks alike is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lxml import html

from newscrawl.discovery.model import Link, LinkKind
from newscrawl.discovery.pages import LinkNotes, find_links
from newscrawl.discovery.siblings import get_shape
from newscrawl.urls.classify import LIKELY_ARTICLE

FRONT = "https://www.example.org/"


def read(items: Sequence[tuple[str, str]], *, inside: str = "div", follow: Sequence[str] = ()) -> dict[str, Link]:
    """Return URL -> link to an article of a page that lists (path, anchor text)."""
    listed = "".join(f"<{inside}><a href='{path}'>{text}</a></{inside}>" for path, text in items)
    root = html.document_fromstring(f"<html><body><div>{listed}</div></body></html>")
    found = find_links(root, FRONT, follow=follow).links
    return {link.url.removeprefix(FRONT[:-1]): link for link in found if link.kind is LinkKind.ARTICLE}


def followed(items: Sequence[tuple[str, str]], **options: str) -> list[str]:
    return [path for path, link in read(items, **options).items() if link.score >= LIKELY_ARTICLE]


HEADLINES = {
    "uk": ["Школи чекають на тепло", "Міст закрили на ремонт", "Рада не ухвалила бюджет", "Снігопад"],
    "ar": ["انقطاع المياه عن الحي", "إضراب عمال الميناء اليوم", "افتتاح الجسر الجديد", "زلزال خفيف"],
    "zh": ["大桥今起封闭维修", "渔港罢工进入第三天", "市议会否决新预算", "小雪"],
    "ja": ["港の橋が通行止めに", "給食に地元の魚を使用", "市議会が予算を否決", "初雪"],
    "ko": ["다리 보수 공사 시작", "항만 노조 파업 돌입", "시의회 예산안 부결", "첫눈"],
    "th": ["ปิดสะพานซ่อมแซมสามเดือน", "คนงานท่าเรือนัดหยุดงาน", "สภาเมืองไม่ผ่านงบประมาณ", "หิมะแรก"],
    "fi": ["Silta suljettiin korjausten ajaksi", "Satama lakkoilee taas", "Budjetti kaatui äänestyksessä", "Ensilumi"],
    "en": ["Bridge shut for repairs", "Port workers strike again", "Budget voted down", "Snow"],
}
URLS = (
    "/news/41{}.html",
    "/2026/11/a{}",
    "/n/7{}/",
    "/view.php?id=88{}",
    "/story/6c1f{}9a0e",
    "/index.php?idxno=30{}",
    "/kultura/5{}.htm",
    "/x/QmZ{}TkpR",
)


@pytest.mark.parametrize("language", HEADLINES)
@pytest.mark.parametrize("url", URLS)
def test_short_headlines_with_opaque_urls_are_followed(language: str, url: str) -> None:
    items = [(url.format(number), text) for number, text in enumerate(HEADLINES[language], 21)]
    assert followed(items) == [path for path, _ in items]


@pytest.mark.parametrize("language", HEADLINES)
def test_numbers_in_different_sections_are_followed_where_they_have_headlines(language: str) -> None:
    sections = ("sport", "lokal", "kultur", "wetter")
    items = [
        (f"/{one}/90{n}.html", text) for n, (one, text) in enumerate(zip(sections, HEADLINES[language], strict=True))
    ]
    assert followed(items)[:3] == [path for path, _ in items][:3]


def test_a_lone_number_needs_a_headline_of_four_words() -> None:
    assert followed([("/a/4106", "Mayor quits over bridge")]) == ["/a/4106"]
    assert followed([("/a/4106", "Mayor quits today")]) == []


def test_a_link_that_could_be_an_article_is_kept_with_its_score() -> None:
    items = [("/a/4106", "Mayor quits"), ("/harbour", "Notes from the harbour")]
    assert {path: link.score < LIKELY_ARTICLE for path, link in read(items).items()} == dict.fromkeys(
        ("/a/4106", "/harbour"), True
    )


@pytest.mark.parametrize(
    "items",
    [
        [
            (f"/category/{n}", text)
            for n, text in enumerate(["Sports and leisure today", "Local politics and courts"] * 3)
        ],
        [(f"/author/{n}", text) for n, text in enumerate(["Jane van der Meer", "Ann Marie de Vries", "Ola P. Nord"])],
        [(f"/tag/{n}.html", "A tag of many words") for n in range(5)],
        [(f"/kanal/{n}", text) for n, text in enumerate(["Sport", "Kultur", "Lokales", "Wetter heute"])],
        [(f"/?cat={n}", "All the news of sport") for n in range(10, 15)],
        [(f"/shop?color_nav=3{n}", f"Colour number {n} of the shop") for n in range(10, 15)],
        [(f"/news/{n}.jpg", "A picture of the bridge") for n in range(100, 105)],
        [(f"/news/page/{n}", "Older news of this section") for n in range(2, 7)],
        [(f"/rubrik/{n}", text) for n, text in enumerate(["国际", "体育", "财经", "娱乐"])],
        [(f"/login?id=10{n}", "Sign in to read on") for n in range(5)],
    ],
)
def test_numbered_lists_files_and_services_are_not_followed(items: list[tuple[str, str]]) -> None:
    assert followed(items) == []


@pytest.mark.parametrize("inside", ["nav", "footer"])
def test_numbers_in_menus_are_no_articles(inside: str) -> None:
    items = [(f"/a/77{n}", "Our service for you") for n in range(5)]
    assert read(items, inside=inside) == {}


def test_read_more_is_no_headline() -> None:
    assert followed([(f"/a/77{n}", "Read more") for n in range(5)]) == []


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://e.org/news/4106.html", "e.org/news/html:number"),
        ("https://e.org/news/2026/11/4106", "e.org/news/#/#/:number"),
        ("https://e.org/a/6c1f22d09a0e", "e.org/a/:id"),
        ("https://e.org/view.php?sec=2&id=88", "e.org/view.php?id:number"),
        ("https://e.org/news/bridge-shut-for-repairs", ""),
        ("https://e.org/news/bridge-shut-4106", ""),
        ("https://e.org/politics/", ""),
        ("https://e.org/", ""),
        ("https://e.org/list?color=88", ""),
    ],
)
def test_shape_of_a_url_is_what_remains_without_its_id(url: str, shape: str) -> None:
    assert get_shape(url) == shape


def test_links_that_a_site_file_forces_are_articles_wherever_they_are() -> None:
    items = [("/kanal/7", "Sport"), ("/tag/9", "Snow"), ("/login/5", "Sign in"), ("/other", "Other")]
    forced = read(items, inside="nav", follow=["/kanal/", "/tag/"])
    assert {path: link.score for path, link in forced.items()} == {"/kanal/7": 1.0, "/tag/9": 1.0}


def test_other_links_are_ignored_with_a_reason() -> None:
    links = [
        ("https://other.net/a", "other_site"),
        ("/tag/9", "list_or_service"),
        ("/a.jpg", "file"),
        ("/", "same_page"),
        ("/kanal", "label"),
    ]
    body = "".join(f"<p><a href='{url}'>Bridge shut</a></p>" for url, _ in links)
    notes = LinkNotes()
    find_links(html.document_fromstring(f"<html><body>{body}</body></html>"), FRONT, notes=notes)
    assert [(url.removeprefix(FRONT[:-1]) or "/", reason) for url, reason in notes.ignored.items()] == links
    assert set(notes.anchors.values()) == {"Bridge shut"}
