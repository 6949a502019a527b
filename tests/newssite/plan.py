"""Plan which story goes where: host, theme, URL, dates, and the places that list it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from urllib.parse import quote

from tests.newssite.model import Article, Precision, Role, Story, Theme
from tests.newssite.stories import get_topics, revise_story, write_story
from tests.newssite.words import LANGUAGES, Topic

HOST_SIZES = (48, 40)
STANDARD = sum(HOST_SIZES)
THEMES: tuple[tuple[Theme, Theme], ...] = (("tagdiv", "schema"), ("classic", "hydrated"))
SECTIONS = (("politics", "business", "world", "sport"), ("science", "culture"))
RDF_SECTION = "science"
CHANGED = frozenset({0, 1, 10, 48, 49, 58})
GONE = 5
SYNDICATED = 20
FIRST_NEW, COPY, PRIVATE = 1_000_000, 2_000_000, 3_000_000
NEW_ROLES: tuple[Role, ...] = ("open", "open", "feed", "news-sitemap", "open", "open")
_ROLES: dict[Role, tuple[int, ...]] = {
    "feed": (2, 3, 4), "news-sitemap": (7, 8, 9), "sitemap": (12, 13, 14),
    "deep-section": (17, 18, 19), "section": (22, 23, 24, 25), "rdf": (27, 28),
}  # fmt: skip
_ROLE_AT = {position: role for role, positions in _ROLES.items() for position in positions}
# Hours before the start of *today*: a news sitemap covers two days, and later section pages hold old articles.
_AGE_HOURS: dict[Role, tuple[int, int]] = {
    "news-sitemap": (2, 40), "feed": (24, 240), "rdf": (24, 240), "sitemap": (300, 2400), "deep-section": (1200, 2200),
}  # fmt: skip
_CYRILLIC = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "'", "y", "'", "e", "yu", "ya"], strict=True))  # fmt: skip  # noqa: E501


@dataclass(frozen=True, slots=True)
class Seat:
    """A planned place for a story that has not been written yet."""

    number: int
    host: int
    theme: Theme
    language: str
    role: Role
    topic: Topic


def _topic(language: str, host: int, role: Role, position: int) -> Topic:
    sections = (RDF_SECTION,) if role == "rdf" else SECTIONS[host]
    topics = get_topics(language, sections if language == "en" else ())
    return topics[position % len(topics)]


def _standard_seats() -> Iterator[Seat]:
    number = 0
    for host, size in enumerate(HOST_SIZES):
        first_foreign = size - 2 * (len(LANGUAGES) - 1)
        for position in range(size):
            language = LANGUAGES[(position - first_foreign) // 2 + 1] if position >= first_foreign else "en"
            role = _ROLE_AT.get(position, "open") if host or position < 27 else "open"
            yield Seat(number, host, THEMES[host][position % 2], language, role, _topic(language, host, role, position))
            number += 1


def _more_seats(numbers: range, roles: tuple[Role, ...] = ("open",)) -> Iterator[Seat]:
    for number in numbers:
        host, role = number % 2, roles[(number - numbers.start) % len(roles)]
        language = LANGUAGES[number // 10 % 5 + 1] if number % 10 == 9 else "en"
        topic = _topic(language, host, role, number // 4)
        yield Seat(number, host, THEMES[host][number // 2 % 2], language, role, topic)


def slug(text: str) -> str:
    """Return lower-case words joined by hyphens; Cyrillic is transliterated, other scripts are percent-encoded."""
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in text.lower()).replace("ß", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c) and c not in "'’")
    return quote("-".join(re.findall(r"\w+", plain))[:90].strip("-"))


def _path(seat: Seat, story: Story, taken: set[str]) -> str:
    name, identity = slug(story.headline), 100_000 + seat.number * 37 % 899_999
    paths = {
        "tagdiv": f"/{name}/",
        "schema": f"/{story.section}/{name}-{identity}",
        "classic": f"/{story.section}/{name}_{identity}.html",
        "hydrated": f"/{story.section}/{name}/a-{identity}",
    }
    path = paths[seat.theme] if paths[seat.theme] not in taken else f"/{name}-{identity}/"
    taken.add(path)
    return path


def _published(seed: int, seat: Seat, today: date) -> datetime:
    start, rng = datetime.combine(today, time(), UTC), Random(f"{seed}/date/{seat.number}")
    if FIRST_NEW <= seat.number < COPY:
        return start - timedelta(minutes=10 * (seat.number - FIRST_NEW) + 5)
    low, high = _AGE_HOURS.get(seat.role, (2, 700 if seat.number < STANDARD else 9000))
    # Squared, so that recent articles are more frequent.
    return start - timedelta(minutes=int(60 * (low + (high - low) * rng.random() ** 2)))


def _amp_path(seat: Seat, path: str) -> str | None:
    if seat.language != "en" or seat.number % 3 or seat.number >= STANDARD:
        return None
    return {"tagdiv": f"{path}amp/", "schema": f"/amp{path}", "hydrated": f"{path}?outputType=amp"}.get(seat.theme)


def _article(seed: int, seat: Seat, story: Story, path: str, host_urls: tuple[str, str], today: date) -> Article:
    published = _published(seed, seat, today)
    precision: Precision = "day" if seat.theme == "classic" and seat.number // 2 % 2 == 0 else "instant"
    if precision == "day":
        published = datetime.combine(published.date(), time(), UTC)
    modified = published + timedelta(minutes=95) if precision == "instant" and seat.number % 4 == 0 else None
    return Article(
        seat.number, story, seat.host, seat.theme, seat.role, path, host_urls[seat.host] + path, published, precision,
        modified=modified, amp_path=_amp_path(seat, path), free=seat.number % 17 != 3,
        image=f"{host_urls[seat.host]}/media/photo-{seat.number % 8}.svg",
    )  # fmt: skip


def _seats(articles: int) -> Iterator[Seat]:
    yield from _standard_seats()
    yield from _more_seats(range(STANDARD, articles))
    yield Seat(PRIVATE, 0, "tagdiv", "en", "private", _topic("en", 0, "private", 0))
    yield from _more_seats(range(FIRST_NEW, FIRST_NEW + len(NEW_ROLES)), NEW_ROLES)


def _copy(original: Article, host_url: str) -> Article:
    """Return the same text on the second host, like an agency report."""
    path = f"/wire/{slug(original.story.headline)}/a-990017"
    published = original.published + timedelta(minutes=50)
    return replace(
        original, number=COPY, host=1, theme="hydrated", path=path, url=host_url + path, published=published,
        modified=None, amp_path=None, image=f"{host_url}/media/photo-4.svg",
    )  # fmt: skip


def plan_articles(
    seed: int, edition: int, articles: int, host_urls: tuple[str, str], today: date
) -> dict[int, Article]:
    """Return number -> article of the edition, including the one that edition 2 withdraws."""
    used, taken, planned = set[str](), set[str](), dict[int, Article]()
    for seat in _seats(articles):
        if edition == 1 and FIRST_NEW <= seat.number < COPY:
            continue
        story = write_story(seed, seat.number, seat.language, seat.topic, used)
        path = _path(seat, story, taken)
        if seat.role == "private":
            path = f"/private{path}"
        planned[seat.number] = _article(seed, seat, story, path, host_urls, today)
    planned[COPY] = _copy(planned[SYNDICATED], host_urls[1])
    if edition > 1:
        for number in sorted(CHANGED):
            planned[number] = _revised(seed, planned[number], used, today)
    return planned


def _revised(seed: int, article: Article, used: set[str], today: date) -> Article:
    story = revise_story(seed, article.number, article.story, used)
    modified = datetime.combine(today, time(), UTC) - timedelta(minutes=3)
    return replace(article, story=story, modified=modified if article.precision == "instant" else None)
