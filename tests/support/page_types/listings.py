"""Build lists of articles: front pages, sections, tags, authors, searches, archives, hubs and tables."""

from __future__ import annotations

from tests.support.page_types.maker import HOST, Maker
from tests.support.page_types.shapes import shape


@shape("front page", "section_page", "/")
def front_page(make: Maker) -> str:
    fake = make.fake
    make.meta(og_type="website", og_title=fake.site)
    blocks = [make.listing(fake.section(), teasers=6, sentences=fake.rng.choice([0, 1])) for _ in range(5)]
    return make.page(fake.site, "".join(blocks), kind="home", aside=make.links(12))


@shape("front page", "section_page", "/")
def front_page_with_long_teasers_and_dates(make: Maker) -> str:
    make.meta(og_type="article", og_title=make.fake.site)
    return make.page(make.fake.site, make.listing("", teasers=14, sentences=4), kind="home")


@shape("front page", "section_page", "/en/")
def edition_front(make: Maker) -> str:
    make.data({"@type": "WebSite", "name": make.fake.site, "url": HOST})
    return make.page(make.fake.site, make.links(10) + make.listing(make.fake.section(), teasers=24), kind="home")


@shape("section", "section_page", "/politics")
def section_without_any_data(make: Maker) -> str:
    name = make.fake.section()
    return make.page(name, make.listing(name, teasers=20, sentences=2), aside=make.links(8))


@shape("section", "section_page", "/news/local/")
def section_with_collection_data(make: Maker) -> str:
    name = make.fake.section()
    make.meta(og_type="website", og_title=name)
    make.data(
        {"@type": "CollectionPage", "name": name, "url": make.url},
        {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": name}]},
    )
    return make.page(name, make.listing(name, teasers=12, sentences=3), kind="category")


@shape("section", "section_page", "/business/")
def section_that_calls_itself_an_article(make: Maker) -> str:
    name = make.fake.section()
    make.meta(og_type="article", og_title=name, og_description=make.fake.paragraph(2))
    return make.page(name, make.listing(name, teasers=25, sentences=2), kind="category")


@shape("section", "section_page", "/sport")
def section_with_data_of_each_article(make: Maker) -> str:
    fake, name = make.fake, make.fake.section()
    make.data(*(
        {"@type": "NewsArticle", "headline": fake.headline(), "url": HOST + make.link(), "datePublished": fake.day()}
        for _ in range(10)
    ))  # fmt: skip
    return make.page(name, make.listing(name, teasers=10, sentences=2))


@shape("section", "section_page", "/culture/index.html")
def section_with_item_list(make: Maker) -> str:
    name = make.fake.section()
    entries = [{"@type": "ListItem", "position": n, "url": HOST + make.link()} for n in range(12)]
    make.data({"@type": "ItemList", "itemListElement": entries})
    return make.page(name, make.listing(name, teasers=12, sentences=3))


@shape("section", "section_page", "/thema/hafen")
def topic_with_an_introduction(make: Maker) -> str:
    name = make.fake.section()
    intro = make.text(make.fake.paragraphs(2, 3))
    return make.page(
        name, f"<h1>{name}</h1><div class='intro'>{intro}</div>" + make.listing("", teasers=22, sentences=1)
    )


@shape("tag", "section_page", "/tag/harbour/")
def tag_page(make: Maker) -> str:
    name = make.fake.section()
    make.meta(og_type="website")
    pages = "".join(f"<a class='page-numbers' href='/tag/harbour/page/{n}/'>{n}</a>" for n in range(2, 9))
    return make.page(
        name, make.listing(name, teasers=8, sentences=2) + f"<nav class='pagination'>{pages}</nav>", kind="tag"
    )


@shape("author", "section_page", "/author/martha-quill/")
def author_page(make: Maker) -> str:
    person = make.fake.person()
    make.meta(og_type="profile", og_title=person)
    make.data({"@type": "ProfilePage", "mainEntity": {"@type": "Person", "name": person}})
    about = f"<div class='author-bio'><p>{make.fake.paragraph(3)}</p></div>"
    return make.page(person, about + make.listing(person, teasers=10, sentences=2), kind="author")


@shape("author", "section_page", "/staff/{n}")
def author_page_without_data(make: Maker) -> str:
    person = make.fake.person()
    about = f"<h1>{person}</h1><p>{make.fake.paragraph(4)}</p>"
    return make.page(person, about + make.links(30))


@shape("search", "section_page", "/?s=harbour")
def search_results(make: Maker) -> str:
    title = make.fake.say("search")
    return make.page(title, make.listing(title, teasers=10, sentences=2), kind="search")


@shape("search", "section_page", "/search?q=harbour&page=2")
def search_results_of_an_engine(make: Maker) -> str:
    title = make.fake.say("search")
    form = "<form action='/search'><input name=q value=harbour><button>OK</button></form>"
    rows = "".join(
        f"<div class='result'><a href='{make.link()}'>{make.fake.headline()}</a><p>… {make.fake.sentence()} …</p>"
        f"<cite>{HOST}/…</cite></div>" for _ in range(15)
    )  # fmt: skip
    return make.page(title, f"<h1>{title}</h1>{form}<div>{rows}</div>")


@shape("archive", "section_page", "/2024/05/")
def archive_by_month(make: Maker) -> str:
    return make.page("2024-05", make.listing("2024-05", teasers=16, sentences=2), kind="date")


@shape("archive", "section_page", "/archiv/2023-11-04.html")
def archive_as_plain_links(make: Maker) -> str:
    rows = "".join(
        f"<li><span>{make.fake.number(0, 23):02}:{make.fake.number(10, 59)}</span> "
        f"<a href='{make.link()}'>{make.fake.headline()}</a></li>" for _ in range(60)
    )  # fmt: skip
    return make.page("4.11.2023", f"<h1>4.11.2023</h1><ul class='archive'>{rows}</ul>")


@shape("paginated list", "section_page", "/news?page=7")
def paginated_list(make: Maker) -> str:
    name = make.fake.section()
    make.heads.append("<link rel='prev' href='/news?page=6'><link rel='next' href='/news?page=8'>")
    return make.page(name, make.listing(name, teasers=20, sentences=2) + "<div><a href='?page=8'>8</a></div>")


@shape("live scores", "section_page", "/sport/live-scores")
def live_scores(make: Maker) -> str:
    fake = make.fake
    teams = ["Harbour FC", "Rovers", "Lantern United", "Tern City", "Quay Athletic"]
    rows = "".join(
        f"<tr><td>{fake.number(10, 23)}:00</td><td><a href='/t/{n}'>{fake.rng.choice(teams)}</a></td><td>"
        f"{fake.number(0, 5)} - {fake.number(0, 5)}</td><td><a href='/t/{n}x'>{fake.rng.choice(teams)}</a></td></tr>"
        for n in range(40)
    )  # fmt: skip
    return make.page("Live", f"<h1>Live</h1><table class='scores'>{rows}</table>")


@shape("league table", "section_page", "/sport/tables/first-division")
def league_table(make: Maker) -> str:
    fake = make.fake
    rows = "".join(
        f"<tr><td>{n}</td><td><a href='/team/{n}'>Team {n}</a></td>"
        + "".join(f"<td>{fake.number(0, 60)}</td>" for _ in range(8)) + "</tr>" for n in range(1, 21)
    )  # fmt: skip
    return make.page("First Division", f"<h1>First Division</h1><table>{rows}</table>" + make.links(25))


@shape("link hub", "section_page", "/all-topics/")
def index_of_topics(make: Maker) -> str:
    groups = "".join(
        f"<h2>{letter}</h2><ul>" + "".join(f"<li><a href='/topic/{letter}{n}'>{letter}-{make.fake.section()} {n}</a></li>"
                                           for n in range(12)) + "</ul>" for letter in "ABCDEFGH"
    )  # fmt: skip
    return make.page("A-Z", f"<h1>A-Z</h1>{groups}")


@shape("newsletter hub", "section_page", "/briefings/")
def cards_whose_whole_body_is_a_link(make: Maker) -> str:
    name = make.fake.section()
    cards = "".join(
        f"<a class='card' href='{make.link()}'><h2>{make.fake.headline()}</h2><p>{make.fake.paragraph(2)}</p>"
        f"<p>{make.fake.person()}</p></a>" for _ in range(24)
    )  # fmt: skip
    return make.page(name, f"<h1>{name}</h1><div class='grid'>{cards}</div>")


@shape("video hub", "section_page", "/video/")
def video_hub(make: Maker) -> str:
    make.meta(og_type="website")
    cards = "".join(
        f"<div class='video-card'><a href='/video/{n}'><img src='/v{n}.jpg' alt=''><span>0{n % 9}:{n + 20}</span>"
        f"<h3>{make.fake.headline()}</h3></a><p>{make.fake.sentence()}</p></div>" for n in range(24)
    )  # fmt: skip
    return make.page("Video", f"<h1>Video</h1>{cards}")
