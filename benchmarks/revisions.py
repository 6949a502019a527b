"""Measure how edits of real bodies are labelled as revisions, and whether regressions are rejected.

    python benchmarks/revisions.py CORPUS [CORPUS ...] [--every N] [--seed 1] [--wrong 3]

Each CORPUS is a folder with truth.jsonl. Every body of at least 120 words and four paragraphs is edited like an editor
would, and damaged like a broken page. Prints three tables: edits that must not make a revision (by content hash), the
labels of edits, and rejected versions. The edits and the rules have the same author, so real changes will do worse.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpus import Corpus
from benchmarks.timing import milliseconds
from newscrawl.dedup.content_hash import content_hash
from newscrawl.dedup.regressions import detect_regression
from newscrawl.dedup.revisions import ArticleVersion, Label, label_revision
from newscrawl.fields.languages import detect_language

MIN_WORDS, MIN_PARAGRAPHS = 120, 4
NOTES = {
    "en": (
        "Correction: A previous version gave a wrong number.",
        "This article was amended on 3 May to correct a number.",
        "An earlier version of this article misstated the number of people.",
    ),
    "de": (
        "Korrektur: Die Zahl war zunächst falsch.",
        "Anmerkung: In einer früheren Version des Textes war die Zahl falsch angegeben.",
    ),
    "fr": (
        "Rectificatif : le chiffre était erroné.",
        "Une version précédente de cet article donnait un chiffre erroné.",
    ),
    "es": (
        "Corrección: la cifra era errónea.",
        "Una versión anterior de este artículo daba una cifra errónea.",
    ),
    "it": ("Rettifica: la cifra era sbagliata.",),
    "pl": ("Sprostowanie: podaliśmy błędną liczbę.",),
    "ru": ("Исправление: ранее была указана неверная цифра.",),
}
CHALLENGE = (
    "Please wait while we make sure that your connection is safe. This takes a few seconds only.\n\n"
    "If you see this page for long, turn on JavaScript and cookies and load it again."
)
NOTICE = "This text is for subscribers. Choose an offer to read it to its end."


@dataclass(frozen=True, slots=True)
class Text:
    """A body to edit, and another body of the same corpus as a source of words and paragraphs."""

    headline: str
    paragraphs: tuple[str, ...]
    other: tuple[str, ...]
    language: str | None
    rng: random.Random

    @property
    def version(self) -> ArticleVersion:
        return ArticleVersion(self.headline, joined(self.paragraphs), in_language=self.language)


def joined(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def replaced(text: Text, pattern: str, change: Callable[[str], str], times: int) -> str | None:
    """Return the body with *times* matches changed; None if it has fewer."""
    body = joined(text.paragraphs)
    matches = list(re.finditer(pattern, body))
    if len(matches) < times:
        return None
    for match in sorted(text.rng.sample(matches, times), key=lambda one: -one.start()):
        new = change(match[0])
        if new == match[0]:
            return None
        body = body[: match.start()] + new + body[match.end() :]
    return body


def misspelt(text: Text) -> str | None:
    def slip(word: str) -> str:
        at = text.rng.randrange(1, len(word) - 2)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return text.rng.choice((swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))

    return replaced(text, r"(?<!\S)[^\W\d_]{6,}(?!\S)", slip, text.rng.randint(1, 3))


def punctuated(text: Text) -> str | None:
    return replaced(text, r"(?<=\w)(?<!\d), (?=\w)", lambda _: "; ", 1)


def doubled(text: Text) -> str | None:
    return replaced(text, r"(?<!\S)[^\W\d_]{3,}(?!\S)", lambda word: f"{word} {word}", 1)


def with_paragraphs(text: Text) -> str:
    at, many = text.rng.randint(1, len(text.paragraphs)), text.rng.randint(1, 3)
    return joined((*text.paragraphs[:at], *text.other[:many], *text.paragraphs[at:]))


def with_a_paragraph_rewritten(text: Text) -> str:
    at = text.rng.randrange(1, len(text.paragraphs))
    return joined((*text.paragraphs[:at], text.other[0], *text.paragraphs[at + 1 :]))


def without_a_paragraph(text: Text) -> str:
    sizes = [len(paragraph.split()) for paragraph in text.paragraphs]
    small = [at for at, size in enumerate(sizes[:-1]) if at and size < 0.2 * sum(sizes)]
    at = text.rng.choice(small or [1])
    return joined((*text.paragraphs[:at], *text.paragraphs[at + 1 :]))


def without_the_end(text: Text) -> str | None:
    """Remove the last paragraph, as an editor would; None if it is over a fifth of the text."""
    kept, words = text.paragraphs[:-1], len(joined(text.paragraphs).split())
    return joined(kept) if len(joined(kept).split()) >= 0.8 * words else None


def with_another_number(text: Text) -> str | None:
    def other(number: str) -> str:
        last = text.rng.choice([digit for digit in "0123456789" if digit != number[-1]])
        return number[:-1] + last

    return replaced(text, r"(?<![\d.,])\d{1,3}(?![\d.,]\d|\d)", other, 1)


def with_a_note(text: Text) -> str | None:
    notes = NOTES.get(text.language or "")
    if notes is None:
        return None
    body = with_another_number(text) or joined(text.paragraphs)
    note = text.rng.choice(notes)
    return f"{body}\n\n{note}" if text.rng.random() < 0.7 else f"{note}\n\n{body}"


def with_another_name(text: Text) -> str | None:
    """Replace a name by another one of the corpus; not in German, which capitalises all nouns."""
    name = r"(?<=[a-zà-ž] )[A-ZÀ-Ž][a-zà-ž]{3,}(?= [a-zà-ž])"
    others = re.findall(name, joined(text.other))
    if text.language == "de" or not others:
        return None
    return replaced(text, name, lambda _: text.rng.choice(others), 1)


def rewritten(text: Text) -> str | None:
    """Keep a fifth of the paragraphs and replace the others by those of another text."""
    if len(text.other) < 4:
        return None
    kept = set(text.rng.sample(range(len(text.paragraphs)), max(1, len(text.paragraphs) // 5)))
    words = sum(len(text.paragraphs[at].split()) for at in kept)
    if words > 0.3 * len(joined(text.paragraphs).split()):
        return None
    pairs = zip(range(len(text.paragraphs)), (*text.other, *text.other, *text.paragraphs), strict=False)
    return joined([text.paragraphs[at] if at in kept else other for at, other in pairs])


def reworded(text: Text) -> str:
    """Replace 35 to 50 % of the words, and remove a fifth of these."""
    pool = joined(text.other).split()
    share = text.rng.uniform(0.35, 0.5)

    def word(old: str) -> str:
        if text.rng.random() >= share:
            return old
        return text.rng.choice(pool) if text.rng.random() < 0.8 else ""

    return joined([" ".join(filter(None, map(word, one.split()))) for one in text.paragraphs])


LABELLED: tuple[tuple[str, Label, Callable[[Text], str | None]], ...] = (
    ("1 to 3 words misspelt", Label.TYPO, misspelt),
    ("a comma changed", Label.TYPO, punctuated),
    ("a word twice", Label.TYPO, doubled),
    ("1 to 3 paragraphs added", Label.UPDATE, with_paragraphs),
    ("a paragraph rewritten", Label.UPDATE, with_a_paragraph_rewritten),
    ("a paragraph removed", Label.UPDATE, without_a_paragraph),
    ("the last paragraph removed", Label.UPDATE, without_the_end),
    ("a number changed, with a note", Label.CORRECTION, with_a_note),
    ("a number changed, no note", Label.CORRECTION, with_another_number),
    ("a name changed, no note", Label.CORRECTION, with_another_name),
    ("four fifths from another text", Label.REWRITE, rewritten),
    ("35 to 50 % of the words replaced", Label.REWRITE, reworded),
)


def half(text: Text) -> str:
    share, words = text.rng.uniform(0.2, 0.6), len(joined(text.paragraphs).split())
    kept = [
        one for at, one in enumerate(text.paragraphs) if len(joined(text.paragraphs[: at + 1]).split()) < share * words
    ]
    return joined(kept or text.paragraphs[:1])


def truncated(text: Text) -> str:
    body = joined(text.paragraphs)
    return body[: int(text.rng.uniform(0.3, 0.95) * len(body))].rstrip()


def stub(text: Text) -> str:
    return joined((text.paragraphs[0], NOTICE))


REGRESSIONS: tuple[tuple[str, Callable[[Text], str]], ...] = (
    ("the first 20 to 60 %, whole paragraphs", half),
    ("truncated after 30 to 95 %", truncated),
    ("the first paragraph with a notice", stub),
    ("a challenge that looks like an article", lambda _: CHALLENGE),
)


def french(body: str) -> str:
    for mark, new in (("“", "«\u202f"), ("”", "\u202f»"), ("‘", "'"), ("’", "'"), ("„", "“"), ("—", " – ")):
        body = body.replace(mark, new)
    return body


SAME: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("white space", lambda body: re.sub(r" (?=\w)", "\u00a0 ", body).replace("\n\n", "\n")),
    ("quotation marks and dashes", french),
    ("soft hyphens and zero-width spaces", lambda body: re.sub(r"(?<=\w{3})(?=\w{3})", "\u00ad\u200b", body)),
    ("ligatures, ellipses, capitals", lambda body: body.replace("fi", "ﬁ").replace("...", "…").upper()),
)


def texts(corpora: Sequence[Path], seed: int, every: int) -> Iterator[Text]:
    """Yield the bodies that are long enough, each with the next one of its corpus."""
    rng = random.Random(seed)
    for folder in corpora:
        rows = [row for row in Corpus(folder, every).ground_truth().values() if row.get("headline")]
        bodies = [(row["headline"], tuple(filter(None, row["article_body"].split("\n\n")))) for row in rows]
        fit = [one for one in bodies if len(one[1]) >= MIN_PARAGRAPHS and len(joined(one[1]).split()) >= MIN_WORDS]
        for (headline, paragraphs), (_, other) in zip(fit, (*fit[1:], fit[0]), strict=True):
            yield Text(headline, paragraphs, other, detect_language(joined(paragraphs)), rng)


def report_same(sources: Sequence[Text]) -> None:
    print("Edits that must not make a revision")
    for name, edit in SAME:
        bodies = [joined(text.paragraphs) for text in sources]
        edited = [(body, new) for body in bodies if (new := edit(body)) != body]
        revised = sum(content_hash(None, body) != content_hash(None, new) for body, new in edited)
        print(f"  {name:40} {len(edited):5} edited {revised:5} revisions")


def report_labels(sources: Sequence[Text], wrong: int) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: dict[str, list[float]] = defaultdict(list)
    times: list[float] = []
    labels = " ".join(f"{label:>11}" for label in Label)
    print(f"\n{'Edit':36} {'expected':11} {'edits':>6} {labels} rejected  size")
    for name, label, edit in LABELLED:
        for text in sources:
            body = edit(text)
            if body is None or content_hash(text.headline, body) == content_hash(*_pair(text.version)):
                continue
            new = replace(text.version, article_body=body)
            times.append(
                milliseconds(lambda old=text.version, new=new: (detect_regression(old, new), label_revision(old, new)))
            )
            revision = label_revision(text.version, new)
            counts[name].update([revision.label, *(["rejected"] if detect_regression(text.version, new) else [])])
            sizes[name].append(revision.size)
            if revision.label is not label and wrong > counts[name]["shown"]:
                counts[name]["shown"] += 1
                print(f"    {name}: {revision} of {text.headline!r}")
        row = counts[name]
        cells = " ".join(f"{row[one]:11}" for one in Label)
        size = statistics.median(sizes[name]) if sizes[name] else 0.0
        print(f"{name:36} {label:11} {len(sizes[name]):6} {cells} {row['rejected']:8}  {size:.3f}")
    ordered = sorted(times)
    print(f"both decisions: median {statistics.median(ordered):.2f} ms, p99 {ordered[int(0.99 * len(ordered))]:.2f} ms")
    for label in Label:
        made = [name for name, one, _ in LABELLED if one is label]
        right, total = sum(counts[name][label] for name in made), sum(len(sizes[name]) for name in made)
        given = sum(row[label] for row in counts.values())
        print(f"  {label:11} recall {right / total:.3f}  precision {right / given:.3f}")


def _pair(version: ArticleVersion) -> tuple[str, str]:
    return version.headline, version.article_body


def report_regressions(sources: Sequence[Text]) -> None:
    print(f"\n{'Regression':42} {'pages':>6} {'rejected':>8}  reasons")
    for name, edit in REGRESSIONS:
        reasons = [detect_regression(text.version, replace(text.version, article_body=edit(text))) for text in sources]
        found = Counter(str(reason) for reason in reasons if reason)
        print(f"{name:42} {len(reasons):6} {sum(found.values()):8}  {dict(found)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="use only every Nth page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print N wrong labels of each edit")
    options = parser.parse_args()
    sources = list(texts(options.corpus, options.seed, options.every))
    print(f"{len(sources)} bodies\n")
    report_same(sources)
    report_labels(sources, options.wrong)
    report_regressions(sources)


if __name__ == "__main__":
    main()
