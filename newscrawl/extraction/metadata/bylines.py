"""Extract authors visible near the article: bylines, links to author pages, lines that begin with "By"."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from lxml import etree

from newscrawl.extraction.body.rules import HEADINGS
from newscrawl.extraction.html.elements import INLINE_TAGS
from newscrawl.extraction.html.scan import DomScan, RawBlock, get_text
from newscrawl.extraction.metadata.author_lines import (
    get_joined_people,
    read_distant_lines,
    read_name_line,
)
from newscrawl.extraction.metadata.evidence_collector import EvidenceCollector
from newscrawl.extraction.metadata.nearby import (
    MAX_BYLINE,
    NEUTRAL_ZONES,
    SIDE_ZONES,
    SOURCE,
    NearbyBlocks,
    Zones,
    iter_short_lines,
)
from newscrawl.extraction.metadata.posting_lines import read_posting_line
from newscrawl.fields.headlines import get_name_key
from newscrawl.fields.name_kinds import (
    DOUBTFUL_AUTHORS,
    are_accounts,
    are_logins,
    are_organisations,
    are_people,
    is_author_page,
    names_a_role,
    names_only_site,
)
from newscrawl.fields.people import (
    begins_with_by,
    ends_with_other_role,
    is_label,
    names_in_line,
    split_names,
    without_other_people,
)

DECLARED = frozenset({"json-ld", "opengraph", "meta"})
MAX_NAME_LINE = 60
NAME_TAGS = ("a", "span", "address", "p", "div", "h2", "h3", "h4", "h5", "h6")
MAX_PARTS = 60
MAX_LEVELS = 8
MIN_LINKED_TITLE = 40
"""Characters of a link that is the headline of another article."""
MAX_JOIN = 5
"""Characters between two names of one role: "and", a comma."""
MAX_LINKS = 4
MAX_TEASER_LEVELS, MAX_SIDE_LEVELS = 5, 3
"""Levels above a date, and above a byline beside the article, where a teaser's title is looked for."""
NOWHERE = range(0)
SIDE_OR_TAGS = SIDE_ZONES | {"tags"}
"""Themes also put "Posted by" into the line with the tags."""
_NAMED = re.compile(
    r"(?<![a-z])(?:author|byline|autor|auteur|writer|verfasser|journalist|reporter|contributor|creator"
    r"|yazar|penulis|forfatter|skribent|szerzo|avtor|toimittaja)(?!-?(?:box|bio|desc))"
)
_DESCRIPTION = re.compile(r"author[-_]{0,2}(?:desc|biography)", re.IGNORECASE)
_NAME_CLASS = re.compile(
    r"(?:author|byline)[-_]{0,2}(?:name|link)\b|(?<![\w-])(?:fn|user-?name)(?![\w-])", re.IGNORECASE
)
_TOPIC_PAGE = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|categor[ií]as?|cat[ée]gories?|kategori(?:e|en|er|a)?|rubri(?:k|que|ek|ca)s?"
    r"|them(?:a|en|es)|temas?|sections?|label)/",
    re.IGNORECASE,
)
_AUTHOR_BLOCKS = frozenset({"wp-block-post-author-name", "wp-block-post-author__name"})
"""Classes of the blocks of WordPress that show the author of the post."""
_POST_LIST = re.compile(r"\bwp-block-(?:post-template|query|latest-posts)\b|\bwp-block-post(?!-)\b")
"""Classes of lists of posts, and of a post in one."""
_NAME_PROPERTIES = frozenset({"schema:name", "foaf:name"})
"""Of RDFa, which Drupal puts into its bylines."""


def read_authors(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the authors named near headline and text; search less likely places only if nobody but the site is named."""
    _add_missing_names(nearby, evidence)
    _read_above_or_below(_read_bylines, nearby, NEUTRAL_ZONES, evidence)
    if evidence.all(DOUBTFUL_AUTHORS):
        # Teasers below the text do not refute a declared name.
        nearby = replace(nearby, below=NOWHERE)
    _complete_bylines(nearby, evidence)
    if not _has_people(nearby, evidence):
        read_posting_line(nearby, evidence)
    for read, zones in ((_read_lines, NEUTRAL_ZONES), (_read_bylines, SIDE_OR_TAGS), (_read_lines, SIDE_ZONES)):
        # A name like that of the host may be its owner's: nothing in the page's frame refutes it.
        if _has_people(nearby if zones is NEUTRAL_ZONES else replace(nearby, host=None), evidence):
            break
        _read_above_or_below(read, nearby, zones, evidence)
    if not _has_people(nearby, evidence):
        read_name_line(nearby, evidence)
    if not _has_people(nearby, evidence):
        _read_author_blocks(nearby, evidence)
    if not _has_people(nearby, evidence) and _names_only_site(nearby, evidence):
        read_distant_lines(nearby, evidence)


def _read_above_or_below(
    read: Callable[[NearbyBlocks, Zones, EvidenceCollector], None],
    nearby: NearbyBlocks,
    zones: Zones,
    evidence: EvidenceCollector,
) -> None:
    """Read the authors around headline and start of the text; if these are no people, those below the text.

    Below it also stand the bylines of other articles, and links in texts about the author.
    """
    read(replace(nearby, below=NOWHERE), zones, evidence)
    values = list(evidence.by_field.get("authors", ()))
    visible = [value for value in values if value.source == SOURCE]
    if any(are_people(split_names(value.value)) for value in visible):
        return
    read(replace(nearby, top=NOWHERE), zones, evidence)
    if visible:
        # Beside a login above the text, only full names count.
        below = evidence.by_field["authors"][len(values) :]
        evidence.by_field["authors"] = [*values, *(one for one in below if are_people(split_names(one.value)))]


def _names_only_site(nearby: NearbyBlocks, evidence: EvidenceCollector) -> bool:
    """Return whether no person or login is named, not even one that the page does not show."""
    names = [name for text in evidence.all("authors") for name in split_names(text)]
    is_site = names_only_site(names, evidence.first("publisher"), nearby.host)
    return not are_people(names) and (is_site or are_organisations(names))


def _has_people(nearby: NearbyBlocks, evidence: EvidenceCollector) -> bool:
    """Return whether more than the site, logins and organisations is named."""
    doubtful = set(map(get_name_key, evidence.all(DOUBTFUL_AUTHORS)))
    names = [name for text in evidence.all("authors") for name in split_names(text)]
    names = [name for name in names if get_name_key(name) not in doubtful]
    if not names or are_logins(names) or (nearby.host is not None and are_organisations(names)):
        return False
    return not names_only_site(names, evidence.first("publisher"), nearby.host)


def _add_missing_names(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the declared names of which the page shows not even the family name to those that may be wrong."""
    for value in islice(evidence.by_field.get("authors", ()), MAX_LINKS):
        for name in split_names(value.value) if value.source in DECLARED else ():
            if are_people([name]) and not _appears(name.split()[-1], nearby.scan):
                evidence.add(DOUBTFUL_AUTHORS, name, value.source)


def _appears(word: str, scan: DomScan) -> bool:
    if any(word in block.text for block in scan.blocks):
        return True
    folded = word.casefold()
    return any(
        folded in get_text(element, " ", max_length=MAX_BYLINE).casefold() for _, _, element in scan.bylines
    ) or any(folded in block.text.casefold() for block in scan.blocks)


def _complete_bylines(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add a line such as "By Ann Lee and Bo Diaz" if only some of its names are known, as those that are links."""
    visible = [value.value for value in evidence.by_field.get("authors", ()) if value.source == SOURCE]
    values = visible or [value.value for value in evidence.by_field.get("authors", ()) if value.source in DECLARED]
    known = {name for text in values for name in split_names(text)}
    keys = set(map(get_name_key, known))
    for block in iter_short_lines(nearby, NEUTRAL_ZONES) if known else ():
        is_longer = all(name in block.text for name in known) and len(block.text) > max(map(len, known))
        names = (names_in_line(block.text) or get_joined_people(block.text)) if is_longer else []
        if len(names) > 1 and keys < set(map(get_name_key, names)) and are_people(names):
            others = [value for value in evidence.by_field["authors"] if value.source != SOURCE]
            evidence.by_field["authors"] = others
            evidence.add("authors", ", ".join(names), SOURCE)
            return


def _read_bylines(nearby: NearbyBlocks, zones: Zones, evidence: EvidenceCollector) -> None:
    """Add the names in elements marked as author, or else those in other bylines."""
    is_main = zones is NEUTRAL_ZONES
    others = {get_name_key(text) for name in ("headline", "article_section") for text in evidence.all(name)}
    marked: list[str] = []
    unmarked: list[str] = []
    enclosing: etree._Element | None = None
    for node, block, element in nearby.scan.bylines:
        if not (block in nearby.top or block in nearby.below) or nearby.zones[node] not in zones:
            continue
        if enclosing is not None and _is_inside(element, enclosing):
            continue
        if not is_main and is_of_other_article(element, evidence, levels=MAX_SIDE_LEVELS):
            continue
        parts = _find_name_parts(element)
        if not parts and _DESCRIPTION.search(element.get("class") or ""):
            continue
        enclosing = element if parts else enclosing
        in_footer = nearby.zones[node] == "tags" and block >= nearby.end
        for part in _without_other_roles(parts, element) if parts else [element]:
            text = _get_names(part)
            # The footer of a post often names its author by a login.
            is_explicit = is_main or _is_signed(element) or (in_footer and is_author_page(part.get("href") or ""))
            if not parts and _names_only_topics(part):
                continue
            if text and get_name_key(text) not in others and (is_explicit or _is_full_name(text)):
                (marked if parts or _is_marked(element, text) else unmarked).append(text)
    if is_main and not any(split_names(text) for text in marked):
        # Unmarked bylines also hold dates, sections and reading times.
        marked = [
            text for text in unmarked if (names := split_names(text)) and not any(are_accounts([n]) for n in names)
        ]
    for text in marked:
        evidence.add("authors", text, SOURCE)


def _read_author_blocks(nearby: NearbyBlocks, evidence: EvidenceCollector) -> None:
    """Add the author that a block theme of WordPress names anywhere on the page, but not those of other posts."""
    for _, _, element in nearby.scan.bylines:
        names = set((element.get("class") or "").split()) & _AUTHOR_BLOCKS
        listed = any(_POST_LIST.search(above.get("class") or "") for above in element.iterancestors())
        if names and not listed and not is_of_other_article(element, evidence):
            text = get_text(element, " ", max_length=MAX_NAME_LINE + 1)
            if 0 < len(text) <= MAX_NAME_LINE:
                evidence.add("authors", text, SOURCE)
                return


def _names_only_topics(byline: etree._Element) -> bool:
    """Return whether all names in a byline without marked names are those of linked tags and categories."""
    links = [link for link in islice(byline.iter("a"), MAX_LINKS) if _TOPIC_PAGE.search(link.get("href") or "")]
    topics = {get_name_key(get_text(link, " ", max_length=MAX_BYLINE)) for link in links}
    return bool(links) and topics.issuperset(map(get_name_key, split_names(_get_names(byline))))


def _is_full_name(text: str) -> bool:
    """Return whether a short text consists of full names, or begins with "By"."""
    if len(text) > MAX_NAME_LINE or any(character.isdigit() for character in text):
        return bool(names_in_line(text))
    names = split_names(text)
    return bool(names) and (begins_with_by(text) or not any(are_accounts([name]) for name in names))


def _is_signed(byline: etree._Element) -> bool:
    """Return whether a byline is "By" and a few words: there, a pen name or a given name is enough."""
    return begins_with_by(get_text(byline, " ", max_length=MAX_NAME_LINE))


def _is_marked(element: etree._Element, text: str) -> bool:
    return (
        bool(_NAMED.search(" ".join(map(str, element.values())))) or begins_with_by(text) or bool(names_in_line(text))
    )


def _get_names(element: etree._Element) -> str:
    """Return the text of a byline without lines that are only job titles; "" if it is too long for a byline."""
    text = get_text(element, " ", max_length=MAX_BYLINE + 1)
    if len(text) > MAX_BYLINE or text.startswith("©"):
        return ""
    lines = without_other_people(_split_lines(element))
    people = [line for line in lines if not names_a_role(line)]
    if len(people) > 1 and all(are_people(split_names(line)) for line in people):
        return ", ".join(people)
    if len(lines) == 1:
        return lines[0]
    return " ".join(people) if any(split_names(line) for line in people) else text


def _split_lines(element: etree._Element) -> list[str]:
    """Return the text of each line and block in an element."""
    runs: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(inner.tag, str):
            continue
        if inner.tag not in INLINE_TAGS:
            runs.append("\n")
        if event == "start":
            runs.append(inner.text or "")
        elif inner is not element:
            runs.append(f" {inner.tail or ''}")
    return [line for line in (" ".join(line.split()) for line in "".join(runs).split("\n")) if line]


def _read_lines(nearby: NearbyBlocks, zones: Zones, evidence: EvidenceCollector) -> None:
    """Add the names in links to author pages, after "By" in a line, or below a line that is only "By"."""
    labelled = False
    for block in iter_short_lines(nearby, zones):
        if _links_author_page(block):
            names = names_in_line(block.text) or [block.text]
        elif labelled and len(block.text) <= MAX_NAME_LINE:
            names = split_names(block.text)
        else:
            names = names_in_line(block.text)
            # With "By", a line is explicit enough to refute a declared name.
            names = [block.text] if len(names) == 1 and split_names(block.text) == names else names
        labelled = is_label(block.text)
        for name in names:
            if zones is not NEUTRAL_ZONES and not _is_full_name(name):
                continue
            evidence.add("authors", name, SOURCE)


def _links_author_page(block: RawBlock) -> bool:
    """Return whether a block has a link to an author page, and not only its start tag before the next block."""
    links = (href for at, tag, href in block.marks if tag == "a" and href and at < len(block.pieces))
    return any(map(is_author_page, links))


def is_of_other_article(
    element: etree._Element, evidence: EvidenceCollector, *, levels: int = MAX_TEASER_LEVELS
) -> bool:
    """Return whether a date or byline stands beside the linked title of another article, or in a list of links."""
    titles = {text.casefold() for name in ("headline", "page_title") for text in evidence.all(name)}
    above: etree._Element | None = element
    for _ in range(levels):
        if above is None or above.tag in ("body", "main") or _has_headline(above, titles):
            return False
        is_listed = above.tag == "li" and _has_like(above, element)
        for link in islice(above.iter("a"), MAX_LINKS):
            if is_author_page(link.get("href") or ""):
                continue
            text = get_text(link, max_length=2 * MAX_BYLINE).casefold()
            is_title = is_listed or len(text) >= MIN_LINKED_TITLE or link.getparent().tag in HEADINGS  # type: ignore[union-attr]
            if text and is_title and not any(text in title for title in titles):
                return True
        above = above.getparent()
    return False


def _has_headline(element: etree._Element, titles: Collection[str]) -> bool:
    """Return whether an element holds an `h1`, or a heading with one of *titles* that is no link."""
    headings = islice(element.iter("h1", "h2", "h3", "h4"), MAX_LINKS)
    return any(
        heading.tag == "h1"
        or (get_text(heading, max_length=2 * MAX_BYLINE).casefold() in titles and next(heading.iter("a"), None) is None)
        for heading in headings
    )


def _has_like(item: etree._Element, element: etree._Element) -> bool:
    """Return whether another item of the list has such an element, too."""
    siblings = (*item.itersiblings("li"), *item.itersiblings("li", preceding=True))
    likes = (like for one in siblings for like in one.iter(str(element.tag)))
    return any(like.get("class") == element.get("class") for like in likes)


def _find_name_parts(byline: etree._Element) -> Sequence[etree._Element]:
    """Return the innermost elements of a byline that are marked as one name each."""
    marked = [part for part in islice(byline.iter(*NAME_TAGS), MAX_PARTS) if part is not byline and _is_name(part)]
    outer = {part for part, following in pairwise(marked) if _is_inside(following, part)}
    return [part for part in marked if part not in outer]


def _without_other_roles(parts: Sequence[etree._Element], byline: etree._Element) -> Iterator[etree._Element]:
    """Yield the parts of a byline before which no role of somebody else stands: "By Ann Lee. Reviewed by Bo Diaz"."""
    is_other = False
    for part in parts:
        before = _get_text_before(part, byline)
        # "Reviewed by Bo Diaz and Ida Holm"
        is_other = ends_with_other_role(before) or (is_other and len(before) <= MAX_JOIN)
        if not is_other:
            yield part


def _get_text_before(part: etree._Element, byline: etree._Element) -> str:
    """Return the text right before an element of a byline, from as far as its previous sibling with text."""
    for _ in range(MAX_LEVELS):
        previous = part.getprevious()
        parent = part.getparent()
        texts = (previous.tail, get_text(previous, " ", max_length=MAX_NAME_LINE)) if previous is not None else ()
        if parent is None:
            return ""
        text = next((text for text in (*texts, parent.text if previous is None else None) if text and text.strip()), "")
        if text or parent is byline:
            return text.strip()
        part = parent
    return ""


def _is_inside(element: etree._Element, outer: etree._Element) -> bool:
    above = element.getparent()
    for _ in range(MAX_LEVELS):
        if above is None or above is outer:
            return above is outer
        above = above.getparent()
    return False


def _is_name(element: etree._Element) -> bool:
    if "author" in (element.get("rel") or "") or element.get("itemprop") == "name":
        return True
    if _NAME_CLASS.search(element.get("class") or "") or element.get("property") in _NAME_PROPERTIES:
        return True
    return is_author_page(element.get("href") or "")
