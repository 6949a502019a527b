"""Clean headlines of the site's name, and choose one if the sources of a page have different ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.data_files import iter_tables, package_file
from newscrawl.evidence import Evidence
from newscrawl.fields.slugs import get_slug, is_spelled
from newscrawl.text.clean import clean_line, weight
from newscrawl.text.fold import fold_letters
from newscrawl.text.scripts import HANGUL, KANA_TO_HAN, THAI

MAX_SITE_NAME = 40
MAX_OUTLET, MAX_SECTION = 15, 8
"""East Asian characters of a site's name and of a section in a title."""
MAX_SECTION_WORDS = 6
MIN_HEADING = 20
"""Letters of a heading that can be the headline before a separator; East Asian characters count double."""
MIN_WITHOUT_KICKER = 25
"""A title of fewer letters inside a heading does not show that the rest is a kicker."""
MIN_WHOLE = 28
"""A heading of fewer letters may be one half of a headline that is set in two lines."""
MIN_CUT = 90
"""A title of so many characters may be the start of a longer one (search engines show 110)."""
TITLE = "title"
"""The page's `title`, which search engines show: the last of the values from meta elements."""
MAX_HEADING = 200
"""A longer heading is a paragraph in large type."""
MAX_DETERMINER = 3
"""A word of so few letters before the title ("The", "My") is part of the headline and not a kicker."""
MIN_TITLE_WORDS = 5
"""One word of a title with so many is not its heading."""
_CJK = f"{KANA_TO_HAN}{HANGUL}々"
_SEPARATOR = re.compile(
    # A separator follows the spaces, if any: all else is passed over at once.
    rf"(?=\s*[|–—\-»•·⋆*:<›｜丨ㅣ│︱_－])(?:"
    rf"\s+[|–—\-»•·⋆*:<›]\s+|\s*[|｜丨ㅣ│︱]\s*|\s+(?:::|--+|_+)\s+|\s*(?:——|－|--+)\s*(?=[{_CJK}])|(?<=[{_CJK}])\s*[-–—_]\s*"
    rf"|\s*[-–—_]\s*(?=[{_CJK}])|(?<=\w)_(?=[A-Z]))"
)
_TITLE_SEPARATOR = re.compile(rf"{_SEPARATOR.pattern}|[:：]\s*|\s*ㅣ\s*")
_RARE_SEPARATOR = re.compile(
    r"(?P<before>.{8,}[^\s:：])(?:[:：]|\s[/~¦>]|\s*[(（【\[])\s*(?P<after>[^:：/~¦>(（【\[]+)$"
)
_EAST_ASIAN = re.compile(f"[{_CJK}]")
_IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_BARS = frozenset("|｜丨ㅣ│︱•·⋆*»<›")
_TRAILS = frozenset({"::", "»", "<", "›"})
"""Separators of the steps from the front page to the article."""
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)$")
_WORD = re.compile(rf"[{THAI}{KANA_TO_HAN}{HANGUL}]|\w+")
"""Words, or single characters in scripts without spaces between words."""


@dataclass(frozen=True, slots=True)
class PageTitles:
    """What the titles and headings of a page say about each other. All are keys from get_name_key."""

    names: frozenset[str] = frozenset()
    """Names of the site that only its pages tell: a heading that ends the title, or before another one makes it up."""
    headings: frozenset[str] = frozenset()
    """Headings that can be headlines: a title that begins with one ends there."""
    whole: frozenset[str] = frozenset()
    """Titles behind which another title has more: what they contain is part of the headline."""
    sections: frozenset[str] = frozenset()


NO_TITLES = PageTitles()


def compare_titles(values: Sequence[Evidence], sections: Sequence[Evidence] = ()) -> PageTitles:
    """Return what the headline evidence of a page says about the names that its titles contain."""
    texts = {clean_line(evidence.value) for evidence in values}
    headings = {clean_line(evidence.value) for evidence in values if evidence.source == "dom"}
    keys = {get_name_key(text) for text in texts}
    ends = {_get_end(text) for text in texts - headings}
    titles = {get_name_key(text) for text in texts - headings}
    heading_keys = {get_name_key(text) for text in headings}
    names = frozenset(
        key
        for text in headings
        if (key := get_name_key(text)) and len(text) <= MAX_SITE_NAME
        if key in ends or any(key + other in titles for other in heading_keys - ends if len(other) > len(key))
    )
    return PageTitles(
        names,
        frozenset(get_name_key(text) for text in headings if weight(text) >= MIN_HEADING) - names,
        frozenset(key for key in keys - names if key and any(len(key) < len(one) and key in one for one in keys)),
        frozenset(get_name_key(evidence.value) for evidence in sections),
    )


def _get_end(title: str) -> str:
    """Return the key of the last part of a title, where the site's name stands; "" if it is the longest part."""
    parts = [key for part in _SEPARATOR.split(title) if (key := get_name_key(part))]
    return parts[-1] if len(parts) > 1 and len(parts[-1]) < max(map(len, parts)) else ""


@lru_cache(maxsize=512)
def clean_headline(
    text: str, publisher: str | None = None, site: str | None = None, titles: PageTitles = NO_TITLES
) -> str | None:
    """Return a headline without site name, section or date at its end, and without site name at its start.

    *publisher* is the name of the site, *site* its host or registrable domain. A bar is hardly ever part of a headline,
    so a short text after it is removed whatever it is. A colon, a dash or an underscore may be part of one: what
    follows is removed if it is the site's name, or if a heading of the page (*titles*) ends there.
    """
    text = clean_line(text)
    exact = {name for name in (get_name_key(publisher), *titles.names) if name}
    names = exact | {name for name in get_site_keys(site) if name}
    cut = ""
    if (named := _RARE_SEPARATOR.match(text)) and get_name_key(named["after"]) in exact:
        text = named["before"]
    while match := _last_separator(text):
        before, after = text[: match.start()], text[match.end() :]
        separator = match.group().strip()
        key = get_name_key(after)
        is_heading = get_name_key(before) in titles.headings
        is_name = key in names or _is_site_name(after, names) or _is_outlet(after)
        is_sure = key in exact or is_heading or separator in _BARS
        if not before or (not is_sure and get_name_key(text) in titles.whole | titles.headings):
            break
        is_in_name = bool(publisher) and separator in str(publisher) and text.endswith(str(publisher))
        is_bar = _is_bar(separator, after) and _is_appendix(after, before) and not is_in_name
        is_bar = is_bar or (cut == separator and key in titles.sections)
        is_date = bool(_DATE.fullmatch(after.strip()))
        is_section = _is_section(after, before, separator, cut) or _follows_name(after, before, exact)
        if not (is_name or is_heading or is_date or is_bar or is_section):
            break
        text, cut = before, separator
    while (first := _SEPARATOR.search(text)) and get_name_key(text[: first.start()]) in names and text[first.end() :]:
        if get_name_key(text) in titles.whole | titles.headings and get_name_key(text[: first.start()]) not in exact:
            break
        text = text[first.end() :]
    return text.strip(" :|–—-_") or None


def _is_bar(separator: str, after: str) -> bool:
    return separator in _BARS or (separator == "_" and bool(_EAST_ASIAN.search(after)))


def _is_outlet(after: str) -> bool:
    """Return whether a text is the name of a Chinese, Japanese or Korean newspaper or station."""
    name = _IN_BRACKETS.sub("", after).strip()
    return len(name) <= MAX_OUTLET and bool(_EAST_ASIAN.search(name)) and name.endswith(_outlets())


@lru_cache(maxsize=1)
def _outlets() -> tuple[str, ...]:
    return tuple(_read_list("outlet", "endings"))


@lru_cache(maxsize=1)
def _sections() -> frozenset[str]:
    return frozenset(map(str.casefold, _read_list("section", "names")))


def is_section(text: str) -> bool:
    """Return whether a text is the name of a section ("Politics") in one of many languages."""
    return text.casefold() in _sections()


def _read_list(kind: str, key: str) -> Iterator[str]:
    text = package_file("headlines.toml", "newscrawl.fields")
    keys = {"outlet": ("why", "endings"), "section": ("why", "names")}
    for name, table in iter_tables(text, "headlines.toml", {one: (frozenset(has), has) for one, has in keys.items()}):
        if name == kind:
            yield from table[key]


def _is_section(after: str, before: str, separator: str, cut: str) -> bool:
    """Return whether a short text is a section: the site's name behind the same separator is cut already."""
    if not cut or cut != separator or 2 * len(after) > len(before):
        return False
    return (len(after) <= MAX_SECTION and bool(_EAST_ASIAN.search(after))) or after.casefold() in _sections()


def _follows_name(after: str, before: str, exact: frozenset[str] | set[str]) -> bool:
    """Return whether a few words follow the site's name: "Headline - Harbour Post - Politics"."""
    name = _last_separator(before)
    is_short = len(after.split()) <= MAX_SECTION_WORDS and 2 * len(after) <= len(before)
    return is_short and name is not None and name.start() > 0 and get_name_key(before[name.end() :]) in exact


def order_headlines(
    values: Sequence[Evidence],
    publisher: str | None,
    site: str | None,
    kind: str = "",
    url: str = "",
    titles: PageTitles = NO_TITLES,
) -> list[Evidence]:
    """Return headline evidence, best first.

    First the site rule, then the one of JSON-LD, OpenGraph and the visible heading that the slug of *url* spells, then
    the one that two of them agree on. If all differ, JSON-LD, and without that the heading, since OpenGraph titles are
    often written for sharing. Headings with the name of the site or of a widget are ignored. *kind* is the
    schema.org type in JSON-LD: a NewsArticle has the editor's headline, other types often have the search title.
    """
    first: dict[str, _Candidate] = {}
    for evidence in values:
        text = clean_headline(evidence.value, publisher, site, titles)
        if text is not None:
            candidate = _Candidate(evidence, text, get_name_key(text))
            first.setdefault(evidence.source, candidate)
            if evidence.source == "meta":
                first[TITLE] = candidate
    rule = first.get("site rule")
    names = {get_name_key(publisher), *get_site_keys(site), *titles.names}
    best = rule.evidence if rule else _choose(first, names, is_news="News" in kind, slug=get_slug(url))
    return ([best] if best is not None else []) + [evidence for evidence in values if evidence is not best]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The headline of one source."""

    evidence: Evidence
    text: str
    """Without the site's name."""
    key: str


def _choose(first: dict[str, _Candidate], names: set[str], *, is_news: bool, slug: str) -> Evidence | None:
    json_ld, title, heading = first.get("json-ld"), first.get("opengraph"), first.get("dom")
    if title is None or title.key in names:
        title = first.get("meta")
    if heading is not None and not _is_headline(heading, title, json_ld, names):
        heading = None
    if title is None or heading is None:
        chosen = json_ld or heading or title
    elif json_ld is None:
        chosen = title if _has_kicker(heading, title) or _is_part(heading, title, names) else heading
    else:
        is_search_title = TITLE in first and first[TITLE].key == json_ld.key != title.key
        is_editors = not is_search_title and (is_news or _is_part(heading, title, names))
        chosen = _choose_of_three(json_ld, title, heading, is_editors=is_editors)
    is_sure = json_ld is not None and heading is not None and json_ld.key == heading.key and not is_news
    return _complete(chosen if is_sure or not slug else _prefer_slug(chosen, slug, first), title, heading)


def _prefer_slug(chosen: _Candidate | None, slug: str, first: dict[str, _Candidate]) -> _Candidate | None:
    """Return *chosen*, or the headline that the slug spells if it does not spell this one.

    News sites build the slug from the editor's first headline, other sites sometimes from the search title.
    """
    if chosen is None or is_spelled(chosen.text, slug):
        return chosen
    for source in ("json-ld", "opengraph", "dom"):
        other = first.get(source)
        if other is not None and other.key not in chosen.key and is_spelled(other.text, slug):
            return other
    return chosen


def _choose_of_three(json_ld: _Candidate, title: _Candidate, heading: _Candidate, *, is_editors: bool) -> _Candidate:
    if title.key == heading.key:
        # The words at the line breaks of a heading are often joined.
        return json_ld if json_ld.key == title.key else title
    if json_ld.key == heading.key:
        return title if _has_kicker(heading, title) else json_ld
    return json_ld if is_editors else heading


def _has_kicker(heading: _Candidate, title: _Candidate) -> bool:
    """Return whether a heading is the title with a kicker before it."""
    before = heading.key.find(title.key) if len(title.key) > MIN_WITHOUT_KICKER else -1
    return before > 0 and not (before <= MAX_DETERMINER and before == len(get_name_key(heading.text.split()[0])))


def _is_part(heading: _Candidate, title: _Candidate, names: set[str]) -> bool:
    """Return whether a short heading is only the first or second half of the title."""
    if len(heading.key) >= MIN_WHOLE or len(title.key) <= len(heading.key):
        return False
    if title.key.startswith(heading.key):
        return ":" in title.text
    if not title.key.endswith(heading.key) or title.key.startswith(tuple(filter(None, names))):
        return False
    return not _is_last_of_trail(heading, title)


def _is_last_of_trail(heading: _Candidate, title: _Candidate) -> bool:
    """Return whether a heading is the end of a title such as "Volga News :: 23 November :: New bath for elephant"."""
    text = clean_line(title.evidence.value)
    separators = [(match.group().strip(), match.end()) for match in _SEPARATOR.finditer(text)]
    if not separators or get_name_key(text[separators[-1][1] :]) != heading.key:
        return False
    return separators[-1][0] in _TRAILS or len({separator for separator, _ in separators[-2:]}) < len(separators[-2:])


def _is_headline(heading: _Candidate, title: _Candidate | None, json_ld: _Candidate | None, names: set[str]) -> bool:
    """Return whether a heading can be the article's, and is not the site's name or the title of a widget."""
    if title is None or (json_ld is not None and json_ld.key == heading.key):
        return True
    if len(heading.text) > MAX_HEADING or _is_word_in_title(heading.text, title.text):
        return False
    if heading.key in names or (
        get_name_key(title.evidence.value) != title.key and _is_title_suffix(heading, title.evidence.value)
    ):
        return False
    return title_overlap(heading.text, title.text) > 0 or _is_longest_part(heading, title.evidence.value)


def _is_longest_part(heading: _Candidate, title: str) -> bool:
    """Return whether a title has other, shorter parts: "A lamp at last" in "Coast News » Town » A lamp at last"."""
    parts = [get_name_key(part) for part in _SEPARATOR.split(title)]
    return len(parts) > 1 and heading.key in parts and len(heading.key) == max(map(len, parts))


def _is_word_in_title(heading: str, title: str) -> bool:
    """Return whether a heading is one word of a longer title: a section name."""
    return heading.isascii() and " " not in heading and len(title.split()) >= MIN_TITLE_WORDS


def _is_title_suffix(heading: _Candidate, title: str) -> bool:
    """Return whether a heading follows the headline in a title: "Ann's Blog" in "A light again | Ann's Blog"."""
    parts = [get_name_key(part) for part in _SEPARATOR.split(title)]
    return len(parts) > 1 and heading.key == parts[-1] and len(heading.key) < max(map(len, parts))


def _complete(chosen: _Candidate | None, *others: _Candidate | None) -> Evidence | None:
    """Return the headline, or a longer one if it was cut off after a number of characters."""
    if chosen is None:
        return None
    start = _ELLIPSIS.sub("", chosen.text) if chosen.text.endswith(("…", "...")) else chosen.text
    is_single = all(other is None or other is chosen or other.key != chosen.key for other in others)
    if is_single and (len(start) >= MIN_CUT or start != chosen.text):
        for other in others:
            if other is not None and len(other.text) > len(chosen.text) and other.key.startswith(get_name_key(start)):
                return other.evidence
    return chosen.evidence


def title_overlap(one: str, other: str) -> float:
    """Return the share of the shorter title's words in the other one; short words only count if there are no others."""
    words, others = _words(one), _words(other)
    fewer = min(len(words), len(others))
    return len(words & others) / fewer if fewer else 0.0


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    words = frozenset(_WORD.findall(text.casefold()))
    return frozenset(word for word in words if len(word) > 3 or not word.isascii()) or words


@lru_cache(maxsize=256)
def get_name_key(text: str | None) -> str:
    """Return letters and digits in lower case, for comparing names. Cached: names of a page are compared many times."""
    return fold_letters(text or "")


@lru_cache(maxsize=512)
def get_site_keys(site: str | None) -> tuple[str, ...]:
    """Return the keys of a host: all of it, and its longest label."""
    host = (site or "").casefold().removeprefix("www.")
    labels = host.split(".")
    return (get_name_key(host), get_name_key(max(labels[:-1], key=len))) if len(labels) > 1 else ()


def split_at_separators(title: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and behind each separator of a title, colons included."""
    for match in _TITLE_SEPARATOR.finditer(title):
        yield title[: match.start()], title[match.end() :]


def _last_separator(text: str) -> re.Match[str] | None:
    last = None
    for match in _SEPARATOR.finditer(text):
        last = match
    return last


def _is_site_name(text: str, names: set[str]) -> bool:
    """Return whether *text* is a form of the site's name: "BBC News" for bbc.co.uk, "Harbour" for getharbour.com."""
    key = get_name_key(text.removeprefix("The ")) or get_name_key(text)
    if len(text) > MAX_SITE_NAME:
        return False
    if any(len(name) >= 3 and (key.startswith(name) or key.endswith(name)) for name in names):
        return True
    return len(key) >= 5 and any(name.startswith(key) or name.endswith(key) for name in names)


def _is_appendix(after: str, before: str) -> bool:
    return len(after) <= MAX_SITE_NAME and (len(before) >= 20 or len(after) < len(before)) and len(before) >= 8
