"""Value cleaners: plain functions from text to clean values, used by the loader's fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newscrawl.boilerplate.lines import why_removed
from newscrawl.headlines import key_of, site_keys
from newscrawl.text import clean_line, clean_lines

LONGEST_NAME = 80
LONGEST_HEADLINE = 300
_BY = re.compile(
    r"^(?:(?:(?:article |story |words |text |written |reported |posted |published |edited |analysis |opinion |"
    r"interview )*by|von|vom|par|por|door|av|af|przez|autor(?:e|a|es|in|en)?|auteur|author|text|yazan|od|oleh|di|da|"
    r"del|de notre correspondant)"
    r"(?:\s*:\s*|\s+)|(?:автор|автори|авторы|текст|بقلم|كتب|par)\s*:?\s+)",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s+(?:and|und|et|y|e|en|och|og|ja|oraz|i|a|și|si|ve|dan|и|та|và|with|avec|mit)\s+|"
    r"\s*(?:;|\||•|·|、|\s/\s|\s&\s|，)\s*"
)
_URL = re.compile(r"^(?:https?:)?//|^www\.|^/|@\w+\.\w|^\S+\.(?:html?|php)$", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:reporter|editor|correspondent|writer|journalist|columnist|contributor|producer|photographer|"
    r"redakteur\w{0,4}|korrespondent\w{0,4}|journaliste?\w{0,3}|chefredakt\w{0,6}|rédact\w{0,6}|correspondant\w{0,2}|"
    r"redactor\w{0,2}|periodista|corresponsal|repórter|jornalista|giornalista|inviat[oa]|redactie\w{0,4}|verslaggever|"
    r"dziennikarz\w{0,3}|редактор|корреспондент|журналист\w{0,2}|muhabir\w{0,2}|director|manager|chief|head of|"
    r"political|senior|deputy|assistant|fellow|professor|analyst|specialist|trainee|intern)\b",
    re.IGNORECASE,
)
_NOBODY = frozenset({
    "admin", "administrator", "editor", "editors", "editorial", "staff", "newsroom", "webmaster", "guest",
    "author", "authors", "anonymous", "unknown", "none", "null", "undefined", "redaktion", "redaktionsteam",
    "redacción", "redaccion", "redactie", "redazione", "rédaction", "redaktor", "web", "desk", "by", "von",
    "user", "wordpress", "root", "newsdesk", "follow", "share", "email", "-", "die redaktion", "guest author",
    "la rédaction", "n/a", "news desk", "staff reporter", "staff writer", "web desk",
})  # fmt: skip
_BY_WORDS = frozenset({
    "by", "written by", "words by", "von", "vom", "text", "par", "por", "de", "di", "da", "del", "door", "av", "af",
    "skrevet av", "skrevet af", "kirjoittaja", "teksti", "przez", "od", "napsal", "napsala", "napísal", "napísala",
    "írta", "szerző", "scris de", "автор", "авторка", "авторы", "автори", "текст", "от", "аутор", "piše", "пише", "από",
    "γράφει", "συντάκτης", "yazan", "yazar", "بقلم", "كتب", "كتبت", "نویسنده", "نوشته", "מאת", "تحریر", "از", "द्वारा",
    "लेखक", "লিখেছেন", "লেখক", "oleh", "penulis", "na", "mwandishi", "bởi", "tác giả", "โดย", "著者", "執筆", "作者",
    "撰文", "记者", "記者", "글", "기자", "autor", "autora", "autoren", "autorin", "auteur", "auteurs", "autore",
})  # fmt: skip
"""What stands before a name in a byline; alone it names nobody."""
_NAMES_NOBODY = _NOBODY | _BY_WORDS
_AFTER_NAME = re.compile(
    r"\s+(?:(?:last )?(?:published|updated|posted|modified|reviewed)|view in|follow|veröffentlicht|aktualisiert|"
    r"publié|publicado|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d).*$",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]\s*")
_TWITTER = re.compile(r"\s*@\w{2,20}\b")
_SENTENCE_END = re.compile(r"[.…:;,。]['\"”’»]*$")


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A page's plain text, told apart."""

    headline: str | None
    article_body: str | None
    """Paragraphs separated by one blank line."""
    removed: tuple[str, ...]
    """The lines that are boilerplate, in order."""


def clean_page_text(text: str, language: str | None = None) -> CleanedText:
    """Take the boilerplate lines out of a page's visible text, one block a line.

    The first line that is left is the headline where it stands by itself before the prose and does not end like a
    sentence. A line is only removed as a whole: prose that merely contains a phrase of boilerplate stays.
    """
    lines = [line for line in (clean_line(line) for line in text.split("\n")) if line]
    prose = [index for index, line in enumerate(lines) if _is_prose(line)]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), -1)
    kept: list[str] = []
    removed: list[str] = []
    for index, line in enumerate(lines):
        at_edge = index < first or index > last
        (kept if why_removed(line, language, at_edge=at_edge) is None else removed).append(line)
    headline = kept[0] if len(kept) > 1 and _is_headline(kept[0], kept[1]) else None
    body = kept[1:] if headline else kept
    return CleanedText(headline, "\n\n".join(body) or None, tuple(removed))


def _is_prose(line: str) -> bool:
    return len(line) >= 100 or (len(line) >= 40 and bool(_SENTENCE_END.search(line)))


def _is_headline(line: str, following: str) -> bool:
    return len(line) <= LONGEST_HEADLINE and not _SENTENCE_END.search(line) and len(line) < len(following)


def split_names(text: str) -> list[str]:
    """The names in a byline: "By Ann Lee and Bo Diaz, Staff Writers" gives both, without "By" and roles.

    URLs, mail addresses and words that name nobody ("admin", "Staff Writer") give nothing.
    """
    text = clean_line(_PARENTHESES.sub(" ", text)).strip()
    if _URL.search(text):
        return []
    text = _AFTER_NAME.sub("", _BY.sub("", _TWITTER.sub("", text)))
    names: list[str] = []
    for part in _AND.split(text):
        for name in _split_commas(part or ""):
            if _is_name(name) and name not in names:
                names.append(name)
    return names


def _split_commas(text: str) -> list[str]:
    parts = [part.strip(" -–—|:.,") if not part.strip().endswith("r.") else part.strip() for part in text.split(",")]
    parts = [clean_line(re.split(r"\s+[–—-]\s+", part)[0]) for part in parts]
    if len(parts) == 2 and all(part and " " not in part for part in parts) and parts[1].isupper():
        return [text.strip()]
    return [parts[0], *(part for part in parts[1:] if not _ROLE.search(part))] if parts else []


def _is_name(text: str) -> bool:
    if any(sign.isdigit() for sign in text) or ":" in text:
        return False
    return 1 < len(text) <= LONGEST_NAME and text.casefold() not in _NAMES_NOBODY and len(text.split()) <= 8


def without_sites(names: Iterable[str], publisher: str | None, site: str | None) -> list[str]:
    """People only; the site's own name stays where nobody else is named. Names written twice stay once."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(key_of(name), name)
    own = _own_keys(publisher, site)
    people = [name for key, name in seen.items() if key not in own and not _is_made_of(key, seen)]
    return people or list(seen.values())


def _is_made_of(key: str, names: Iterable[str]) -> bool:
    """Whether a name is nothing but several of the others, written one after the other."""
    parts = sorted((key.find(name), name) for name in names if name and name != key and name in key)
    return len(parts) > 1 and "".join(name for _, name in parts) == key


def is_only_site(names: Iterable[str], publisher: str | None, site: str | None) -> bool:
    """Whether all names are the site's own."""
    own = _own_keys(publisher, site)
    return all(key_of(name) in own or key_of(name).startswith(tuple(own)) for name in names)


def _own_keys(publisher: str | None, site: str | None) -> set[str]:
    return {key for key in (key_of(publisher), *site_keys(site), key_of(site)) if len(key) > 1}


def split_keywords(text: str) -> list[str]:
    """The keywords of one statement, which commas or semicolons separate."""
    parts = text.split(";") if ";" in text and "," not in text else text.split(",")
    return [part for part in (clean_line(part).strip(" #\"'") for part in parts) if 0 < len(part) <= 100]


def language_tag(text: str) -> str | None:
    """A BCP 47 tag in the usual writing ("pt_br" gives "pt-BR"); None for what is none."""
    parts = re.split(r"[-_]", clean_line(text).partition(".")[0])
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    tag = [parts[0].lower()]
    for part in parts[1:3]:
        if len(part) == 4 and part.isalpha():
            tag.append(part.title())
        elif (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit()):
            tag.append(part.upper())
    return "-".join(tag)


def absolute_url(text: str, base: str) -> str | None:
    """An absolute http(s) URL, or None."""
    try:
        url = clean_line(text)
        if not url.startswith(("https://", "http://")):
            url = urljoin(base, url)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and len(url) <= 2048 else None


def truth_of(text: str) -> bool | None:
    """`true` and `false` as schema.org's booleans are written."""
    word = clean_line(text).casefold().rpartition("/")[2]
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word)


def clean_body(text: str) -> str | None:
    """Paragraphs separated by one blank line, each clean."""
    parts = (clean_lines(part) for part in text.split("\n\n"))
    return "\n\n".join(part for part in parts if part) or None
