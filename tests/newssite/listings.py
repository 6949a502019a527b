"""Front, section, tag, author and static pages."""

from collections.abc import Sequence
from html import escape
from types import ModuleType

from tests.newssite.feeds import FEED_PATHS, RDF_PATH
from tests.newssite.html import Card, Outlet, Surroundings, card_variant, section_name
from tests.newssite.model import Article
from tests.newssite.plan import RDF_SECTION, SECTIONS, STANDARD, slug
from tests.newssite.register import Register, make_card, page
from tests.newssite.themes import classic, tagdiv
from tests.newssite.words import LANGUAGES, topics_section, vocabulary

THEMES: tuple[ModuleType, ModuleType] = (tagdiv, classic)
PAGE_SIZE, LARGE_PAGE_SIZE = 5, 25
STATIC = ("about", "contact", "terms", "privacy", "privacy-policy", "login", "account", "newsletter", "share", "search")


def navigation(host: int) -> list[tuple[str, str]]:
    """Return name and path of the host's sections; languages other than English have one each."""
    sections = [(section_name(section, "en"), f"/{section}/") for section in SECTIONS[host]]
    foreign = [language for language in LANGUAGES if language != "en"]
    return sections + [(section_name("", language), f"/{topics_section(language)}/") for language in foreign]


def surroundings(register: Register, host: int, language: str = "en", cards: Sequence[Card] = ()) -> Surroundings:
    words = vocabulary(language)
    return Surroundings(
        register.outlets[host], words, language, register.today, register.lines, navigation(host),
        related=cards[:5], latest=cards[:5], most_read=cards[2:7],
    )  # fmt: skip


def _feed_links(host: int, *, rdf: bool = False) -> str:
    kind = ("rss", "atom")[host]
    links = [f'<link rel="alternate" type="application/{kind}+xml" title="News" href="{FEED_PATHS[host]}">']
    if rdf:
        links.append(f'<link rel="alternate" type="application/rdf+xml" title="{RDF_SECTION}" href="{RDF_PATH}">')
    return "\n".join(links)


def _add(register: Register, host: int, path: str, title: str, head: str, main: str, around: Surroundings) -> None:
    html = THEMES[host].listing_page(title, head, main, around).replace(*_charset(host))
    register.pages[host][path] = page(html)


def _charset(host: int) -> tuple[str, str]:
    return ("<!--charset-->", '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />')


def _cards(host: int, articles: Sequence[Article], around: Surroundings) -> str:
    return "\n".join(THEMES[host].listing_card(make_card(article), around) for article in articles)


def _page_path(host: int, section: str, number: int) -> str:
    if number == 1:
        return f"/{section}/"
    return f"/{section}/page/{number}/" if host == 0 else f"/{section}/?page={number}"


def _pager(host: int, section: str, number: int, count: int, around: Surroundings) -> str:
    """Return numbered pagination links; only the first host marks the next page."""
    around_here = [n for n in range(1, count + 1) if n in (1, count) or abs(n - number) <= 2]
    links = [
        f'<span class="current">{n}</span>' if n == number else f'<a href="{_page_path(host, section, n)}">{n}</a>'
        for n in around_here
    ]
    if host == 0 and number < count:
        target = _page_path(host, section, number + 1)
        links.append(f'<a class="next" rel="next" href="{target}">{escape(around.phrases.older)}</a>')
    return f'<div class="page-nav pagination">{" ".join(links)}</div>'


def _extras(register: Register, host: int, section: str, shown: Sequence[Article]) -> str:
    """Return extra links on the first page of a section: a disallowed article and an AMP page."""
    links = [(a.story.headline, a.path) for a in register.on(host, "private") if a.story.section == section]
    links += [(f"{a.story.headline} (AMP)", a.amp_path) for a in shown if a.amp_path and a.listed][:1]
    register.note(
        [a for a in register.on(host, "private") if a.story.section == section], "section", host, f"/{section}/"
    )
    return "".join(f'<p class="more"><a href="{escape(path)}">{escape(name)}</a></p>' for name, path in links)


def _section(register: Register, host: int, section: str, language: str) -> None:
    listed = register.on(host, "open", "section", "deep-section")
    articles = [article for article in listed if article.story.section == section]
    size = PAGE_SIZE if len(register.articles) < 2 * STANDARD else LARGE_PAGE_SIZE
    count = max(1, -(-len(articles) // size))
    opened = [make_card(article) for article in register.on(host, "open")[:7]]
    around = surroundings(register, host, language, opened)
    for number in range(1, count + 1):
        shown, path = articles[(number - 1) * size : number * size], _page_path(host, section, number)
        register.note(shown, "section" if number == 1 else "deep-section", host, path)
        head = _feed_links(host, rdf=section == RDF_SECTION and number == 1)
        if host == 0 and number < count:
            head += f'\n<link rel="next" href="{register.outlets[0].url}{_page_path(host, section, number + 1)}">'
        extras = _extras(register, host, section, shown) if number == 1 else ""
        main = _cards(host, shown, around) + extras + _pager(host, section, number, count, around)
        _add(register, host, path, section_name(section, language), head, main, around)


def add_sections(register: Register) -> None:
    for host, sections in enumerate(SECTIONS):
        for section in sections:
            _section(register, host, section, "en")
        for language in LANGUAGES[1:]:
            _section(register, host, topics_section(language), language)


def add_fronts(register: Register) -> None:
    """Add front pages: top stories, the same ones under URL variants, and links to pages that misbehave."""
    for host in (0, 1):
        articles = [article for article in register.on(host, "open") if article.story.language == "en"][:9]
        around = surroundings(register, host, "en", [make_card(article) for article in articles])
        register.note(articles, "front", host, "/")
        main = _cards(host, articles, around) + _variants(host, articles, around) + _odd_links(register, host)
        head = _feed_links(host, rdf=host == 1)
        _add(register, host, "/", register.outlets[host].name, head, main, around)


def _variants(host: int, articles: Sequence[Article], around: Surroundings) -> str:
    cards = [make_card(article) for article in articles]
    varied = [
        card_variant(cards[0], "#comments"),
        card_variant(cards[1], "?fbclid=IwAR2xq7d0YbW&utm_source=facebook"),
        card_variant(cards[2], scheme="https"),
        card_variant(cards[3], "?utm_campaign=front&utm_medium=teaser#respond"),
    ]
    if host == 1:
        varied.append(card_variant(Card(_with_www(cards[4].url), *_rest(cards[4]))))
    return "\n".join(THEMES[host].listing_card(card, around) for card in varied)


def _rest(card: Card) -> tuple[str, str, str, str, str]:
    return card.headline, card.teaser, card.image, card.section, card.date


def _with_www(url: str) -> str:
    return url.replace("://", "://www.", 1)


def _odd_links(register: Register, host: int) -> str:
    """Return links to the pages of this host that misbehave on purpose."""
    start = register.outlets[host].url
    paths = [url.removeprefix(start) for name, url in sorted(register.special.items()) if url.startswith(start)]
    articles = {article.path for article in register.articles.values()}
    links = [path for path in paths if path not in articles]
    items = "".join(f'<li><a href="{escape(path)}">{escape(_title(path))}</a></li>' for path in links)
    people = "".join(
        f'<li><a href="{path}">{escape(name)}</a></li>'
        for name, path in list(register.outlets[host].author_pages.items())[:4]
    )
    pages = "".join(f'<li><a href="/{name}">{name.capitalize()}</a></li>' for name in ("about", "contact"))
    return f"<ul>{items}</ul><ul>{people}{pages}</ul>"


def _title(path: str) -> str:
    return " ".join(path.strip("/").split("/")[-1].partition("_")[0].split("-")).capitalize()


def add_tags(register: Register) -> None:
    for host in (0, 1):
        opened = [article for article in register.on(host, "open") if article.number < STANDARD]
        around = surroundings(register, host, "en", [make_card(article) for article in opened[:7]])
        everywhere = {
            word for article in register.articles.values() if article.host == host for word in article.story.keywords
        }
        for word in sorted(everywhere):
            tagged = [article for article in opened if word in article.story.keywords][:10]
            _add(register, host, f"/tag/{slug(word)}/", f"Tag: {word}", "", _cards(host, tagged, around), around)
        for name, path in register.outlets[host].author_pages.items():
            written = [article for article in opened if name in article.story.authors]
            _add(register, host, path, name, "", _cards(host, written, around), around)


def author_pages(articles: Sequence[Article], host: int) -> dict[str, str]:
    """Return name -> path of the authors with a page of their own: those of ``open`` articles."""
    chosen = (article for article in articles if article.host == host and article.listed and article.number < STANDARD)
    return {name: f"/author/{slug(name)}/" for article in chosen for name in article.story.authors}


def add_static(register: Register) -> None:
    for host, outlet in enumerate(register.outlets):
        around = surroundings(register, host)
        for name in STATIC:
            title = name.replace("-", " ").capitalize()
            _add(register, host, f"/{name}", title, "", f"<p>{escape(_static_text(name, outlet))}</p>", around)


def _static_text(name: str, outlet: Outlet) -> str:
    texts = {
        "about": f"{outlet.name} was founded by {len(outlet.name)} readers who wanted a paper of their own. "
        "It has no owner but a trust, and its accounts are open to everyone who asks for them.",
        "contact": f"Write to {outlet.name}, 4 Ferry Street, Port Ellis. The office is open on weekdays.",
        "login": "Sign in to your account to continue.", "account": "Sign in to your account to continue.",
    }  # fmt: skip
    return texts.get(name, f"These rules apply to all services of {outlet.name}. They were last changed in spring.")
