"""Images of an article and their positions in its text."""

from __future__ import annotations

import pytest

from newscrawl.evidence import ExtractionRules, ImageEvidence
from newscrawl.extraction.extract import extract

TEXT = "<p>The lighthouse on the northern cape shines again after the storm, the council said.</p>"


def extract_images(inside: str) -> list[ImageEvidence]:
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
def test_the_url_of_an_image_is_the_one_that_will_be_loaded(attributes: str, url: str) -> None:
    (image,) = extract_images(f"<img {attributes}>")
    assert image.url == url
    assert image.place is not None
    assert image.place.before == 1


def test_an_image_without_a_url_is_ignored() -> None:
    assert (
        extract_images('<img alt="a"><img src="data:image/png;base64,R0"><img srcset="data:image/png;base64,R0">') == []
    )


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
def test_pixels_icons_portraits_and_teasers_are_not_placed_in_the_text(image: str) -> None:
    assert [image.place for image in extract_images(image)] == [None]


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
def test_images_that_resemble_decoration_are_placed_in_the_text(image: str) -> None:
    assert [image.place is not None for image in extract_images(image)] == [True]


def test_caption_and_credit_are_extracted_from_the_figure() -> None:
    caption = '<figcaption>The tower <span class="credit">Ann Lee</span></figcaption>'
    (image,) = extract_images(f'<figure><img src="/a.jpg" alt="Tower">{caption}</figure>')
    assert (image.caption, image.credit) == ("The tower", "Ann Lee")
    assert image.place is not None
    assert image.place.alt == "Tower"
