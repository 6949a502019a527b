"""Generate the text of a made-up site in one language: headlines, sentences, names and labels, from a seed."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})
DENSE = frozenset({"ja", "zh", "ko"})


@lru_cache(maxsize=1)
def all_words() -> dict[str, dict[str, Any]]:
    """Return language subtag -> its words and phrases (words.toml)."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


class TextGenerator:
    """Generate text; the same seed and language give the same text."""

    def __init__(self, language: str, seed: str) -> None:
        self.language = language
        self.words = all_words()[language]
        self.rng = Random(seed)
        self.site = self.rng.choice(["Harbour Post", "The Daily Tern", "Kystbladet", "Lantern 24", "Voz del Puerto"])

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def say(self, key: str) -> str:
        """Return one label or message."""
        said = self.words[key]
        return self._filled(said if isinstance(said, str) else self.rng.choice(said))

    def pair(self, key: str) -> tuple[str, str]:
        """Return a title and the text below it."""
        title, text = self.words[key]
        return title, self._filled(text)

    def headline(self) -> str:
        return self._filled(self.rng.choice(self.words["headlines"]))

    def sentence(self) -> str:
        return self._filled(self.rng.choice(self.words["sentences"]))

    def paragraph(self, sentences: int = 3) -> str:
        """Return distinct sentences in random order."""
        drawn = self.rng.sample(self.words["sentences"], min(sentences, len(self.words["sentences"])))
        return ("" if self.language in {"ja", "zh"} else " ").join(map(self._filled, drawn))

    def paragraphs(self, count: int, sentences: int = 3) -> list[str]:
        return [self.paragraph(sentences) for _ in range(count)]

    def person(self) -> str:
        return str(self.rng.choice(self.words["people"]))

    def section(self) -> str:
        return str(self.rng.choice(self.words["sections"]))

    def day(self) -> str:
        """Return an ISO date."""
        return f"20{self.rng.randint(19, 26)}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"

    def number(self, low: int = 2, high: int = 98) -> int:
        return self.rng.randint(low, high)

    def slug(self) -> str:
        """Return a path segment as CMSs derive it from a headline: mostly many words, sometimes two or none."""
        words = ["harbour", "bridge", "council", "vote", "ferry", "storm", "lighthouse", "baker", "river", "school"]
        count = self.rng.choice([5, 6, 5, 7, 2, 0])
        number = self.number(10_000, 9_999_999)
        return "-".join([*self.rng.sample(words, count), *([str(number)] if count % 2 or not count else [])])

    def _filled(self, text: str) -> str:
        return text.replace("{n}", str(self.number()))
