"""Split text into the tokens that are indexed: stems of words, and pairs of characters where there are no spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import Stemmer

from newscrawl.search.folding import UNSPACED_RUN, WORD, find_words, fold_text

SEARCH_VERSION = 1
"""Stored with the index; raised whenever a text may get other tokens, so that the index is built again."""
MAX_TOKENS = 15_000
"""Tokens of a text that are indexed. PostgreSQL keeps no position beyond 16,383."""
MAX_TOKEN_LENGTH = 40
MAX_STEMS = 20_000
"""Words of a language whose stems are kept: about 3 MB."""
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
"""Primary language subtag -> Snowball algorithm."""
_SCRIPTS = (
    (re.compile("[a-z]"), ("ca", "cs", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "hu", "id", "it", "lt",
                           "nl", "no", "pl", "pt", "ro", "sv", "tr")),
    (re.compile("[\u0400-\u04ff]"), ("ru",)),
    (re.compile("[\u0600-\u06ff]"), ("ar",)),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0900-\u097f]"), ("hi", "ne")),
    (re.compile("[\u0530-\u058f]"), ("hy",)),
    (re.compile("[\u0b80-\u0bff]"), ("ta",)),
)  # fmt: skip
"""Letters of a script -> languages with a stemmer that are written in it."""


class Token(NamedTuple):
    """A token of a text, and the characters that it stands for."""

    text: str
    start: int
    end: int


def get_stemmed_language(tag: str | None) -> str | None:
    """Return the language of a BCP 47 tag if words of it are stemmed, else None."""
    language = (tag or "").partition("-")[0].lower()
    return language if language in STEMMERS else None


def split_words(text: str) -> list[str]:
    """Return the folded words of *text*; runs of scripts without spaces are split into pairs of characters.

    The last character of a run is a token, too: a query for one character then finds it as the prefix of a token.
    """
    words = find_words(text)
    if text.isascii() or UNSPACED_RUN.search(" ".join(words)) is None:
        return words
    tokens: list[str] = []
    for word in words:
        if word.isascii() or UNSPACED_RUN.search(word) is None:
            tokens.append(word)
        else:
            tokens += (part for part, _, _ in islice(_split_mixed(word), MAX_TOKENS))
    return tokens


def analyze(text: str | None, language: str | None) -> list[str]:
    """Return the tokens of *text* as they are indexed for an article in *language* (see `get_stemmed_language`)."""
    if not text:
        return []
    words = split_words(text)[:MAX_TOKENS]
    known = _get_stems(language)
    if unknown := [*set(words).difference(known)]:
        if len(known) + len(unknown) > MAX_STEMS:
            known.clear()
            unknown = [*set(words)]
        known.update(zip(unknown, stem(unknown, language), strict=True))
    return [known[word] for word in words]


@lru_cache(maxsize=4)
def _get_stems(_language: str | None) -> dict[str, str]:
    """Return the stems of words that have been looked up: most words of a text are in the texts before it."""
    return {}


def stem(words: Sequence[str], language: str | None) -> list[str]:
    """Return the stems of folded *words*; the words themselves where there is no stemmer for *language*."""
    if language is None:
        return [word[:MAX_TOKEN_LENGTH] for word in words]
    if language == "ar":
        # After folding, teh marbuta is a final heh, which the stemmer would keep.
        words = [f"{word[:-1]}ة" if word.endswith("ه") else word for word in words]
    # A stemmer is not safe to share between threads, and creating one costs nothing.
    stems = Stemmer.Stemmer(STEMMERS[language], 0).stemWords(list(words))
    return [one[:MAX_TOKEN_LENGTH].replace("ة", "ه") for one in stems]


def list_languages(words: Iterable[str]) -> list[str | None]:
    """Return the languages whose stemmer may change one of *words*, and None for the words as they are."""
    joined = " ".join(words)
    return [None, *(language for script, languages in _SCRIPTS if script.search(joined) for language in languages)]


def analyze_word(word: str, language: str | None) -> tuple[Token, ...]:
    """Return the tokens of *word*, which WORD matches, with their places in it."""
    # A page of results has the same words again and again.
    return _analyze_short(word, language) if len(word) <= MAX_TOKEN_LENGTH else _analyze_word(word, language)


def _analyze_word(word: str, language: str | None) -> tuple[Token, ...]:
    if word.isascii() or UNSPACED_RUN.search(word) is None:
        found = [(part, 0, len(word)) for part in WORD.findall(fold_text(word))]
    else:
        parts = islice(_split_mixed(word), MAX_TOKENS)
        found = [(fold_text(part), start, end) for part, start, end in parts]
    stems = stem([part for part, _, _ in found], language)
    return tuple(Token(token, start, end) for token, (_, start, end) in zip(stems, found, strict=True))


_analyze_short = lru_cache(maxsize=30_000)(_analyze_word)


def _split_mixed(word: str) -> Iterator[tuple[str, int, int]]:
    """Yield the tokens of a word that has characters of a script without spaces, with their places."""
    end = 0
    for run in UNSPACED_RUN.finditer(word):
        if run.start() > end:
            yield word[end : run.start()], end, run.start()
        end = run.end()
        for at in range(run.start(), end):
            yield word[at : min(at + 2, end)], at, min(at + 2, end)
    if end < len(word):
        yield word[end:], end, len(word)
