"""A modern semantic site: JSON-LD with a graph, OpenGraph, one ``<article>`` with header, body and footer."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
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

STYLE = theme_file("schema.css")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(timezone(timedelta(hours=1))).isoformat()


def structured_data(data: Any) -> str:
    """Return a JSON-LD block; ``</`` is escaped because it would end the script."""
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _news_article(article: Article, around: Surroundings) -> dict[str, Any]:
    story, home = article.story, around.outlet.url
    news: dict[str, Any] = {
        "@type": "LiveBlogPosting" if story.genre == "live" else "NewsArticle",
        "@id": f"{article.url}#article",
        "isPartOf": {"@id": article.url},
        "mainEntityOfPage": {"@id": article.url},
        "headline": story.headline,
        "description": story.description,
        "datePublished": _stamp(article.published),
        "dateModified": _stamp(article.modified or article.published),
        "author": [{"@type": "Person", "name": name, "url": f"{home}/author/{slug(name)}/"} for name in story.authors],
        "publisher": {"@id": f"{home}/#organization"},
        "image": {"@type": "ImageObject", "url": article.image, "width": 1200, "height": 675},
        "articleSection": [section_name(story.section, story.language)],
        "keywords": list(story.keywords),
        "inLanguage": story.language,
        "isAccessibleForFree": article.free,
    }
    return {key: value for key, value in news.items() if value != []}


def _graph(article: Article, around: Surroundings) -> str:
    home, name = around.outlet.url, around.outlet.name
    crumbs = [(around.phrases.home, f"{home}/"), (article.story.section, f"{home}/{article.story.section}/")]
    graph = [
        _news_article(article, around),
        {"@type": "WebPage", "@id": article.url, "url": article.url, "isPartOf": {"@id": f"{home}/#website"}},
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": label, "item": url}
                for position, (label, url) in enumerate(crumbs, 1)
            ],
        },
        {"@type": "WebSite", "@id": f"{home}/#website", "url": f"{home}/", "name": name},
        {"@type": "Organization", "@id": f"{home}/#organization", "name": name, "url": f"{home}/"},
    ]
    return structured_data({"@context": "https://schema.org", "@graph": graph})


def _head(article: Article, around: Surroundings) -> str:
    story = article.story
    properties = {
        "og:type": "article", "og:title": story.headline, "og:description": story.description, "og:url": article.url,
        "og:image": article.image, "og:site_name": around.outlet.name, "og:locale": story.language,
        "article:published_time": _stamp(article.published),
    }  # fmt: skip
    meta = "\n".join(f'<meta property="{name}" content="{attribute(value)}">' for name, value in properties.items())
    return f"""<head>
<meta charset="utf-8">
<title>{attribute(story.headline)} – {attribute(around.outlet.name)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="description" content="{attribute(story.description)}">
<meta name="twitter:card" content="summary_large_image">
{meta}
{alternates(article, around)}
{_graph(article, around)}
<style>{STYLE}</style>
</head>"""


def _masthead(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    items = "".join(f'<li><a href="{path}">{say(name)}</a></li>' for name, path in around.navigation)
    return f"""<a class="skip-link" href="#content">{say(phrases.menu)}</a>
<header class="masthead"><a class="masthead__title" href="/">{say(around.outlet.name)}</a>
<nav class="masthead__nav" aria-label="{attribute(phrases.menu)}"><ul><li><a href="/">{say(phrases.home)}</a></li>{items}<li><a href="/account">{say(phrases.sign_in)}</a></li></ul></nav></header>"""  # noqa: E501


def _consent(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<div class="consent" role="dialog" aria-live="polite" style="background:#f2f4f5;padding:14px 24px;font:14px Arial"><p>{say(phrases.cookies)}</p><button type="button">{say(phrases.accept)}</button> <a role="button" href="#settings" style="display:block">{say(phrases.reject)}</a></div>"""  # noqa: E501


def _header(article: Article, around: Surroundings) -> str:
    say, phrases, story = around.say, around.phrases, article.story
    section = section_name(story.section, story.language)
    names = join_names(story.authors, phrases.conjunction)
    byline = f'<p class="article__byline" rel="author">{say(f"{phrases.by} {names}")}</p>' if names else ""
    shown = f"{date_in_words(article.published.date(), story.language)}, {article.published:%H:%M} UTC"
    return f"""<header class="article__header">
<a class="article__kicker" href="/{story.section}/">{say(section)}</a>
<h1 class="article__headline">{say(story.headline)}</h1>
<p class="article__standfirst">{escape(story.description, quote=False)}</p>
<div class="article__meta">{byline}
<p>{say(f"{phrases.published} {shown}")}<time datetime="{_stamp(article.published)}"></time></p><p class="article__readtime">{say(phrases.minutes)}</p></div>
</header>"""  # noqa: E501


def _figure(article: Article, around: Surroundings) -> str:
    phrases = around.phrases
    around.say(f"{phrases.caption} {phrases.image_credit}")
    return f"""<figure class="article__figure"><img src="{article.image}" alt="{attribute(phrases.caption)}" width="1200" height="675">
<figcaption>{around.say(phrases.caption)} <span class="credit">{around.say(phrases.image_credit)}</span></figcaption></figure>"""  # noqa: E501


def _advert(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<div class="inline-ad" data-ad-slot="mid" aria-hidden="true"><p class="inline-ad__label">{say(phrases.advertisement)}</p><div class="inline-ad__slot"></div><p class="inline-ad__continue">{say(phrases.continue_reading)}</p></div>"""  # noqa: E501


def _signup(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<aside class="newsletter-signup"><h3>{say(phrases.newsletter)}</h3><p>{say(phrases.newsletter_text)}</p><form action="/newsletter"><input type="email" aria-label="{attribute(phrases.email)}"><button>{say(phrases.subscribe)}</button></form></aside>"""  # noqa: E501


def _related_inline(card: Card, around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f'<aside class="related-inline"><p>{say(phrases.related)}</p><a href="{attribute(card.url)}">{say(card.headline)}</a></aside>'  # noqa: E501


def _body(article: Article, around: Surroundings) -> str:
    story = article.story
    chunks = body_chunks(story.blocks, lambda text: linked(escape(text, quote=False), story.keywords))
    inserts = {1: _advert(around), 4: _signup(around)}
    if around.related:
        inserts[3] = _related_inline(around.related[0], around)
    return f'<div class="article__body" itemprop="articleBody">\n{interleave(chunks, inserts)}\n</div>'


def _footer(article: Article, around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    share = "".join(
        f'<li><a href="https://{name.lower()}.example/share?u={article.url}">{say(name)}</a></li>'
        for name in ("Facebook", "X", "LinkedIn")
    )
    tags = "".join(f'<li><a href="/tag/{slug(word)}/">{say(word)}</a></li>' for word in article.story.keywords)
    return f"""<footer class="article__footer"><section class="topics" aria-label="{attribute(phrases.tags)}"><ul>{tags}</ul></section>
<section class="article__share"><p>{say(phrases.share)}</p><ul>{share}<li><button>{say(phrases.copy_link)}</button></li></ul></section>
<p class="article__corrections">{say(phrases.corrections)}</p>
<section id="comments"><h2>{say(phrases.comments)}</h2><p>{say(phrases.login_comment)}</p></section></footer>"""  # noqa: E501


def _grid(cards: Sequence[Card], around: Surroundings) -> str:
    items = "\n".join(
        f'<div class="more-grid__item"><a href="{attribute(card.url)}"><img src="{card.image}" alt="" loading="lazy"><h3>{around.say(card.headline)}</h3></a><time>{around.say(card.date)}</time><p>{around.say(card.teaser)}</p></div>'  # noqa: E501
        for card in cards
    )
    return f'<section class="more"><h2>{around.say(around.phrases.related_news)}</h2><div class="more-grid">{items}</div></section>'  # noqa: E501


def _sidebar(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    lists = list[str]()
    read = [card_variant(card, "#comments") for card in around.most_read]
    for title, cards in ((phrases.latest_news, around.latest), (phrases.most_read, read)):
        items = "".join(f'<li><a href="{attribute(card.url)}">{say(card.headline)}</a></li>' for card in cards)
        lists.append(f"<section><h2>{say(title)}</h2><ol>{items}</ol></section>")
    return f'<aside class="sidebar">{"".join(lists)}<p class="support">{say(phrases.support)}</p></aside>'


def article_page(article: Article, around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    related = [card_variant(card, "?utm_source=related&utm_campaign=article-end") for card in around.related]
    return f"""<!DOCTYPE html>
<html lang="{around.language}" dir="{around.direction}">
{_head(article, around)}
<body>
{_masthead(around)}
<main id="content" class="layout">
<article class="article">
{_header(article, around)}
{_figure(article, around)}
{_body(article, around)}
{_footer(article, around)}
</article>
{_sidebar(around)}
</main>
{_grid(related, around)}
{_consent(around)}
<footer class="site-footer"><p>{say(around.outlet.tagline)}</p><ul><li><a href="/about">{say(phrases.about)}</a></li><li><a href="/contact">{say(phrases.contact)}</a></li><li><a href="/privacy">{say(phrases.privacy)}</a></li></ul><p>{say(f"© {around.today.year} {around.outlet.name}. {phrases.copyright}")}</p></footer>
</body></html>
"""  # noqa: E501
