"""The whole site, built: every answer of both hosts, and the truth about every article."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from random import Random

from tests.newssite.feeds import add_feeds, add_robots, add_sitemaps
from tests.newssite.html import Card, Outlet, Surroundings, section_name
from tests.newssite.listings import add_fronts, add_sections, add_static, add_tags, author_pages, surroundings
from tests.newssite.model import Article, NewsSite, Page, TruthArticle
from tests.newssite.plan import CHANGED, COPY, GONE, STANDARD, SYNDICATED, plan_articles
from tests.newssite.register import Register, card_of, is_new, lasting
from tests.newssite.specials import (
    LATIN_1,
    OFF_SITE,
    add_gone,
    add_pictures,
    add_specials,
    amp_page,
    answer_of,
    plain_latin_1,
)
from tests.newssite.themes import classic as classic_theme
from tests.newssite.themes import hydrated, schema, tagdiv

__all__ = ["NewsSite", "Page", "TruthArticle", "build_site"]

HOST_URLS = ("http://127.0.0.1:8471", "http://localhost:8472")
RENDERERS: dict[str, Callable[[Article, Surroundings], str]] = {
    "tagdiv": tagdiv.article_page,
    "schema": schema.article_page,
    "classic": classic_theme.article_page,
    "hydrated": hydrated.article_page,
}
_FOUND_BY = {
    "front": "front", "section": "section", "deep-section": "section", "feed": "feed", "rdf": "feed",
    "news-sitemap": "sitemap", "sitemap": "sitemap",
}  # fmt: skip


def build_site(
    seed: int = 1,
    edition: int = 1,
    articles: int | None = None,
    host_urls: tuple[str, str] = HOST_URLS,
    *,
    today: date | None = None,
    crawl_delay: float | None = None,
) -> NewsSite:
    """Build both hosts of one edition.

    *articles* counts the texts that a crawler may store, so not the copy on the second host; the standard is 88, and
    fewer are an error. Dates are reckoned back from *today* (UTC; the real date unless given). *crawl_delay* is
    written into robots.txt.
    """
    count, day = articles or STANDARD, today or datetime.now(UTC).date()
    if count < STANDARD:
        raise ValueError(f"the site has at least {STANDARD} articles, {count} were asked for: leave the option out")
    if edition not in (1, 2):
        raise ValueError(f"there is no edition {edition}: choose 1 or 2")
    planned = plan_articles(seed, edition, count, host_urls, day)
    planned[LATIN_1] = plain_latin_1(planned[LATIN_1])
    register = _register(planned, edition, host_urls, day, crawl_delay)
    _render_articles(register, seed)
    for add in (add_specials, add_gone, add_feeds, add_sitemaps, add_robots, add_sections, add_fronts):
        add(register)
    for add in (add_tags, add_static, add_pictures):
        add(register)
    truth = tuple(_truth(register, article) for article in planned.values())
    private = {article.url for article in planned.values() if article.role == "private"}
    disallowed = frozenset(private | {f"{url}/search" for url in host_urls})
    return NewsSite(
        seed, edition, day, host_urls, dict(enumerate(register.pages)), truth, frozenset(register.lines.said),
        special=register.special, disallowed=disallowed, must_not_be_fetched=disallowed | {OFF_SITE},
    )  # fmt: skip


def _register(
    planned: dict[int, Article], edition: int, urls: tuple[str, str], today: date, crawl_delay: float | None
) -> Register:
    everyone = list(planned.values())
    outlets = (
        Outlet("The Harbour Courier", urls[0], "Independent since the first ferry.", author_pages(everyone, 0)),
        Outlet("Meridian Post", urls[1], "News from both sides of the river.", author_pages(everyone, 1)),
    )
    gone = frozenset({GONE}) if edition > 1 else frozenset[int]()
    return Register(today, outlets, planned, gone, crawl_delay)


def _render_articles(register: Register, seed: int) -> None:
    newest = [register.on(host, "open") for host in (0, 1)]
    pools = [lasting(articles) for articles in newest]
    by_language = {
        (host, language): [card_of(a) for a in pools[host] if a.story.language == language]
        for host in (0, 1)
        for language in {a.story.language for a in pools[host]}
    }
    for article in register.articles.values():
        rng = Random(f"{seed}/cards/{article.number}")
        pool = [card for card in by_language[article.host, article.story.language] if card.url != article.url]
        english = [card for card in by_language[article.host, "en"] if card.url != article.url]
        related = (rng.sample(pool, min(5, len(pool))) + rng.sample(english, 5))[:5]
        # Only the tagdiv theme shows what is new today, so the pages of the others are the same in both editions.
        latest = newest[article.host] if article.theme == "tagdiv" else pools[article.host]
        around = replace(
            surroundings(register, article.host, article.story.language),
            related=related,
            latest=_latest(article, latest),
            most_read=rng.sample(english, 5),
        )
        html = RENDERERS[article.theme](article, around)
        register.pages[article.host][article.path] = answer_of(article, html)
        if article.amp_path:
            register.pages[article.host][article.amp_path] = amp_page(article)


def _latest(article: Article, newest: list[Article]) -> list[Card]:
    readable = (article.story.language, "en")
    others = (other for other in newest if other.url != article.url and other.story.language in readable)
    return [card_of(other) for other in islice(others, 5)]


def _paragraphs(article: Article) -> tuple[str, ...]:
    """The body as the page shows it: the theme that has a standfirst opens with it."""
    standfirst = (article.story.description,) if article.theme == "schema" else ()
    return (*standfirst, *(block.text for block in article.story.blocks))


def _truth(register: Register, article: Article) -> TruthArticle:
    story, number = article.story, article.number
    listings = register.listings.get(number, [])
    classic = article.theme == "classic"
    return TruthArticle(
        host=article.host, url=article.url, path=article.path, headline=story.headline, description=story.description,
        paragraphs=_paragraphs(article), authors=story.authors,
        date_published=article.published, date_published_precision=article.precision,
        date_modified=None if classic else article.modified or article.published,
        article_section=section_name(story.section, story.language), keywords=story.keywords,
        in_language=story.language, main_image=None if classic else article.image,
        is_accessible_for_free=article.free if article.theme in ("schema", "hydrated") else None,
        theme=article.theme, genre=story.genre,
        found_by=frozenset(_FOUND_BY[kind] for kind, _ in listings), listed_on=tuple(url for _, url in listings),
        only_by=article.role if article.role not in ("open", "private") else None,
        amp_url=register.outlets[article.host].url + article.amp_path if article.amp_path else None,
        fetchable=article.role != "private" and number not in register.gone,
        duplicate_of=register.articles[SYNDICATED].url if number == COPY else None,
        changed_in_edition_2=number in CHANGED, gone_in_edition_2=number == GONE, new_in_edition_2=is_new(article),
    )  # fmt: skip
