"""The vocabulary of each language: sentence templates, and the phrases around an article."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de", "es", "fr", "ru", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True, slots=True)
class Phrases:
    """Boilerplate phrases of one language."""

    home: str
    menu: str
    search: str
    sign_in: str
    latest_news: str
    related_news: str
    related: str
    most_read: str
    advertisement: str
    sponsored: str
    read_more: str
    read_also: str
    continue_reading: str
    by: str
    conjunction: str
    published: str
    updated: str
    minutes: str
    share: str
    copy_link: str
    print: str
    follow_us: str
    tags: str
    previous: str
    next: str
    older: str
    comments: str
    leave_reply: str
    cancel_reply: str
    enter_comment: str
    enter_name: str
    wrong_email: str
    save_name: str
    login_comment: str
    newsletter: str
    newsletter_text: str
    subscribe: str
    email: str
    cookies: str
    accept: str
    reject: str
    privacy: str
    terms: str
    about: str
    contact: str
    copyright: str
    image_credit: str
    caption: str
    support: str
    corrections: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of stories; templates as in ``Vocabulary``."""

    section: str
    thing: str
    keywords: tuple[str, ...]
    orgs: tuple[str, ...]
    headlines: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language. In templates, ``[a|b]`` is a choice and ``{name}`` a slot; choices may contain slots."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date_format: str
    clock_format: str
    decimal: str
    money: str
    quote_open: str
    quote_close: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    places: tuple[str, ...]
    few: tuple[str, ...]
    roles: tuple[str, ...]
    headings: tuple[str, ...]
    leads: tuple[str, ...]
    sentences: tuple[str, ...]
    quotes: tuple[str, ...]
    speech: tuple[str, ...]
    list_intros: tuple[str, ...]
    list_items: tuple[str, ...]
    questions: tuple[str, ...]
    live_titles: tuple[str, ...]
    traps: tuple[str, ...]
    phrases: Phrases
    topics: tuple[Topic, ...]
    last_digits: str = "0123456789"
    """Last digits that numbers may have: Russian and Arabic nouns are inflected by the number before them."""
    n_max: int = 989


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


@cache
def vocabulary(language: str) -> Vocabulary:
    """Load the language's file; an unknown or missing key raises TypeError with its name."""
    table = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    topics = tuple(Topic(**_frozen(topic)) for topic in table.pop("topics"))
    phrases = Phrases(**table.pop("phrases"))
    return Vocabulary(**_frozen(table), phrases=phrases, topics=topics)


@cache
def phrase_texts(language: str) -> frozenset[str]:
    """Return all phrases of the language."""
    phrases = vocabulary(language).phrases
    return frozenset(getattr(phrases, field.name) for field in fields(phrases))


def topics_section(language: str) -> str:
    """Return the section of all articles in a language other than English."""
    return vocabulary(language).topics[0].section
