"""Cleaning and choosing headlines."""

from __future__ import annotations

import pytest

from newscrawl.evidence import Evidence
from newscrawl.fields.headlines import clean_headline, compare_titles, order_headlines


@pytest.mark.parametrize(
    ("text", "publisher", "site", "expected"),
    [
        ("A light again | The Times", "The Times", "times.example", "A light again"),
        ("A light again - BBC News", None, "bbc.co.uk", "A light again"),
        ("A light again - News - The Times", "The Times", None, "A light again"),
        ("The Times: A light again", "The Times", None, "The Times: A light again"),
        ("The Times | A light again", "The Times", None, "A light again"),
        ("The Times | times.example - A light again", "The Times", "times.example", "A light again"),
        ("A light again | DW | 28.04.2023", None, "dw.com", "A light again"),
        ("A light - and a tower", "The Times", "times.example", "A light - and a tower"),
        ("古い灯台、再び輝く｜港新聞", "港新聞", None, "古い灯台、再び輝く"),
        ("古灯塔重新亮起丨港口日报", "港口日报", None, "古灯塔重新亮起"),
        ("오래된 등대가 다시 빛난다ㅣ항구신문", "항구신문", None, "오래된 등대가 다시 빛난다"),
        ("古い灯台、再び輝く│港新聞", "港新聞", None, "古い灯台、再び輝く"),
        ("古灯塔重新亮起︱港口日报", "港口日报", None, "古灯塔重新亮起"),
        ("ㅋㅋ 웃음이 터진 등대", "항구신문", None, "ㅋㅋ 웃음이 터진 등대"),
        ("ㅏㅑㅓㅕㅣ 모음을 배우는 아이들", "항구신문", None, "ㅏㅑㅓㅕㅣ 모음을 배우는 아이들"),
        ("A light again in the harbour | Opinion", None, None, "A light again in the harbour"),
        ("A light again | Harbour", None, "getharbour.example", "A light again"),
        ("Live | A light again in the harbour", None, None, "Live | A light again in the harbour"),
        ("The Times", "The Times", None, "The Times"),
        ("", None, None, None),
    ],
)
def test_the_name_of_the_site_is_removed(
    text: str, publisher: str | None, site: str | None, expected: str | None
) -> None:
    assert clean_headline(text, publisher, site) == expected


def best(kind: str = "NewsArticle", **values: str) -> str:
    names = {"ld": "json-ld", "og": "opengraph", "h1": "dom", "meta": "meta", "rule": "site rule"}
    return order_headlines([Evidence(value, names[name]) for name, value in values.items()], "Post", None, kind)[
        0
    ].value


def test_the_best_headline_comes_first() -> None:
    assert best(ld="A", og="B", h1="C", rule="D") == "D"
    assert best(ld="A", og="B", h1="C") == "A"
    assert best(ld="A", og="B | Post", h1="B") == "B | Post"
    assert best(og="For sharing: a tower of light", h1="A light again") == "A light again"
    assert best(meta="M", og="O") == "O"


def test_a_kicker_before_the_headline_is_removed() -> None:
    title = "The old lighthouse will shine again"
    assert best(og=title, h1=f"After the storm {title}") == title
    assert best(ld=f"After the storm: {title}", og=title, h1=f"After the storm: {title}") == title


@pytest.mark.parametrize(
    "heading", ["Post", "Contact us", "Most read", "Ann Lee"], ids=["site", "widget", "list", "blogger"]
)
def test_a_heading_that_is_not_the_articles_is_ignored(heading: str) -> None:
    title = "The old lighthouse will shine again"
    assert best(og=f"{title} | Ann Lee", h1=heading) == f"{title} | Ann Lee"
    assert best(meta=f"{title} | Ann Lee", h1=heading) == f"{title} | Ann Lee"


def test_the_heading_is_used_if_the_title_is_only_the_name_of_the_site() -> None:
    assert best(og="Post", h1="The old lighthouse will shine again") == "The old lighthouse will shine again"


def test_an_editors_headline_takes_precedence_over_a_search_title() -> None:
    headlines = {"ld": "Lighthouses to see in 2026", "og": "Lighthouses to see in 2026", "h1": "Ten lighthouses to see"}
    assert best("NewsArticle", **headlines) == "Lighthouses to see in 2026"
    assert best("BlogPosting", **headlines) == "Ten lighthouses to see"


def test_half_a_headline_gives_way_to_the_whole_one() -> None:
    assert best(og="Arms for the harbour: The council sues", h1="Arms for the harbour") == (
        "Arms for the harbour: The council sues"
    )
    assert best(og="After the storm: It shines", h1="It shines") == "After the storm: It shines"


@pytest.mark.parametrize("ellipsis", ["", "…", " ..."])
def test_a_truncated_headline_gives_way_to_the_whole_one(ellipsis: str) -> None:
    whole = "The old lighthouse in the harbour of the northern town, dark since the great storm, will shine again soon"
    assert best(ld=whole[:95].strip() + ellipsis, h1=whole, og="A lighthouse") == whole


def test_all_headlines_are_returned() -> None:
    values = [Evidence("A", "json-ld"), Evidence("B", "dom")]
    assert sorted(e.value for e in order_headlines(values, None, None)) == ["A", "B"]
    assert order_headlines([], None, None) == []


SLUG = "/news/the-old-lighthouse-will-shine-again-a12345.html"


def best_for_slug(url: str = SLUG, kind: str = "NewsArticle", **values: str) -> str:
    names = {"ld": "json-ld", "og": "opengraph", "h1": "dom"}
    return order_headlines([Evidence(value, names[name]) for name, value in values.items()], None, None, kind, url)[
        0
    ].value


def test_the_headline_that_matches_the_slug_comes_first() -> None:
    title, others = "The old lighthouse will shine again", "Storm: Why a harbour waits for its light"
    assert best_for_slug(ld=title, og=others, h1=others) == title
    assert best_for_slug(ld=others, og=title, h1=others) == title
    assert best_for_slug(og="The harbour's miracle", h1=title) == title
    assert best_for_slug("/the-old-lighthouse", ld=title, og=others, h1=others) == others


def test_the_slug_does_not_shorten_a_headline() -> None:
    title = "The old lighthouse will shine again"
    assert best_for_slug(ld=f"{title}, says the council", og=title, h1=f"{title}, says the council").startswith(
        f"{title},"
    )


def test_the_slug_of_a_blog_may_match_the_search_title() -> None:
    headlines = {"ld": "Ten towers", "og": "The old lighthouse will shine again", "h1": "Ten towers"}
    assert best_for_slug(kind="BlogPosting", **headlines) == "Ten towers"


def test_a_search_title_in_json_ld_gives_way_to_the_heading() -> None:
    values = [
        Evidence("Lighthouses to see", "json-ld"), Evidence("These lighthouses make you dream", "opengraph"),
        Evidence("Ten lighthouses that you must see", "dom"), Evidence("Lighthouses to see | Post", "meta"),
    ]  # fmt: skip
    assert order_headlines(values, "Post", None, "NewsArticle")[0].source == "dom"


def test_a_determiner_before_the_title_is_no_kicker() -> None:
    title = "Best lighthouses of the northern coast"
    assert best(og=title, h1=f"The {title}") == f"The {title}"


@pytest.mark.parametrize("heading", ["Lighthouse", "The lighthouse is lit again. " * 8], ids=["a word", "a paragraph"])
def test_a_single_word_or_a_paragraph_is_no_headline(heading: str) -> None:
    title = "The old lighthouse will shine again"
    assert best(og=title, h1=heading) == title


def clean(text: str, *, h1: str | None = None, title: str | None = None, publisher: str | None = None,
          section: str | None = None, site: str = "island.example") -> str | None:  # fmt: skip
    """Clean a headline with the heading, the title and the section of its page."""
    values = [Evidence(text, "opengraph")]
    values += [Evidence(value, source) for value, source in ((h1, "dom"), (title, "meta")) if value]
    sections = [Evidence(section, "json-ld")] if section else []
    return clean_headline(text, publisher, site, compare_titles(values, sections))


@pytest.mark.parametrize(
    ("text", "page", "headline"),
    [
        ("旧码头改造计划明年启动_城事_海湾晚报", {}, "旧码头改造计划明年启动"),
        ("旧码头改造计划明年启动_海湾生活", {"h1": "海湾生活"}, "旧码头改造计划明年启动"),
        ("旧码头改造计划明年启动-时政-海湾网", {}, "旧码头改造计划明年启动"),
        ("旧码头改造计划明年启动——海湾日报", {}, "旧码头改造计划明年启动"),
        ("旧码头改造计划明年启动－海湾時報", {}, "旧码头改造计划明年启动"),
        ("旧码头改造计划明年启动_新闻频道_海湾网(haiwan.example)", {}, "旧码头改造计划明年启动"),
        ("港の再開発、来年春に着工へ : 地域 : 湾岸新聞オンライン", {}, "港の再開発、来年春に着工へ"),
        ("港の再開発、来年春に着工へ : 地域", {"h1": "港の再開発、来年春に着工へ"}, "港の再開発、来年春に着工へ"),
        ("港の再開発、来年春に着工へ｜地域｜湾岸ニュース", {}, "港の再開発、来年春に着工へ"),
        ("옛 부두 재개발 내년 봄 착공 - 바다일보", {}, "옛 부두 재개발 내년 봄 착공"),
        ("The old pier opens again in spring -- Bay Notes", {"h1": "The old pier opens again in spring"},
         "The old pier opens again in spring"),
        ("The old pier opens again in spring -- Island", {}, "The old pier opens again in spring"),
        ("The old pier opens again in spring : Local : Island Post", {"publisher": "Island Post", "section": "Local"},
         "The old pier opens again in spring"),
        ("The old pier opens again_Island Post", {"publisher": "Island Post"}, "The old pier opens again"),
        ("The old pier opens again in spring - Bay Notes", {"h1": "Bay Notes"}, "The old pier opens again in spring"),
        ("The old pier opens again - The Island Courier", {}, "The old pier opens again"),
    ],
)  # fmt: skip
def test_section_and_site_behind_a_headline_are_removed(text: str, page: dict[str, str], headline: str) -> None:
    assert clean(text, **page) == headline


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Island – Kelmore 2-1: a late goal in the derby", {"h1": "Island – Kelmore 2-1: a late goal in the derby"}),
        ("Island – Kelmore 2-1: a late goal", {"title": "Island – Kelmore 2-1: a late goal - The Bay Post"}),
        ("A record after ten years – Further Along", {}),
        ("Trump : nouvelle défaite au Sénat", {}),
        ("Why snake_case wins over camelCase", {}),
        ("What __init__ does", {}),
        ("A guide to MAX_VALUE -- and to MIN_VALUE", {}),
        ("Spring in the bay - a photo essay", {"h1": "Spring in the bay"}),
        ("改革开放——写在四十年之后的思考", {}),
        ("专访：旧码头的新生活", {}),
        ("2024-2025赛季揭幕战", {}),
        ("港の再開発－来年春に着工へ", {}),
        ("バンド「Ｘ_ｙ」が十年ぶりの新譜", {"h1": "バンド「Ｘ_ｙ」が十年ぶりの新譜"}),
        ("评测_全面屏时代的第一款手机到底值不值得买", {}),
    ],
)  # fmt: skip
def test_a_separator_inside_a_headline_stays(text: str, page: dict[str, str]) -> None:
    assert clean(text, **page) == text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The old pier opens again - Island Post - Local", "The old pier opens again"),
        ("Der alte Leuchtturm leuchtet wieder - Politik - Island Post", "Der alte Leuchtturm leuchtet wieder"),
        ("Ngọn hải đăng cũ sáng trở lại - Thời sự - Island Post", "Ngọn hải đăng cũ sáng trở lại"),
        ("등대 다시 불을 밝히다 < 사회 < 기사본문 - Island Post", "등대 다시 불을 밝히다"),
        ("灯台に再び明かりがともる：Island Post", "灯台に再び明かりがともる"),
        ("The old pier opens again › News › Island Post", "The old pier opens again"),
        ("Spider - the musical opens - Island Post", "Spider - the musical opens"),
        ("The pier: what now? - Island Post", "The pier: what now?"),
        ("Island Post: we were wrong", "Island Post: we were wrong"),
        ("Who won the vote in the north - Politics", "Who won the vote in the north - Politics"),
        ("Island Post - a history", "a history"),
    ],
)
def test_a_section_beside_the_name_of_the_site_is_removed(title: str, expected: str) -> None:
    assert clean_headline(title, "Island Post", "island.example") == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The old pier opens again / Island Post", "The old pier opens again"),
        ("Старый причал снова открыт :: Общество :: Island Post", "Старый причал снова открыт"),
        ("The old pier opens again ~ Island Post", "The old pier opens again"),
        ("The old pier opens again (Island Post)", "The old pier opens again"),
        ("The old pier opens again – Island Post – News for the whole island", "The old pier opens again"),
        ("Either / or: a choice", "Either / or: a choice"),
        ("The old pier (and the new one)", "The old pier (and the new one)"),
        ("The old pier opens again: why now?", "The old pier opens again: why now?"),
    ],
)
def test_the_name_of_the_site_is_removed_behind_rare_separators(title: str, expected: str) -> None:
    assert clean_headline(title, "Island Post", "island.example") == expected
