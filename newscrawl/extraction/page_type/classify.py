"""Is the page an article? A verdict with a named reason; in doubt it is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from newscrawl.boilerplate.page_rules import PageRule, PageRules, page_rules
from newscrawl.extraction.page_type.facts import PageFacts

ARTICLE = "article"
MIN_TEXT = 80
"""Characters of kept text under which the page must show by other means that it is an article."""
MAX_LOGIN = 400
MAX_BESIDE_CAPTIONS = 300
MIN_CAPTIONS = 5
MIN_HEADLINES = 20
"""Linked lines that make a list of a page without text."""


def classify_page(facts: PageFacts) -> str:
    """`article`, or why the page is none: what it says or is described as, what it shows, what it is built like."""
    rules = page_rules()
    held = [rule for rule in rules.rules if _may_hold(rule, facts) and _holds(rule, facts)]
    return (
        _decided(held) or _shown(facts) or (rules.score_verdict if _is_list(rules, held, facts) else None)
        or _without_text(facts) or ARTICLE
    )  # fmt: skip


def _may_hold(rule: PageRule, facts: PageFacts) -> bool:
    if rule.max_run is not None and facts.river.run > rule.max_run:
        return False
    if rule.undated and facts.has_date:
        return False
    says_article = facts.has_article and facts.size >= MIN_TEXT
    return rule.with_article or rule.points is not None or not says_article


def _holds(rule: PageRule, facts: PageFacts) -> bool:
    return _MATCHES[rule.kind](rule, facts)


def _says(rule: PageRule, facts: PageFacts) -> bool:
    if rule.where == "line":
        return sum(facts.lines[term] for term in rule.terms & facts.lines.keys()) >= rule.at_least
    if rule.where == "text":
        if rule.pattern is not None:
            return rule.pattern.search(facts.words) is not None
        return bool(facts.words) and any(term in facts.words for term in rule.terms)
    titles = facts.headline if rule.where == "headline" else facts.titles
    if rule.pattern is not None:
        return any(rule.pattern.search(title) for title in titles)
    return not rule.terms.isdisjoint(titles) or any(title.startswith(rule.starts) for title in titles)


def _path(rule: PageRule, facts: PageFacts) -> bool:
    if rule.max_segments is not None and len(facts.segments) > rule.max_segments:
        return False
    if rule.last_only:
        last = facts.segments[-1] if facts.segments else ""
        return last in rule.terms or last.rpartition(".")[0] in rule.terms
    return not rule.terms.isdisjoint(facts.segments)


def _body(rule: PageRule, facts: PageFacts) -> bool:
    return not rule.terms.isdisjoint(facts.classes) or any(name.startswith(rule.starts) for name in facts.classes)


def _generator(rule: PageRule, facts: PageFacts) -> bool:
    return bool(facts.generator) and any(term in facts.generator for term in rule.terms)


def _data(rule: PageRule, facts: PageFacts) -> bool:
    return not rule.terms.isdisjoint(facts.types)


_MATCHES: dict[str, Callable[[PageRule, PageFacts], bool]] = {
    "says": _says,
    "path": _path,
    "body": _body,
    "generator": _generator,
    "data": _data,
}


def _decided(held: list[PageRule]) -> str | None:
    """The verdict of the first rule that is enough alone, or of two that are not."""
    hints: Counter[str] = Counter()
    for rule in held:
        if rule.points is None:
            hints[rule.page_type] += 2 if rule.alone else 1
    return next((page_type for page_type, count in hints.items() if count >= 2), None)


def _shown(facts: PageFacts) -> str | None:
    """What the page is by what it shows, where it says nothing."""
    if facts.has_article and facts.size >= MIN_TEXT:
        return None
    if facts.password_fields and facts.size < MAX_LOGIN and not facts.has_date:
        return "login"
    if facts.river.captions >= MIN_CAPTIONS and facts.size < MAX_BESIDE_CAPTIONS:
        return "gallery"
    return None


def _is_list(rules: PageRules, held: list[PageRule], facts: PageFacts) -> bool:
    points = sum(rule.points for rule in held if rule.points is not None)
    points += sum(rules.signs[sign] for sign, holds in signs_of(facts).items() if holds)
    return points >= rules.enough


def signs_of(facts: PageFacts) -> dict[str, bool]:
    """Which of the signs of a list, and of an article, a page shows."""
    address = facts.article_path
    return {
        "front-path": facts.is_front,
        "list-path": address == 0 and not facts.is_front,
        "no-article-path": address is not None and 0 < address < 0.3 and not facts.is_front,
        "article-path": address is not None and address >= 0.6,
        "many-articles": facts.others > 0,
        "teasers": facts.river.teasers >= 5,
        "many-teasers": facts.river.teasers >= 15 and facts.river.teasers > facts.river.paragraphs,
        "many-links": facts.links > 40,
        "many-dates": facts.dates >= 6,
        "read-on": facts.river.read_on >= 4,
        "no-text": facts.river.run < 80,
        "no-run": facts.river.run < 400,
        "short-run": facts.river.run < 900,
        "spread-text": facts.river.runs >= 8 and facts.river.run < 400,
        "one-text": facts.river.runs == 1 and facts.river.run >= MIN_TEXT,
        "middle-run": facts.river.run > 1_500,
        "long-run": facts.river.run > 3_000,
        "article-data": facts.has_article,
        "published": facts.is_published,
        "article-type": "og:article" in facts.types,
        "dated": facts.has_date,
    }


def _without_text(facts: PageFacts) -> str | None:
    if facts.size >= MIN_TEXT or facts.has_article or facts.has_date:
        return None
    return "section_page" if facts.river.teasers >= MIN_HEADLINES else "no_text"
