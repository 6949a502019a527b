"""Feeds, sitemaps and robots.txt."""

import gzip
from datetime import timedelta
from email.utils import format_datetime
from html import escape

from tests.newssite.html import section_name
from tests.newssite.model import Article, Page
from tests.newssite.plan import RDF_SECTION
from tests.newssite.register import XML, Register, page

FEED_PATHS = ("/feed/", "/atom.xml")
RDF_PATH = f"/{RDF_SECTION}/index.rdf"
NEWS_SITEMAP, SITEMAP_INDEX = "/news-sitemap.xml", "/sitemap_index.xml"
FEED_SIZE, NEWS_SIZE, SITEMAP_SIZE = 20, 1000, 1000
NEWS_AGE = timedelta(hours=48)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def add_feeds(register: Register) -> None:
    for host, write in enumerate((_rss, _atom)):
        only = register.on(host, "feed")
        newest = register.on(host, "open")[: FEED_SIZE - len(only)]
        articles = sorted(only + newest, key=lambda article: article.published, reverse=True)
        register.note(articles, "feed", host, FEED_PATHS[host])
        register.pages[host][FEED_PATHS[host]] = write(articles, register)
    in_section = [article for article in register.on(1, "rdf", "open") if article.story.section == RDF_SECTION]
    only = [article for article in in_section if article.role == "rdf"]
    articles = only + [article for article in in_section if article.role == "open"][:8]
    register.note(articles, "rdf", 1, RDF_PATH)
    register.pages[1][RDF_PATH] = _rdf(articles, register)


def _rss_item(article: Article, position: int) -> str:
    story = article.story
    tracking = "?utm_source=rss&utm_medium=feed&utm_campaign=latest" if position % 2 else ""
    date = f"<pubDate>{format_datetime(article.published)}</pubDate>" if article.precision == "instant" else ""
    authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in story.authors)
    return f"""<item><title>{escape(story.headline)}</title><link>{escape(article.url + tracking)}</link>
<guid isPermaLink="false">article-{article.number}</guid>{date}{authors}
<category>{escape(section_name(story.section, story.language))}</category>
<description>{escape(story.description)}</description></item>"""


def _rss(articles: list[Article], register: Register) -> Page:
    outlet = register.outlets[0]
    items = "\n".join(_rss_item(article, position) for position, article in enumerate(articles))
    text = f"""{DECLARATION}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>{escape(outlet.name)}</title><link>{outlet.url}/</link><description>{escape(outlet.tagline)}</description>
<atom:link href="{outlet.url}{FEED_PATHS[0]}" rel="self" type="application/rss+xml"/>
{items}
</channel></rss>"""
    return page(text, "application/rss+xml; charset=utf-8")


def _atom_entry(article: Article) -> str:
    story = article.story
    day = article.published.isoformat()
    published = f"<published>{day}</published>" if article.precision == "instant" else ""
    updated = (article.modified or article.published).isoformat() if article.precision == "instant" else day
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in story.authors)
    return f"""<entry xml:lang="{story.language}"><title>{escape(story.headline)}</title><id>tag:meridian.example,article:{article.number}</id>
<link rel="alternate" type="text/html" href="{escape(article.url)}"/>{published}<updated>{updated}</updated>{authors}
<category term="{escape(section_name(story.section, story.language))}"/><summary>{escape(story.description)}</summary></entry>"""  # noqa: E501


def _atom(articles: list[Article], register: Register) -> Page:
    outlet = register.outlets[1]
    entries = "\n".join(_atom_entry(article) for article in articles)
    text = f"""{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(outlet.name)}</title><id>{outlet.url}/</id>
<link rel="self" href="{outlet.url}{FEED_PATHS[1]}"/><link rel="alternate" href="{outlet.url}/"/><updated>{register.today}T00:00:00+00:00</updated>
{entries}
</feed>"""  # noqa: E501
    return page(text, "application/atom+xml; charset=utf-8")


def _rdf_item(article: Article) -> str:
    story = article.story
    date = f"<dc:date>{article.published.isoformat()}</dc:date>" if article.precision == "instant" else ""
    return f"""<item rdf:about="{escape(article.url)}"><title>{escape(story.headline)}</title><link>{escape(article.url)}</link>
<description>{escape(story.description)}</description>{date}</item>"""  # noqa: E501


def _rdf(articles: list[Article], register: Register) -> Page:
    outlet = register.outlets[1]
    resources = "".join(f'<rdf:li rdf:resource="{escape(article.url)}"/>' for article in articles)
    text = f"""{DECLARATION}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{outlet.url}{RDF_PATH}"><title>{escape(outlet.name)}: {RDF_SECTION}</title><link>{outlet.url}/{RDF_SECTION}/</link>
<description>{escape(outlet.tagline)}</description><items><rdf:Seq>{resources}</rdf:Seq></items></channel>
{"".join(_rdf_item(article) for article in articles)}
</rdf:RDF>"""  # noqa: E501
    return page(text, "application/rdf+xml; charset=utf-8")


def _w3c(article: Article, *, modified: bool = False) -> str:
    if article.precision == "day":
        return article.published.date().isoformat()
    return ((modified and article.modified) or article.published).isoformat()


def _news_entry(article: Article, register: Register) -> str:
    story = article.story
    return f"""<url><loc>{escape(article.url)}</loc><news:news><news:publication><news:name>{escape(register.outlets[article.host].name)}</news:name><news:language>{story.language}</news:language></news:publication>
<news:publication_date>{_w3c(article)}</news:publication_date><news:title>{escape(story.headline)}</news:title><news:keywords>{escape(", ".join(story.keywords))}</news:keywords></news:news></url>"""  # noqa: E501


def _url_set(entries: list[str], extra: str = "") -> str:
    start = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{extra}>'
    return "\n".join([DECLARATION + start, *entries, "</urlset>"])


def _news_sitemap(register: Register, host: int) -> None:
    only, opened = register.on(host, "news-sitemap"), register.on(host, "open")
    newest = max(article.published for article in only + opened)
    fresh = [article for article in opened if newest - article.published < NEWS_AGE]
    articles = only + fresh[: NEWS_SIZE - len(only)]
    register.note(articles, "news-sitemap", host, NEWS_SITEMAP)
    entries = [_news_entry(article, register) for article in articles]
    namespace = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    register.pages[host][NEWS_SITEMAP] = page(_url_set(entries, namespace), XML)


def _ordinary_sitemaps(register: Register, host: int) -> list[str]:
    articles, paths = register.on(host, "sitemap", "open"), list[str]()
    for start in range(0, len(articles), SITEMAP_SIZE):
        part, path = articles[start : start + SITEMAP_SIZE], f"/sitemap-articles-{len(paths) + 1}.xml.gz"
        entries = [f"<url><loc>{escape(a.url)}</loc><lastmod>{_w3c(a, modified=True)}</lastmod></url>" for a in part]
        packed = gzip.compress(_url_set(entries).encode(), 6, mtime=0)
        register.note(part, "sitemap", host, path)
        register.pages[host][path] = page(packed, "application/x-gzip")
        paths.append(path)
    return paths


def add_sitemaps(register: Register) -> None:
    for host, outlet in enumerate(register.outlets):
        _news_sitemap(register, host)
        fixed = [f"<url><loc>{outlet.url}{path}</loc></url>" for path in ("/", "/about", "/contact")]
        register.pages[host]["/sitemap-pages.xml"] = page(_url_set(fixed), XML)
        paths = [NEWS_SITEMAP, *_ordinary_sitemaps(register, host), "/sitemap-pages.xml"]
        children = "\n".join(f"<sitemap><loc>{outlet.url}{path}</loc></sitemap>" for path in paths)
        index = f'{DECLARATION}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{children}\n</sitemapindex>'
        register.pages[host][SITEMAP_INDEX] = page(index, XML)


def add_robots(register: Register) -> None:
    for host, outlet in enumerate(register.outlets):
        delay = [f"Crawl-delay: {register.crawl_delay:g}"] if register.crawl_delay is not None else []
        lines = ["User-agent: *", "Disallow: /private/", "Disallow: /wp-admin/", "Disallow: /search", *delay]
        lines += ["", f"Sitemap: {outlet.url}{SITEMAP_INDEX}"]
        register.pages[host]["/robots.txt"] = page("\n".join(lines) + "\n", "text/plain; charset=utf-8")
