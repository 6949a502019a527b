"""Turn a query into tokens of the index, independently of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from newscrawl.search.analysis import get_stemmed_language, list_languages, split_words, stem
from newscrawl.search.document import DATED, make_facet, make_word_facets
from newscrawl.search.folding import UNSPACED_RUN
from newscrawl.search.query import Filter, SearchQuery, Term


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other, of which the last may be a prefix."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


Leaf = tuple[Phrase, ...]
"""A term: phrases of which one has to occur, such as the stems of a word in different languages."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A query in tokens."""

    words: tuple[tuple[Leaf, ...], ...]
    """Of each group one term has to occur."""
    facets: tuple[tuple[Leaf, ...], ...]
    """The same for filters."""
    excluded: tuple[Leaf, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The terms to rank by and to highlight."""
        return tuple(leaf for group in self.words for leaf in group)


def compile_query(query: SearchQuery) -> Expression:
    """Return *query* in tokens; terms without any are left out."""
    languages = [language for tag in query.languages if (language := get_stemmed_language(tag))]
    groups = [tuple(filter(None, (compile_term(term, languages) for term in group))) for group in query.groups]
    facets = [tuple(map(_compile_filter, some)) for some in _group(query.filters)]
    if query.first_day or query.last_day:
        facets.append(((Phrase((DATED,)),),))
    excluded = [compile_term(term, languages) for term in query.excluded]
    excluded += [_compile_filter(one) for one in query.filters if one.negated]
    return Expression(tuple(filter(None, groups)), tuple(facets), tuple(filter(None, excluded)))


def compile_term(term: Term, languages: Sequence[str] = ()) -> Leaf:
    """Return the phrases that *term* stands for, stemmed in each of *languages*, or in all that it may be in."""
    words, is_prefix = _split(term)
    if not words:
        return ()
    tried = [None, *languages] if languages else list_languages(words)
    phrases = {Phrase(tuple(stem(words, language))): None for language in tried}
    if is_prefix:
        exact = Phrase(tuple(stem(words, None)), is_prefix=True)
        phrases = {exact: None, **{one: None for one in phrases if one.tokens != exact.tokens}}
    return tuple(phrases)


def _split(term: Term) -> tuple[list[str], bool]:
    words = split_words(term.text)
    if not words or UNSPACED_RUN.fullmatch(words[-1]) is None or len(words[-1]) > 1:
        return words, term.is_prefix
    if len(words) > 1 and len(words[-2]) > 1 and words[-2].endswith(words[-1]):
        # The last character of a run is part of the pair before.
        return words[:-1], False
    return words, True


def _group(filters: Iterable[Filter]) -> list[list[Filter]]:
    ordered = sorted((one for one in filters if not one.negated), key=lambda one: one.field)
    return [list(some) for _, some in groupby(ordered, key=lambda one: one.field)]


def _compile_filter(one: Filter) -> Leaf:
    if one.field in ("author", "section"):
        words, is_prefix = _split(Term(one.value))
        if words:
            return (Phrase(tuple(make_word_facets(one.field, words)), is_prefix),)
    return (Phrase((make_facet(one.field, one.value),)),)
