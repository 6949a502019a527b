"""Is the page an article? A verdict with a named reason; in doubt it is one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newscrawl.extraction.model import Block

ARTICLE = "article"
SHORTEST_TEXT = 80
"""Characters of kept text under which the page must show by other means that it is an article."""
_CHALLENGE = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"are you a robot|access denied|request unsuccessful|enable javascript and cookies to continue|ddos protection|"
    r"bot verification|security check|pardon our interruption|one more step|unusual traffic"
)
_NOT_FOUND = re.compile(
    r"\b404\b|page not found|not found|no longer available|page does(?: not|n.t) exist|seite nicht gefunden|"
    r"nicht gefunden|page introuvable|página no encontrada|página não encontrada|pagina non trovata|"
    r"pagina niet gevonden|sidan (?:kunde inte )?hitta|"
    r"nie znaleziono|страница не найдена|сторінку не знайдено|sayfa bulunamadı|"
    r"ページが見つかりません|页面不存在|找不到(?:页面|網頁)|الصفحة غير موجودة"
)
_CONSENT = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy choices|consent|"
    r"zustimmen|datenschutzeinstellungen|privacyinstellingen|cookie[- ]?(?:consent|settings|einstellungen|wall)"
)
_LOGIN = re.compile(
    r"^(?:log ?in|sign ?in|login|anmelden|einloggen|connexion|se connecter|iniciar sesión|entrar|accedi|inloggen|"
    r"logga in|logg inn|zaloguj|войти|вход|giriş|ログイン|登录|登入|로그인)\b"
)
_ERROR = re.compile(
    r"error establishing a database connection|internal server error|bad gateway|service unavailable|"
    r"temporarily unavailable|gateway time-?out|fatal error|site is under maintenance|under construction"
)
_GEO = re.compile(r"(?:not |un)available in your (?:country|region|location)|451: unavailable")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the verdict rests on."""

    title: str
    """Title element and headline, joined."""
    blocks: Sequence[Block]
    links: int
    metas: Mapping[str, Sequence[str]]
    has_article_data: bool
    """JSON-LD describes an article."""
    is_list_data: bool
    """JSON-LD describes a list of other pages."""
    has_date: bool
    password_fields: int
    path: str
    """Path of the URL."""


def verdict_of(facts: PageFacts) -> str:
    """`article`, or why the page is none."""
    kept = [block for block in facts.blocks if block.kept]
    size = sum(len(block.text) for block in kept)
    if size < 1500:
        refused = _said_so(facts, size, kept)
        if refused is not None:
            return refused
    return "section_page" if _is_section(facts, kept, size) else ARTICLE


def _said_so(facts: PageFacts, size: int, kept: Sequence[Block]) -> str | None:
    """Pages that say in a few words that they are none."""
    if facts.has_article_data and size >= SHORTEST_TEXT:
        return None
    title = facts.title.casefold()
    words = title + " \n" + " \n".join(block.text for block in (kept or facts.blocks)[:6]).casefold()[:1500]
    for reason, pattern, text in (
        ("bot_challenge", _CHALLENGE, words),
        ("error_page", _ERROR, words),
        ("geo_block", _GEO, words),
        ("soft_404", _NOT_FOUND, title),
        ("consent_wall", _CONSENT, title),
        ("login", _LOGIN, title),
    ):
        if pattern.search(text):
            return reason
    if facts.password_fields and size < 400 and not facts.has_date:
        return "login"
    if size < SHORTEST_TEXT and not facts.has_article_data and not facts.has_date:
        return "section_page" if facts.links > 40 or facts.path in ("", "/") else "no_text"
    return None


def _is_section(facts: PageFacts, kept: Sequence[Block], size: int) -> bool:
    """A page of links to articles: little text for its links, or said so, and nothing that says article."""
    if facts.has_article_data or "article:published_time" in facts.metas:
        return False
    if facts.path in ("", "/") and not facts.has_date:
        return True
    kind = (facts.metas.get("og:type") or [""])[0].strip().lower()
    if kind == "article":
        return False
    if facts.is_list_data and size < 3000:
        return True
    longest = max((len(block.text) for block in kept), default=0)
    return facts.links > 60 and longest < 300 and size < 20 * facts.links and not facts.has_date
