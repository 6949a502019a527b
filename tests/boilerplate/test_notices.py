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


@pytest.mark.parametrize(
    "line",
    [
        "This entry was posted on Friday, March 12th, 2010 at 10:15 am and is filed under Politics. You can follow any "
        "responses to this entry through the RSS 2.0 feed. You can leave a response, or trackback from your own site.",
        "Dieser Beitrag wurde unter Politik abgelegt und mit Hafen verschlagwortet. Setze ein Lesezeichen auf den "
        "Permalink.",
        "Cette entrée a été publiée dans Politique, et marquée avec port. Mettez-la en favori avec son permalien.",
        "Esta entrada fue publicada en Política y etiquetada puerto. Guarda el enlace permanente.",
        "Dit bericht werd geplaatst op 12 maart 2010 en valt onder Politiek.",
        "Detta inlägg postades fredag 12 mars 2010 kl 10:15 och sparades i kategorin Politik.",
        "この投稿は 2010年3月12日 10:15 に 政治 カテゴリーに公開されました。",
    ],
)
def test_the_sentence_of_a_theme_is_found_below_the_text_only(line: str) -> None:
    assert match_notice(line, at_edge=True, at_end=True) == "theme-note"
    assert match_notice(line, at_edge=False) is None


@pytest.mark.parametrize(
    "line",
    [
        "Dieser Beitrag wurde von der Redaktion gekürzt.",
        "Dieser Artikel wurde in Kiel gedruckt und in Lübeck gelesen.",
        "Cet article a été publié dans le journal du port en 1910.",
        "This post was posted at the door of the church.",
        "You can follow any of the three paths to the harbour.",
        "Esta entrada fue publicada por el ayuntamiento.",
        "Bu yazı köprünün üstünde duruyor.",
    ],
)
def test_other_sentences_about_a_post_are_text(line: str) -> None:
    assert match_notice(line, at_edge=True, at_end=True) is None


@pytest.mark.parametrize(
    "line",
    [
        "If you enjoyed this post, please consider subscribing to the RSS feed!",
        "Gefällt dir dieser Beitrag? Dann abonniere doch den RSS-Feed!",
        "Cet article vous a plu ? Abonnez-vous au flux RSS !",
        "Si te ha gustado esta entrada, ¡suscríbete al feed RSS!",
    ],
)
def test_invitations_to_a_feed_are_found_below_the_text(line: str) -> None:
    assert match_notice(line, at_edge=True, at_end=True) == "newsletter-note"


@pytest.mark.parametrize(
    "line",
    [
        "An RSS feed lists the posts of a blog.",
        "Gefällt dir dieser Beitrag der Stadt zum neuen Hafen?",
        "Le flux RSS est un fichier que le site met à jour.",
        "If you enjoyed the tower, climb the lighthouse, too.",
        "Der RSS-Feed wurde 1999 erfunden, und wer ihn nutzt, liest schneller.",
    ],
)
def test_sentences_about_feeds_are_no_invitations(line: str) -> None:
    assert match_notice(line, at_edge=True, at_end=True) is None
