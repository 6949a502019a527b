"""Generate pairs of texts for benchmarks/stories.py: near-duplicates by typical edits of editors, and hard negatives.

The words come from a corpus and from benchmarks/story_texts.toml. All randomness is seeded, so every run generates the
same pairs.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import numpy as np

from benchmarks.corpus import Corpus
from newscrawl.dedup.shingles import shingle_text
from newscrawl.text.clean import split_paragraphs

MIN_WORDS = 120
"""Shorter bodies of a corpus are skipped: cut to a third, they would be too short."""
LONG_TEXT = 900
"""Minimum words of a text used as a live blog."""
TEXTS = tomllib.loads(Path(__file__).with_name("story_texts.toml").read_text(encoding="utf-8"))
_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_AMERICAN = dict(TEXTS["spelling"]["pairs"])


@dataclass(frozen=True, slots=True)
class Version:
    """A text as published by one site."""

    headline: str
    paragraphs: tuple[str, ...]
    site: str = ""

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def words(self) -> int:
        return len(self.body.split())


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and whether they are near-duplicates."""

    kind: str
    is_near_duplicate: bool
    first: Version
    second: Version


def originals(corpora: Sequence[Corpus]) -> list[Version]:
    """Return the bodies of the corpora that are long enough, each text once."""
    found: dict[str, Version] = {}
    for corpus in corpora:
        for row in corpus.ground_truth().values():
            version = Version(
                row["headline"] or "", tuple(split_paragraphs(row["article_body"] or "")), _host(row["url"])
            )
            if version.words >= MIN_WORDS:
                # The corpora contain two revisions of one article as two pages.
                found.setdefault(f"{version.site} {shingle_text(version.headline).words}", version)
    return list(found.values())


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def other_headline(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Replace the headline by words of the first paragraphs."""
    words = " ".join(text.paragraphs[:2]).split()
    start = rng.randint(0, max(0, min(12, len(words) - 9)))
    return replace(text, headline=" ".join(words[start : start + 9]).strip(".,;:").capitalize())


def other_lead(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Shuffle the first 50 words of the first paragraph, and replace the headline."""
    words = text.paragraphs[0].split()
    lead, rest = words[:50], " ".join(words[50:])
    rng.shuffle(lead)
    paragraphs = (" ".join(lead), *([rest] if rest else ()), *text.paragraphs[1:])
    return other_headline(replace(text, paragraphs=paragraphs), rng, donors)


def cut(share: float) -> Callable[[Version, Random, Sequence[Version]], Version]:
    """Return an edit that keeps the first *share* of the words."""

    def apply(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
        left, kept = round(share * text.words), list[str]()
        for paragraph in text.paragraphs:
            words = paragraph.split()
            if left > 0:
                kept.append(" ".join(words[:left]))
            left -= len(words)
        return replace(text, paragraphs=tuple(kept))

    return apply


def inserted(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Insert one to three paragraphs of another text, of at most 60 words each, after the first paragraph."""
    paragraphs = list(text.paragraphs)
    for paragraph in _foreign(rng, donors, rng.randint(1, 3), 60):
        paragraphs.insert(rng.randint(1, len(paragraphs)), paragraph)
    return replace(text, paragraphs=tuple(paragraphs))


def local(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Add a dateline, and a sentence of local interest to every third paragraph."""
    paragraphs = [
        f"{paragraph} {_foreign(rng, donors, 1, 18)[0]}" if number % 3 == 2 else paragraph
        for number, paragraph in enumerate(text.paragraphs)
    ]
    place = rng.choice(TEXTS["slots"]["place"])
    return replace(text, paragraphs=(f"{place.upper()} (Reuters) – {paragraphs[0]}", *paragraphs[1:]))


def reordered(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Shuffle the paragraphs after the first, or the sentences of a text with few paragraphs."""
    pieces = list(text.paragraphs) if len(text.paragraphs) > 3 else _SENTENCE.split(text.body)
    rest = pieces[1:]
    rng.shuffle(rest)
    return replace(text, paragraphs=(pieces[0], *rest))


def marks(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Change quotation marks, apostrophes, dashes and white space, and remove empty lines."""
    table = str.maketrans({'"': "”", "'": "’", "“": "«", "”": "»", "’": "'", "‘": "'", "–": "-", "—": " - ", "„": '"'})
    lines = [re.sub(r"\s+", lambda _: rng.choice((" ", " ", "  ", "\u00a0")), one) for one in text.paragraphs]
    return replace(text, paragraphs=("\n".join(line.translate(table) for line in lines),))


def spelling(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Swap British and American spellings."""
    other = _AMERICAN | {american: british for british, american in _AMERICAN.items()}

    def swap(match: re.Match[str]) -> str:
        word = match[0]
        new = other.get(word.casefold(), word)
        return new.capitalize() if word[0].isupper() and new != word else new

    return replace(text, paragraphs=tuple(re.sub(r"[^\W\d_]+", swap, one) for one in text.paragraphs))


def boilerplate(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Add up to two notices before the text and up to three after it."""
    above, below = _notices(rng, rng.randint(1, 2)), _notices(rng, rng.randint(1, 3))
    return replace(text, paragraphs=(*above, *text.paragraphs, *below))


def copy_edited(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Replace or remove every thirtieth word."""
    others = rng.choice(donors).body.split()

    def edit(word: str) -> str:
        return word if rng.random() > 1 / 30 else rng.choice(["", rng.choice(others)])

    return replace(text, paragraphs=tuple(" ".join(map(edit, one.split())) for one in text.paragraphs))


def combined(text: Version, rng: Random, donors: Sequence[Version]) -> Version:
    """Change the headline, apply two or three other edits, cut to 30 to 90 %, and add boilerplate to half the texts."""
    edits = [other_lead, inserted, local, reordered, marks, spelling]
    for edit in rng.sample(edits, rng.randint(2, 3)):
        text = edit(text, rng, donors)
    text = cut(rng.uniform(0.3, 0.9))(other_headline(text, rng, donors), rng, donors)
    return boilerplate(text, rng, donors) if rng.random() < 0.5 else text


EDITS: dict[str, Callable[[Version, Random, Sequence[Version]], Version]] = {
    "another headline": other_headline,
    "another headline and lead": other_lead,
    "cut to 90 %": cut(0.9),
    "cut to 70 %": cut(0.7),
    "cut to 50 %": cut(0.5),
    "cut to 30 %": cut(0.3),
    "paragraphs inserted": inserted,
    "dateline and local sentences": local,
    "paragraphs reordered": reordered,
    "quotation marks, white space": marks,
    "spelling": spelling,
    "boilerplate at both ends": boilerplate,
    "every 30th word edited": copy_edited,
    "several of these": combined,
}


def near_duplicate_pairs(texts: Sequence[Version]) -> Iterator[Pair]:
    """Yield each text with each edit that changes it."""
    for number, text in enumerate(texts):
        for name, edit in EDITS.items():
            edited = replace(edit(text, Random(f"{number}/{name}"), texts), site="copies.example")
            if edited.body != text.body or edited.headline != text.headline:
                yield Pair(name, True, text, edited)


def unrelated_pairs(texts: Sequence[Version]) -> Iterator[Pair]:
    """Yield pairs of every kind that share words but are not near-duplicates."""
    yield from _same_topic(texts)
    yield from _same_site(texts)
    yield from _same_notices(texts)
    yield from _same_quotation(texts)
    yield from _summaries(texts)
    yield from _notices_only(texts)
    yield from _translations()
    for kind, name in (("template", "same template"), ("brief", "short briefs")):
        yield from _filled(kind, name)


def _same_topic(texts: Sequence[Version]) -> Iterator[Pair]:
    """Pair each text with the three nearest by tf-idf cosine similarity."""
    counts = [Counter(re.findall(r"[^\W\d_]{4,}", text.body.casefold())) for text in texts]
    documents = Counter(word for count in counts for word in count)
    terms = [word for word, number in documents.items() if 1 < number < len(texts) / 5]
    columns = {word: at for at, word in enumerate(terms)}
    matrix = np.zeros((len(texts), len(columns)), np.float32)
    for row, count in enumerate(counts):
        for word, number in count.items():
            if word in columns:
                matrix[row, columns[word]] = (1 + np.log(number)) * np.log(len(texts) / documents[word])
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    similarities = matrix @ matrix.T
    np.fill_diagonal(similarities, -1)
    pairs = {(min(i, int(j)), max(i, int(j))) for i, row in enumerate(similarities) for j in np.argsort(row)[-3:]}
    yield from (Pair("same topic", False, texts[i], texts[j]) for i, j in sorted(pairs))


def _same_site(texts: Sequence[Version]) -> Iterator[Pair]:
    for number, text in enumerate(texts):
        yield from (Pair("same site", False, text, other) for other in texts[number + 1 :] if other.site == text.site)


def _same_notices(texts: Sequence[Version]) -> Iterator[Pair]:
    """Surround two texts of at least 150 words with the same notices, as a CMS does on all its sites."""
    for number, (one, other) in enumerate(_random_pairs(texts, "notices")):
        rng = Random(f"notices/{number}")
        above, below, size = _notices(rng, 1), _notices(rng, rng.randint(1, 3)), rng.randint(150, 400)
        first, second = (
            replace(text, paragraphs=(*above, *_first_words(text, size).paragraphs, *below)) for text in (one, other)
        )
        yield Pair("same boilerplate", False, first, second)


def _same_quotation(texts: Sequence[Version]) -> Iterator[Pair]:
    """Insert the same quotation of 40 to 80 words into two texts of at least 250 words."""
    for number, (one, other) in enumerate(_random_pairs(texts, "quotation")):
        rng = Random(f"quotation/{number}")
        quotation = "“" + _foreign(rng, texts, 1, rng.randint(40, 80))[0] + "”"
        size = rng.randint(250, 500)
        first, second = (_first_words(text, size) for text in (one, other))
        yield Pair(
            "same quotation",
            False,
            replace(first, paragraphs=(*first.paragraphs[:2], quotation, *first.paragraphs[2:])),
            replace(second, paragraphs=(*second.paragraphs[:1], quotation, *second.paragraphs[1:])),
        )


def _summaries(texts: Sequence[Version]) -> Iterator[Pair]:
    """Pair a long text with a tenth of its sentences after a shuffled lead."""
    for number, text in enumerate(texts):
        rng = Random(f"summary/{number}")
        sentences = [one for one in _SENTENCE.split(" ".join(text.paragraphs)) if len(one.split()) > 5]
        if text.words < LONG_TEXT or len(sentences) < 20:
            continue
        chosen = sorted(rng.sample(range(len(sentences)), len(sentences) // 10))
        lead = text.paragraphs[0].split()[:40]
        rng.shuffle(lead)
        summary = replace(text, paragraphs=(" ".join(lead), *(sentences[at] for at in chosen)), site="summary.example")
        yield Pair("live blog and summary", False, text, summary)


def _notices_only(texts: Sequence[Version]) -> Iterator[Pair]:
    """Put only the same notices below the headlines of two articles."""
    for number, (one, other) in enumerate(_random_pairs(texts, "only")[:200]):
        notices = tuple(_notices(Random(f"only/{number}"), 1 + number % 4))
        yield Pair("boilerplate only", False, replace(one, paragraphs=notices), replace(other, paragraphs=notices))


def _translations() -> Iterator[Pair]:
    """Pair translations of the same news, which share names, figures and a quotation."""
    for story in TEXTS["translation"]:
        versions = [
            Version(headline, tuple(split_paragraphs(body)), f"{language}.example")
            for language, (headline, body) in story["texts"].items()
        ]
        for number, version in enumerate(versions):
            yield from (Pair("translations", False, version, other) for other in versions[number + 1 :])


def _filled(kind: str, name: str) -> Iterator[Pair]:
    """Fill in each template twice."""
    for template in TEXTS[kind]:
        for number in range(60):
            first, second = (_fill(template, Random(f"{template['id']}/{number}/{side}")) for side in "ab")
            yield Pair(name, False, first, second)


def _fill(template: dict[str, str], rng: Random) -> Version:
    def slot(match: re.Match[str]) -> str:
        name = match[1]
        if name == "number":
            return str(rng.randint(2, 98))
        if name == "figure":
            return f"{rng.randint(1, 99)}.{rng.randint(1, 99)}"
        return str(rng.choice(TEXTS["slots"][name]))

    headline, body = (_SLOT.sub(slot, template[part]) for part in ("headline", "body"))
    return Version(headline, tuple(split_paragraphs(body)), f"{rng.choice('abcdef')}.example")


def _random_pairs(texts: Sequence[Version], seed: str) -> list[tuple[Version, Version]]:
    drawn = Random(seed).sample(list(texts), len(texts))
    return list(zip(drawn[::2], drawn[1::2], strict=False))


def _first_words(text: Version, size: int) -> Version:
    return cut(min(1.0, size / text.words))(text, Random(0), ())


def _foreign(rng: Random, donors: Sequence[Version], count: int, max_words: int) -> list[str]:
    """Return paragraphs of another text, cut to *max_words* words."""
    paragraphs = [one for one in rng.choice(donors).paragraphs if len(one.split()) > 8] or ["Nothing else was said."]
    return [" ".join(rng.choice(paragraphs).split()[:max_words]) for _ in range(count)]


def _notices(rng: Random, count: int) -> list[str]:
    site = rng.choice(TEXTS["slots"]["site"])
    return [notice.replace("{site}", site) for notice in rng.sample(TEXTS["notices"]["texts"], count)]
