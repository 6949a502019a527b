"""Pages that misbehave on purpose (redirects, errors, odd encodings), AMP pages and pictures."""

from dataclasses import replace
from html import escape

from tests.newssite.html import body_chunks
from tests.newssite.model import Article, Page
from tests.newssite.plan import GONE
from tests.newssite.register import Register, page

QUESTION = "/politics/the-question-that-answers-itself-100001"
ANSWER = "/politics/the-answer-that-asks-itself-100002"
OFF_SITE = "http://example.invalid/partner-offer"
BUSY, LATIN_1, WINDOWS_1251, ZIPPED = 22, 82, 84, 53
MOVED_TO, CHAIN_TO = 6, 56
CHARSETS = {LATIN_1: ("latin-1", "text/html"), WINDOWS_1251: ("windows-1251", "text/html")}
_SHADES = ("#b9c6d2", "#c9d3c0", "#d8c7b4", "#c3bcd2", "#b5cfcb", "#d6b9bd", "#cfcfb4", "#e6e6e0")


def _error(status: int, text: str, **headers: str) -> Page:
    answer = page(f"<!doctype html><title>{status}</title><h1>{escape(text)}</h1>", status=status)
    return answer._replace(
        headers={**answer.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    )


def _redirect(target: str) -> Page:
    return _error(301, "Moved Permanently", Location=target)


def encode_page(article: Article, html: str) -> Page:
    """Return the article's page in its encoding."""
    modified = article.modified or article.published
    if article.number not in CHARSETS:
        declared = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
        answer = page(html.replace("<!--charset-->", declared, 1), modified=modified, zipped=article.number == ZIPPED)
        return busy_at_first(answer) if article.number == BUSY else answer
    charset, content_type = CHARSETS[article.number]
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}" />'
        if article.number != LATIN_1
        else ""
    )
    body = html.replace("<!--charset-->\n", f"{meta}\n" if meta else "", 1).encode(charset, "xmlcharrefreplace")
    return page(body, content_type, modified=modified)


def busy_at_first(answer: Page) -> Page:
    """Return the page with a 503 response to the first request."""
    return answer._replace(first=_error(503, "Service Unavailable", Retry_After="1"))


def add_specials(register: Register) -> None:
    first, second = register.outlets
    articles = register.articles
    redirects = {
        "moved": (0, "/old/council-minutes-from-the-archive-of-last-year/", articles[MOVED_TO].url),
        "chain": (1, "/science/short-address-of-a-long-story_1001.html", "/science/middle-of-the-way_1002.html"),
        "chain_middle": (1, "/science/middle-of-the-way_1002.html", articles[CHAIN_TO].path),
        "loop": (0, QUESTION, ANSWER),
        "loop_back": (0, ANSWER, QUESTION),
        "off_site": (0, "/business/an-offer-from-our-partners-in-the-region-100003", OFF_SITE),
    }  # fmt: skip
    errors = {
        "missing": (0, "/world/report-that-was-never-written-at-all-100004", 404, "Page not found"),
        "gone": (1, "/culture/review-withdrawn-by-its-author_1003.html", 410, "Gone"),
        "broken": (1, "/culture/exhibition-that-breaks-the-server_1004.html", 500, "Internal Server Error"),
    }
    for name, (host, path, target) in redirects.items():
        register.pages[host][path] = _redirect(target)
        register.special[name] = (first, second)[host].url + path
    for name, (host, path, status, text) in errors.items():
        register.pages[host][path] = _error(status, text)
        register.special[name] = (first, second)[host].url + path
    _add_soft_404(register)
    numbers = {
        "busy": BUSY,
        "latin_1": LATIN_1,
        "windows_1251": WINDOWS_1251,
        "gzip": ZIPPED,
        "gone_in_edition_2": GONE,
    }
    register.special |= {name: articles[number].url for name, number in numbers.items()}
    register.special |= {"moved_to": articles[MOVED_TO].url, "chain_to": articles[CHAIN_TO].url}


def _add_soft_404(register: Register) -> None:
    path = "/science/results-of-a-study-nobody-remembers_1005.html"
    text = "<h1>Page not found</h1><p>The page you are looking for does not exist or has been moved.</p>"
    register.pages[1][path] = page(
        f"<!doctype html><html lang='en'><title>Page not found</title><body>{text}</body></html>"
    )
    register.special["soft_404"] = register.outlets[1].url + path


def add_gone(register: Register) -> None:
    for number in register.gone:
        article = register.articles[number]
        register.pages[article.host][article.path] = _error(410, "This article is no longer available")


def add_pictures(register: Register) -> None:
    for number, shade in enumerate(_SHADES):
        hills = f"M0 {360 + 20 * number} Q300 {200 + 30 * number} 600 340 T1200 {300 + 10 * number} V675 H0 Z"
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 675"><rect width="1200" height="675" fill="{shade}"/><path d="{hills}" fill="#00000022"/></svg>'  # noqa: E501
        for host in (0, 1):
            register.pages[host][f"/media/photo-{number}.svg"] = page(svg, "image/svg+xml")


def amp_page(article: Article) -> Page:
    """Return the AMP page, whose canonical URL is the article."""
    story = article.story
    body = "\n".join(body_chunks(story.blocks, lambda text: escape(text, quote=False)))
    html = f"""<!doctype html>
<html amp lang="{story.language}"><head><meta charset="utf-8"><title>{escape(story.headline)}</title>
<link rel="canonical" href="{article.url}"><meta name="viewport" content="width=device-width">
<script async src="https://cdn.ampproject.org/v0.js"></script></head>
<body><article><h1>{escape(story.headline, quote=False)}</h1>{body}</article></body></html>
"""
    return page(html)


def plain_latin_1(article: Article) -> Article:
    """Return the article with all characters replaced that Latin-1 cannot encode."""
    table = str.maketrans({"’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "œ": "oe"})
    story = article.story
    blocks = tuple(replace(block, text=block.text.translate(table)) for block in story.blocks)
    headline, description = story.headline.translate(table), story.description.translate(table)
    return replace(article, story=replace(story, blocks=blocks, headline=headline, description=description))
