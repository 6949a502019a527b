"""Build pages with text that are not news: about pages, products, jobs, events, discussions, pictures and videos."""

from __future__ import annotations

from tests.support.page_types.maker import HOST, Maker
from tests.support.page_types.shapes import shape


def _service(make: Maker, which: int, *, paragraphs: int = 8) -> str:
    title = make.fake.words["service"][which]
    parts = "".join(
        f"<h2>{n}. {make.fake.section()}</h2>" + make.text([make.fake.paragraph(4)]) for n in range(1, paragraphs)
    )
    return make.page(title, f"<h1>{title}</h1><div class='content'>{parts}</div>", kind="service")


@shape("about", "utility_page", "/about-us/")
def about_page(make: Maker) -> str:
    make.meta(og_type="article", og_title=make.fake.words["service"][0])
    make.data(
        {"@type": "AboutPage", "datePublished": "2020-01-01T00:00:00+00:00", "name": make.fake.words["service"][0]}
    )
    return _service(make, 0)


@shape("about", "utility_page", "/o-nas")
def about_page_without_data(make: Maker) -> str:
    return _service(make, 0, paragraphs=4)


@shape("contact", "utility_page", "/kontakt/")
def contact_page(make: Maker) -> str:
    title = make.fake.words["service"][1]
    form = "<form><input name=name><input name=mail><textarea></textarea><button>OK</button></form>"
    text = make.text(
        [f"{make.fake.site}, Quay Street 1, 10115 Harbourtown", "Tel. +00 30 123456", make.fake.paragraph(2)]
    )
    return make.page(title, f"<h1>{title}</h1>{text}{form}", kind="service")


@shape("privacy", "utility_page", "/privacy-policy")
def privacy_page(make: Maker) -> str:
    make.meta(og_type="article", og_title=make.fake.words["service"][2])
    return _service(make, 2, paragraphs=20)


@shape("terms", "utility_page", "/page/{n}")
def terms_page_with_an_unspeaking_address(make: Maker) -> str:
    return _service(make, 3, paragraphs=12)


@shape("product", "product_page", "/product/lighthouse-lamp")
def product_page(make: Maker) -> str:
    make.meta(og_type="product", og_title="Lamp", product_price__amount="49.00")
    make.data(
        {"@type": "Product", "name": "Lamp", "offers": {"@type": "Offer", "price": "49.00", "priceCurrency": "EUR"}}
    )
    text = make.text(make.fake.paragraphs(3, 3))
    return make.page(
        "Lamp", f"<h1>Lamp</h1><span class='price'>€ 49</span><button>{make.fake.say('shop')}</button>{text}"
    )


@shape("product", "product_page", "/shop/p-{n}.html")
def product_page_without_metas(make: Maker) -> str:
    offer = {"@type": "AggregateOffer", "lowPrice": "12.00"}
    make.data({"@type": ["Product", "Book"], "name": "Harbour Atlas", "sku": "HA-1", "offers": offer})
    text = make.text(make.fake.paragraphs(4, 4))
    form = f"<form><a class='btn' href='/cart?add=1'>{make.fake.say('shop')}</a></form>"
    return make.page("Harbour Atlas", f"<h1>Harbour Atlas</h1><p>€ 12,00</p>{form}{text}")


@shape("job", "job_ad", "/jobs/{slug}")
def job_ad(make: Maker) -> str:
    make.data({"@type": "JobPosting", "title": "Editor", "datePosted": make.fake.day(),
               "hiringOrganization": {"@type": "Organization", "name": make.fake.site}})  # fmt: skip
    text = make.text(make.fake.paragraphs(5, 3))
    return make.page("Editor", f"<h1>Editor</h1>{text}<a href='/apply'>{make.fake.say('job')}</a>")


@shape("job", "job_ad", "/stellenangebote/{n}-redakteur-mwd")
def job_ad_without_data(make: Maker) -> str:
    items = "".join(f"<li>{make.fake.sentence()}</li>" for _ in range(6))
    title = make.fake.rng.choice(["Redakteur (m/w/d)", "Ingénieur H/F", "Editor (m/f/d)", "Redactor (m/v/x)"])
    main = f"<h1>{title}</h1><p>{make.fake.paragraph(3)}</p><ul>{items}</ul><a href='/a'>{make.fake.say('job')}</a>"
    return make.page(title, main)


@shape("event", "event_listing", "/events/{slug}")
def event_page(make: Maker) -> str:
    make.data({"@type": "MusicEvent", "name": "Harbour Night", "startDate": "2026-07-03T20:00", "location": {
        "@type": "Place", "name": "Quay Hall"}})  # fmt: skip
    text = make.text(make.fake.paragraphs(2, 3))
    return make.page("Harbour Night", f"<h1>Harbour Night</h1><p>3.7. 20:00, Quay Hall</p>{text}")


@shape("event", "event_listing", "/veranstaltungen/{slug}")
def event_page_without_data(make: Maker) -> str:
    text = make.text(make.fake.paragraphs(1, 2))
    main = f"<h1>Harbour Night</h1><p>3.7.2026 20:00</p><p>Quay Hall</p>{text}<p><a href='/t'>{make.fake.say('tickets')}</a></p>"
    return make.page("Harbour Night", main + "<ul><li>iCal</li></ul>")


@shape("forum thread", "forum_thread", "/viewtopic.php?t={n}")
def bulletin_board_thread(make: Maker) -> str:
    posts = "".join(
        f"<div class='post' id='p{n}'><p class='author'>by <a href='/u/{n}'>user{n}</a> » {make.fake.day()}</p>"
        f"<div class='content'>{make.fake.paragraph(2)}</div><a href='#'>{make.fake.say('reply')}</a></div>" for n in range(9)
    )  # fmt: skip
    return make.page("Old lamps", f"<h2 class='topic-title'>Old lamps</h2>{posts}")


@shape("forum thread", "forum_thread", "/t/old-lamps/{n}")
def discussion_with_data(make: Maker) -> str:
    make.heads.append("<meta name='generator' content='Discourse 3.4.0'>")
    make.data({"@type": "DiscussionForumPosting", "headline": "Old lamps", "datePublished": make.fake.day()})
    posts = "".join(
        f"<div class='topic-body crawler-post'><span class='creator'>user{n}</span><time datetime='{make.fake.day()}'></time>"
        f"<div class='post'><p>{make.fake.paragraph(2)}</p></div></div>" for n in range(12)
    )  # fmt: skip
    return make.page("Old lamps", f"<h1>Old lamps</h1>{posts}")


@shape("forum thread", "forum_thread", "/questions/{n}/how-to-mend-a-lamp")
def question_and_answers(make: Maker) -> str:
    make.data({"@type": "QAPage", "mainEntity": {"@type": "Question", "name": "How to mend a lamp?", "answerCount": 3}})
    answers = "".join(f"<div class='answer'><p>{make.fake.paragraph(3)}</p></div>" for _ in range(3))
    return make.page("How to mend a lamp?", f"<h1>How to mend a lamp?</h1><p>{make.fake.sentence()}</p>{answers}")


@shape("video", "video_page", "/video/{slug}")
def video_with_a_line(make: Maker) -> str:
    headline = make.fake.headline()
    make.meta(og_type="video.other", og_title=headline, og_video=f"{HOST}/v.mp4")
    make.data({"@type": "VideoObject", "name": headline, "uploadDate": make.fake.day(), "contentUrl": f"{HOST}/v.mp4"})
    main = f"<h1>{headline}</h1><video src='/v.mp4'></video><p>{make.fake.sentence()}</p>" + make.links(12)
    return make.page(headline, main)


@shape("video", "video_page", "/watch/{slug}")
def video_without_text(make: Maker) -> str:
    headline = make.fake.headline()
    make.meta(og_type="video", og_title=headline)
    player = "<iframe src='https://player.example/embed/1'></iframe>"
    return make.page(headline, f"<h1>{headline}</h1>{player}" + make.links(20))


@shape("gallery", "gallery", "/fotostrecke/{slug}")
def gallery_of_captions(make: Maker) -> str:
    headline = make.fake.headline()
    figures = "".join(
        f"<figure><img src='/p{n}.jpg' alt=''><figcaption>{make.fake.sentence()}</figcaption></figure>"
        for n in range(12)
    )
    return make.page(headline, f"<h1>{headline}</h1><div class='slides'>{figures}</div>")


@shape("gallery", "gallery", "/photos/{slug}")
def gallery_with_data(make: Maker) -> str:
    headline = make.fake.headline()
    make.data({"@type": "ImageGallery", "name": headline, "datePublished": make.fake.day()})
    figures = "".join(f"<figure><img src='/p{n}.jpg'><figcaption>{n + 1}/9</figcaption></figure>" for n in range(9))
    return make.page(headline, f"<h1>{headline}</h1><p>{make.fake.sentence()}</p>{figures}")
