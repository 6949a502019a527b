"""Build the whole site: all responses of both hosts, and the ground truth of every article."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from random import Random

from tests.newssite.feeds import add_feeds, add_robots, add_sitemaps
from tests.newssite.html import Card, Outlet, Surroundings, section_name
from tests.newssite.listings import add_fronts, add_sections, add_static, add_tags, author_pages, surroundings
from tests.newssite.model import Article, GroundTruthArticle, NewsSite, Page
from tests.newssite.plan import CHANGED, COPY, GONE, STANDARD, SYNDICATED, plan_articles
from tests.newssite.register import Register, is_new, make_card, select_stable
from tests.newssite.specials import (
    LATIN_1,
    OFF_SITE,
    add_gone,
    add_pictures,
    add_specials,
    amp_page,
    encode_page,
    plain_latin_1,
)
from tests.newssite.themes import classic as classic_theme
from tests.newssite.themes import hydrated, schema, tagdiv

__all__ = ["GroundTruthArticle", "NewsSite", "Page", "build_site"]

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

    *articles* counts the texts that a crawler may store, without the copy on the second host; the default is 88, and
    fewer raise ValueError. Dates are relative to *today* (UTC; default the real date). *crawl_delay* is declared in
    robots.txt.
    """
    count, day = articles or STANDARD, today or datetime.now(UTC).date()
    if count < STANDARD:
        raise ValueError(f"articles={count} is too small: the minimum is {STANDARD}; leave the option out")
    if edition not in (1, 2):
        raise ValueError(f"edition {edition} does not exist: choose 1 or 2")
    planned = plan_articles(seed, edition, count, host_urls, day)
    planned[LATIN_1] = plain_latin_1(planned[LATIN_1])
    register = _register(planned, edition, host_urls, day, crawl_delay)
    _render_articles(register, seed)
    for add in (add_specials, add_gone, add_feeds, add_sitemaps, add_robots, add_sections, add_fronts):
        add(register)
    for add in (add_tags, add_static, add_pictures):
        add(register)
    ground_truth = tuple(_ground_truth(register, article) for article in planned.values())
    private = {article.url for article in planned.values() if article.role == "private"}
    disallowed = frozenset(private | {f"{url}/search" for url in host_urls})
    return NewsSite(
        seed, edition, day, host_urls, dict(enumerate(register.pages)), ground_truth, frozenset(register.lines.said),
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
    pools = [select_stable(articles) for articles in newest]
    by_language = {
        (host, language): [make_card(a) for a in pools[host] if a.story.language == language]
        for host in (0, 1)
        for language in {a.story.language for a in pools[host]}
    }
    for article in register.articles.values():
        rng = Random(f"{seed}/cards/{article.number}")
        pool = [card for card in by_language[article.host, article.story.language] if card.url != article.url]
        english = [card for card in by_language[article.host, "en"] if card.url != article.url]
        related = (rng.sample(pool, min(5, len(pool))) + rng.sample(english, 5))[:5]
        # Only the tagdiv theme shows the newest articles; pages of the other themes are equal in both editions.
        latest = newest[article.host] if article.theme == "tagdiv" else pools[article.host]
        around = replace(
            surroundings(register, article.host, article.story.language),
            related=related,
            latest=_latest(article, latest),
            most_read=rng.sample(english, 5),
        )
        html = RENDERERS[article.theme](article, around)
        register.pages[article.host][article.path] = encode_page(article, html)
        if article.amp_path:
            register.pages[article.host][article.amp_path] = amp_page(article)


def _latest(article: Article, newest: list[Article]) -> list[Card]:
    readable = (article.story.language, "en")
    others = (other for other in newest if other.url != article.url and other.story.language in readable)
    return [make_card(other) for other in islice(others, 5)]


def _paragraphs(article: Article) -> tuple[str, ...]:
    """Return the body as shown on the page; the schema theme starts it with a standfirst."""
    standfirst = (article.story.description,) if article.theme == "schema" else ()
    return (*standfirst, *(block.text for block in article.story.blocks))


def _ground_truth(register: Register, article: Article) -> GroundTruthArticle:
    story, number = article.story, article.number
    listings = register.listings.get(number, [])
    classic = article.theme == "classic"
    return GroundTruthArticle(
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
