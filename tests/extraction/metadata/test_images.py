"""Which images belong to an article, and where in its text they stand."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules, ImageEvidence
from newscrawl.extraction.extract import extract

TEXT = "<p>The lighthouse on the northern cape shines again after the storm, the council said.</p>"


def images_of(inside: str) -> list[ImageEvidence]:
    page = f"<html><body><article>{TEXT}{inside}{TEXT.replace('shines', 'glows')}</article></body></html>"
    return list(extract(page.encode(), "https://e.example/a", ExtractionRules()).images)


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ('src="/a.jpg"', "/a.jpg"),
        ('src="data:image/gif;base64,R0" data-src="/a.jpg"', "/a.jpg"),
        ('src="/lazy.gif" data-lazy-src="/a.jpg"', "/a.jpg"),
        ('data-original="/a.jpg"', "/a.jpg"),
        ('src="/a.jpg" data-src="/a-{width}.jpg"', "/a.jpg"),
        ('srcset="/a.jpg 400w, /b.jpg 800w"', "/a.jpg"),
        ('src="data:image/gif;base64,R0" data-srcset="/a.jpg 1x"', "/a.jpg"),
    ],
)
def test_an_image_is_what_the_page_will_load(attributes: str, url: str) -> None:
    (image,) = images_of(f"<img {attributes}>")
    assert image.url == url
    assert image.place is not None
    assert image.place.before == 1


def test_an_image_that_names_no_file_is_none() -> None:
    assert images_of('<img alt="a"><img src="data:image/png;base64,R0"><img srcset="data:image/png;base64,R0">') == []


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/a.gif" width="1" height="1">',
        '<img src="/a.jpg" width="40">',
        '<img src="/a" style="position: absolute; width:1px">',
        '<img src="https://count.example/pixel?id=3">',
        '<img src="/images/spacer.gif">',
        '<img src="/lazy_placeholder.gif">',
        '<img src="/share.svg">',
        '<img src="/ann.jpg" class="avatar photo">',
        '<div><img src="/teaser.jpg"><a href="/other">Another lighthouse is sold</a></div>',
    ],
)
def test_pixels_icons_portraits_and_teasers_have_no_place_in_the_text(image: str) -> None:
    assert [image.place for image in images_of(image)] == [None]


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/google-pixel/pixel-9.jpg">',
        '<img src="/point-blank.jpg" width="640">',
        '<img src="/a.jpg" width="16" height="9">',
        '<img src="/a.jpg" width="100%">',
        '<img src="/a.jpg" style="min-width:1px">',
        '<figure><img src="/chart.svg"></figure>',
        '<p><img src="/a.jpg"></p><p><a href="/gallery">More pictures of it</a></p>',
    ],
)
def test_images_that_only_look_like_decoration_have_one(image: str) -> None:
    assert [image.place is not None for image in images_of(image)] == [True]


def test_captions_and_credits_are_read_from_the_figure() -> None:
    caption = '<figcaption>The tower <span class="credit">Ann Lee</span></figcaption>'
    (image,) = images_of(f'<figure><img src="/a.jpg" alt="Tower">{caption}</figure>')
    assert (image.caption, image.credit) == ("The tower", "Ann Lee")
    assert image.place is not None
    assert image.place.alt == "Tower"
