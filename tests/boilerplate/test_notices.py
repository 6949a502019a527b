"""Lines about the page or its channels, and sentences with the same words."""

from __future__ import annotations

import pytest

from newscrawl.boilerplate.lines import match_line
from newscrawl.boilerplate.notices import match_notice


@pytest.mark.parametrize(
    "line",
    [
        "Join our WhatsApp channel for the news of the valley",
        "Please follow us on Telegram.",
        "नई खबरें पाने के लिए हमारे टेलीग्राम चैनल से जुड़ें।",
        "Son haberler için Telegram kanalımıza abone olun!",
        "برای خواندن خبرها در تلگرام ما را دنبال کنید",
        "欢迎加入我们的Telegram群",
        "انضموا إلى قناتنا على تليغرام",
        "Siga o nosso canal no Telegram",
    ],
)
def test_invitations_to_a_messenger_are_found(line: str) -> None:
    assert match_notice(line, at_edge=False) == "messenger-invitation"


@pytest.mark.parametrize("before", ["", "•", "• ", "> •", "> • "])
def test_invitations_are_found_wherever_they_begin(before: str) -> None:
    assert match_notice(f"{before}Join our WhatsApp channel", at_edge=False) == "messenger-invitation"


@pytest.mark.parametrize(
    "line",
    [
        "Telegram groups told people to join the strike on Friday.",
        "She had to join the WhatsApp group of the class.",
        "WhatsApp users will soon subscribe to our rival, he said.",
        "警察说，嫌疑人在电报上加入了三个群组。",
        "텔레그램에 가입한 회원은 이백 명이다.",
        "男はテレグラムのグループに参加した。",
        "पुलिस ने टेलीग्राम से जुड़ने वालों की सूची बनाई।",
        "Müdür, velilerin WhatsApp grubuna katıldığını söyledi.",
    ],
)
def test_sentences_about_a_messenger_are_no_invitations(line: str) -> None:
    assert match_notice(line, at_edge=True) is None


@pytest.mark.parametrize(
    "line",
    [
        "This article was translated by AI and checked by an editor.",
        "Dieser Beitrag wurde automatisch übersetzt.",
        "Este artículo se tradujo con ayuda de la inteligencia artificial.",
        "この記事は機械翻訳です。",
    ],
)
def test_notices_of_machine_translation_are_found_at_the_ends(line: str) -> None:
    assert match_notice(line, at_edge=True) == "translation-notice"
    assert match_notice(line, at_edge=False) is None


@pytest.mark.parametrize(
    "line",
    [
        "Artificial intelligence translated the novel, and nobody noticed.",
        "Der Roman wurde automatisch übersetzt.",
        "La inteligencia artificial llega a los hospitales.",
    ],
)
def test_sentences_about_translation_are_no_notices(line: str) -> None:
    assert match_notice(line, at_edge=True) is None


@pytest.mark.parametrize(
    "line", ["责任编辑：李敏", "（責任編輯：陳小明）", "校对：王磊", "박서준 기자 sjpark@e.example"]
)
def test_credits_of_east_asian_editors_are_found_at_the_ends(line: str) -> None:
    assert match_line(line, None, at_edge=True) == "east-asian-credit-line"
    assert match_line(line, None, at_edge=False) is None


@pytest.mark.parametrize(
    "line", ["编辑部昨天搬到了新楼。", "박서준 기자는 현장에 있었다.", "记者从市政府获悉，桥将关闭。"]
)
def test_sentences_about_editors_are_no_credits(line: str) -> None:
    assert match_line(line, None, at_edge=True) is None
