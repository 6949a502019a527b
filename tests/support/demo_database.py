"""Fill a database with two weeks of made-up news, as crawls would have: for pictures of the pages, and their tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from itertools import groupby
from random import Random

from sqlalchemy import Engine, delete

from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.shingles import compute_shingle_hashes
from newscrawl.items import Article, Outcome
from newscrawl.storage.operations.claims import ClaimPages
from newscrawl.storage.operations.crawls import EndCrawl, RecordResult, StartCrawl
from newscrawl.storage.operations.fetch_results import FinishFetch
from newscrawl.storage.operations.listings import FinishListing
from newscrawl.storage.records import Claim, ClaimResult, DiscoveredPage
from newscrawl.storage.schema import crawls
from newscrawl.urls.normalize import normalize
from tests.newssite.model import Block, Story
from tests.newssite.plan import slug
from tests.newssite.stories import get_topics, revise_story, write_story
from tests.support.store import Store

AGENCY = "Coastal Press Agency"
HOURS = (5, 11, 17)
"""When runs start, UTC."""
BROKEN_FEED = "its feed https://delta-daily.example/feed.xml is an HTML page; name a feed or sitemap in its site file"
TAGS = {"paragraph": "p", "heading": "h2", "question": "h3", "item": "li", "quotation": "blockquote"}
SOURCES = {
    "headline": "json-ld", "description": "opengraph", "authors": "json-ld", "date_published": "json-ld",
    "date_modified": "json-ld", "article_body": "dom", "article_body_html": "dom", "in_language": "meta",
    "article_type": "json-ld", "article_section": "news sitemap", "keywords": "meta", "publisher": "json-ld",
    "source_organization": "dom", "canonical_url": "dom", "main_image": "opengraph", "images": "dom",
}  # fmt: skip
FAILURES = (
    (Outcome.GONE, "http_404"), (Outcome.NOT_ARTICLE, "paywall"), (Outcome.TOO_SHORT, "too_short"),
    (Outcome.ERROR, "timeout"), (Outcome.DUPLICATE, "redirect"), (Outcome.NOT_ARTICLE, "utility_page"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A made-up publisher."""

    name: str
    publisher: str
    language: str
    a_run: int
    """Articles of a run at noon, on average."""

    @property
    def url(self) -> str:
        return f"https://{self.name}"


SITES = (
    DemoSite("harbour-herald.example", "Harbour Herald", "en", 6),
    DemoSite("northgate-post.example", "Northgate Post", "en", 4),
    DemoSite("delta-daily.example", "Delta Daily", "en", 3),
    DemoSite("kuestenblatt.example", "Küstenblatt", "de", 3),
    DemoSite("voz-del-rio.example", "Voz del Río", "es", 2),
    DemoSite("sada-alshamal.example", "صدى الشمال", "ar", 2),
)


@dataclass(slots=True)
class Published:
    """An article that is online."""

    site: DemoSite
    story: Story
    number: int
    at: datetime
    agency: bool = False

    @property
    def url(self) -> str:
        return f"{self.site.url}/{self.story.section}/{slug(self.story.headline) or self.number}-{self.number}"


class DemoDatabase:
    """Crawls that happened; everything depends on *seed* and *now* only."""

    def __init__(self, engine: Engine, now: datetime, *, days: int = 14, seed: int = 7) -> None:
        self.store = Store(engine)
        with engine.begin() as connection:
            # The run that every Store begins with.
            connection.execute(delete(crawls))
        self.now, self.days, self.random, self.seed = now, days, Random(seed), seed
        self.used: set[str] = set()
        self.number = 0
        self.online: list[Published] = []

    def fill(self, *, runs: int = 1_000, close: bool = True) -> None:
        """Crawl the days up to now, or only the last *runs* times."""
        first = (self.now - timedelta(days=self.days)).replace(hour=0, minute=7, second=12, microsecond=0)
        starts = [first + timedelta(days=day, hours=hour) for day in range(self.days + 1) for hour in HOURS]
        starts = [start for start in starts if start < self.now - timedelta(minutes=20)][-runs:]
        for at, start in enumerate(starts):
            self.crawl(start, is_last=at == len(starts) - 1)
        if close:
            self.store.close()

    def crawl(self, start: datetime, *, is_last: bool) -> None:
        store = self.store
        store.now = start
        store.crawl_id = store.do(StartCrawl("news", {}, start, 1, 1))
        is_broken = start > self.now - timedelta(days=3)
        found: list[Published] = []
        shared = self.write("en") if start.hour == HOURS[1] else None
        for site in SITES:
            new = self.publish(site, start)
            if shared is not None and site.language == "en":
                new.append(self.adapt(shared, site, start))
            store.now = start + timedelta(seconds=self.random.randint(20, 90))
            self.read_listings(site, new, is_broken=is_broken and site.name == "delta-daily.example")
            self.store_articles(new)
            found += new
            self.fail_pages(site, start, leave_pending=is_last and site.name == "harbour-herald.example")
        self.revise(start)
        self.online += found
        store.now = start + timedelta(minutes=self.random.randint(6, 14))
        store.do(EndCrawl(store.crawl_id, "finished", store.now))
        warnings = {"delta-daily.example": [BROKEN_FEED]} if is_broken else {}
        checked = {site.name: warnings.get(site.name, []) for site in SITES}
        store.do(RecordResult(store.crawl_id, 4 if warnings else 0, warnings, checked, store.now))

    def write(self, language: str) -> Story:
        self.number += 1
        topic = self.random.choice(get_topics(language))
        return write_story(self.seed, self.number, language, topic, self.used)

    def publish(self, site: DemoSite, start: datetime) -> list[Published]:
        share = {HOURS[0]: 0.5, HOURS[1]: 1.0, HOURS[2]: 0.8}[start.hour] * (0.5 if start.weekday() > 4 else 1)
        number = round(site.a_run * share * self.random.uniform(0.6, 1.4))
        return [
            Published(
                site, self.write(site.language), self.number, start - timedelta(minutes=self.random.randint(5, 290))
            )
            for _ in range(number)
        ]

    def adapt(self, story: Story, site: DemoSite, start: datetime) -> Published:
        """Return an agency's text as this site prints it: with a headline of its own, cut or extended."""
        self.number += 1
        blocks = story.blocks
        if site.name != "harbour-herald.example":
            revised = revise_story(self.seed, self.number * 2 + 1, story, self.used)
            blocks = (*blocks[:-1], revised.blocks[-1]) if site.name == "northgate-post.example" else blocks[:-1]
            story = replace(story, headline=revised.headline)
        at = start - timedelta(minutes=self.random.randint(30, 200))
        return Published(site, replace(story, blocks=blocks), self.number, at, agency=True)

    def claim(self, site: DemoSite, urls: list[str], kind: str = "article") -> list[Claim]:
        pages = [DiscoveredPage(url, normalize(url), site.name, kind, {"source": "alternate"}) for url in urls]
        result: ClaimResult = self.store.do(
            ClaimPages(pages, self.store.crawl_id, self.store.now, site.url, force=True)
        )
        return result.claims

    def read_listings(self, site: DemoSite, new: list[Published], *, is_broken: bool) -> None:
        links = [DiscoveredPage(one.url, normalize(one.url), site.name, "article") for one in new]
        listings = [
            ("feed.xml", "feed", links),
            ("news-sitemap.xml", "sitemap", links),
            ("world/", "section", links[:1]),
        ]
        for path, kind, found in listings:
            [claim] = self.claim(site, [f"{site.url}/{path}"], kind)
            if kind == "feed" and is_broken:
                self.store.do(FinishFetch(claim, self.store.result(Outcome.ERROR, "not_feed", detail="text/html")))
            else:
                self.store.do(FinishListing(claim, self.store.result(Outcome.NOT_ARTICLE, kind), found))

    def store_articles(self, new: list[Published]) -> None:
        claims = self.claim(new[0].site, [one.url for one in new]) if new else []
        self.store.save_all([self.extract(one) for one in new], claims)

    def fail_pages(self, site: DemoSite, start: datetime, *, leave_pending: bool) -> None:
        for _ in range(self.random.randint(0, 2)):
            outcome, reason = self.random.choice(FAILURES)
            if site.name == "northgate-post.example" and self.random.random() < 0.5:
                outcome, reason = Outcome.BLOCKED, "http_403"
            self.number += 1
            [claim] = self.claim(site, [f"{site.url}/news/{self.number}-page-of-{start:%d-%B}".lower()])
            self.store.finish(claim, outcome, reason)
        if leave_pending:
            urls = [f"{site.url}/archive/{start:%Y-%m}/{number}" for number in range(self.number, self.number + 9)]
            pages = [DiscoveredPage(url, normalize(url), site.name, "article") for url in urls]
            limit = ClaimPages(pages, self.store.crawl_id, start - timedelta(days=2, hours=3), site.url, limit=0)
            self.store.do(limit)

    def revise(self, start: datetime) -> None:
        """Let some articles of the last day change: by an update, or by a correction of a number."""
        recent = [one for one in self.online if timedelta() < start - one.at < timedelta(hours=20)]
        for one in self.random.sample(recent, min(len(recent), 3)):
            self.number += 1
            old = one.story
            revised = correct(old) if self.number % 2 else revise_story(self.seed, self.number, old, self.used)
            url, one.story = one.url, revised
            article = self.extract(one, modified=start - timedelta(minutes=25), url=url)
            self.store.save(article, self.claim(one.site, [url])[0])
            one.story = replace(revised, headline=old.headline)

    def extract(self, one: Published, modified: datetime | None = None, url: str | None = None) -> Article:
        story, address = one.story, url or one.url
        offset = {"en": 0, "de": 60, "es": 60, "ar": 180}[one.site.language]
        is_live = story.genre == "live"
        article = Article(
            url=address,
            canonical_url=address,
            headline=story.headline,
            description=story.description,
            authors=list(story.authors),
            date_published=one.at,
            date_published_raw=one.at.isoformat(),
            date_published_precision="instant",  # type: ignore[arg-type]
            date_published_utc_offset=offset,
            date_published_zone="stated",  # type: ignore[arg-type]
            date_published_day=(one.at + timedelta(minutes=offset)).date(),
            date_modified=modified,
            date_modified_precision="instant" if modified else None,  # type: ignore[arg-type]
            article_body="\n\n".join(block.text for block in story.blocks),
            article_body_html=render(story.blocks, one.site.url),
            in_language=one.site.language,
            article_type="LiveBlogPosting"
            if is_live
            else "OpinionNewsArticle"
            if one.number % 17 == 0
            else "NewsArticle",
            article_section=story.section.title(),
            keywords=list(story.keywords),
            publisher=one.site.publisher,
            source_organization=AGENCY if one.agency else None,
            main_image=f"{one.site.url}/media/{one.number}.jpg" if one.number % 4 else None,
            is_accessible_for_free=None if one.number % 3 else True,
            is_truncated=False,
            disagreements=["authors"] if one.number % 11 == 0 and story.authors else [],
            date_downloaded=self.store.now,
            site=one.site.name,
            extractor_version=1,
        )
        article.sources = {name: source for name, source in SOURCES.items() if getattr(article, name) not in (None, [])}
        article.url_key = normalize(address)
        article.content_hash = content_hash(article.headline or "", article.article_body or "")
        article.shingle_hashes = compute_shingle_hashes(article.article_body or "")
        return article


def correct(story: Story) -> Story:
    """Return *story* with another number in the first block that has one."""
    at = next((at for at, block in enumerate(story.blocks) if re.search(r"\d\d", block.text)), None)
    if at is None:
        return story
    text = re.sub(r"\d\d+", lambda found: str(int(found[0]) + 3), story.blocks[at].text, count=1)
    return replace(story, blocks=(*story.blocks[:at], replace(story.blocks[at], text=text), *story.blocks[at + 1 :]))


def render(blocks: tuple[Block, ...], url: str) -> str:
    """Return the HTML that extraction would have stored."""
    parts = []
    for kind, members in groupby(blocks, key=lambda block: block.kind):
        tag = TAGS.get(kind, "p")
        items = [f"<{tag}>{escape(block.text)}</{tag}>" for block in members]
        parts.append(f"<ul>{''.join(items)}</ul>" if tag == "li" else "\n".join(items))
    image = f'<figure><img src="{url}/media/town-hall.jpg" alt="The town hall">'
    credit = "<small>Photo: Ada Moreno</small>"
    caption = f"<figcaption>The town hall on the day of the announcement. {credit}</figcaption></figure>"
    return "\n".join([*parts[:1], image + caption, *parts[1:]])


def fill(engine: Engine, now: datetime, days: int = 14) -> None:
    """Fill the empty tables of *engine* with the *days* before *now*."""
    DemoDatabase(engine, now, days=days).fill()
