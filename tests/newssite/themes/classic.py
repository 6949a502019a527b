"""An old-fashioned site: nested boxes, hardly any metadata, byline and date as text only."""

from collections.abc import Sequence
from html import escape

from tests.newssite.html import (
    Card,
    Surroundings,
    alternates,
    attribute,
    body_chunks,
    date_in_words,
    interleave,
    join_names,
    linked,
    section_name,
)
from tests.newssite.model import Article
from tests.newssite.plan import slug
from tests.newssite.themes import theme_file

STYLE = theme_file("classic.css")
RATES = (
    ("FTSE 100", "7,412.30"),
    ("DAX", "15,102.80"),
    ("EUR/USD", "1.0931"),
    ("Brent", "81.44"),
    ("Gold", "1,846.10"),
)
SCRIPT = f"<script>\n{theme_file('classic.js')}</script>"


def _head(title: str, around: Surroundings, meta: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="{around.language}" dir="{around.direction}">
<head>
<!--charset-->
<title>{escape(title, quote=False)} - {escape(around.outlet.name, quote=False)}</title>
{meta}
<style type="text/css">{STYLE}</style>
{SCRIPT}
</head>"""


def _meta(article: Article, around: Surroundings) -> str:
    story = article.story
    names = {"description": story.description, "keywords": ", ".join(story.keywords)}
    if article.precision == "instant":
        names["date"] = article.published.isoformat()
    if story.authors:
        names["author"] = join_names(story.authors, ",").replace(" , ", ", ")
    lines = [f'<meta name="{name}" content="{attribute(value)}" />' for name, value in names.items()]
    return "\n".join([*lines, alternates(article, around)])


def _top(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    items = "\n".join(f'<div><a href="{path}">{say(name)}</a></div>' for name, path in around.navigation)
    around.say(f"{phrases.sign_in} | {phrases.search}")
    return f"""<div id="top"><div class="tools"><a href="/login">{say(phrases.sign_in)}</a> | <a href="/search">{say(phrases.search)}</a></div>
<div><a class="logo" href="/">{say(around.outlet.name)}</a></div><div class="claim">{say(around.outlet.tagline)}</div></div>
<div id="menu"><div><a href="/">{say(phrases.home)}</a></div>
{items}
</div>"""  # noqa: E501


def _rates(around: Surroundings) -> str:
    rows = list[str]()
    for name, value in RATES:
        around.say(f"{name} {value}")
        rows.append(f"<tr><td>{around.say(name)}</td><td>{around.say(value)}</td></tr>")
    return f'<div class="box"><table class="rates">{"".join(rows)}</table></div>'


def _foot(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    sections = "".join(f'<div><a href="{path}">{say(name)}</a></div>' for name, path in around.navigation)
    around.say(f"{phrases.about} | {phrases.contact} | {phrases.terms} | {phrases.privacy}")
    return f"""<div id="foot"><div class="sitemap">{sections}</div><div>{say(f"© {around.today.year} {around.outlet.name}. {phrases.copyright}")}</div>
<div><a href="/about">{say(phrases.about)}</a> | <a href="/contact">{say(phrases.contact)}</a> | <a href="/terms">{say(phrases.terms)}</a> | <a href="/privacy">{say(phrases.privacy)}</a></div></div>"""  # noqa: E501


def _box(title: str, cards: Sequence[Card], around: Surroundings) -> str:
    items = "\n".join(f'<li><a href="{attribute(card.url)}">{around.say(card.headline)}</a></li>' for card in cards)
    return f'<div class="box"><div class="boxhead">{around.say(title)}</div><div class="boxbody"><ul>{items}</ul></div></div>'  # noqa: E501


def _ad(around: Surroundings) -> str:
    return f'<div class="adbox"><div>{around.say(around.phrases.advertisement)}</div><div class="banner"></div></div>'


def _byline(article: Article, around: Surroundings) -> str:
    say, phrases, story = around.say, around.phrases, article.story
    names = join_names(story.authors, phrases.conjunction)
    when = date_in_words(article.published.date(), story.language)
    if article.precision == "instant":
        when = f"{when}, {article.published:%H:%M} UTC"
    author = f'<span class="author">{say(f"{phrases.by} {names}")}</span> | ' if names else ""
    around.say(f"{phrases.by} {names} | {when}")
    return f'<div class="byline">{author}<span class="date">{say(when)}</span></div>'


def _picture(around: Surroundings) -> str:
    phrases = around.phrases
    around.say(f"{phrases.caption} {phrases.image_credit}")
    return f"""<div class="pic"><div class="view"></div><div class="piccaption">{around.say(phrases.caption)} <span class="credit">{around.say(phrases.image_credit)}</span></div></div>"""  # noqa: E501


def _see_also(card: Card, around: Surroundings) -> str:
    phrases = around.phrases
    around.say(f"{phrases.read_also} {card.headline}")
    return f'<p class="seealso"><b>{around.say(phrases.read_also)}</b> <a href="{attribute(card.url)}">{around.say(card.headline)}</a></p>'  # noqa: E501


def _broken(chunks: Sequence[str]) -> list[str]:
    """Return text whose paragraphs are separated by line breaks only."""
    bare = list[str]()
    for chunk in chunks:
        if chunk.startswith("<p>"):
            chunk = f"{chunk[3:-4]}<br /><br />"
        elif chunk.startswith("<h3>"):
            chunk = f"<b>{chunk[4:-5]}</b><br /><br />"
        bare.append(chunk)
    return bare


def _text(article: Article, around: Surroundings) -> str:
    story = article.story
    chunks = body_chunks(story.blocks, lambda text: linked(escape(text, quote=False), story.keywords), heading="h3")
    inserts = {2: _ad(around)}
    if article.number // 2 % 3 == 0:
        chunks = _broken(chunks)
    elif around.related:
        inserts[4] = _see_also(around.related[0], around)
    return f'<div class="text" id="articletext">\n{interleave(chunks, inserts)}\n</div>'


def _tools(article: Article, around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    around.say(f"{phrases.print} | {phrases.share} | {phrases.comments}")
    tags = ", ".join(f'<a href="/tag/{slug(word)}/">{say(word)}</a>' for word in article.story.keywords)
    around.say(f"{phrases.tags}: {', '.join(article.story.keywords)}")
    return f"""<div class="tools2"><a href="{article.path}?print=1" rel="nofollow" onclick="return openPrint(this.href)">{say(phrases.print)}</a> | <a href="/share" rel="nofollow">{say(phrases.share)}</a> | <a href="{article.path}#comments">{say(phrases.comments)}</a></div>
<div class="tags">{say(phrases.tags)}: {tags}</div>
<div class="correction">{say(phrases.corrections)}</div>"""  # noqa: E501


def _side(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    letter = f'<div class="box"><div class="boxhead">{say(phrases.newsletter)}</div><div class="boxbody">{say(phrases.newsletter_text)}<form action="/newsletter"><input name="mail" /><input type="submit" value="OK" /></form></div></div>'  # noqa: E501
    boxes = [
        _box(phrases.most_read, around.most_read, around), _ad(around), letter, _rates(around),
        _box(phrases.related_news, around.related, around),
    ]  # fmt: skip
    return f'<div id="right">{"".join(boxes)}</div>'


def article_page(article: Article, around: Surroundings) -> str:
    say, story = around.say, article.story
    section = section_name(story.section, story.language)
    around.say(f"{around.phrases.home} » {section}")
    return f"""{_head(story.headline, around, _meta(article, around))}
<body>
<div id="page">
{_top(around)}
<div id="columns"><div id="left"><div class="inner"><div class="wrap">
<div class="path"><a href="/">{say(around.phrases.home)}</a> » <a href="/{story.section}/">{say(section)}</a></div>
<h1>{say(story.headline)}</h1>
{_byline(article, around)}
{_picture(around)}
{_text(article, around)}
{_tools(article, around)}
{_box(around.phrases.latest_news, around.latest, around)}
</div></div></div>
{_side(around)}
</div>
{_foot(around)}
</div>
</body>
</html>
"""


def listing_page(title: str, head: str, main: str, around: Surroundings) -> str:
    """Return a section, tag or front page in this theme."""
    return f"""{_head(title, around, head)}
<body><div id="page">{_top(around)}
<div id="columns"><div id="left"><h1>{escape(title, quote=False)}</h1>
{main}
</div>{_side(around)}</div>
{_foot(around)}</div></body></html>
"""


def listing_card(card: Card, around: Surroundings) -> str:
    more = escape(around.phrases.read_more, quote=False)
    return f"""<div class="teaser"><div class="h"><a href="{attribute(card.url)}">{escape(card.headline, quote=False)}</a></div><div class="d">{escape(card.date, quote=False)}</div>
<div>{escape(card.teaser, quote=False)} <a href="{attribute(card.url)}">{more}</a></div></div>"""  # noqa: E501
