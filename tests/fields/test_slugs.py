"""Slugs in URLs."""

from __future__ import annotations

import pytest

from newscrawl.fields.slugs import get_slug, is_spelled


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://e.example/a/the-old-lighthouse-will-shine-again-12345.html", "theoldlighthousewillshineagain"),
        ("https://e.example/12345-the_old_lighthouse_will_shine_again/", "theoldlighthousewillshineagain"),
        ("https://e.example/der-leuchtturm-strahlt-wieder", ""),
        (
            "https://e.example/der-leuchtturm-strahlt-wieder-%C3%BCber-der-stadt",
            "derleuchtturmstrahltwiederuberderstadt",
        ),
        ("https://e.example/news/a", ""),
        ("", ""),
    ],
)
def test_the_slug_is_the_longest_segment_without_numbers(url: str, slug: str) -> None:
    assert get_slug(url) == slug


@pytest.mark.parametrize(
    ("headline", "path"),
    [
        ("Lys på Ålesunds gamle fyrtårn – for første gang", "lys-paa-aalesunds-gamle-fyrtaarn-for-foerste-gang"),
        ("Lys på Ålesunds gamle fyrtårn – for første gang", "lys-pa-alesunds-gamle-fyrtarn-for-forste-gang"),
        ("Größe zählt: Ein Leuchtturm für die ganze Küste", "groesse-zaehlt-ein-leuchtturm-fuer-die-ganze-kueste"),
        ("The old lighthouse's lamp will shine again", "the-old-lighthouses-lamp-will-shine-ag"),
        ("The old lighthouse will shine again", "the-old-lighthouse-will-shine-again-after-the-storm"),
    ],
)
def test_a_transliterated_headline_matches_its_slug(headline: str, path: str) -> None:
    assert is_spelled(headline, get_slug(f"https://e.example/{path}"))


def test_another_headline_does_not_match() -> None:
    slug = get_slug("https://e.example/the-old-lighthouse-will-shine-again")
    assert not is_spelled("An old lighthouse will shine again", slug)
    assert not is_spelled("The old", slug)
    assert not is_spelled("The old lighthouse will shine again", "")
