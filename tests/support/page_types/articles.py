"""Build articles that are easily mistaken for other page types."""

from __future__ import annotations

from tests.support.page_types.maker import Maker
from tests.support.page_types.shapes import shape

KIND, OK, STORY = "article", "article", "/news/{slug}"


def _article(make: Maker, body: str, *, aside: str = "", footer: str | None = None, dated: bool = True) -> str:
    headline = make.fake.headline()
    day, author = (make.fake.day(), make.fake.person()) if dated else ("", "")
    return make.page(headline, make.article(headline, body, day=day, author=author), kind="article", aside=aside,
                     footer=footer)  # fmt: skip


@shape(KIND, OK, STORY)
def plain_article(make: Maker) -> str:
    headline = make.fake.headline()
    make.article_data(headline)
    make.meta(og_type="article", og_title=headline, article_published_time="2024-05-03T08:00:00Z")
    return _article(make, make.text(make.fake.paragraphs(9)), aside=make.links(8))


@shape(KIND, OK, STORY)
def brief_of_two_sentences(make: Maker) -> str:
    return _article(make, make.text([make.fake.paragraph(2)]))


@shape(KIND, OK, STORY)
def brief_among_hundreds_of_links(make: Maker) -> str:
    make.meta(og_type="article")
    return _article(make, make.text([make.fake.paragraph(3)]), aside=make.links(150), footer=make.links(60))


@shape(KIND, OK, STORY)
def article_without_any_data_or_date(make: Maker) -> str:
    return _article(make, make.text(make.fake.paragraphs(7)), dated=False)


@shape(KIND, OK, STORY)
def article_above_a_river_of_teasers(make: Maker) -> str:
    make.meta(og_type="website")
    body = (
        make.text(make.fake.paragraphs(6))
        + "<div class='more-of-the-day'>"
        + make.listing("", teasers=25, sentences=2)
        + "</div>"
    )
    return _article(make, body)


@shape(KIND, OK, "/live/{slug}")
def live_blog(make: Maker) -> str:
    headline = make.fake.headline()
    make.data({"@type": "LiveBlogPosting", "headline": headline, "coverageStartTime": "2024-05-03T08:00:00Z"})
    posts = "".join(
        f"<div class='post' id='p{n}'><h3>{23 - n}:05</h3><h2>{make.fake.headline()}</h2><p>{make.fake.paragraph(2)}</p></div>"
        for n in range(15)
    )
    return make.page(headline, f"<h1>{headline}</h1><div class='updates'>{posts}</div>")


@shape(KIND, OK, STORY)
def live_blog_without_data(make: Maker) -> str:
    posts = "".join(
        f"<article><time datetime='{make.fake.day()}T{23 - n}:05:00Z'>{23 - n}:05</time><h2>{make.fake.headline()}</h2>"
        f"<p>{make.fake.paragraph(3)}</p></article>" for n in range(12)
    )  # fmt: skip
    headline = make.fake.headline()
    return make.page(headline, f"<h1>{headline}</h1><p>{make.fake.paragraph(2)}</p>{posts}")


@shape(KIND, OK, STORY)
def list_of_ten(make: Maker) -> str:
    body = make.text([make.fake.paragraph(3)]) + "".join(
        f"<h2>{n}. {make.fake.headline()}</h2><img src='/l{n}.jpg'>" + make.text([make.fake.paragraph(3)])
        for n in range(10, 0, -1)
    )
    return _article(make, body)


@shape(KIND, OK, "/best-lamps-{n}")
def list_whose_headings_are_links(make: Maker) -> str:
    headline = make.fake.headline()
    make.meta(og_type="article", og_title=headline)
    body = make.text(make.fake.paragraphs(2)) + "".join(
        f"<h3><a href='https://shop{n}.example/x'>{make.fake.headline()}</a></h3>" + make.text([make.fake.paragraph(4)])
        for n in range(8)
    )
    return _article(make, body)


@shape(KIND, OK, STORY)
def interview(make: Maker) -> str:
    turns = []
    for _ in range(10):
        turns += [f"<strong>{make.fake.sentence()}</strong>", make.fake.paragraph(2)]
    return _article(make, make.text(turns), aside=make.links(40))


@shape(KIND, OK, "/opinion/{slug}")
def opinion(make: Maker) -> str:
    make.data({"@type": "OpinionNewsArticle", "headline": make.fake.headline()})
    return _article(make, make.text(make.fake.paragraphs(5, 5)), aside=make.listing(make.fake.section(), teasers=6))


@shape(KIND, OK, "/poems/{slug}")
def poem(make: Maker) -> str:
    make.meta(og_type="article")
    verses = "".join("<p>" + "<br>".join(make.fake.headline() for _ in range(4)) + "</p>" for _ in range(6))
    return _article(make, verses)


@shape(KIND, OK, "/food/{slug}")
def recipe(make: Maker) -> str:
    headline = make.fake.headline()
    make.data({"@type": "Recipe", "name": headline, "datePublished": "2024-01-02"})
    parts = "".join(f"<li>{make.fake.number(50, 500)} g {make.fake.section()}</li>" for _ in range(8))
    steps = "".join(f"<li>{make.fake.sentence()}</li>" for _ in range(7))
    return _article(make, make.text([make.fake.paragraph(2)]) + f"<ul>{parts}</ul><ol>{steps}</ol>")


@shape(KIND, OK, "/photos/{slug}")
def photo_essay_with_text(make: Maker) -> str:
    body = "".join(
        f"<figure><img src='/e{n}.jpg'><figcaption>{make.fake.sentence()}</figcaption></figure>"
        + make.text([make.fake.paragraph(3)]) for n in range(8)
    )  # fmt: skip
    return _article(make, body)


@shape(KIND, OK, STORY)
def paragraph_before_the_paywall(make: Maker) -> str:
    headline = make.fake.headline()
    make.article_data(headline, isAccessibleForFree=False)
    body = make.text([make.fake.paragraph(4)]) + f"<div class='paywall-offer'>{make.fake.say('paywall')}</div>"
    return _article(make, body, aside=make.links(20))


@shape(KIND, OK, STORY)
def article_about_a_missing_page(make: Maker) -> str:
    title, text = make.fake.pair("missing")
    make.article_data(title)
    main = make.article(title, make.text([text, *make.fake.paragraphs(6)]), day=make.fake.day())
    return make.page(title, main, kind="article")


@shape(KIND, OK, STORY)
def article_below_a_cookie_banner(make: Maker) -> str:
    title, text = make.fake.pair("consent")
    banner = f"<div id='banner' class='cmp'><h2>{title}</h2><p>{text}</p></div>"
    headline = make.fake.headline()
    return make.page(headline, banner + make.article(headline, make.text(make.fake.paragraphs(5)), day=make.fake.day()))


@shape(KIND, OK, STORY)
def article_with_a_login_box(make: Maker) -> str:
    box = f"<form class='box'><h4>{make.fake.say('login')}</h4><input type=password></form>"
    return _article(make, make.text(make.fake.paragraphs(4)), aside=box + make.links(10))


@shape(KIND, OK, "/video/{slug}")
def video_with_an_article(make: Maker) -> str:
    headline = make.fake.headline()
    make.meta(og_type="video.other", og_title=headline)
    make.data({"@type": "VideoObject", "name": headline})
    return _article(make, "<video src='/v.mp4'></video>" + make.text(make.fake.paragraphs(6)))


@shape(KIND, OK, "/reviews/{slug}")
def review_of_a_product(make: Maker) -> str:
    headline = make.fake.headline()
    make.data(
        {"@type": "Product", "name": "Lamp"},
        {"@type": "Article", "headline": headline, "datePublished": make.fake.day()},
    )
    return _article(make, make.text(make.fake.paragraphs(6)) + f"<a href='/x'>{make.fake.say('shop')}</a>")


@shape(KIND, OK, "/sport/{slug}")
def match_report_with_event_data(make: Maker) -> str:
    headline = make.fake.headline()
    make.data({"@type": "SportsEvent", "name": "Rovers - United"}, {"@type": "NewsArticle", "headline": headline})
    table = (
        "<table>"
        + "".join(f"<tr><td>{n}</td><td>Team {n}</td><td>{n * 3}</td></tr>" for n in range(1, 12))
        + "</table>"
    )
    return _article(make, make.text(make.fake.paragraphs(3)) + table, aside=make.links(90))


@shape(KIND, OK, "/jobs-report-{slug}")
def article_about_jobs(make: Maker) -> str:
    return _article(make, make.text(make.fake.paragraphs(5)) + f"<a href='/jobs'>{make.fake.say('job')}</a>")


@shape(KIND, OK, "/?p={n}")
def article_named_by_its_query(make: Maker) -> str:
    return _article(make, make.text(make.fake.paragraphs(4)), dated=False)


@shape(KIND, OK, "/news/{slug}/comments")
def article_with_a_long_discussion(make: Maker) -> str:
    comments = "".join(
        f"<li class='comment'><b>user{n}</b> <p>{make.fake.paragraph(2)}</p><a href='#'>{make.fake.say('reply')}</a></li>"
        for n in range(30)
    )
    body = make.text(make.fake.paragraphs(5)) + f"<ol class='comment-list'>{comments}</ol>"
    return _article(make, body)
