"""Decide whether a page is an article, or name what it is instead; in doubt, it is an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from newscrawl.boilerplate.page_rules import PageRule, page_rules
from newscrawl.extraction.page_type.facts import PageFacts

ARTICLE = "article"
MIN_TEXT = 80
"""Characters of kept text; a page with less must show by other means that it is an article."""
MAX_LOGIN = 400
"""Characters of kept text beside a password field."""
MAX_GALLERY = 300
"""Characters of kept text beside the captions of a gallery."""
MIN_CAPTIONS = 5
MIN_TEASERS = 20
"""Teasers that make a page without text a section page."""


@dataclass(frozen=True, slots=True)
class RuleScore:
    """What the rules say about a page, in numbers."""

    points: float
    """Points for a list page."""
    hints: int
    """Rules that name a page type; those that decide alone count twice."""


def classify_page(facts: PageFacts) -> str:
    """Return `article`, or the type of page: by rules for its text and metadata, by what it shows, by its structure."""
    rules, matching = page_rules(), _match(facts)
    return (
        _decide_by_rules(matching) or _decide_by_content(facts)
        or (rules.score_page_type if _add_points(matching, facts) >= rules.enough else None)
        or _decide_without_text(facts) or ARTICLE
    )  # fmt: skip


def score_rules(facts: PageFacts) -> RuleScore:
    """Return what the rules say in numbers, also where they do not decide."""
    matching = _match(facts)
    hints = sum(2 if rule.alone else 1 for rule in matching if rule.points is None)
    return RuleScore(_add_points(matching, facts), hints)


def _match(facts: PageFacts) -> list[PageRule]:
    return [rule for rule in page_rules().rules if _is_applicable(rule, facts) and _MATCHERS[rule.kind](rule, facts)]


def _is_applicable(rule: PageRule, facts: PageFacts) -> bool:
    if rule.max_run is not None and facts.teaser_list.run > rule.max_run:
        return False
    if rule.undated and facts.has_date:
        return False
    says_article = facts.has_article and facts.size >= MIN_TEXT
    return rule.with_article or rule.points is not None or not says_article


def _matches_text(rule: PageRule, facts: PageFacts) -> bool:
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


def _matches_path(rule: PageRule, facts: PageFacts) -> bool:
    if rule.max_segments is not None and len(facts.segments) > rule.max_segments:
        return False
    if rule.last_only:
        last = facts.segments[-1] if facts.segments else ""
        return last in rule.terms or last.rpartition(".")[0] in rule.terms
    return not rule.terms.isdisjoint(facts.segments)


def _matches_body(rule: PageRule, facts: PageFacts) -> bool:
    return not rule.terms.isdisjoint(facts.classes) or any(name.startswith(rule.starts) for name in facts.classes)


def _matches_generator(rule: PageRule, facts: PageFacts) -> bool:
    return bool(facts.generator) and any(term in facts.generator for term in rule.terms)


def _matches_data(rule: PageRule, facts: PageFacts) -> bool:
    return not rule.terms.isdisjoint(facts.types)


_MATCHERS: dict[str, Callable[[PageRule, PageFacts], bool]] = {
    "says": _matches_text,
    "path": _matches_path,
    "body": _matches_body,
    "generator": _matches_generator,
    "data": _matches_data,
}


def _decide_by_rules(matching: list[PageRule]) -> str | None:
    """Return the first page type with a rule that suffices alone, or with two rules that do not."""
    hints: Counter[str] = Counter()
    for rule in matching:
        if rule.points is None:
            hints[rule.page_type] += 2 if rule.alone else 1
    return next((page_type for page_type, count in hints.items() if count >= 2), None)


def _decide_by_content(facts: PageFacts) -> str | None:
    """Return the page type that follows from visible content, if JSON-LD does not describe an article."""
    if facts.has_article and facts.size >= MIN_TEXT:
        return None
    if facts.password_fields and facts.size < MAX_LOGIN and not facts.has_date:
        return "login"
    if facts.teaser_list.captions >= MIN_CAPTIONS and facts.size < MAX_GALLERY:
        return "gallery"
    return None


def _add_points(matching: list[PageRule], facts: PageFacts) -> float:
    """Return the points for a list page."""
    signals = page_rules().signals
    points = sum(rule.points for rule in matching if rule.points is not None)
    return points + sum(signals[signal] for signal, is_present in get_signals(facts).items() if is_present)


def get_signals(facts: PageFacts) -> dict[str, bool]:
    """Return which of the signals for a list page or an article are present."""
    score = facts.article_path
    return {
        "front-path": facts.is_front,
        "list-path": score == 0 and not facts.is_front,
        "no-article-path": score is not None and 0 < score < 0.3 and not facts.is_front,
        "article-path": score is not None and score >= 0.6,
        "many-articles": facts.other_articles > 0,
        "teasers": facts.teaser_list.teasers >= 5,
        "many-teasers": facts.teaser_list.teasers >= 15 and facts.teaser_list.teasers > facts.teaser_list.paragraphs,
        "many-links": facts.links > 40,
        "many-dates": facts.dates >= 6,
        "read-on": facts.teaser_list.read_on >= 4,
        "no-text": facts.teaser_list.run < 80,
        "no-run": facts.teaser_list.run < 400,
        "short-run": facts.teaser_list.run < 900,
        "spread-text": facts.teaser_list.runs >= 8 and facts.teaser_list.run < 400,
        "one-text": facts.teaser_list.runs == 1 and facts.teaser_list.run >= MIN_TEXT,
        "middle-run": facts.teaser_list.run > 1_500,
        "long-run": facts.teaser_list.run > 3_000,
        "article-data": facts.has_article,
        "published": facts.is_published,
        "article-type": "og:article" in facts.types,
        "dated": facts.has_date,
    }


def _decide_without_text(facts: PageFacts) -> str | None:
    if facts.size >= MIN_TEXT or facts.has_article or facts.has_date:
        return None
    return "section_page" if facts.teaser_list.teasers >= MIN_TEASERS else "no_text"
