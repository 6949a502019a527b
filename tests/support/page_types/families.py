"""Define the markup of CMS families: page frame, teaser, list and article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Family:
    """Templates with `{…}` placeholders."""

    frame: str
    """`{lang} {dir} {head} {body_class} {site} {menu} {main} {aside} {footer}`"""
    teaser: str
    """`{url} {title} {text} {day} {more}`"""
    listing: str
    """`{title} {items}`"""
    article: str
    """`{title} {day} {author} {body}`"""
    paragraph: str = "<p>{}</p>"
    body_classes: Mapping[str, str] = field(default_factory=dict)
    """Kind of page -> classes of its body element."""


_WORDPRESS = {
    "home": "home blog wp-embed-responsive", "category": "archive category category-news category-12",
    "tag": "archive tag tag-harbour tag-77", "author": "archive author author-mquill author-5",
    "date": "archive date", "search": "search search-results", "missing": "error404",
    "article": "post-template-default single single-post postid-4711 single-format-standard",
    "service": "page-template-default page page-id-2",
}  # fmt: skip

FAMILIES: dict[str, Family] = {
    "wordpress-block": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}</head><body class='{body_class}'>"
        "<div class='wp-site-blocks'><header class='wp-block-template-part'><p class='wp-block-site-title'>"
        "<a href='/'>{site}</a></p><nav class='wp-block-navigation'><ul>{menu}</ul></nav></header>"
        "<main class='wp-block-group'>{main}</main>{aside}<footer class='wp-block-template-part'>{footer}</footer>"
        "</div></body></html>",
        "<li class='wp-block-post post type-post'><h2 class='wp-block-post-title'><a href='{url}'>{title}</a></h2>"
        "<div class='wp-block-post-excerpt'><p class='wp-block-post-excerpt__excerpt'>{text}</p></div>"
        "<div class='wp-block-post-date'><time datetime='{day}'>{day}</time></div></li>",
        "<h1 class='wp-block-query-title'>{title}</h1><div class='wp-block-query'>"
        "<ul class='wp-block-post-template'>{items}</ul></div>",
        "<h1 class='wp-block-post-title'>{title}</h1><div class='wp-block-post-date'><time datetime='{day}'>{day}"
        "</time></div><p class='wp-block-post-author-name'>{author}</p>"
        "<div class='entry-content wp-block-post-content'>{body}</div>",
        body_classes=_WORDPRESS,
    ),
    "wordpress-classic": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}</head><body class='{body_class}'>"
        "<div id='page' class='site'><header id='masthead'><a href='/' rel='home'>{site}</a>"
        "<nav id='site-navigation'><ul id='primary-menu'>{menu}</ul></nav></header><div id='content'>"
        "<div id='primary' class='content-area'><main id='main' class='site-main'>{main}</main></div>"
        "<aside id='secondary' class='widget-area'>{aside}</aside></div><footer id='colophon'>{footer}</footer></div>"
        "</body></html>",
        "<article id='post-{n}' class='post-{n} post type-post hentry'><header class='entry-header'>"
        "<h2 class='entry-title'><a href='{url}' rel='bookmark'>{title}</a></h2><div class='entry-meta'>"
        "<time class='entry-date published' datetime='{day}'>{day}</time></div></header>"
        "<div class='entry-summary'><p>{text}</p><a class='more-link' href='{url}'>{more}</a></div></article>",
        "<header class='page-header'><h1 class='page-title'>{title}</h1></header>{items}",
        "<article class='post-4711 post hentry'><header class='entry-header'><h1 class='entry-title'>{title}</h1>"
        "<div class='entry-meta'><time class='entry-date published' datetime='{day}'>{day}</time>"
        "<span class='author vcard'>{author}</span></div></header><div class='entry-content'>{body}</div></article>",
        body_classes=_WORDPRESS,
    ),
    "tagdiv": Family(
        "<!doctype html><html lang='{lang}' dir='{dir}'><head>{head}</head><body class='{body_class} td-standard-pack'>"
        "<div id='td-outer-wrap'><div class='td-header-wrap'><a href='/'>{site}</a><ul class='sf-menu'>{menu}</ul></div>"
        "<div class='td-main-content-wrap'><div class='td-container'><div class='td-pb-row'>"
        "<div class='td-pb-span8 td-main-content'><div class='td-ss-main-content'>{main}</div></div>"
        "<div class='td-pb-span4 td-main-sidebar'>{aside}</div></div></div></div>"
        "<div class='td-footer-wrapper'>{footer}</div></div></body></html>",
        "<div class='td_module_10 td_module_wrap'><div class='td-module-thumb'><a href='{url}'><img src='/t{n}.jpg' alt=''>"
        "</a></div><div class='item-details'><h3 class='entry-title td-module-title'><a href='{url}'>{title}</a></h3>"
        "<span class='td-post-date'><time datetime='{day}'>{day}</time></span><div class='td-excerpt'>{text}</div></div></div>",
        "<div class='td-page-header'><h1 class='entry-title td-page-title'>{title}</h1></div>{items}",
        "<article class='post type-post'><header class='td-post-title'><h1 class='entry-title'>{title}</h1>"
        "<div class='td-module-meta-info'><div class='td-post-author-name'>{author}</div>"
        "<span class='td-post-date'><time datetime='{day}'>{day}</time></span></div></header>"
        "<div class='td-post-content tagdiv-type'>{body}</div></article>",
        body_classes=_WORDPRESS,
    ),
    "drupal": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}<meta name='Generator' content='Drupal 10'></head>"
        "<body class='{body_class}'><div class='layout-container'><header role='banner'><a href='/'>{site}</a>"
        "<nav role='navigation'><ul class='menu'>{menu}</ul></nav></header><main role='main'><a id='main-content'></a>"
        "<div class='layout-content'><div class='region region-content'>{main}</div></div>"
        "<aside class='layout-sidebar-first'>{aside}</aside></main><footer role='contentinfo'>{footer}</footer></div>"
        "</body></html>",
        "<div class='views-row'><div class='node node--type-article node--view-mode-teaser'><h2><a href='{url}'>"
        "<span class='field field--name-title'>{title}</span></a></h2><div class='node__meta'>{day}</div>"
        "<div class='field field--name-body'><p>{text}</p></div><ul class='links inline'><li class='node-readmore'>"
        "<a href='{url}'>{more}</a></li></ul></div></div>",
        "<h1 class='page-title'>{title}</h1><div class='views-element-container'>{items}</div>",
        "<h1 class='page-title'><span class='field--name-title'>{title}</span></h1><div class='node node--type-article "
        "node--view-mode-full'><div class='node__submitted'>{author} {day}</div><div class='field field--name-body'>"
        "{body}</div></div>",
        body_classes={"home": "path-frontpage", "category": "path-taxonomy", "tag": "path-taxonomy",
                      "author": "path-user", "search": "path-search", "article": "path-node page-node-type-article",
                      "service": "path-node page-node-type-page", "missing": "path-error"},
    ),
    "ghost": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}<meta name='generator' content='Ghost 5.80'></head>"
        "<body class='{body_class}'><div class='gh-viewport'><header id='gh-head'><a href='/'>{site}</a><nav><ul>{menu}"
        "</ul></nav></header><main id='site-main' class='site-main'>{main}</main>{aside}<footer class='site-footer'>"
        "{footer}</footer></div></body></html>",
        "<article class='post-card post'><a class='post-card-image-link' href='{url}'><img src='/i{n}.jpg' alt=''></a>"
        "<div class='post-card-content'><a class='post-card-content-link' href='{url}'><header><h2 class='post-card-title'>"
        "{title}</h2></header><div class='post-card-excerpt'>{text}</div></a><footer class='post-card-meta'>"
        "<time datetime='{day}'>{day}</time></footer></div></article>",
        "<section class='outer'><h1>{title}</h1></section><div class='post-feed'>{items}</div>",
        "<article class='gh-article post'><header class='gh-article-header'><h1 class='gh-article-title'>{title}</h1>"
        "<h4 class='gh-article-author-name'>{author}</h4><time class='gh-article-meta-date' datetime='{day}'>{day}</time>"
        "</header><section class='gh-content gh-canvas'>{body}</section></article>",
        body_classes={"home": "home-template", "category": "tag-template tag-news", "tag": "tag-template tag-harbour",
                      "author": "author-template", "article": "post-template tag-news", "service": "page-template",
                      "missing": "error-template"},
    ),
    "arc": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}</head><body><div id='fusion-app'>"
        "<div class='b-right-rail'><header class='b-header-nav-chain'><a href='/'>{site}</a><nav>{menu}</nav></header>"
        "<section class='b-right-rail__main' role='main'>{main}</section><aside>{aside}</aside>"
        "<footer class='b-footer'>{footer}</footer></div></div></body></html>",
        "<article class='b-results-list__wrapper'><div class='c-media-item'><img src='/r{n}.jpg' alt=''></div>"
        "<a class='c-link' href='{url}'><h2 class='c-heading b-results-list__heading'>{title}</h2></a>"
        "<p class='c-paragraph b-results-list__description'>{text}</p><div class='c-attribution'><time class='c-date' "
        "datetime='{day}'>{day}</time></div></article>",
        "<div class='c-stack'><h1 class='c-heading'>{title}</h1><div class='b-results-list'>{items}</div></div>",
        "<h1 class='c-heading b-headline'>{title}</h1><div class='b-byline'>{author}</div><time class='c-date b-date' "
        "datetime='{day}'>{day}</time><article class='c-stack b-article-body article-body-wrapper'>{body}</article>",
        "<p class='c-paragraph'>{}</p>",
    ),
    "next": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}</head><body><div id='__next'>"
        "<div class='Layout_root__a9Kx2'><div class='Header_bar__Zq81L'><a href='/'>{site}</a><nav>{menu}</nav></div>"
        "<main class='Layout_main__pX03d'>{main}</main><div class='Rail_rail__0kQw7'>{aside}</div>"
        "<footer class='Footer_root__Ty5m1'>{footer}</footer></div></div><script id='__NEXT_DATA__' "
        "type='application/json'>{{}}</script></body></html>",
        "<a class='css-1x8k2mv' href='{url}'><div class='css-9q0zt'><h3 class='css-7ydp1'>{title}</h3>"
        "<p class='css-k3l0aa'>{text}</p><span class='css-d0t3z'>{day}</span></div></a>",
        "<h1 class='css-h1a0b'>{title}</h1><div class='css-gr1d0'>{items}</div>",
        "<div class='css-hd88q'><h1 class='css-t1tl3'>{title}</h1><span class='css-by1in'>{author}</span>"
        "<time class='css-d4t3' datetime='{day}'>{day}</time></div><div class='css-b0dy1'>{body}</div>",
        "<div class='css-p4r4g' data-component='text-block'><p class='css-0x1'>{}</p></div>",
    ),
    "amp": Family(
        "<!doctype html><html amp lang='{lang}' dir='{dir}'><head>{head}</head><body><amp-sidebar id='s' layout='nodisplay'>"
        "<ul>{menu}</ul></amp-sidebar><header class='amp-header'><a href='/'>{site}</a></header><div class='amp-main'>"
        "{main}</div>{aside}<footer>{footer}</footer></body></html>",
        "<div class='amp-card'><amp-img src='/a{n}.jpg'></amp-img><h3><a href='{url}'>{title}</a></h3><p>{text}</p>"
        "<small>{day}</small></div>",
        "<h1>{title}</h1><div class='amp-cards'>{items}</div>",
        "<article class='amp-wp-article'><h1 class='amp-wp-title'>{title}</h1><div class='amp-wp-meta'>{author} "
        "<time datetime='{day}'>{day}</time></div><div class='amp-wp-article-content'>{body}</div></article>",
    ),
    "tables": Family(
        "<html><head>{head}</head><body bgcolor=white dir='{dir}'><table width=780 align=center><tr><td colspan=3>"
        "<a href='/'><b>{site}</b></a></td></tr><tr><td width=130 valign=top>{menu}</td><td valign=top width=480>{main}"
        "</td><td valign=top>{aside}</td></tr><tr><td colspan=3><font size=1>{footer}</font></td></tr></table></body></html>",
        "<tr><td><font size=3><a href='{url}'><b>{title}</b></a></font><br><font size=1>{day}</font><br>"
        "<font size=2>{text} <a href='{url}'>{more}</a></font><br><br></td></tr>",
        "<font size=5><b>{title}</b></font><table>{items}</table>",
        "<font size=5><b>{title}</b></font><br><font size=1>{day} - {author}</font><br><br><font size=2>{body}</font>",
        "{}<br><br>",
    ),
    "div-soup": Family(
        "<!DOCTYPE html><html><head>{head}</head><body dir='{dir}'><div class='w1'><div class='top'><div><a href='/'>{site}"
        "</a></div><div>{menu}</div></div><div class='mid'><div class='l'>{main}</div><div class='r'>{aside}</div></div>"
        "<div class='bot'>{footer}</div></div></body></html>",
        "<div class='b1'><div class='t'><a href='{url}'>{title}</a></div><div class='d'>{day}</div><div class='x'>{text}"
        "</div></div>",
        "<div class='hd'>{title}</div><div class='bx'>{items}</div>",
        "<div class='hd'>{title}</div><div class='inf'>{day} | {author}</div><div class='txt'>{body}</div>",
        "<div>{}</div>",
    ),
    "components": Family(
        "<!DOCTYPE html><html lang='{lang}' dir='{dir}'><head>{head}</head><body><site-header><a href='/'>{site}</a>"
        "<site-nav>{menu}</site-nav></site-header><page-content><main>{main}</main><side-rail>{aside}</side-rail>"
        "</page-content><site-footer>{footer}</site-footer></body></html>",
        "<news-card><a slot='link' href='{url}'><h3 slot='title'>{title}</h3></a><p slot='text'>{text}</p>"
        "<time slot='date' datetime='{day}'>{day}</time></news-card>",
        "<page-title><h1>{title}</h1></page-title><card-grid>{items}</card-grid>",
        "<story-head><h1>{title}</h1><story-byline>{author}</story-byline><time datetime='{day}'>{day}</time></story-head>"
        "<story-body>{body}</story-body>",
    ),
}  # fmt: skip
