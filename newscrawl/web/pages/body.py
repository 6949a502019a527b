"""Show the stored HTML of an article without trusting it."""

from __future__ import annotations

import re
from html import escape

import nh3
from markupsafe import Markup

from newscrawl.fields.body_html import CLASSES, TAGS
from newscrawl.text.references import unescape
from newscrawl.web.formats import get_http_url

LINK_REL = "noopener nofollow noreferrer"


def _keep_http(_tag: str, name: str, value: str) -> str | None:
    return get_http_url(value) if name in ("href", "src") else value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    allowed_classes=CLASSES,
    url_schemes={"http", "https"},
    link_rel=LINK_REL,
    attribute_filter=_keep_http,
)
_IMAGE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r'(src|alt)="([^"]*)"')


def show_body(html: str | None, text: str) -> Markup:
    """Return the body as safe HTML: *html* sanitized again, or the paragraphs of *text* where there is none.

    Images are links to them, so that looking at an article asks no other server for anything.
    """
    if not html:
        return Markup("\n").join(Markup("<p>{}</p>").format(part) for part in text.split("\n\n") if part.strip())
    return Markup(_IMAGE.sub(_link_image, _CLEANER.clean(html)))


def _link_image(image: re.Match[str]) -> str:
    """Return a link in place of an image, which is in the form that the sanitizer writes."""
    values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(image[1])}
    alt = values.get("alt", "").strip()
    if not values.get("src"):
        return f'<span class="image">{escape(alt)}</span>' if alt else ""
    label = f"Image: {alt}" if alt else "Image"
    return f'<a class="image" href="{escape(values["src"])}" rel="{LINK_REL}" dir="auto">{escape(label)}</a>'
