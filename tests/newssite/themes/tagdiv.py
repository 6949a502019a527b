"""The markup of tagDiv's "Newspaper" family: weather, clock, ad slots in the text, news blocks, comment form."""

from collections.abc import Sequence
from datetime import date

from tests.newssite.html import (
    Card,
    Surroundings,
    alternates,
    attribute,
    body_chunks,
    card_variant,
    date_in_words,
    interleave,
    linked,
    section_name,
    texturized,
)
from tests.newssite.model import Article
from tests.newssite.plan import slug
from tests.newssite.themes import theme_file

SHARES = ("Facebook", "Twitter", "WhatsApp", "Email")
STYLE = theme_file("tagdiv.css")
SCRIPT = f"<script>\n{theme_file('tagdiv.js')}</script>"


def _head(title: str, around: Surroundings, extra: str) -> str:
    return f"""<!doctype html >
<html lang="{around.language}" dir="{around.direction}" prefix="og: http://ogp.me/ns#">
<head>
<meta charset="UTF-8" />
<title>{attribute(title)} | {attribute(around.outlet.name)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1.0">
{extra}
<meta name="generator" content="WordPress 5.8.2" />
<style id="td-inline-css">{STYLE}</style>
{SCRIPT}
</head>"""


def _meta(article: Article, around: Surroundings) -> str:
    story = article.story
    properties = [
        ("og:locale", story.language), ("og:type", "article"), ("og:title", story.headline),
        ("og:description", story.description), ("og:url", article.url), ("og:site_name", around.outlet.name),
        ("og:image", article.image), ("article:published_time", article.published.isoformat()),
        ("article:section", section_name(story.section, story.language)),
    ]  # fmt: skip
    properties += [("article:tag", keyword) for keyword in story.keywords]
    if article.modified:
        properties.append(("article:modified_time", article.modified.isoformat()))
    lines = [f'<meta property="{name}" content="{attribute(value)}" />' for name, value in properties]
    lines.append(f'<meta name="description" content="{attribute(story.description)}" />')
    return "\n".join([*lines, alternates(article, around)])


def _bar(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    items = "\n".join(
        f'<li class="menu-item menu-item-type-taxonomy"><a href="{path}"><div class="tdb-menu-item-text">{say(name)}'
        "</div></a></li>"
        for name, path in around.navigation
    )
    around.lines.say("1.8 C")
    return f"""<div class="td-header-top"><div class="td-container tdc-row stretch_row tdi_2">
<div class="td-weather-top-widget" id="td_top_weather_uid"><i class="td-icons clear-sky-d"></i>
<div class="td-weather-now" data-block-uid="td_top_weather_uid"><span class="td-big-degrees">1.8</span> <span class="td-weather-unit">C</span></div>
<div class="td-weather-header"><div class="td-weather-city">{say("Port Ellis")}</div></div></div>
<div class="td_block_wrap tdb_header_date tdi_14"><div class="tdb-block-inner td-fix-index"><div class="tdb-head-date-txt">{say(around.clock())}</div></div></div>
<div class="td_block_wrap tdb_header_user tdi_15"><a class="td-login-modal-js" href="#login-form">{say(phrases.sign_in)}</a></div>
</div></div>
<div class="td-container"><a class="tdb-logo-a" href="/"><span class="tdb-logo-text">{say(around.outlet.name)}</span></a></div>
<div class="td-main-menu td_block_wrap tdb_header_menu tdi_21"><div class="td-container"><ul class="tdb-block-menu tdb-menu tdb-menu-items-visible">
<li class="menu-item"><a href="/"><div class="tdb-menu-item-text">{say(phrases.home)}</div></a></li>
{items}
</ul></div></div>"""  # noqa: E501


def _footer(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<div class="td-footer-wrap"><div class="td-container">
<div class="tdm-descr">{say(around.outlet.tagline)}</div>
<div class="td-social-style-2">{say(phrases.follow_us)}</div></div></div>
<div class="td-sub-footer-container"><div class="td-container"><div class="td-sub-footer-copy">{say(f"© {around.today.year} {around.outlet.name}. {phrases.copyright}")}</div>
<ul class="td-subfooter-menu"><li><a href="/about">{say(phrases.about)}</a></li><li><a href="/contact">{say(phrases.contact)}</a></li><li><a href="/privacy-policy">{say(phrases.privacy)}</a></li></ul></div></div>"""  # noqa: E501


def _ad(around: Surroundings, number: int) -> str:
    title = f"- {around.phrases.advertisement} -"
    around.say(f"{title}spot_img")
    return (
        f'<div class="td-a-rec td-a-rec-id-content_inline tdi_{number} td_block_template_1">'
        f'<span class="td-adspot-title">{around.say(title)}</span><div class="td-visible-desktop"><a href="#">'
        '<img src="/media/photo-7.svg" alt="spot_img" width="300" height="120"/></a></div></div>'
    )


def _module(card: Card, around: Surroundings, kind: str) -> str:
    say = around.say
    return f"""<div class="{kind} td_module_wrap td-animation-stack"><div class="td-module-container td-category-pos-">
<div class="td-image-container"><div class="td-module-thumb"><a href="{attribute(card.url)}" rel="bookmark" class="td-image-wrap" title="{attribute(card.headline)}"><span class="entry-thumb td-thumb-css" style="background-image:url('{card.image}')"></span></a></div></div>
<div class="td-module-meta-info"><h3 class="entry-title td-module-title"><a href="{attribute(card.url)}" rel="bookmark" title="{attribute(card.headline)}">{say(card.headline)}</a></h3>
<div class="td-editor-date"><span class="td-post-date"><time class="entry-date updated td-module-date">{say(card.date)}</time></span></div></div></div></div>"""  # noqa: E501


def _block(title: str, cards: Sequence[Card], around: Surroundings, uid: int, kind: str) -> str:
    modules = "\n".join(_module(card, around, "td_module_flex td_module_flex_1") for card in cards)
    return f"""<div class="td_block_wrap {kind} tdi_{uid} td_with_ajax_pagination td-pb-border-top td_block_template_1" data-td-block-uid="tdi_{uid}">
<div class="td-block-title-wrap"><h4 class="block-title td-block-title"><span class="td-pulldown-size">{around.say(title)}</span></h4></div>
<div id="tdi_{uid}" class="td_block_inner row3 td-mc1-wrap">{modules}</div></div>"""  # noqa: E501


def _newsletter(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    return f"""<div class="td_block_wrap tds_newsletter td-newsletter-form tdi_66"><h3 class="tdn-title">{say(phrases.newsletter)}</h3>
<div class="tdn-descr">{say(phrases.newsletter_text)}</div><input type="email" placeholder="{attribute(phrases.email)}"><button class="tdn-btn" type="submit">{say(phrases.subscribe)}</button></div>"""  # noqa: E501


def _comment_form(article: Article, around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    around.say(f"{phrases.leave_reply} {phrases.cancel_reply}")
    return f"""<div class="td_block_wrap tdb_single_comments tdi_78"><div class="comments" id="comments"><div id="respond" class="comment-respond">
<h3 id="reply-title" class="comment-reply-title">{say(phrases.leave_reply)} <small><a rel="nofollow" id="cancel-comment-reply-link" href="{article.path}#respond">{say(phrases.cancel_reply)}</a></small></h3>
<form action="/wp-comments-post.php" method="post" id="commentform" class="comment-form" novalidate><div class="clearfix"></div>
<div class="comment-form-input-wrap td-form-comment"><textarea placeholder="Comment:" id="comment" name="comment" cols="45" rows="8"></textarea><div class="td-warning-comment">{say(phrases.enter_comment)}</div></div>
<div class="comment-form-input-wrap td-form-author"><input id="author" name="author" placeholder="Name:*" type="text" value="" size="30"><div class="td-warning-author">{say(phrases.enter_name)}</div></div>
<div class="comment-form-input-wrap td-form-email"><input id="email" name="email" placeholder="Email:*" type="text" value="" size="30"><div class="td-warning-email-error">{say(phrases.wrong_email)}</div></div>
<p class="comment-form-cookies-consent"><input id="wp-comment-cookies-consent" type="checkbox" value="yes"><label for="wp-comment-cookies-consent">{say(phrases.save_name)}</label></p>
</form></div></div></div>"""  # noqa: E501


def _date(day: date, language: str) -> str:
    """Format a date: the theme's own format in English, the language's format otherwise."""
    return f"{day:%B} {day.day}, {day.year}" if language == "en" else date_in_words(day, language)


def _byline(article: Article, around: Surroundings) -> str:
    say, phrases, story = around.say, around.phrases, article.story
    shown = _date(article.published.date(), story.language)
    pages = around.outlet.author_pages
    names = " ".join(
        f'<a class="tdb-author-name" href="{pages[name]}">{say(name)}</a>'
        if name in pages
        else f'<span class="tdb-author-name">{say(name)}</span>'
        for name in story.authors
    )
    around.say(f"{phrases.by} {' '.join(story.authors)}")
    author = f'<span class="tdb-author-by">{say(phrases.by)}</span> {names}' if story.authors else ""
    return f"""<div class="td_block_wrap tdb_single_author tdi_44"><div class="tdb-block-inner td-fix-index"><div class="tdb-author-name-wrap">{author}</div></div></div>
<div class="td_block_wrap tdb_single_date tdi_45"><div class="tdb-block-inner td-fix-index"><time class="entry-date updated td-module-date" datetime="{article.published.isoformat()}">{say(shown)}</time></div></div>
<div class="td_block_wrap tdb_single_comments_count tdi_46"><a href="{article.path}#comments"><i class="td-icon-comments"></i>{say("0")}</a></div>"""  # noqa: E501


def _sharing(article: Article, around: Surroundings) -> str:
    buttons = "".join(
        f'<a class="td-social-sharing-button td-social-{name.lower()}" href="https://{name.lower()}.example/share?u={article.url}"><span class="td-social-but-text">{around.say(name)}</span></a>'  # noqa: E501
        for name in SHARES
    )
    around.say("".join(SHARES))
    return f"""<div class="td_block_wrap tdb_single_post_share tdi_47"><div class="td-post-sharing td-ps-bg"><div class="td-post-sharing-visible"><div class="td-social-share-text">{around.say(around.phrases.share)}</div>
{buttons}</div></div></div>"""  # noqa: E501


def _content(article: Article, around: Surroundings) -> str:
    phrases, story = around.phrases, article.story
    chunks = body_chunks(story.blocks, lambda text: linked(texturized(text), story.keywords))
    caption = around.say(phrases.caption)
    figure = f'<figure class="wp-caption aligncenter"><img src="{article.image}" alt="" width="640" height="300"><figcaption class="wp-caption-text">{caption}</figcaption></figure>'  # noqa: E501
    inserts = {1: _ad(around, 60), 3: figure if article.number % 3 == 1 else _newsletter(around), 5: _ad(around, 61)}
    tail = [_ad(around, 62), _block(phrases.latest_news, (), around, 70, "td_flex_block_1")]
    tail += [_ad(around, 63), _block(phrases.related_news, around.related[:3], around, 71, "td_block_related_posts")]
    return f"""<div class="td_block_wrap tdb_single_content tdi_58 td-pb-border-top td_block_template_1 td-post-content tagdiv-type" data-td-block-uid="tdi_58"><div class="tdb-block-inner td-fix-index">
{interleave(chunks, inserts)}
{"".join(tail)}
{_ad(around, 64)}</div></div>"""  # noqa: E501


def _tags(article: Article, around: Surroundings) -> str:
    say = around.say
    items = "".join(f'<li><a href="/tag/{slug(word)}/">{say(word)}</a></li>' for word in article.story.keywords)
    return f'<div class="td_block_wrap tdb_single_tags tdi_68"><ul class="tdb-tags"><li><span>{say(around.phrases.tags)}</span></li>{items}</ul></div>'  # noqa: E501


def _microdata(article: Article, around: Surroundings) -> str:
    story = article.story
    authors = "".join(
        f'<span class="td-page-meta" itemprop="author" itemscope itemtype="https://schema.org/Person"><meta itemprop="name" content="{attribute(name)}"></span>'  # noqa: E501
        for name in story.authors
    )
    return f"""{authors}<meta itemprop="datePublished" content="{article.published.isoformat()}"><meta itemprop="dateModified" content="{(article.modified or article.published).isoformat()}">
<meta itemscope itemprop="mainEntityOfPage" itemtype="https://schema.org/WebPage" itemid="{article.url}"><meta itemprop="headline" content="{attribute(story.headline)}">
<span class="td-page-meta" itemprop="publisher" itemscope itemtype="https://schema.org/Organization"><meta itemprop="name" content="{attribute(around.outlet.name)}"></span>"""  # noqa: E501


def _neighbours(around: Surroundings) -> str:
    say, phrases = around.say, around.phrases
    pair = list(zip(("previous", "next"), around.related[3:5], strict=False))
    links = "".join(
        f'<div class="tdb-next-post tdb-post-{side}"><span>{say(getattr(phrases, side))}</span>'
        f'<div class="td-module-title"><a href="{card.url}">{say(card.headline)}</a></div></div>'
        for side, card in pair
    )
    return f'<div class="td_block_wrap tdb_single_next_prev tdi_69">{links}</div>'


def article_page(article: Article, around: Surroundings) -> str:
    say, story = around.say, article.story
    section = section_name(story.section, story.language)
    latest = [card_variant(card, "?utm_source=sidebar&utm_medium=widget") for card in around.latest]
    around.say(f"{around.phrases.home} {section}")
    return f"""{_head(story.headline, around, _meta(article, around))}
<body class="post-template-default single single-post postid-{article.number} td-animation-stack-type0 td-full-layout tdb-template">
<div id="td-outer-wrap" class="td-theme-wrap">
<div class="td-header-template-wrap">{_bar(around)}</div>
<div class="td-main-content-wrap td-container-wrap"><div class="td-container tdc-content-wrap"><article id="post-{article.number}" class="post-{article.number} post type-post status-publish format-standard" itemscope itemtype="https://schema.org/Article">
<div class="td-pb-row"><div class="vc_column tdi_36 wpb_column td-pb-span8">
<div class="td_block_wrap tdb_breadcrumbs tdi_38"><div class="tdb-entry-crumbs"><span><a class="tdb-entry-crumb" href="/">{say(around.phrases.home)}</a></span> <span><a class="tdb-entry-crumb" href="/{story.section}/">{say(section)}</a></span></div></div>
<div class="td_block_wrap tdb_title tdi_40 tdb-single-title"><div class="tdb-block-inner td-fix-index"><h1 class="tdb-title-text">{say(story.headline)}</h1></div></div>
{_byline(article, around)}
{_sharing(article, around)}
<div class="td_block_wrap tdb_single_featured_image tdi_50"><img class="entry-thumb" src="{article.image}" alt="" width="696" height="300"></div>
{_content(article, around)}
{_tags(article, around)}
{_neighbours(around)}
{_comment_form(article, around)}
</div><div class="vc_column tdi_80 wpb_column td-pb-span4"><div class="td_block_wrap td-a-rec-id-sidebar">{_ad(around, 81)}</div>
{_block(around.phrases.latest_news, latest, around, 82, "td_flex_block_2")}
</div></div>{_microdata(article, around)}</article></div></div>
{_footer(around)}
</div></body></html>
"""  # noqa: E501


def listing_page(title: str, head: str, main: str, around: Surroundings) -> str:
    """Return a section, tag or front page in this theme."""
    return f"""{_head(title, around, head)}
<body class="archive category td-animation-stack-type0 td-full-layout">
<div id="td-outer-wrap" class="td-theme-wrap"><div class="td-header-template-wrap">{_bar(around)}</div>
<div class="td-main-content-wrap td-container-wrap"><div class="td-container"><div class="td-pb-row"><div class="td-pb-span8">
<h1 class="entry-title td-page-title">{attribute(title)}</h1>
{main}
</div></div></div></div>
{_footer(around)}</div></body></html>
"""  # noqa: E501


def listing_card(card: Card, around: Surroundings) -> str:
    module = _module(card, around, "td_module_10 td_module_flex")
    return f'{module}<div class="td-excerpt">{attribute(card.teaser)}</div>'
