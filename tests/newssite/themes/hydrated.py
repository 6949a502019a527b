"""A hydrated page: the text in JSON-LD and in the DOM, nested boxes, promotions between paragraphs."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tests.newssite.html import (
    Card,
    Surroundings,
    alternates,
    attribute,
    body_chunks,
    card_variant,
    date_in_words,
    interleave,
    join_names,
    linked,
    section_name,
)
from tests.newssite.model import Article
from tests.newssite.plan import slug
from tests.newssite.themes import theme_file
from tests.newssite.themes.schema import structured_data

STYLE = theme_file("hydrated.css")


def _article_body(article: Article, around: Surroundings) -> str:
    """Return the text as JSON-LD of such sites has it: with paragraphs, run together, or with a promotion in it."""
    texts = [block.text for block in article.story.blocks]
    shape = article.number // 2 % 3
    if shape == 1:
        return " ".join(texts)
    if shape == 2 and around.related:
        texts.insert(1, f"{around.phrases.read_also} {around.related[0].headline}")
    return "\n\n".join(texts)


def _news_article(article: Article, around: Surroundings) -> dict[str, Any]:
    story = article.story
    people = [{"@type": "Person", "name": name} for name in story.authors]
    news: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "NewsArticle", "url": article.url, "headline": story.headline,
        "description": story.description, "articleBody": _article_body(article, around),
        "datePublished": article.published.isoformat().replace("+00:00", "Z"),
        "dateModified": (article.modified or article.published).isoformat().replace("+00:00", "Z"),
        "author": people[0] if len(people) == 1 else people, "image": [article.image],
        "articleSection": section_name(story.section, story.language), "keywords": ", ".join(story.keywords),
        "inLanguage": story.language, "isAccessibleForFree": "True" if article.free else "False",
        "publisher": {"@type": "NewsMediaOrganization", "name": around.outlet.name, "url": around.outlet.url},
    }  # fmt: skip
    return {key: value for key, value in news.items() if value != []}


def _head(article: Article, around: Surroundings) -> str:
    story = article.story
    properties = {
        "og:title": story.headline, "og:description": story.description, "og:image": article.image,
        "og:url": article.url, "og:type": "article",
    }  # fmt: skip
    meta = "".join(f'<meta property="{name}" content="{attribute(value)}"/>' for name, value in properties.items())
    return f"""<head><meta charSet="utf-8"/><meta name="viewport" content="width=device-width"/><title>{attribute(story.headline)} · {attribute(around.outlet.name)}</title>
<meta name="description" content="{attribute(story.description)}"/>{meta}
{alternates(article, around)}
{structured_data(_news_article(article, around))}
<style data-href="/_next/static/css/4c1d2e.css">{STYLE}</style></head>"""  # noqa: E501


def _header(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    items = "".join(
        f'<div class="Nav_item__R5tDd"><a href="{path}">{say(name)}</a></div>' for name, path in around.navigation
    )
    return f"""<div class="Header_wrap__T6yUu"><div class="Header_root__a81Qk"><div><a class="Header_logo__Zp2m1" href="/">{say(around.outlet.name)}</a></div><div class="Nav_root__I8oPp"><div class="Nav_list__Q9xLw"><div class="Nav_item__R5tDd"><a href="/">{say(phrases.home)}</a></div>{items}</div></div><div class="Header_search__A2sSd"><button type="button">{say(phrases.search)}</button></div></div></div>"""  # noqa: E501


def _consent(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<div class="Consent_root__f3Pp8" id="consent-banner"><div class="Consent_text__L0zXc"><div><p>{say(phrases.cookies)}</p></div></div><div class="Consent_actions__V3bNm"><div><button>{say(phrases.accept)}</button></div><div><button>{say(phrases.reject)}</button></div><div><a href="/privacy">{say(phrases.privacy)}</a></div></div></div>"""  # noqa: E501


def _byline(article: Article, around: Surroundings) -> str:
    say, phrases, story = around.say, around.phrases, article.story
    names = join_names(story.authors, phrases.conjunction)
    byline = f'<div class="Byline_authors__Z1aQw">{say(f"{phrases.by} {names}")}</div>' if names else ""
    day = date_in_words(article.published.date(), story.language)
    stamp = article.published.isoformat().replace("+00:00", "Z")
    updated = ""
    if article.modified:
        when = date_in_words(article.modified.date(), story.language)
        updated = f'<div class="Byline_updated__X2sWe">{say(f"{phrases.updated}: {when}")}</div>'
    return f"""<div class="Byline_root__c5Nn4">{byline}<div class="Byline_date__C3dEr"><time dateTime="{stamp}">{say(f"{day}, {article.published:%H:%M} UTC")}</time></div>{updated}<div class="Byline_read__V4fRt">{say(phrases.minutes)}</div></div>"""  # noqa: E501


def _figure(article: Article, around: Surroundings) -> str:
    phrases = around.phrases
    return f"""<div class="Hero_wrap__B5gTy"><figure class="Hero_figure__v1Bb6"><img src="{article.image}" alt="{attribute(phrases.caption)}"/><figcaption class="Hero_caption__k2Ss7"><span class="Hero_text__N6hYu">{around.say(phrases.caption)}</span><div class="Hero_credit__M7jUi">{around.say(phrases.image_credit)}</div></figcaption></figure></div>"""  # noqa: E501


def _related_card(card: Card, around: Surroundings) -> str:
    say = around.say
    return f"""<div class="RelatedCard_root__x7Gh2" data-component="related-card"><img src="{card.image}" alt=""/><div class="RelatedCard_body__K8iOl"><div class="RelatedCard_label__y1Ww3">{say(around.phrases.related)}</div><a href="{attribute(card.url)}"><h4>{say(card.headline)}</h4></a><div class="RelatedCard_teaser__J9kPz"><p>{say(card.teaser)}</p></div></div></div>"""  # noqa: E501


def _promo(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<aside class="Promo_root__d4Ff9"><div><strong>{say(phrases.newsletter)}</strong></div><p>{say(phrases.newsletter_text)}</p><div><button>{say(phrases.subscribe)}</button></div></aside>"""  # noqa: E501


def _ad(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f'<div class="Ad_wrap__H1lAx"><div class="Ad_slot__e8Hh0"><div>{say(phrases.advertisement)}</div></div></div><div class="Ad_after__G2mBc">{say(phrases.continue_reading)}</div>'  # noqa: E501


def _dropcap(html: str) -> str:
    """Wrap the first letter in an element of its own (a drop cap); the word stays one word."""
    if not html.startswith("<p>") or not html[3].isalpha():
        return html
    return f'<p><span class="Text_dropcap__h9Rr1">{html[3]}</span>{html[4:]}'


def _text(article: Article, around: Surroundings) -> str:
    story = article.story
    chunks = body_chunks(story.blocks, lambda text: linked(escape(text, quote=False), story.keywords))
    if story.language == "en":
        chunks[0] = _dropcap(chunks[0])
    inserts = {1: _ad(around), 2: _promo(around)}
    if around.related:
        inserts |= {3: _related_card(card_variant(around.related[0], "?utm_source=inline"), around)}
        inserts |= {6: _related_card(around.related[-1], around)}
    wrapped = [_wrapped(chunk, index) for index, chunk in enumerate(chunks)]
    return f'<div class="Article_wrap__F3nVd"><div class="Article_grid__D4bBe"><div class="Text_root__b6Jj2">\n{interleave(wrapped, inserts)}\n</div></div></div>'  # noqa: E501


def _wrapped(chunk: str, index: int) -> str:
    return f'<div class="Block_outer__S5vCf" data-index="{index}"><div class="Block_inner__P6cXg">{chunk}</div></div>'


def _foot(article: Article, around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    tags = "".join(
        f'<div class="Tag_root__O7xZh"><a href="/tag/{slug(word)}/">{say(word)}</a></div>'
        for word in article.story.keywords
    )
    share = "".join(f"<div><button>{say(name)}</button></div>" for name in ("Facebook", "Telegram", "E-mail"))
    return f"""<div class="ArticleFoot_root__I8zAj"><div class="Tag_list__U9aSk">{tags}</div><div class="Share_root__Y1sDl"><div>{say(phrases.share)}</div>{share}</div>
<div class="Support_root__T2dFm"><p>{say(phrases.support)}</p></div><div class="Comments_root__R3fGn" id="comments"><div>{say(phrases.comments)}</div><div>{say(phrases.login_comment)}</div></div></div>"""  # noqa: E501


def _rail(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    read = [card_variant(card, scheme="https") if index == 2 else card for index, card in enumerate(around.most_read)]
    boxes = list[str]()
    for title, cards in ((phrases.most_read, read), (phrases.latest_news, around.latest)):
        items = "".join(
            f'<li><div><a href="{attribute(card.url)}">{say(card.headline)}</a></div></li>' for card in cards
        )
        boxes.append(f'<div class="MostRead_root__g2Mm5"><h3>{say(title)}</h3><ol>{items}</ol></div>')
    sponsored = f'<div class="Sponsored_root__E4gHo"><div>{say(phrases.sponsored)}</div></div>'
    return f'<div class="Layout_rail__w0Lp9">{"".join(boxes)}{sponsored}</div>'


def _state(article: Article, around: Surroundings) -> str:
    cards: Sequence[Mapping[str, str]] = [{"title": card.headline, "href": card.url} for card in around.latest]
    props = {"id": article.number, "url": article.url, "related": cards, "flags": {"ads": True, "paywall": "metered"}}
    data = {"props": {"pageProps": props}, "page": "/[section]/[slug]/[id]", "buildId": "k3Vx0", "isFallback": False}
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'


def article_page(article: Article, around: Surroundings) -> str:
    say, phrases, story = around.say, around.phrases, article.story
    section, path = section_name(story.section, story.language), f"/{story.section}/"
    chip = f'<a href="{path}">{say(section)}</a>' if path in dict(around.navigation).values() else say(section)
    return f"""<!DOCTYPE html><html lang="{around.language}" dir="{around.direction}">{_head(article, around)}
<body><div id="__next"><div class="App_root__W5hJp"><div class="App_inner__Q6jKq">{_header(around)}
<div class="Layout_root__M4xv2"><div class="Layout_main__s8Tf3"><div class="Article_root__Z7kLr"><div class="Section_wrap__X8lZs"><div class="Section_chip__p3Kd8">{chip}</div></div>
<div class="Title_wrap__C9zXt"><h1 class="Title_h1__u7Yt5">{say(story.headline)}</h1></div>
{_byline(article, around)}
{_figure(article, around)}
{_text(article, around)}
{_foot(article, around)}
</div></div>
{_rail(around)}</div>
<div class="Footer_root__j6Cc3"><div>{say(around.outlet.tagline)}</div><div><a href="/about">{say(phrases.about)}</a></div><div><a href="/contact">{say(phrases.contact)}</a></div><div><a href="/terms">{say(phrases.terms)}</a></div><div>{say(f"© {around.today.year} {around.outlet.name}. {phrases.copyright}")}</div></div>
{_consent(around)}</div></div></div>
{_state(article, around)}
</body></html>
"""  # noqa: E501
