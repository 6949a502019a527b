"""Captions and credits."""

from __future__ import annotations

import pytest

from newscrawl.fields.captions import split_caption


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The tower at dusk. Photo: Ann Lee", "The tower at dusk.", "Ann Lee"),
        ("The tower at dusk. (Photo by Ann Lee/Getty Images)", "The tower at dusk.", "Ann Lee/Getty Images"),
        ("The tower at dusk | Bild: Ann Lee/dpa", "The tower at dusk", "Ann Lee/dpa"),
        ("Der Turm am Abend. © Ann Lee", "Der Turm am Abend.", "Ann Lee"),
        ("La tour. Crédit photo : Ann Lee", "La tour.", "Ann Lee"),
        ("The tower at dusk (AP Photo/Ann Lee)", "The tower at dusk", "AP Photo/Ann Lee"),
        ("Reuters", None, "Reuters"),
        ("夕方の灯台。写真：青木礼子", "夕方の灯台。", "青木礼子"),
        ("The tower at dusk, as seen from the harbour.", "The tower at dusk, as seen from the harbour.", None),
        ("A photo by the sea of the tower at dusk.", "A photo by the sea of the tower at dusk.", None),
        ("", None, None),
    ],
)
def test_captions_and_credits_are_split(text: str, caption: str | None, credit: str | None) -> None:
    assert split_caption(text) == (caption, credit)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("雪后的湖面。本报记者 陈明 摄", "雪后的湖面。", "本报记者 陈明 摄"),
        ("氷の張った湖（田中花子撮影）", "氷の張った湖", "田中花子撮影"),
        ("얼어붙은 호수. 강릉시 제공", "얼어붙은 호수.", "강릉시 제공"),
        ("湖では毎年、写真が撮影されている。", "湖では毎年、写真が撮影されている。", None),
    ],
)
def test_east_asian_credits_are_split_off(text: str, caption: str, credit: str | None) -> None:
    assert split_caption(text) == (caption, credit)
