"""Build shapes written after the rules, to measure the rules on pages that nobody had in mind."""

from __future__ import annotations

from tests.support.page_types.maker import Maker
from tests.support.page_types.shapes import shape

STORY = "/news/{slug}"


@shape("section", "section_page", "/world")
def hero_and_bullets(make: Maker) -> str:
    fake, name = make.fake, make.fake.section()
    make.meta(og_type="website", og_title=name)
    hero = f"<div class='hero'><a href='{make.link()}'><h2>{fake.headline()}</h2></a><p>{fake.paragraph(5)}</p></div>"
    rows = "".join(
        f"<section><h3><a href='{make.link()}'>{fake.headline()}</a></h3><p>{fake.paragraph(2)}</p>{make.links(3)}</section>"
        for _ in range(12)
    )
    return make.page(name, f"<h1>{name}</h1>{hero}{rows}")


@shape("section", "section_page", "/latest")
def ticker_of_headlines(make: Maker) -> str:
    rows = "".join(
        f"<li><span class='ago'>{n + 2} min</span><a href='{make.link()}'><span>{make.fake.headline()}</span></a></li>"
        for n in range(40)
    )
    return make.page(make.fake.section(), f"<ol class='ticker'>{rows}</ol>")


@shape("section", "section_page", "/blog")
def blog_with_whole_posts(make: Maker) -> str:
    posts = "".join(
        f"<article><h2><a href='{make.link()}'>{make.fake.headline()}</a></h2><time datetime='{make.fake.day()}'></time>"
        f"{make.text(make.fake.paragraphs(3))}</article>" for _ in range(8)
    )  # fmt: skip
    return make.page("Blog", posts, aside=make.links(20))


@shape("tag", "section_page", "/tags/ferry")
def tag_page_with_the_data_of_one_article(make: Maker) -> str:
    make.data({"@type": "WebPage", "name": "ferry"}, {"@type": "BreadcrumbList", "itemListElement": []})
    rows = "".join(
        f"<div class='row'><img src='/i{n}.jpg'><div><a href='{make.link()}'><b>{make.fake.headline()}</b></a><br>"
        f"{make.fake.sentence()}</div></div>" for n in range(20)
    )  # fmt: skip
    return make.page("ferry", f"<h1>#ferry</h1>{rows}")


@shape("tables", "section_page", "/markets/quotes")
def quotes(make: Maker) -> str:
    rows = "".join(
        f"<tr><td><a href='/q/{n}'>QY{n}</a></td><td>{make.fake.number(1, 900)}.{n}</td><td>+0.{n} %</td></tr>"
        for n in range(50)
    )
    return make.page("Quotes", f"<h1>Quotes</h1><table>{rows}</table>")


@shape("search", "section_page", "/search?q=zzz")
def search_without_results(make: Maker) -> str:
    return make.page(make.fake.say("search"), f"<h1>{make.fake.say('search')}</h1><p>0</p>" + make.links(8))


@shape("bot challenge", "bot_challenge", STORY)
def challenge_in_other_words(make: Maker) -> str:
    said = make.fake.rng.choice([
        ("Security Checkpoint", "We're verifying your browser. Website owner? Fix this."),
        ("news.example", "Please complete the security check to access news.example. Completing the CAPTCHA proves you are human."),
        ("Human Verification", "Let's confirm you are human. Complete the security check before continuing."),
        ("Zugriff verweigert", "Ihre Anfrage wurde von unserem Sicherheitssystem blockiert."),
        ("Доступ ограничен", "Пожалуйста, подтвердите, что запросы отправляли вы, а не робот."),
        ("403 Forbidden", "You don't have permission to access this resource."),
    ])  # fmt: skip
    return make.bare(said[0], f"<h1>{said[0]}</h1><p>{said[1]}</p>")


@shape("soft 404", "soft_404", STORY)
def missing_in_other_words(make: Maker) -> str:
    said = make.fake.rng.choice([
        ("Siden findes ikke", "Vi kan desværre ikke finde den side, du leder efter."), ("Fant ikke siden", "Beklager, siden finnes ikke."),
        ("Страницата не е намерена", "Съжаляваме, тази страница не съществува."), ("Stranica nije pronađena", "Žao nam je."),
        ("Oops!", "We can't seem to find the page you're looking for."), ("Ooops", "Diese Seite gibt es leider nicht mehr."),
        ("Cette page n’existe plus", "Elle a peut-être été déplacée."), ("Whoops", "This story is no longer available."),
    ])  # fmt: skip
    return make.page(said[0], f"<h1>{said[0]}</h1><p>{said[1]}</p>" + make.links(5))


@shape("consent wall", "consent_wall", STORY)
def consent_in_other_words(make: Maker) -> str:
    said = make.fake.rng.choice([
        ("Your privacy, your choice", "We and our 842 partners store and/or access information on a device, such as unique IDs in cookies."),
        ("Nutzen Sie die Seite mit Werbung und Cookies", "Mit Werbung weiterlesen oder werbefrei im Pur-Abo."),
        ("Le respect de votre vie privée est notre priorité", "Avec nos 600 partenaires, nous traitons vos données."),
        ("Bevor Sie weiterlesen", "Wir und unsere 210 Partner verwenden Cookies. Alle akzeptieren?"),
    ])  # fmt: skip
    return make.bare(said[0], f"<div role='dialog'><h2>{said[0]}</h2><p>{said[1]}</p><button>OK</button></div>")


@shape("paywall", "paywall", STORY)
def paywall_in_other_words(make: Maker) -> str:
    headline = make.fake.headline()
    make.article_data(headline)
    said = make.fake.rng.choice(["Continue reading with a digital subscription. Subscribe to read the full story.",
                                  "Diesen Artikel weiterlesen mit dem Digitalabo.", "Cet article est réservé aux abonnés."])  # fmt: skip
    return make.page(headline, make.article(headline, f"<div class='wall'><p>{said}</p></div>", day=make.fake.day()))


@shape("privacy", "utility_page", "/info/{n}")
def long_cookie_policy(make: Maker) -> str:
    title = make.fake.words["service"][2]
    rows = "".join(f"<tr><td>_ck{n}</td><td>{make.fake.sentence()}</td><td>{n} d</td></tr>" for n in range(20))
    make.meta(og_type="website", og_title=f"{title} | {make.fake.site}")
    return make.page(title, f"<h1>{title}</h1>{make.text(make.fake.paragraphs(9))}<table>{rows}</table>")


@shape("audio", "video_page", "/podcasts/{slug}")
def episode_with_a_line(make: Maker) -> str:
    headline = make.fake.headline()
    make.data({"@type": "PodcastEpisode", "name": headline, "datePublished": make.fake.day()})
    return make.page(
        headline, f"<h1>{headline}</h1><audio src='/a.mp3'></audio><p>{make.fake.paragraph(2)}</p>" + make.links(15)
    )


@shape("article", "article", STORY)
def questions_and_answers_with_data(make: Maker) -> str:
    headline = make.fake.headline()
    make.data(
        {"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": make.fake.headline()} for _ in range(4)]}
    )
    body = "".join(f"<h3>{make.fake.headline()}?</h3>" + make.text([make.fake.paragraph(3)]) for _ in range(6))
    return make.page(headline, make.article(headline, body, day=make.fake.day()), aside=make.links(30))


@shape("article", "article", STORY)
def round_up_of_links(make: Maker) -> str:
    headline = make.fake.headline()
    make.meta(og_type="article", og_title=headline)
    rows = [
        f"<a href='https://other{n}.example/{n}'>{make.fake.headline()}</a>: {make.fake.paragraph(3)}" for n in range(9)
    ]
    return make.page(headline, make.article(headline, make.text([make.fake.paragraph(3), *rows]), day=make.fake.day()))


@shape("article", "article", "/kolumne")
def column_at_a_short_address(make: Maker) -> str:
    headline = make.fake.headline()
    return make.page(headline, make.article(headline, make.text(make.fake.paragraphs(8)), author=make.fake.person()))


@shape("article", "article", STORY)
def timeline(make: Maker) -> str:
    headline = make.fake.headline()
    rows = "".join(
        f"<li><time datetime='{make.fake.day()}'>{make.fake.day()}</time><p>{make.fake.paragraph(2)}</p></li>"
        for _ in range(12)
    )
    return make.page(
        headline, f"<h1>{headline}</h1><p>{make.fake.paragraph(2)}</p><ul>{rows}</ul>", aside=make.links(25)
    )


@shape("article", "article", "/2024/05/03/{slug}/")
def article_with_related_links_between(make: Maker) -> str:
    headline = make.fake.headline()
    parts = [part for text in make.fake.paragraphs(8) for part in (
        text, f"<a href='{make.link()}'>{make.fake.headline()}</a>")]  # fmt: skip
    return make.page(headline, make.article(headline, make.text(parts), day=make.fake.day()), aside=make.links(60))


@shape("article", "article", STORY)
def article_of_a_page_with_a_consent_title_in_a_box(make: Maker) -> str:
    headline, (title, text) = make.fake.headline(), make.fake.pair("consent")
    body = make.text(make.fake.paragraphs(3)) + f"<div class='box'><h3>{title}</h3><p>{text}</p></div>"
    return make.page(
        headline, make.article(headline, body), footer=make.links(30) + f"<h3>{make.fake.say('login')}</h3>"
    )


@shape("article", "article", "/press/{slug}")
def letter_to_the_editor(make: Maker) -> str:
    headline = make.fake.headline()
    return make.page(headline, make.article(headline, make.text([make.fake.paragraph(5)]), author=make.fake.person()))
